export default {
  ...(process.env.BARE ? {} : { optimizeDeps: { exclude: ['viasip'] } }),
  build: {
    // Top-level await, for the entry `auto`.
    target: 'es2022',
    rollupOptions: { input: ['index.html', 'auto.html', 'inline.html'] },
  },
};
