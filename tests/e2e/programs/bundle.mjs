// A program as a bundler makes it of the user's source: with JsSIP, or with the one alias that the guide tells.
import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

/** The text of one classic script. `library` is `jssip` or `viasip`. */
export async function bundle(entry, library) {
  const result = await build({
    absWorkingDir: root, entryPoints: [entry], bundle: true, format: 'iife', write: false, metafile: true, logLevel: 'error', platform: 'browser', jsx: 'automatic',
    // The development build of React: StrictMode mounts everything twice in it.
    define: { 'process.env.NODE_ENV': '"development"', global: 'globalThis' },
    alias: library === 'viasip' ? { jssip: 'viasip/inline' } : {},
  });
  const holdsJsSIP = Object.keys(result.metafile.inputs).some((file) => file.includes('node_modules/jssip/'));
  if (holdsJsSIP !== (library === 'jssip')) throw new Error(`the bundle with ${library} is not that`);
  return result.outputFiles[0].text;
}
