/**
 * What a call sends, and the devices that it comes from: tracks that are replaced, added and taken away (W3C WebRTC 5.2), and
 * devices that are pulled. A track that viasip has opened is stopped once it is not sent any more, an application's own never.
 * How a screen is shared is in `screen`.
 */
import { C } from '../Constants.js';
import { InvalidStateError, RefusedError } from '../Exceptions.js';
import type { RTCSession } from '../RTCSession.js';
import { MediaCommand } from '../core/border.js';
import { isAccepted } from './status.js';

/** Which kind of device. */
export type MediaKind = 'audio' | 'video';
type Constraints = boolean | MediaTrackConstraints | undefined;

/** ms between looks whether an offer can be made. */
const AWAIT_OFFER_MS = 200;

export class Devices {
  readonly session: RTCSession;
  /** The screen that is sent, and the camera in whose place it is. */
  screen: MediaStreamTrack | null = null;
  camera: MediaStreamTrack | null = null;
  private stream?: MediaStream;
  private opened = new Set<MediaStreamTrack>();
  private listening = new AbortController();
  private turn: Promise<unknown> = Promise.resolve();
  // One function, so that a track that comes again is listened to once.
  private ended = ({ target }: Event) => void this.lost(target as MediaStreamTrack).catch(() => undefined);

  constructor(session: RTCSession) {
    this.session = session;
  }

  /** The call sends this stream from the beginning: viasip has opened it, or it is the application's own. */
  captured(stream: MediaStream, own: boolean): void {
    this.stream = stream;
    for (const track of stream.getTracks()) {
      if (own) this.opened.add(track);
      this.watch(track);
    }
  }

  /** The application's own track, or one of a device with such constraints. */
  async obtain(kind: MediaKind, given: MediaStreamTrack | Constraints): Promise<MediaStreamTrack> {
    if (typeof given === 'object' && 'kind' in given) {
      if (given.kind !== kind) throw new TypeError(`Not a track of ${kind}`);
      this.watch(given);
      return given;
    }
    const track = await this.open(kind, navigator.mediaDevices.getUserMedia({ [kind]: given }));
    this.session._constraints[kind] = given as MediaTrackConstraints;
    return track;
  }

  /** The one track that is used of what the browser opens for us. */
  async open(kind: MediaKind, asked: Promise<MediaStream>): Promise<MediaStreamTrack> {
    const tracks = (await asked).getTracks();
    const used = tracks.find((track) => track.kind === kind) as MediaStreamTrack;
    for (const track of tracks) {
      this.opened.add(track);
      // Granted after the call had ended: nobody may keep the device.
      if (track !== used || this.session.isEnded()) this.discard(track);
    }
    this.check();
    this.watch(used);
    return used;
  }

  /** Does that with a track, one such change at a time. One that viasip has opened is stopped if it fails. */
  async change(
    obtained: Promise<MediaStreamTrack>,
    run: (track: MediaStreamTrack) => Promise<void>,
  ): Promise<MediaStreamTrack> {
    const track = await obtained;
    try {
      await this.inTurn(() => run(track));
    } catch (error) {
      this.discard(track);
      throw error;
    }
    return track;
  }

  inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.turn.then(() => {
      this.check();
      return run();
    });
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  check(): void {
    if (!this.session._connection || this.session.isEnded()) throw new InvalidStateError(this.session._status);
  }

  /** Sends a track, and offers where that takes one; returns what was sent in its place. If it fails all is as before. */
  async send(track: MediaStreamTrack, direction: 'sendrecv' | 'sendonly'): Promise<MediaStreamTrack | null> {
    const { session } = this;
    const muted = track.kind === 'audio' ? session._audioMuted : session._videoMuted;
    track.enabled = !muted && !session._localHold && !session._remoteHold;
    const sending = this.sending(track.kind);
    if (sending) {
      const replaced = sending.sender.track;
      await sending.sender.replaceTrack(track);
      this.applyMute();
      return replaced;
    }
    if (!isAccepted(session._status)) throw new InvalidStateError(session._status);
    const idle = this.transceivers(track.kind)[0];
    const before = idle?.direction;
    const streams = [this.stream ?? new MediaStream()];
    const transceiver = idle ?? session.connection.addTransceiver(track, { direction, streams });
    if (idle) {
      await idle.sender.replaceTrack(track);
      idle.sender.setStreams?.(...streams);
      idle.direction = before === 'recvonly' ? 'sendrecv' : direction;
    }
    await this.offer(async () => {
      await transceiver.sender.replaceTrack(null);
      if (before) transceiver.direction = before;
      else transceiver.stop();
    }, transceiver);
    return null;
  }

  /** Sends nothing of that kind any more, and says so in an offer. If that comes to nothing all is as before. */
  async remove(kind: MediaKind): Promise<void> {
    const transceiver = this.sending(kind);
    if (!transceiver) return;
    const { sender, direction } = transceiver;
    const { track } = sender;
    await sender.replaceTrack(null);
    transceiver.direction = direction === 'sendrecv' ? 'recvonly' : 'inactive';
    await this.offer(async () => {
      transceiver.direction = direction;
      await sender.replaceTrack(track);
    });
    this.discard(track);
  }

