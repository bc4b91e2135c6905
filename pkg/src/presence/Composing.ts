/** Whether somebody is writing: RFC 3994, `application/im-iscomposing+xml`. */
import { EventEmitter } from '../EventEmitter.js';
import type { UAEventMap } from '../events.js';
import type { Message } from '../Message.js';
import type { UA } from '../UA.js';
import type { URI } from '../URI.js';
import { escaped, root, text, whole, word } from './xml.js';

/** What such a body says (RFC 3994). */
export interface IsComposing {
  state: 'active' | 'idle';
  /** The type of what is being written. */
  content_type: string | null;
  /** When something was written last, as an RFC 3339 text. */
  last_active: string | null;
  /** Seconds until `active` is said again. */
  refresh: number | null;
}

const TYPE = 'application/im-iscomposing+xml';

/** Reads the body; null if it is none. */
export function readIsComposing(body: string): IsComposing | null {
  const said = root(body, 'isComposing');
  const state = said && word(text(said, 'state'), 'active', 'idle');
  if (!said) return null;
  return {
    // RFC 3994 3.3: what is not known is idle.
    state: state ?? 'idle',
    content_type: text(said, 'contenttype'),
    last_active: text(said, 'lastactive'),
    refresh: whole(text(said, 'refresh')),
  };
}

/** Writes it. */
export function writeIsComposing({ state, content_type, last_active, refresh }: IsComposing): string {
  const element = (name: string, value: string | number | null) =>
    value === null ? '' : `<${name}>${escaped(`${value}`)}</${name}>`;
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\r\n<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing">` +
    element('state', state) +
    element('lastactive', last_active) +
    element('contenttype', content_type) +
    element('refresh', refresh) +
    '</isComposing>'
  );
}

/** How it is said that we write. */
export interface ComposingOptions {
  /** The type of what is written. Default `text/plain`. */
  contentType?: string;
  /** Seconds without a key after which we are idle. Default 15. */
  idle?: number;
  /** Seconds after which it is said again that we write. Default 60, the least that RFC 3994 3.2 allows. */
  refresh?: number;
}

/** The events of a `Composing`. */
export interface ComposingEventMap {
  /** They have begun to write, or stopped. */
  state: (event: { state: 'active' | 'idle'; content_type: string | null }) => void;
}

/** The longest that theirs may last without being said again, and what it lasts if they do not say, in s (RFC 3994 3.3). */
const LONGEST_S = 3600;
const DEFAULT_REFRESH_S = 120;

/** Who writes, in a conversation with one address: we and they. */
export class Composing extends EventEmitter<ComposingEventMap> {
  _ua: UA;
  _target: URI;
  _options: Required<ComposingOptions>;
  _state: 'active' | 'idle' = 'idle';
  _idle: ReturnType<typeof setTimeout> | undefined;
  _theirs: ReturnType<typeof setTimeout> | undefined;
  /** When we have last said that we write; null while we do not. */
  _said: number | null = null;
  _heard: UAEventMap['newMessage'];

  constructor(ua: UA, target: string | URI, options: ComposingOptions = {}) {
    super();
    const uri = ua.normalizeTarget(target);
    if (!uri) throw new TypeError(`Invalid target: ${target}`);
    const { contentType = 'text/plain', idle = 15, refresh = 60 } = options;
    if (!(idle > 0)) throw new TypeError(`Invalid idle: ${idle}`);
    if (!(refresh >= 60)) throw new TypeError(`Invalid refresh: ${refresh}`);
    this._ua = ua;
    this._target = uri;
    this._options = { contentType, idle, refresh };
    this._heard = ({ originator, message }) => {
      if (originator === 'remote' && message.remote_identity.uri.toAor() === uri.toAor()) this._came(message);
    };
    ua.on('newMessage', this._heard);
  }

  /** Whether they write. */
  get state(): 'active' | 'idle' {
    return this._state;
  }

  /** We have written something: for each key. It is said at the first and, as long as we go on, every `refresh` seconds. */
  typed(): void {
    clearTimeout(this._idle);
    this._idle = setTimeout(() => this.stopped(), this._options.idle * 1000);
    const now = performance.now();
    if (this._said !== null && now - this._said < this._options.refresh * 1000) return;
    this._said = now;
    this._say('active', this._options.refresh);
  }

  /** We have stopped without sending it. */
  stopped(): void {
    if (this._said !== null) this._say('idle', null);
    this.sent();
  }

  /** We have sent it, which says by itself that we write no more. */
  sent(): void {
    clearTimeout(this._idle);
    this._said = null;
  }

  /** Tells and hears nothing any more. */
  close(): void {
    this.stopped();
    clearTimeout(this._theirs);
    this._ua.off('newMessage', this._heard);
  }

  _say(state: 'active' | 'idle', refresh: number | null): void {
    const { contentType: content_type } = this._options;
    const last_active = state === 'idle' ? new Date().toISOString() : null;
    this._ua._sendQuietly(
      'MESSAGE',
      this._target,
      writeIsComposing({ state, content_type, last_active, refresh }),
      TYPE,
    );
  }

  _came(message: Message): void {
    const { body, content_type } = message.content;
    clearTimeout(this._theirs);
    const said = content_type.toLowerCase().startsWith(TYPE) ? readIsComposing(body) : null;
    const state = said?.state ?? 'idle';
    if (state === 'active') {
      const seconds = Math.min(said?.refresh || DEFAULT_REFRESH_S, LONGEST_S);
      this._theirs = setTimeout(() => this._became('idle', null), seconds * 1000);
    }
    this._became(state, said?.content_type ?? null);
  }

  _became(state: 'active' | 'idle', content_type: string | null): void {
    if (this._state === state) return;
    this._state = state;
    this.emit('state', { state, content_type });
  }
}
