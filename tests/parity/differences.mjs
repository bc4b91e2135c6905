// What viasip does otherwise than JsSIP 3.13.8, on purpose. Each entry takes out of both records exactly what differs
// there; an entry that takes nothing out any more fails the run.

/** Drops the lines that match, in these scenarios only. */
const lines = (...patterns) => (record) => record.filter((line) => !patterns.some((pattern) => pattern.test(line)));
/** Rewrites what matches, wherever it is. */
const rewrite = (...pairs) => (record) => record.map((line) => pairs.reduce((text, [from, to]) => text.replace(from, to), line));

/** Drops what each side alone has: lines that begin so. */
const instead = (theirs, ours) => (record, side) => record.filter((line) => !(side === 'jssip' ? theirs : ours).some((start) => line.startsWith(start)));
/** The frame that viasip alone sends, as its last and to the letter. */
const further = (...frame) => (record, side) => {
  if (side === 'viasip') return record;
  const at = 1 + new Set(record.filter((line) => line.startsWith('frame')).map((line) => line.split('  ')[0])).size;
  return [...record, ...frame.map((line) => `frame ${at}  ${line}`)];
};
/** What the scenario notes under these names. */
const notes = (...names) => (record) => record.filter((line) => !names.some((name) => line.startsWith(`event [${JSON.stringify(name)},`)));
/** Frames without their numbers and branches, in the order of the alphabet. */
const anyOrder = (record) => record.map((line) => line.replace(/^frame \d+ {2}/, 'frame ').replace(/branch=<branch\d+>/, 'branch=<branch>')).sort();
/** Drops these fields in the requests of that method. */
const fields = (method, ...names) => (record) => {
  const frames = record.filter((line) => line.startsWith('frame') && line.includes(`  ${method} `)).map((line) => line.split('  ')[0]);
  return record.filter((line) => !(frames.includes(line.split('  ')[0]) && names.some((name) => line.includes(`  ${name}:`))));
};
/** Drops these fields in the replies of that status to that method. */
const replies = (status, method, ...names) => (record) => {
  const of = (line) => line.split('  ')[0];
  const frames = (pattern) => record.filter((line) => line.startsWith('frame') && pattern.test(line.slice(of(line).length + 2))).map(of);
  const [answered, asked] = [frames(new RegExp(`^SIP/2\\.0 ${status}`)), frames(new RegExp(`^CSeq: .*${method}$`))];
  return record.filter((line) => !(answered.includes(of(line)) && asked.includes(of(line)) && names.some((name) => line.includes(`  ${name}:`))));
};
/** Several at once. */
const all = (...rules) => (record, side) => rules.reduce((left, rule) => rule(left, side), record);

