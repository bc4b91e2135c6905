import type { AnyRequest } from './core/border.js';
import type { IncomingRequest, OutgoingRequest } from './SIPMessage.js';
import type { UA } from './UA.js';

/** What a property is made by, and its accessors, which all objects share that have one of this name. */
interface Lazy {
  maker: symbol;
  accessors: PropertyDescriptor & ThisType<Record<symbol, () => unknown>>;
}
const known = new Map<string, Lazy>();

function lazy(name: string): Lazy {
  const maker = Symbol(name);
  const plain = (object: object, value: unknown): unknown => {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
    return value;
  };
  const accessors: Lazy['accessors'] = {
    get() {
      return plain(this, (this[maker] as () => unknown)());
    },
    set(value) {
      plain(this, value);
    },
    enumerable: true,
    configurable: true,
  };
  const made = { maker, accessors };
  known.set(name, made);
  return made;
}

/**
 * Gives `object` a property that is made when somebody first looks at it, and is a plain one from then on. Most applications
 * never look at the message of an event, and to build it costs more than to receive it. `Object.keys`, spread and JSON find the
 * property like any other.
 */
export function lazily<T extends object, K extends string, V>(object: T, name: K, make: () => V): T & Record<K, V> {
  const { maker, accessors } = known.get(name) ?? lazy(name);
  (object as Record<symbol, () => V>)[maker] = make;
  return Object.defineProperty(object, name, accessors) as T & Record<K, V>;
}

/** What has a request of which most applications look at nothing. */
export interface WithRequest {
  _ua: UA;
  /** What it is made of, until somebody looks at it. */
  _told: AnyRequest;
  _made: IncomingRequest | OutgoingRequest | null;
}

/**
 * The request, made when somebody first looks at it. For getters of a class: `lazily` would cost each of its objects a
 * definition, and the shape that it shares with the others.
 */
export function requestOf(object: WithRequest): IncomingRequest | OutgoingRequest | null {
  const told = object._told;
  if (told !== null) {
    object._told = null;
    object._made = object._ua._request(told);
  }
  return object._made;
}
