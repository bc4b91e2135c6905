import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

export default {
  root: file('.'),
  // The built page finds its files wherever it lies.
  base: './',
  // The package's own names: the page imports it as a user would.
  resolve: {
    alias: [
      { find: /^viasip$/, replacement: file('../pkg/dist/index.js') },
      { find: /^viasip\/(\w+)$/, replacement: `${file('../pkg/dist/')}$1.js` },
    ],
  },
  define: process.env.VIASIP_SERVICE ? { __VIASIP_SERVICE__: JSON.stringify(process.env.VIASIP_SERVICE) } : {},
  server: { host: '127.0.0.1', fs: { allow: [file('..')] } },
  build: { outDir: file('../target/www'), emptyOutDir: true, target: 'es2022' },
};
