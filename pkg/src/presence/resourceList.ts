/** The state of a whole list of somebodies in one body: RFC 4662, `multipart/related` that begins with `application/rlmi+xml`. */
import { attribute, children, root, text, whole, word } from './xml.js';

/** A part of a multipart body (RFC 2046 5.1). */
export interface BodyPart {
  content_id: string | null;
  content_type: string;
  body: string;
}

/** A subscription to a member (RFC 4662 5.5). */
export interface ListInstance {
  id: string;
  state: 'active' | 'pending' | 'terminated';
  reason: string | null;
  /** What is told of it; null if it is not in this body. */
  part: BodyPart | null;
}

/** A member of a list (RFC 4662 5.4). */
export interface ListResource {
  /** Who, as a URI. */
  uri: string;
  name: string | null;
  instances: ListInstance[];
}

/** A list (RFC 4662 5). */
export interface ResourceList {
  /** Of the list, as a URI. */
  uri: string | null;
  version: number | null;
  /** Whether it names all members; otherwise those of which something has changed. */
  full: boolean;
  name: string | null;
  resources: ListResource[];
}

/** Parts, members, and instances of one that are read at most. */
const MAX_ENTRIES = 512;

/** Takes a multipart body apart (RFC 2046 5.1); empty if it is none. */
export function readMultipart(body: string, contentType: string): BodyPart[] {
  const boundary = /^\s*multipart\/[\w-]+\s*;(?:[^"]|"[^"]*")*?\bboundary\s*=\s*("?)([^";]{1,70})\1/i.exec(
    contentType,
  )?.[2];
  if (!boundary) return [];
  const parts: BodyPart[] = [];
  // What is before the first and behind the last boundary is no part.
  const pieces = `\r\n${body.replace(/\r\n|\r|\n/g, '\r\n')}`
    .split(`\r\n--${boundary.trim()}`)
    .slice(1, MAX_ENTRIES + 2);
  for (const piece of pieces) {
    if (piece.startsWith('--')) break;
    const [head, ...rest] = piece.replace(/^[ \t]*\r\n/, '\r\n').split('\r\n\r\n');
    const field = (name: string) =>
      new RegExp(`\\r\\n${name}[ \\t]*:[ \\t]*([^\\r]*)`, 'i').exec(head ?? '')?.[1]?.trim();
    parts.push({
      content_id: bare(field('Content-ID')),
      content_type: field('Content-Type') ?? 'text/plain',
      body: rest.join('\r\n\r\n'),
    });
  }
  return parts;
}

const bare = (id: string | null | undefined): string | null => id?.replace(/^(?:cid:)?<?|>$/gi, '') || null;

/** Reads the body; null if it is no list. */
export function readResourceList(body: string, contentType: string): ResourceList | null {
  const parts = readMultipart(body, contentType);
  const start = bare(/;\s*start\s*=\s*"?([^";]+)/i.exec(contentType)?.[1]);
  const first = parts.find(({ content_id }) => start !== null && content_id === start) ?? parts[0];
  const list = first ? root(first.body, 'list') : null;
  if (!list) return null;
  const byId = new Map(parts.map((part) => [part.content_id, part]));
  return {
    uri: attribute(list, 'uri'),
    version: whole(attribute(list, 'version')),
    full: /^(true|1)$/i.test(attribute(list, 'fullState') ?? ''),
    name: text(list, 'name'),
    resources: children(list, 'resource')
      .slice(0, MAX_ENTRIES)
      .map((resource) => ({
        uri: attribute(resource, 'uri') ?? '',
        name: text(resource, 'name'),
        instances: children(resource, 'instance')
          .slice(0, MAX_ENTRIES)
          .map((instance, index) => ({
            id: attribute(instance, 'id') ?? `${index}`,
            state: word(attribute(instance, 'state'), 'active', 'pending', 'terminated') ?? 'active',
            reason: attribute(instance, 'reason'),
            part: byId.get(bare(attribute(instance, 'cid'))) ?? null,
          })),
      })),
  };
}
