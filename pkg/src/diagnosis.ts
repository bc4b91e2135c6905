/** One thing that keeps two ends apart. */
export interface Diagnosis {
  /** For programs: `no-dtls`, `rtp-profile`, `no-ice`... */
  code: string;
  /** `error`: no call; `warning`: perhaps; `info`: good to know. */
  severity: 'error' | 'warning' | 'info';
  /** What is wrong, in a sentence. */
  message: string;
  /** What to change. */
  hint: string;
}

/** One row of what both ends must share. */
export interface Feature {
  /** What both must share. */
  feature: string;
  /** What our description has. */
  yours: string;
  /** What the far end's has. */
  theirs: string;
  /** Whether that fits. */
  verdict: 'ok' | 'warning' | 'missing' | 'unknown';
  /** What to change. */
  hint: string;
}

/** A reply that an app gives inside a listener. */
export interface AppReply {
  status: number;
  reason?: string;
  /** Lines `Name: value`. */
  headers: string[];
  body: string;
}

export type Originator = 'local' | 'remote' | 'system';
