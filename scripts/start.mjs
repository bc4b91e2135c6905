// Prepares, builds, starts the embedded SIP service and the softphone page, and prints where it is.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { buildAll } from './build.mjs';
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

await prepare('build');
await Promise.all([
  buildAll({ debug: true }),
  step('embedded SIP service', 'cargo', ['build', '--example', 'registrar']),
]);
const [sip, page] = [await free(option('sip-port', 5066)), await free(option('port', 8080))];
const registrar = spawn('cargo', ['run', '--quiet', '--example', 'registrar', '--', '--port', String(sip)], {
  cwd: root,
  env: environment(),
  stdio: 'inherit',
});
process.env.VIASIP_SERVICE = `ws://127.0.0.1:${sip}`;
const { createServer: createVite } = await import('vite');
const vite = await createVite({ configFile: `${root}/www/vite.config.js`, server: { port: page, strictPort: true } });
await vite.listen();
console.log(
  `\nThe softphone: http://127.0.0.1:${page}/   (its SIP service: ${process.env.VIASIP_SERVICE}; Ctrl-C stops both)`,
);

async function stop() {
  registrar.kill();
  await vite.close();
  process.exit();
}
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
registrar.on('exit', (code) => {
  console.error(`the SIP service ended (${code})`);
  void stop();
});
