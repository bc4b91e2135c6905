/** A text with headers of its own, which no proxy changes: RFC 3862, `message/cpim`, with those of RFC 5438. */

/** What is written around a text, and read of it (RFC 3862). */
export interface Cpim {
  /** Of the outer headers: who says so, as a URI. */
  from: string | null;
  to: string | null;
  /** RFC 3339. */
  date_time: string | null;
  /** What notifications name it by (RFC 5438 6.3). */
  message_id: string | null;
  /** Which notifications are asked for: `positive-delivery`, `negative-delivery`, `display`, `processing`. */
  disposition: string[];
  content_type: string;
  /** `notification` for a notification. */
  content_disposition: string | null;
  body: string;
}

const IMDN = 'urn:ietf:params:imdn';

/** Headers that are read at most. */
const MAX_HEADERS = 64;

/** Reads the body of a message of that type; null if it is none. */
export function readCpim(body: string): Cpim | null {
  const [outer, rest] = cut(body);
  const [inner, text] = cut(rest ?? '');
  if (text === undefined) return null;
  const [about, content] = [fields(outer), fields(inner)];
  let prefix = 'imdn';
  for (const [name, value] of about) {
    const [, declared, uri] = (name === 'ns' && /^\s*([\w-]+)\s+<(.*)>\s*$/.exec(value)) || [];
    if (declared && uri === IMDN) prefix = declared.toLowerCase();
  }
  const one = (list: [string, string][], name: string) => list.find(([known]) => known === name)?.[1] ?? null;
  const address = (value: string | null) => /<([^<>]*)>/.exec(value ?? '')?.[1] ?? value;
  return {
    from: address(one(about, 'from')),
    to: address(one(about, 'to')),
    date_time: one(about, 'datetime'),
    message_id: one(about, `${prefix}.message-id`),
    disposition: (one(about, `${prefix}.disposition-notification`) ?? '')
      .toLowerCase()
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean),
    content_type: one(content, 'content-type') ?? 'text/plain',
    content_disposition: one(content, 'content-disposition'),
    body: text,
  };
}

/** What stands before and behind the first empty line. */
function cut(text: string): [string, string?] {
  const blank = /\r\n\r\n|\n\n/.exec(text);
  return blank ? [text.slice(0, blank.index), text.slice(blank.index + blank[0].length)] : [text];
}

function fields(text: string): [string, string][] {
  const found: [string, string][] = [];
  for (const line of text.split(/\r?\n/).slice(0, MAX_HEADERS)) {
    const colon = line.indexOf(':');
    if (colon > 0) found.push([line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]);
  }
  return found;
}

/** Writes it. What stands in a header may not break its line. */
export function writeCpim({ from, to, date_time, message_id, disposition, ...content }: Cpim): string {
  const lines: [string, string | null][] = [
    ['From', from && `<${from}>`],
    ['To', to && `<${to}>`],
    ['NS', `imdn <${IMDN}>`],
    ['imdn.Message-ID', message_id],
    ['DateTime', date_time],
    ['imdn.Disposition-Notification', disposition.join(', ')],
    ['', null],
    ['Content-Type', content.content_type],
    ['Content-Disposition', content.content_disposition],
    ['Content-Length', `${new TextEncoder().encode(content.body).length}`],
  ];
  const written = lines
    .filter(([name, value]) => value || !name)
    .map(([name, value]) => (name ? `${name}: ${value}` : ''));
  for (const line of written) if (/[\r\n\0]/.test(line)) throw new TypeError(`Invalid header of a message: ${line}`);
  return `${written.join('\r\n')}\r\n\r\n${content.body}`;
}
