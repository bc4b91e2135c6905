// Descriptions are only read: of `sdp-transform` the bundles get `parse()` and what of the grammar it looks at.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The grammar as source, without what only the writer needs. */
function grammar() {
  const rule = ({ format, ...rest }) => `{${Object.entries(rest).map(([key, value]) => `${key}:${value instanceof RegExp ? value : JSON.stringify(value)}`)}}`;
  const lines = Object.entries(require('sdp-transform/lib/grammar.js'));
  return `{${lines.map(([type, rules]) => `${type}:[${rules.map(rule)}]`)}}`;
}

/** The parser as a module, so that what nobody imports of it is left out. */
function parser() {
  const source = readFileSync(require.resolve('sdp-transform/lib/parser.js'), 'utf8');
  const module = source
    .replace("require('./grammar')", grammar)
    .replace(/^exports\.\w+ = exports\.\w+;$/m, '')
    .replace(/^exports\.(\w+) =/gm, 'export const $1 =');
  if (/exports|require\(/.test(module)) throw new Error('sdp-transform is not written as scripts/slim.mjs expects');
  return module;
}

export const slim = {
  name: 'sdp-transform',
  setup(on) {
    on.onResolve({ filter: /^sdp-transform$/ }, ({ path }) => ({ path, namespace: 'slim', sideEffects: false }));
    on.onLoad({ filter: /^/, namespace: 'slim' }, () => ({ contents: parser() }));
  },
};
