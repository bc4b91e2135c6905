/** What may be watched: each kind with its package, the bodies that it is told in, and what is made of them. */
import { mergeConferenceInfo, NO_CONFERENCE, readConferenceInfo, type ConferenceInfo } from './conferenceInfo.js';
import { joinDialogInfo, mergeDialogInfo, readDialogInfo, type DialogInfo } from './dialogInfo.js';
import { joinMessageSummary, readMessageSummary, type MessageSummary } from './messageSummary.js';
import { joinPresence, readPresence, type Presence } from './pidf.js';
import { mergeRegInfo, readRegInfo, type RegInfo } from './regInfo.js';

/** The state of each kind. */
export interface WatchStates {
  /** Calls (RFC 4235). */
  dialog: DialogInfo;
  /** Presence (RFC 3863). */
  presence: Presence;
  /** A mailbox (RFC 3842). */
  'message-summary': MessageSummary;
  /** Registrations (RFC 3680). */
  reg: RegInfo;
  /** A conference (RFC 4575). */
  conference: ConferenceInfo;
}
/** What may be watched. */
export type WatchKind = keyof WatchStates;

/** How a kind is read. */
export interface Reading<State> {
  accept: string;
  /** The state after a body, null if more has to be asked for, undefined if the body cannot be read. */
  after(before: State | null, body: string): State | null | undefined;
  /** What an active subscription that is told nothing means. */
  nothing: State;
  /** What several phones that tell of one say together; where the package has one dialog, the last of them. */
  together(states: State[]): State;
}

/** Reads a body by `read`, and makes the state of it by `merge`. */
const by =
  <State, Told>(read: (body: string) => Told | null, merge: (before: State | null, told: Told) => State | null) =>
  (before: State | null, body: string): State | null | undefined => {
    const told = read(body);
    return told ? merge(before, told) : undefined;
  };
const last = <State>(_: State | null, told: State): State => told;
const newest = <State>(states: State[]): State => states[states.length - 1] as State;

export const KINDS: { [K in WatchKind]: Reading<WatchStates[K]> } = {
  dialog: {
    accept: 'application/dialog-info+xml',
    after: by(readDialogInfo, mergeDialogInfo),
    nothing: { entity: null, version: null, dialogs: [], status: 'idle' },
    together: joinDialogInfo,
  },
  presence: {
    accept: 'application/pidf+xml',
    after: by(readPresence, last),
    nothing: { entity: null, status: 'closed', tuples: [], activities: [], moods: [], place: [], notes: [] },
    together: joinPresence,
  },
  'message-summary': {
    accept: 'application/simple-message-summary',
    after: by(readMessageSummary, last),
    nothing: { waiting: false, account: null, messages: {} },
    together: joinMessageSummary,
  },
  reg: {
    accept: 'application/reginfo+xml',
    after: by(readRegInfo, mergeRegInfo),
    nothing: { version: null, registrations: [] },
    together: newest,
  },
  conference: {
    accept: 'application/conference-info+xml',
    after: by(readConferenceInfo, mergeConferenceInfo),
    nothing: NO_CONFERENCE,
    together: newest,
  },
};
