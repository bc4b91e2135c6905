// What a debugger, a log or an error tracker shows of a class: bundling had made `_UA` of `UA`.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const bundles = {
  'index.js': await import('../../pkg/dist/index.js'),
  'inline.js': await import('../../pkg/dist/inline.js'),
  'inline.cjs': createRequire(import.meta.url)('../../pkg/dist/inline.cjs'),
};

for (const [bundle, module] of Object.entries(bundles)) {
  test(`each class of ${bundle} bears its name`, () => {
    const isClass = (value) => typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
    const classes = [...Object.entries(module), ...Object.entries(module.Exceptions)].filter(([, value]) =>
      isClass(value),
    );
    assert.ok(classes.length >= 14, `${classes.length} classes`);
    for (const [name, value] of classes) assert.equal(value.name, name);
  });
}
