// What viasip does otherwise than JsSIP 3.13.8, on purpose. Each entry takes out of both records exactly what differs
// there; an entry that takes nothing out any more fails the run.

/** Drops the lines that match, in these scenarios only. */
const lines = (...patterns) => (record) => record.filter((line) => !patterns.some((pattern) => pattern.test(line)));
/** Rewrites what matches, wherever it is. */
const rewrite = (...pairs) => (record) => record.map((line) => pairs.reduce((text, [from, to]) => text.replace(from, to), line));

export const allowed = [
  {
    id: '`ended` and `failed` carry `diagnosis` and `features`, `disconnected` carries `retryIn`', reason: 'What viasip adds.',
    apply: rewrite([/,?"(diagnosis|features)":\[[^\]]*\]/g, ''], [/,"retryIn":(null|[\d.]+)/, ''], ['{,', '{']),
  },
  {
    id: '`Contact: *` in a message is read', defect: 8, reason: 'JsSIP throws out of the socket callback, and `unregistered` is lost.',
    scenarios: ['un-register all'], apply: lines(/^event \["waited in vain"/, /^error TypeError/, /^event \["unregistered"/),
  },
  {
    id: 'a nonce is counted from 1', reason: 'RFC 7616 3.4: `nc` counts the requests sent with this nonce. JsSIP goes on counting after a stale one.',
    scenarios: ['a stale nonce'], apply: rewrite([/nc=0000000\d/, 'nc=<count>']),
  },
  {
    id: 'a 2xx without SDP after an early answer is taken', reason: 'RFC 3261 13.2.1: the answer need not be repeated. JsSIP ends the call.',
    scenarios: ['early media, then the answer'],
    apply: lines(/^event \["(failed|waited in vain|accepted|confirmed|ended)"/, /^event "thrown: INVALID_STATE_ERROR/, /^frame 3 {2}(Reason|X-Bye):/),
  },
  {
    id: 'the 200 to a CANCEL has the To tag of the call', reason: 'RFC 3261 9.2. JsSIP makes another.',
    scenarios: ['a caller that gives up'], apply: lines(/^frame 3 {2}To:/),
  },
  {
    id: 'an INVITE without Contact is 400', reason: 'The fault is the caller\'s (RFC 3261 21.4.1). JsSIP says 500.',
    scenarios: ['an INVITE without Contact'], apply: lines(/^frame 2 {2}SIP\/2\.0 (500|400)/),
  },
  {
    id: 'a refusal says what is wrong', reason: 'Reason phrases `Content-Length Mismatch`, `CSeq out of order`, and a Content-Length of its own, where JsSIP has `Bad Request`, `JsSIP Internal Error` and none.',
    scenarios: ['a request with too short a body', 'an old CSeq and an unknown method'], apply: lines(/^frame \d {2}SIP\/2\.0 (400|500)/, /^frame 1 {2}Content-Length: 0/),
  },
  {
    id: '`isReadyToReOffer()` is false while an offer is on its way', defect: 34, reason: 'JsSIP says true until createOffer has begun.',
    scenarios: ['hold and unhold'], apply: rewrite([/(\["again",\[false,\{[^}]*\}),(true|false)\]/, '$1]']),
  },
  {
    id: 'a tone of theirs may be lower-case and without duration', reason: 'Phones send it so; 100 ms are assumed. JsSIP drops it.',
    scenarios: ['a tone of theirs'], apply: lines(/"<tone A 100>"/, /^event \["waited in vain"/),
  },
  {
    id: '`NameAddrHeader.parse` reads a bare address', reason: 'RFC 3261 20.10 allows it, and From and To come so.',
    scenarios: ['NameAddrHeader'], apply: lines(/^event (\[)?"sip:a@b\.c;tag=2"/),
  },
  {
    id: '`WebSocketInterface` answers with booleans, and refuses a URL without a host', reason: 'JsSIP\'s `isConnected()` is null before the first connect; `ws://` becomes `sip:undefined`.',
    scenarios: ['WebSocketInterface'], apply: (record) => rewrite([/,(null|false),(null|false)\]\]$/, ']]'], [/"(input\.charAt[^"]*|Invalid argument: 5)"/, '"…"'])(lines(/^event \["(via )?ws:\/\/",/)(record)),
  },
];

export function table() {
  const rows = allowed.map(({ id, reason, defect }) => `| ${id} | ${defect ? `JsSIP's defect ${defect}. ` : ''}${reason} |`);
  return `| difference | why |\n|---|---|\n${rows.join('\n')}\n`;
}
