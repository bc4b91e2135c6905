// Descriptions are only read: of `sdp-transform` the bundles get `parse()` and what of the grammar it looks at.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The grammar as a table: type of the line, `+` for what is pushed and its name, pattern, names of the groups. */
function table() {
  const rows = [];
  for (const [type, rules] of Object.entries(require('sdp-transform/lib/grammar.js'))) {
    for (const { push, name = '', reg, names = [] } of rules) {
      const pattern = reg.source === '(.*)' ? '' : reg.source.replace(/^\^/, '');
      if (reg.flags || (pattern && !reg.source.startsWith('^')) || /[`\t\n]|\$\{/.test(pattern)) throw new Error(`scripts/slim.mjs cannot hold ${reg}`);
      rows.push([`${type}${push ? `+${push}` : name}`, pattern, names.join(' ')].join('\t').trimEnd());
    }
  }
  return rows.join('\n');
}

/** The rules of such a table, as the library has them; the text runs in the bundle. Read late: setup installs the library. */
const rules = () => `
const grammar = {};
for (const row of String.raw\`${table()}\`.split('\\n')) {
  const [rule, pattern, names] = row.split('\\t');
  const push = rule[1] === '+';
  (grammar[rule[0]] ??= []).push({ [push ? 'push' : 'name']: rule.slice(push ? 2 : 1), reg: RegExp('^' + (pattern || '(.*)')), names: names?.split(' ') });
}
`;

/** The parser as a module, so that what nobody imports of it is left out. */
function parser() {
  const source = readFileSync(require.resolve('sdp-transform/lib/parser.js'), 'utf8');
  const module = source
    .replace("var grammar = require('./grammar');", rules)
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
