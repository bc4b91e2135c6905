import { type URI, isUri, uriOf } from './URI.js';
import type { ParsedNameAddr } from './core/border.js';
import { parseNameAddr } from './core/Core.js';
import { pairs } from './core/passed.js';

const escaped = (text: string): string => text.replace(/[\\"]/g, '\\$&');
/** A parameter's value: quoted unless it is a token, a host or quoted already (RFC 3261 25.1 `gen-value`). */
const written = (value: string): string =>
  /^[\w.!%*+`'~[\]:/&$-]*$|^"(?:[^"\\]|\\.)*"$/s.test(value) ? value : `"${escaped(value)}"`;

/** `"Name" <uri>;params` (JsSIP `NameAddrHeader`). */
export class NameAddrHeader {
  _uri: URI;
  _parameters: Record<string, string | null> = {};
  _display_name: string | null | undefined;

  /** Reads the value of a field such as From; undefined if it is none. */
  static parse(text: string): NameAddrHeader | undefined {
    const parsed = parseNameAddr(String(text));
    return parsed ? nameAddrOf(parsed) : undefined;
  }

  constructor(uri: URI, display_name?: string | null, parameters: Record<string, string | number | null> = {}) {
    if (!isUri(uri)) throw new TypeError('missing or invalid "uri" parameter');
    this._uri = uri;
    this.display_name = display_name as string;
    for (const [key, value] of Object.entries(parameters ?? {})) this.setParam(key, value);
  }

  /** The address. */
  get uri(): URI {
    return this._uri;
  }
  /** The name, without quotes. */
  get display_name(): string {
    return this._display_name as string;
  }
  set display_name(value: string | number) {
    this._display_name = value === 0 ? '0' : (value as string);
  }

  /** Sets a parameter of the field; null for one without a value. */
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

  /** A copy. */
  clone(): NameAddrHeader {
    return copyOf(this);
  }

  /** As it is sent. */
  toString(): string {
    const name = this._display_name ? `"${escaped(this._display_name)}" ` : '';
    let text = `${name}<${this._uri.toString()}>`;
    for (const [key, value] of Object.entries(this._parameters))
      text += value === null ? `;${key}` : `;${key}=${written(value)}`;
    return text;
  }
}

/** An address as the core read it. */
export function nameAddrOf([display_name, uri, params]: ParsedNameAddr): NameAddrHeader {
  const address = new NameAddrHeader(uriOf(uri), display_name ?? undefined);
  pairs(params, (name, value) => address.setParam(name, value));
  return address;
}

// Out here for the sake of the class's name, as in `URI`.
function copyOf(address: NameAddrHeader): NameAddrHeader {
  return new NameAddrHeader(address._uri.clone(), address._display_name, { ...address._parameters });
}
