import { VERSION } from './version.js';

export const USER_AGENT = `viasip/${VERSION}`;

const CAUSES = [
  'Connection Error', 'Request Timeout', 'SIP Failure Code', 'Internal Error', 'Busy', 'Rejected', 'Redirected', 'Unavailable', 'Not Found',
  'Address Incomplete', 'Incompatible SDP', 'Missing SDP', 'Authentication Error', 'Terminated', 'WebRTC Error', 'Canceled', 'No Answer', 'Expires', 'No ACK',
  'Dialog Error', 'User Denied Media Access', 'Bad Media Description', 'RTP Timeout',
] as const;
type Key<Text extends string> = Text extends `${infer First} ${infer Rest}` ? `${Uppercase<First>}_${Key<Rest>}` : Uppercase<Text>;
type Causes = { readonly [Text in (typeof CAUSES)[number] as Text extends 'Terminated' ? 'BYE' : Key<Text>]: Text };

/** Why a call or a request has ended: `REQUEST_TIMEOUT` is `'Request Timeout'` and so on, `BYE` is `'Terminated'`. */
export const causes = Object.fromEntries(
  CAUSES.map((text) => [text === 'Terminated' ? 'BYE' : text.toUpperCase().replaceAll(' ', '_'), text]),
) as Causes;

export const SIP_ERROR_CAUSES = {
  REDIRECTED: [300, 301, 302, 305, 380],
  BUSY: [486, 600],
  REJECTED: [403, 603],
  NOT_FOUND: [404, 604],
  UNAVAILABLE: [480, 410, 408, 430],
  ADDRESS_INCOMPLETE: [484, 424],
  INCOMPATIBLE_SDP: [488, 606],
  AUTHENTICATION_ERROR: [401, 407],
};

/** Phrases by the status of the first; the others are those of the statuses that follow it. */
const PHRASES = {
  100: 'Trying', 180: 'Ringing,Call Is Being Forwarded,Queued,Session Progress', 199: 'Early Dialog Terminated,OK', 202: 'Accepted',
  204: 'No Notification', 300: 'Multiple Choices,Moved Permanently,Moved Temporarily', 305: 'Use Proxy', 380: 'Alternative Service',
  400: 'Bad Request,Unauthorized,Payment Required,Forbidden,Not Found,Method Not Allowed,Not Acceptable,Proxy Authentication Required,' +
    'Request Timeout', 410: 'Gone',
  412: 'Conditional Request Failed,Request Entity Too Large,Request-URI Too Long,Unsupported Media Type,Unsupported URI Scheme,' +
    'Unknown Resource-Priority',
  420: 'Bad Extension,Extension Required,Session Interval Too Small,Interval Too Brief,Bad Location Information',
  428: 'Use Identity Header,Provide Referrer Identity,Flow Failed', 433: 'Anonymity Disallowed',
  436: 'Bad Identity-Info,Unsupported Certificate,Invalid Identity Header,First Hop Lacks Outbound Support,Max-Breadth Exceeded',
  469: 'Bad Info Package,Consent Needed', 478: 'Unresolvable Destination',
  480: 'Temporarily Unavailable,Call/Transaction Does Not Exist,Loop Detected,Too Many Hops,Address Incomplete,Ambiguous,Busy Here,' +
    'Request Terminated,Not Acceptable Here,Bad Event', 491: 'Request Pending', 493: 'Undecipherable,Security Agreement Required',
  500: 'Server Internal Error,Not Implemented,Bad Gateway,Service Unavailable,Server Time-out,Version Not Supported',
  513: 'Message Too Large', 580: 'Precondition Failure', 600: 'Busy Everywhere', 603: 'Decline,Does Not Exist Anywhere',
  606: 'Not Acceptable',
};

/** Status code to phrase. */
export const REASON_PHRASE: Record<number, string> = Object.fromEntries(
  Object.entries(PHRASES).flatMap(([first, phrases]) => phrases.split(',').map((phrase, i) => [Number(first) + i, phrase])),
);

const ALLOWED = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'UPDATE', 'MESSAGE', 'OPTIONS', 'REFER', 'INFO', 'NOTIFY', 'SUBSCRIBE'] as const;
type Method = (typeof ALLOWED)[number] | 'REGISTER';
const methods = Object.fromEntries([...ALLOWED, 'REGISTER'].map((method) => [method, method])) as { readonly [Name in Method]: Name };

/** What JsSIP exports under this name. */
export const C = {
  ...methods, USER_AGENT, causes, SIP_ERROR_CAUSES, REASON_PHRASE,
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
