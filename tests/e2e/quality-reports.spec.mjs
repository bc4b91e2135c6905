// Reports on calls for a collector, through the classes, in Chromium; their grammar is in tests/package.
import { letPass } from './clock.mjs';
import { startCollector } from './collector.mjs';
import { expect, test } from './fixture.mjs';
import { openMeasured } from './measured.mjs';

let collector;
/** Opens a page with two phones, of which `reports(ua)` sends reports to the collector. */
async function open(page, files) {
  await openMeasured(page, files.url, collector.url, { interval: 1 });
  await page.evaluate(async () => {
    const { qualityReports } = await import('/pkg/dist/quality.js');
    window.told = [];
    window.reports = (ua, interval) =>
      qualityReports(ua, {
        collector: 'sip:collector@viasip.local',
        interval,
        eventHandlers: {
          succeeded: ({ session, response }) => told.push(`${session.direction} ${response.status_code}`),
          failed: ({ session, response, cause }) => told.push(`${session.direction} ${response?.status_code} ${cause}`),
        },
      });
    window.tagsOf = ({ frames }) => {
      const invite = frames.find((frame) => /^\w+ INVITE /.test(frame));
      const answer = frames.find((frame) => /^\w+ SIP\/2\.0 200 [^]*^CSeq: \d+ INVITE/m.test(frame));
      const id = /^Call-ID: (\S+)/im.exec(invite)[1];
      const [from, to] = ['From', 'To'].map((name) => new RegExp(`^${name}:.*;tag=(\\S+)`, 'im').exec(answer)[1]);
      return `${id};to-tag=${to};from-tag=${from}`;
    };
  });
}

test.beforeEach(async ({ page, files, registrar }) => {
  collector = await startCollector(registrar.url);
  await open(page, files);
});
test.afterEach(async ({ page }) => {
  await page.evaluate(() => [alice, bob].forEach((ua) => ua.stop()));
  collector.stop();
});

const fieldsOf = (frame) => frame.split('\r\n\r\n')[0];
const bodyOf = (frame) => frame.split('\r\n\r\n')[1];

test('a collector gets one report of a call, and what becomes of it is told once', async ({ page }) => {
  const challenge = 'WWW-Authenticate: Digest realm="collector", nonce="n", qop="auth", algorithm=MD5\r\n';
  collector.reply = (frame) => (/^Authorization: /m.test(frame) ? ['200 OK'] : ['401 Unauthorized', challenge]);
  const { told, seen, dialog } = await page.evaluate(async () => {
    window.reporting = reports(alice);
    const seen = [];
    for (const name of ['newMessage', 'newOptions']) alice.on(name, () => seen.push(name));
    const [mine] = await call();
    await sleep(3500);
    mine.terminate();
    await until(() => told.length > 0);
    return { told, seen, dialog: tagsOf(alice) };
  });
  expect(told).toEqual(['outgoing 200']);
  expect(seen).toEqual([]);
  // The challenge and what meets it: the same report.
  expect(collector.frames.length).toBe(2);
  const [first, report] = collector.frames;
  expect(bodyOf(first)).toBe(bodyOf(report));
  expect(report).toMatch(/^PUBLISH sip:collector@viasip\.local SIP\/2\.0\r\n/);
  expect(fieldsOf(report)).toMatch(/^Event: vq-rtcpxr$/m);
  expect(fieldsOf(report)).toMatch(/^Content-Type: application\/vq-rtcpxr$/m);
  expect(fieldsOf(report)).not.toMatch(/^(Expires|SIP-If-Match):/m);
  const body = bodyOf(report).replaceAll('\r\n', '\n');
  expect(body).toMatch(/^VQSessionReport: CallTerm\n/);
  expect(body).toMatch(/^LocalID: .*<sip:alice@viasip\.local>$/m);
  expect(body).toMatch(/^RemoteID: <sip:bob@viasip\.local>$/m);
  expect(body).toMatch(/^OrigID: .*<sip:alice@viasip\.local>$/m);
  expect(body).toMatch(/^LocalAddr: IP=(?!0\.0\.0\.0)\S+ PORT=[1-9]\d* SSRC=0x[\da-f]{2,8}$/m);
  expect(body).toMatch(/^RemoteAddr: IP=\S+ PORT=\d+ SSRC=0x[\da-f]{2,8}$/m);
  expect(body).toMatch(/^SessionDesc: PT=\d+ PD=opus SR=48000$/m);
  expect(body).toMatch(/^PacketLoss: NLR=[\d.]+ JDR=[\d.]+$/m);
  expect(body).toMatch(/^QualityEst: RLQ=9\d RCQ=[5-9]\d MOSLQ=4\.\d\d MOSCQ=[2-4]\.\d\d QoEEstAlg=G\.107$/m);
  expect(body).toContain(`DialogID: ${dialog}\n`);
  const [, start, stop] = /^Timestamps: START=(\S+) STOP=(\S+)$/m.exec(body);
  expect(Date.parse(stop) - Date.parse(start)).toBeGreaterThanOrEqual(3000);

  // What is refused is not sent again; after the end of the reporting nothing is sent.
  collector.reply = () => ['503 Service Unavailable', 'Retry-After: 1\r\n'];
  const after = await page.evaluate(async () => {
    const talk = async () => {
      const [mine] = await call();
      await sleep(1500);
      mine.terminate();
    };
    await talk();
    await sleep(2500);
    reporting.stop();
    await talk();
    await sleep(1000);
    return told;
  });
  expect(after.length).toBe(2);
  expect(after[1]).toMatch(/^outgoing 503 /);
  expect(collector.frames.length).toBe(3);
});

