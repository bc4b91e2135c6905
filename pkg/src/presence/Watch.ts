import { EventEmitter } from '../EventEmitter.js';
import { AgentCommand, Kind, SubscriptionCommand, type DialogNames, type Told } from '../core/border.js';
import type { IncomingRequest } from '../SIPMessage.js';
import type { UA } from '../UA.js';
import type { URI } from '../URI.js';
import { KINDS, type Reading, type WatchKind, type WatchStates } from './kinds.js';
import { readResourceList } from './resourceList.js';

/** Options of `ua.watch()`. */
export interface WatchOptions {
  /** Seconds that a subscription is asked for; it is refreshed in time. Default 3600. */
  expires?: number;
  /** Lines `Name: value` for each SUBSCRIBE. */
  extraHeaders?: string[];
  /** Whether `target` is a list of somebodies (RFC 4662): then `resources` has the state of each. Default false. */
  list?: boolean;
}

/**
 * `subscribing`: nothing is known yet. `pending`: somebody has to allow it. `active`: `state` is what is. `waiting`: the
 * subscription ended, or the connection is gone, `state` is what was, and it is asked for anew. `ended`: for good.
 */
export type WatchStatus = 'subscribing' | 'pending' | 'active' | 'waiting' | 'ended';

/** What is told of the subscription. */
export interface WatchStatusEvent {
  /** How it is now. */
  status: WatchStatus;
  /** Why it ended: that of the notifier (RFC 6665 4.1.3), such as `rejected` or `noresource`. */
  reason?: string;
  /** The status code of the answer that ended it. */
  status_code?: number;
  /** Seconds until it is asked for anew; absent where there is no connection to do so. */
  retryIn?: number;
}

/** The events of a `Watch`. */
export interface WatchEventMap<State> {
  /**
   * The state has changed. `resource` names the member of a list that it is of. `request` is null where one of several phones that
   * told of theirs has left.
   */
  state: (event: { state: State; request: IncomingRequest | null; resource?: string }) => void;
  /** The subscription has. */
  status: (event: WatchStatusEvent) => void;
}

/** A member of a list. */
export interface WatchedResource<State> {
  /** What it is called. */
  name: string | null;
  /** Of the subscription to it. */
  status: 'active' | 'pending' | 'terminated';
  /** Why that ended (RFC 6665 4.1.3). */
  reason: string | null;
  /** What is known of it, null before anything is. */
  state: State | null;
}

/** Members of a list that are kept at most. */
const MAX_RESOURCES = 1024;

/** ms after which a server that was asked for the whole state, and did not tell it, is asked again. */
const WHOLE_AGAIN_MS = 30_000;

/** Somebody's state, kept right until `close()`. Made by `watch()`. */
export class Watch<K extends WatchKind = WatchKind> extends EventEmitter<WatchEventMap<WatchStates[K]>> {
  /** What is watched. */
  readonly kind: K;
  /** Whose state it is. */
  readonly target: URI;
  _ua: UA;
  _handleId: number;
  _reading: Reading<WatchStates[K]>;
  _state: WatchStates[K] | null = null;
  _resources = new Map<string, WatchedResource<WatchStates[K]>>();
  _status: WatchStatus = 'subscribing';
  /** Call-ID of the subscription that the state is of: another one begins with a whole state. */
  _callId: string | null = null;
  /** What each phone says, by the tag of its dialog: a SUBSCRIBE that a proxy forks reaches several (RFC 6665 5.4.9). */
  _forks = new Map<string, WatchStates[K]>();
  _closed = false;
  /** When the whole state was asked for, until it is known. */
  _askedAt: number | null = null;

  constructor(ua: UA, target: string | URI, kind: K, options: WatchOptions = {}) {
    super();
    const uri = ua.normalizeTarget(target);
    if (!uri) throw new TypeError(`Invalid target: ${target}`);
    if (!Object.hasOwn(KINDS, kind)) throw new TypeError(`Invalid kind: ${kind}`);
    const { expires = 3600, extraHeaders = [], list = false } = options;
    if (!(Number.isInteger(expires) && expires > 0)) throw new TypeError(`Invalid expires: ${expires}`);
    this.kind = kind;
    this.target = uri;
    this._ua = ua;
    this._reading = KINDS[kind] as Reading<WatchStates[K]>;
    const accept = list ? `${this._reading.accept}, application/rlmi+xml, multipart/related` : this._reading.accept;
    const core = ua._open();
    this._handleId = core.ask(AgentCommand.Reserve);
    core.handles.set(this._handleId, this);
    try {
      const lines = list ? [...extraHeaders, 'Supported: eventlist'] : extraHeaders;
      core.subscription(this._handleId, SubscriptionCommand.Watch, `${uri}`, kind, accept, expires, lines);
    } catch (error) {
      core.handles.delete(this._handleId);
      throw error;
    }
  }

  /** What is known; null before anything is. It is a new object each time. */
  get state(): WatchStates[K] | null {
    return this._state;
  }

