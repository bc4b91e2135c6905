// The page of the interop tests: viasip loaded, and a few questions that each test asks.

/** Opens a page with viasip, served at `site`, and with what the tests need in it. */
export async function open(page, site) {
  page.on('pageerror', (error) => console.log('page error:', error.message));
  await page.goto(`${site}/tests/e2e/blank.html`);
  await equip(page);
}

/** Loads viasip into a page that is open, and what the tests need. */
export async function equip(page) {
  await page.evaluate(async () => {
    const viasip = (window.viasip = await import('/pkg/dist/index.js'));
    await viasip.default();
    window.userAgent = (url, uri, password = 'secret', more = {}) => {
      const ua = new viasip.UA({ sockets: [new viasip.WebSocketInterface(url)], uri, password, ...more });
      ua.frames = [];
      ua.on('sipMessage', ({ direction, message }) => ua.frames.push(`${direction} ${message}`));
      return ua;
    };
    window.line = (...setting) => {
      const ua = userAgent(...setting);
      ua.start();
      return ua;
    };
    window.once = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));
    window.registered = (ua) =>
      new Promise((resolve, reject) => {
        ua.once('registered', resolve);
        ua.once('registrationFailed', ({ cause }) =>
          reject(new Error(`registrationFailed: ${cause}\n${ua.frames.join('\n')}`)),
        );
      });
    window.packets = async (session) => {
      const count = {};
      (await session.connection.getStats()).forEach((r) => {
        if (r.type === 'inbound-rtp') count[r.kind] = (count[r.kind] ?? 0) + r.packetsReceived;
      });
      return count;
    };
    // What a call without sound looks like: how far ICE and DTLS came, on which addresses, and what viasip says of it.
    window.silence = async (session) => {
      const { connection } = session;
      const pairs = [];
      const stats = await connection.getStats();
      stats.forEach((r) => {
        if (r.type !== 'candidate-pair') return;
        const [ours, theirs] = [stats.get(r.localCandidateId), stats.get(r.remoteCandidateId)];
        pairs.push([r.state, r.nominated, ours?.candidateType, theirs?.candidateType, theirs?.address, theirs?.port]);
      });
      const { signalingState, iceConnectionState, connectionState, iceGatheringState } = connection;
      const states = { signalingState, iceConnectionState, connectionState, iceGatheringState };
      return { packets: await packets(session), states, pairs, ended: session.isEnded() };
    };
    window.until = async (check, ms = 5000) => {
      const end = Date.now() + ms;
      while (Date.now() < end) {
        if (await check()) return true;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return false;
    };
    window.flows = async (sessions, kinds, ms = 3000) => {
      const all = async () => {
        for (const session of sessions) {
          const count = await packets(session);
          if (!kinds.every((kind) => (count[kind] ?? 0) > 50)) return false;
        }
        return true;
      };
      return (await until(all, ms)) || JSON.stringify(await Promise.all(sessions.map(silence)));
    };
    window.ended = (session) =>
      new Promise((resolve) => {
        for (const name of ['ended', 'failed'])
          session.on(name, (e) => resolve([name, e.originator, e.cause, (e.diagnosis ?? []).map((d) => d.code)]));
      });
  });
}
