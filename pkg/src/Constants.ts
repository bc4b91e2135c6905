import { CAUSES as causes, PHRASES as REASON_PHRASE, SIP_ERROR_CAUSES as codes } from './core/border.js';
import { VERSION } from './version.js';

export { causes, REASON_PHRASE };

const { REDIRECTED, BUSY, REJECTED, NOT_FOUND, ...others } = codes;
/** Which final responses stand for which cause, in JsSIP's order. */
export const SIP_ERROR_CAUSES = { REDIRECTED, BUSY, REJECTED, NOT_FOUND, ...others };

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
const methods = Object.fromEntries([...ALLOWED, 'REGISTER'].map((method) => [method, method])) as {
  readonly [Name in Method]: Name;
};

/** What JsSIP exports under this name. */
export const C = {
  ...methods,
  USER_AGENT,
  causes,
  SIP_ERROR_CAUSES,
  REASON_PHRASE,
  SIP: 'sip',
  SIPS: 'sips',
  DTMF_TRANSPORT: { INFO: 'INFO', RFC2833: 'RFC2833' },
  ALLOWED_METHODS: ALLOWED.join(),
  ACCEPTED_BODY_TYPES: 'application/sdp, application/dtmf-relay',
  MAX_FORWARDS: 69,
  SESSION_EXPIRES: 90,
  MIN_SESSION_EXPIRES: 60,
  CONNECTION_RECOVERY_MAX_INTERVAL: 30,
  CONNECTION_RECOVERY_MIN_INTERVAL: 2,
} as const;
