/** How far a call is, in the numbers that JsSIP's `RTCSession.C` has for it. */
export const STATUS = {
  STATUS_NULL: 0,
  STATUS_INVITE_SENT: 1,
  STATUS_1XX_RECEIVED: 2,
  STATUS_INVITE_RECEIVED: 3,
  STATUS_WAITING_FOR_ANSWER: 4,
  STATUS_ANSWERED: 5,
  STATUS_WAITING_FOR_ACK: 6,
  STATUS_CANCELED: 7,
  STATUS_TERMINATED: 8,
  STATUS_CONFIRMED: 9,
} as const;
/** One of the numbers of `RTCSession.C`. */
export type SessionStatus = (typeof STATUS)[keyof typeof STATUS];

/** Whether the call was answered with a 2xx, acknowledged or not, and is not over. */
export const isAccepted = (status: number): boolean =>
  status === STATUS.STATUS_WAITING_FOR_ACK || status === STATUS.STATUS_CONFIRMED;