  /** Stops a track that viasip has opened. */
  discard(track: MediaStreamTrack | null): void {
    if (track && this.opened.delete(track)) track.stop();
  }

  /** The device of a track is gone, or the permission to use it: the call goes on with another one where it can. */
  async lost(track: MediaStreamTrack): Promise<MediaStreamTrack | null> {
    const { session } = this;
    if (track === this.screen) return this.told(track, await this.stopScreen().catch(() => null));
    const sender = session.connection.getSenders().find((sender) => sender.track === track);
    if (!sender) return null;
    const kind = track.kind as MediaKind;
    if (this.opened.has(track)) {
      const constraints = session._constraints[kind];
      // The one that was chosen is not there: any will do.
      const any = typeof constraints === 'object' ? { ...constraints, deviceId: undefined, groupId: undefined } : true;
      const found = await this.open(kind, navigator.mediaDevices.getUserMedia({ [kind]: any })).catch(() => null);
      await this.inTurn(async () => {
        if (sender.track !== track) return this.discard(found);
        this.discard(track);
        await sender.replaceTrack(found);
        this.applyMute();
      });
    }
    return this.told(track, sender.track === track ? null : sender.track);
  }

  /** The camera in whose place a screen is comes back, if there was one. */
  async stopScreen(): Promise<MediaStreamTrack | null> {
    const camera = await this.inTurn(async () => {
      const { screen, camera } = this;
      if (!screen) return null;
      if (camera) this.discard(await this.send(camera, 'sendrecv'));
      else await this.remove('video');
      this.screen = this.camera = null;
      return camera;
    });
    // The camera was pulled while nobody saw it.
    return camera?.readyState === 'ended' ? this.lost(camera) : camera;
  }

  /** The call is over. */
  close(): void {
    // Without a reason each call would make an exception, with its stack.
    this.listening.abort('closed');
    for (const track of this.opened) this.discard(track);
  }

  private told({ kind, label }: MediaStreamTrack, used: MediaStreamTrack | null): MediaStreamTrack | null {
    const event = { kind: kind as MediaKind, lost: label, used: used?.label ?? null };
    if (!this.session.isEnded()) this.session.emit('devicechanged', event);
    return used;
  }

  private watch(track: MediaStreamTrack): void {
    track.addEventListener?.('ended', this.ended, { signal: this.listening.signal });
  }

  private applyMute(): void {
    this.session._media(MediaCommand.Mute, this.session._audioMuted, this.session._videoMuted);
  }

  private transceivers(kind: string): RTCRtpTransceiver[] {
    const all = this.session.connection.getTransceivers();
    return all.filter(({ direction, receiver }) => direction !== 'stopped' && receiver.track.kind === kind);
  }

  private sending(kind: string): RTCRtpTransceiver | undefined {
    return this.transceivers(kind).find(({ direction }) => direction.startsWith('send'));
  }

  /** Offers what has changed, and takes it back if that comes to nothing; `added` is what the far end has to take. */
  private async offer(undo: () => Promise<void>, added?: RTCRtpTransceiver): Promise<void> {
    try {
      await offered(this.session);
      // Chromium 156 gives the section to one that was refused and stopped before, if there is such a one; the next is its own.
      if (added?.mid === null) await offered(this.session);
      // Port 0: only the medium was refused (RFC 3264 6).
      if (added?.currentDirection === 'stopped') throw new RefusedError(null, C.causes.INCOMPATIBLE_SDP);
    } catch (error) {
      // Of a call that is over there is nothing to take back.
      await undo().catch(() => undefined);
      const { connection } = this.session;
      if (connection.signalingState === 'stable') {
        // Chromium 156 goes on by the directions of an offer that was rolled back, until it gets another one. Both at once, so
        // that nothing comes between.
        await Promise.allSettled([
          connection.setLocalDescription(),
          connection.setLocalDescription({ type: 'rollback' }),
        ]);
      }
      this.applyMute();
      throw error;
    }
  }
}

export const devicesOf = (session: RTCSession): Devices => (session._devices ??= new Devices(session));

export async function replaceTrack(
  session: RTCSession,
  kind: MediaKind,
  given: MediaStreamTrack | Constraints,
): Promise<MediaStreamTrack> {
  const devices = devicesOf(session);
  devices.check();
  return devices.change(devices.obtain(kind, given), async (track) => {
    let replaced;
    if (kind === 'video' && devices.screen) {
      replaced = devices.camera;
      devices.camera = track;
    } else {
      replaced = await devices.send(track, 'sendrecv');
    }
    if (replaced !== track) devices.discard(replaced);
  });
}

export async function removeVideo(session: RTCSession): Promise<void> {
  const devices = devicesOf(session);
  await devices.inTurn(async () => {
    await devices.remove('video');
    devices.discard(devices.camera);
    devices.screen = devices.camera = null;
  });
}

/** Makes an offer as soon as no other one is on its way. */
const offered = (session: RTCSession): Promise<void> =>
  new Promise((resolve, reject) => {
    const attempt = () => {
      if (!isAccepted(session._status)) return reject(new InvalidStateError(session._status));
      const started = session.renegotiate({}, (error) => (error ? reject(error) : resolve()));
      if (!started) setTimeout(attempt, AWAIT_OFFER_MS);
    };
    attempt();
  });
