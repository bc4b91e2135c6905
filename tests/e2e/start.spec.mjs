// `npm start` was stopped by a service manager, which signals the process that it started and no other: npm. The page and the SIP
// service ran on, and their ports were taken at the next start.
import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import path from 'node:path';
import { expect, test } from '@playwright/test';

const root = path.resolve(import.meta.dirname, '..', '..');

const listens = (port) =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('connect', () => socket.destroy());
    socket.on('error', () => resolve(false));
  });

for (const [index, signal] of ['SIGTERM', 'SIGKILL'].entries()) {
  test(`npm start ends with its npm: ${signal}`, async () => {
    const [page, sip] = [18_080 + 100 * index, 18_081 + 100 * index].map(String);
    const npm = spawn('npm', ['start', '--', `--port=${page}`, `--sip-port=${sip}`], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      // So that all of it can be ended if it does not end by itself.
      detached: true,
    });
    let said = '';
    npm.stdout.on('data', (data) => (said += data));
    try {
      const ports = () => /127\.0\.0\.1:(\d+)\/.*127\.0\.0\.1:(\d+)/.exec(said)?.slice(1);
      await expect.poll(ports, { timeout: 50_000 }).toBeTruthy();
      for (const port of ports()) await expect.poll(() => listens(port)).toBe(true);
      npm.kill(signal);
      for (const port of ports()) await expect.poll(() => listens(port), { timeout: 10_000 }).toBe(false);
    } finally {
      try {
        process.kill(-npm.pid, 'SIGKILL');
      } catch {
        // All of it has ended.
      }
    }
  });
}