  /** The members of a list by their URIs. */
  get resources(): ReadonlyMap<string, WatchedResource<WatchStates[K]>> {
    return this._resources;
  }

  /** How the subscription is. */
  get status(): WatchStatus {
    return this._status;
  }

  /** Ends the subscription. Nothing is told any more but `status` `ended`. */
  close(): void {
    if (this._closed || this._status === 'ended') return;
    this._closed = true;
    this._again(true);
  }

  /** Asks for the whole state anew. */
  refresh(): void {
    if (!this._closed && this._status !== 'ended') this._again(false);
  }

  _again(ends: boolean): void {
    this._ua._open().subscription(this._handleId, SubscriptionCommand.SubscribeAgain, ends, null);
  }

  _handle(told: Told): void {
    switch (told[0]) {
      case Kind.SubscriptionPending:
        return this._changed({ status: 'pending' });
      case Kind.SubscriptionActive:
        return this._changed({ status: 'active' });
      case Kind.SubscriptionNotify: {
        const [, , dialog, ends, raw] = told;
        if (!this._closed) this._notified(dialog, ends, raw);
        return;
      }
      case Kind.SubscriptionForkEnded: {
        const left = this._forks.delete(told[2]?.[2] ?? '');
        if (left && this._forks.size && !this._closed) this._merged(null);
        return;
      }
      case Kind.SubscriptionWaiting: {
        const [, , , , reason, status_code, retryIn] = told;
        return this._changed(said({ status: 'waiting', reason, status_code, retryIn }));
      }
      case Kind.SubscriptionTerminated: {
        const [, , , , reason, , status_code] = told;
        return this._changed(said({ status: 'ended', reason, status_code }));
      }
    }
  }

  _changed(event: WatchStatusEvent): void {
    if (this._closed && event.status !== 'ended') return;
    this._status = event.status;
    this.emit('status', event);
  }

  _notified(dialog: DialogNames | null, ends: boolean, raw: string): void {
    const request = this._ua._request(raw) as IncomingRequest;
    const fresh = dialog !== null && dialog[0] !== this._callId;
    if (dialog) [this._callId] = dialog;
    if (fresh) this._forks.clear();
    const tag = dialog?.[2] ?? '';
    const others = this._forks.size - (this._forks.has(tag) ? 1 : 0);
    // The last word of one of several: what it says leaves with it.
    if (ends && others) return;
    const type = request.getHeader('Content-Type') ?? this._reading.accept;
    if (/^multipart\//i.test(type)) return this._listed(request, type, fresh);
    const { nothing, after } = this._reading;
    // A presence that nobody publishes any more has no body either; a lamp that has told something keeps to it.
    const before = this._forks.get(tag) ?? null;
    const empty = before && this.kind !== 'presence' ? before : nothing;
    const state = request.body ? after(before, request.body) : empty;
    if (state !== undefined) this._complete(state !== null);
    if (!state || state === before) return;
    this._forks.set(tag, state);
    this._merged(request);
  }

  /**
   * Whether nothing is missing of the state. Something is where a partial one does not follow from the one before: then the whole is
   * asked for, but of a server that never tells it no faster than this.
   */
  _complete(complete: boolean): void {
    const now = performance.now();
    if (!complete && now - (this._askedAt ?? -Infinity) >= WHOLE_AGAIN_MS) {
      this._askedAt = now;
      this._again(false);
    }
    if (complete) this._askedAt = null;
  }

  /** What all of them say together. */
  _merged(request: IncomingRequest | null): void {
    const [first, ...others] = this._forks.values();
    if (first) this._became(others.length ? this._reading.together([first, ...others]) : first, request);
  }

  _became(state: WatchStates[K], request: IncomingRequest | null): void {
    this._state = state;
    this.emit('state', { state, request });
  }

  _listed(request: IncomingRequest, type: string, fresh: boolean): void {
    const list = readResourceList(request.body, type);
    if (!list) return;
    const before = this._resources;
    this._resources = new Map(list.full ? [] : before);
    let missing = false;
    for (const { uri, name, instances } of list.resources) {
      const { part = null, state: status = 'pending' as const, reason = null } = instances[0] ?? {};
      const known = before.get(uri)?.state ?? null;
      const after = part && this._reading.after(fresh ? null : known, part.body);
      missing ||= part !== null && after === null;
      const state = after ?? known;
      if (this._resources.size >= MAX_RESOURCES && !this._resources.has(uri)) continue;
      this._resources.set(uri, { name, status, reason, state });
      if (after && after !== known) this.emit('state', { state: after, request, resource: uri });
    }
    this._complete(!missing);
  }
}

/** Without what was not said. */
const said = (event: Record<keyof WatchStatusEvent, unknown> | Record<string, unknown>): WatchStatusEvent =>
  Object.fromEntries(
    Object.entries(event).filter(([, value]) => value !== null && value !== undefined),
  ) as unknown as WatchStatusEvent;
