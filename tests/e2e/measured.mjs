// Two phones in a page whose calls are measured, and what the tests of that ask.
import { open } from './page.mjs';

/** Opens a page with `alice` and `bob` registered, and `viasip/quality` attached: to her with these options, to him as it is. */
export async function openMeasured(page, site, service, options = {}) {
  await open(page, site, service);
  await page.evaluate(async (options) => {
    const { attachQuality, qualityOf } = await import('/pkg/dist/quality.js');
    window.qualityOf = qualityOf;
    window.audio = { mediaConstraints: { audio: true, video: false } };
    [window.alice, window.bob] = [line('alice', { trickle_ice: false }), line('bob', { trickle_ice: false })];
    for (const ua of [alice, bob]) {
      attachQuality(ua, ua === alice ? options : {});
      ua.start();
    }
    await Promise.all([once(alice, 'registered'), once(bob, 'registered')]);
    /** A call from alice to bob that is up; each session notes what it is told. */
    window.call = async (options = audio, prepare = () => {}, answer = options) => {
      const noted = (session) => {
        session.problems = [];
        session.qualities = [];
        session.on('mediaproblem', ({ code, state }) => session.problems.push(`${code} ${state}`));
        session.on('quality', (quality) => session.qualities.push(quality));
        prepare(session);
        return session;
      };
      const taken = new Promise((resolve) =>
        bob.once('newRTCSession', ({ session }) => {
          noted(session).answer(answer);
          resolve(session);
        }),
      );
      let mine;
      alice.once('newRTCSession', ({ session }) => (mine = noted(session)));
      alice.call('bob', options);
      await once(mine, 'confirmed');
      // What nobody plays, Chromium does not decode.
      const heard = new Audio();
      heard.srcObject = new MediaStream(mine.connection.getReceivers().map(({ track }) => track));
      await heard.play();
      return [mine, await taken];
    };
    window.told = (session, what, ms = 6000) => until(() => session.problems.includes(what), ms);
    /** Each end is told the address of the other's side of a stretch of network (udp.mjs). */
    window.through = (session, ports) =>
      session.on('sdp', (event) => {
        if (event.originator !== 'remote') return;
        const side = session.direction === 'outgoing' ? 1 : 0;
        const found = /^a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host.*$/im.exec(event.sdp);
        is(side, found[1], Number(found[2]));
        const one = found[0].replace(` ${found[2]} typ`, ` ${ports[side]} typ`);
        event.sdp = event.sdp.replace(/^a=candidate:.*\r\n/gm, '').replace('a=ice-ufrag', `${one}\r\na=ice-ufrag`);
      });
    /** Sends nothing of a kind any more, whatever was agreed on; or sends it again. */
    window.silence = (session, kind, active = false) => {
      const sender = session.connection.getSenders().find(({ track }) => track?.kind === kind);
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings) encoding.active = active;
      return sender.setParameters(parameters);
    };
    window.sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  }, options);
}
