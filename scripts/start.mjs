// Prepares, builds, starts the embedded SIP service and the softphone page, and prints where it is.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { buildAll } from './build.mjs';
import { endWithNpm } from './company.mjs';
import { prepare } from './setup.mjs';
import { environment, root, step } from './toolchain.mjs';

const option = (name, fallback) => Number(new RegExp(`--${name}=(\\d+)`).exec(process.argv.join(' '))?.[1] ?? fallback);

/** The first free port from `port` on. */
function free(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(free(port + 1)));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}

let stop = () => process.exit(1);
endWithNpm(() => stop());

await prepare('build');
await Promise.all([
  buildAll({ debug: true }),
  step('embedded SIP service', 'cargo', ['build', '--example', 'registrar']),
]);
const [sip, page] = [await free(option('sip-port', 5066)), await free(option('port', 8080))];
const words = ['run', '--quiet', '--example', 'registrar', '--', '--port', String(sip), '--until', 'end-of-input'];
// Its input is a pipe that nobody writes to: whatever becomes of this program, it ends there.
const registrar = spawn('cargo', words, { cwd: root, env: environment(), stdio: ['pipe', 'inherit', 'inherit'] });
process.env.VIASIP_SERVICE = `ws://127.0.0.1:${sip}`;
const { createServer: createVite } = await import('vite');
const vite = await createVite({ configFile: `${root}/www/vite.config.js`, server: { port: page, strictPort: true } });
await vite.listen();
console.log(
  `\nThe softphone: http://127.0.0.1:${page}/   (its SIP service: ${process.env.VIASIP_SERVICE}; Ctrl-C stops both)`,
);

stop = async () => {
  registrar.kill();
  await vite.close();
  process.exit();
};
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
registrar.on('exit', (code) => {
  console.error(`the SIP service ended (${code})`);
  void stop();
});
