/** Presence: PIDF (RFC 3863, `application/pidf+xml`) with the data model and RPID (RFC 4479, 4480). */
import { attribute, child, children, root, text, word } from './xml.js';

/** One way to reach somebody (RFC 3863 4.1.2). */
export interface PresenceTuple {
  id: string | null;
  basic: 'open' | 'closed' | null;
  /** Where, as a URI. */
  contact: string | null;
  /** 0 to 1. */
  priority: number | null;
  notes: string[];
  /** When that was so, as an RFC 3339 text. */
  timestamp: string | null;
  activities: string[];
}

/** How somebody can be reached (RFC 3863, RFC 4480). */
export interface Presence {
  /** Who, as a URI. */
  entity: string | null;
  /** Whether there is any way to reach them. */
  status: 'open' | 'closed';
  tuples: PresenceTuple[];
  /** What they do (RPID): `away`, `busy`, `on-the-phone`, `meeting`... */
  activities: string[];
  moods: string[];
  /** The kind of place they are at (RPID). */
  place: string[];
  /** What they say of themselves. */
  notes: string[];
}

/** Ways that are read at most. */
const MAX_TUPLES = 64;

/** Reads the body; null if it is none. */
export function readPresence(body: string): Presence | null {
  const presence = root(body, 'presence');
  if (!presence) return null;
  const people = children(presence, 'person');
  const tuples = children(presence, 'tuple').slice(0, MAX_TUPLES).map(tuple);
  const said = (name: string) => unique(people.flatMap((person) => words(child(person, name))));
  return {
    entity: attribute(presence, 'entity'),
    status: tuples.some(({ basic }) => basic === 'open') ? 'open' : 'closed',
    tuples,
    activities: unique([...said('activities'), ...tuples.flatMap(({ activities }) => activities)]),
    moods: said('mood'),
    place: said('place-type'),
    notes: unique([presence, ...people].flatMap(notes)),
  };
}

/** What several phones say of their owner: all ways to reach them, each once (RFC 3863 4.1.2: the id names it). */
export function joinPresence(states: Presence[]): Presence {
  const tuples = new Map<string, PresenceTuple>();
  for (const [index, { tuples: ways }] of states.entries())
    for (const [at, way] of ways.entries()) tuples.set(way.id ?? `${index} ${at}`, way);
  const all = (name: 'activities' | 'moods' | 'place' | 'notes') => unique(states.flatMap((state) => state[name]));
  return {
    entity: states.find(({ entity }) => entity)?.entity ?? null,
    status: states.some(({ status }) => status === 'open') ? 'open' : 'closed',
    tuples: [...tuples.values()].slice(0, MAX_TUPLES),
    activities: all('activities'),
    moods: all('moods'),
    place: all('place'),
    notes: all('notes'),
  };
}

function tuple(element: Element): PresenceTuple {
  const [status, contact] = [child(element, 'status'), child(element, 'contact')];
  const priority = Number(attribute(contact, 'priority') ?? NaN);
  return {
    id: attribute(element, 'id'),
    basic: word(text(status, 'basic'), 'open', 'closed'),
    contact: text(contact) || null,
    priority: priority >= 0 && priority <= 1 ? priority : null,
    notes: notes(element),
    timestamp: text(element, 'timestamp'),
    // Some servers put them into the status of the tuple, as the first drafts had it.
    activities: unique([element, status].flatMap((place) => words(child(place, 'activities')))),
  };
}

/** The elements of a list of RPID are its words; `other` says its own. */
function words(list: Element | null): string[] {
  const found = [];
  for (const element of list?.children ?? []) {
    const { localName } = element;
    // An activity of the first drafts is `<activity>busy</activity>`.
    if (localName === 'other' || localName === 'activity') found.push(text(element) ?? '');
    else if (localName !== 'note') found.push(localName);
  }
  return found.filter(Boolean).slice(0, MAX_TUPLES);
}

const notes = (element: Element): string[] =>
  children(element, 'note')
    .map((note) => text(note) ?? '')
    .filter(Boolean)
    .slice(0, MAX_TUPLES);

const unique = (texts: string[]): string[] => [...new Set(texts)];
