import { debugLog } from './debug.js';
import type { Socket } from './Socket.js';
import { WebSocketCommand, wasm } from './wasm.js';

const log = debugLog('WebSocketInterface');

/** A WebSocket with subprotocol `sip` (RFC 7118; JsSIP `WebSocketInterface`). */
export class WebSocketInterface implements Socket {
  _url: string;
  _sip_uri: string;
  _via_transport: string;
  _ws: number | null = null;
  onconnect?: () => void;
  ondisconnect?: (error: boolean, code?: number, reason?: string) => void;
  ondata?: <T>(data: T) => void;

  constructor(url: string) {
    const match = /^(wss?):\/\/(\[[^\]]+\]|[^/:?#]+)(:\d+)?([/?#]|$)/.exec(String(url));
    if (!match) throw new TypeError(`Invalid argument: ${url}`);
    this._url = String(url);
    this._sip_uri = `sip:${match[2]}${match[3] ?? ''};transport=ws`;
    this._via_transport = (match[1] as string).toUpperCase();
  }

  get via_transport(): string {
    return this._via_transport;
  }
  set via_transport(value: string) {
    this._via_transport = value.toUpperCase();
  }
  get sip_uri(): string {
    return this._sip_uri;
  }
  get url(): string {
    return this._url;
  }

  connect(): void {
    if (this.isConnected() || this.isConnecting()) return;
    log('connecting to %s', this._url);
    this._close();
    this._ws = wasm.websocket_open(this._url, {
      onopen: () => this.onconnect?.(),
      onclose: (error: boolean, code: number, reason: string) => {
        this._ws = null;
        this.ondisconnect?.(error, code, reason);
      },
      onmessage: (data: unknown) => this.ondata?.(data),
    });
  }

  disconnect(): void {
    log('disconnecting from %s', this._url);
    this._close();
  }

  send(message: string | ArrayBufferLike | Blob | ArrayBufferView): boolean {
    return this._ws !== null && wasm.websocket_command(this._ws, WebSocketCommand.Send, String(message)) === true;
  }

  isConnected(): boolean {
    return this._ws !== null && wasm.websocket_command(this._ws, WebSocketCommand.State) === 1;
  }

  isConnecting(): boolean {
    return this._ws !== null && wasm.websocket_command(this._ws, WebSocketCommand.State) === 0;
  }

  _close(): void {
    if (this._ws !== null) wasm.websocket_command(this._ws, WebSocketCommand.Close);
    this._ws = null;
  }
}