export const allowed = [
  {
    id: '`ended` and `failed` carry `diagnosis`, `features` and `reason`, `progress` carries `reliable` and `early_dialog`, `disconnected` carries `retryIn` and `willRecover`, `Exceptions` has `RefusedError`', reason: 'What viasip adds.',
    apply: rewrite([/,?"(diagnosis|features|reason)":\[[^\]]*\]/g, ''], [/,"(retryIn|willRecover|reliable)":(null|true|false|[\d.]+)/g, ''], [/"early_dialog":(null|"[^"]*")/g, ''], [',"RefusedError"', ''], ['{,', '{']),
  },
  {
    id: '`C.REASON_PHRASE` has 555', reason: 'RFC 8599: what a registrar answers to push parameters that it does not know.',
    scenarios: ['constants'], apply: rewrite([',"555":"Push Notification Service Not Supported"', '']),
  },
  {
    id: '`countHeader()` of a message is there', reason: 'JsSIP declares it in its types, and its code does not have it.',
    scenarios: ['what a request tells'], apply: rewrite([/(false,null,)(null|"function")(,"sip:far)/, '$1$3']),
  },
  {
    id: 'INVITE and its answers offer Trickle ICE', reason: 'RFC 8840: `Supported: …,trickle-ice` and `Recv-Info: trickle-ice`; to one that says so too, candidates may follow by INFO instead of being waited for, and `icecandidate` tells of the first at most. None goes by INFO where the application takes candidates out in `sdp`. `trickle_ice: false` leaves it out.',
    apply: all(lines(/^frame \d+ {2}Recv-Info: trickle-ice$/), rewrite([/^(frame \d+ {2}Supported: .*),trickle-ice$/, '$1'])),
  },
  {
    id: 'a 2xx to INVITE says what is allowed', reason: 'RFC 3261 13.3.1.4: Allow, so that the caller may use UPDATE.',
    apply: replies('2', 'INVITE', 'Allow'),
  },
  {
    id: 'the 200 to OPTIONS says all that is supported', reason: 'RFC 3261 11.2: what an INVITE would be told. JsSIP says `outbound`.',
    apply: replies('[2-6]', 'OPTIONS', 'Supported'),
  },
  {
    id: 'outside a dialog INFO, PRACK and UPDATE are 481, REFER is 403', reason: 'They belong into one; 405 with an Allow that lists them, as in JsSIP, says the opposite.',
    scenarios: ['an INFO outside any dialog', 'an UPDATE outside any dialog', 'a REFER outside any dialog', 'a PRACK outside any dialog'],
    apply: lines(/^frame \d+ {2}SIP\/2\.0 (403|405|481)/, /^frame \d+ {2}Allow:/),
  },
  {
    id: 'a 405 lists what it would have taken', reason: 'RFC 3261 8.2.1: not the method that it refuses, which JsSIP lists too.',
    apply: replies('405', '', 'Allow'),
  },
  {
    id: '`Contact: *` in a message is read', defect: 8, reason: 'JsSIP throws out of the socket callback, and `unregistered` is lost.',
    scenarios: ['un-register all'], apply: lines(/^event \["waited in vain"/, /^error TypeError/, /^event \["unregistered"/),
  },
  {
    id: 'a nonce is counted from 1', reason: 'RFC 7616 3.4: `nc` counts the requests sent with this nonce. JsSIP goes on counting after a stale one.',
    scenarios: ['a stale nonce', 'a challenge: stale, and again', 'a challenge to each request of a call', 'a MESSAGE that is challenged, and one that is too often'], apply: rewrite([/nc=0000000\d/, 'nc=<count>']),
  },
  {
    id: 'both kinds of challenge of one response are met', reason: 'RFC 3261 16.7: a proxy that forks gathers them. JsSIP reads the one that the status names.',
    scenarios: ['a MESSAGE that two challenge at once, and a nonce for the next'], apply: lines(/^frame 2 {2}Proxy-Authorization:/),
  },
  {
    id: 'a server that names the next nonce gets it', reason: 'RFC 7616 3.5: `nextnonce` of Authentication-Info, in the next request of its kind to that host.',
    scenarios: ['a MESSAGE that two challenge at once, and a nonce for the next'], apply: lines(/^frame 3 {2}Authorization:/),
  },
  {
    id: 'inside a dialog only known realms are answered', reason: 'Configured (`realm`, `auth_realms`), or met by a REGISTER or by what opened the dialog. JsSIP hands a digest of the password to each callee who asks for it.',
    scenarios: ['a challenge inside a call, of a realm that nobody has met'], apply: lines(/^frame 4 /),
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
    id: 'a refusal says what is wrong', reason: 'Reason phrases (`Content-Length Mismatch`, `CSeq out of order`, `Missing or Bad Event`, `Subscription does not exist`), Content-Length in each, and Allow-Events in 489 (RFC 6665), where JsSIP has `Bad Request`, `JsSIP Internal Error` or none.',
    scenarios: [
      'a request with too short a body', 'an old CSeq and an unknown method', 'a subscription: a NOTIFY with no Event', 'a subscription: a NOTIFY with no state', 'a subscription: a NOTIFY with a state that is none',
      'a request that came by two ways', 'messages: accepted and refused with bodies and odd codes', 'refer: what the NOTIFYs may be', 'a subscription: pending, active, wrong words',
      'requests inside a call that are none of its business',
    ],
    apply: lines(/^frame \d {2}SIP\/2\.0 (400|500|499|481)/, /^frame [13] {2}Content-Length: 0/, /^frame \d {2}Allow-Events:/),
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
    id: '`NameAddrHeader` quotes a parameter value that is no token', reason: 'RFC 3261 25.1: `+sip.instance=<urn:uuid:…>` would break the field. JsSIP writes what was set.',
    scenarios: ['NameAddrHeader'], apply: notes('no token'),
  },
  {
    id: '`WebSocketInterface` answers with booleans, and refuses a URL without a host', reason: 'JsSIP\'s `isConnected()` is null before the first connect; `ws://` becomes `sip:undefined`.',
    scenarios: ['WebSocketInterface'], apply: (record) => rewrite([/,(null|false),(null|false)\]\]$/, ']]'], [/"(input\.charAt[^"]*|Invalid argument: 5)"/, '"…"'])(lines(/^event \["(via )?ws:\/\/",/)(record)),
  },
  {
    id: 'a listener that throws disturbs nobody', reason: 'The other listeners run, the request is sent, the error reaches `window.onerror`. In JsSIP it flies out of the method or the socket.',
    scenarios: ['emitter: a listener that throws in call() and in message handling'], apply: lines(/^event "the other one"/, /^event \["sent"/, /^frame/, /^error Error: of the app/),
  },
  {
    id: 'more is read as an address', reason: 'Empty and doubled parameters, `#` in a user (star codes), hosts as they occur, blanks before a name; `ttl` and `lr` keep their value, `maddr` does not become the host. A port beyond 65535 or without digits is none.',
    scenarios: ['URI: odd and invalid texts', 'NameAddrHeader: odd and invalid texts', 'Utils over many values'],
    apply: notes(
      'sip:a@b.c:', 'sip:a@b.c:99999', 'sip:a@b.c:5060;', 'sip:a@b.c;;x', 'sip:a@b.c;x=', 'sip:a@b.c;=x', 'sip:a@b.c?', 'sip:a@b.c?x', 'sip:a@b.c?x=1&', 'sip:a:b:c@d.e', 'sip:a#b@c.d', 'sip:#21#@b.c', 'sip:b.c.', 'sip:b..c', 'sip:-b.c',
      'sip:b.c;ttl=15', 'sip:b.c;ttl=999', 'sip:b.c;maddr=1.2.3.4', 'sip:b.c;lr=on', 'sip:\u00fc@b.c', '  Alice   Smith  <sip:a@b.c>', '<sip:a@b.c>;', 'host -', 'host b.c.',
    ),
  },
  {
    id: 'a target with a bad escape is an invalid target', reason: 'TypeError like any other, where JsSIP throws URIError. A blank is no target, a slash is one.',
    scenarios: ['normalizeTarget: what people type', 'Utils over many values', 'who calls: numbers, nothing, and a URI'], apply: notes('a%zz at d.com', '% at d.com', '  at d.com', 'http://x.y at d.com', 'escape %', 'malformed'),
  },
  {
    id: 'errors speak of what the application did', reason: 'JsSIP\'s name what broke inside (`input.substr is not a function`).',
    scenarios: ['URI: the ways to write it', 'NameAddrHeader: the ways to write it', 'a notifier: what it needs, in words'], apply: notes('not a text', 'nothing', 'number', 'no options', 'too early'),
  },
  {
    id: 'the rules of `Grammar` read what their RFCs have', reason: 'JsSIP\'s parser leaks fields of one rule into another (`presence.winfo`, `maddr` in Via), knows no token where quotes are usual, drops SHA-256, and has rules that yield nothing. `tel:` and lists without brackets are read.',
    scenarios: ['Contact', 'Via', 'Record_Route', 'Route', 'From', 'Min_SE', 'Refer_To', 'Referred_By', 'Replaces', 'Reason', 'Subscription_State', 'Event', 'WWW_Authenticate', 'Content_Length', 'Require', 'Content_Disposition', 'Content_Encoding', 'Subject', 'Status_Line', 'Request_Response', 'absoluteURI', 'quoted_string'].map((rule) => `Grammar: ${rule}`),
    apply: notes(
      '*', '<tel:1>', '<sip:a@b.c>,', 'SIP / 2.0 / UDP b.c ;rport', 'SIP/2.0/TCP [::1]:5060;received=1.2.3.4;branch=x', 'SIP/2.0/TLS 1.2.3.4;maddr=b.c;ttl=5;x=y;branch=z', 'SIP/2.0/WS b.c, SIP/2.0/WS d.e', '<sip:b.c;lr>;x=y, <sip:c.d;lr=on>', 'sip:b.c', '<sip:b.c;lr>', '<sip:b.c;lr>,<sip:c.d>',
      '"A" <sip:a@b.c>;tag=1;x=y', '90', '90;x=y', 'x', '<sip:a@b.c>', 'sip:a@b.c;x=y', 'a@b;TO-TAG=1;From-Tag=2;x=y', 'SIP;cause=600;text=bare', 'SIP;cause=200,Q.850;cause=16', 'terminated;reason="x"', 'presence.winfo', 'presence;',
      'Digest realm="a \\"b\\"", nonce="n", qop="auth,auth-int", stale=TRUE, opaque="", domain="sip:b.c", x=y', 'Digest nonce="n", realm="r", stale=false, algorithm="SHA-256"', 'Digest realm=r, nonce=n', 'Digest realm="r",, nonce="n"', 'Digest realm="r", nonce="n", qop=auth',
      'Digest realm="r", nonce="n", algorithm=MD5-sess', 'Digest realm="r", nonce="n", qop="auth, auth-int"', ' 5', '(nothing)', 'session', 'session;handling=required', 'gzip', 'gzip, deflate', 'hello there', 'SIP/2.0 700 X', 'INVITE tel:1 SIP/2.0', 'wss://b.c:8443/path?x=y', 'urn:service:sos', ' "a"',
    ),
  },
  {
    id: 'a folded field is one line', reason: 'RFC 3261 7.3.1: a fold is a space. JsSIP keeps the line break in the value.',
    scenarios: ['compact forms, folded lines and odd spaces'], apply: rewrite(['one\\r\\n two', 'one two']),
  },
  {
    id: '`setHeader()` of a request replaces each line of that name', reason: 'JsSIP overlooks every second one.',
    scenarios: ['a request of ours as an object'], apply: lines(/^frame 1 {2}x-mine: 2/),
  },
  {
    id: '`reply()` is for the requests of `newSubscribe` and `sipEvent`', reason: 'A call, a MESSAGE and an OPTIONS are answered by the object of their event, which has to know; for theirs `reply()` throws NotSupportedError.',
    scenarios: ['reply() of requests that the application holds'], apply: all(notes('reply', 'later'), lines(/^frame [345]/)),
  },
  {
    id: '`stop()` inside `connected` comes behind the REGISTER', reason: 'What the new line brings about is under way before the listeners run.',
    scenarios: ['stopped inside connected'], apply: instead([], ['event ["registrationFailed"', 'frame 1 ']),
  },
  {
    id: 'nothing of a private call names the caller', reason: 'RFC 3323 4.1, RFC 3325 7: no `Referred-By`, no display name but `Anonymous`, and `Privacy: id` in each request, without which a proxy would name the caller in the later ones.',
    scenarios: ['anonymous, with a name, and a transfer'], apply: lines(/^frame \d {2}(From|Referred-By|Privacy):/),
  },
  {
    id: 'the NOTIFY of a transfer has a Contact', reason: 'RFC 6665 8.2.2.',
    scenarios: ['refer: they ask and we follow', 'refer: they ask and we refuse', 'refer: they ask, with Replaces and options of ours', 'refer: their wish ends in a timeout of ours', 'refer: to <sip:c@d.e;method=BYE>', 'refer: to sip:c@d.e'], apply: fields('NOTIFY', 'Contact'),
  },
  {
    id: 'a call that rings out may be replaced', reason: 'RFC 3891 3: `replaces` is told of it as of one that is up. In JsSIP it is 403, as is a call that rings here, which is 481.',
    scenarios: ['replaces: of a call that rings out'], apply: lines(/^event \["replaces"/, /^frame 3 /),
  },
  {
    id: 'a 1xx without a To tag is told', reason: 'A proxy may ring back before there is a phone (RFC 3261 12.1): `progress`, and its early media is heard.',
    scenarios: ['a 1xx without a tag, and early media that rings on'], apply: all(notes('status'), (record, side) => record.filter((line, at) => side === 'jssip' || at !== record.findIndex((other) => other.startsWith('event ["progress"')))),
  },
  {
    id: 'an INFO without a body is 200', reason: 'RFC 2976 2.2: who asks whether the call is alive would hang up. `newInfo` tells of it, its type and body empty. An unknown `Info-Package` is 469 (RFC 6086).',
    scenarios: ['an INFO both ways'], apply: lines(/"<info {2}>"/, /^frame 3 /),
  },
  {
    id: 'a 481 to any request inside the call ends it', reason: 'RFC 5057 5.1: the far end knows nothing of the call. `ended` with `Dialog Error` follows what the request itself is told; in JsSIP only one to `sendInfo` or a tone does.',
    scenarios: ['refer: 481 and 408', 'sendRequest: the far end knows nothing of the call'], apply: all(notes('call'), instead([], ['event ["ended"', 'frame 3 '])),
  },
  {
    id: 'a target of `sips:` stays one', reason: 'RFC 3261 26.4.4: who asked for encrypted lines alone is not called by others. Our Contact is a `sips:` one then.',
    scenarios: ['normalizeTarget: what people type'], apply: notes('sips:bob@x.y at d.com', 'sips:bob@x.y at undefined'),
  },
  {
    id: 'what a listener asks for follows what the message itself brought about', reason: 'A message is worked off before its listeners run: the ACK leaves before the BYE of `terminate()` inside `accepted` (JsSIP sends no ACK at all) and before the NOTIFY of a transfer, a replaced call ends after the new one is confirmed.',
    scenarios: ['terminated inside accepted', 'refer: they ask, with Replaces and options of ours', 'replaces: accepted'],
    apply: (record) => anyOrder(lines(/^frame \d {2}(ACK|CSeq: <first\+0> ACK)/)(record)).filter((line, at, list) => line !== list[at - 1]),
  },
  {
    id: '`stop()` before `start()` tells nothing', reason: 'No line was there to be disconnected.',
    scenarios: ['stopped before it was started'], apply: instead(['event ["disconnected"'], []),
  },
  {
    id: 'the ACK of a 2xx carries the credentials of its INVITE', reason: 'RFC 3261 13.2.2.4.',
    scenarios: ['a challenge to each request of a call'], apply: instead([], ['frame 4  Proxy-Authorization', 'frame 10  Proxy-Authorization']),
  },
  {
    id: '`stop()` closes the line as soon as everything is said', reason: 'JsSIP waits two seconds whenever something was on its way.',
    scenarios: ['the line is closed after the stop'], apply: notes('still up'),
  },
  {
    id: 'after `stop()` a request is refused', reason: '480, or 481 inside a call, where JsSIP leaves the far end without an answer.',
    scenarios: ['requests after the stop are not heard'], apply: instead([], ['frame 4 ', 'frame 5 ']),
  },
  {
    id: 'a 2xx to REGISTER that does not list us is a failure', reason: '`registrationFailed`; in JsSIP nothing happens, ever.',
    scenarios: ['a 200 without our binding'], apply: lines(/^event \["registrationFailed"/),
  },
  {
    id: 'no answer and a lost line are named', defect: 16, reason: '`Connection Error` and `Request Timeout` by `system`, where JsSIP says `Canceled`.',
    scenarios: ['what is asked without a line', 'the line is lost while it rings out'], apply: lines(/^event \["failed",\{"cause":"(Canceled|Connection Error)"/),
  },
  {
    id: 'a call that was terminated is over', reason: 'Inside `connecting` it does not fail a second time, inside `sending` no INVITE leaves.',
    scenarios: ['terminated inside connecting', 'terminated inside sending'], apply: instead(['event ["failed",{"cause":"WebRTC Error"', 'frame 1 '], []),
  },
  {
    id: 'a re-INVITE that is refused for its body is not shown', reason: 'The application could only reject it.',
    scenarios: ['a re-INVITE with another body'], apply: lines(/^event \["reinvite"/),
  },
  {
    id: 'other methods inside a call are 405', reason: 'RFC 3261 8.2.1, with Allow; 501 is for methods that nobody knows, where JsSIP has it the other way round. A NOTIFY for no transfer is 481 (RFC 6665).',
    scenarios: ['requests inside a call that are none of its business', 'raw: a method that nobody knows'], apply: lines(/^frame \d {2}SIP\/2\.0 (400|481|405|501)/, /^frame [56] {2}Allow:/, /^frame 1 {2}Allow:/),
  },
  {
    id: 'a fetch is answered by a NOTIFY', reason: 'RFC 6665 4.4.3, also if the application sends none.',
    scenarios: ['a subscriber of theirs: a fetch'], apply: instead([], ['frame 2 ']),
  },
  {
    id: 'an empty `opaque` is echoed, and credentials have no order', reason: 'RFC 7616 3.4: unchanged. RFC 3261 7.3.1: fields of different names may stand anyhow.',
    scenarios: ['a challenge: quotes in realm and user', 'a challenge: a token, and a password too'], apply: (record) => rewrite([', opaque=""', ''])(record).sort(),
  },
  {
    id: 'fields are written alike', reason: 'A space behind the colon, Record-Route lists copied as they came; From and To without port and parameters (RFC 3261 table 1).',
    scenarios: ['a route set: of theirs', 'an address with port and parameters, a Contact and a name of its own', 'an address with port and parameters'],
    apply: (record) => rewrite(['X-More:2', 'X-More: 2'], [/^(frame \d {2}Record-Route: <sip:p1.example.com;lr>), <sip:p2.example.com;lr>$/, '$1'], [/^frame \d {2}Record-Route: <sip:p2.example.com;lr>$/, ''], ['<sip:alice@example.com:5070;transport=tcp>', '<sip:alice@example.com>'])(record).filter(Boolean),
  },
  {
    id: 'what is sent again is the same', reason: 'The ACK of a 2xx with its branch, our 2xx with all its fields (RFC 3261 13.2.2.4, 13.3.1.4), and an INVITE that comes again is answered again (17.2.1).',
    scenarios: ['a 200 that is sent again', 'our 200 is sent again until the ACK', 'an INVITE that is sent again'],
    apply: all(rewrite([/branch=<branch[234]>/, 'branch=<branch>']), lines(/^frame 4 {2}(X-Mine|Session-Expires)/, /^frame [345] {2}(SIP\/2\.0 (180|486)|Contact)/), (record) => record.map((line) => line.replace(/^frame [45] {2}/, 'frame 3  ')).filter((line, at, list) => list.indexOf(line) === at)),
  },
  {
    id: 'a registrar that could not is asked again', reason: 'RFC 5626 4.5: after no answer, 408, 480 and 5xx, as long as it says or longer each time. JsSIP leaves that to the application, and phones stay away when a server has restarted.',
    scenarios: ['a registrar that is busy'], apply: instead([], ['event ["registered"', 'frame 2 ']),
  },
  {
    id: 'a registrar that grants 0 s has not registered us', reason: '`registrationFailed`, and it is asked again as one that could not. JsSIP counts it as 10 s, and registers every 5 s (`tests/native/registration.rs`).',
    scenarios: ['a registrar that grants nothing'], apply: lines(/^event \["(registered|registrationFailed)"/),
  },
  {
    id: 'a CANCEL is answered like any other request', reason: 'Supported in its 481, and the To tag of the call in its 200.',
    scenarios: ['CANCEL: for nothing, and too late'], apply: lines(/^frame 1 {2}Supported:/, /^frame 5 {2}To:/),
  },
  {
    id: 'a re-INVITE that was answered 491 is over', defect: 6, reason: 'In JsSIP it goes on, and here ends the call.',
    scenarios: ['two offers at once: ours was first'], apply: instead(['event ["reinvite"', 'event ["sdp",{"originator":"remote","sdp":"<sdp>","type":"offer"', 'event ["sdp",{"originator":"local","sdp":"<sdp>","type":"answer"', 'event ["ended"', 'event ["waited', 'event ["status"', 'frame 7 '], ['event "done"', 'event ["status"']),
  },
  {
    id: 'a session interval of less than a minute is refused', reason: 'RFC 4028 9: 422 with Min-SE, as no callee may make it longer. JsSIP answers with 90 s.',
    scenarios: ['session timers of theirs: 30'],
    apply: all(
      instead(['event ["newRTCSession"', 'event ["progress"', 'event ["peerconnection"', 'event ["sdp"', 'event ["connecting",{"request"', 'event ["accepted"', 'frame 2 ', 'frame 3 '], ['event ["waited in vain"', 'event "thrown: TypeError']),
      further('SIP/2.0 422 Session Interval Too Small', 'Via: SIP/2.0/WS far.invalid;branch=z9hG4bKfar1', 'To: <sip:alice@example.com>;tag=<tag1>', 'From: <sip:far@example.com>;tag=far', 'Call-ID: far-call', 'CSeq: 1 INVITE', 'Min-SE: 90', 'Supported: timer,ice,replaces,outbound', 'Content-Length: 0'),
    ),
  },
  {
    id: 'a 2xx requires the timer that it relies on', reason: 'RFC 4028 9: `Require: timer` where the caller knows of session timers.',
    scenarios: ['a call that comes in, is answered and hung up', 'an UPDATE without a description', 'session timers of theirs: 1800;refresher=uas', 'session timers: their UPDATE takes over'],
    apply: lines(/^frame \d+ {2}Require: timer$/),
  },
  {
    id: 'a 422 is asked again', reason: 'RFC 4028 7.3: with the interval that the far end wants. In JsSIP the call fails.',
    scenarios: ['an interval that is too small for them'], apply: instead(['event ["failed"', 'event ["status"'], ['event ["status"', 'frame 3 ']),
  },
  {
    id: 'a NOTIFY that names no transfer is of the first REFER', reason: 'RFC 3515 2.4.6: that of the first in a dialog need not have an `id`. In JsSIP it is 400 while another one is open.',
    scenarios: ['refer: two at once'], apply: instead(['frame 3  SIP/2.0 400'], ['event ["first progress"', 'frame 3  SIP/2.0 200']),
  },
  {
    id: 'a call that was asked for says by whom', reason: 'RFC 3892 2.2: the `Referred-By` of the REFER goes with the INVITE.',
    scenarios: ['refer: they ask and we follow'], apply: lines(/^frame \d+ {2}Referred-By: /),
  },
  {
    id: 'addresses of other schemes are read', defect: 9, reason: '`tel:` in From, `sips:` in To and Request-URI are taken, both in Refer-To; `tel:` in Request-URI is 416. JsSIP drops the message, throws, or refuses both in Refer-To.',
    scenarios: ['raw: a tel: caller', 'raw: a Request-URI of tel', 'raw: a Request-URI of sips', 'raw: To of another scheme', 'refer: to <sips:c@d.e>', 'refer: to <tel:+123>'],
    apply: all(instead(['frame 1 ', 'event "thrown: TypeError Cannot read'], []), instead([], ['event ["newMessage"', 'event ["newOptions"', 'event ["refer"', 'frame '])),
  },
  {
    id: 'what cannot be understood is refused', defect: 10, reason: 'RFC 3261 8.1.1.5 and 8.2.2.3: a CSeq of another method is 400, something required that is not supported is 420 (`100rel` is). A type with a parameter is the same type; a multipart body is opened, and 400 if it is none.',
    scenarios: ['raw: another method in CSeq', 'raw: something required that we have not', 'raw: a type with a parameter', 'raw: a body of another type'],
    apply: lines(/^event \["(newOptions|newRTCSession|progress)"/, /^frame [12] /),
  },
];

export function table() {
  const rows = allowed.map(({ id, reason, defect }) => `| ${id} | ${defect ? `JsSIP's defect ${defect}. ` : ''}${reason} |`);
  return `| difference | why |\n|---|---|\n${rows.join('\n')}\n`;
}
