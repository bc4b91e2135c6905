// Block 5: somebody calls.
import { $ } from './page.js';
import { ring } from './sound.js';

/** Asks whether to take a call. */
export function ask(session, who) {
  const silence = ring();
  $('incoming-title').textContent = `${who} is calling.`;
  $('incoming').showModal();
  $('answer').focus();
  let notice;
  if (document.hidden && typeof Notification !== 'undefined' && Notification.permission === 'granted') {
    notice = new Notification('Incoming call', { body: `${who} is calling.` });
    notice.onclick = () => window.focus();
  }
  const close = () => {
    // The end of an answered call does not move the focus.
    session.off('failed', close);
    session.off('ended', close);
    silence();
    notice?.close();
    $('incoming').close();
  };
  const answer = (video) => {
    close();
    session.answer({ mediaConstraints: { audio: true, video } });
  };
  $('answer').onclick = () => answer(false);
  $('answer-video').onclick = () => answer(true);
  $('decline').onclick = () => {
    close();
    session.terminate({ status_code: 603 });
  };
  $('incoming').oncancel = (event) => {
    event.preventDefault();
    $('decline').click();
  };
  session.on('failed', close);
  session.on('ended', close);
}
