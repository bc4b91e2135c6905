import { USER_AGENT } from './Constants.js';
import { SETTINGS, type Making, type Makings, type SettingName } from './core/border.js';
import { ConfigurationError } from './Exceptions.js';
import { isSocket, type Socket } from './Socket.js';
import { URI } from './URI.js';
import type { PushTarget, TrickleIce, UAConfiguration } from './UAConfiguration.js';
import { createRandomToken, isDecimal, isEmpty, isString, newUUID } from './Utils.js';
import type { Server } from './Transport.js';
import type { ResumeOptions } from './resume.js';
import { readCredentials, type CredentialsProvider } from './credentials.js';

/** A configuration that was read. */
export interface Settings {
  uri: URI;
  registrar_server: URI;
  authorization_user: string;
  authorization_jwt: string | null;
  password: string | null;
  realm: string | null;
  ha1: string | null;
  display_name: string | null;
  user_agent: string | undefined;
  contact_uri: URI;
  instance_id: string;
  jssip_id: string;
  via_host: string;
  hostport_params: string;
  use_preloaded_route: boolean;
  register: boolean;
  register_expires: number;
  register_from_tag_trail: string | (() => string);
  session_timers: boolean;
  session_timers_refresh_method: string;
  session_timers_force_refresher: boolean;
  /** ms. */
  no_answer_timeout: number;
  connection_recovery_min_interval: number;
  connection_recovery_max_interval: number;
  extra_headers: string[] | null;
  auth_realms: string[];
  auth_min_algorithm: 'MD5' | 'SHA-256' | 'SHA-512-256';
  keep_alive_interval: number;
  keep_alive_timeout: number;
  keep_alive_method: 'auto' | 'crlf' | 'options';
  recovery_timeout: number;
  resume: boolean | ResumeOptions;
  ice_gathering_timeout: number;
  ice_gathering_limit: number;
  trickle_ice: TrickleIce;
  imdn: boolean;
  service_route: boolean;
  redirect_limit: number;
  info_packages: string[];
  norefersub: boolean;
  trust_identity: boolean;
  connected_identity: boolean;
  session_id: boolean;
  credentials: CredentialsProvider | null;
  preemptive_auth: boolean;
  reliable_provisional: boolean;
  flows: 1 | 2;
  push: PushTarget | null;
  sockets?: Server[];
}

// One host for all user agents of a page, as JsSIP has it.
let viaHost: string | undefined;

type Check = (value: unknown) => unknown;

const bool: Check = (value) => (typeof value === 'boolean' ? value : undefined);
const secret = (value: unknown): string | undefined => (/[\r\n\0]/.test(String(value)) ? undefined : String(value));
const text: Check = (value) => (isString(value) ? secret(value) : undefined);
/* @__NO_SIDE_EFFECTS__ */
const atLeast =
  (least: number): Check =>
  (value) =>
    isDecimal(value) && Number(value) >= least ? Number(value) : undefined;
/* @__NO_SIDE_EFFECTS__ */
const oneOf =
  (...values: unknown[]): Check =>
  (value) =>
    values.includes(value) ? value : undefined;
const positive = atLeast(1);
const notNegative = atLeast(0);

