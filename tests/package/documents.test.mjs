// What the documents say of the package, held against the package: links, options and their defaults, events, errors and causes,
// figures, settings. The code in them is in snippets.test.mjs.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import ts from 'typescript';
import { documents, read, root } from '../documents.mjs';
import JsSIP from '../../pkg/dist/inline.js';

const withoutCode = (text) => text.replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]*`/g, '');

/** How a heading is named in a link. */
const anchors = (text) =>
  [...text.replace(/^```[^]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );

test('each link leads to a file and a heading that are there', () => {
  const broken = [];
  let links = 0;
  for (const file of ['CHANGELOG.md', ...documents]) {
    for (const [, link] of withoutCode(read(file)).matchAll(/\]\(([^)\s]+)\)/g)) {
      links += 1;
      if (/^[a-z]+:/.test(link)) continue;
      const [to, anchor] = link.split('#');
      const target = to ? path.join(path.dirname(file), to) : file;
      if (!existsSync(path.join(root, target))) broken.push(`${file}: ${link}`);
      else if (anchor && !anchors(read(target)).includes(anchor)) broken.push(`${file}: ${link} (no such heading)`);
    }
  }
  assert.deepEqual(broken, []);
  assert.ok(links > 40, `the documents are not read: ${links} links`);
});

test('each guide is in the index of docs', () => {
  const index = read('docs/README.md');
  const missing = documents.filter((file) => file.startsWith('docs/') && !index.includes(`](${path.basename(file)})`));
  assert.deepEqual(missing, ['docs/README.md']);
});

const sources = ['index', 'presence', 'quality', 'UA', 'RTCSession', 'Message'].map((name) =>
  path.join(root, 'pkg', 'src', `${name}.ts`),
);
const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile);
const options = ts.convertCompilerOptionsFromJson(config.compilerOptions, root).options;
const program = ts.createProgram(sources, { ...options, noEmit: true });
const checker = program.getTypeChecker();

/** The members of an interface of a file of pkg/src. */
function members(file, name) {
  const module = checker.getSymbolAtLocation(program.getSourceFile(path.join(root, 'pkg', 'src', file)));
  const symbol = checker.getExportsOfModule(module).find((exported) => exported.name === name);
  const type = checker.getDeclaredTypeOfSymbol(
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
  );
  const names = type.getProperties().map((member) => member.name);
  assert.ok(names.length > 0, `${file} has ${name}`);
  return names;
}

/** What stands under headings that begin so, up to the next heading. */
const under = (text, ...headings) =>
  text
    .split(/^## /m)
    .filter((part) => headings.some((heading) => part.startsWith(heading)))
    .join('');

/** The cells of each row of the tables. */
const rows = (text) =>
  text
    .split('\n')
    .filter((line) => /^\| `/.test(line))
    .map((line) =>
      line
        .slice(1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
/** The names in the first cell of each row. */
const names = (text) => rows(text).flatMap(([first]) => [...first.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
const sorted = (list) => [...new Set(list)].sort();

test('docs/options.md has each option of a user agent and of a call, and no other', () => {
  const text = read('docs/options.md');
  const configuration = under(text, '`new UA(options)`', 'Registration and lines', 'Challenges', 'Calls and texts');
  assert.deepEqual(sorted(names(configuration)), sorted(members('UA.ts', 'UAConfiguration')));
  const call = under(text, '`call(target, options)`');
  assert.deepEqual(sorted(names(call)), sorted(members('RTCSession.ts', 'CallOptions')));
});

test('the defaults in docs/options.md are those of a user agent', () => {
  const ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface('ws://127.0.0.1')], uri: 'sip:a@b.invalid' });
  let compared = 0;
  for (const [first, said] of rows(read('docs/options.md'))) {
    const options = [...first.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
    const values = said.split(', ');
    for (const [i, option] of options.entries()) {
      if (!(option in ua.configuration)) continue;
      const value = /^(?:`'?)?(-?\d+|true|false|auto|UPDATE|MD5)'?`?(?: (s|ms))?$/.exec(values[i] ?? '');
      if (!value) continue;
      const [, word, unit] = value;
      // JsSIP keeps this one in ms.
      const factor = option === 'no_answer_timeout' && unit === 's' ? 1000 : 1;
      const expected = /^-?\d/.test(word) ? String(Number(word) * factor) : word;
      assert.equal(String(ua.configuration[option]), expected, option);
      compared += 1;
    }
  }
  assert.ok(compared >= 25, `the table is not read: ${compared}`);
});

test('docs/events.md has each event, and no other', () => {
  const text = read('docs/events.md');
  const maps = [
    ['`UA`', 'UA.ts', 'UAEventMap'],
    ['`RTCSession`', 'RTCSession.ts', 'RTCSessionEventMap'],
    ['`Message`', 'Message.ts', 'MessageEventMap'],
    ['`Subscriber`', 'index.ts', 'SubscriberEventMap'],
    ['`Notifier`', 'index.ts', 'NotifierEventMap'],
    ['`Publication`', 'index.ts', 'PublicationEventMap'],
    ['`Watch`', 'presence.ts', 'WatchEventMap'],
  ];
  for (const [heading, file, map] of maps)
    assert.deepEqual(sorted(names(under(text, heading))), sorted(members(file, map)), heading);
  const ofTransfers = members('RTCSession.ts', 'ReferHandlers').filter((name) => name !== 'authenticated');
  assert.deepEqual(sorted(names(under(text, '`ReferSubscriber`'))), sorted(ofTransfers));
});

test('docs/errors.md has each error and each cause, with its number and its name in C.causes', () => {
  const text = read('docs/errors.md');
  const errors = rows(under(text, 'What methods throw')).map(([first, said]) => [first, said].join(', '));
  const made = {
    ConfigurationError: ['x'],
    InvalidStateError: [0],
    NotSupportedError: [''],
    NotReadyError: [''],
    RefusedError: [null, ''],
  };
  const thrown = Object.entries(JsSIP.Exceptions).map(([name, Thrown]) => {
    const error = new Thrown(...made[name]);
    return `\`${name}\`, \`${error.name}\`, ${error.code}`;
  });
  assert.deepEqual(errors, thrown);
  const causes = rows(under(text, 'Causes')).map(([cause, name]) => [name, cause].map((cell) => cell.slice(1, -1)));
  assert.deepEqual(causes, Object.entries(JsSIP.C.causes));
});

