/**
 * How what the core tells of a call becomes the events of its session. The session has the state that came along already: the
 * core may be further than the event, and listeners have to find the state of the event's moment.
 */
import { RefusedError } from '../Exceptions.js';
import { nameAddrOf } from '../NameAddrHeader.js';
import type { RTCSession } from '../RTCSession.js';
import { IncomingRequest, OutgoingRequest } from '../SIPMessage.js';
import { Kind, MediaFault, type CallTold, type Verdict } from '../core/border.js';
import { lazily } from '../lazily.js';
import { DTMF } from './DTMF.js';
import { Info } from './Info.js';
import { callerInfo } from './caller.js';
import type { ReferSubscriber } from './ReferSubscriber.js';
import { STATUS } from './status.js';

/** The events of the failures of WebRTC. */
const FAULTS: Record<MediaFault, string> = {
  [MediaFault.UserMedia]: 'getusermediafailed',
  [MediaFault.CreateOffer]: 'peerconnection:createofferfailed',
  [MediaFault.CreateAnswer]: 'peerconnection:createanswerfailed',
  [MediaFault.SetLocal]: 'peerconnection:setlocaldescriptionfailed',
  [MediaFault.SetRemote]: 'peerconnection:setremotedescriptionfailed',
};

/** Emits the event; returns what its listeners decided where the core waits for that. */
export function deliver(session: RTCSession, told: CallTold): Verdict | void {
  switch (told[0]) {
    case Kind.CallState:
      return;
    case Kind.CallConnecting:
      return session.emit(
        'connecting',
        lazily({}, 'request', () => session._request),
      );
    case Kind.CallSending: {
      const [, , draft] = told;
      // The object of `newRTCSession`, with what was changed since.
      if (session._told) session._tell(draft);
      else (session._request as OutgoingRequest).body = draft[1];
      session.emit(
        'sending',
        lazily({}, 'request', () => session._request),
      );
      // What nobody has looked at leaves as the core made it.
      return session._told ? undefined : (session._request as OutgoingRequest)._verdict();
    }
    case Kind.CallSdp: {
      const [, , originator, offer, sdp] = told;
      const event = { originator, type: offer ? 'offer' : 'answer', sdp };
      if (session._status === STATUS.STATUS_ANSWERED && originator === 'remote' && !session._told) {
        // An offer that the app has changed in the request itself.
        const { data, body } = session._request as IncomingRequest;
        if (body && !data.endsWith(body)) event.sdp = body;
      }
      session.emit('sdp', event);
      return event.sdp;
    }
    case Kind.CallProgress: {
      const [, , originator, response, reliable, early_dialog] = told;
      answeredBy(session, response);
      return session.emit(
        'progress',
        lazily({ originator, reliable, early_dialog }, 'response', () => session._ua._response(response)),
      );
    }
    case Kind.CallEarlyDialogEnded: {
      const [, , early_dialog, response] = told;
      return session.emit(
        'earlydialogended',
        lazily({ early_dialog }, 'response', () => session._ua._response(response)),
      );
    }
    case Kind.CallAccepted: {
      const [, , originator, response] = told;
      const event = lazily({ originator }, 'response', () => session._ua._response(response));
      answeredBy(session, response);
      session._start_time = new Date();
      if (response) session._answerTag = () => event.response?.to_tag ?? null;
      return session.emit('accepted', event);
    }
    case Kind.CallConfirmed: {
      const [, , originator, ack] = told;
      return session.emit(
        'confirmed',
        lazily({ originator }, 'ack', () => session._ua._request(ack)),
      );
    }
    case Kind.CallEnded:
    case Kind.CallFailed: {
      const [kind, , originator, request, response, cause, diagnosis, features] = told;
      const message = () => session._ua._request(request) ?? session._ua._response(response);
      const event = lazily({ originator, cause, diagnosis, features }, 'message', message);
      answeredBy(session, response);
      return session._over(
        kind === Kind.CallEnded,
        lazily(event, 'reason', () => callerInfo(request ?? response).reasons),
      );
    }
    case Kind.CallMediaFailed: {
      const [, , fault, error] = told;
      return session.emit(FAULTS[fault], error);
    }
    case Kind.CallHold:
      return session.emit('hold', { originator: told[2] });
    case Kind.CallUnhold:
      return session.emit('unhold', { originator: told[2] });
    case Kind.CallReinvite:
      return session._reofferReceived('reinvite', told[2], told[3]);
    case Kind.CallUpdate:
      return session._reofferReceived('update', told[2], told[3]);
    case Kind.CallAnswered: {
      const [, , ticket] = told;
      const callback = session._callbacks.get(ticket);
      session._callbacks.delete(ticket);
      return callback?.();
    }
    case Kind.CallRenegotiated: {
      const [, , response, cause] = told;
      const done = session._done;
      session._done = null;
      return done?.(cause ? new RefusedError(session._ua._response(response), cause) : undefined);
    }
    case Kind.CallNewDtmf: {
      const [, , originator, tone, duration, request, handle] = told;
      const dtmf = new DTMF(session, originator as 'local', tone, duration);
      if (originator === 'local') session._requests.set(handle, dtmf);
      return session.emit(
        'newDTMF',
        lazily({ originator, dtmf }, 'request', () => session._ua._request(request)),
      );
    }
    case Kind.CallNewInfo: {
      const [, , originator, contentType, body, request, handle, name] = told;
      const info = new Info(session, originator as 'local', contentType, body, name);
      if (originator === 'local') session._requests.set(handle, info);
      return session.emit(
        'newInfo',
        lazily({ originator, info }, 'request', () => session._ua._request(request)),
      );
    }
    case Kind.CallRequestDone: {
      const [, , handle, response, cause] = told;
      session._requestDone(handle, session._ua._response(response), cause);
      return;
    }
    case Kind.CallRenumbered:
      return session._renumbered(told[2], new OutgoingRequest(session._ua, told[3]), told[4]);
    case Kind.CallRefer:
      return session._referReceived(told[2], told[3]);
    case Kind.CallReferProgress: {
      const [, , handle, request, status, reason] = told;
      const subscriber = session._requests.get(handle) as ReferSubscriber | undefined;
      subscriber?._progress(new IncomingRequest(session._ua, request), status, reason);
      return;
    }
    case Kind.CallReplaces:
      return session._replacesReceived(told[2], told[3]);
    case Kind.CallRecovering: {
      const [, , cause] = told;
      return session.emit('recovering', { cause });
    }
    case Kind.CallRecovered: {
      const [, , cause, took] = told;
      return session.emit('recovered', { cause, took });
    }
    case Kind.CallMessage: {
      const [, , draft, handle] = told;
      const message = session._texts.shift();
      if (!message) return;
      session._requests.set(handle, message);
      message._announced('local', draft);
      const event = { originator: 'local', message } as const;
      return session.emit(
        'newMessage',
        lazily(event, 'request', () => message._request as OutgoingRequest),
      );
    }
    case Kind.CallRedirected: {
      const [, , contacts, followed] = told;
      return session.emit('redirected', { contacts: contacts.map(nameAddrOf), followed });
    }
    case Kind.CallSessionId:
      return session._known([told[2], told[3]]);
    case Kind.CallIdentity:
      return session._identified(told[2], told[3]);
  }
}

/** An answer may tell where a call of ours went. */
function answeredBy(session: RTCSession, response: string | null): void {
  if (response && /^(history-info|diversion)[ \t]*:/im.test(response)) session._says(response);
}
