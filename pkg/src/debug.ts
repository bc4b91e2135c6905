/**
 * Logs by namespace, as npm's `debug` has them, which is what JsSIP exports. Own code, because that package with its `ms`
 * weighs 2.4 kB and most of it is not for an application.
 */
type Log = (...args: unknown[]) => void;

/** Writes to one namespace. */
export interface Debugger {
  /** `%s` and its like are the console's. */
  (format: unknown, ...args: unknown[]): void;
  namespace: string;
  /** What is assigned here holds, whatever `enable()` says. */
  enabled: boolean;
  /** Where it writes instead of `debug.log`. */
  log?: Log | undefined;
  extend(name: string, delimiter?: string): Debugger;
}

/** What `debug` is: a logger for a namespace, and what is logged of all. */
export interface Debug {
  (namespace: string): Debugger;
  /** Namespaces after commas or spaces, `*` for any text, `-` before what stays silent. Remembered in `localStorage.debug`. */
  enable(namespaces: string): void;
  /** Returns what was enabled. */
  disable(): string;
  /** Whether a namespace is logged. */
  enabled(namespace: string): boolean;
  /** Where lines go. Default the console. */
  log: Log;
}

/** Node's console shows none. */
const colours = () => /webkit|firefox/i.test(globalThis.navigator?.userAgent);
/** Null until somebody asks: importing the package touches nothing of the page. */
let switched: string[] | null = null;

function remembered(): string | null | undefined {
  try {
    return localStorage.getItem('debug') || localStorage.getItem('DEBUG');
  } catch {
    // Node has none, a browser may forbid it.
    return null;
  }
}

const listed = (namespaces: unknown): string[] =>
  typeof namespaces === 'string' ? namespaces.split(/[\s,]+/).filter(Boolean) : [];

const chosen = (): string[] =>
  (switched ??= listed(
    remembered() || (globalThis as { process?: { env?: Record<string, string> } }).process?.env?.['DEBUG'],
  ));

function createDebug(namespace: string): Debugger {
  let before = 0;
  let decided: boolean | undefined;
  let hue = 0;
  for (const char of namespace) hue = (hue * 31 + char.charCodeAt(0)) % 360;
  const logger = ((format: unknown, ...args: unknown[]) => {
    if (!logger.enabled) return;
    const given = format instanceof Error ? format.stack : format;
    if (typeof given !== 'string') args.unshift(given);
    const text = typeof given === 'string' ? given.replaceAll('%%', '%') : '%O';
    const now = Date.now();
    const line = `${text} +${now - (before || now)}ms`;
    before = now;
    const shown = colours() ? [`%c${namespace}%c ${line}`, `color:hsl(${hue} 70% 40%)`, ''] : [`${namespace} ${line}`];
    (logger.log ?? debug.log)(...shown, ...args);
  }) as Debugger;
  logger.namespace = namespace;
  logger.extend = (name, delimiter = ':') => {
    const longer = createDebug(namespace + delimiter + name);
    longer.log = logger.log;
    return longer;
  };
  return Object.defineProperty(logger, 'enabled', {
    get: () => decided ?? debug.enabled(namespace),
    set: (on) => (decided = on),
  });
}

// eslint-disable-next-line no-console
const toConsole: Log = /* @__PURE__ */ (() => console.debug.bind(console))();

/** Logs by namespace (`viasip:*`), as npm's `debug` is used: `debug.enable('viasip:*')`. */
export const debug: Debug = /* @__PURE__ */ Object.assign(createDebug, {
  enable(namespaces: string) {
    switched = listed(namespaces);
    try {
      if (namespaces) localStorage.setItem('debug', namespaces);
      else localStorage.removeItem('debug');
    } catch {
      // Then for this page only.
    }
  },
  disable() {
    const before = chosen().join();
    debug.enable('');
    return before;
  },
  enabled(namespace: string) {
    // JsSIP's namespaces mean ours as well.
    const meets = (pattern: string) =>
      new RegExp(
        `^${pattern
          .replace(/[^\w*]/g, '\\$&')
          .replaceAll('*', '.*')
          .replaceAll('JsSIP', '(JsSIP|viasip)')}$`,
      ).test(namespace);
    return chosen().some(meets) && !chosen().some((pattern) => pattern[0] === '-' && meets(pattern.slice(1)));
  },
  log: toConsole,
});

/** The logger of one class, under `viasip:<class>`. */
export const debugLog = (name: string): Debugger => {
  const log = createDebug(`viasip:${name}`);
  // eslint-disable-next-line no-console
  log.log = console.info.bind(console);
  return log;
};