test('the answers that docs/errors.md has for a cause are those that stand for it', () => {
  for (const [, name, when] of rows(under(read('docs/errors.md'), 'Causes'))) {
    const statuses = JsSIP.C.SIP_ERROR_CAUSES[name.slice(1, -1)];
    if (!statuses) continue;
    const said = [...when.split(/[:;]|, and/)[0].matchAll(/\b\d{3}\b/g)].map(([status]) => Number(status));
    assert.deepEqual(said, [...statuses].sort(), name);
  }
});

test('docs/diagnosis.md has each code of a diagnosis, and no other', () => {
  // What stands between quotes with a hyphen there is a code, but for an attribute of SDP.
  const codes = ['diagnosis', 'reachability']
    .map((file) => read(`src/sdp/${file}.rs`).split('#[cfg(test)]')[0])
    .flatMap((text) => [...text.matchAll(/"([a-z]+(?:-[a-z]+)+)"/g)].map(([, code]) => code))
    .filter((code) => code !== 'rtcp-fb');
  assert.deepEqual(sorted(names(under(read('docs/diagnosis.md'), 'Codes'))), sorted(codes));
});

test('docs/quality.md has each code of a problem, and no other', () => {
  const module = checker.getSymbolAtLocation(program.getSourceFile(path.join(root, 'pkg', 'src', 'quality.ts')));
  const exported = checker.getExportsOfModule(module).find(({ name }) => name === 'MediaProblemCode');
  const codes = checker.getDeclaredTypeOfSymbol(checker.getAliasedSymbol(exported)).types.map(({ value }) => value);
  assert.deepEqual(sorted(names(under(read('docs/quality.md'), '`mediaproblem`'))), sorted(codes));
});

/** Cells of a table's rows by their first cell. */
const table = (text) =>
  new Map(
    text
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.replaceAll('*', '').slice(2, -2).split(' | '))
      .map(([first, ...cells]) => [first.replaceAll('`', ''), cells]),
  );

test('the figures in the README are those that were measured', () => {
  const [readme, sizes, speed] = ['README.md', 'docs/sizes.md', 'docs/performance.md'].map((file) => table(read(file)));
  const kilobytes = (name) => String(Math.round(Number(sizes.get(name)[1].replaceAll(',', '')) / 1000));
  const said = readme.get('bytes, minified, gzip').map((cell) => cell.match(/\d+/g));
  assert.deepEqual(said, [
    [kilobytes('viasip'), kilobytes('of which wasm')],
    [kilobytes('JsSIP 3.13.8')],
    [kilobytes('SIP.js 0.21.2')],
  ]);
  const cases = {
    'a received request, 600 B': 'received request, 600 B, one at a time',
    'one of many at once': 'received request, 600 B, in a burst',
    'register and unregister': 'register and unregister',
    'a call': 'call',
    'from the import to the open connection': 'cold start',
    'heap of a call': 'heap of a call',
  };
  for (const [name, measured] of Object.entries(cases)) {
    const figures = speed.get(measured);
    for (const [i, cell] of readme.get(name).entries()) {
      const [, figure, unit] = /^([\d.]+) (\w+)$/.exec(cell) ?? [];
      if (!figure) continue;
      const digits = figure.split('.')[1]?.length ?? 0;
      assert.equal(
        `${Number.parseFloat(figures[i]).toFixed(digits)} ${unit}`,
        figures[i].replace(/[\d.]+/, figure),
        name,
      );
    }
  }
});

test('the settings in docs/servers.md are those that the tests run with', () => {
  const tried = ['kamailio.cfg', 'servers.mjs', 'extensions.conf']
    .map((file) => read(`tests/interop/${file}`))
    .join('\n');
  // Names and ports are filled in when a server starts; 1001 is nobody there.
  const dense = (text) =>
    text
      .replace(/@\w+@|\$\{\w+\}|127\.0\.0\.1|\b(8080|8088|2223|1001|SHA-256|digest)\b|PJSIP\/[\w-]+/g, '*')
      .replace(/\*:\*/g, '*');
  const known = new Set(
    dense(tried)
      .split(/\\n|\n|`/)
      .map((line) => line.trim()),
  );
  const settings = [...read('docs/servers.md').matchAll(/^```(?:ini|text)\n([^]*?)^```/gm)]
    .flatMap(([, block]) => block.split('\n'))
    .map((line) => line.trim())
    .filter(Boolean);
  assert.ok(settings.length > 60, `the guide is not read: ${settings.length}`);
  assert.deepEqual(
    settings.filter((line) => !known.has(dense(line))),
    [],
  );
});
