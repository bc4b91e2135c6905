import { URI } from './URI.js';

/** What a transport needs of a socket: an application may bring its own (JsSIP `Socket`). */
export interface Socket {
  get via_transport(): string;
  set via_transport(value: string);
  get url(): string;
  get sip_uri(): string;
  connect(): void;
  disconnect(): void;
  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean;
  isConnected?(): boolean;
  isConnecting?(): boolean;
  onconnect?(): void;
  ondisconnect?(error: boolean, code?: number, reason?: string): void;
  ondata?<T>(data: T): void;
}

/** A socket, and how much it is preferred. */
export interface WeightedSocket {
  socket: Socket;
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
