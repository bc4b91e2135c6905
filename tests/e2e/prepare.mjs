// Builds what the fixtures start, so that no test waits for a compiler within its own time.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

export default function prepare() {
  const cwd = path.resolve(import.meta.dirname, '..', '..');
  execFileSync('cargo', ['build', '--quiet', '--example', 'registrar'], { cwd, stdio: 'inherit' });
}
