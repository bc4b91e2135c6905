// `npx viasip check` at the embedded SIP service. Other servers are in tests/interop, and what is none in tests/package.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { expect, test } from './fixture.mjs';

const program = path.join(import.meta.dirname, '..', '..', 'pkg', 'cli', 'viasip.mjs');

/** What the command writes, and its exit status. */
const check = (url, password, ...more) =>
  new Promise((resolve) => {
    const env = { ...process.env, VIASIP_PASSWORD: password };
    const words = [program, 'check', url, 'sip:checked@viasip.local', ...more];
    execFile('node', words, { env }, (error, out) => resolve({ status: error?.code ?? 0, out }));
  });

test('the embedded service is right, to somebody who is not there or may not register', async ({ registrar }) => {
  const good = await check(registrar.url, 'viasip');
  expect(good.out).not.toContain('✗');
  expect(good.out).toContain('✓ registration  registered for 600 s');
  expect(good.out).toContain('✓ keep-alive    the server answers CRLF');
  expect(good.status).toBe(0);
  const nobody = await check(registrar.url, 'viasip', '--call', 'nobody');
  expect(nobody.out).toContain('✗ call          nobody: 404 Not Found');
  expect(nobody.status).toBe(1);
  const wrong = await check(registrar.url, 'wrong');
  expect(wrong.out).toMatch(/✗ registration {2}refused with 403 Forbidden\n +→ Wrong password/);
  expect(wrong.status).toBe(1);
});
