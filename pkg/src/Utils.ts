import { SIP_ERROR_CAUSES, causes } from './Constants.js';
import { URI, headerize, isUri } from './URI.js';
import { escapedUser, md5, parseUri, targetUri } from './core/Core.js';

export { headerize };

export const isString = (value: unknown): value is string => typeof value === 'string' || value instanceof String;
export const isFunction = (value: unknown): value is (...args: unknown[]) => unknown => typeof value === 'function';
export const isDecimal = (value: unknown): value is number =>
  !isNaN(value as number) && parseFloat(value as string) === parseInt(value as string, 10);
export const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === '' ||
  value === undefined ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'number' && isNaN(value));
export const hasMethods = (object: Record<string, unknown>, ...names: string[]): boolean =>
  !names.some((name) => isFunction(object[name]));
export const str_utf8_length = (text: string): number => new TextEncoder().encode(text).length;
export const escapeUser = (user: string): string => escapedUser(String(user));

export const calculateMD5 = (text: string): string => md5(String(text));
/** An address of TEST-NET-1 (RFC 5737). */
export const getRandomTestNetIP = (): string =>
  `192.0.2.${1 + ((crypto.getRandomValues(new Uint8Array(1))[0] as number) % 254)}`;

/** `IPv4`, `IPv6` or `domain`; undefined for what is no host. */
export function hostType(host: string): string | undefined {
  const [, user, name, port, params] = parseUri(`sip:${host}`) ?? [];
  if (!name || user !== null || port !== undefined || params?.length) return undefined;
  if (name.startsWith('[')) return 'IPv6';
  return /^\d+(\.\d+){3}$/.test(name) ? 'IPv4' : 'domain';
}

/** `size` random characters of the first `base` of 0-9a-z. */
export function createRandomToken(size: number, base = 32): string {
  const bytes = crypto.getRandomValues(new Uint8Array(size));
  return Array.from(bytes, (byte) => (byte % base).toString(base)).join('');
}
export const newTag = (): string => createRandomToken(10);

/** Of version 4 (RFC 9562 5.4). */
export const newUUID = (): string =>
  'xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx'.replace(/[xv]/g, (place) => {
    const digit = createRandomToken(1, 16);
    return place === 'x' ? digit : '89ab'.charAt(parseInt(digit, 16) % 4);
  });

export function normalizeTarget(target: unknown, domain?: string): URI | undefined {
  if (!target) return undefined;
  if (isUri(target) && target.scheme !== 'tel') return target;
  if (typeof target !== 'string' && !isUri(target)) return undefined;
  const text = targetUri(String(target), String(domain ?? ''));
  return text === null ? undefined : URI.parse(text);
}

export function sipErrorCause(status: number): string {
  for (const [cause, codes] of Object.entries(SIP_ERROR_CAUSES)) {
    if (codes.includes(status)) return causes[cause as keyof typeof causes];
  }
  return causes.SIP_FAILURE_CODE;
}

export function closeMediaStream(stream?: MediaStream | null): void {
  stream?.getTracks().forEach((track) => track.stop());
}

export const cloneArray = <T>(array?: T[] | null): T[] => (array ? array.slice() : []);
export const cloneObject = <T extends object>(object: T | null | undefined, fallback = {} as T): T =>
  object ? { ...object } : fallback;

/** Refuses line breaks in what goes into a message. */
export function assertSingleLine(name: string, value: unknown): void {
  if (typeof value === 'string' && /[\r\n\0]/.test(value))
    throw new TypeError(`Invalid ${name}: line breaks are not allowed`);
}

/** What JsSIP exports under this name. */
export const Utils = {
  str_utf8_length,
  isFunction,
  isString,
  isDecimal,
  isEmpty,
  hasMethods,
  createRandomToken,
  newTag,
  newUUID,
  hostType,
  escapeUser,
  normalizeTarget,
  headerize,
  sipErrorCause,
  getRandomTestNetIP,
  calculateMD5,
  closeMediaStream,
  cloneArray,
  cloneObject,
};
