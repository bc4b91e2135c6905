/** Who calls and why, as the header fields of a message say it. Read by the core when somebody looks. */
import { nameAddrOf, type NameAddrHeader } from '../NameAddrHeader.js';
import type { URI } from '../URI.js';
import type { Caller, ReasonEntry } from '../core/border.js';
import { callerOf } from '../core/Core.js';
import { pairs } from '../core/passed.js';

/** Why something happened (RFC 3326). `{ protocol: 'SIP', cause: 200 }` of a CANCEL: another phone has answered. */
export interface Reason {
  /** `SIP`, `Q.850` or another. */
  protocol: string;
  /** A status code of SIP, or a cause of Q.850. */
  cause: number | null;
  /** In words. */
  text: string | null;
}
/** One address that a call was for on its way (RFC 7044, RFC 5806). */
export interface Redirection {
  /** The address. */
  uri: URI;
  /** Its name. */
  display_name: string | null;
  /** Why it went on from there: of a Diversion its word as `text`, and the cause that RFC 7544 gives it. */
  reason: Reason | null;
  /** Its place in a History-Info, as `1.2`; null for a Diversion. */
  index: string | null;
  /** Whether it shall be shown: `history` or `none` of a History-Info, `full`, `name`, `uri` or `off` of a Diversion. */
  privacy: string | null;
}
/** One value of Alert-Info or Call-Info (RFC 3261 20.4, 20.9). */
export interface InfoValue {
  /** Often no URI but words, as `Ring Answer`, or empty. */
  uri: string;
  /** Null for one without a value. */
  parameters: Record<string, string | null>;
}
/** All of it. */
export interface CallerInfo {
  /** Whom the proxy asserts (RFC 3325). */
  asserted: NameAddrHeader[];
  /** What shall be hidden (RFC 3323). */
  privacy: string[];
  /** Whom the call was for before. */
  redirections: Redirection[];
  /** Whether it shall be answered by itself, `after` in s. */
  auto_answer: { after: number } | null;
  /** How it shall ring. */
  alert_info: InfoValue[];
  /** What there is to know of the caller. */
  call_info: InfoValue[];
  /** Why (RFC 3326). */
  reasons: Reason[];
}

const NOTHING: Caller = [[], [], [], undefined, [], [], []];

/** What a message says, nothing without one. */
export function callerInfo(raw: unknown): CallerInfo {
  const [asserted, privacy, redirections, after, alert_info, call_info, reasons] =
    (typeof raw === 'string' ? callerOf(raw) : null) ?? NOTHING;
  return {
    asserted: asserted.map(nameAddrOf),
    privacy,
    redirections: redirections.map(([address, reason, index, privacy]) => {
      const { uri, _display_name } = nameAddrOf(address);
      return { uri, display_name: _display_name ?? null, reason: reason && reasonOf(reason), index, privacy };
    }),
    auto_answer: after === undefined ? null : { after },
    alert_info: alert_info.map(infoOf),
    call_info: call_info.map(infoOf),
    reasons: reasons.map(reasonOf),
  };
}

function reasonOf([protocol, cause, text]: ReasonEntry): Reason {
  return { protocol, cause: cause ?? null, text };
}

function infoOf([uri, params]: Caller[4][0]): InfoValue {
  const parameters: InfoValue['parameters'] = {};
  pairs(params, (name, value) => (parameters[name] = value));
  return { uri, parameters };
}