test('a collector that does not answer is given up after 32 s (timer F), and asked once', async ({ page, files }) => {
  collector.reply = () => null;
  // The clock has to be there before the page reads it.
  await page.clock.install();
  await open(page, files);
  await page.evaluate(async () => {
    reports(alice);
    const [mine] = await call();
    await sleep(1500);
    mine.terminate();
    const ended = performance.now();
    window.after = until(() => told.length > 0, 45_000).then(() => performance.now() - ended);
  });
  await letPass(page, 36);
  const { told, ms } = await page.evaluate(async () => ({ told, ms: await after }));
  expect(told).toEqual(['outgoing undefined Request Timeout']);
  // RFC 3261 17.1.2.2: 64 * T1; a line that is reliable repeats nothing.
  expect(ms).toBeGreaterThan(31_500);
  expect(ms).toBeLessThan(36_000);
  expect(collector.frames.length).toBe(1);
});

test('reports during a call, by the one who was called', async ({ page }) => {
  const dialog = await page.evaluate(async () => {
    reports(bob, 5);
    const [, theirs] = await call();
    await until(() => told.length > 0, 8000);
    theirs.terminate();
    await until(() => told.length > 1);
    return tagsOf(bob);
  });
  expect(collector.frames.map((frame) => bodyOf(frame).split('\r\n')[0])).toEqual([
    'VQIntervalReport',
    'VQSessionReport: CallTerm',
  ]);
  for (const body of collector.frames.map(bodyOf)) {
    expect(body).toMatch(/^LocalID: .*<sip:bob@viasip\.local>\r$/m);
    expect(body).toMatch(/^OrigID: .*<sip:alice@viasip\.local>\r$/m);
    expect(body).toContain(`DialogID: ${dialog}\r\n`);
  }
});

test('a collector that is no address, and an interval that is none', async ({ page }) => {
  const thrown = await page.evaluate(async () => {
    const { qualityReports } = await import('/pkg/dist/quality.js');
    const collector = 'sip:collector@viasip.local';
    const wrong = [{}, { collector: '' }, { collector: `${collector}\r\nX: y` }, { collector, interval: 1 }];
    return wrong.map((options) => {
      try {
        return `${qualityReports(alice, options)}`;
      } catch (error) {
        return `${error.name}: ${error.message.split(':')[0]}`;
      }
    });
  });
  const noAddress = 'TypeError: Invalid collector';
  expect(thrown).toEqual([noAddress, noAddress, noAddress, 'TypeError: interval']);
});
