/** The registrations of somebody, and so one's own other devices: RFC 3680, `application/reginfo+xml`, with RFC 5628 (GRUU). */
import { attribute, child, children, root, text, whole, word } from './xml.js';

/** A device that is registered (RFC 3680 5.2). */
export interface RegisteredContact {
  id: string;
  state: 'active' | 'terminated';
  /** What brought that: `registered`, `created`, `refreshed`, `shortened`, `expired`, `unregistered`, `rejected`... */
  event: string | null;
  uri: string | null;
  display_name: string | null;
  /** s until it expires. */
  expires: number | null;
  /** s since it was registered. */
  duration_registered: number | null;
  q: number | null;
  call_id: string | null;
  cseq: number | null;
  /** Parameters that the RFC does not know, such as `+sip.instance`, by name. */
  params: Record<string, string>;
  pub_gruu: string | null;
  temp_gruu: string | null;
}

/** The devices of one address (RFC 3680 5.2). */
export interface Registration {
  id: string;
  /** The address of record. */
  aor: string | null;
  state: 'init' | 'active' | 'terminated';
  contacts: RegisteredContact[];
}

/** Registrations, whole (RFC 3680). */
export interface RegInfo {
  version: number | null;
  registrations: Registration[];
}

/** What a body tells: everything, or what has changed since the one before (RFC 3680 5.1). */
export interface RegInfoUpdate extends RegInfo {
  partial: boolean;
}

/** Registrations, and contacts of one, that are kept at most. */
const MAX_ENTRIES = 256;

/** Reads the body; null if it is none. */
export function readRegInfo(body: string): RegInfoUpdate | null {
  const info = root(body, 'reginfo');
  if (!info) return null;
  return {
    version: whole(attribute(info, 'version')),
    partial: word(attribute(info, 'state'), 'partial') !== null,
    registrations: children(info, 'registration')
      .slice(0, MAX_ENTRIES)
      .map((element, index) => ({
        id: attribute(element, 'id') ?? `${index}`,
        aor: attribute(element, 'aor'),
        state: word(attribute(element, 'state'), 'init', 'active', 'terminated') ?? 'init',
        contacts: children(element, 'contact').slice(0, MAX_ENTRIES).map(contact),
      })),
  };
}

function contact(element: Element, index: number): RegisteredContact {
  const params: Record<string, string> = {};
  for (const param of children(element, 'unknown-param')) {
    const name = attribute(param, 'name');
    if (name) params[name] = (text(param) ?? '').replace(/^"(.*)"$/, '$1');
  }
  const q = Number(attribute(element, 'q') ?? NaN);
  const gruu = (name: string) => attribute(child(element, name), 'uri') ?? text(element, name);
  return {
    id: attribute(element, 'id') ?? `${index}`,
    state: word(attribute(element, 'state'), 'active', 'terminated') ?? 'active',
    event: attribute(element, 'event'),
    uri: text(element, 'uri'),
    display_name: text(element, 'display-name'),
    expires: whole(attribute(element, 'expires')),
    duration_registered: whole(attribute(element, 'duration-registered')),
    q: q >= 0 && q <= 1 ? q : null,
    call_id: attribute(element, 'callid'),
    cseq: whole(attribute(element, 'cseq')),
    params,
    pub_gruu: gruu('pub-gruu'),
    temp_gruu: gruu('temp-gruu'),
  };
}

/** The state after a body, null if something is missing between it and the state before (RFC 3680 5.2). */
export function mergeRegInfo(before: RegInfo | null, told: RegInfoUpdate): RegInfo | null {
  const { version } = told;
  let { registrations } = told;
  if (told.partial) {
    if (!before) return null;
    if (version !== null && before.version !== null) {
      if (version <= before.version) return before;
      if (version > before.version + 1) return null;
    }
    registrations = merged(before.registrations, registrations, (old, now) => ({
      ...now,
      contacts: merged(old.contacts, now.contacts, (_, contact) => contact),
    }));
  }
  registrations = registrations.map((registration) => ({
    ...registration,
    contacts: registration.contacts.filter(({ state }) => state !== 'terminated'),
  }));
  return { version, registrations: registrations.filter(({ state }) => state !== 'terminated') };
}

/** The old ones with the new ones in their places, further ones behind them. */
function merged<T extends { id: string }>(old: T[], now: T[], both: (old: T, now: T) => T): T[] {
  const all = new Map(old.map((entry) => [entry.id, entry]));
  for (const entry of now) {
    const before = all.get(entry.id);
    all.set(entry.id, before ? both(before, entry) : entry);
  }
  return [...all.values()].slice(-MAX_ENTRIES);
}
