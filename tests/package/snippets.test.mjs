// Whoever copies a piece of a document has something that works: code compiles, settings parse, commands and files are there, and
// methods that stand in a sentence exist.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import ts from 'typescript';
import { documents, read, root } from '../documents.mjs';

/** Each piece of each document: its language, its text, and where it stands. */
const pieces = documents.flatMap((file) =>
  [...read(file).matchAll(/^```(.*)\n([^]*?)^```/gm)].map(([, language, text], i) => ({ file, i, language, text })),
);
const of = (...languages) => pieces.filter(({ language }) => languages.includes(language));
const where = ({ file, i }) => `${file}, piece ${i + 1}`;

test('each piece says in what language it is, and each language is tried', () => {
  // What `text` and `ini` say of servers is compared in documents.test.mjs.
  const tried = ['js', 'html', 'json', 'sh', 'http', 'ini', 'text'];
  const others = pieces.filter(({ language }) => !tried.includes(language));
  assert.deepEqual(others.map(where), []);
  const plain = pieces.filter(({ file, language }) => ['ini', 'text'].includes(language) && file !== 'docs/servers.md');
  assert.deepEqual(plain.map(where), ['docs/architecture.md, piece 1']);
});

/** What the pieces of code are about, so that each can be short. */
const given = `
import type { RTCSession, UAConfiguration, WebSocketInterface } from 'viasip';
import type {} from 'viasip/presence';
import type {} from 'viasip/quality';
import type {} from 'viasip/report';
declare global {
  const UA: typeof import('viasip').UA;
  const viasip: typeof import('viasip');
  const esbuild: typeof import('esbuild');
  const ua: import('viasip').UA, session: RTCSession, url: string, first: WebSocketInterface, second: WebSocketInterface;
  const sockets: UAConfiguration['sockets'], uri: string, pidf: string, other: string;
  const microphones: HTMLSelectElement, share: HTMLElement, input: HTMLInputElement;
  function show(...what: unknown[]): void;
  function say(...what: unknown[]): void;
  function warn(...what: unknown[]): void;
  function dim(...what: unknown[]): void;
  function tick(): void;
  function tickTwice(): void;
}
export {};
`;

/** Settings of a tool by the name of their file, with the type that the tool has for them. */
const SETTINGS = {
  'vite.config.js': "import('vite').UserConfig",
  'webpack.config.js': "import('webpack').Configuration",
  'jest.config.js': '{ moduleNameMapper: Record<string, string> }',
  'vitest.config.js': '{ test: { alias: Record<string, string> } }',
};
function typed(code) {
  const type = SETTINGS[/^\/\/ (\S+)/.exec(code)?.[1]];
  return type ? code.replace(/^(export default|module\.exports =)/m, `const settings: ${type} =`) : code;
}

/** The scripts of a page. */
const scripts = (html) => [...html.matchAll(/<script(?: type="module")?>\n([^]*?)<\/script>/g)].map(([, code]) => code);

