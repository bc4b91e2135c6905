import { CAUSES as causes, PHRASES as REASON_PHRASE, SIP_ERROR_CAUSES as codes } from './core/border.js';
import { VERSION } from './version.js';

export { causes, REASON_PHRASE };
/** One of `C.causes`. */
export type causes = (typeof causes)[keyof typeof causes];

/** Which final responses stand for which cause, in JsSIP's order. */
export const SIP_ERROR_CAUSES = /* @__PURE__ */ (({ REDIRECTED, BUSY, REJECTED, NOT_FOUND, ...others }) => ({
  ...{ REDIRECTED, BUSY, REJECTED, NOT_FOUND },
  ...others,
}))(codes);

export const USER_AGENT = `viasip/${VERSION}`;

const ALLOWED = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'UPDATE',
  'MESSAGE',
  'OPTIONS',
  'REFER',
  'INFO',
  'NOTIFY',
  'SUBSCRIBE',
] as const;
type Method = (typeof ALLOWED)[number] | 'REGISTER';
const methods = /* @__PURE__ */ (() =>
  Object.fromEntries([...ALLOWED, 'REGISTER'].map((method) => [method, method])))() as {
  readonly [Name in Method]: Name;
};

export const SIP = 'sip';
export const SIPS = 'sips';
/** How a tone is sent: by an INFO, or in the sound (RFC 4733). */
export const DTMF_TRANSPORT = { INFO: 'INFO', RFC2833: 'RFC2833' } as const;
export type DTMF_TRANSPORT = keyof typeof DTMF_TRANSPORT;
/** Its values as types, as JsSIP's enum has them. */
export declare namespace DTMF_TRANSPORT {
  type INFO = 'INFO';
  type RFC2833 = 'RFC2833';
}

/** What JsSIP exports under this name. */
export const C = /* @__PURE__ */ (() =>
  ({
    ...methods,
    USER_AGENT,
    causes,
    SIP_ERROR_CAUSES,
    REASON_PHRASE,
    SIP,
    SIPS,
    DTMF_TRANSPORT,
    ALLOWED_METHODS: ALLOWED.join(),
    ACCEPTED_BODY_TYPES: 'application/sdp, application/dtmf-relay',
    MAX_FORWARDS: 69,
    SESSION_EXPIRES: 90,
    MIN_SESSION_EXPIRES: 60,
    CONNECTION_RECOVERY_MAX_INTERVAL: 30,
    CONNECTION_RECOVERY_MIN_INTERVAL: 2,
  }) as const)();
