// What `viasip/quality` makes of reports of WebRTC; that Chromium gives such reports is in tests/e2e.
import assert from 'node:assert/strict';
import test from 'node:test';
import { measured } from '../../pkg/lib/quality/measured.js';
import { rating, score } from '../../pkg/lib/quality/mos.js';
import { Problems } from '../../pkg/lib/quality/problems.js';
import { read } from '../../pkg/lib/quality/reading.js';

/** A report, a second for each `n`, of a stream of sound each way. */
function report(n, { lost = 0, sent = 50, came = 50, rtt = 0.02, others } = {}) {
  return new Map(
    [
      { id: 'c', type: 'codec', mimeType: 'audio/opus' },
      { id: 't', type: 'transport', ...(others !== undefined && { packetsReceived: n * came + others }) },
      { id: 'm', type: 'media-source', kind: 'audio', totalAudioEnergy: n * 0.25, totalSamplesDuration: n },
      {
        id: 'o',
        type: 'outbound-rtp',
        kind: 'audio',
        packetsSent: n * sent,
        bytesSent: n * 4000,
        codecId: 'c',
        mediaSourceId: 'm',
      },
      {
        ...{
          id: 'i',
          type: 'inbound-rtp',
          kind: 'audio',
          packetsReceived: n * came,
          packetsLost: n * lost,
          codecId: 'c',
        },
        ...{
          bytesReceived: n * 4000,
          jitter: 0.004,
          jitterBufferDelay: n * 2000,
          jitterBufferEmittedCount: n * 48_000,
        },
        ...{ totalSamplesReceived: n * 48_000, concealedSamples: n * 480 },
      },
      { id: 'r', type: 'remote-inbound-rtp', kind: 'audio', fractionLost: 0.5, roundTripTime: 0.5, timestamp: n },
      {
        id: 'p',
        type: 'candidate-pair',
        nominated: true,
        currentRoundTripTime: rtt,
        localCandidateId: 'l',
        remoteCandidateId: 'f',
      },
      { id: 'l', type: 'local-candidate', candidateType: 'relay', protocol: 'udp', relayProtocol: 'tls' },
      { id: 'f', type: 'remote-candidate', candidateType: 'host' },
    ].map((entry) => [entry.id, entry]),
  );
}

test('the change between two reports', () => {
  const [before, now] = [3, 5].map((n) => read(report(n, { lost: 10 }), n * 1000));
  const { audio, pair, rtt, r, mos, video } = measured(now, before);
  assert.deepEqual(pair, { local: 'relay', remote: 'host', protocol: 'tls', relayed: true });
  assert.equal(rtt, 20);
  assert.equal(audio.in.packets, 100);
  assert.equal(audio.in.lost, 20);
  assert.equal(audio.in.loss, 20 / 120);
  assert.equal(audio.in.concealed, 0.01);
  assert.equal(audio.in.jitter, 4);
  assert.equal(audio.out.bitrate, 32_000);
  assert.equal(audio.out.level, 0.5);
  assert.equal(audio.out.loss, 0.5);
  assert.deepEqual(video, { in: null, out: null });
  assert.ok(r < 60 && mos < 3.2, `${r} ${mos}`);
});

test('counters that begin anew, and a report of nothing', () => {
  const { audio } = measured(read(report(1), 9000), read(report(7), 8000));
  assert.equal(audio.in.packets, 50);
  const empty = read(new Map(), 1);
  assert.deepEqual(measured({ ...empty, at: 2 }, empty).audio, { in: null, out: null });
});

// G.107: without any impairment R is 93.2 less the delay, and the score 4.4. The others were computed apart.
test('R and the score are those of the E-model', () => {
  const near = (r, expected) => assert.ok(Math.abs(r - expected) < 0.02, `${r}, not ${expected}`);
  near(rating(0, 0, 0, 'PCMU'), 92.53);
  near(rating(0, 130, 0, 'opus'), 89.53);
  near(rating(0, 380, 0, 'opus'), 62.24);
  near(rating(1000, 380, 0, 'opus'), 40.7);
  assert.ok(Math.abs(score(93.2) - 4.41) < 0.01);
  assert.ok(Math.abs(score(50) - 2.58) < 0.01);
  assert.equal(score(-5), 1);
  assert.ok(rating(600, 60, 0, 'opus') < 65);
  assert.ok(rating(20, 40, 0.2, 'opus') < rating(20, 40, 0.2, 'PCMU'));
  assert.equal(rating(5000, 0, 1, 'opus'), 0);
});

test('a problem is told once, when it was seen twice, and once more when it is over', () => {
  const told = [];
  const problems = new Problems(({ code, state }) => told.push(`${code} ${state}`));
  const expected = { audioIn: true, audioOut: true, videoIn: false, microphone: true, by: 'a' };
  const look = (n, first, second) => {
    const [before, now] = [read(report(n, first), n * 1000), read(report(n + 1, second), n * 1000 + 1000)];
    // What we lose is not looked at here.
    for (const reading of [before, now]) reading.missed = {};
    problems.look(measured(now, before), now, before, expected);
  };
  const none = { came: 0 };
  look(1, none, none);
  assert.deepEqual(told, []);
  look(2, none, none);
  look(3, none, none);
  assert.deepEqual(told, ['no-packets-in began']);
  look(4);
  look(5);
  look(6);
  assert.deepEqual(told.splice(0), ['no-packets-in began', 'no-packets-in over']);
  const far = { rtt: 0.6 };
  look(7, far, far);
  look(8);
  look(9, far, far);
  look(10, far, far);
  // Between the two bounds it stays as it is.
  const near = { rtt: 0.35 };
  look(11, near, near);
  look(12, near, near);
  assert.deepEqual(told, ['high-delay began']);
  assert.deepEqual(
    problems.all.map(({ code }) => code),
    ['high-delay'],
  );
});

// What gives no feedback any more does not get what we send; a report says so only after seconds.
test('one way by the feedback that ends, unless another far end gave it', () => {
  const told = [];
  let by = 'a';
  const [problems, expected] = [
    new Problems(({ code, state }) => told.push(`${code} ${state}`)),
    { audioIn: true, audioOut: true, videoIn: false, microphone: true },
  ];
  let others = 0;
  const second = (n, more, way = {}) => {
    const before = read(report(n, { ...way, others }), n * 1000);
    const now = read(report(n + 1, { ...way, others: (others += more) }), n * 1000 + 1000);
    for (const reading of [before, now]) reading.missed = {};
    problems.look(measured(now, before), now, before, { ...expected, by });
  };
  second(1, 10);
  second(2, 1);
  // With so little of ours there is as little to answer, and what did not come may be feedback.
  second(3, 1, { sent: 3 });
  second(4, 1, { came: 3 });
  second(5, 1);
  assert.deepEqual(told, []);
  second(6, 1);
  assert.deepEqual(told.splice(0), ['one-way began']);
  second(7, 10);
  second(8, 10);
  assert.deepEqual(told.splice(0), ['one-way over']);
  by = 'b';
  for (let n = 9; n < 15; n += 1) second(n, 0);
  assert.deepEqual(told, []);
});
