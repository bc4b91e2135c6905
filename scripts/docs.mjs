// Makes the API reference out of the doc comments of pkg/src, in target/docs; `--check` writes nothing. An export without a comment,
// a link that leads nowhere and a type that cannot be imported are errors.
import { at } from './build/stamp.mjs';

/** What an application imports, and the two files by whose paths JsSIP's users know the types of events. */
const ENTRIES = ['index', 'auto', 'inline', 'presence', 'quality', 'report', 'UA', 'RTCSession'];

const { Application, Converter, ReflectionKind } = await import('typedoc');
const app = await Application.bootstrap({
  name: 'viasip',
  entryPoints: ENTRIES.map((entry) => at('pkg', 'src', `${entry}.ts`)),
  tsconfig: at('tsconfig.json'),
  out: at('target', 'docs'),
  readme: 'none',
  disableSources: true,
  // Pieces of other types, which have no name outside their files.
  intentionallyNotExported: [
    'Config.ts:Settings',
    'EventEmitter.ts:Listeners',
    'EventEmitter.ts:AnyEvent',
    'Grammar.ts:SyntaxError',
    'RTCSession.ts:Events',
    'RTCSession.ts:Done',
    'RTCSession/status.ts:STATUS',
    'URI.ts:Values',
    'URI.ts:Headers',
    'core/border.ts:CAUSES',
    'debug.ts:Log',
    'debug.ts:Debugger',
    'presence/conferenceInfo.ts:Fields',
    'presence/conferenceInfo.ts:Scope',
    'presence/conferenceInfo.ts:Part',
    'report/samples.ts:FIGURES',
  ].map((name) => `pkg/src/${name}`),
  validation: { notExported: true, invalidLink: true, notDocumented: false },
});

// What begins with an underscore is ours alone.
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  for (const reflection of project.getReflectionsByKind(ReflectionKind.All)) {
    if (/^_(?!_)/.test(reflection.name)) project.removeReflection(reflection);
  }
});

const { Class, Interface, Function, Variable, TypeAlias, Method, Accessor, Property } = ReflectionKind;
/** What is the same in each event: docs/events.md says it once. */
const OF_EVENTS = /^(originator|request|response|session|message|dtmf|info|ack|socket)$/;
const saidOf = ({ comment }) => comment?.summary.map(({ text }) => text).join('') ?? '';
/** Whether its name says all: a listener by its event, a piece of a type by the type, a field of a body by the RFC. */
function speaksForItself({ name, parent, kind, flags, inheritedFrom }) {
  if (/Listener$/.test(name) || parent?.name === '__type') return true;
  if (kind !== Property) return false;
  const ofErrors = /Error$/.test(parent.name) && /^(name|code|stack|cause)$/.test(name);
  if (inheritedFrom?.name.startsWith('Record.')) return true;
  return flags.isExternal || ofErrors || OF_EVENTS.test(name) || /RFC \d/.test(saidOf(parent));
}
const isDocumented = (reflection) =>
  [reflection, reflection.getSignature, ...(reflection.signatures ?? [])].some((part) => part?.hasComment());

const project = await app.convert();
if (!project) process.exit(1);
app.validate(project);
const everything = Class | Interface | Function | Variable | TypeAlias | Method | Accessor | Property;
for (const reflection of project.getReflectionsByKind(everything)) {
  if (!isDocumented(reflection) && !speaksForItself(reflection))
    app.logger.error(`${reflection.getFullName()} has no comment that says what it is for`);
}
if (!process.argv.includes('--check')) await app.generateOutputs(project);
process.exitCode = app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0;
