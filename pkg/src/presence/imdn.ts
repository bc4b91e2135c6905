/** Whether a text has arrived and was read: RFC 5438, `message/imdn+xml`. */
import type { Message } from '../Message.js';
import type { IncomingRequest } from '../SIPMessage.js';
import type { UA } from '../UA.js';
import type { URI } from '../URI.js';
import { readCpim, writeCpim, type Cpim } from './cpim.js';
import { readMultipart } from './multipart.js';
import { child, escaped, root, text } from './xml.js';

/** What a notification says of a text (RFC 5438). */
export interface Imdn {
  message_id: string | null;
  kind: 'delivery' | 'display' | 'processing';
  /** `delivered`, `displayed`, `failed`, `forbidden`, `error`, `processed`, `stored`. */
  status: string;
  /** Who got it, as a URI. */
  recipient: string | null;
  /** When the text was written, as an RFC 3339 text. */
  date_time: string | null;
}

/** Texts of ours that are known for their notifications at most; the oldest is forgotten. */
const MAX_SENT = 256;

/** Reads the body; null if it is none. */
export function readImdn(body: string): Imdn | null {
  const imdn = root(body, 'imdn');
  for (const kind of ['delivery', 'display', 'processing'] as const) {
    const status = child(child(imdn, `${kind}-notification`), 'status')?.firstElementChild?.localName;
    if (!imdn || !status) continue;
    return {
      message_id: text(imdn, 'message-id'),
      kind,
      status,
      recipient: text(imdn, 'recipient-uri'),
      date_time: text(imdn, 'datetime'),
    };
  }
  return null;
}

/** Writes it. */
export function writeImdn({ message_id, kind, status, recipient, date_time }: Imdn): string {
  const element = (name: string, value: string | null) => (value ? `<${name}>${escaped(value)}</${name}>` : '');
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\r\n<imdn xmlns="urn:ietf:params:xml:ns:imdn">` +
    element('message-id', message_id) +
    element('datetime', date_time) +
    element('recipient-uri', recipient) +
    `<${kind}-notification><status><${status}/></status></${kind}-notification></imdn>`
  );
}

/** The notifications of one user agent, in both directions. */
export class Receipts {
  _ua: UA;
  _sent = new Map<string, Message>();
  /** What texts of others ask for, until it has been told. */
  _asked = new WeakMap<Message, Cpim>();

  constructor(ua: UA) {
    this._ua = ua;
  }

  /** A text of ours with what asks for notifications: its body, which goes as `message/cpim`. */
  asking(message: Message, target: URI, body: string, content_type: string, disposition: string[]): string {
    const id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0'));
    const message_id = id.join('');
    const whole = writeCpim({
      from: this._ua.configuration.uri.toAor(),
      to: target.toAor(),
      date_time: new Date().toISOString(),
      message_id,
      disposition,
      content_type,
      content_disposition: null,
      body,
    });
    this._sent.set(message_id, message);
    for (const oldest of this._sent.keys()) if (this._sent.size > MAX_SENT) this._sent.delete(oldest);
    return whole;
  }

  /** Takes a text of somebody's apart. True for a notification, which no application has to see. */
  incoming(message: Message): boolean {
    const request = message._request as IncomingRequest;
    if (!/^message\/cpim\s*(;|$)/i.test(request.getHeader('Content-Type') ?? '')) return false;
    const cpim = readCpim(request.body ?? '');
    if (!cpim) return false;
    // RFC 5438 8.3: a server of a list may gather those of its members.
    const parts = readMultipart(cpim.body, cpim.content_type);
    const told = parts.length ? parts : [cpim];
    if (told.every(({ content_type }) => /^message\/imdn\+xml\s*(;|$)/i.test(content_type))) {
      for (const { body } of told) this._notified(request, readImdn(body));
      return true;
    }
    message._content = { body: cpim.body, content_type: cpim.content_type };
    if (cpim.message_id) this._asked.set(message, cpim);
    return false;
  }

  /** The application has taken it. */
  accepted(message: Message): void {
    this._tell(message, 'positive-delivery', 'delivery', 'delivered');
  }

  /** Somebody has read it. */
  displayed(message: Message): void {
    this._tell(message, 'display', 'display', 'displayed');
  }

  _notified(request: IncomingRequest, imdn: Imdn | null): void {
    const message = this._sent.get(imdn?.message_id ?? '');
    if (!message || !imdn || imdn.kind === 'processing') return;
    const { status, recipient } = imdn;
    message.emit(imdn.kind === 'display' ? 'displayed' : 'delivered', { status, recipient, request });
  }

  /** Tells once, if it was asked for, whoever the request came from: what the text itself says could be anybody. */
  _tell(message: Message, asked: string, kind: 'delivery' | 'display', status: string): void {
    const cpim = this._asked.get(message);
    if (!cpim?.disposition.includes(asked)) return;
    this._asked.set(message, { ...cpim, disposition: cpim.disposition.filter((word) => word !== asked) });
    const own = this._ua.configuration.uri.toAor();
    const { message_id, date_time } = cpim;
    const body = writeCpim({
      from: own,
      to: cpim.from,
      date_time: new Date().toISOString(),
      message_id: null,
      disposition: [],
      content_type: 'message/imdn+xml',
      content_disposition: 'notification',
      body: writeImdn({ message_id, kind, status, recipient: cpim.to ?? own, date_time }),
    });
    this._ua._sendQuietly('MESSAGE', message.remote_identity.uri, body, 'message/cpim');
  }
}
