/**
 * JsSIP's `Grammar`: the answers that its rules give. What SIP's text is made of is the core's to say: what separates and what
 * is quoted, what is an address, a URI. Here is what the core has no reason to know: which shape JsSIP gives to what was read
 * (parameters that stand by themselves, the rest in `params`, places in lists), and rules for parts of fields, such as `uuid`
 * and `quoted_string`. The core's own readers of these fields keep only what a user agent acts on.
 */
import { NameAddrHeader } from './NameAddrHeader.js';
import { URI } from './URI.js';
import { hostType } from './Utils.js';
import { pieces, unquoted } from './core/Core.js';

type Params = Record<string, string | undefined>;
/** One entry of a list: it starts at `offset` and ends at `possition` (JsSIP's spelling). */
export interface ListEntry {
  possition: number;
  offset: number;
  parsed: NameAddrHeader;
}
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Grammar = any;

const valueOf = (text: string): string => (text.startsWith('"') ? unquoted(text) : text);

/** Values by their names in lower case; a name without a value is there, undefined. */
function named(list: string[]): Params {
  const params: Params = {};
  for (const piece of list) {
    const equals = piece.indexOf('=');
    const name = equals < 0 ? piece : piece.slice(0, equals);
    params[name.trim().toLowerCase()] = equals < 0 ? undefined : valueOf(piece.slice(equals + 1).trim());
  }
  return params;
}

/** `head;a=b;c` in its parts. */
function split(text: string): [string, Params] {
  const [head = '', ...rest] = pieces(text, ';');
  return [head, named(rest)];
}

type Read = (value: string | undefined) => unknown;
const any: Read = (value) => value;

/** Moves known parameters out of `params`, with `_` for `-`; what is left or has no good value stays in `params`, if anything does. */
function known(params: Params, reads: Record<string, Read>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, read] of Object.entries(reads)) {
    const value = name in params ? read(params[name]) : undefined;
    if (value === undefined) continue;
    out[name.replace('-', '_')] = value;
    delete params[name];
  }
  return Object.keys(params).length > 0 ? { ...out, params } : out;
}

