/** A report for people who need not know who called whom: each person and each address of a network has one name in all of it. */
import type { CallReport } from './recorder.js';

const USER = /(\b(?:sips?:|tel:))([^@;<>\s",?]{1,256})(@|(?=[;>\s"]|$))/gi;
/** The first: no address but a version, such as of a User-Agent. */
const V4 = /(\w\/)?\b(\d{1,3}(?:\.\d{1,3}){3})\b/g;
const V6 = /(\bIP6 |\b(?:udp|tcp) \d+ |\braddr |\[)([0-9a-f]*:[0-9a-f:.]+)/gi;
const PRIVATE = /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|f[cde])/i;

export function anonymous(report: CallReport): CallReport {
  const known = new Map<string, string>();
  const named = (kind: string, text: string) => {
    const name =
      known.get(text) ?? `${kind}${[...known.values()].filter((other) => other.startsWith(kind)).length + 1}`;
    known.set(text, name);
    return name;
  };
  const address = (text: string) =>
    /^(?:127\.|0\.0\.0\.0|::1?$)/.test(text) ? text : named(PRIVATE.test(text) ? 'private' : 'public', text);
  const disguised = (text: string) =>
    withoutNames(text)
      .replace(USER, (whole, scheme, user, at) =>
        scheme === 'tel:' || at ? `${scheme}${named('user', user)}${at}` : whole,
      )
      .replace(/\b(username=)"([^"]*)"/gi, (_, name, user) => `${name}"${named('user', user)}"`)
      .replace(V4, (whole, version, found) => (version ? whole : address(found)))
      .replace(V6, (_, before, found) => before + address(found));
  const { viasip, browser, ...rest } = report;
  const hidden = everyText(rest, disguised) as Omit<CallReport, 'viasip' | 'browser'>;
  const devices = hidden.devices.map((device) => ({ ...device, label: '' }));
  // A number that stands where no address is expected.
  const numbers = [...known].filter(([text]) => /^\+?\d{5,}$/.test(text));
  const last = (text: string) => numbers.reduce((sofar, [number, name]) => sofar.replaceAll(number, name), text);
  return { ...(everyText({ ...hidden, devices }, last) as typeof hidden), viasip, browser };
}

/** Without the display name before each address in brackets; cut by hand, so that no text takes more time than its length explains. */
function withoutNames(text: string): string {
  const parts = text.split('<');
  const kept = parts.map((part, at) => {
    if (!/^(?:sips?|tel):/i.test(parts[at + 1] ?? '')) return part;
    const end = part.trimEnd();
    if (!end.endsWith('"'))
      return part.slice(0, Math.max(...[...':,;>\n'].map((sign) => end.lastIndexOf(sign))) + 1) + ' ';
    let open = end.lastIndexOf('"', end.length - 2);
    while (open > 0 && end[open - 1] === '\\') open = end.lastIndexOf('"', open - 1);
    return part.slice(0, Math.max(open, 0));
  });
  return kept.join('<');
}

/** The same with each text in it changed. */
function everyText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((entry) => everyText(entry, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, everyText(entry, change)]));
}
