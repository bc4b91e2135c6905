// An application that names a type of JsSIP's, by whatever path, finds it here, with every member that JsSIP declares.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import ts from 'typescript';

const root = path.join(import.meta.dirname, '..', '..');
const theirs = path.join(root, 'node_modules', 'jssip', 'lib');
const ours = path.join(root, 'pkg', 'lib');
// `lib/JsSIP` is the entry itself.
const files = readdirSync(theirs).filter((name) => name.endsWith('.d.ts') && name !== 'JsSIP.d.ts');

/** What JsSIP declares and nobody can use: constants that are members of `C`, names that no declaration exports. */
const unreachable = {
  'Constants.d.ts':
    /^(ACK|BYE|CANCEL|INFO|INVITE|MESSAGE|NOTIFY|OPTIONS|REGISTER|REFER|UPDATE|SUBSCRIBE|[A-Z]+_[A-Z_]+)$/,
  'Notifier.d.ts': /^NotifierTerminationReason$/,
  'Subscriber.d.ts': /^SubscriberTerminatedCode$/,
  // Handlers that its transport has for its socket, and arguments of a class that it does not export.
  'Transport.d.ts': /^Transport\.on(connect|disconnect|data)$/,
  'UA.d.ts': /^(RequestParams|UAStatus)$/,
};

const options = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, strict: true };
const program = ts.createProgram(
  files.flatMap((file) => [path.join(theirs, file), path.join(ours, file)]),
  { ...options, target: ts.ScriptTarget.ES2022, types: [] },
);
const checker = program.getTypeChecker();

/** The names that a declaration exports, with their types. */
function declared(file) {
  const source = program.getSourceFile(file);
  assert.ok(source, `${file} is there`);
  return new Map(checker.getExportsOfModule(checker.getSymbolAtLocation(source)).map((name) => [name.name, name]));
}

const typeOf = (name) =>
  checker.getDeclaredTypeOfSymbol(name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name);

/** The members of a class or an interface, `[Symbol.iterator]` and its like left aside. */
const members = (name) =>
  name.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)
    ? typeOf(name)
        .getProperties()
        .map((member) => member.name)
        .filter((member) => !member.startsWith('__@'))
    : [];

for (const file of files) {
  test(`${file} has what JsSIP's has`, () => {
    const have = declared(path.join(ours, file));
    const missing = [...declared(path.join(theirs, file))].flatMap(([name, symbol]) => {
      const own = have.get(name);
      if (!own) return [name];
      const type = typeOf(own);
      return members(symbol)
        .filter((member) => !type.getProperty(member))
        .map((member) => `${name}.${member}`);
    });
    assert.deepEqual(
      missing.filter((name) => !unreachable[file]?.test(name)),
      [],
    );
  });
}
