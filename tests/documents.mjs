// The documents of the repository, for the tests that read them.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

export const root = path.join(import.meta.dirname, '..');

/** The text of a file, named from the root. */
export const read = (file) => readFileSync(path.join(root, file), 'utf8');

/** What somebody reads who uses the package or works on it, named from the root. */
export const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...readdirSync(path.join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(path.join(root, 'examples'))
    .map((name) => `examples/${name}/README.md`)
    .filter((name) => existsSync(path.join(root, name))),
];
