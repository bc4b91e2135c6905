/** The flat functions of the wasm module, and what is passed to them by position: `src/web` reads it in the same order. */
import * as glue from '../wasm/viasip.js';
import { checked } from './Exceptions.js';
import type { Diagnosis, Feature, Refusal } from './types.js';

/** Gets all events; target 0 is the UA, any other the number of a call, request or subscription. */
export type Dispatch = (target: number, kind: number, fields: unknown[]) => unknown;

/** Parameters and headers each as a name, its value, the next name... */
export type ParsedUri = [scheme: string, user: string | null, host: string, port: number | undefined, params: (string | null)[], headers: string[]];
export type ParsedNameAddr = [display_name: string | null, uri: ParsedUri, params: (string | null)[]];
/** Behind the fields of each message name and value of each header. */
export type ParsedMessage = [
  ...([method: string, ruri: ParsedUri] | [status_code: number, reason_phrase: string]),
  body: string, call_id: string, cseq: number, cseq_method: string, from: ParsedNameAddr, to: ParsedNameAddr,
  from_tag: string | null, to_tag: string | null, via_branch: string | null, ...headers: string[],
];
/** A request of ours before it leaves; behind the body name and value of each header. */
export type Draft = [method: string, uri: string, body: string, ...headers: string[]];
/** s, ms of `Date.now()`, and the realm of the last challenge that was answered. */
export type RegistrationState = [expires: number | undefined, refreshAt: number | undefined, realm: string | null];

/** What is asked of an agent, and with what. Later of a call and its connection, and then of a subscription. */
export const enum Command {
  Drop,
  Start,
  Stop,
  Register,
  /** all */
  Unregister,
  Connect,
  Disconnect,
  /** whether each message is told */
  Trace,
  /** index in `SETTINGS`, value */
  Configure,
  /** header lines, Contact parameters */
  RegistrationExtra,
  /** Answers a `RegistrationState`. */
  Registration,
  /** anonymous, outbound; answers our Contact */
  Contact,
  /** Answers a number for a call, request or subscription to come. */
  Reserve,
  /** method, target, body, type, header lines, user and name for From */
  Send,
  /** target, header lines, anonymous, user and name for From, Session-Expires */
  Call,
  /** header lines, Session-Expires */
  Answer,
  /** RTCPeerConnection could not be made. */
  AnswerImpossible,
  /** cause, status, reason, header lines, body */
  Terminate,
  /** on, whether by UPDATE, header lines; answers whether it can be now */
  Hold,
  /** whether by UPDATE, header lines, whether ICE restarts; answers whether it can be now */
  Renegotiate,
  /** tones, ms of each, ms between, header lines */
  Dtmf,
  /** type, body, header lines; answers the number of `CallRequestDone` */
  Info,
  /** method, header lines, body; answers that number and the draft, undefined without a dialog */
  Request,
  /** Refer-To, header lines; answers that number and the CSeq, undefined if it cannot be now */
  Refer,
  /** number of the REFER, status, reason */
  ReferNotify,
  /** Answers the Replaces value that names the call to its far end. */
  ReplacesValue,
  /** ticket of the INVITE, number of the call that takes the place or nothing; answers whether it was still there */
  Replace,
  /** Answers findings and features. */
  Diagnosis,
  /** what the next offer is made with */
  OfferOnce,
  /** audio, video */
  Mute,
  /** tones, ms of each, ms between: RFC 4733 */
  Tones,
  /** Enough candidates. */
  Ready,
  /** body, target, event, accept, expires, type, Allow-Events, header lines, To, From, CSeq */
  Subscribe,
  /** ends, body */
  SubscribeAgain,
  /** as `refusal` has it */
  Reply,
  /** type, header lines, Allow-Events, pending, default expires */
  Serve,
  Activate,
  /** body */
  Notify,
  /** body, reason, s to retry after */
  EndSubscription,
}

const enum Tool {
  Uri,
  NameAddr,
  Message,
  Target,
  EscapedUser,
  Md5,
  Diagnosis,
  Features,
}

interface Wasm {
  agent_new(config: unknown[], servers: unknown[], sockets: unknown[], dispatch: Dispatch): number;
  command(agent: number, handle: number, what: Command, args: unknown[]): unknown;
  peer_create(agent: number, session: number, args: unknown[], wanted: unknown[]): RTCPeerConnection;
  tool(what: Tool, text?: string | null, more?: string | null): unknown;
}

export const wasm = glue as unknown as Wasm;

/** Asks something of an agent (`handle` 0), or of what has that number there. */
export const ask = <T = void>(agent: number, handle: number, what: Command, ...args: unknown[]): T =>
  checked(() => wasm.command(agent, handle, what, args)) as T;

export const parseUri = (text: string) => wasm.tool(Tool.Uri, text) as ParsedUri | null;
export const parseNameAddr = (text: string) => wasm.tool(Tool.NameAddr, text) as ParsedNameAddr | null;
export const parseMessage = (raw: string) => wasm.tool(Tool.Message, raw) as ParsedMessage | null;
export const targetUri = (target: string, domain: string) => wasm.tool(Tool.Target, target, domain) as string | null;
export const escapedUser = (text: string) => wasm.tool(Tool.EscapedUser, text) as string;
export const md5 = (text: string) => wasm.tool(Tool.Md5, text) as string;
export const diagnosisOf = (offer?: string, answer?: string) => wasm.tool(Tool.Diagnosis, offer, answer) as Diagnosis[];
export const featuresOf = (local?: string, remote?: string) => wasm.tool(Tool.Features, local, remote) as Feature[];

/** A text as it is passed; what is empty is none (JsSIP). */
export const textOf = (value: unknown): string | null => (value ? String(value) : null);

/** A reply as it is passed, nothing for none. */
export const refusal = (reply: Refusal | null): unknown[] =>
  reply ? [Number(reply.status), textOf(reply.reason), reply.headers, textOf(reply.body)] : [];

/** Takes a flat list apart: a name, its value, the next name... */
export function pairs<T>(list: T[], take: (name: string, value: T) => void): void {
  for (let at = 0; at < list.length; at += 2) take(list[at] as string, list[at + 1] as T);
}