const number = (text = ''): number | undefined => (/^\d+$/.test(text.trim()) ? Number(text) : undefined);
const token = /^[\w.!%*+`'~-]+$/;
/* @__NO_SIDE_EFFECTS__ */
const matching = (pattern: RegExp) => (text: string) => (pattern.test(text) ? text : undefined);
const callId = matching(/^[^\s@]+(@[^\s@]+)?$/);
const address = (text: string): NameAddrHeader | undefined => NameAddrHeader.parse(text);
/* @__NO_SIDE_EFFECTS__ */
const listOf = (pattern: RegExp) => (text: string) =>
  !text || text.split(',').every((entry) => pattern.test(entry.trim())) ? {} : undefined;

function addresses(text: string): ListEntry[] | undefined {
  const list: ListEntry[] = [];
  let from = 0;
  for (const piece of pieces(text, ',')) {
    const offset = text.indexOf(piece, from);
    const parsed = NameAddrHeader.parse(piece);
    if (!parsed) return undefined;
    from = offset + piece.length;
    list.push({ possition: from, offset, parsed });
  }
  return list.length > 0 ? list : undefined;
}

function via(text: string): object | undefined {
  const [head, params] = split(text);
  const [, protocol, transport, host, port] =
    /^(\w+)\s*\/\s*[\d.]+\s*\/\s*([\w-]+)\s+(\[[^\]]+\]|[^:\s]+)\s*(?::\s*(\d+))?$/.exec(head) ?? [];
  if (!host) return undefined;
  const where = { protocol, transport, host_type: hostType(host), host, ...(port && { port: Number(port) }) };
  return { ...where, ...known(params, { branch: any, received: any, rport: number, ttl: number, maddr: any }) };
}

function challenge(text: string): object | undefined {
  const [, scheme, rest] = /^(\w+)\s+(.*)$/s.exec(text) ?? [];
  const params = pieces(rest ?? '', ',');
  if (!scheme || params.length === 0 || !params.every((param) => param.includes('='))) return undefined;
  // RFC 3261 25.1 `other-challenge`: nothing is known of it.
  if (scheme.toLowerCase() !== 'digest') return {};
  const out: Record<string, unknown> = {};
  for (const [key, value = ''] of Object.entries(named(params))) {
    if (key === 'stale') out[key] = value.toLowerCase() === 'true';
    else if (key === 'algorithm') out[key] = value.toUpperCase();
    else if (key === 'qop') out[key] = value.split(',').map((entry) => entry.trim().toLowerCase());
    else if (['realm', 'nonce', 'opaque', 'domain'].includes(key)) out[key] = value;
  }
  return out;
}

function startLine(text: string): object | undefined {
  const [, sip_version, status, reason_phrase] = /^(SIP\/2\.0) ([1-6]\d\d) (.*)$/i.exec(text) ?? [];
  if (status) return { sip_version, status_code: Number(status), reason_phrase };
  const [, method, target, version] = /^(\S+) (\S+) (SIP\/2\.0)$/i.exec(text) ?? [];
  const uri = target && URI.parse(target);
  return method && uri ? { method, uri, sip_version: version } : undefined;
}

const host = (text: string): object | undefined => {
  const host_type = hostType(text);
  return host_type === undefined ? undefined : { host_type, host: text };
};

const rules: Record<string, (text: string) => unknown> = {
  SIP_URI: (text) => URI.parse(text),
  absoluteURI: (text) => {
    const [, scheme, where, port] = /^([a-z][\w+.-]*):(?:\/\/)?(\[[^\]]*\]|[^/?;:]+)(?::(\d+))?/i.exec(text) ?? [];
    return scheme && where ? { scheme, ...host(where), ...(port && { port: Number(port) }) } : undefined;
  },
  Name_Addr_Header: address,
  From: address,
  To: address,
  Refer_To: address,
  Referred_By: address,
  Contact: addresses,
  Record_Route: addresses,
  Route: addresses,
  Via: via,
  CSeq: (text) => {
    const [, value, method] = /^(\d+)\s+(\S+)$/.exec(text) ?? [];
    return method && { value: Number(value), method };
  },
  Event: (text) => {
    const [event, params] = split(text);
    return token.test(event) ? { event: event.toLowerCase(), ...known(params, {}) } : undefined;
  },
  Subscription_State: (text) => {
    const [state, params] = split(text);
    return token.test(state) ? { state, ...known(params, { reason: any, expires: number }) } : undefined;
  },
  Session_Expires: (text) => {
    const [value, params] = split(text);
    const expires = number(value);
    const refresher: Read = (by = '') => (/^ua[cs]$/i.test(by) ? by.toLowerCase() : undefined);
    return expires === undefined ? undefined : { expires, ...known(params, { refresher }) };
  },
  Replaces: (text) => {
    const [call_id, params] = split(text);
    return (
      callId(call_id) && { call_id, ...known(params, { 'to-tag': any, 'from-tag': any, 'early-only': () => true }) }
    );
  },
  Reason: (text) => {
    const [protocol, params] = split(pieces(text, ',')[0] ?? '');
    return token.test(protocol)
      ? { protocol: protocol.toLowerCase(), params: {}, ...known(params, { cause: number, text: any }) }
      : undefined;
  },
  challenge,
  WWW_Authenticate: challenge,
  Proxy_Authenticate: challenge,
  Status_Line: startLine,
  Request_Response: startLine,
  host,
  quoted_string: (text) => (/^"(?:[^"\\]|\\.)*"$/s.test(text) ? {} : undefined),
  uuid: matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i),
  Min_Expires: number,
  Expires: number,
  Max_Forwards: number,
  Content_Length: number,
  Min_SE: number,
  Supported: listOf(token),
  Require: listOf(token),
  Allow_Events: listOf(token),
  Content_Type: matching(/^[\w.+*-]+\s*\/\s*[\w.+*-]+\s*(;.*)?$/s),
  Call_ID: callId,
};

/** Reads a text by a rule of SIP's grammar (JsSIP `Grammar.parse`); -1 if it does not fit. Throws for an unknown rule. */
export function parse(input: string, startRule = 'CRLF'): Grammar {
  const rule = Object.hasOwn(rules, startRule) ? rules[startRule] : undefined;
  if (!rule) throw new Error(`Invalid rule name: "${startRule}".`);
  return rule(String(input)) ?? -1;
}

/** Nothing: the grammar is no text here (JsSIP's neither). */
export function toSource(): undefined {
  return undefined;
}

/** As JsSIP exports it; `parse` never throws it. */
export class SyntaxError extends Error {
  override name = 'SyntaxError';
}
