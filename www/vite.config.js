import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const { VIASIP_SERVICE: service, VIASIP_DOMAIN: domain } = process.env;
const local = !service || /^ws:\/\/127\.0\.0\.1:/.test(service);

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
  define: {
    ...(service ? { __VIASIP_SERVICE__: JSON.stringify(service) } : {}),
    __VIASIP_DOMAIN__: JSON.stringify(domain ?? (local ? 'viasip.local' : new URL(service).hostname)),
  },
  server: { host: '127.0.0.1', fs: { allow: [file('..')] } },
  build: { outDir: file('../target/www'), emptyOutDir: true, target: 'es2022' },
};
