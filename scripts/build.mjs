// Makes the npm package: wasm and glue -> pkg/wasm, classes -> pkg/lib and pkg/dist. What has not changed is kept.
// `npm run build` builds what is published; `npm run build -- --debug` builds what can be debugged: names, a source map of the
// Rust, and panics that say where they were.
import { buildClasses } from './build/classes.mjs';
import { buildWasm } from './build/wasm.mjs';
import { nodePackages, prepare } from './setup.mjs';

/** Builds what has changed. The packages of npm are installed, where they are not, while the compiler works. */
export async function buildAll({ debug = false } = {}) {
  await Promise.all([nodePackages(), buildWasm(debug)]);
  await buildClasses();
}

if (process.argv[1] === import.meta.filename) {
  await prepare('build');
  await buildAll({ debug: process.argv.includes('--debug') });
}
