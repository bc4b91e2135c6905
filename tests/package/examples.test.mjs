// The examples for frameworks compile against the package's types. That they work is in tests/e2e/examples.spec.mjs.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import ts from 'typescript';

const root = path.join(import.meta.dirname, '..', '..');
const read = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const { version, devDependencies } = read('package.json');

const types = { viasip: [path.join(root, 'pkg', 'lib', 'index.d.ts')] };

for (const name of ['react', 'plain']) {
  test(`${name}: compiles`, () => {
    const folder = path.join(root, 'examples', name);
    const { compilerOptions } = read('examples/react/tsconfig.json');
    const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, folder);
    const files = readdirSync(name === 'plain' ? folder : path.join(folder, 'src'), { withFileTypes: true })
      .filter((entry) => /\.(tsx?|js)$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name));
    assert.ok(files.length > 0);
    const program = ts.createProgram(files, {
      ...options,
      allowJs: true,
      paths: types,
      typeRoots: [path.join(root, 'node_modules', '@types')],
    });
    const errors = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, ' ');
      return `${file && path.basename(file.fileName)}: ${text}`;
    });
    assert.deepEqual(errors, []);
  });
}

test('vue: compiles, templates too', () => {
  const folder = path.join(root, 'target', 'examples');
  mkdirSync(folder, { recursive: true });
  const settings = path.join(folder, 'tsconfig.vue.json');
  const example = path.join(root, 'examples', 'vue');
  const compilerOptions = { paths: types };
  const project = { extends: path.join(example, 'tsconfig.json'), compilerOptions, include: [`${example}/src`] };
  writeFileSync(settings, JSON.stringify(project));
  const command = path.join(root, 'node_modules', 'vue-tsc', 'bin', 'vue-tsc.js');
  const { status, stdout } = spawnSync('node', [command, '--noEmit', '-p', settings], { encoding: 'utf8' });
  assert.deepEqual({ status, stdout }, { status: 0, stdout: '' });
});

for (const name of ['react', 'vue', 'plain']) {
  test(`${name}: depends on this version of the package, and on what it is tried with here`, () => {
    const { dependencies, devDependencies: tools = {} } = read(`examples/${name}/package.json`);
    assert.equal(dependencies.viasip, `^${version}`);
    const major = (range) => /\d+/.exec(range)[0];
    for (const [dependency, range] of Object.entries({ ...dependencies, ...tools })) {
      if (dependency === 'viasip') continue;
      assert.equal(major(devDependencies[dependency] ?? '-1'), major(range), dependency);
    }
  });
}
