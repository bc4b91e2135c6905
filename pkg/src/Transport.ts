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
  /** The numbers of `status`. */
  static get C() {
    return {
      STATUS_CONNECTED: 0,
      STATUS_CONNECTING: 1,
      STATUS_DISCONNECTED: 2,
      SOCKET_STATUS_READY: 0,
      SOCKET_STATUS_ERROR: 1,
    };
  }

  /** How the line is: one of the `STATUS_*` of `C`. */
  status = 2;
  /** The one that requests go by. */
  socket: Socket;
  /** All, with their weights. */
  sockets: Server[];
  _ua: UA;

  constructor(ua: UA, sockets: Server[]) {
    this._ua = ua;
    this.sockets = sockets;
    this.socket = sockets.reduce((best, entry) => (entry.weight > best.weight ? entry : best)).socket;
  }

  /** That of `socket`. */
  get via_transport(): string {
    return this.socket.via_transport;
  }
  /** That of `socket`. */
  get url(): string {
    return this.socket.url;
  }
  /** That of `socket`. */
  get sip_uri(): string {
    return this.socket.sip_uri;
  }

  /** Connects; `ua.start()` does it. */
  connect(): void {
    this._ua._open().ask(AgentCommand.Connect);
  }
  /** Closes the connection; `ua.stop()` says good-bye before. */
  disconnect(): void {
    this._ua._open().ask(AgentCommand.Disconnect);
  }
  /** Sends a text as it is; false if there is no line. */
  send(data: string): boolean {
    return this.isConnected() && this.socket.send(String(data));
  }
  /** Whether there is a line. */
  isConnected(): boolean {
    return this.status === 0;
  }
  /** Whether one is being made. */
  isConnecting(): boolean {
    return this.status === 1;
  }
}
