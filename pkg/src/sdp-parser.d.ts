/** The reader of sdp-transform by itself: its index brings a writer that nobody here calls. */
declare module 'sdp-transform/lib/parser.js' {
  export { parse } from 'sdp-transform';
}
