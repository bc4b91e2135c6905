// Before the tarball of `npm run pack` is published: what only the owner can give has to be there, and the versions have to agree.
// npm runs it before it publishes this folder, too, which it may not: the scripts in its package.json work in a checkout only.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './toolchain.mjs';

const read = (file) => readFileSync(path.join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json'));
const crate = read('Cargo.toml');

const missing = ['repository', 'homepage', 'bugs', 'author']
  .filter((field) => !manifest[field])
  .map((field) => `package.json: ${field}`);
if (!/^repository = /m.test(crate)) missing.push('Cargo.toml: repository');
if (!crate.includes(`\nversion = "${manifest.version}"\n`)) missing.push(`Cargo.toml: version ${manifest.version}`);
if (!read('pkg/src/version.ts').includes(`'${manifest.version}'`))
  missing.push(`pkg/src/version.ts: ${manifest.version}`);
if (!read('CHANGELOG.md').includes(`\n## [${manifest.version}]`))
  missing.push(`CHANGELOG.md: a section for ${manifest.version}`);
if (process.env.npm_lifecycle_event === 'prepublishOnly')
  missing.push(`the tarball: npm run pack, then npm publish target/viasip-${manifest.version}.tgz`);
if (missing.length > 0) {
  console.error(
    `Not ready to be published (see "Releasing" in CONTRIBUTING.md):\n${missing.map((what) => `- ${what}`).join('\n')}`,
  );
  process.exit(1);
}
