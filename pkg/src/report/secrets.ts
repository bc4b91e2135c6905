/** SIP messages as they may stand in a ticket: whom it concerns can read how the call went, and nobody can get in by it. */

/** Of these header fields the scheme and what is open of a digest stay. */
const CREDENTIALS = /^(?:proxy-)?(?:authorization|authentication-info)$/i;
const SECRET_FIELD = /cookie|token|secret|passw|api-?key|credential|^x-.*auth/i;
const SECRET_PARAMETER = /([;?&](?:pn-prid|pn-param|[\w-]*token|passw\w*|secret|jwt|api-?key)=)("[^"]*"|[^;?&>\s,]*)/gi;
/** The keys of a description: of ICE (RFC 8839), of SRTP (RFC 4568), of whoever still writes them into it (RFC 4567). */
const KEYS: [RegExp, string][] = [
  [/^(a=ice-pwd:).*/i, '$1***'],
  [/(\binline:)[^\s|;]+/gi, '$1***'],
  [/^(k=|a=key-mgmt:).*/i, '$1***'],
];
/** Bodies that tell how the call is made. All others are what people write, type and are. */
const SHOWN = /^(?:application\/(?:sdp|trickle-ice-sdpfrag)|message\/sipfrag)\b/i;

/** Without what would let a reader in: credentials, keys, tokens, tones that were typed, texts that were written. */
export function maskSecrets(message: string): string {
  const end = /\r?\n\r?\n/.exec(message.trimStart());
  const from = message.length - message.trimStart().length;
  const [head, gap] = end ? [message.slice(from, from + end.index), end[0]] : [message.slice(from), ''];
  const body = message.slice(from + head.length + gap.length);
  return maskedLines(head) + gap + (body ? maskedBody(head, body) : '');
}

function maskedBody(head: string, body: string): string {
  const type = /^(?:content-type|c)[ \t]*:[ \t]*([^\s;]+)/im.exec(head)?.[1] ?? 'no type';
  return SHOWN.test(type) ? maskedLines(body) : `(${body.length} characters of ${type}, not shown)`;
}

function maskedLines(text: string): string {
  let hidden = false;
  const lines = (text.match(/[^\n]*\n|[^\n]+/g) ?? []).map((whole) => {
    const line = whole.replace(/\r?\n$/, '');
    const end = whole.slice(line.length);
    // The rest of a field that was folded (RFC 3261 7.3.1).
    if (/^[ \t]/.test(line) && hidden) return '';
    const name = /^([\w-]+)[ \t]*:/.exec(line)?.[1] ?? '';
    hidden = CREDENTIALS.test(name) || SECRET_FIELD.test(name);
    return (hidden ? `${name}: ${maskedField(name, line)}` : maskedLine(line)) + end;
  });
  return lines.join('');
}

function maskedField(name: string, line: string): string {
  if (!CREDENTIALS.test(name)) return '***';
  const [, scheme = '', rest = ''] = /:\s*(\S*)\s*(.*)$/.exec(line) ?? [];
  if (!/^digest$/i.test(scheme)) return rest && scheme.length <= 16 ? `${scheme} ***` : '***';
  const open = /^(?:username|realm|uri|algorithm|qop)$/i;
  const shown = (whole: string, key: string) => (open.test(key) ? whole : `${key}=***`);
  return `${scheme} ${rest.replace(/\b([\w-]{1,64})\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,]*)/g, shown)}`;
}

function maskedLine(line: string): string {
  let masked = line.replace(SECRET_PARAMETER, '$1***').replace(/(sips?:[^@:;>\s]{1,256}:)[^@;>\s]{1,256}@/gi, '$1***@');
  for (const [key, shown] of KEYS) masked = masked.replace(key, shown);
  return masked;
}

/** The address of a server without what stands in it for a password. */
export const maskUrl = (url: string): string =>
  url.replace(/\/\/[^/@]*@/, '//***@').replace(/([?&][^=&#]*=)[^&#]*/g, '$1***');
