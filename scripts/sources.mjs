// The shape of the sources: a file of more than 400 lines says at its head why it is long, and no two files need each other.
// An import of types alone is none: it is gone before anything is loaded.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.join(import.meta.dirname, '..');
const LONG = 400;

/** The files below a folder, from the root, whose names end so. */
export function filesOf(folder, endings, from = root) {
  return readdirSync(path.join(from, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => path.relative(from, path.join(entry.parentPath, entry.name)));
}

/** Whether a file of that text may be so long: the comment at its head says why, or that a program has written it. */
export function mayBeLong(text) {
  const [head] = /^(?:\/\/.*\n|\n)*/.exec(text);
  const words = head.replace(/^\/\/!?/gm, '').replace(/\s+/g, ' ');
  return text.split('\n').length - 1 <= LONG || /\bis long because\b|why it is long|Written by/.test(words);
}

/** What each TypeScript file imports by value: paths of files, by path. */
export function importsByValue(files, from = root) {
  return new Map(
    files.map((file) => {
      const source = ts.createSourceFile(file, readFileSync(path.join(from, file), 'utf8'), ts.ScriptTarget.Latest);
      const needed = source.statements.flatMap((statement) => {
        const specifier = statement.moduleSpecifier?.text;
        if (!specifier?.startsWith('.') || isOfTypes(statement)) return [];
        const target = path.join(path.dirname(file), specifier.replace(/\.js$/, '.ts'));
        return existsSync(path.join(from, target)) ? [target] : [];
      });
      return [file, needed];
    }),
  );
}

function isOfTypes(statement) {
  if (ts.isExportDeclaration(statement)) {
    const names = statement.exportClause?.elements;
    return statement.isTypeOnly || Boolean(names?.length && names.every((name) => name.isTypeOnly));
  }
  const clause = statement.importClause;
  if (!clause) return false;
  const names = clause.namedBindings?.elements;
  return clause.isTypeOnly || Boolean(!clause.name && names?.length && names.every((name) => name.isTypeOnly));
}

/** What each Rust file uses of another one, tests left aside: paths of files, by path. A file and its children are one. */
export function usesOfRust(files, from = root) {
  const moduleOf = (file) => file.replace(/^src\/|(?:\/mod)?\.rs$/g, '').split('/');
  const byModule = new Map(files.map((file) => [moduleOf(file).join('::'), file]));
  const textOf = (file) =>
    readFileSync(path.join(from, file), 'utf8')
      .replace(/^#\[cfg\(test\)\]\nmod \w+ \{[^]*/m, '')
      .replace(/\/\/.*/g, '');
  const handedOn = new Map(
    files.map((file) => {
      const trees = [...textOf(file).matchAll(/\bpub(?:\([^)]*\))?\s+use\s+(?:self::)?([^;]+);/g)];
      const handed = trees.flatMap(([, tree]) => written(tree, []));
      const own = moduleOf(file);
      const ofChildren = handed.filter(([first]) => byModule.has([...own, first].join('::')));
      return [own.join('::'), new Map(ofChildren.map((words) => [words.at(-1), words.slice(0, -1)]))];
    }),
  );
  return new Map(
    files.map((file) => {
      const own = moduleOf(file);
      const text = textOf(file);
      const used = pathsIn(text).flatMap((words) => {
        let at = words[0] === 'crate' ? words.slice(1) : words;
        if (words[0] === 'super') {
          const up = words.findIndex((word) => word !== 'super');
          at = [...own.slice(0, own.length - up), ...words.slice(up)];
        }
        let name;
        while (at.length > 0 && !byModule.has(at.join('::'))) [name, at] = [at.at(-1), at.slice(0, -1)];
        // What a file hands on from its child is the child's.
        for (let child; (child = handedOn.get(at.join('::'))?.get(name));) at = [...at, ...child];
        const isKin = at.every((word, n) => own[n] === word) || own.every((word, n) => at[n] === word);
        return at.length === 0 || isKin ? [] : [byModule.get(at.join('::'))];
      });
      return [file, [...new Set(used)]];
    }),
  );
}

/** Each path from `crate` or `super` in a text, the braces of `use` written out. */
function pathsIn(text) {
  const uses = [...text.matchAll(/\buse\s+([^;]+);/g)].flatMap(([, tree]) => written(tree, []));
  const inline = [...text.matchAll(/\b(?:crate|super)(?:::\w+)+/g)].map(([words]) => words.split('::'));
  return [...uses, ...inline].filter(([first]) => first === 'crate' || first === 'super');
}

function written(tree, before) {
  const text = tree.trim();
  if (text.startsWith('{')) {
    const parts = [''];
    let depth = 0;
    for (const sign of text.slice(1, -1)) {
      depth += { '{': 1, '}': -1 }[sign] ?? 0;
      if (sign === ',' && depth === 0) parts.push('');
      else parts[parts.length - 1] += sign;
    }
    return parts.filter((part) => part.trim()).flatMap((part) => written(part, before));
  }
  const [, word, rest] = /^(\w+|\*)\s*(?:::([^]*))?/.exec(text) ?? [];
  if (!word) return [];
  return rest ? written(rest, [...before, word]) : [[...before, word]];
}

/** The files of a circle among these, in their order; null if there is none. */
export function circle(needs) {
  const done = new Set();
  const walk = (file, way) => {
    const at = way.indexOf(file);
    if (at >= 0) return [...way.slice(at), file];
    if (done.has(file)) return null;
    for (const needed of needs.get(file) ?? []) {
      const found = walk(needed, [...way, file]);
      if (found) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of needs.keys()) {
    const found = walk(file, []);
    if (found) return found;
  }
  return null;
}

if (process.argv[1] === import.meta.filename) {
  const rust = filesOf('src', ['.rs']);
  const classes = filesOf('pkg/src', ['.ts']).filter((file) => !file.endsWith('.d.ts'));
  const all = [...rust, ...classes, ...filesOf('scripts', ['.mjs'])];
  const faults = all
    .filter((file) => !mayBeLong(readFileSync(path.join(root, file), 'utf8')))
    .map(
      (file) =>
        `${file} has more than ${LONG} lines: its head has to say why it is long, or its second concept gets a file`,
    );
  for (const needs of [importsByValue(classes), usesOfRust(rust)]) {
    const found = circle(needs);
    if (found) faults.push(`need each other: ${found.join(' -> ')}`);
  }
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
