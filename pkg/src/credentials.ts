/** An app that is asked for the account of each realm (`credentials`), instead of one account for all of them. */
import { AgentCommand, type Asked } from './core/border.js';
import type { UA } from './UA.js';
import { debugLog } from './debug.js';

const log = /* @__PURE__ */ debugLog('UA');

/** Who challenges a request, and with what. */
export interface AuthChallenge {
  /** What is offered, in the order of the server; `Bearer` only where the line keeps a token secret. */
  schemes: ('Digest' | 'Bearer')[];
  /** The protection space; empty for a `Bearer` challenge without one. */
  realm: string;
  /** Whether a proxy asks, or who is called. */
  proxy: boolean;
  /** 401 or 407. */
  status: 401 | 407;
  /** The strongest hash that is offered and allowed, null without `Digest`. */
  algorithm: 'MD5' | 'MD5-sess' | 'SHA-256' | 'SHA-256-sess' | 'SHA-512-256' | 'SHA-512-256-sess' | null;
  /** The request. */
  method: string;
  /** The Request-URI. */
  uri: string;
  /** The server says that only its nonce was old. */
  stale: boolean;
  /** 1, and one more each time when what was given has been refused. */
  attempt: number;
  /** `Bearer` (RFC 8898): what the token has to allow, */
  scope: string | null;
  /** who gives it out, */
  authz_server: string | null;
  /** and why the last one was refused, as `invalid_token`. */
  error: string | null;
}

/** What answers a challenge: a password, its hash, a token, or several of them of which one fits. */
export interface Credentials {
  /** Default: `authorization_user`. */
  username?: string | undefined;
  /** In the clear; never shown. */
  password?: string | undefined;
  /** H(username:realm:password) in hex: of MD5, or of the `algorithm` of the challenge. */
  ha1?: string | undefined;
  /** Sent as `Bearer`. */
  token?: string | undefined;
}

/** Gives the account of a realm, or null or a rejection to give up. It has a minute. */
export type CredentialsProvider = (
  challenge: AuthChallenge,
) => Credentials | null | undefined | Promise<Credentials | null | undefined>;

const FORMS: Record<keyof Credentials, [form: RegExp, words: string]> = {
  username: [/^[^\r\n\0]+$/, 'a text without line breaks'],
  password: [/^[^\r\n\0]*$/, 'a text without line breaks'],
  ha1: [/^([\da-f]{32}|[\da-f]{64})$/i, '32 or 64 hexadecimal digits'],
  token: [/^[\w.~+/-]+=*$/, 'a token as RFC 6750 has it'],
};

/** Reads what was given, and says in words what is wrong with it. The words never have the value in them. */
export function readCredentials(given: unknown): Credentials | null {
  if (given === null || given === undefined) return null;
  if (typeof given !== 'object') throw new TypeError(`credentials: an object or null is needed, not a ${typeof given}`);
  const read: Credentials = {};
  for (const [key, [form, words]] of Object.entries(FORMS) as [keyof Credentials, [RegExp, string]][]) {
    const value = (given as Record<string, unknown>)[key];
    if (value === null || value === undefined) continue;
    if (typeof value !== 'string' || !form.test(value)) throw new TypeError(`credentials: ${key} has to be ${words}`);
    read[key] = value;
  }
  const { password, ha1, token } = read;
  if ((password ?? ha1 ?? token) === undefined)
    throw new TypeError('credentials: one of password, ha1 and token is needed');
  return read;
}

/** Asks the app, and hands on what it gives. What is given is kept by the core alone. */
export async function provide(ua: UA, ticket: number, asked: Asked): Promise<void> {
  const [schemes, realm, proxy, status, algorithm, method, uri, stale, attempt, scope, authz_server, error] = asked;
  const challenge = {
    schemes,
    realm,
    proxy,
    status,
    algorithm,
    method,
    uri,
    stale,
    attempt,
    scope,
    authz_server,
    error,
  };
  let given: Credentials | null = null;
  try {
    const { credentials } = ua.configuration;
    given = readCredentials(await credentials?.(challenge as AuthChallenge));
  } catch (failure) {
    const why = failure instanceof Error ? failure.message : String(failure);
    log('no credentials for %s: %s', realm, why);
    ua.emit('dropped', { why });
  }
  const { username, password, ha1, token } = given ?? {};
  ua._ask(AgentCommand.Account, ticket, username, password, ha1, algorithm, token);
}