const checks: Record<string, Check> = {
  authorization_user: (value) => (/^(?:[^"\\\r\n\0]|\\[^\r\n\0])*$/.test(String(value)) ? value : undefined),
  authorization_jwt: text,
  user_agent: text,
  connection_recovery_max_interval: positive,
  connection_recovery_min_interval: positive,
  contact_uri: (value) => (isString(value) ? URI.parse(String(value)) : undefined),
  instance_id: (value) => {
    const id = String(value).replace(/^uuid:/i, '');
    return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id) ? id : undefined;
  },
  no_answer_timeout: positive,
  session_timers: bool,
  session_timers_refresh_method: (value) =>
    isString(value) && /^(invite|update)$/i.test(String(value)) ? value.toUpperCase() : undefined,
  session_timers_force_refresher: bool,
  password: secret,
  realm: secret,
  ha1: secret,
  display_name: (value) => (value === 0 ? '0' : secret(value)),
  register: bool,
  register_expires: notNegative,
  register_from_tag_trail: (value) => (typeof value === 'function' ? value : text(String(value))),
  registrar_server: (value) => {
    if (!isString(value)) return undefined;
    const uri = URI.parse(/^sips?:/i.test(value) ? String(value) : `sip:${value}`);
    return !uri || uri.user ? undefined : uri;
  },
  use_preloaded_route: bool,
  extra_headers: (value) => {
    if (!Array.isArray(value) || value.length === 0) return undefined;
    const lines = value.filter((line) => isString(line)) as string[];
    return lines.every((line) => /^[^\s:]+\s*:/.test(line) && !/[\r\n\0]/.test(line)) ? lines : undefined;
  },
  auth_realms: (value) => (Array.isArray(value) && value.every((realm) => text(realm)) ? [...value] : undefined),
  auth_min_algorithm: oneOf('MD5', 'SHA-256', 'SHA-512-256'),
  keep_alive_interval: notNegative,
  keep_alive_timeout: positive,
  keep_alive_method: oneOf('auto', 'crlf', 'options'),
  recovery_timeout: notNegative,
  resume: (value) => (typeof value === 'boolean' || (typeof value === 'object' && value) ? value : undefined),
  ice_gathering_timeout: notNegative,
  ice_gathering_limit: positive,
  trickle_ice: oneOf('auto', 'full', false),
  imdn: bool,
  service_route: bool,
  redirect_limit: notNegative,
  info_packages: (value) =>
    Array.isArray(value) &&
    value.every((name) => isString(name) && /^[-\w.!%*+`'~]+(\s*;[^,\r\n\0]*)?$/.test(String(name)))
      ? value.map(String)
      : undefined,
  norefersub: bool,
  trust_identity: bool,
  connected_identity: bool,
  session_id: bool,
  // As a function a value is shown nowhere.
  credentials: (value) => {
    if (typeof value === 'function') return value;
    const given = readCredentials(value);
    return () => given;
  },
  preemptive_auth: bool,
  reliable_provisional: bool,
  flows: oneOf(1, 2),
  push: (value) => {
    const { provider, prid, param = '' } = value as Record<string, unknown>;
    return [provider, prid, param].every((part) => isString(part) && text(part) !== undefined) && provider && prid
      ? { provider, prid, param }
      : undefined;
  },
};

function readSockets(value: unknown): Server[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const sockets: Server[] = [];
  for (const entry of list) {
    const holder = entry as { socket?: unknown; weight?: unknown };
    if (isSocket(entry)) {
      sockets.push({ socket: entry, weight: 0, status: 0 });
    } else if (Array.isArray(value) && isSocket(holder.socket)) {
      const weight = holder.weight === undefined ? 0 : Number(holder.weight);
      if (isNaN(weight)) return undefined;
      sockets.push({ socket: holder.socket, weight, status: 0 });
    }
  }
  return sockets.length > 0 ? sockets : undefined;
}

/** Reads and checks a configuration in JsSIP's order; throws `ConfigurationError`. */
export function load(given: UAConfiguration): Settings {
  // What is inherited does not count.
  const own: Record<string, unknown> = { ...given };
  const sockets = readSockets(own['sockets']);
  if (!sockets) throw new ConfigurationError('sockets', own['sockets']);
  const uriText = isString(own['uri']) ? (/^sip:/i.test(own['uri']) ? own['uri'] : `sip:${own['uri']}`) : '';
  const uri = URI.parse(String(uriText));
  if (!uri?.user) throw new ConfigurationError('uri', own['uri']);

  const read: Record<string, unknown> = {};
  for (const [key, check] of Object.entries(checks)) {
    if (isEmpty(own[key])) continue;
    const value = check(own[key]);
    if (value === undefined) throw new ConfigurationError(key, own[key]);
    read[key] = value;
  }
  viaHost ??= `${createRandomToken(12)}.invalid`;
  const contact = read['contact_uri'] as URI | undefined;
  const via_host = contact ? contact.host : viaHost;
  const registrar = uri.clone();
  registrar.user = null;
  registrar.clearParams();
  registrar.clearHeaders();
  const hostport_params = uri.clone();
  hostport_params.user = null;
  return {
    authorization_user: uri.user,
    authorization_jwt: null,
    password: null,
    realm: null,
    ha1: null,
    display_name: null,
    user_agent: undefined,
    contact_uri: contact ?? new URI('sip', createRandomToken(8), via_host, null, { transport: 'ws' }),
    instance_id: newUUID(),
    jssip_id: createRandomToken(5),
    use_preloaded_route: false,
    register: true,
    register_expires: 600,
    register_from_tag_trail: '',
    registrar_server: registrar,
    session_timers: true,
    session_timers_refresh_method: 'UPDATE',
    session_timers_force_refresher: false,
    connection_recovery_min_interval: 2,
    connection_recovery_max_interval: 30,
    extra_headers: null,
    auth_realms: [],
    auth_min_algorithm: 'MD5',
    keep_alive_interval: 25,
    keep_alive_timeout: 5,
    keep_alive_method: 'auto',
    recovery_timeout: 30,
    resume: false,
    ice_gathering_timeout: 2000,
    ice_gathering_limit: 5000,
    trickle_ice: 'auto',
    imdn: false,
    service_route: true,
    redirect_limit: 0,
    info_packages: [],
    norefersub: false,
    trust_identity: false,
    connected_identity: false,
    session_id: false,
    credentials: null,
    preemptive_auth: false,
    reliable_provisional: false,
    flows: 1,
    push: null,
    ...read,
    no_answer_timeout: ((read['no_answer_timeout'] as number | undefined) ?? 60) * 1000,
    uri,
    via_host,
    hostport_params: hostport_params.toString().replace(/^sip:/i, ''),
    sockets,
  };
}

/** What an app may assign while the user agent runs: of what the core can change, all but the trail, as in JsSIP. */
const isWritable = (key: string): key is SettingName =>
  key !== 'register_from_tag_trail' && (SETTINGS as readonly string[]).includes(key);

/** What an app may assign, and who is told of it. */
interface Assigned {
  values: Record<string, unknown>;
  tell: (key: SettingName, value: unknown) => void;
}
const ASSIGNED = Symbol('assigned');
/** The accessors of each setting that can be assigned, which all configurations share. */
const accessors = new Map<SettingName, PropertyDescriptor>();

/**
 * The configuration as apps see it: read-only but for what JsSIP lets them assign, of which `tell` is told. Each property is
 * defined once, as it stays: an object of which one is changed afterwards takes 1.5 kB.
 */
export function protect(settings: Settings, tell: (key: SettingName, value: unknown) => void): Settings {
  const values: Record<string, unknown> = {};
  const made = Object.defineProperty({}, ASSIGNED, { value: { values, tell } satisfies Assigned });
  for (const [key, value] of Object.entries(settings)) {
    if (isWritable(key)) {
      values[key] = value;
      Object.defineProperty(made, key, accessors.get(key) ?? assignable(key));
    } else Object.defineProperty(made, key, { value, enumerable: true });
  }
  return made as Settings;
}

/** The accessors of a setting that tells of what is assigned to it. */
function assignable(key: SettingName): PropertyDescriptor {
  const made: PropertyDescriptor & ThisType<{ [ASSIGNED]: Assigned }> = {
    get() {
      return this[ASSIGNED].values[key];
    },
    set(to: unknown) {
      this[ASSIGNED].tell(key, to);
      this[ASSIGNED].values[key] = to;
    },
    enumerable: true,
  };
  accessors.set(key, made);
  return made;
}

/** Whether nobody reads a token on the way: not if it goes by `ws:`, but to this host. A socket of the app's own is its business. */
const keepsSecrets = ({ url }: Socket): boolean =>
  !/^ws:/i.test(url) || /^ws:\/\/(localhost|[^/:]*\.localhost|127(\.\d+){3}|\[::1\])([/:?#]|$)/i.test(url);

/** What the core is made with. */
export function forCore(settings: Settings, servers: Server[]): Makings[Making.Agent]['arguments'] {
  return [
    settings.ice_gathering_timeout,
    settings.ice_gathering_limit,
    settings.uri.toString(),
    settings.registrar_server.toString(),
    settings.contact_uri.toString(),
    settings.display_name,
    String(settings.authorization_user),
    settings.password,
    settings.ha1,
    settings.realm,
    settings.authorization_jwt,
    settings.via_host,
    settings.instance_id,
    settings.jssip_id,
    settings.user_agent ?? USER_AGENT,
    settings.register,
    settings.register_expires,
    // A function is asked before each REGISTER.
    typeof settings.register_from_tag_trail === 'function' ? null : settings.register_from_tag_trail,
    settings.no_answer_timeout,
    settings.connection_recovery_min_interval,
    settings.connection_recovery_max_interval,
    settings.session_timers,
    settings.session_timers_refresh_method !== 'INVITE',
    settings.session_timers_force_refresher,
    settings.use_preloaded_route,
    settings.extra_headers ?? [],
    settings.keep_alive_interval * 1000,
    settings.auth_realms,
    settings.auth_min_algorithm,
    servers.map(({ socket, weight }) => [weight, socket.via_transport, socket.sip_uri, keepsSecrets(socket)]),
    settings.keep_alive_timeout * 1000,
    settings.keep_alive_method,
    settings.recovery_timeout * 1000,
    String(settings.trickle_ice),
    settings.service_route,
    settings.redirect_limit,
    settings.info_packages,
    settings.norefersub,
    settings.connected_identity,
    settings.session_id,
    settings.credentials !== null,
    settings.preemptive_auth,
    settings.reliable_provisional,
    settings.flows,
    settings.push ? [settings.push.provider, settings.push.prid, settings.push.param ?? ''] : [],
  ];
}
