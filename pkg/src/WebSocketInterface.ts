import { debugLog } from './debug.js';
import type { Socket } from './Socket.js';

const log = /* @__PURE__ */ debugLog('WebSocketInterface');

/** A WebSocket with subprotocol `sip` (RFC 7118; JsSIP `WebSocketInterface`). */
export class WebSocketInterface implements Socket {
  _url: string;
  _sip_uri: string;
  _via_transport: string;
  _ws: WebSocket | null = null;
  /** Called when the connection stands. The transport sets it. */
  onconnect?: () => void;
  /** Called when it is gone. The transport sets it. */
  ondisconnect?: (error: boolean, code?: number, reason?: string) => void;
  /** Called for each frame. The transport sets it. */
  ondata?: <T>(data: T) => void;

  constructor(url: string) {
    const match = /^(wss?):\/\/(\[[^\]]+\]|[^/:?#]+)(:\d+)?([/?#]|$)/.exec(String(url));
    if (!match) throw new TypeError(`Invalid argument: ${url}`);
    this._url = String(url);
    this._sip_uri = `sip:${match[2]}${match[3] ?? ''};transport=ws`;
    this._via_transport = (match[1] as string).toUpperCase();
  }

  /** What stands in Via: `WSS` or `WS`, or what was assigned. */
  get via_transport(): string {
    return this._via_transport;
  }
  set via_transport(value: string) {
    this._via_transport = value.toUpperCase();
  }
  /** The server as a URI, for Route. */
  get sip_uri(): string {
    return this._sip_uri;
  }
  /** As it was given. */
  get url(): string {
    return this._url;
  }

  /** Connects, unless it is connected. */
  connect(): void {
    if (this.isConnected() || this.isConnecting()) return;
    log('connecting to %s', this._url);
    this._close();
    const socket = new WebSocket(this._url, 'sip');
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this.onconnect?.();
    socket.onmessage = ({ data }: MessageEvent<unknown>) => this.ondata?.(data);
    socket.onclose = ({ wasClean, code, reason }) => {
      this._ws = null;
      this.ondisconnect?.(!wasClean, code, reason);
    };
    this._ws = socket;
  }

  /** Closes. */
  disconnect(): void {
    log('disconnecting from %s', this._url);
    this._close();
  }

  /** Sends a frame; false if there is no connection. */
  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    if (!this._ws || !this.isConnected()) return false;
    try {
      this._ws.send(String(message));
      return true;
    } catch {
      // The connection went in between: the core hears that this message was not sent.
      return false;
    }
  }

  /** Bytes that were sent and have not left the page: of a line that carries nothing they stay. */
  get bufferedAmount(): number {
    return this._ws?.bufferedAmount ?? 0;
  }

  /** Whether the connection stands. */
  isConnected(): boolean {
    return this._ws?.readyState === 1;
  }

  /** Whether it is being made. */
  isConnecting(): boolean {
    return this._ws?.readyState === 0;
  }

  /** Lets go of the socket: what it says afterwards is nobody's. */
  _close(): void {
    const socket = this._ws;
    if (!socket) return;
    this._ws = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
