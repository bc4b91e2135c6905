import type { IncomingResponse } from './SIPMessage.js';

/** What all of these have. */
export interface BaseError extends Error {
  code: number;
}

/** A configuration that cannot be used. `code` 1. */
export class ConfigurationError extends Error {
  override name = 'CONFIGURATION_ERROR';
  readonly code = 1;
  /** Which option. */
  readonly parameter: string;
  /** What it was. */
  readonly value: unknown;

  constructor(parameter: string, value?: unknown) {
    super(
      value ? `Invalid value ${JSON.stringify(value)} for parameter "${parameter}"` : `Missing parameter: ${parameter}`,
    );
    this.parameter = parameter;
    this.value = value;
  }
}

/** A method called in a state that does not allow it. `code` 2. */
export class InvalidStateError extends Error {
  override name = 'INVALID_STATE_ERROR';
  readonly code = 2;
  /** In which state the object is. */
  readonly status: number;

  constructor(status: number) {
    super(`Invalid status: ${status}`);
    this.status = status;
  }
}

/** What this environment or this kind of object cannot do. `code` 3. */
export class NotSupportedError extends Error {
  override name = 'NOT_SUPPORTED_ERROR';
  readonly code = 3;
}

/** Used before it was ready: `init()` comes first. `code` 4. */
export class NotReadyError extends Error {
  override name = 'NOT_READY_ERROR';
  readonly code = 4;
}

/** An offer inside a call came to nothing, and the call goes on as it was. `code` 5. */
export class RefusedError extends Error {
  override name = 'REFUSED_ERROR';
  readonly code = 5;
  /** What the other end answered; null if nothing, or if it left out the one medium that was added. */
  readonly response: IncomingResponse | null;
  /** One of `C.causes`. */
  override readonly cause: string;

  constructor(response: IncomingResponse | null, cause: string) {
    const answer = response ? ` (${response.status_code} ${response.reason_phrase})` : '';
    super(`The offer was not accepted: ${cause}${answer}`);
    this.response = response;
    this.cause = cause;
  }
}
