import { parse } from './Grammar.js';
import type { SessionDescription } from 'sdp-transform';
import { parse as parseSdp } from 'sdp-transform/lib/parser.js';
import { NotSupportedError } from './Exceptions.js';
import { NameAddrHeader, nameAddrOf } from './NameAddrHeader.js';
import { URI, headerize, uriOf } from './URI.js';
import { assertSingleLine } from './Utils.js';
import { SubscriptionCommand, type Draft, type ParsedMessage, type ParsedUri } from './core/border.js';
import { parseMessage } from './core/Core.js';
import { pairs, replyOf } from './core/passed.js';
import type { AppReply } from './diagnosis.js';
import type { UA } from './UA.js';

/** A field, and what was read of it. */
export interface Header {
  /** As it came. */
  raw: string;
  /** As a rule of the grammar has read it. */
  parsed?: unknown;
}

/** What requests and responses that arrived share. */
export class IncomingMessage {
  /** Whose it is. */
  ua: UA | null;
  /** The whole message as it came. */
  data: string;
  /** Of an answer, that of its request. */
  method: string;
  /** Fields by name. */
  headers: Record<string, Header[]> = {};
  /** Empty for none. */
  body: string;
  /** Call-ID. */
  call_id: string;
  /** The number of CSeq. */
  cseq: number;
  /** From. */
  from: NameAddrHeader;
  /** To. */
  to: NameAddrHeader;
  /** The tag of From. */
  from_tag: string;
  /** The tag of To. */
  to_tag: string;
  /** The branch of the topmost Via. */
  via_branch: string;
  /** What `parseSDP()` has read. */
  sdp: SessionDescription | null = null;

  constructor(ua: UA | null, data: string, parsed: ParsedMessage | null = parseMessage(data)) {
    if (!parsed) throw new TypeError('not a SIP message');
    this.ua = ua;
    this.data = data;
    const [method, , body, call_id, cseq, cseq_method, from, to, from_tag, to_tag, via_branch, ...headers] = parsed;
    this.method = typeof method === 'string' ? method : cseq_method;
    pairs(headers, (name, value) => this.addHeader(name, value));
    this.body = body;
    this.call_id = call_id;
    this.cseq = cseq;
    this.from = nameAddrOf(from);
    this.to = nameAddrOf(to);
    this.from_tag = from_tag as string;
    this.to_tag = to_tag as string;
    this.via_branch = via_branch as string;
  }

  /** The first Via. */
  get via(): Record<string, unknown> {
    return this.parseHeader('Via');
  }
  /** Event. */
  get event(): { event: string; params?: Record<string, string> } | undefined {
    return this.parseHeader('Event');
  }
  /** Refer-To. */
  get refer_to(): NameAddrHeader | undefined {
    return this.parseHeader('Refer-To');
  }
  /** Replaces (RFC 3891). */
  get replaces(): { call_id: string; to_tag: string; from_tag: string; early_only?: boolean } | undefined {
    return this.parseHeader('Replaces');
  }
  /** s. */
  get session_expires(): number | undefined {
    return this.parseHeader<{ expires: number } | undefined>('Session-Expires')?.expires;
  }
  /** Who refreshes (RFC 4028): `uac` or `uas`. */
  get session_expires_refresher(): string | undefined {
    return this.parseHeader<{ refresher?: string } | undefined>('Session-Expires')?.refresher;
  }

