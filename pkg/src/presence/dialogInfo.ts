/** The calls of somebody: RFC 4235, `application/dialog-info+xml`. */
import { attribute, child, children, root, text, whole, word } from './xml.js';

/** One end of a call (RFC 4235 4.1.6). */
export interface DialogParty {
  /** Who it is, as a URI. */
  identity: string | null;
  display_name: string | null;
  /** Where it is reached, as a URI. */
  target: string | null;
  /** Parameters of that address, by name. */
  params: Record<string, string>;
}

/** A call of theirs (RFC 4235 4.1). */
export interface Dialog {
  id: string;
  state: 'trying' | 'proceeding' | 'early' | 'confirmed' | 'terminated';
  /** `initiator`: they call; `recipient`: they are called. */
  direction: 'initiator' | 'recipient' | null;
  call_id: string | null;
  local_tag: string | null;
  remote_tag: string | null;
  /** Why the state is what it is: `cancelled`, `rejected`, `replaced`, `local-bye`, `remote-bye`, `error`, `timeout`. */
  event: string | null;
  /** The status code that brought it. */
  code: number | null;
  /** How long it has lasted, in s. */
  duration: number | null;
  local: DialogParty;
  remote: DialogParty;
  /** Whether they have put the call on hold (`+sip.rendering` of RFC 4235 4.1.6 is `no`). */
  held: boolean;
}

/** All calls of somebody (RFC 4235). */
export interface DialogInfo {
  /** Whose calls, as a URI. */
  entity: string | null;
  version: number | null;
  /** Those that are not over. */
  dialogs: Dialog[];
  /** What a lamp shows: the most that any of them is. */
  status: 'idle' | 'ringing' | 'busy' | 'held';
}

/** What a body tells: everything, or what has changed since the one before (RFC 4235 4.1). */
export interface DialogInfoUpdate {
  entity: string | null;
  version: number | null;
  partial: boolean;
  dialogs: Dialog[];
}

/** Calls of one that are kept at most. */
const MAX_DIALOGS = 256;

/** Reads the body; null if it is none. */
export function readDialogInfo(body: string): DialogInfoUpdate | null {
  const info = root(body, 'dialog-info');
  if (!info) return null;
  return {
    entity: attribute(info, 'entity'),
    version: whole(attribute(info, 'version')),
    partial: word(attribute(info, 'state'), 'partial') !== null,
    dialogs: children(info, 'dialog').slice(0, MAX_DIALOGS).map(dialog),
  };
}

function dialog(element: Element, index: number): Dialog {
  const state = child(element, 'state');
  const [local, remote] = [party(child(element, 'local')), party(child(element, 'remote'))];
  return {
    id: attribute(element, 'id') ?? `${index}`,
    state: word(text(state), 'trying', 'proceeding', 'early', 'confirmed', 'terminated') ?? 'terminated',
    direction: word(attribute(element, 'direction'), 'initiator', 'recipient'),
    call_id: attribute(element, 'call-id'),
    local_tag: attribute(element, 'local-tag'),
    remote_tag: attribute(element, 'remote-tag'),
    event: attribute(state, 'event'),
    code: whole(attribute(state, 'code')),
    duration: whole(text(element, 'duration')),
    local,
    remote,
    held: local.params['+sip.rendering']?.toLowerCase() === 'no',
  };
}

function party(element: Element | null): DialogParty {
  const [identity, target] = [child(element, 'identity'), child(element, 'target')];
  const params: Record<string, string> = {};
  for (const param of children(target, 'param')) {
    const name = attribute(param, 'pname');
    if (name) params[name] = attribute(param, 'pvalue') ?? attribute(param, 'pval') ?? '';
  }
  return {
    identity: text(identity) || null,
    display_name: attribute(identity, 'display') ?? attribute(identity, 'display-name'),
    target: attribute(target, 'uri'),
    params,
  };
}

/**
 * The state after a body, null if something is missing between it and the state before: then the whole has to be asked for
 * (RFC 4235 4.3). A whole state counts whatever its version, because servers begin anew with theirs.
 */
export function mergeDialogInfo(before: DialogInfo | null, told: DialogInfoUpdate): DialogInfo | null {
  const { entity, version } = told;
  let { dialogs } = told;
  if (told.partial) {
    if (!before) return null;
    if (version !== null && before.version !== null) {
      if (version <= before.version) return before;
      if (version > before.version + 1) return null;
    }
    const changed = new Set(dialogs.map(({ id }) => id));
    dialogs = [...before.dialogs.filter(({ id }) => !changed.has(id)), ...dialogs];
  }
  dialogs = dialogs.filter(({ state }) => state !== 'terminated').slice(-MAX_DIALOGS);
  return { entity: entity ?? before?.entity ?? null, version, dialogs, status: lamp(dialogs) };
}

/** The calls at all phones of somebody, each of which tells of its own (RFC 4235 3.9). Each phone counts versions for itself. */
export function joinDialogInfo(states: DialogInfo[]): DialogInfo {
  const all = new Map<string, Dialog>();
  for (const [index, { dialogs }] of states.entries()) {
    for (const dialog of dialogs) {
      const { id, call_id, local_tag, remote_tag } = dialog;
      // A phone that is reached in two ways tells twice; what it does not name is another's.
      all.set(call_id ? [call_id, local_tag, remote_tag].join(' ') : `${index} ${id}`, dialog);
    }
  }
  const dialogs = [...all.values()].slice(-MAX_DIALOGS);
  return { entity: states.find(({ entity }) => entity)?.entity ?? null, version: null, dialogs, status: lamp(dialogs) };
}

function lamp(dialogs: Dialog[]): DialogInfo['status'] {
  const up = dialogs.filter(({ state }) => state === 'confirmed');
  if (up.some(({ held }) => !held)) return 'busy';
  if (up.length) return 'held';
  return dialogs.length ? 'ringing' : 'idle';
}
