// Builds the softphone page as static files, which any web server can serve: `npm run page` -> target/www.
import path from 'node:path';
import { buildAll } from './build.mjs';
import { prepare } from './setup.mjs';
import { root } from './toolchain.mjs';

await prepare('build');
await buildAll();
const { build } = await import('vite');
await build({ configFile: path.join(root, 'www', 'vite.config.js'), logLevel: 'warn' });
console.log('\nThe softphone page is in target/www: serve it over https, at any path (docs/softphone.md).');
