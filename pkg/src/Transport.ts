import type { Socket, WeightedSocket } from './Socket.js';
import type { UA } from './UA.js';
import { AgentCommand } from './core/border.js';

/** A server of the configuration. */
export interface Server extends WeightedSocket {
  /** `SOCKET_STATUS_READY` or `SOCKET_STATUS_ERROR` of `Transport.C`. */
  status: number;
}

/** s between attempts to connect. */
export interface RecoveryOptions {
  min_interval: number;
  max_interval: number;
}

/** The line to the servers as applications see it (JsSIP `Transport`); the core decides which and when. */
export class Transport {
  static get C() {
    return {
      STATUS_CONNECTED: 0,
      STATUS_CONNECTING: 1,
      STATUS_DISCONNECTED: 2,
      SOCKET_STATUS_READY: 0,
      SOCKET_STATUS_ERROR: 1,
    };
  }

  status = 2;
  socket: Socket;
  sockets: Server[];
  _ua: UA;

  constructor(ua: UA, sockets: Server[]) {
    this._ua = ua;
    this.sockets = sockets;
    this.socket = sockets.reduce((best, entry) => (entry.weight > best.weight ? entry : best)).socket;
  }

  get via_transport(): string {
    return this.socket.via_transport;
  }
  get url(): string {
    return this.socket.url;
  }
  get sip_uri(): string {
    return this.socket.sip_uri;
  }

  connect(): void {
    this._ua._open().ask(AgentCommand.Connect);
  }
  disconnect(): void {
    this._ua._open().ask(AgentCommand.Disconnect);
  }
  send(data: string): boolean {
    return this.isConnected() && this.socket.send(String(data));
  }
  isConnected(): boolean {
    return this.status === 0;
  }
  isConnecting(): boolean {
    return this.status === 1;
  }
}
