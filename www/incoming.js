// Block 5: somebody calls.
import { successors } from './call.js';
import { activeCall, add, all, holdOthers, select } from './calls.js';
import * as account from './account.js';
import * as devices from './devices.js';
import { $ } from './page.js';
import { notify } from './notice.js';
import { goOn } from './panels.js';
import { callWaiting, ring } from './sound.js';

const MOST = 4;

/** Takes a call that comes in the place of another, or asks whether to take it. */
export function received(call) {
  const { session } = call;
  call.phase = 'incoming';
  const options = (video) => ({ mediaConstraints: devices.constraints(video), pcConfig: account.read().pcConfig });
  if (successors.has(session)) {
    const video = all().some((other) => other.sent('video'));
    add(call);
    select(call);
    session.answer(options(video));
    call.say('You were passed on.');
  } else if ($('incoming').open || all().length >= MOST) {
    session.terminate({ status_code: 486 });
  } else {
    add(call);
    ask(call, options);
  }
}

function ask(call, options) {
  const { session, who } = call;
  const talking = activeCall();
  const silence = talking ? callWaiting() : ring();
  $('incoming-title').textContent = `${who} is calling.`;
  $('incoming-address').textContent = session.remote_identity.uri.toAor().replace(/^sips?:/, '');
  $('incoming-others').textContent = talking ? `Answering holds the call with ${talking.who}.` : '';
  const withVideo = /^m=video [1-9]/m.test(session._request?.body ?? '');
  $('answer-video').classList.toggle('primary', withVideo);
  const notice = notify('Incoming call', `${who} is calling.`);
  const close = () => {
    // The end of an answered call does not close what asks for the next.
    session.off('failed', close);
    session.off('ended', close);
    silence();
    notice?.close();
    $('incoming').close();
  };
  const answer = (video) => {
    close();
    void holdOthers(call);
    call.phase = 'preparing';
    select(call);
    goOn();
    session.answer(options(video));
  };
  const decline = () => {
    close();
    session.terminate({ status_code: 603 });
  };
  $('answer').onclick = () => answer(false);
  $('answer-video').onclick = () => answer(true);
  $('decline').onclick = decline;
  $('incoming').oncancel = (event) => {
    event.preventDefault();
    decline();
  };
  session.on('failed', close);
  session.on('ended', close);
  $('incoming').showModal();
  $('answer').focus();
}
