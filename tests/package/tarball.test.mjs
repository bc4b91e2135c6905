// What npm would publish: every file is reached from an entry, a command or the README, and what those name is there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { pack } from '../../scripts/pack.mjs';

const root = path.join(import.meta.dirname, '..', '..');
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json'));
const [{ files }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root, encoding: 'utf8' }),
);
const packed = new Set(files.map((file) => file.path));

/** The strings of a table of package.json that name files. */
const named = (value) =>
  typeof value === 'string' ? [value] : value && typeof value === 'object' ? Object.values(value).flatMap(named) : [];

/** A path with a star, as the files it stands for. */
const spread = (name) => {
  const [before, after] = path.normalize(name).split('*');
  return after === undefined ? [before] : [...packed].filter((file) => file.startsWith(before) && file.endsWith(after));
};

/** The files that a file names beside itself: what it imports, its source map, the wasm, or what a document links. */
function beside(file) {
  const text = read(file);
  const patterns = file.endsWith('.md')
    ? [/\]\(([^)#:]+)(?:#[^)]*)?\)/g]
    : file.endsWith('package.json')
      ? [/"(?:main|module|types)": "([^"]+)"/g]
      : /\.(d\.ts|[cm]?js)$/.test(file)
        ? [
            /(?:from |import |import\(|require\()["'](\.[^"']+)["']/g,
            /new URL\(["'](\.[^"']+)["'], ?import\.meta\.url\)/g,
            /sourceMappingURL=(\S+\.map)$/gm,
          ]
        : [];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name]) => resolved(file, name)));
}

function resolved(file, name) {
  const plain = path.join(path.dirname(file), name);
  if (!file.endsWith('.d.ts') || plain.endsWith('.d.ts')) return plain;
  return plain.endsWith('.js') ? plain.replace(/\.js$/, '.d.ts') : `${plain}.d.ts`;
}

const { main, types, unpkg, jsdelivr, bin, exports, typesVersions } = manifest;
const entries = named([main, types, unpkg, jsdelivr, bin, exports, typesVersions]).flatMap(spread);
// Tools that read no `exports` find an entry by its folder, or by the file that has its name.
const folders = [...packed].filter((file) => file.endsWith('/package.json') || file === 'inline/lib/JsSIP.js');

/** The package.json of the tarball as it is published. */
function published(t) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'viasip-published-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const text = execFileSync('tar', ['-xzOf', pack(folder), 'package/package.json'], { encoding: 'utf8' });
  return JSON.parse(text);
}

test('the published package.json is this one, without scripts that work in a checkout only', (t) => {
  const { scripts, devDependencies, ...others } = manifest;
  assert.ok(scripts && devDependencies);
  assert.deepEqual(published(t), others);
});

test('what package.json names is in the tarball', () => {
  for (const file of entries) assert.ok(packed.has(file), file);
});

test('each file is reached', () => {
  const reached = new Set();
  const waiting = [...entries, ...folders, 'README.md', 'CHANGELOG.md', 'LICENSE-MIT', 'LICENSE-APACHE'];
  while (waiting.length > 0) {
    const file = waiting.pop();
    if (reached.has(file) || !packed.has(file)) continue;
    reached.add(file);
    waiting.push(...beside(file));
  }
  assert.deepEqual(
    [...packed].filter((file) => !reached.has(file)),
    [],
  );
});

test('what a script or a declaration names is there', () => {
  for (const file of [...packed].filter((name) => /\.(d\.ts|[cm]?js)$/.test(name))) {
    for (const other of beside(file)) assert.ok(packed.has(other), `${file} names ${other}`);
  }
});

test('a CDN serves the classic script under the name of the package', () => {
  assert.deepEqual([unpkg, jsdelivr], ['./pkg/dist/viasip.js', './pkg/dist/viasip.js']);
  assert.match(read(unpkg).slice(0, 200), /var viasip\s*=/);
});

test('a debugger finds the sources of each module, which are in its map', () => {
  const modules = [...packed].filter((file) => /^pkg\/dist\/(index|auto|presence|quality|report)\.js$/.test(file));
  assert.equal(modules.length, 5);
  for (const file of modules) {
    const map = JSON.parse(read(`${file}.map`));
    assert.equal(map.sources.length, map.sourcesContent.filter(Boolean).length, file);
  }
});

test('what a guide links is there', () => {
  const guides = [...packed].filter((file) => file.startsWith('docs/') && file.endsWith('.md'));
  assert.ok(guides.length > 15);
  assert.deepEqual(
    guides.flatMap((file) => beside(file).filter((name) => !packed.has(name))),
    [],
  );
});

// npm's site takes the picture of the README from the repository, and nobody else looks at it here.
test('no picture is in it but what a guide draws', () => {
  assert.deepEqual(
    [...packed].filter((file) => /\.(png|jpe?g|gif|svg|webp)$/.test(file)),
    ['docs/performance.svg'],
  );
});
