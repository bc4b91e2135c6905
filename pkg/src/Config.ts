import { USER_AGENT } from './Constants.js';
import { SETTINGS, type Making, type Makings, type SettingName } from './core/border.js';
import { ConfigurationError } from './Exceptions.js';
import { isSocket, type Socket } from './Socket.js';
import { URI } from './URI.js';
import { createRandomToken, isDecimal, isEmpty, isString, newUUID } from './Utils.js';
import type { Server } from './Transport.js';
import type { ResumeOptions } from './resume.js';
import { readCredentials, type Credentials, type CredentialsProvider } from './credentials.js';

/** Options of `new UA()` (JsSIP `UAConfiguration`). */
export interface UAConfiguration {
  /** Where the servers are: one or several, the heaviest first. */
  sockets: Socket | (Socket | { socket: Socket; weight?: number })[];
  /** Our address, `sip:user@host`. */
  uri: string;
  /** A token that goes with each request; see `docs/options.md` before you use it. */
  authorization_jwt?: string;
  /** The name in digests. Default the user of `uri`. */
  authorization_user?: string;
  /** s between attempts to connect, at most. Default 30. */
  connection_recovery_max_interval?: number;
  /** s between attempts to connect, at least. Default 2. */
  connection_recovery_min_interval?: number;
  /** Our address in Contact. Default a random one. */
  contact_uri?: string;
  /** The name in From. */
  display_name?: string;
  /** A UUID that names this phone to the registrar (RFC 5626 4.1). Default a random one. */
  instance_id?: string;
  /** s that a call which comes in rings. Default 60. */
  no_answer_timeout?: number;
  /** Whether calls are refreshed (RFC 4028). Default true. */
  session_timers?: boolean;
  /** `UPDATE`, the default, or `INVITE`. */
  session_timers_refresh_method?: string;
  /** Whether we are the ones who refresh. Default false. */
  session_timers_force_refresher?: boolean;
  /** What challenges are answered with. */
  password?: string;
  /** The realm of `ha1`. */
  realm?: string;
  /** `MD5(user:realm:password)` in hexadecimal, instead of the password. */
  ha1?: string;
  /** Whether `start()` registers. Default true. */
  register?: boolean;
  /** s that a registration is asked for. Default 600. */
  register_expires?: number;
  /** A text behind the From tag of REGISTER, or a function that gives one. */
  register_from_tag_trail?: string | (() => string);
  /** Where REGISTER goes. Default the host of `uri`. */
  registrar_server?: string;
  /** Whether the socket's `sip_uri` is the Route of requests outside a dialog. Default false. */
  use_preloaded_route?: boolean;
  /** User-Agent. Default `viasip/` and the version. */
  user_agent?: string;
  /** Lines `Name: value` for each request. */
  extra_headers?: string[];
  /** The realms whose challenges are answered, and no others, a first INVITE and REGISTER included. Empty: no such limit. */
  auth_realms?: string[];
  /** The weakest hash that a challenge is answered with (RFC 8760). Default `MD5`. */
  auth_min_algorithm?: 'MD5' | 'SHA-256' | 'SHA-512-256';
  /** Seconds between keep-alive pings (RFC 5626), 0 for none. Default 25. */
  keep_alive_interval?: number;
  /** Seconds that the server has to answer a keep-alive in, before the line is given up. Default 5. */
  keep_alive_timeout?: number;
  /** How it is asked: `crlf` (RFC 5626), `options`, or by what it answers. Default `auto`. */
  keep_alive_method?: 'auto' | 'crlf' | 'options';
  /** Seconds that a call may be without media while it is brought back, 0 to end it at once, as JsSIP does. Default 30. */
  recovery_timeout?: number;
  /** Whether calls outlive a reload of the page: they go on there, made with these options. Default false. */
  resume?: boolean | ResumeOptions;
  /** ms that gathering goes on after the first ICE candidate. Default 2000. */
  ice_gathering_timeout?: number;
  /** ms that gathering may take at most. Default 5000. */
  ice_gathering_limit?: number;
  /**
   * Candidates by INFO (RFC 8840). `auto`, the default: a first offer waits for its candidates, but for one to an address that
   * is known to take them later. `full`: no first offer waits. `false`: it is not offered.
   */
  trickle_ice?: TrickleIce;
  /**
   * Whether texts ask for notifications, and those of others get them: that they have arrived, and with `message.displayed()`
   * that they were read (RFC 5438). Needs `import 'viasip/presence'`. Default false.
   */
  imdn?: boolean;
  /** Whether requests outside a dialog go by the Service-Route of the registration (RFC 3608). Default true; JsSIP has none. */
  service_route?: boolean;
  /** How many answers of 3xx a call follows to whom they name (RFC 3261 8.1.3.4). Default 0. */
  redirect_limit?: number;
  /** The packages of INFO that calls receive (RFC 6086), as `Recv-Info` lists them. Default none. */
  info_packages?: string[];
  /** Whether a REFER may go without a subscription (RFC 4488), ours and those of others. Default false. */
  norefersub?: boolean;
  /**
   * Whether what the proxy asserts of the far end (P-Asserted-Identity, Remote-Party-ID) is its `remote_identity`: only for a
   * proxy that takes out what others claim (RFC 3325). Default false.
   */
  trust_identity?: boolean;
  /** Whether the far end may name itself anew inside a call, by its From (RFC 4916). Default false. */
  connected_identity?: boolean;
  /** Whether calls have Session-IDs (RFC 7989), by which they are found in the logs of all servers. Default false. */
  session_id?: boolean;
  /**
   * Gives the account of each realm that challenges, instead of `password` and `ha1`: several accounts, one-time passwords, tokens
   * (RFC 8898). Asked once for all requests that wait for it, again when the realm refuses what it gave. A plain value stands for
   * every realm.
   */
  credentials?: Credentials | CredentialsProvider;
  /** A nonce that a server has taken is used for the next request too, before it asks. Default false. */
  preemptive_auth?: boolean;
  /**
   * Whether 180 and 183 are acknowledged where both ends take that (RFC 3262: PRACK), and 199 ends one of several early
   * dialogs (RFC 6228). A caller that requires it gets it all the same. Default false.
   */
  reliable_provisional?: boolean;
  /**
   * How many connections are kept to different servers of `sockets` (RFC 5626). 2: when one dies the other takes its place at once, and
   * `flow` tells of each. Default 1.
   */
  flows?: 1 | 2;
  /** Where push notifications reach this page (RFC 8599), for the Contact of REGISTER. Default none. */
  push?: PushTarget;
}

/** Where a push service reaches a page (RFC 8599): `pn-provider`, `pn-prid`, `pn-param`. */
export interface PushTarget {
  provider: string;
  prid: string;
  param?: string;
}

/** Whether and when candidates go by INFO (RFC 8840). */
export type TrickleIce = 'auto' | 'full' | false;

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

/** Makes read-only what JsSIP makes read-only, and tells of what is assigned to the rest. */
export function protect(settings: Settings, assigned: (key: SettingName, value: unknown) => void): Settings {
  for (const [key, value] of Object.entries(settings)) {
    const how = isWritable(key) ? assignable(key, value, assigned) : { writable: false };
    Object.defineProperty(settings, key, { ...how, configurable: false });
  }
  return settings;
}

/** A property that tells of what is assigned to it. */
function assignable(
  key: SettingName,
  value: unknown,
  assigned: (key: SettingName, value: unknown) => void,
): PropertyDescriptor {
  return {
    get: () => value,
    set(to: unknown) {
      assigned(key, to);
      value = to;
    },
  };
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
