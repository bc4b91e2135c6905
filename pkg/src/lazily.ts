/**
 * Gives `object` a property that is made when somebody first looks at it, and is a plain one from then on. Most applications
 * never look at the message of an event, and to build it costs more than to receive it. `Object.keys`, spread and JSON find the
 * property like any other.
 */
export function lazily<T extends object, K extends string, V>(object: T, name: K, make: () => V): T & Record<K, V> {
  const plain = (value: V): V => {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
    return value;
  };
  Object.defineProperty(object, name, { get: () => plain(make()), set: plain, enumerable: true, configurable: true });
  return object as T & Record<K, V>;
}
