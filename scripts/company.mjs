// A program that goes on until it is stopped ends with what started it, too. `npm` passes a signal on to the shell between the
// two, which dies of it and tells nobody; a killed `npm` passes on nothing.
import { output } from './toolchain.mjs';

const LOOK_MS = 500;

const lives = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Calls `stop` once the `npm` that runs this program has gone, or its shell. Without `npm` nothing is watched. */
export function endWithNpm(stop) {
  if (!process.env.npm_lifecycle_event) return;
  const shell = process.ppid;
  const npm = Number(output('ps', ['-o', 'ppid=', '-p', String(shell)]) ?? shell);
  const look = setInterval(() => {
    if (process.ppid === shell && lives(npm)) return;
    clearInterval(look);
    stop();
  }, LOOK_MS);
  look.unref();
}
