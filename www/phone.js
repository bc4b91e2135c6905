// What the parts of the page tell each other: 'line' { ua, url } for each user agent before it starts, 'session' { session, who } for
// each call before anything has happened to it, 'active' { session } for the one on the surface, null for none.
const told = new EventTarget();

export const phone = {
  /** Calls `listener` with what is told under that name. */
  on: (name, listener) => told.addEventListener(name, (event) => listener(event.detail)),
  tell: (name, detail) => told.dispatchEvent(new CustomEvent(name, { detail })),
};
