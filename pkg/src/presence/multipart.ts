/** Bodies of several parts: RFC 2046 5.1, and what SIP says of them (RFC 5621). */
import type { IncomingRequest, IncomingResponse } from '../SIPMessage.js';

/** A part of such a body. */
export interface BodyPart {
  /** Without its brackets. */
  content_id: string | null;
  /** Its media type with its parameters. */
  content_type: string;
  /** What it is for, and whether it may be left aside: `render;handling=optional`. */
  content_disposition: string | null;
  /** What it holds, as it is written. */
  body: string;
}

/** Parts that are read at most. */
const MAX_PARTS = 512;

/** Parts inside parts that are read at most. */
const MAX_DEPTH = 4;

const read = new WeakMap<IncomingRequest | IncomingResponse, BodyPart[]>();

/**
 * What a message holds, as a list without nesting: the parts of its body, and of those that are of several parts themselves; a body
 * of one kind is one part, and no body none. It is read when it is asked for, once.
 */
export function partsOf(message: IncomingRequest | IncomingResponse): BodyPart[] {
  let parts = read.get(message);
  if (!parts) {
    const field = (name: string) => message.getHeader(name) ?? null;
    const whole = {
      content_id: bare(field('Content-ID')),
      content_type: field('Content-Type') ?? 'text/plain',
      content_disposition: field('Content-Disposition'),
      body: message.body,
    };
    parts = message.body ? flat(whole, MAX_DEPTH) : [];
    read.set(message, parts);
  }
  return parts;
}

function flat(part: BodyPart, depth: number): BodyPart[] {
  const inside = depth > 0 ? readMultipart(part.body, part.content_type) : [];
  return inside.length ? inside.flatMap((inner) => flat(inner, depth - 1)).slice(0, MAX_PARTS) : [part];
}

/** Takes a multipart body apart (RFC 2046 5.1); empty if it is none. */
export function readMultipart(body: string, contentType: string): BodyPart[] {
  const boundary = /^\s*multipart\/[\w-]+\s*;(?:[^"]|"[^"]*")*?\bboundary\s*=\s*("?)([^";]{1,70})\1/i.exec(
    contentType,
  )?.[2];
  if (!boundary) return [];
  const parts: BodyPart[] = [];
  // What is before the first and behind the last boundary is no part.
  const pieces = `\r\n${body.replace(/\r\n|\r|\n/g, '\r\n')}`.split(`\r\n--${boundary.trim()}`).slice(1, MAX_PARTS + 2);
  for (const piece of pieces) {
    if (piece.startsWith('--')) break;
    const [head, ...rest] = piece.replace(/^[ \t]*\r\n/, '\r\n').split('\r\n\r\n');
    const field = (name: string) =>
      new RegExp(`\\r\\n${name}[ \\t]*:[ \\t]*([^\\r]*)`, 'i').exec(head ?? '')?.[1]?.trim();
    parts.push({
      content_id: bare(field('Content-ID')),
      content_type: field('Content-Type') ?? 'text/plain',
      content_disposition: field('Content-Disposition') ?? null,
      body: rest.join('\r\n\r\n'),
    });
  }
  return parts;
}

/** A Content-ID without its brackets. */
export const bare = (id: string | null | undefined): string | null => id?.replace(/^(?:cid:)?<?|>$/gi, '') || null;

/**
 * Puts parts together, as `{ contentType, body }` for what is to be sent. `kind` is the subtype: `mixed`, `related`, `alternative`.
 * What stands in a header may not break its line: TypeError.
 */
export function writeMultipart(
  parts: (Pick<BodyPart, 'content_type' | 'body'> & Partial<BodyPart>)[],
  kind = 'mixed',
): { contentType: string; body: string } {
  // No part has a random one in it.
  const boundary = `part-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
  const written = parts.map(({ content_type, content_disposition, content_id, body }) => {
    const head = [
      `Content-Type: ${content_type}`,
      content_disposition && `Content-Disposition: ${content_disposition}`,
      content_id && `Content-ID: <${content_id}>`,
    ].filter(Boolean);
    for (const line of head)
      if (/[\r\n\0]/.test(line as string)) throw new TypeError(`Invalid header of a part: ${line}`);
    return `--${boundary}\r\n${head.join('\r\n')}\r\n\r\n${body}\r\n`;
  });
  if (!/^[\w-]+$/.test(kind)) throw new TypeError(`Invalid kind of a multipart body: ${kind}`);
  return { contentType: `multipart/${kind};boundary=${boundary}`, body: `${written.join('')}--${boundary}--\r\n` };
}
