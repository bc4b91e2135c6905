// `npm run bench`: the package as it is published, beside its peers (benches/browser), then the core alone (benches/core.rs).
import { buildAll } from './build.mjs';
import { prepare } from './setup.mjs';
import { step } from './toolchain.mjs';

await prepare('test');
await buildAll();
await step('beside JsSIP and SIP.js', 'node', ['benches/browser/run.mjs', ...process.argv.slice(2)], { show: true });
// Narrowed, it is the browser's cases that are asked for.
if (process.argv.length < 3) await step('the core alone', 'cargo', ['bench', '--bench', 'core'], { show: true });
