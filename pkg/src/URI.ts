import type { ParsedUri } from './core/border.js';
import { escapedUser, parseUri } from './core/Core.js';
import { pairs } from './core/passed.js';

type Values = Record<string, string | number | null | undefined>;

function headerize(name: string): string {
  const special: Record<string, string> = {
    'Call-Id': 'Call-ID',
    Cseq: 'CSeq',
    'Www-Authenticate': 'WWW-Authenticate',
  };
  const canonical = name
    .toLowerCase()
    .replace(/_/g, '-')
    .replace(/(^|-)[^-]/g, (start) => start.toUpperCase());
  return special[canonical] ?? canonical;
}

export type URIScheme = string;
export type Parameters = Record<string, string | null>;
export type Headers = Record<string, string | string[]>;

/** A SIP URI (JsSIP `URI`). */
export class URI {
  _parameters: Record<string, string | null> = {};
  _headers: Record<string, string[]> = {};
  _scheme: string;
  _user: string | null | undefined;
  _host: string;
  _port: number | null | undefined;

  /** Reads a URI; undefined if it is none. */
  static parse(uri: string): URI | undefined {
    if (typeof uri !== 'string') throw new TypeError('uri: not a string');
    const parsed = parseUri(uri);
    return parsed ? uriOf(parsed) : undefined;
  }

  constructor(
    scheme: string | null | undefined,
    user: string | null | undefined,
    host: string,
    port?: number | null,
    parameters: Values = {},
    headers: Headers = {},
  ) {
    if (!host && scheme !== 'tel') throw new TypeError('missing or invalid "host" parameter');
    this._scheme = scheme || 'sip';
    this._user = user;
    this._host = host;
    this._port = port;
    for (const [key, value] of Object.entries(parameters ?? {})) this.setParam(key, value);
    for (const [key, value] of Object.entries(headers ?? {})) this.setHeader(key, value);
  }

  /** `sip`, `sips` or `tel`. */
  get scheme(): string {
    return this._scheme;
  }
  set scheme(value: string) {
    this._scheme = value.toLowerCase();
  }
  /** Without its escapes; null for none. */
  get user(): string {
    return this._user as string;
  }
  set user(value: string | null | undefined) {
    this._user = value;
  }
  /** A name or an address. */
  get host(): string {
    return this._host;
  }
  set host(value: string) {
    this._host = value.toLowerCase();
  }
  /** Null for none. */
  get port(): number {
    return this._port as number;
  }
  set port(value: number | string | null | undefined) {
    this._port = value === 0 ? 0 : parseInt(String(value), 10) || null;
  }

  /** Sets a parameter; null for one without a value. */
  setParam(key: string, value?: string | number | null): void {
    if (key) this._parameters[key.toLowerCase()] = value === undefined || value === null ? null : value.toString();
  }
  /** Null for a parameter without a value, undefined for none (JsSIP's types leave that to the caller). */
  getParam<T = string>(key: string): T {
    return (key ? this._parameters[key.toLowerCase()] : undefined) as T;
  }
  /** Whether it has that parameter. */
  hasParam(key: string): boolean {
    return Boolean(key) && Object.hasOwn(this._parameters, key.toLowerCase());
  }
  /** Takes a parameter out, and returns its value. */
  deleteParam(key: string): string | null | undefined {
    const name = key.toLowerCase();
    const value = this._parameters[name];
    delete this._parameters[name];
    return value;
  }
  /** Takes all parameters out. */
  clearParams(): void {
    this._parameters = {};
  }
  /** Sets a header (`?name=value`), of one value or several. */
  setHeader(name: string, value: string | string[]): void {
    this._headers[headerize(name)] = Array.isArray(value) ? value : [value];
  }
  /** The values of a header. */
  getHeader(name: string): string[] {
    return (name ? this._headers[headerize(name)] : undefined) as string[];
  }
  /** Whether it has that header. */
  hasHeader(name: string): boolean {
    return Boolean(name) && Object.hasOwn(this._headers, headerize(name));
  }
  /** Takes a header out, and returns its values. */
  deleteHeader(name: string): string[] | undefined {
    const key = headerize(name);
    const value = this._headers[key];
    delete this._headers[key];
    return value;
  }
  /** Takes all headers out. */
  clearHeaders(): void {
    this._headers = {};
  }

  /** A copy. */
  clone(): URI {
    return copyOf(this);
  }

  /** As it is sent. */
  toString(): string {
    let text = this.toAor(true);
    for (const [key, value] of Object.entries(this._parameters))
      text += value === null ? `;${key}` : `;${key}=${value}`;
    const headers = Object.entries(this._headers).flatMap(([name, values]) =>
      values.map((value) => `${name}=${value}`),
    );
    return headers.length > 0 ? `${text}?${headers.join('&')}` : text;
  }

  /** User and host alone: the address of record. */
  toAor(showPort?: boolean): string {
    // RFC 3966: a telephone number is at no host.
    if (!this._host) return `${this._scheme}:${this._user}`;
    const user = this._user ? `${escapedUser(String(this._user))}@` : '';
    const port = showPort && (this._port || this._port === 0) ? `:${this._port}` : '';
    return `${this._scheme}:${user}${this._host}${port}`;
  }
}

/** By what it does: another copy of the package in the page has a class of its own. */
export const isUri = (value: unknown): value is URI => typeof (value as URI | null | undefined)?.toAor === 'function';

/** An address as the core read it. */
export function uriOf([scheme, user, host, port, params, headers]: ParsedUri): URI {
  const uri = new URI(scheme, user, host, port ?? null);
  pairs(params, (name, value) => uri.setParam(name, value));
  pairs(headers, (name, value) => (uri._headers[headerize(name)] ??= []).push(value));
  return uri;
}

// Out here, because a bundler renames a class that names itself inside (tests/package/names.test.mjs).
function copyOf(uri: URI): URI {
  // Not structuredClone(): it refuses a Proxy of a state library, and jsdom has none.
  const headers = Object.fromEntries(Object.entries(uri._headers).map(([name, values]) => [name, [...values]]));
  return new URI(uri._scheme, uri._user, uri._host, uri._port, { ...uri._parameters }, headers);
}

export { headerize };
