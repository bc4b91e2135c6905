/** A listener as Node's `events` has it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Listener = (...args: any[]) => void;

type Listeners<Names> = { [K in keyof Names]: Listener };
/** Of an emitter that declares no events. */
type AnyEvent = Record<string | symbol, Listener>;

/** What is called; for `once` a wrapper that knows the listener. */
type Entry = Listener & { listener?: Listener };

/** Listeners by event, with nothing inherited: `toString` is no event. As a class its objects share their shape. */
class Registered {
  [event: string | symbol]: Entry[];
}
Object.setPrototypeOf(Registered.prototype, null);
delete (Registered.prototype as { constructor?: unknown }).constructor;

const given = (entry: Entry): Listener => entry.listener ?? entry;

/**
 * Node's emitter as JsSIP's users know it. A listener that throws does not keep the others from running: its error is
 * rethrown in a microtask and reaches `window.onerror`. `On` and `Once` say which events there are, and what their listeners
 * are given: a misspelt name does not compile.
 */
export class EventEmitter<On extends Listeners<On> = AnyEvent, Once extends Listeners<Once> = On> {
  _events = new Registered();
  _maxListeners = 10;

  /** Adds a listener. */
  on<K extends keyof On>(event: K, listener: On[K]): this;
  on(event: string | symbol, listener: Listener): this {
    return this._add(event, listener, false);
  }

  /** The same as `on()`. */
  addListener<K extends keyof On>(event: K, listener: On[K]): this;
  addListener(event: string | symbol, listener: Listener): this {
    return this.on(event as keyof On, listener as On[keyof On]);
  }

  /** Adds a listener for the next time only. */
  once<K extends keyof Once>(event: K, listener: Once[K]): this;
  once(event: string | symbol, listener: Listener): this {
    return this.on(event as keyof On, this._once(event, listener) as On[keyof On]);
  }

  /** Adds a listener before the others. */
  prependListener<K extends keyof On>(event: K, listener: On[K]): this;
  prependListener(event: string | symbol, listener: Listener): this {
    return this._add(event, listener, true);
  }

  /** Adds a listener before the others, for the next time only. */
  prependOnceListener<K extends keyof Once>(event: K, listener: Once[K]): this;
  prependOnceListener(event: string | symbol, listener: Listener): this {
    return this._add(event, this._once(event, listener), true);
  }

  /** Takes a listener away: of several that are the same, the last. */
  off(event: string | symbol, listener: Listener): this {
    check(listener);
    const entries = this._events[event] ?? [];
    let at = entries.length - 1;
    while (at >= 0 && entries[at] !== listener && entries[at]?.listener !== listener) at -= 1;
    if (at < 0) return this;
    // A copy: who is being told goes on with the list that it has.
    if (entries.length > 1) this._events[event] = entries.filter((_, i) => i !== at);
    else delete this._events[event];
    this._listenersChanged(event);
    if (this._events['removeListener']) this.emit('removeListener', event, given(entries[at] as Entry));
    return this;
  }

  /** The same as `off()`. */
  removeListener(event: string | symbol, listener: Listener): this {
    return this.off(event, listener);
  }

  /** Takes all listeners away, or those of an event. */
  removeAllListeners(event?: string | symbol): this {
    for (const name of event === undefined ? this.eventNames() : [event]) {
      for (const entry of this.rawListeners(name).reverse()) this.off(name, entry);
    }
    return this;
  }

  /** Tells the listeners, and returns whether there were any. */
  emit(event: string | symbol, ...args: unknown[]): boolean {
    const entries = this._events[event];
    if (!entries) {
      if (event !== 'error') return false;
      throw args[0] instanceof Error ? args[0] : new Error(`Unhandled error.${args[0] ? ` (${args[0]})` : ''}`);
    }
    for (const entry of entries) {
      try {
        entry.apply(this, args);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    return true;
  }

  /** The listeners of an event. */
  listeners(event: string | symbol): Listener[] {
    return this.rawListeners(event).map(given);
  }

  /** The same; of `once()` as it is kept. */
  rawListeners(event: string | symbol): Listener[] {
    return [...(this._events[event] ?? [])];
  }

  /** How many there are. */
  listenerCount(event: string | symbol): number {
    return this._events[event]?.length ?? 0;
  }

  /** The events that have listeners. */
  eventNames(): (string | symbol)[] {
    return Reflect.ownKeys(this._events);
  }

  /** For callers of Node's: there is no limit. */
  setMaxListeners(n: number): this {
    this._maxListeners = n;
    return this;
  }

  /** What `setMaxListeners()` was given; 10. */
  getMaxListeners(): number {
    return this._maxListeners;
  }

  /** For subclasses that have to know who listens. */
  _listenersChanged(_event: string | symbol): void {}

  _once(event: string | symbol, listener: Listener): Entry {
    check(listener);
    let told = false;
    const entry: Entry = (...args) => {
      // An emit inside an emit may have come first.
      if (told) return;
      told = true;
      this.off(event, entry);
      listener.apply(this, args);
    };
    entry.listener = listener;
    return entry;
  }

  _add(event: string | symbol, entry: Entry, first: boolean): this {
    check(entry);
    if (this._events['newListener']) this.emit('newListener', event, given(entry));
    const entries = this._events[event] ?? [];
    this._events[event] = first ? [entry, ...entries] : [...entries, entry];
    this._listenersChanged(event);
    return this;
  }
}

function check(listener: unknown): void {
  if (typeof listener !== 'function')
    throw new TypeError(`The "listener" argument must be of type Function. Received type ${typeof listener}`);
}