  /** Adds a field. */
  addHeader(name: string, value: string): void {
    (this.headers[headerize(name)] ??= []).push({ raw: value });
  }
  /** Puts a field in the place of all of that name. */
  setHeader(name: string, value: string): void {
    this.headers[headerize(name)] = [{ raw: value }];
  }
  /** The first of that name; undefined for none. */
  getHeader(name: string): string {
    return this.headers[headerize(name)]?.[0]?.raw as string;
  }
  /** All of that name. */
  getHeaders(name: string): string[] {
    return (this.headers[headerize(name)] ?? []).map((header) => header.raw);
  }
  /** How many there are of that name. */
  countHeader(name: string): number {
    return this.getHeaders(name).length;
  }
  /** Whether there is one of that name. */
  hasHeader(name: string): boolean {
    return Boolean(this.headers[headerize(name)]);
  }
  /** From, To, Contact, Refer-To and their like as `NameAddrHeader`, what `Grammar` has a rule for as that says, the rest as text. */
  parseHeader<T = unknown>(name: string, index = 0): T {
    const header = this.headers[headerize(name)]?.[index];
    if (!header) return undefined as T;
    if (header.parsed === undefined) {
      const address = /^(contact|record-route|route|p-asserted-identity|remote-party-id)$/i;
      if (address.test(name)) header.parsed = NameAddrHeader.parse(header.raw);
      else {
        try {
          const read: unknown = parse(header.raw, headerize(name).replaceAll('-', '_'));
          header.parsed = read === -1 ? undefined : read;
        } catch {
          // No rule for it: as it came.
          header.parsed = header.raw;
        }
      }
    }
    return header.parsed as T;
  }
  /** As `parseHeader()`. */
  s<T = unknown>(name: string, index = 0): T {
    return this.parseHeader<T>(name, index);
  }
  /** The body as `sdp-transform` reads it. */
  parseSDP(force?: boolean): SessionDescription {
    if (force || !this.sdp) this.sdp = parseSdp(this.body || '');
    return this.sdp;
  }
  /** The message as it came. */
  toString(): string {
    return this.data;
  }
}

/** A request that came (JsSIP `IncomingRequest`). */
export class IncomingRequest extends IncomingMessage {
  /** The Request-URI. */
  ruri: URI;
  /** What the core calls it while it waits for an answer of the app. */
  _handleId = 0;
  /** The answer of the app while its listeners run, null for none yet. */
  _reply?: AppReply | null;

  constructor(ua: UA | null, data: string) {
    const parsed = parseMessage(data);
    super(ua, data, parsed);
    this.ruri = uriOf((parsed as ParsedMessage)[1] as ParsedUri);
  }

  /** Answers what `newSubscribe` or `sipEvent` brought. What came otherwise is answered by the object of its event. */
  reply(status: number, reason?: string | null, extraHeaders: string[] | null = [], body: string | null = ''): void {
    if (!(status >= 100 && status <= 699)) throw new TypeError(`Invalid status_code: ${status}`);
    for (const line of [reason, ...(extraHeaders ?? [])]) assertSingleLine('reply', line);
    const answer: AppReply = { status, headers: extraHeaders ?? [], body: body ?? '', ...(reason && { reason }) };
    if (this._reply !== undefined) {
      this._reply ??= answer;
      return;
    }
    if (!this.ua || !this._handleId)
      throw new NotSupportedError('reply() is for the requests of newSubscribe and sipEvent');
    this.ua._open().subscription(this._handleId, SubscriptionCommand.Reply, replyOf(answer));
  }
}

/** An answer that came (JsSIP `IncomingResponse`). */
export class IncomingResponse extends IncomingMessage {
  /** 100 to 699. */
  status_code: number;
  /** In words. */
  reason_phrase: string;

  constructor(ua: UA | null, data: string) {
    const parsed = parseMessage(data);
    super(ua, data, parsed);
    [this.status_code, this.reason_phrase] = parsed as unknown as [number, string];
  }
}

const OWN = /^(Via|Max-Forwards|To|From|Call-ID|CSeq|Route)$|authorization$/i;

/** A request of ours: what is changed in `sending` is what leaves. */
export class OutgoingRequest {
  /** Whose it is. */
  ua: UA;
  /** Such as `INVITE`. */
  method: string;
  /** The Request-URI. */
  ruri: URI;
  /** Empty for none. */
  body: string;
  /** Fields by name. */
  headers: Record<string, string[]> = {};
  /** Lines `Name: value` of the application's. */
  extraHeaders: string[] = [];
  /** From. */
  from: NameAddrHeader;
  /** To. */
  to: NameAddrHeader;
  /** Call-ID. */
  call_id: string;
  /** The number of CSeq. */
  cseq: number;
  /** What `parseSDP()` has read. */
  sdp: SessionDescription | null = null;
  _tail: [string, string][] = [];

