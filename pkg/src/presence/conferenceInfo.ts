/** A conference: RFC 4575, `application/conference-info+xml`. */
import { attribute, child, children, root, text, whole, word } from './xml.js';

/** One stream of an endpoint (RFC 4575 5.8). */
export interface ConferenceMedia {
  id: string;
  /** `audio`, `video`... */
  type: string | null;
  /** `sendrecv`, `sendonly`, `recvonly`, `inactive`. */
  status: string | null;
  label: string | null;
  display_text: string | null;
  src_id: string | null;
}

/** A device of somebody's in it (RFC 4575 5.7). */
export interface ConferenceEndpoint {
  /** As a URI. */
  entity: string;
  display_text: string | null;
  /** `connected`, `on-hold`, `disconnected`, `pending`, `dialing-in`, `dialing-out`, `alerting`, `muted-via-focus`... */
  status: string | null;
  joining_method: string | null;
  disconnection_method: string | null;
  media: ConferenceMedia[];
}

/** Somebody in it (RFC 4575 5.6). */
export interface ConferenceUser {
  /** As a URI. */
  entity: string;
  display_text: string | null;
  roles: string[];
  endpoints: ConferenceEndpoint[];
}

/** A conference, whole (RFC 4575). */
export interface ConferenceInfo {
  /** Which conference, as a URI. */
  entity: string | null;
  version: number | null;
  subject: string | null;
  display_text: string | null;
  free_text: string | null;
  maximum_user_count: number | null;
  user_count: number | null;
  active: boolean | null;
  locked: boolean | null;
  users: ConferenceUser[];
}

type Scope = 'full' | 'partial' | 'deleted';
type Fields<T> = { [K in keyof T]?: T[K] | undefined };

/** What a body tells: each part of it in full, what has changed of it, or that it is gone (RFC 4575 4.4). */
export interface ConferenceInfoUpdate {
  scope: Scope;
  entity: string | null;
  version: number | null;
  /** What it says of the conference itself. */
  fields: Fields<Omit<ConferenceInfo, 'entity' | 'version' | 'users'>>;
  /** Null where it says nothing of them. */
  users: {
    scope: Scope;
    list: { scope: Scope; user: Fields<ConferenceUser> & { entity: string }; endpoints: Part[] }[];
  } | null;
}
type Part = { scope: Scope; endpoint: ConferenceEndpoint };

/** Users, and endpoints of one, that are kept at most. */
const MAX_ENTRIES = 512;

const scope = (element: Element | null): Scope =>
  word(attribute(element, 'state'), 'full', 'partial', 'deleted') ?? 'full';
const truth = (value: string | null): boolean | undefined =>
  value === null ? undefined : value === 'true' || value === '1';
const said = (element: Element | null, name: string): string | undefined => text(element, name) ?? undefined;

/** Reads the body; null if it is none. */
export function readConferenceInfo(body: string): ConferenceInfoUpdate | null {
  const info = root(body, 'conference-info');
  if (!info) return null;
  const [about, state, users] = ['conference-description', 'conference-state', 'users'].map((name) =>
    child(info, name),
  );
  const count = (element: Element | null | undefined, name: string) => whole(text(element, name)) ?? undefined;
  return {
    scope: scope(info),
    entity: attribute(info, 'entity'),
    version: whole(attribute(info, 'version')),
    fields: {
      subject: said(about ?? null, 'subject'),
      display_text: said(about ?? null, 'display-text'),
      free_text: said(about ?? null, 'free-text'),
      maximum_user_count: count(about, 'maximum-user-count'),
      user_count: count(state, 'user-count'),
      active: truth(text(state, 'active')),
      locked: truth(text(state, 'locked')),
    },
    users: users ? { scope: scope(users), list: children(users, 'user').slice(0, MAX_ENTRIES).map(user) } : null,
  };
}

function user(element: Element, index: number) {
  const roles = child(element, 'roles');
  return {
    scope: scope(element),
    user: {
      entity: attribute(element, 'entity') ?? `${index}`,
      display_text: said(element, 'display-text'),
      roles: roles ? children(roles, 'entry').map((entry) => text(entry) ?? '') : undefined,
    },
    endpoints: children(element, 'endpoint').slice(0, MAX_ENTRIES).map(endpoint),
  };
}

function endpoint(element: Element, index: number): Part {
  return {
    scope: scope(element),
    endpoint: {
      entity: attribute(element, 'entity') ?? `${index}`,
      display_text: text(element, 'display-text'),
      status: text(element, 'status'),
      joining_method: text(element, 'joining-method'),
      disconnection_method: text(element, 'disconnection-method'),
      media: children(element, 'media').map((media, at) => ({
        id: attribute(media, 'id') ?? `${at}`,
        type: text(media, 'type'),
        status: text(media, 'status'),
        label: text(media, 'label'),
        display_text: text(media, 'display-text'),
        src_id: text(media, 'src-id'),
      })),
    },
  };
}

/** A conference of which nothing is known. */
export const NO_CONFERENCE: ConferenceInfo = {
  entity: null,
  version: null,
  subject: null,
  display_text: null,
  free_text: null,
  maximum_user_count: null,
  user_count: null,
  active: null,
  locked: null,
  users: [],
};

/** The state after a body, null if something is missing between it and the state before (RFC 4575 4.3, 4.6). */
export function mergeConferenceInfo(before: ConferenceInfo | null, told: ConferenceInfoUpdate): ConferenceInfo | null {
  const { entity, version, users } = told;
  const whole = told.scope !== 'partial';
  if (!whole) {
    if (!before) return null;
    if (version !== null && before.version !== null) {
      if (version <= before.version) return before;
      if (version > before.version + 1) return null;
    }
  }
  const base = whole || !before ? NO_CONFERENCE : before;
  const fields = Object.fromEntries(Object.entries(told.fields).filter(([, value]) => value !== undefined));
  const state = { ...base, ...fields, entity: entity ?? before?.entity ?? null, version };
  if (told.scope === 'deleted') return { ...state, active: false, users: [] };
  if (!users) return state;
  const all = new Map((users.scope === 'partial' ? base.users : []).map((known) => [known.entity, known]));
  for (const { scope, user, endpoints } of users.list) {
    const known = scope === 'partial' ? all.get(user.entity) : undefined;
    if (scope === 'deleted') all.delete(user.entity);
    else {
      all.set(user.entity, {
        entity: user.entity,
        display_text: user.display_text ?? known?.display_text ?? null,
        roles: user.roles ?? known?.roles ?? [],
        endpoints: reached(known?.endpoints ?? [], endpoints),
      });
    }
  }
  return { ...state, users: [...all.values()].slice(-MAX_ENTRIES) };
}

function reached(before: ConferenceEndpoint[], told: Part[]): ConferenceEndpoint[] {
  const all = new Map(before.map((known) => [known.entity, known]));
  for (const { scope, endpoint } of told) {
    const known = scope === 'partial' ? all.get(endpoint.entity) : undefined;
    if (scope === 'deleted') all.delete(endpoint.entity);
    else if (known) {
      const changed = Object.entries(endpoint).filter(([, value]) => value !== null && value.length !== 0);
      all.set(endpoint.entity, { ...known, ...Object.fromEntries(changed) });
    } else all.set(endpoint.entity, endpoint);
  }
  return [...all.values()].slice(-MAX_ENTRIES);
}
