import type { UA } from './UA.js';
import { assertSingleLine } from './Utils.js';
import { AgentCommand, type RegistrationState } from './core/border.js';

/** Parameters of the Contact of REGISTER, by name. */
export type ExtraContactParams = Record<string, string | number | boolean>;

/** The registration as applications see it (JsSIP `Registrator`). */
export class Registrator {
  _ua: UA;
  _registered = false;
  _extraHeaders: string[] = [];
  _contactParams = '';
  _path: readonly string[] = [];
  _serviceRoute: readonly string[] = [];
  _outbound = false;
  _push: { pns: string; pnsreg: number | null; pnspurr: string | null } | null = null;

  constructor(ua: UA) {
    this._ua = ua;
  }

  /** Whether the registrar has taken us. */
  get registered(): boolean {
    return this._registered;
  }
  /** The granted expiry in s, null while not registered. */
  get expires(): number | null {
    return this._state()?.[0] ?? null;
  }
  /** When the registration is refreshed, in ms as `Date.now()` counts. */
  get refreshAt(): number | null {
    return this._state()?.[1] ?? null;
  }

  /** The proxies that requests to us pass, as the registrar has them (Path, RFC 3327). Empty while not registered. */
  get path(): readonly string[] {
    return this._path;
  }
  /** The proxies that our requests outside a dialog pass (RFC 3608; `service_route`). Empty while not registered. */
  get serviceRoute(): readonly string[] {
    return this._serviceRoute;
  }
  /** Whether the registrar keeps a binding for each connection of ours (RFC 5626). False while not registered. */
  get outbound(): boolean {
    return this._outbound;
  }
  /**
   * What a proxy says of push notifications (RFC 8599): the service that it uses, how many s before the end of the registration it
   * wants a refresh, and what names our binding in dialogs. Null if none sends any.
   */
  get push(): { pns: string; pnsreg: number | null; pnspurr: string | null } | null {
    return this._push;
  }

  /** Lines `Name: value` for each REGISTER. */
  setExtraHeaders(extraHeaders: string[]): void {
    const headers = Array.isArray(extraHeaders) ? extraHeaders.slice() : [];
    headers.forEach((header) => assertSingleLine('header', header));
    this._extraHeaders = headers;
    this._apply();
  }

  /** Parameters of the Contact of REGISTER. */
  setExtraContactParams(params: ExtraContactParams): void {
    const entries = Object.entries(params ?? {});
    const text = entries.map(([key, value]) => (value ? `;${key}=${value}` : `;${key}`)).join('');
    assertSingleLine('contact parameter', text);
    this._contactParams = text;
    this._apply();
  }

  /** As `ua.register()`. */
  register(): void {
    this._ua.register();
  }
  /** A push notification has woken the page: looks whether the line lives, and refreshes the registration (RFC 8599). */
  wake(): void {
    this._ua._trail();
    this._ua._ask(AgentCommand.Wake);
  }
  /** As `ua.unregister()`. */
  unregister(options: { all?: boolean } = {}): void {
    this._ua.unregister(options);
  }
  /** Takes the registration back if there is one. */
  close(): void {
    if (this._registered) this.unregister();
  }
  /** Nothing: for callers of JsSIP's. */
  onTransportClosed(): void {}

  _apply(): void {
    this._ua._core?.ask(AgentCommand.RegistrationExtra, this._extraHeaders, this._contactParams);
  }
  _state(): RegistrationState | null {
    return this._ua._core?.ask(AgentCommand.Registration) ?? null;
  }
}
