// Which parts of a build have to be made again: a stamp holds the hash of all that a part was made from.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../toolchain.mjs';

export const at = (...parts) => path.join(root, ...parts);

/** All files below a folder, in one order everywhere. */
export function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/**
 * Runs `make` unless `product` exists and was made from the same `inputs` (files) and `facts` (texts: versions, flags).
 * A build that fails leaves no stamp, so that the next one starts over.
 */
export async function unlessFresh(name, product, { inputs, facts = [] }, make) {
  const hash = createHash('sha256').update(JSON.stringify(facts));
  for (const file of inputs)
    hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  const now = hash.digest('hex');
  const stamp = at('target', `${name}.stamp`);
  if (existsSync(product) && existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
  rmSync(stamp, { force: true });
  await make();
  mkdirSync(at('target'), { recursive: true });
  writeFileSync(stamp, now);
}
