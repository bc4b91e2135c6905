// A far end in the page itself: it calls bob over a socket of its own, with the description that a test likes.
import { open } from './page.mjs';

/** Opens a page at `site` with `farEnd()`: a line of bob's, and what its far end sends and has received. */
export async function openWithFarEnd(page, site) {
  await open(page, site, 'ws://unused.invalid');
  await page.evaluate(() => {
    window.farEnd = async () => {
      const sent = [];
      const socket = {
        url: 'ws://far.invalid',
        via_transport: 'WS',
        sip_uri: 'sip:far.invalid;transport=ws',
        connect: () => setTimeout(() => socket.onconnect()),
        disconnect: () => {},
        send: (text) => sent.push(text) > 0,
      };
      const ua = new viasip.UA({
        sockets: [socket],
        uri: 'sip:bob@viasip.local',
        register: false,
        session_timers: false,
      });
      ua.start();
      await once(ua, 'connected');
      const request = (method, to, body = '') =>
        socket.ondata(
          `${[
            `${method} ${ua.contact.uri} SIP/2.0`,
            `Via: SIP/2.0/WS far.invalid;branch=z9hG4bK${method}`,
            'Max-Forwards: 70',
            `To: ${to}`,
            'From: <sip:far@viasip.local>;tag=far',
            'Call-ID: far-call',
            `CSeq: 1 ${method}`,
            'Contact: <sip:far@far.invalid;transport=ws>',
            ...(body ? ['Content-Type: application/sdp'] : []),
            `Content-Length: ${body.length}`,
          ].join('\r\n')}\r\n\r\n${body}`,
        );
      /** The first message of bob's that starts so, as its head and its body. */
      const received = async (start) => {
        const find = () => sent.find((frame) => frame.startsWith(start));
        await until(find, 10_000);
        return find()?.split('\r\n\r\n');
      };
      return {
        ua,
        sent,
        received,
        invite: (sdp) => request('INVITE', '<sip:bob@viasip.local>', sdp),
        acknowledge: async (sdp) => request('ACK', /^To: (.*)$/m.exec((await received('SIP/2.0 200'))[0])[1], sdp),
      };
    };
    window.gathered = async (connection) => {
      await until(() => connection.iceGatheringState === 'complete');
      return connection.localDescription.sdp;
    };
  });
}
