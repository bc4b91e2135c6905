import { C } from '../Constants.js';
import { InvalidStateError } from '../Exceptions.js';
import type { RTCSession } from '../RTCSession.js';
import { isDecimal, isString } from '../Utils.js';
import { CallCommand, MediaCommand } from '../core/border.js';
import { DTMF } from './DTMF.js';
import type { DTMFOptions } from './options.js';
import { STATUS, isAccepted } from './status.js';

/**
 * Sends tones by INFO or with the sound (RFC 2833). As in JsSIP a time that is out of bounds is brought to the bound and not
 * refused.
 */
export function sendTones(session: RTCSession, tones: string | number, given: DTMFOptions): void {
  if (tones === undefined) throw new TypeError('Not enough arguments');
  if (session._status !== STATUS.STATUS_1XX_RECEIVED && !isAccepted(session._status)) {
    throw new InvalidStateError(session._status);
  }
  const text = typeof tones === 'number' ? tones.toString() : tones;
  if (!isString(text) || !/^[0-9A-DR#*,]+$/i.test(text)) throw new TypeError(`Invalid tones: ${tones}`);
  const transportType = given.transportType ?? C.DTMF_TRANSPORT.INFO;
  if (!Object.values(C.DTMF_TRANSPORT).includes(transportType))
    throw new TypeError(`invalid transportType: ${transportType}`);
  const clamp = (name: string, value: number | undefined, least: number, most: number, fallback: number) => {
    if (value && !isDecimal(value)) throw new TypeError(`Invalid ${name}: ${value}`);
    return Math.min(Math.max(Math.trunc(Number(value || fallback)), least), most);
  };
  const duration = clamp(
    'tone duration',
    given.duration,
    DTMF.C.MIN_DURATION,
    DTMF.C.MAX_DURATION,
    DTMF.C.DEFAULT_DURATION,
  );
  const gap = clamp(
    'interToneGap',
    given.interToneGap,
    DTMF.C.MIN_INTER_TONE_GAP,
    Infinity,
    DTMF.C.DEFAULT_INTER_TONE_GAP,
  );
  if (transportType === C.DTMF_TRANSPORT.RFC2833) session._media(MediaCommand.Tones, String(text), duration, gap);
  else session._ask(CallCommand.Dtmf, String(text), duration, gap, given.extraHeaders);
}
