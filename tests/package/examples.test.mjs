// The examples for frameworks compile against the package's types. That they work is in tests/e2e/examples.spec.mjs.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import ts from 'typescript';

const root = path.join(import.meta.dirname, '..', '..');
const read = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const { version, devDependencies } = read('package.json');

for (const name of ['react', 'vue', 'plain']) {
  const folder = path.join(root, 'examples', name);

  test(`${name}: compiles`, () => {
    const settings = name === 'plain' ? 'react' : name;
    const { compilerOptions } = read(`examples/${settings}/tsconfig.json`);
    const { options } = ts.convertCompilerOptionsFromJson(compilerOptions, folder);
    const files = readdirSync(name === 'plain' ? folder : path.join(folder, 'src'), { withFileTypes: true })
      .filter((entry) => /\.(tsx?|js)$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name));
    assert.ok(files.length > 0);
    const program = ts.createProgram(files, {
      ...options,
      allowJs: true,
      paths: { viasip: [path.join(root, 'pkg', 'lib', 'index.d.ts')] },
      typeRoots: [path.join(root, 'node_modules', '@types')],
    });
    const errors = ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, ' ');
      return `${file && path.basename(file.fileName)}: ${text}`;
    });
    assert.deepEqual(errors, []);
  });

  test(`${name}: depends on this version of the package, and on what it is tried with here`, () => {
    const { dependencies, devDependencies: tools = {} } = read(`examples/${name}/package.json`);
    assert.equal(dependencies.viasip, `^${version}`);
    const major = (range) => /\d+/.exec(range)[0];
    for (const [dependency, range] of Object.entries({ ...dependencies, ...tools })) {
      // Of Vue's own compiler for types the package has no use.
      if (['viasip', 'vue-tsc'].includes(dependency)) continue;
      assert.equal(major(devDependencies[dependency] ?? '-1'), major(range), dependency);
    }
  });
}
