// `npm run bench`: the package as it is published, beside its peers (benches/browser), then the core alone (benches/core.rs).
import { buildAll } from './build.mjs';
import { prepare } from './setup.mjs';
import { step } from './toolchain.mjs';

await prepare('test');
await buildAll();
await step('beside JsSIP and SIP.js', 'node', ['benches/browser/run.mjs', ...process.argv.slice(2)], { show: true });
