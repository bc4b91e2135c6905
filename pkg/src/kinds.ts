/**
 * What the core tells, in the order of `Kind` in `src/web/events.rs`: the name of the event, then those of its fields.
 * `state` of a call is its status with a bit for each of local hold, remote hold and ready to re-offer above it.
 */
const KINDS = [
  'connecting server attempts',
  'connected server',
  'disconnected server error retryIn code reason',
  'stopped',
  'registered response expires',
  'refreshed expires refreshIn',
  'unregistered response cause transport',
  'registrationFailed response cause',
  'registrationExpiring',
  'gruu pub_gruu temp_gruu',
  'newRTCSession id originator request call_id from_tag',
  'newMessage id originator request',
  'newOptions id originator request',
  'sipEvent request',
  'newSubscribe id request',
  'dropped why',
  'sipMessage direction message at',
  'done response originator cause',
  'gone',
  'state state',
  'connecting state request',
  'sending state request',
  'progress state originator response',
  'accepted state originator response',
  'confirmed state originator ack',
  'ended state originator request response cause diagnosis features',
  'failed state originator request response cause diagnosis features',
  'sdp state originator type sdp',
  'mediaFailed state fault error',
  'hold state originator',
  'unhold state originator',
  'reinvite state request ticket',
  'update state request ticket',
  'answered state ticket',
  'renegotiated state succeeded',
  'newDTMF state originator tone duration request handle',
  'newInfo state originator contentType body request handle',
  'requestDone state handle response cause',
  'authenticated state handle request',
  'refer state request referral',
  'referProgress state handle request status reason',
  'replaces state request ticket',
  'iceCandidate candidate',
  'state state dialog',
  'accepted state dialog',
  'pending state dialog',
  'active state dialog',
  'notify state dialog ends request',
  'subscribe state dialog ends request',
  'expired state dialog',
  'terminated state dialog code reason retryAfter',
];

export type Payload = Record<string, unknown>;

/** The name of an event, and its fields by their names. */
export function named(kind: number, fields: unknown[]): [name: string, payload: Payload] {
  const [name, ...keys] = (KINDS[kind] as string).split(' ');
  return [name as string, Object.fromEntries(fields.map((value, i) => [keys[i], value]))];
}
