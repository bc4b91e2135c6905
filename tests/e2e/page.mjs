// The page of the browser tests: viasip loaded, and a few questions that each test asks.

/** Opens a page with viasip, served at `site`, whose lines register at `service`. */
export async function open(page, site, service) {
  page.on('pageerror', (error) => console.log('page error:', error.message));
  await page.goto(`${site}/tests/e2e/blank.html`);
  await page.evaluate(async (url) => {
    const viasip = await import('/pkg/dist/index.js');
    await viasip.default();
    const { UA, WebSocketInterface } = viasip;
    window.viasip = viasip;
    window.url = url;
    window.line = (user, options = {}) => {
      const ua = new UA({
        sockets: [new WebSocketInterface(url)],
        uri: `sip:${user}@viasip.local`,
        password: 'viasip',
        ...options,
      });
      ua.seen = [];
      for (const name of [
        'connecting',
        'connected',
        'disconnected',
        'registered',
        'unregistered',
        'registrationFailed',
      ]) {
        ua.on(name, (event) => ua.seen.push(event?.cause ? `${name} ${event.cause}` : name));
      }
      ua.frames = [];
      ua.on('sipMessage', ({ direction, message }) => ua.frames.push(`${direction} ${message}`));
      return ua;
    };
    window.once = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));
    window.record = (session, log) => {
      const names = [
        'peerconnection',
        'connecting',
        'sending',
        'progress',
        'accepted',
        'confirmed',
        'ended',
        'failed',
        'hold',
        'unhold',
        'newDTMF',
      ];
      for (const name of names)
        session.on(name, (e) => log.push([name, e?.originator, e?.cause].filter(Boolean).join(' ')));
      session.on('sdp', (e) => log.push(`sdp ${e.originator} ${e.type}`));
    };
    window.packets = async (session) => {
      let count = 0;
      (await session.connection.getStats()).forEach((report) => {
        if (report.type === 'inbound-rtp') count += report.packetsReceived;
      });
      return count;
    };
    window.until = async (test, ms = 5000) => {
      const end = Date.now() + ms;
      while (Date.now() < end) {
        if (await test()) return true;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return false;
    };
  }, service);
}
