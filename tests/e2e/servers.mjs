// What the browser tests need beside them: the embedded SIP service, and the files of this project over HTTP.
import { spawn } from 'node:child_process';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** Serves the project's folder, or another, on a free port; each answer bears `headers`. */
export function serveFiles(folder = root, headers = {}) {
  const server = createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url, 'http://x').pathname);
    const file = path.join(folder, name.endsWith('/') ? `${name}index.html` : name);
    if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
      // With a body: without one Chromium does not go there.
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found');
      return;
    }
    response.writeHead(200, { 'Content-Type': types[path.extname(file)] ?? 'application/octet-stream', ...headers });
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() }),
    );
  });
}

/** Starts the embedded SIP service on a free port. */
export function startRegistrar() {
  const child = spawn('cargo', ['run', '--quiet', '--example', 'registrar', '--', '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the SIP service ended with ${code}`)));
    child.stdout.on('data', (data) => {
      const url = /ws:\/\/\S+/.exec(String(data))?.[0];
      if (url) resolve({ url, stop: () => child.kill() });
    });
  });
}
