/** Texts inside a call: MESSAGE in its dialog (RFC 3428 7). */
import { InvalidStateError } from '../Exceptions.js';
import { Message, type MessageEventMap } from '../Message.js';
import type { RTCSession } from '../RTCSession.js';
import { assertSingleLine } from '../Utils.js';
import { CallCommand } from '../core/border.js';
import { lines } from './checks.js';
import type { SendTextOptions } from './options.js';
import { isAccepted } from './status.js';

/** Sends a text; what this returns tells whether it arrived. */
export function sendText(session: RTCSession, body: string, given: SendTextOptions): Message {
  if (body === undefined) throw new TypeError('Not enough arguments');
  if (!isAccepted(session._status)) throw new InvalidStateError(session._status);
  const contentType = given.contentType || 'text/plain';
  assertSingleLine('contentType', contentType);
  const message = new Message(session._ua);
  for (const [event, handler] of Object.entries(given.eventHandlers ?? {}))
    message.on(event as keyof MessageEventMap, handler);
  session._texts.push(message);
  try {
    session._ask(CallCommand.Message, contentType, String(body), lines(given.extraHeaders));
  } catch (error) {
    session._texts.splice(session._texts.indexOf(message), 1);
    throw error;
  }
  return message;
}
