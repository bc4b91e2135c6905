// The package as a stranger installs it: the tarball that is published, then fresh projects of each tool, into which npm installs the tarball.
// `npm run test:packaging` is what CI runs, `npm run test:packaging:all` all cases of cases.mjs; with what they installed and built:
//   node tests/packaging/run.mjs next-16   these
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pack } from '../../scripts/pack.mjs';
import { startRegistrar } from '../e2e/servers.mjs';
import { Browsers } from './browsers.mjs';
import { cases } from './cases.mjs';
import { Project } from './project.mjs';

/** How many projects at a time: one waits for its registry or its page while another builds. */
const AT_ONCE = 2;

const wanted = process.argv.slice(2);
const names = wanted.filter((word) => !word.startsWith('--'));
const unknown = names.filter((name) => !cases.some((one) => one.name === name));
if (unknown.length > 0) throw new Error(`no case ${unknown.join(', ')}; there are: ${cases.map(({ name }) => name)}`);
const chosen = cases.filter(({ name, quick }) =>
  names.length > 0 ? names.includes(name) : quick || wanted.includes('--all'),
);

const folder = mkdtempSync(path.join(os.tmpdir(), 'viasip-tarball-'));
const tarball = pack(folder);
const service = await startRegistrar();
const browsers = new Browsers();

let passed = 0;
let failed = 0;
async function attempt(one) {
  const begun = Date.now();
  const project = new Project(one, { tarball, service: service.url, browsers });
  try {
    await project.install();
    await one.check(project);
  } catch (error) {
    project.trials.push({ what: 'the project', wrong: String(error.stack) });
  }
  const wrong = project.trials.filter((trial) => trial.wrong);
  const seconds = ((Date.now() - begun) / 1000).toFixed(0);
  console.log(
    `${one.name.padEnd(16)} ${project.trials.length - wrong.length} right, ${wrong.length} wrong, ${seconds} s`,
  );
  for (const { what, wrong: why } of wrong)
    console.log(`not ok  ${one.name}: ${what}\n  ${why.trim().replaceAll('\n', '\n  ')}`);
  passed += project.trials.length - wrong.length;
  failed += wrong.length;
  if (!process.env.VIASIP_KEEP) project.remove();
  else console.log(`  ${project.folder}`);
}

const waiting = [...chosen];
const attempts = async () => {
  while (waiting.length > 0) await attempt(waiting.shift());
};
await Promise.all(Array.from({ length: AT_ONCE }, attempts));
await browsers.close();
service.stop();
rmSync(folder, { recursive: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
