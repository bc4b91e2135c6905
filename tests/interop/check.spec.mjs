// `npx viasip check` at real servers: what a browser would get, told in lines.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { startAsterisk, startKamailio, startRtpengine, startSipp } from './servers.mjs';

const program = path.join(import.meta.dirname, '..', '..', 'pkg', 'cli', 'viasip.mjs');

/** What the command found, and its exit status. */
const check = (url, address, ...more) =>
  new Promise((resolve) => {
    const env = { ...process.env, VIASIP_PASSWORD: 'secret' };
    execFile('node', [program, 'check', url, address, '--json', ...more], { env }, (error, out) => {
      const { lines } = JSON.parse(out);
      const of = (verdict) => lines.filter((line) => line.verdict === verdict).map(({ message }) => message);
      resolve({ status: error?.code ?? 0, right: of('right'), wrong: of('wrong'), note: of('note'), lines });
    });
  });

test('Asterisk: an endpoint for WebRTC is right, to the answer of a call', async () => {
  const asterisk = await startAsterisk();
  try {
    const { status, right, wrong } = await check(asterisk.url, 'sip:b-one@127.0.0.1', '--call', 'echo');
    expect(wrong).toEqual([]);
    expect(status).toBe(0);
    expect(right).toContain('echo answers');
    expect(right.join('\n')).toMatch(/registered for \d+ s/);
    expect(right.filter((line) => /^(DTLS|ICE|profile|codec)/i.test(line)).length).toBeGreaterThan(2);
    expect(asterisk.cli('core show channels count')).toContain('0 active channels');
  } finally {
    asterisk.stop();
  }
});

test('Asterisk: without webrtc=yes it registers, and says why no call connects', async () => {
  const asterisk = await startAsterisk();
  try {
    const { status, right, wrong, lines } = await check(asterisk.url, 'sip:b-plain@127.0.0.1', '--call', 'echo');
    expect(right.join('\n')).toMatch(/registered for \d+ s/);
    expect(status).toBe(1);
    expect(wrong.join('\n')).toContain('488');
    expect(lines.map(({ hint }) => hint).join('\n')).toContain('webrtc=yes');
    const elsewhere = await check(asterisk.url.replace('/ws', '/'), 'sip:b-one@127.0.0.1');
    expect(elsewhere.wrong.join('\n')).toContain('HTTP 404');
    const stranger = await check(asterisk.url, 'sip:nobody@127.0.0.1');
    expect(stranger.wrong.join('\n')).toMatch(/refused with 40[1347]/);
  } finally {
    asterisk.stop();
  }
});

test('Kamailio: a phone without WebRTC is told by what its answer lacks', async () => {
  const [rtpengine, sipp] = [await startRtpengine(), await startSipp()];
  const kamailio = await startKamailio({ ng: rtpengine.ng, sipp: sipp.port });
  try {
    const plain = await check(kamailio.url, 'sip:alice@viasip.test', '--call', 'plain');
    expect(plain.status).toBe(1);
    expect(plain.right).toContain('plain answers');
    expect(plain.wrong.join('\n')).toMatch(/DTLS/);
    expect(plain.wrong.join('\n')).toMatch(/ICE/);
    const nobody = await check(kamailio.url, 'sip:alice@viasip.test', '--call', 'nobody');
    expect(nobody.wrong.join('\n')).toMatch(/nobody: 4\d\d/);
  } finally {
    for (const server of [kamailio, sipp, rtpengine]) server.stop();
  }
});
