// The published tarball under the name `jssip`: every way in that applications use, through each tool's alias.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import vm from 'node:vm';
import * as esbuild from 'esbuild';
import { build as vite } from 'vite';
import webpack from 'webpack';
import { pack } from '../../scripts/pack.mjs';

const root = path.resolve(import.meta.dirname, '..', '..');
let app;

/** Ways in, each printing what it found. */
const programs = {
  'default.mjs': `import JsSIP from 'jssip';\nconsole.log(typeof JsSIP.UA, JsSIP.URI.parse('sip:a@b.c').user, JsSIP.C.causes.BUSY);`,
  'star.mjs': `import * as JsSIP from 'jssip';\nconsole.log(typeof JsSIP.UA, JsSIP.URI.parse('sip:a@b.c').user, JsSIP.C.causes.BUSY);`,
  'named.mjs': `import { UA, URI, C, debug } from 'jssip';\nconsole.log(typeof UA, URI.parse('sip:a@b.c').user, C.causes.BUSY, typeof debug.enable === 'function' ? '' : 'no debug');`,
  'deep.mjs': `import JsSIP from 'jssip/lib/JsSIP.js';\nconsole.log(typeof JsSIP.UA, JsSIP.URI.parse('sip:a@b.c').user, JsSIP.C.causes.BUSY);`,
  'require.cjs': `const JsSIP = require('jssip');\nconsole.log(typeof JsSIP.UA, JsSIP.URI.parse('sip:a@b.c').user, JsSIP.C.causes.BUSY);`,
  'package.cjs': `const { version } = require('jssip/package.json');\nconst { UA, URI, C } = require('jssip');\nconsole.log(typeof UA, URI.parse('sip:a@b.c').user, C.causes.BUSY, version ? '' : 'no version');`,
};
const expected = 'function a Busy';