test('the code compiles', (t) => {
  const folder = mkdtempSync(path.join(root, 'target', 'snippets-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(path.join(folder, 'given.d.ts'), given);
  const code = [...of('js'), ...of('html').flatMap((piece) => scripts(piece.text).map((text) => ({ ...piece, text })))];
  // The pieces of the README go on with each other: the first of them imports.
  const [introduction, others] = [true, false].map((is) => code.filter(({ file }) => (file === 'README.md') === is));
  const whole = [{ ...introduction[0], text: introduction.map(({ text }) => text).join('\n') }, ...others];
  const written = whole.map(({ file, i, text }) => {
    const name = path.join(folder, `${file.replace(/\W/g, '-')}-${i + 1}.ts`);
    writeFileSync(name, `${typed(text)}\nexport {};\n`);
    return name;
  });
  assert.ok(written.length > 25, `the documents are not read: ${written.length} pieces`);
  const lib = (name) => [path.join(root, 'pkg', 'lib', `${name}.d.ts`)];
  const compiled = ts.createProgram([path.join(folder, 'given.d.ts'), ...written], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    strict: true,
    noImplicitAny: false,
    useUnknownInCatchVariables: false,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [path.join(root, 'node_modules', '@types')],
    paths: {
      viasip: lib('index'),
      'viasip/wasm': lib('wasm'),
      ...Object.fromEntries(
        ['auto', 'inline', 'presence', 'quality', 'report'].map((name) => [`viasip/${name}`, lib(name)]),
      ),
    },
  });
  const errors = ts
    .getPreEmitDiagnostics(compiled)
    .map(
      ({ file, start, messageText }) =>
        `${file && path.basename(file.fileName)}:${file && file.getLineAndCharacterOfPosition(start).line + 1} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  assert.deepEqual(errors, []);
});

/** The files of the package that a piece names by a path, as its own paths. */
const named = (text) => [...text.matchAll(/(?:node_modules)?\/viasip\/(pkg\/[\w./*]+)/g)].map(([, file]) => file);

test('JSON parses, and each file of the package that a piece names is there', () => {
  let files = 0;
  for (const piece of [...of('json'), ...of('html')]) {
    const json =
      piece.language === 'json'
        ? [piece.text]
        : [...piece.text.matchAll(/"importmap">([^]*?)<\/script>/g)].map((m) => m[1]);
    for (const text of json) assert.doesNotThrow(() => JSON.parse(text), where(piece));
  }
  for (const piece of pieces) {
    for (const file of named(piece.text)) {
      files += 1;
      assert.ok(existsSync(path.join(root, file.replace('*', 'UA'))), `${where(piece)}: ${file}`);
    }
  }
  assert.ok(files >= 5, `the pieces are not read: ${files}`);
});

const words = (line) => line.replace(/\s#.*$/, '').match(/"[^"]*"|\S+/g) ?? [];
/** The commands of a piece or a sentence: its words, without variables before them. */
function commands(text) {
  return text
    .split('\n')
    .map(words)
    .map((line) => line.slice(line.findIndex((word) => !/^[A-Z_]+=/.test(word))))
    .filter((line) => line.length > 0);
}
/** Those between backticks in a sentence; after other words they are none. */
const inSentences = (text) =>
  [...text.replace(/^```[^]*?^```/gm, '').matchAll(/`((?:[A-Z_]+=\S+ )?(?:npm|npx|node|cargo) [^`\n]+)`/g)].flatMap(
    ([, line]) => commands(line),
  );

const usage = read('pkg/cli/viasip.mjs');

/** What a command lacks, if anything; `scripts` are those of the package.json beside the document. */
function lacks([command, first, second, ...rest], scripts, folder) {
  if (command === 'npm') {
    if (first === 'install') return !second || second === 'viasip' ? null : `npm install ${second}`;
    if (['pack', 'publish', 'ci'].includes(first)) return null;
    const script = first === 'run' ? second : first;
    return script in scripts ? null : `no script ${script}`;
  }
  if (command === 'npx') {
    if (first === 'viasip') {
      const unknown = [second, ...rest].filter((word) => /^(--\w|check$|report$)/.test(word) && !usage.includes(word));
      return /^(check|report)$/.test(second) && unknown.length === 0 ? null : `viasip ${second} ${unknown}`;
    }
    if (!existsSync(path.join(root, 'node_modules', '.bin', first))) return `no tool ${first}`;
    const config = [second, ...rest].find((word) => /\.(mjs|json)$/.test(word));
    return !config || existsSync(path.join(folder, config)) ? null : config;
  }
  if (command === 'node') {
    const file = [first, second, ...rest].find((word) => word && !word.startsWith('-'));
    return existsSync(path.join(folder, file)) ? null : file;
  }
  if (command === 'cargo') {
    const [at, suite] = [[first, second, ...rest].indexOf('--test'), [first, second, ...rest]];
    if (at < 0) return ['test', 'bench', 'doc', 'clippy', 'fmt', 'build'].includes(first) ? null : first;
    const name = suite[at + 1];
    return ['.rs', '/main.rs'].some((end) => existsSync(path.join(root, 'tests', `${name}${end}`))) ? null : name;
  }
  // Compared by the other tests, or by the bundler itself (tests/packaging).
  return ['esbuild', 'turnserver'].includes(command) ? null : `what is ${command}?`;
}

test('each command names scripts, tools and files that are there', () => {
  let looked = 0;
  const wrong = [];
  for (const file of documents) {
    const folder = file.startsWith('examples/') ? path.join(root, path.dirname(file)) : root;
    const { scripts } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const shell = of('sh').filter((piece) => piece.file === file);
    for (const line of [...shell.flatMap(({ text }) => commands(text)), ...inSentences(read(file))]) {
      looked += 1;
      const missing = lacks(line, scripts, folder);
      if (missing) wrong.push(`${file}: ${line.join(' ')}: ${missing}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(looked > 40, `the documents are not read: ${looked} commands`);
});

test('each variable of the environment that a document names is read somewhere', () => {
  const folders = ['scripts', 'tests', 'pkg/cli', 'www'];
  const sources = folders
    .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true }).map((name) => `${folder}/${name}`))
    .filter((name) => /\.(mjs|js|rs)$/.test(name) && name !== 'tests/package/snippets.test.mjs')
    .map(read)
    .join('\n');
  const variables = new Set(documents.flatMap((file) => read(file).match(/\bVIASIP_[A-Z_]+\b/g) ?? []));
  assert.ok(variables.size >= 6, `the documents are not read: ${[...variables]}`);
  assert.deepEqual(
    [...variables].filter((name) => !new RegExp(`${name}\\b`).test(sources)),
    [],
  );
});

test('the relay of docs/servers.md is started as the tests start theirs', () => {
  const servers = read('tests/interop/servers.mjs');
  const [line] = commands(of('sh').find(({ text }) => text.startsWith('turnserver')).text);
  for (const word of line.slice(1)) assert.ok(servers.includes(word.replace(/=\d+$/, '=')), word);
});

test('the policy of docs/bundlers.md is the one that pages are tried with', () => {
  const [script] = /script-src[^;]*/.exec(of('http')[0].text);
  assert.ok(read('tests/packaging/projects/pages/csp.html').includes(script), script);
});

const program = ts.createProgram(
  ['index', 'presence', 'quality', 'report', 'UA', 'RTCSession'].map((name) =>
    path.join(root, 'pkg', 'lib', `${name}.d.ts`),
  ),
  { noEmit: true, skipLibCheck: true, moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ESNext },
);

/** The names of all that a declaration of the package has with a call. */
function callable() {
  const found = new Set();
  for (const file of program.getSourceFiles()) {
    if (!file.fileName.startsWith(path.join(root, 'pkg', 'lib'))) continue;
    const visit = (node) => {
      if (node.name?.text) found.add(node.name.text);
      node.forEachChild(visit);
    };
    visit(file);
  }
  return found;
}

test('each method that a guide names is one of the package, of the browser or of a server that is tried', () => {
  const ours = callable();
  const browser = ['lib.dom.d.ts', 'lib.es5.d.ts']
    .map((name) => read(`node_modules/typescript/lib/${name}`))
    .join('\n');
  const servers = readdirSync(path.join(root, 'tests', 'interop'))
    .map((file) => read(`tests/interop/${file}`))
    .join('\n');
  const exists = (name) =>
    ours.has(name) ||
    new RegExp(`\\b${name}(<[^>(]*>)?\\(`).test(browser) ||
    new RegExp(`\\b${name}\\(`).test(servers) ||
    // Of a hook and a composable that the same document is about, of a hash, of Node.
    ['require', 'usePhone', 'useCall', 'MD5', 'URL', 'modparam'].includes(name);
  const missing = [];
  let looked = 0;
  // How the core is made, and which tests show an RFC, is written in names of Rust.
  for (const file of documents.filter((name) => !/architecture|rfcs|CONTRIBUTING/.test(name))) {
    for (const [, span] of read(file)
      .replace(/^```[^]*?^```/gm, '')
      .replace(/^.*\bnot tried\b.*$/gim, '')
      .matchAll(/`([^`\n]+)`/g)) {
      for (const [, name] of span.matchAll(/(?<![\w$-])([A-Za-z]\w*)\(/g)) {
        looked += 1;
        if (!exists(name)) missing.push(`${file}: ${span}`);
      }
    }
  }
  assert.deepEqual(missing, []);
  assert.ok(looked > 150, `the guides are not read: ${looked}`);
});
