import type { Socket } from './Socket.js';
import type { Credentials, CredentialsProvider } from './credentials.js';
import type { ResumeOptions } from './resume.js';

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
