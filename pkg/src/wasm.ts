/** The flat functions of the wasm module, with the types that the classes rely on. */
import * as glue from '../wasm/viasip.js';
import type { Diagnosis, Feature } from './types.js';

export type Dispatch = (target: number, name: string, payload: Record<string, unknown>) => unknown;

export interface ParsedUri {
  scheme: string;
  user: string | null;
  host: string;
  port: number | null;
  params: Record<string, string | null>;
  headers: Record<string, string[]>;
}

export interface ParsedNameAddr {
  display_name: string | null;
  uri: ParsedUri;
  params: Record<string, string | null>;
}

export interface ParsedMessage {
  method?: string;
  ruri?: ParsedUri;
  status_code?: number;
  reason_phrase?: string;
  headers: [string, string][];
  body: string;
  call_id: string;
  cseq: number;
  cseq_method: string;
  from: ParsedNameAddr;
  to: ParsedNameAddr;
  from_tag: string | null;
  to_tag: string | null;
  via_branch: string | null;
}

/** A request of ours before it leaves. */
export interface Draft {
  method: string;
  uri: string;
  headers: [string, string][];
  body: string;
}

export interface RegistrationState {
  registered: boolean;
  expires: number | null;
  refreshAt: number | null;
  /** The realm of the last challenge that was answered. */
  realm: string | null;
}

interface Wasm {
  agent_new(config: object, sockets: unknown[], dispatch: Dispatch): number;
  agent_drop(agent: number): void;
  agent_start(agent: number): void;
  agent_stop(agent: number): void;
  agent_register(agent: number): void;
  agent_unregister(agent: number, all: boolean): void;
  agent_configure(agent: number, key: string, value: unknown): void;
  agent_registrator(agent: number, extraHeaders: string[], contactParams: string): void;
  agent_registration_state(agent: number): RegistrationState | null;
  agent_transport(agent: number, action: 'connect' | 'disconnect'): void;
  agent_trace(agent: number, on: boolean): void;
  agent_contact(agent: number, anonymous: boolean, outbound: boolean): string;
  websocket_open(url: string, handler: object): number;
  websocket_send(id: number, data: string): boolean;
  websocket_close(id: number): void;
  websocket_state(id: number): number;
  session_reserve(agent: number): number;
  peer_create(agent: number, session: number, config: unknown, constraints: unknown): RTCPeerConnection;
  session_call(agent: number, session: number, options: object): void;
  session_answer(agent: number, session: number, options: object): void;
  session_answer_impossible(agent: number, session: number): void;
  session_terminate(agent: number, session: number, options: object): void;
  session_hold(agent: number, session: number, on: boolean, options: object): boolean;
  session_renegotiate(agent: number, session: number, options: object): boolean;
  session_mute(agent: number, session: number, audio: boolean | null, video: boolean | null): void;
  session_dtmf(agent: number, session: number, tones: string, options: object): void;
  session_info(agent: number, session: number, contentType: string, body: string, extraHeaders: string[]): number;
  session_request(agent: number, session: number, method: string, extraHeaders: string[], body: string): { handle: number; request: Draft } | null;
  session_refer(agent: number, session: number, referTo: string, extraHeaders: string[]): [number, number] | null;
  session_refer_notify(agent: number, session: number, referral: number, status: number, reason: string): void;
  session_replaces_value(agent: number, session: number): string | undefined;
  session_replace(agent: number, session: number, ticket: number, id: number): boolean;
  session_diagnosis(agent: number, session: number): { findings: Diagnosis[]; features: Feature[] };
  session_ready_candidates(agent: number, session: number): void;
  request_send(agent: number, request: number, method: string, options: object): void;
  subscription_command(
    agent: number,
    subscription: number,
    what: 'subscribe' | 'again' | 'reply' | 'start' | 'activate' | 'notify' | 'terminate',
    options: object,
  ): void;
  diagnose(offer?: string | null, answer?: string | null): Diagnosis[];
  features(local?: string | null, remote?: string | null): Feature[];
  parse_uri(text: string): ParsedUri | null;
  parse_name_addr(text: string): ParsedNameAddr | null;
  parse_message(raw: string): ParsedMessage | null;
  normalize_target(target: string, domain: string): string | null;
  escape_user(text: string): string;
  md5(text: string): string;
  mask_secrets(text: string): string;
  version(): string;
}

export const wasm = glue as unknown as Wasm;
