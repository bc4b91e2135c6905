// A second user agent in the page that answers and returns what it hears and sees.
import { UA, WebSocketInterface } from 'viasip';
import { audio } from './sound.js';

let echo = null;

/** Registers the echo on the same server, and resolves with its address. */
export function start({ url, uri, password }) {
  if (echo?.url === url) return Promise.resolve(echo.address);
  echo?.ua.stop();
  const domain = uri.split('@').pop();
  const address = `sip:echo-${Math.floor(Math.random() * 1e6)}@${domain}`;
  const ua = new UA({ sockets: [new WebSocketInterface(url)], uri: address, password, display_name: 'Echo' });
  ua.on('newRTCSession', ({ session, originator, request }) => {
    if (originator !== 'remote') return;
    const out = audio().createMediaStreamDestination();
    if (/^m=video [1-9]/m.test(request.body)) {
      // Holds the place of the picture until theirs is there.
      const blank = document.createElement('canvas');
      blank.getContext('2d');
      out.stream.addTrack(blank.captureStream().getVideoTracks()[0]);
    }
    session.answer({ mediaStream: out.stream });
    session.connection.addEventListener('track', ({ track }) => {
      if (track.kind === 'video') {
        // Their picture: in the place of the blank one, or by an offer of ours once the camera came later.
        const sender = session.connection.getSenders().find(({ track: sent }) => sent?.kind === 'video');
        if (sender) void sender.replaceTrack(track);
        else session.addVideo(track).catch(() => {});
        return;
      }
      const stream = new MediaStream([track]);
      // Chromium hands remote samples to WebAudio only while an element plays the stream.
      const player = new Audio();
      player.muted = true;
      player.srcObject = stream;
      player.play().catch(() => {});
      const source = audio().createMediaStreamSource(stream);
      source.connect(out);
      const stop = () => {
        source.disconnect();
        player.srcObject = null;
      };
      session.on('ended', stop);
      session.on('failed', stop);
    });
  });
  return new Promise((resolve, reject) => {
    ua.on('registered', () => {
      echo = { url, address, ua };
      resolve(address);
    });
    ua.on('registrationFailed', ({ cause }) => {
      ua.stop();
      reject(
        new Error(
          `The echo could not register (${cause}): it needs a server that lets any name in, as this page's own service does.`,
        ),
      );
    });
    ua.start();
  });
}
