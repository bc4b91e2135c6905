// Makes the API reference out of the doc comments of pkg/src, in target/docs. `--check` writes nothing. Either way an export
// without a comment, a link that leads nowhere and a type that cannot be imported are errors.
import { at } from './build/stamp.mjs';

/** What an application imports, and the two files by whose paths JsSIP's users know the types of events. */
const ENTRIES = ['index', 'auto', 'inline', 'presence', 'quality', 'UA', 'RTCSession'];

const { Application, Converter, ReflectionKind } = await import('typedoc');
const app = await Application.bootstrap({
  name: 'viasip',
  entryPoints: ENTRIES.map((entry) => at('pkg', 'src', `${entry}.ts`)),
  tsconfig: at('tsconfig.json'),
  out: at('target', 'docs'),
  readme: 'none',
  excludePrivate: true,
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  treatValidationWarningsAsErrors: true,
  disableSources: true,
});

// What begins with an underscore is ours alone.
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  for (const reflection of project.getReflectionsByKind(ReflectionKind.All)) {
    if (reflection.name.startsWith('_') && !reflection.name.startsWith('__')) project.removeReflection(reflection);
  }
});

const project = await app.convert();
if (!project) process.exit(1);
app.validate(project);
if (!process.argv.includes('--check')) await app.generateOutputs(project);
process.exitCode = app.logger.hasErrors() || app.logger.hasWarnings() ? 1 : 0;
