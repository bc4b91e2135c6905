import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

export default {
  root: file('.'),
  // The package's own name: the page imports it as a user would.
  resolve: { alias: { viasip: file('../pkg/dist/index.js') } },
  define: process.env.VIASIP_SERVICE ? { __VIASIP_SERVICE__: JSON.stringify(process.env.VIASIP_SERVICE) } : {},
  server: { host: '127.0.0.1', fs: { allow: [file('..')] } },
  build: { outDir: file('../target/www'), emptyOutDir: true, target: 'es2022' },
};
