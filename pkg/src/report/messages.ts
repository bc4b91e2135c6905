/** The SIP messages of one call, as many as a ticket can hold. */
import { maskSecrets } from './secrets.js';

/** One message, its secrets masked. */
export interface ReportedMessage {
  /** ms since the call began; one that came before it, such as its INVITE, below 0. */
  at: number;
  /** Whether it came or left. */
  direction: 'in' | 'out';
  message: string;
}

/** What a ladder shows of a message. */
export interface MessageLine {
  /** For its colour: what it is by its status. */
  kind: 'request' | 'provisional' | 'success' | 'redirection' | 'failure';
  /** Such as `INVITE sip:bob@example.com`, or `180 Ringing (INVITE)`. */
  label: string;
  /** Of the request that it is, or answers. */
  method: string;
  /** Whether there is a session description in it. */
  description: boolean;
}

/** Reads of a message what a ladder shows. */
export function messageLine(message: string): MessageLine {
  const [start = ''] = message.trimStart().split(/\r?\n/, 1);
  const answered = /^CSeq[ \t]*:\s*\d+\s+(\S+)/im.exec(message)?.[1] ?? '';
  const description = /^v=0\r?$/m.test(message);
  const [, status, reason = ''] = /^SIP\/2\.0 (\d{3}) ?(.*)$/i.exec(start) ?? [];
  if (!status) {
    const [method = '', target = ''] = start.split(' ');
    return { kind: 'request', label: `${method} ${target}`.trim(), method, description };
  }
  const kinds = { 1: 'provisional', 2: 'success', 3: 'redirection' } as const;
  const kind = kinds[status[0] as unknown as 1] ?? 'failure';
  return { kind, label: `${status} ${reason} (${answered})`, method: answered, description };
}

/** Kept of one call: how it began, and how it went on last. */
const MOST = 200;
const MOST_CHARACTERS = 400_000;
const BEGINNING = 20;

/** They are masked as they come: nothing that is secret is kept. */
export class Messages {
  readonly all: ReportedMessage[] = [];
  /** How many of the middle had to go. */
  left_out = 0;
  _characters = 0;

  add(at: number, direction: 'in' | 'out', text: string): void {
    const message = maskSecrets(text);
    this.all.push({ at, direction, message });
    this._characters += message.length;
    while (this.all.length > MOST || (this._characters > MOST_CHARACTERS && this.all.length > BEGINNING + 1)) {
      const [gone] = this.all.splice(BEGINNING, 1);
      this._characters -= gone?.message.length ?? 0;
      this.left_out += 1;
    }
  }
}
