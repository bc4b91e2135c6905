// The page as static files: built, served below a path, with a Content Security Policy that lets nothing else in.
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { dial, expect, key, open, state, test } from './site.mjs';

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

test('the built page registers and calls from any path, with a strict policy', async ({ page, registrar }) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'viasip-page-'));
  process.env.VIASIP_SERVICE = registrar.url;
  const { build } = await import('vite');
  const configFile = path.join(root, 'www', 'vite.config.js');
  await build({ configFile, logLevel: 'error', build: { outDir: folder } });
  const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src data:; connect-src 'self' ${registrar.url}`;
  const server = createServer((request, response) => {
    const name = new URL(request.url, 'http://x').pathname.replace(/^\/a\/phone\//, '') || 'index.html';
    const file = path.join(folder, name);
    if (!request.url.startsWith('/a/phone/') || !existsSync(file)) return response.writeHead(404).end('not found');
    response.writeHead(200, {
      'Content-Type': types[path.extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': policy,
    });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const refused = [];
  page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
  await open(page, `http://127.0.0.1:${server.address().port}/a/phone/`, 'hugo');
  await key(page, 'Call the echo').click();
  await expect(state(page)).toContainText('Talking to');
  await expect(page.locator('#measures')).toContainText('opus');
  await key(page, 'End call').click();
  await dial(page, 'nobody');
  await expect(page.locator('#why')).toContainText('The server does not know this address.');
  expect(refused).toEqual([]);
  server.close();
  rmSync(folder, { recursive: true });
});
