import resolve from '@rollup/plugin-node-resolve';

export default ['index', 'url', 'inline'].map((entry) => ({
  input: `${entry}.js`,
  output: { file: `dist/${entry}.js`, format: 'es' },
  plugins: [resolve({ browser: true })],
}));
