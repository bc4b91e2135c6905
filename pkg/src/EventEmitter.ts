/** A listener as Node's `events` has it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Listener = (...args: any[]) => void;

interface Entry {
  listener: Listener;
  once: boolean;
}

/**
 * Node's emitter as JsSIP's users know it. A listener that throws does not keep the others from running: its error is
 * rethrown in a microtask and reaches `window.onerror`.
 */
export class EventEmitter {
  _entries: Map<string | symbol, Entry[]> = new Map();
  _maxListeners = 10;

  on(event: string | symbol, listener: Listener): this {
    return this._add(event, { listener, once: false }, false);
  }

  addListener(event: string | symbol, listener: Listener): this {
    return this.on(event, listener);
  }

  once(event: string | symbol, listener: Listener): this {
    return this._add(event, { listener, once: true }, false);
  }

  prependListener(event: string | symbol, listener: Listener): this {
    return this._add(event, { listener, once: false }, true);
  }

  prependOnceListener(event: string | symbol, listener: Listener): this {
    return this._add(event, { listener, once: true }, true);
  }

  off(event: string | symbol, listener: Listener): this {
    const entries = this._entries.get(event);
    if (entries) {
      const at = entries.map((e) => e.listener).lastIndexOf(listener);
      if (at >= 0) {
        const rest = entries.filter((_, i) => i !== at);
        if (rest.length > 0) this._entries.set(event, rest);
        else this._entries.delete(event);
        this._listenersChanged(event);
      }
    }
    return this;
  }

  removeListener(event: string | symbol, listener: Listener): this {
    return this.off(event, listener);
  }

  removeAllListeners(event?: string | symbol): this {
    const names = event === undefined ? [...this._entries.keys()] : [event];
    for (const name of names) {
      this._entries.delete(name);
      this._listenersChanged(name);
    }
    return this;
  }

  emit(event: string | symbol, ...args: unknown[]): boolean {
    const entries = this._entries.get(event);
    if (!entries) return false;
    for (const entry of entries) {
      if (entry.once) this.off(event, entry.listener);
      try {
        entry.listener.apply(this, args);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    return true;
  }

  listeners(event: string | symbol): Listener[] {
    return (this._entries.get(event) ?? []).map((e) => e.listener);
  }

  rawListeners(event: string | symbol): Listener[] {
    return this.listeners(event);
  }

  listenerCount(event: string | symbol): number {
    return this._entries.get(event)?.length ?? 0;
  }

  eventNames(): (string | symbol)[] {
    return [...this._entries.keys()];
  }

  setMaxListeners(n: number): this {
    this._maxListeners = n;
    return this;
  }

  getMaxListeners(): number {
    return this._maxListeners;
  }

  /** For subclasses that have to know who listens. */
  _listenersChanged(_event: string | symbol): void {}

  _add(event: string | symbol, entry: Entry, first: boolean): this {
    if (typeof entry.listener !== 'function') {
      throw new TypeError('The "listener" argument must be of type Function');
    }
    const entries = this._entries.get(event) ?? [];
    this._entries.set(event, first ? [entry, ...entries] : [...entries, entry]);
    this._listenersChanged(event);
    return this;
  }
}