  constructor(ua: UA, draft: Draft) {
    const [head, body] = draft;
    const [start, ...lines] = head.split('\r\n');
    const [method, uri] = (start as string).split(' ');
    this.ua = ua;
    this.method = method as string;
    this.ruri = URI.parse(uri as string) as URI;
    this.body = body;
    // The last line has its end too.
    for (const line of lines.slice(0, -1)) {
      const at = line.indexOf(':');
      const [name, value] = [line.slice(0, at), line.slice(at + 2)];
      if (/^(allow|supported|user-agent)$/i.test(name)) this._tail.push([name, value]);
      else if (OWN.test(headerize(name))) (this.headers[headerize(name)] ??= []).push(value);
      else this.extraHeaders.push(line);
    }
    this.from = NameAddrHeader.parse(this.headers['From']?.[0] ?? '') as NameAddrHeader;
    this.to = NameAddrHeader.parse(this.headers['To']?.[0] ?? '') as NameAddrHeader;
    // JsSIP: null for a name that was not given, where one that was not received is undefined.
    for (const party of [this.from, this.to]) if (party) party._display_name ??= null;
    this.call_id = this.headers['Call-ID']?.[0] ?? '';
    this.cseq = parseInt(this.headers['CSeq']?.[0] ?? '0', 10);
  }

  /** The tag of From. */
  get from_tag(): string {
    return this.from?.getParam('tag') as string;
  }
  /** The tag of To. */
  get to_tag(): string {
    return this.to?.getParam('tag') as string;
  }

  /** Puts a field in the place of all of that name. */
  setHeader(name: string, value: string | string[]): void {
    const lower = `${name.toLowerCase()}:`;
    this.extraHeaders = this.extraHeaders.filter((line) => !line.toLowerCase().trimStart().startsWith(lower));
    this.headers[headerize(name)] = Array.isArray(value) ? value : [value];
  }
  /** The first of that name; undefined for none. */
  getHeader(name: string): string {
    return this.getHeaders(name)[0] as string;
  }
  /** All of that name. */
  getHeaders(name: string): string[] {
    const own = this.headers[headerize(name)];
    if (own) return own;
    const lower = `${name.toLowerCase()}:`;
    const lines = this.extraHeaders.filter((line) => line.toLowerCase().trimStart().startsWith(lower));
    return lines.map((line) => line.slice(line.indexOf(':') + 1).trim());
  }
  /** Whether there is one of that name. */
  hasHeader(name: string): boolean {
    return this.getHeaders(name).length > 0;
  }
  /** The body as `sdp-transform` reads it. */
  parseSDP(force?: boolean): SessionDescription {
    if (force || !this.sdp) this.sdp = parseSdp(this.body || '');
    return this.sdp;
  }
  /** A copy. */
  clone(): OutgoingRequest {
    return requestOf(this.ua, this._draft());
  }
  /** The message as it leaves. */
  toString(): string {
    const [head, body] = this._draft();
    return `${head}Content-Length: ${new TextEncoder().encode(body).length}\r\n\r\n${body}`;
  }

  /** Name and value of each header as the request shall leave. */
  _fields(): string[] {
    const fields = [];
    for (const [name, values] of Object.entries(this.headers))
      for (const value of values) fields.push(name, String(value));
    for (const line of this.extraHeaders) {
      const at = line.indexOf(':');
      fields.push(line.slice(0, at).trim(), line.slice(at + 1).trim());
    }
    for (const [name, value] of this._tail) if (!this.headers[headerize(name)]) fields.push(name, value);
    return fields;
  }

  /** The request as it shall leave. */
  _draft(): Draft {
    let head = `${this.method} ${this.ruri} SIP/2.0\r\n`;
    pairs(this._fields(), (name, value) => (head += `${name}: ${value}\r\n`));
    return [head, this.body ?? ''];
  }

  /** The verdict of `sending`: the body, then name and value of each header. */
  _verdict(): string[] {
    return [this.body ?? '', ...this._fields()];
  }
}

// Out here for the sake of the class's name, as in `URI`.
function requestOf(ua: UA, draft: Draft): OutgoingRequest {
  return new OutgoingRequest(ua, draft);
}
