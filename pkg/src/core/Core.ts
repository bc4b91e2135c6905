/**
 * The one port to the wasm: the module that was started, an agent by its number, and errors as JsSIP's classes. What crosses,
 * and in which order, is in `border.ts`, which is written from `src/web/border.rs`.
 */
// By their names, so that a bundle leaves out the way in which the glue itself would look for the wasm.
import {
  agent_command,
  agent_new,
  call_command,
  initSync,
  media_command,
  peer_create,
  subscription_command,
  tool as text_tool,
} from '../../wasm/viasip.js';
import { InvalidStateError, NotReadyError, NotSupportedError } from '../Exceptions.js';
import type { Diagnosis, Feature } from '../diagnosis.js';
import { VERSION } from '../version.js';
import {
  AgentCommand,
  CallCommand,
  Fault,
  Tool,
  type AgentCommands,
  type CallCommands,
  type Making,
  type Makings,
  type MediaCommand,
  type MediaCommands,
  type Refused,
  type SubscriptionCommand,
  type SubscriptionCommands,
  type Told,
  type Tools,
  type Verdict,
} from './border.js';

/** Gets all that an agent tells; target 0 is the UA, any other the number of a call, request or subscription. */
export type Dispatch = (target: number, told: Told) => Verdict | void;

/** Who is told of what happens to a call, a request or a subscription. */
export interface Handled {
  _handle(told: Told): Verdict | void;
}

/** What the module exports. */
interface Wasm {
  agent_new(making: Makings[Making.Agent]['arguments'], sockets: unknown[], dispatch: Dispatch): number;
  agent_command(agent: number, what: AgentCommand, args: unknown[]): unknown;
  call_command(agent: number, handle: number, what: CallCommand, args: unknown[]): unknown;
  media_command(agent: number, handle: number, what: MediaCommand, args: unknown[]): void;
  subscription_command(agent: number, handle: number, what: SubscriptionCommand, args: unknown[]): void;
  peer_create(agent: number, call: number, args: unknown[], wanted: unknown[]): RTCPeerConnection;
  tool(what: Tool, args: unknown[]): unknown;
}
const wasm = {
  agent_command,
  agent_new,
  call_command,
  media_command,
  peer_create,
  subscription_command,
  tool: text_tool,
} as unknown as Wasm;

let started = false;
/** Why the core cannot be used any more. */
let broken: Error | undefined;
const listeners = new Set<(error: Error) => void>();

/** Starts the module, and refuses one of another version than this JavaScript. */
export function start(module: WebAssembly.Module): void {
  const [section] = WebAssembly.Module.customSections(module, 'viasip');
  const version = section ? String.fromCharCode(...new Uint8Array(section)) : 'of something else';
  if (version !== VERSION) {
    throw new Error(
      `viasip: the JavaScript is ${VERSION}, the wasm is ${version}. Serve both from the same package; an old file may be in a cache.`,
    );
  }
  initSync({ module });
  started = true;
}

/** Tells `listener` once if the core breaks; returns what takes it back. */
export function onBroken(listener: (error: Error) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Runs a function of the module. What it refuses is thrown as JsSIP's class; a trap is told once, and refused from then on. */
function run<T>(what: () => T): T {
  if (!started) throw new NotReadyError('viasip is not started: await init() first');
  if (broken) throw broken;
  try {
    return what();
  } catch (error) {
    if (Array.isArray(error)) throw refused(error as unknown as Refused);
    if (error instanceof WebAssembly.RuntimeError) throw trapped(error);
    throw error;
  }
}

function refused([fault, detail]: Refused): Error {
  switch (fault) {
    case Fault.InvalidState:
      return new InvalidStateError(Number(detail));
    case Fault.NotSupported:
      return new NotSupportedError(String(detail));
    default:
      return new TypeError(String(detail));
  }
}

/** A trap leaves the module's state torn: nothing of it can be trusted any more. */
function trapped(cause: WebAssembly.RuntimeError): Error {
  broken = new Error('viasip has failed and cannot go on: reload the page, and please report the error in `cause`', {
    cause,
  });
  for (const listener of [...listeners]) listener(broken);
  listeners.clear();
  return broken;
}

/** The core of one user agent. */
export class Core {
  readonly agent: number;
  private known?: Map<number, Handled>;

  /** Throws for settings that the core cannot use. `dispatch` may not hold the user agent: the core holds it. */
  constructor(making: Makings[Making.Agent]['arguments'], sockets: unknown[], dispatch: Dispatch) {
    this.agent = run(() => wasm.agent_new(making, sockets, dispatch));
  }

  /** Who is told of each call, request and subscription. */
  get handles(): Map<number, Handled> {
    return (this.known ??= new Map());
  }

  /** Asks something of the agent. */
  ask<C extends AgentCommand>(what: C, ...args: AgentCommands[C]['arguments']): AgentCommands[C]['answer'] {
    return run(() => wasm.agent_command(this.agent, what, args)) as AgentCommands[C]['answer'];
  }

  /** Asks something of a call. */
  call<C extends CallCommand>(
    handle: number,
    what: C,
    ...args: CallCommands[C]['arguments']
  ): CallCommands[C]['answer'] {
    return run(() => wasm.call_command(this.agent, handle, what, args)) as CallCommands[C]['answer'];
  }

  /** Asks something of the connection of a call. */
  media<C extends MediaCommand>(handle: number, what: C, ...args: MediaCommands[C]['arguments']): void {
    run(() => wasm.media_command(this.agent, handle, what, args));
  }

  /** Asks something of a subscription. */
  subscription<C extends SubscriptionCommand>(
    handle: number,
    what: C,
    ...args: SubscriptionCommands[C]['arguments']
  ): void {
    run(() => wasm.subscription_command(this.agent, handle, what, args));
  }

  /** A number for a call, request or subscription to come, and who will be told of it. */
  reserve(handled: Handled): number {
    const handle = this.ask(AgentCommand.Reserve);
    this.handles.set(handle, handled);
    return handle;
  }

  /** Makes the RTCPeerConnection of a call; throws what its constructor throws. */
  createPeer(call: number, args: unknown[], wanted: unknown[]): RTCPeerConnection {
    return run(() => wasm.peer_create(this.agent, call, args, wanted));
  }
}

/** Forgets the agent of a core that was collected. */
export function forget(agent: number): void {
  if (!broken) run(() => wasm.agent_command(agent, AgentCommand.Drop, []));
}

function tool<T extends Tool>(what: T, ...args: Tools[T]['arguments']): Tools[T]['answer'] {
  return run(() => wasm.tool(what, args)) as Tools[T]['answer'];
}

export const parseUri = (text: string) => tool(Tool.Uri, text);
export const parseNameAddr = (text: string) => tool(Tool.NameAddr, text);
export const parseMessage = (raw: string) => tool(Tool.Message, raw);
export const callerOf = (raw: string) => tool(Tool.Caller, raw);
export const pieces = (text: string, separator: string) => tool(Tool.Pieces, text, separator);
export const unquoted = (text: string) => tool(Tool.Unquoted, text);
export const targetUri = (target: string, domain: string) => tool(Tool.Target, target, domain);
export const escapedUser = (text: string) => tool(Tool.EscapedUser, text);
export const md5 = (text: string) => tool(Tool.Md5, text);
export const diagnosisOf = (offer?: string, answer?: string): Diagnosis[] => tool(Tool.Diagnosis, offer, answer);
export const featuresOf = (local?: string, remote?: string): Feature[] => tool(Tool.Features, local, remote);
