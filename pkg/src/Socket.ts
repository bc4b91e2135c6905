import { URI } from './URI.js';

/** What a transport needs of a socket: an application may bring its own (JsSIP `Socket`). */
export interface Socket {
  /** What stands in Via, such as `WSS`. */
  get via_transport(): string;
  set via_transport(value: string);
  /** A name of it, for logs. */
  get url(): string;
  /** The server as a URI, for Route. */
  get sip_uri(): string;
  /** Begins to connect; `onconnect` or `ondisconnect` tells. */
  connect(): void;
  /** Closes. */
  disconnect(): void;
  /** Sends a message; false if it did not leave. */
  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean;
  /** Whether it is connected. */
  isConnected?(): boolean;
  /** Whether it is being connected. */
  isConnecting?(): boolean;
  /** Bytes that were sent and have not left. If they stay, the server is asked at once whether it is there. */
  readonly bufferedAmount?: number;
  /** Set by the transport; call it when the connection stands. */
  onconnect?(): void;
  /** Set by the transport; call it when it is gone or an attempt failed. */
  ondisconnect?(error: boolean, code?: number, reason?: string): void;
  /** Set by the transport; call it with each message. */
  ondata?<T>(data: T): void;
}

/** A socket, and how much it is preferred. */
export interface WeightedSocket {
  /** It. */
  socket: Socket;
  /** The heaviest is tried first. Default 0. */
  weight: number;
}

/** Whether an object can serve as a socket. */
export function isSocket(socket: unknown): socket is Socket {
  if (!socket || typeof socket !== 'object') return false;
  const s = socket as Record<string, unknown>;
  if (typeof s['url'] !== 'string' || typeof s['via_transport'] !== 'string' || typeof s['sip_uri'] !== 'string')
    return false;
  if (!URI.parse(s['sip_uri'])) return false;
  return ['connect', 'disconnect', 'send'].every((name) => typeof s[name] === 'function');
}
