/**
 * UTF-8, for the files to which the build gives it: jsdom, in which Jest runs applications, has neither class, and the glue makes one on import. There Node's
 * Buffer takes their place; it is not named directly, or bundlers would add a Buffer of theirs.
 */
interface Bytes {
  from(what: string | Uint8Array | number[]): Uint8Array & { toString(): string };
}
const { Buffer: bytes } = globalThis as unknown as { Buffer: Bytes };

export const TextDecoder =
  globalThis.TextDecoder ??
  class {
    decode(utf8?: Uint8Array): string {
      return bytes.from(utf8 ?? []).toString();
    }
  };

export const TextEncoder =
  globalThis.TextEncoder ??
  class {
    encode(text = ''): Uint8Array {
      return bytes.from(text);
    }
    /** Writes all of it, or nothing where there is no room. */
    encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
      const utf8 = this.encode(text);
      const fits = utf8.length <= into.length;
      if (fits) into.set(utf8);
      return fits ? { read: text.length, written: utf8.length } : { read: 0, written: 0 };
    }
  };
