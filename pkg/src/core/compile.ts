/** From what an application says where the wasm is to a compiled module, with errors that say what to do. */

/** Where the wasm is, or itself. */
export type Source = RequestInfo | URL | Response | BufferSource | WebAssembly.Module | Promise<Response>;

/** Fetches and compiles. */
export async function compile(source: Source): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    return WebAssembly.compile(source).catch((cause: unknown) => {
      throw uncompiled('the given bytes', cause);
    });
  }
  const response = await (isRequest(source) ? fetched(source) : source);
  const where = response.url || 'the given response';
  if (!response.ok) throw new Error(`viasip: fetching the wasm from ${where} gave ${response.status}. ${ADVICE}`);
  const type = response.headers.get('content-type') ?? '';
  if (/^text\/html/i.test(type)) throw new Error(`viasip: ${where} is a page (text/html), not the wasm. ${ADVICE}`);
  try {
    return await (/^application\/wasm/i.test(type)
      ? WebAssembly.compileStreaming(response)
      : WebAssembly.compile(await response.arrayBuffer()));
  } catch (cause) {
    throw uncompiled(`what ${where} gave`, cause);
  }
}

/** What a start fails with whose bytes the browser does not compile. Its text may blame a policy by a name that allows too much. */
export function uncompiled(what: string, cause: unknown): Error {
  const policy = /unsafe-eval|Content Security Policy|\bCSP\b/i.test(String(cause));
  const advice = policy ? "The page's Content Security Policy has to allow 'wasm-unsafe-eval'." : ADVICE;
  return new Error(`viasip: ${what} could not be compiled (${String(cause)}). ${advice}`, { cause });
}

const ADVICE =
  "Pass its URL, `init(url)`, or import from 'viasip/inline', which has it inside; docs/bundlers.md says how for each tool.";

const isRequest = (source: Source): source is RequestInfo | URL =>
  typeof source === 'string' || source instanceof URL || (typeof Request !== 'undefined' && source instanceof Request);

async function fetched(source: RequestInfo | URL): Promise<Response> {
  const where = typeof source === 'string' ? source : source instanceof URL ? source.href : source.url;
  if (where.startsWith('file:')) {
    throw new Error(
      `viasip: a file cannot be fetched here (${where}). Read it and pass its bytes, \`init(bytes)\`, or import from 'viasip/inline'.`,
    );
  }
  try {
    return await fetch(source);
  } catch (cause) {
    throw new Error(`viasip: the wasm could not be fetched from ${where}. ${elsewhere(where)}${ADVICE}`, { cause });
  }
}

/** What a fetch from another origin fails for besides; browsers do not tell a page which. */
function elsewhere(where: string): string {
  const { origin, href } = globalThis.location ?? {};
  return !origin || new URL(where, href).origin === origin
    ? ''
    : `It is of another origin: has its server allowed this one (Access-Control-Allow-Origin: ${origin})? `;
}
