// `npm run bench`: the package as it is published, beside its peers (benches/browser), then the core alone (benches/core).
import { buildAll } from './build.mjs';
import { prepare } from './setup.mjs';
import { step } from './toolchain.mjs';

await prepare('test');
await buildAll();
await step('beside JsSIP and SIP.js', 'node', ['benches/browser/run.mjs', ...process.argv.slice(2)], { show: true });
// Narrowed, it is the browser's cases that are asked for.
if (process.argv.length < 3) {
  const where = ['--manifest-path', 'benches/core/Cargo.toml', '--target-dir', 'target/bench'];
  await step('the core alone', 'cargo', ['bench', ...where], { show: true });
}
