// Habits of applications beside the documented API: on both packages they do what is written here.
import { createSocket } from 'node:dgram';
import path from 'node:path';
import { expect, test } from './fixture.mjs';
import { bundle } from './programs/bundle.mjs';

/** Takes datagrams and never answers. */
const silent = createSocket('udp4');

test.beforeAll(() => new Promise((resolve) => silent.bind(0, '127.0.0.1', resolve)));
test.afterAll(() => silent.close());

const habits = {
  'handlers in the options of call': [
    'peerconnection false peerconnection',
    'connecting false request',
    'sdp false originator,sdp,type',
    'sending false request',
    'from newRTCSession',
    'sdp true originator,sdp,type',
    'accepted true originator,response',
    'confirmed true ack,originator',
    'ended false cause,message,originator',
  ],
  'track and addstream on the connection': [
    'addstream outgoing 9 1',
    'onaddstream true',
    'track outgoing 9 audio',
    'receives live',
    'before answer() ',
    'after answer() stable',
    'addstream incoming 5 1',
    'onaddstream true',
    'track incoming 5 audio',
  ],
  "the connection is the application's as well": [
    'application,audio,video true 1 audio',
    'replaced false true true',
    'unmuted true',
    'over closed ended live',
    'its own stream true true',
    'over live',
  ],
  'a screen is added to the call': [
    'asked true',
    'sdp local offer audio,video',
    'sdp local offer audio,video',
    'sdp remote answer audio,video',
    'far end has audio,video true',
    'muted false {"audio":false,"video":true}',
    'asked true',
    'sdp local offer audio,video',
    'sdp local offer audio,video',
    'sdp remote answer audio,video',
    'directions sendonly,inactive live',
    'over live',
  ],
  'sdp is changed both ways, in a call of ours': ['they read true of theirs we apply true'],
  'sdp is changed both ways, in a call of theirs': [
    'sdp remote offer',
    'sdp local answer',
    'they read true of theirs we apply true',
  ],
  'ready() of icecandidate': ['candidate host function', 'INVITE left gathering true 1'],
  'reinvite is followed, or refused': [
    'reinvite 1 INVITE undefined function',
    'callback after the 200 1',
    'reinvite 2 INVITE undefined function',
    'TypeError: Invalid status_code: 200',
    'SIP/2.0 488 Not this X-Why: tired true',
  ],
  "a bag of data, and properties of one's own": [
    'in newRTCSession true 7 me',
    'in confirmed green 7 true',
    '1 green true',
    'in newRTCSession false  me',
    '{}',
    '{"answered":true}',
  ],
  'set and get': [
    'authorization_user true other',
    'realm true r',
    'ha1 true abc',
    'authorization_jwt true Bearer x',
    'password true ',
    'display_name true ',
    'uri false ',
    'nonsense false ',
    'From: "Second"  X-Set: later sip:alice@example.com',
  ],
  'a subclass of UA': [
    'true true never 1 alice Mine',
    'sip:mine-bob@example.com LOUD connecting,connected,newRTCSession,newMessage',
    'true true',
  ],
  'a Proxy around the UA and a session': [
    'announced outgoing',
    'muted true',
    'true 1 true {"audio":true,"video":false} true true true',
    'hold local',
    'true',
    'true 0 INVALID_STATE_ERROR: Invalid status: 8',
    '2',
  ],
  'one session, one message': ['true true outgoing outgoing', 'true true true', 'true far-callfar far-call', 'true'],
};

for (const [name, expected] of Object.entries(habits)) {
  test(name, async ({ page, files }) => {
    for (const library of ['jssip', 'viasip']) {
      await page.goto(`${files.url}/tests/e2e/blank.html`);
      await page.evaluate((port) => (window.silentPort = port), silent.address().port);
      await page.addScriptTag({
        content: await bundle(path.join(import.meta.dirname, 'programs', 'habits.mjs'), library),
      });
      expect(await page.evaluate(() => window.habitNames)).toEqual(Object.keys(habits));
      expect(await page.evaluate((habit) => window.habit(habit), name), library).toEqual(expected);
    }
  });
}
