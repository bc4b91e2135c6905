// The password, which is never a word of the command line: those are read by every user of the machine.
import { text } from 'node:stream/consumers';

/** From the environment, from what is piped in, or from who sits at the terminal. */
export async function password(address) {
  const { VIASIP_PASSWORD: given } = process.env;
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, '');
  return prompt(`Password of ${address}: `);
}

/** Asks, and shows nothing of what is typed. */
function prompt(question) {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  let typed = '';
  return new Promise((resolve) => {
    const leave = () => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off('data', heard);
      stderr.write('\n');
    };
    const heard = (keys) => {
      for (const key of keys) {
        if (key === '\r' || key === '\n') {
          leave();
          return resolve(typed);
        }
        if (key === '\u0003') {
          leave();
          process.exit(130);
        }
        typed = key === '\u007f' || key === '\b' ? typed.slice(0, -1) : typed + key;
      }
    };
    stdin.on('data', heard);
  });
}