before(() => {
  app = mkdtempSync(path.join(os.tmpdir(), 'viasip-app-'));
  const tarball = pack(app);
  mkdirSync(path.join(app, 'node_modules', 'viasip'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', path.join(app, 'node_modules', 'viasip'), '--strip-components=1']);
  for (const types of ['@types'])
    symlinkSync(path.join(root, 'node_modules', types), path.join(app, 'node_modules', types));
  for (const [name, text] of Object.entries(programs)) writeFileSync(path.join(app, name), text);
});
after(() => rmSync(app, { recursive: true, force: true }));

function prints(file) {
  const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8', cwd: app });
  assert.equal(stdout.trim(), expected, stderr);
}

test('the tarball holds what its exports name', () => {
  const read = (name) => JSON.parse(readFileSync(path.join(app, 'node_modules', 'viasip', name), 'utf8'));
  const named = (entry) => (typeof entry === 'string' ? [entry] : Object.values(entry).flatMap(named));
  const files = named(read('package.json').exports);
  for (const file of files.filter((name) => !name.includes('*')))
    readFileSync(path.join(app, 'node_modules', 'viasip', file));
});

test('esbuild: alias', async () => {
  for (const name of Object.keys(programs)) {
    const outfile = path.join(app, 'esbuild', `${name}.cjs`);
    await esbuild.build({
      absWorkingDir: app,
      entryPoints: [name],
      bundle: true,
      format: 'cjs',
      platform: 'node',
      outfile,
      logLevel: 'error',
      alias: { jssip: 'viasip/inline' },
    });
    prints(outfile);
  }
});

test('esbuild: the wasm as a file', async () => {
  writeFileSync(
    path.join(app, 'file.mjs'),
    `import init, { URI } from 'viasip';
import wasm from 'viasip/wasm';
import { readFileSync } from 'node:fs';
await init(readFileSync(new URL(wasm, import.meta.url)));
console.log(typeof init, URI.parse('sip:a@b.c').user, 'Busy');
`,
  );
  const outdir = path.join(app, 'file');
  await esbuild.build({
    absWorkingDir: app,
    entryPoints: ['file.mjs'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    outdir,
    outExtension: { '.js': '.mjs' },
    logLevel: 'error',
    loader: { '.wasm': 'file' },
  });
  prints(path.join(outdir, 'file.mjs'));
});

test('Vite: resolve.alias', async () => {
  for (const name of Object.keys(programs).filter((file) => file.endsWith('.mjs'))) {
    const outDir = path.join(app, 'vite', name);
    await vite({
      root: app,
      configFile: false,
      logLevel: 'error',
      resolve: { alias: { jssip: 'viasip/inline' } },
      build: { outDir, lib: { entry: path.join(app, name), formats: ['es'], fileName: () => 'out.mjs' } },
    });
    prints(path.join(outDir, 'out.mjs'));
  }
});

test('webpack: resolve.alias', async () => {
  for (const name of Object.keys(programs)) {
    const stats = await promisify(webpack)({
      context: app,
      entry: `./${name}`,
      mode: 'production',
      target: 'node',
      resolve: { alias: { jssip: 'viasip/inline' } },
      output: { path: path.join(app, 'webpack'), filename: `${name}.cjs` },
    });
    assert.equal(stats.hasErrors(), false, stats.toString());
    prints(path.join(app, 'webpack', `${name}.cjs`));
  }
});

test('TypeScript: paths', () => {
  writeFileSync(
    path.join(app, 'app.ts'),
    `import JsSIP, { UA } from 'jssip';
import type { RTCSession } from 'jssip/lib/RTCSession';
import type { UAConfiguration } from 'jssip/lib/UA';
const configuration: UAConfiguration = { sockets: [new JsSIP.WebSocketInterface('wss://x')], uri: 'sip:a@b.c' };
const session: RTCSession = new UA(configuration).call('b');
console.log(session.id);
`,
  );
  const paths = {
    jssip: ['./node_modules/viasip/pkg/lib/inline.d.ts'],
    'jssip/lib/*': ['./node_modules/viasip/pkg/lib/*.d.ts'],
  };
  for (const moduleResolution of ['bundler', 'node10']) {
    const compilerOptions = {
      target: 'ES2022',
      module: 'ES2022',
      moduleResolution,
      lib: ['ES2022', 'DOM'],
      strict: true,
      noEmit: true,
      types: [],
      paths,
      ignoreDeprecations: '5.0',
    };
    writeFileSync(path.join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['app.ts'] }));
    const { status, stdout } = spawnSync('tsc', ['-p', app], { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  }
});

/** What an application in TypeScript does without a thought: listeners whose payload has no type of its own, and names of the package. */
const source = (entry) => `import { UA, WebSocketInterface, C, URI } from '${entry}';
import type { UAConfiguration, CallOptions } from '${entry}';
const configuration: UAConfiguration = { sockets: [new WebSocketInterface('wss://x')], uri: 'sip:a@b.c' };
const ua = new UA(configuration);
ua.on('newRTCSession', ({ session, originator, request }) => {
  if (originator === 'remote') session.answer();
  session.on('progress', ({ response }) => console.log(response?.status_code));
  session.on('confirmed', ({ ack }) => console.log(ack?.method));
  session.on('newDTMF', ({ dtmf }) => console.log(dtmf.tone, request.from.uri.user));
  session.on('newInfo', ({ info }) => console.log(info.body));
});
ua.on('newMessage', ({ message, request }) => console.log(message.direction, request.body));
const options: CallOptions = { mediaConstraints: { audio: true, video: false } };
console.log(ua.call('bob', options).id, C.causes.BUSY, URI.parse('sip:a@b')?.user);
`;

test('TypeScript: each entry, strictly, as each kind of module resolution finds it', () => {
  const entries = ['viasip', 'viasip/auto', 'viasip/inline'];
  const write = (extension, list, more = () => '') =>
    list.map((entry) => {
      const name = `entry-${entry.replace('/', '-')}.${extension}`;
      writeFileSync(path.join(app, name), source(entry) + more(entry));
      return name;
    });
  const inline = (entry) =>
    entry.endsWith('inline') ? `import JsSIP from '${entry}';\nnew JsSIP.UA(configuration).start();\n` : '';
  const modules = write('mts', entries, (entry) =>
    entry === 'viasip' ? `import init from 'viasip';\nvoid init().then(() => ua.start());\n` : inline(entry),
  );
  // What require() may reach: the entry that is there as CommonJS.
  const required = write('cts', ['viasip/inline'], inline);
  writeFileSync(
    path.join(app, 'equals.cts'),
    `import JsSIP = require('viasip/inline');\nnew JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface('wss://x')], uri: 'sip:a@b.c' });\n`,
  );
  const plain = write('ts', entries, inline);
  const cases = [
    ['bundler', 'ES2022', plain],
    ['node10', 'ES2022', plain],
    ['node10', 'CommonJS', plain],
    ['node16', 'node16', [...modules, ...required, 'equals.cts']],
    ['nodenext', 'nodenext', [...modules, ...required, 'equals.cts']],
  ];
  for (const [moduleResolution, module, list] of cases) {
    const compilerOptions = {
      target: 'ES2022',
      module,
      moduleResolution,
      lib: ['ES2022', 'DOM'],
      strict: true,
      noEmit: true,
      types: [],
      esModuleInterop: true,
    };
    writeFileSync(path.join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: list }));
    const { status, stdout } = spawnSync('tsc', ['-p', app], { encoding: 'utf8' });
    assert.equal(status, 0, `${moduleResolution}, ${module}: ${stdout}`);
  }
});

test('Jest with jsdom: a world without TextDecoder and structuredClone', () => {
  const globals = {
    module: { exports: {} },
    Buffer,
    atob,
    crypto,
    setTimeout,
    clearTimeout,
    queueMicrotask,
    performance,
    console,
  };
  const context = vm.createContext(globals);
  const source = readFileSync(path.join(app, 'node_modules', 'viasip', 'pkg', 'dist', 'inline.cjs'), 'utf8');
  // In a function, as whoever requires it runs it.
  vm.runInContext(`(function (module) { ${source}\n})(module)`, context);
  const { UA, URI } = globals.module.exports;
  assert.equal(vm.runInContext('typeof TextDecoder + typeof structuredClone', context), 'undefinedundefined');
  const sent = [];
  const socket = {
    url: 'own:',
    via_transport: 'WS',
    sip_uri: 'sip:own;transport=ws',
    connect() {
      this.onconnect();
    },
    disconnect() {},
    send: (data) => sent.push(data) > 0,
  };
  const ua = new UA({ sockets: [socket], uri: 'sip:a@b.c', display_name: 'Jürgen 😀' });
  ua.start();
  ua.sendMessage('b', 'grüß 😀');
  ua.stop();
  assert.match(
    sent.find((frame) => frame.startsWith('MESSAGE')),
    /^From: "Jürgen 😀"[^]*Content-Length: 11\r\n\r\ngrüß 😀$/m,
  );
  assert.equal(URI.parse('sip:a@b.c?X=y').clone().toString(), 'sip:a@b.c?X=y');
});

test('Node: a package that stands in', () => {
  const standIn = path.join(app, 'node_modules', 'jssip');
  mkdirSync(path.join(standIn, 'lib'), { recursive: true });
  writeFileSync(path.join(standIn, 'package.json'), '{ "name": "jssip", "version": "3.13.8", "main": "index.js" }');
  writeFileSync(path.join(standIn, 'index.js'), `module.exports = require('viasip/inline');\n`);
  cpSync(path.join(standIn, 'index.js'), path.join(standIn, 'lib', 'JsSIP.js'));
  for (const name of ['default.mjs', 'deep.mjs', 'require.cjs', 'package.cjs']) prints(path.join(app, name));
  rmSync(standIn, { recursive: true });
});
