/** How the classes write what they pass to the core, and read flat lists of it. */
import type { AppReply } from '../diagnosis.js';
import type { Reply } from './border.js';

/** A text as it is passed; what is empty is none (JsSIP). */
export const textOf = (value: unknown): string | null => (value ? String(value) : null);

/** A reply of an application as it is passed. */
export const replyOf = (reply: AppReply | null | undefined): Reply =>
  reply ? [Number(reply.status), textOf(reply.reason), reply.headers, textOf(reply.body)] : null;

/** Takes a flat list apart: a name, its value, the next name... */
export function pairs<T>(list: T[], take: (name: string, value: T) => void): void {
  for (let at = 0; at < list.length; at += 2) take(list[at] as string, list[at + 1] as T);
}
