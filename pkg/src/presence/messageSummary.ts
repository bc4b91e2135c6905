/** Message waiting: RFC 3842, `application/simple-message-summary`. */

/** How many messages there are of a kind (RFC 3842). */
export interface MessageCounts {
  new: number;
  old: number;
  urgent_new: number;
  urgent_old: number;
}

/** What waits in a mailbox. */
export interface MessageSummary {
  /** Whether anything new waits. */
  waiting: boolean;
  /** Whose mailbox, as a URI. */
  account: string | null;
  /** By kind, in lower case: `voice-message`, `fax-message`, `text-message`... */
  messages: Record<string, MessageCounts>;
}

/** Kinds that are read at most; the RFC has seven. */
const MAX_KINDS = 32;

/** Reads the body; null if it does not say whether messages wait. */
export function readMessageSummary(body: string): MessageSummary | null {
  const summary: MessageSummary = { waiting: false, account: null, messages: {} };
  let said = false;
  for (const line of body.split(/\r\n|\r|\n/)) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    const [name, value] = [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
    const counts = /^(\d{1,9})\s*\/\s*(\d{1,9})(?:\s*\(\s*(\d{1,9})\s*\/\s*(\d{1,9})\s*\))?/.exec(value);
    if (name === 'messages-waiting') {
      said = true;
      summary.waiting = value.toLowerCase() === 'yes';
    } else if (name === 'message-account') {
      summary.account = value;
    } else if (counts && /^[\w-]+$/.test(name) && Object.keys(summary.messages).length < MAX_KINDS) {
      const [fresh, old, urgent_new, urgent_old] = counts.slice(1).map((count) => Number(count ?? 0));
      summary.messages[name] = {
        new: fresh ?? 0,
        old: old ?? 0,
        urgent_new: urgent_new ?? 0,
        urgent_old: urgent_old ?? 0,
      };
    }
  }
  return said ? summary : null;
}

/** Several mailboxes: what waits in all of them (RFC 3842 3.8). One that is told of twice in the same words counts once. */
export function joinMessageSummary(told: MessageSummary[]): MessageSummary {
  const states = [...new Map(told.map((state) => [JSON.stringify(state), state])).values()];
  const messages: Record<string, MessageCounts> = {};
  for (const [kind, counts] of states.flatMap((state) => Object.entries(state.messages))) {
    const sum = (messages[kind] ??= { new: 0, old: 0, urgent_new: 0, urgent_old: 0 });
    for (const which of Object.keys(sum) as (keyof MessageCounts)[]) sum[which] += counts[which];
  }
  const account = states.find((state) => state.account)?.account ?? null;
  return { waiting: states.some(({ waiting }) => waiting), account, messages };
}
