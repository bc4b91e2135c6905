// One call: what it does, in words, from its first event to its last.
import { changed, drop } from './calls.js';
import * as devices from './devices.js';
import { ringBack } from './sound.js';

/** A transferred call takes the place of one that is up: it is answered without asking. */
export const successors = new WeakSet();

export class Call {
  constructor(session, who) {
    this.session = session;
    this.who = who;
    /** incoming, preparing, calling, ringing, talking, recovering, over */
    this.phase = 'preparing';
    this.begun = Date.now();
    this.answered = 0;
    /** Something that happened, until the next thing does. */
    this.note = '';
    this.problems = new Map();
    /** Whether the far end sends sound before it answers. */
    this.early = false;
    this.quality = null;
    /** The calls that talk together with this one through this page, null for none. */
    this.together = null;
    this.remote = new MediaStream();
    this.player = new Audio();
    this.over = null;
    this.stopTone = () => {};
    this.listen();
  }

  /** What it does, as a sentence. */
  words() {
    const { local, remote } = this.session.isOnHold();
    if (this.phase === 'incoming') return `${this.who} is calling.`;
    if (this.phase === 'preparing') return `Preparing the call with ${this.who}…`;
    if (this.phase === 'calling') return `Calling ${this.who}…`;
    if (this.phase === 'ringing' && this.early)
      return `${this.who} has not answered: what you hear is sent from there.`;
    if (this.phase === 'ringing') return `Ringing at the other end (${this.who}).`;
    if (this.phase === 'recovering') return `${this.why} Getting the sound back…`;
    if (this.together) return `${this.together.map(({ who }) => who).join(', ')} and you talk together.`;
    if (local && remote) return `You and ${this.who} hold the call.`;
    if (local) return `You hold the call with ${this.who}.`;
    if (remote) return `${this.who} holds the call.`;
    return `Talking to ${this.who}.`;
  }

  /** What of a kind is sent. */
  sent(kind) {
    const tracks = (this.session.connection?.getSenders() ?? []).map(({ track }) => track);
    return tracks.find((track) => track?.kind === kind && track.readyState === 'live') ?? null;
  }

  /** The picture of the other end, null for none. */
  picture() {
    return this.remote.getVideoTracks().find(({ muted, readyState }) => !muted && readyState === 'live') ?? null;
  }

  say(note) {
    this.note = note;
    changed();
  }

  /** It has lost its sound; `why` is a sentence. */
  recovers(why) {
    this.stopTone();
    this.why = why;
    this.phase = 'recovering';
    changed();
  }

  listen() {
    const { session } = this;
    const to = (phase) => () => {
      this.stopTone();
      this.phase = phase;
      changed();
    };
    if (session.connection) this.hear(session.connection);
    session.on('peerconnection', ({ peerconnection }) => this.hear(peerconnection));
    session.on('connecting', to('preparing'));
    session.on('sending', to('calling'));
    session.on('progress', ({ originator, response }) => {
      if (originator !== 'remote') return;
      // A far end that sends sound before it answers lets its own tone be heard.
      this.early ||= Boolean(response?.body);
      to('ringing')();
      if (!this.early) this.stopTone = ringBack();
    });
    const talking = () => {
      this.answered ||= session.start_time?.getTime() ?? Date.now();
      to(session.isRecovering() ? 'recovering' : 'talking')();
    };
    session.on('accepted', talking);
    session.on('confirmed', talking);
    for (const name of ['hold', 'unhold', 'muted', 'unmuted']) session.on(name, changed);
    session.on('recovering', ({ cause }) => {
      // Of a call of the page before it is known already.
      if (this.phase === 'recovering') return;
      this.recovers(cause === 'Connection Error' ? 'The line was lost.' : 'The network changed.');
    });
    session.on('recovered', ({ took }) => {
      this.note = `The sound is back after ${(took / 1000).toFixed(1)} s.`;
      talking();
    });
    session.on('identity', ({ identity }) => {
      const { display_name, uri } = identity;
      this.say(`You talk to ${(this.who = display_name || uri.user)} now.`);
    });
    session.on('devicechanged', ({ lost, used }) =>
      this.say(used ? `${lost} is gone, ${used} is used now.` : `${lost} is gone.`),
    );
    session.on('newDTMF', ({ originator, dtmf }) => {
      if (originator === 'remote') this.say(`${this.who} pressed ${dtmf.tone}.`);
    });
    session.on('quality', (quality) => {
      this.quality = quality;
      changed();
    });
    session.on('mediaproblem', ({ code, state, message, hint }) => {
      if (state === 'began') this.problems.set(code, `${message} ${hint}`);
      else this.problems.delete(code);
      changed();
    });
    session.on('refer', ({ accept }) => {
      this.say(`${this.who} passes you on…`);
      accept(null, { mediaConstraints: devices.constraints(Boolean(this.sent('video'))) });
    });
    session.on('replaces', ({ accept }) => accept((successor) => void successors.add(successor)));
    const over = (event) => {
      this.stopTone();
      this.phase = 'over';
      this.player.srcObject = null;
      this.over?.(event);
      drop(this);
    };
    session.on('ended', over);
    session.on('failed', over);
  }

  /** Plays what comes, and shows its picture as long as there is one. */
  hear(connection) {
    connection.addEventListener('track', ({ track }) => {
      for (const before of this.remote.getTracks()) if (before.kind === track.kind) this.remote.removeTrack(before);
      this.remote.addTrack(track);
      for (const name of ['mute', 'unmute', 'ended']) track.addEventListener(name, changed);
      if (track.kind === 'audio') {
        this.player.srcObject = new MediaStream([track]);
        void devices.playOn(this.player);
        this.player.play().catch(() => {
          if (this.phase === 'over') return;
          this.say('The browser keeps the sound back: press any key or click to hear it.');
          const resume = () => this.player.play().then(() => this.say(''));
          for (const name of ['pointerdown', 'keydown']) addEventListener(name, resume, { once: true });
        });
      }
      changed();
    });
  }
}
