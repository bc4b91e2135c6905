// Makes the tarball that npm publishes: `npm run pack` builds, then writes target/viasip-<version>.tgz. Its package.json is the one of
// this folder without what only a checkout has: scripts, and the packages that they need. What they name is not in the tarball.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './toolchain.mjs';

/** What is left out of the published package.json. */
const OF_A_CHECKOUT = ['scripts', 'devDependencies'];

/** Packs a folder as npm does, what is there as it is; gives the file that came of it. */
function npmPack(folder, destination) {
  const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', destination];
  const [{ filename }] = JSON.parse(execFileSync('npm', words, { cwd: folder, encoding: 'utf8', stdio: 'pipe' }));
  return path.join(destination, filename);
}

/** Writes the tarball into a folder, of what was built; gives its path. */
export function pack(destination) {
  const work = mkdtempSync(path.join(os.tmpdir(), 'viasip-pack-'));
  try {
    execFileSync('tar', ['-xzf', npmPack(root, work), '-C', work]);
    const folder = path.join(work, 'package');
    const file = path.join(folder, 'package.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    for (const name of OF_A_CHECKOUT) delete manifest[name];
    writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
    return npmPack(folder, destination);
  } finally {
    rmSync(work, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const target = path.join(root, 'target');
  mkdirSync(target, { recursive: true });
  console.log(pack(target));
}
