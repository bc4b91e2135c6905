// A program as a bundler makes it of the user's source: with JsSIP, or with the one alias that the guide tells.
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

/** The text of one classic script. `library` is `jssip` or `viasip`. */
export async function bundle(entry, library) {
  const result = await build({
    absWorkingDir: root, entryPoints: [entry], bundle: true, format: 'iife', write: false, logLevel: 'error', platform: 'browser', jsx: 'automatic',
    // The development build of React: StrictMode mounts everything twice in it.
    define: { 'process.env.NODE_ENV': '"development"', global: 'globalThis' },
    alias: library === 'viasip' ? { jssip: 'viasip/inline' } : {},
  });
  return result.outputFiles[0].text;
}
