import createDebug, { type Debug } from 'debug';

const enable = createDebug.enable.bind(createDebug);
// JsSIP's namespaces switch ours on as well.
createDebug.enable = (namespaces: string) => enable(`${namespaces},${namespaces.replace(/JsSIP/g, 'viasip')}`);

export const debug: Debug = createDebug;

/** The logger of one class, under `viasip:<class>`. */
export const debugLog = (name: string): ((format: string, ...args: unknown[]) => void) => {
  const log = createDebug(`viasip:${name}`);
  // eslint-disable-next-line no-console
  log.log = console.info.bind(console);
  return log;
};
