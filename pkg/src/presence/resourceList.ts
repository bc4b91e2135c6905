/** The state of a whole list of somebodies in one body: RFC 4662, `multipart/related` that begins with `application/rlmi+xml`. */
import { bare, readMultipart, type BodyPart } from './multipart.js';
import { attribute, children, root, text, whole, word } from './xml.js';

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

/** Members, and instances of one, that are read at most. */
const MAX_ENTRIES = 512;

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
