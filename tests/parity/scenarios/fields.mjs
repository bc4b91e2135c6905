// 10, 11 and 18: messages and values as applications read them, and texts valid, odd and invalid.
const value = (section, name, run) => ({ section, name, run });
const tried = (world, name, run) => {
  try {
    world.note(name, run());
  } catch (error) {
    world.note(name, [error.name, error.message]);
  }
};
const path = (object, keys) => keys.split('.').reduce((at, key) => (at === null || at === undefined ? undefined : at[key]), object);

export const fields = [
  value('1', 'exports: what the module is made of', (world) => {
    const { JsSIP } = world;
    const theirs = ['C', 'Exceptions', 'Utils', 'UA', 'URI', 'NameAddrHeader', 'WebSocketInterface', 'Grammar', 'RTCSession', 'debug', 'name', 'version'];
    world.note('there', theirs.map((key) => [key, typeof JsSIP[key]]));
    world.note('utils', ['str_utf8_length', 'isFunction', 'isString', 'isDecimal', 'isEmpty', 'hasMethods', 'createRandomToken', 'newTag', 'newUUID', 'hostType', 'escapeUser', 'normalizeTarget', 'headerize', 'sipErrorCause', 'getRandomTestNetIP', 'calculateMD5', 'closeMediaStream', 'cloneArray', 'cloneObject'].map((key) => [key, typeof JsSIP.Utils[key], JsSIP.Utils[key].length]));
    world.note('exceptions', Object.keys(JsSIP.Exceptions).sort());
    world.note('constants', [JsSIP.RTCSession.C, JsSIP.UA.C]);
    world.note('causes', new JsSIP.RTCSession(new JsSIP.UA({ sockets: world.socket, uri: 'sip:a@b.c' })).causes === JsSIP.C.causes);
  }),
  value('11', 'debug: namespaces switched on and off', (world) => {
    const { debug } = world.JsSIP;
    debug.enable('JsSIP:*');
    world.note('on', [debug.enabled('JsSIP:UA'), debug.enabled('JsSIP:WARN:UA'), debug.enabled('other'), typeof debug('JsSIP:mine'), typeof debug.log]);
    const real = console.info;
    let told = 0;
    console.info = () => (told += 1);
    const ua = new world.JsSIP.UA({ sockets: world.socket, uri: 'sip:a@b.c', password: 'secret' });
    try {
      ua.call('<');
    } catch {
      // Only what is logged counts.
    }
    console.info = real;
    world.note('told', told > 0);
    debug.disable();
    world.note('off', [debug.enabled('JsSIP:UA'), debug.enabled('JsSIP:WARN:UA')]);
    debug.enable('JsSIP:UA,-JsSIP:Transport');
    world.note('some', [debug.enabled('JsSIP:UA'), debug.enabled('JsSIP:Transport'), debug.enabled('JsSIP:RTCSession')]);
    debug.disable();
  }),
  value('11', 'debug: what an application logs itself', (world) => {
    const { debug } = world.JsSIP;
    const said = [];
    // Colours are not compared.
    const plain = (text, ...args) => said.push([text.replaceAll('%c', '').replace(/\+\d+ms/, '+ms'), ...args.filter((arg) => !/^color|^$/.test(arg))]);
    const real = debug.log;
    debug.log = plain;
    const mine = debug('mine:one');
    mine('not yet');
    debug.enable('  mine:* other*end,  -mine:quiet* ');
    world.note('remembered', localStorage.debug);
    world.note('enabled', ['mine:one', 'mine:', 'mine', 'mine:quiet', 'mine:quiet:not', 'other:end', 'other', 'otherend', 'x.mine:one'].map((name) => debug.enabled(name)));
    mine('hello %s, %o', 'you', { a: 1 }, 'more');
    mine({ a: 1 });
    mine('100%% sure');
    mine(5);
    const two = mine.extend('two');
    two.log = (text, ...args) => plain(`two: ${text}`, ...args);
    two('here');
    two.extend('three', '-')('here');
    debug('mine:quiet')('never');
    mine.enabled = false;
    mine('never');
    mine.enabled = true;
    world.note('disabled', [debug.disable(), debug.enabled('mine:one'), mine.enabled, two.enabled, localStorage.debug ?? null]);
    mine('all the same');
    two('never');
    world.note('names', [mine.namespace, two.namespace, two.extend('three', '-').namespace]);
    world.note('said', said);
    debug.enable('mine:one');
    world.note('again', [debug.disable(), debug.disable()]);
    debug.log = real;
  }),
  {
    section: '11', name: 'arguments of other kinds break nothing',
    async run(world) {
      await world.line();
      await world.talking();
      const { JsSIP, ua, session } = world;
      const { URI, NameAddrHeader, Grammar, Utils, WebSocketInterface } = JsSIP;
      const uri = new URI('sip', 'a', 'b.c');
      const each = {
        uri: (x) => URI.parse(x), made: (x) => new URI(x, x, x, x).toString(), address: (x) => NameAddrHeader.parse(x), named: (x) => new NameAddrHeader(uri, x, { x }).toString(),
        grammar: (x) => Grammar.parse(x, 'Contact'), target: (x) => Utils.normalizeTarget(x, x), domain: (x) => Utils.normalizeTarget('bob', x), escape: (x) => Utils.escapeUser(x), md5: (x) => Utils.calculateMD5(x), host: (x) => Utils.hostType(x),
        headerize: (x) => Utils.headerize(x), socket: (x) => new WebSocketInterface(x), user: (x) => { uri.user = x; return uri.toString(); }, set: (x) => ua.set('display_name', x), headers: (x) => ua.set('extra_headers', x), realm: (x) => ua.set('realm', x),
        info: (x) => session.sendInfo(x, x, { extraHeaders: x }), dtmf: (x) => session.sendDTMF(x, { duration: x, interToneGap: x, transportType: x }), request: (x) => session.sendRequest(x, { body: x, extraHeaders: x }), refer: (x) => session.refer(x, { extraHeaders: x }),
        hold: (x) => session.hold(x), mute: (x) => session.mute(x), subscribe: (x) => ua.subscribe(x, x, x, { expires: x, contentType: x, extraHeaders: x, params: x }), message: (x) => ua.sendMessage(x, x, { contentType: x, extraHeaders: x, fromUserName: x, fromDisplayName: x }),
        body: (x) => ua.sendMessage('bob', x, { fromUserName: x, contentType: x }), contact: (x) => ua.registrator().setExtraContactParams(x), registrator: (x) => ua.registrator().setExtraHeaders(x), data: (x) => world.socket.ondata(x),
        terminate: (x) => session.terminate({ status_code: x, reason_phrase: x, cause: x, extraHeaders: x, body: x }),
      };
      let traps = 0;
      for (const [name, run] of Object.entries(each)) {
        for (const x of [5, -1, NaN, true, {}, [], [5], () => 1, null, undefined, new Date(0), 10n]) {
          try {
            run(x);
          } catch (error) {
            if (error.name === 'RuntimeError') {
              traps += 1;
              world.note('trap', name);
            }
          }
        }
      }
      world.events = world.events.filter(([name]) => name === 'trap');
      world.frames.length = 0;
      world.note('after all', [traps, String(Utils.normalizeTarget('bob', 'd.com')), ua.isConnected()]);
    },
  },
  value('3', 'exceptions: falsy values and classes', (world) => {
    const { ConfigurationError, InvalidStateError, NotSupportedError, NotReadyError } = world.JsSIP.Exceptions;
    for (const given of [0, '', null, false, [], {}, [1, 'a'], 'text']) tried(world, `value ${JSON.stringify(given)}`, () => new ConfigurationError('uri', given).message);
    for (const error of [new ConfigurationError('a', 1), new InvalidStateError(5), new NotSupportedError('x'), new NotReadyError('y')]) {
      world.note('is', [error instanceof Error, error.constructor.name, String(error), typeof error.stack]);
    }
  }),
  value('11', 'URI: odd and invalid texts', (world) => {
    for (const text of [
      'sip:a@b', 'sip:@b.c', 'sip:a@b.c:', 'sip:a@b.c:99999', 'sip:a@b.c:0', 'sip:a@b.c:5060;', 'sip:a@b.c;;x', 'sip:a@b.c;x=', 'sip:a@b.c;=x', 'sip:a@b.c?', 'sip:a@b.c?x', 'sip:a@b.c?x=', 'sip:a@b.c?x=1&', 'sip:a@b.c?x=1&x=2',
      'sip:a:@b.c', 'sip:a:b:c@d.e', 'sip:a;b=c@d.e', 'sip:a?b@c.d', 'sip:a/b@c.d', 'sip:a&b=c+d$e,f@g.h', 'sip:a b@c.d', 'sip:"a"@b.c', 'sip:a%4@b.c', 'sip:a%41@b.c', 'sip:a%zz@b.c', 'sip:a#b@c.d', 'sip:a*1@b.c', 'sip:#21#@b.c', 'sip:%23@b.c',
      'sip:1.2.3', 'sip:1.2.3.4', 'sip:1.2.3.999', 'sip:b.c.', 'sip:b..c', 'sip:-b.c', 'sip:b-.c', 'sip:b_c.d', 'sip:b.4', 'sip:4b.c', 'sip:localhost', 'sip:b.c-d', 'sip:[::1]', 'sip:[::1', 'sip:::1', 'sip:[1::2:3.4.5.6]', 'sip:a@[fe80::1%25eth0]', 'sip:[2001:DB8::1]:5061;transport=wss',
      'SIP:b.c', 'Sips:A@B.C', 'sip:b.c;transport=UDP', 'sip:b.c;transport=x-y', 'sip:b.c;user=ip', 'sip:b.c;method=REGISTER', 'sip:b.c;ttl=15', 'sip:b.c;ttl=999', 'sip:b.c;maddr=1.2.3.4', 'sip:b.c;lr=on', 'sip:b.c;lr', 'sip:b.c;LR;Foo=Bar;foo=baz', 'sip:b.c;a=%20', 'sip:b.c;a=[x]', 'sip:b.c;a="b"',
      'tel:+123', 'sip:', 'sip', ':', 'sip://b.c', ' sip:b.c', 'sip:b.c ', 'sip:b.c\r\n', 'sip:\u00fc@b.c', 'sip:a@\u00fc.c', 'sip:+49-30-123;phone-context=+49@b.c;user=phone', 'sip:a@b.c;gr=urn:uuid:f81d-4fae', 'sip:a@b.c;gr;ob', 'sip:a@b.c?Replaces=x%40y%3Bto-tag%3D1&h=v', 'sip:a@b.c?Call-ID=1&cseq=2&www-authenticate=3',
    ]) {
      tried(world, text, () => {
        const uri = world.JsSIP.URI.parse(text);
        return uri ? [uri.scheme, uri.user, uri.host, uri.port, uri._parameters, uri._headers, uri.toString(), uri.toAor(true)] : 'none';
      });
    }
  }),
  value('11', 'URI: the ways to write it', (world) => {
    const { URI } = world.JsSIP;
    for (const args of [[null, null, 'b.c'], ['SIPS', 'A B', 'B.C', '5060'], ['sip', 'a', 'b.c', 0], ['sip', 42, 'b.c', 5060], ['tel', '+1', 'x'], ['sip', 'a:b', 'b.c'], ['sip', 'a%20b', 'b.c'], ['sip', 'a@b', 'b.c', undefined, undefined, undefined], ['sip', 'a', 'b.c', null, { a: 1, B: 'X', c: undefined, d: '' }, { e: 'f', 'g-h': ['i', 'j'] }], ['sip', 'a', '']]) {
      tried(world, JSON.stringify(args), () => {
        const uri = new URI(...args);
        return [uri.toString(), uri.toAor(), uri.scheme, uri.user, uri.host, uri.port, uri._parameters, uri._headers];
      });
    }
    const uri = new URI('sip', 'a', 'b.c');
    for (const port of [5060, '5061', 'x', 0, '0', null, undefined, 1.5]) {
      uri.port = port;
      world.note(`port ${port}`, [uri.port, uri.toString()]);
    }
    uri.scheme = 'SIPS';
    world.note('set', [uri.scheme, uri.setParam('X', 1) ?? 'none', uri.getParam('x'), uri.getParam('y') ?? null, uri.hasParam('Y'), uri.deleteParam('none') ?? null, uri.getHeader('none') ?? null, uri.hasHeader('none'), uri.deleteHeader('none') ?? null]);
    tried(world, 'not a text', () => URI.parse(5));
    tried(world, 'nothing', () => URI.parse());
    const copy = uri.clone();
    copy.setParam('x', 'other');
    world.note('clone', [copy instanceof URI, uri.toString(), copy.toString()]);
  }),
  value('11', 'NameAddrHeader: odd and invalid texts', (world) => {
    const { NameAddrHeader } = world.JsSIP;
    for (const text of [
      '<sip:a@b.c>;tag=1', 'Alice Smith <sip:a@b.c>', '  Alice   Smith  <sip:a@b.c>', '"" <sip:a@b.c>', '" " <sip:a@b.c>', '"A, B" <sip:a@b.c;x=y?h=v>', '"A \\\\ B" <sip:a@b.c>', '"\u00fcber" <sip:a@b.c>', 'A"B <sip:a@b.c>', '"A <sip:a@b.c>', '<sip:a@b.c', 'sip:a@b.c>', '<>', '<sip:>',
      '"A"<sip:a@b.c>', 'Alice<sip:a@b.c>', '<sip:a@b.c> ; tag = 1 ; Foo = Bar', '<sip:a@b.c>;', '<sip:a@b.c>;a="b c"', '<sip:a@b.c>;a=[::1]', '<sip:a@b.c>;a=b;a=c', '<sip:a@b.c>;expires=60;q=0.5', '<sip:a@b.c>;+sip.instance="<urn:uuid:1>"', '<sip:a@b.c>, <sip:d@e.f>', '<sips:a@b.c>', '*', 'Alice', '%41 <sip:a@b.c>', 'Mr. X! <sip:a@b.c>',
    ]) {
      tried(world, text, () => {
        const read = NameAddrHeader.parse(text);
        return read ? [read.display_name ?? null, read.uri.toString(), read._parameters, read.toString()] : 'none';
      });
    }
  }),
  value('11', 'NameAddrHeader: the ways to write it', (world) => {
    const { NameAddrHeader, URI } = world.JsSIP;
    const uri = new URI('sip', 'a', 'b.c');
    for (const args of [[uri], [uri, null], [uri, ''], [uri, 0], [uri, 'A'], [uri, 'A "B" \\ C', { x: 1, Y: null, z: undefined }], [null], ['sip:a@b.c'], [{ toString: () => 'x' }]]) {
      tried(world, String(args.slice(1)), () => new NameAddrHeader(...args).toString());
    }
    const made = new NameAddrHeader(uri, 'A');
    made.setParam('Tag', 'x');
    made.display_name = '';
    world.note('set', [made.toString(), made.hasParam('TAG'), made.deleteParam('tag'), made.deleteParam('tag') ?? null, made.toString(), made.uri === uri, made.clone().uri === uri]);
    tried(world, 'number', () => new NameAddrHeader(uri, 5).toString());
  }),
  value('11', 'normalizeTarget: what people type', (world) => {
    for (const target of [
      'bob', 'Bob', 'bob@x.y', 'sip:bob', 'sips:bob@x.y', 'SIP:bob@x.y', 'tel:+1-2', 'tel:+1(2)3.4', 'TEL:1', 'a@b@c.d', '+1 (415) 555', '+1-415-555-1212', '(030) 12 34', '030/1234', '*21#', '#', '*', '1;x=y', 'bob;x=y', 'bob@x.y;transport=tcp', 'bob@x.y:5060', 'bob?a=b', 'bob:secret@x.y', 'a b', 'a%20b', 'a%zz', '%', '\u00fcber', '', ' ', '@', '@x.y', 'bob@', 'sip:', 'sip:x.y', 'sip:x.y;transport=tcp', 'http://x.y', 'bob@[::1]', '<sip:a@b.c>', '"A" <sip:a@b.c>', 'a,b', 'a&b=c+d$e', "it's", 'a/b', '0', '-', '.', '--1', '+', '++1', '1-2-3', 'a-1',
    ]) {
      for (const domain of ['d.com', undefined]) tried(world, `${target} at ${domain}`, () => String(world.JsSIP.Utils.normalizeTarget(target, domain)));
    }
    for (const target of [null, undefined, 0, 5, {}, [], true, new String('bob')]) tried(world, `of kind ${typeof target}`, () => String(world.JsSIP.Utils.normalizeTarget(target, 'd.com')));
    for (const domain of ['d.com:5080', 'd.com;transport=ws', '[::1]', 'bad domain', '']) tried(world, `domain ${domain}`, () => String(world.JsSIP.Utils.normalizeTarget('bob', domain)));
  }),
  value('11', 'Utils over many values', (world) => {
    const { Utils } = world.JsSIP;
    const many = [undefined, null, '', ' ', '0', '5', '-5', '5.0', '5.5', '5x', 'x', 0, 5, -5, 5.5, NaN, Infinity, true, false, [], [1], {}, new String('x'), () => 1];
    for (const name of ['isString', 'isFunction', 'isDecimal', 'isEmpty']) world.note(name, many.map((entry) => Boolean(Utils[name](entry))));
    for (const text of ['a', 'a b', 'a%20b', 'a:b', 'a@b', 'a+b?c/d', 'a&b=c;d,e', '#*', "a'b(c)!", '\u00fc', '%', 'a%41']) tried(world, `escape ${text}`, () => Utils.escapeUser(text));
    for (const text of ['via', 'VIA', 'call-id', 'Call_ID', 'cseq', 'x-my-header', 'WWW-AUTHENTICATE', 'proxy_authenticate', '', 'a--b', 'p-asserted-identity', 'mime-version', 'min-se']) world.note(`headerize ${text}`, Utils.headerize(text));
    for (const text of ['', 'a', 'abc', 'message digest', '\u00e9\u20ac', 'x'.repeat(200)]) world.note(`md5 ${text.length}`, Utils.calculateMD5(text));
    for (const text of ['b.c', 'b', '1.2.3.4', '1.2.3.456', '[::1]', '::1', 'a b', '', '1.2.3', 'b.c:5060', 'a@b.c', '-', '*.b.c', 'b.c.']) tried(world, `host ${text}`, () => Utils.hostType(text) ?? null);
    world.note('causes', [100, 200, 300, 301, 302, 305, 380, 400, 401, 403, 404, 407, 408, 410, 422, 424, 430, 480, 484, 486, 487, 488, 500, 503, 600, 603, 604, 606, 699, '486'].map((status) => Utils.sipErrorCause(status)));
    world.note('lengths', ['', 'a', '\u00e9', '\u20ac', '\u{1f600}'].map((text) => Utils.str_utf8_length(text)));
    world.note('methods', [Utils.hasMethods({ a() {}, b: 1 }, 'a'), Utils.hasMethods({ a() {}, b: 1 }, 'a', 'b'), Utils.hasMethods({}, 'a')]);
    world.note('tokens', [Utils.createRandomToken(0), /^[0-9a-v]{40}$/.test(Utils.createRandomToken(40)), /^\d{30}$/.test(Utils.createRandomToken(30, 10)), /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(Utils.newUUID()), /^[0-9a-v]{10}$/.test(Utils.newTag())]);
    const list = [1];
    const object = { a: { b: 1 } };
    world.note('clones', [Utils.cloneArray(list) === list, Utils.cloneObject(object) === object, Utils.cloneObject(object).a === object.a, Utils.cloneObject(undefined), Utils.cloneObject(0, { x: 1 }), Utils.cloneArray(null)]);
    world.note('closing nothing', Utils.closeMediaStream(null) ?? 'nothing');
  }),
  ...[
    ['Contact', ['*', '<sip:a@b.c>', 'sip:a@b.c', 'sip:a@b.c;expires=5', '"A" <sip:a@b.c>;expires=5;q=0.7;+sip.instance="<urn:uuid:1>";reg-id=1', '<sip:a@b.c>,<sip:d@e.f>', '<sip:a@b.c>, "D, E" <sip:d@e.f;x=y>;z', '<tel:1>', 'x', '', '<sip:a@b.c>,']],
    ['Via', ['SIP/2.0/WS b.c', 'SIP/2.0/WSS b.c:5061;branch=z9hG4bKx', 'SIP / 2.0 / UDP b.c ;rport', 'SIP/2.0/TCP [::1]:5060;received=1.2.3.4;branch=x', 'SIP/2.0/TLS 1.2.3.4;maddr=b.c;ttl=5;x=y;branch=z', 'SIP/2.0/WS a.invalid;rport=5;BRANCH=q', 'x', 'SIP/1.0/UDP b.c', 'SIP/2.0/WS', 'SIP/2.0/WS b.c, SIP/2.0/WS d.e', 'SIP/2.0/X-Y b.c']],
    ['Record_Route', ['<sip:a@b.c;lr>', '<sip:b.c;lr>;x=y, <sip:c.d;lr=on>', 'sip:b.c', '"A" <sip:b.c>', '']],
    ['Route', ['<sip:b.c;lr>', '<sip:b.c;lr>,<sip:c.d>']],
    ['From', ['<sip:a@b.c>;tag=1', '"A" <sip:a@b.c>;tag=1;x=y', 'sip:a@b.c;tag=1', 'A B <sip:a@b.c>', 'x']],
    ['To', ['<sip:a@b.c>', 'sip:a@b.c;tag=1', '"A" <sip:a@b.c>;tag=x', '<sip:a@b.c>;TAG=Y']],
    ['CSeq', ['1 INVITE', '4294967295 ACK', '1  FOO', '1 invite', 'INVITE 1', '1', ' 1 INVITE', '1.5 INVITE']],
    ['Session_Expires', ['90', '90;refresher=uac', '90;refresher=UAS;x=y', '1800 ; refresher = uas', '90;x', '0', '-5', '90s', '90;refresher=foo']],
    ['Min_SE', ['90', '90;x=y', 'x']],
    ['Refer_To', ['<sip:a@b.c>', 'sip:a@b.c', '"A" <sip:a@b.c?Replaces=x%40y%3Bto-tag%3D1>', '<sip:a@b.c;method=INVITE>', '<tel:1>', 'x']],
    ['Referred_By', ['<sip:a@b.c>', 'sip:a@b.c;x=y', 'x']],
    ['Replaces', ['a@b;to-tag=1;from-tag=2', 'a;from-tag=2;to-tag=1;early-only', 'a@b;to-tag=1', 'a@b', 'a b;to-tag=1;from-tag=2', 'a@b;TO-TAG=1;From-Tag=2;x=y', '']],
    ['Reason', ['SIP;cause=200', 'SIP ;cause=200 ;text="Call completed elsewhere"', 'Q.850;cause=16;text="Normal"', 'SIP', 'SIP;text="x"', 'sip;cause=x', 'SIP;cause=600;text=bare', 'SIP;cause=200,Q.850;cause=16', 'SIP;CAUSE=1;x=y;z', '']],
    ['Subscription_State', ['active', 'active;expires=60', 'Pending;expires=0', 'terminated;reason=timeout', 'terminated;reason=giveup;retry-after=5;x=y', 'foo', 'terminated;reason="x"', ';expires=5', 'active;expires=x', '']],
    ['Event', ['presence', 'Presence', 'refer;id=1', 'dialog;id=1;x=y;z', 'message-summary', 'presence.winfo', 'refer; id = 5', 'a b', ';id=1', 'presence;']],
    ['WWW_Authenticate', ['Digest realm="r", nonce="n"', 'digest realm="r",nonce="n",algorithm=MD5,qop="auth"', 'Digest realm="a \\"b\\"", nonce="n", qop="auth,auth-int", stale=TRUE, opaque="", domain="sip:b.c", x=y', 'Digest nonce="n", realm="r", stale=false, algorithm="SHA-256"', 'Digest realm=r, nonce=n', 'Basic realm="r"', 'Digest', 'Digest realm="r"', 'Digest realm="r",, nonce="n"', 'Digest realm="r", nonce="n", qop=auth', 'Digest realm="r", nonce="n", algorithm=MD5-sess', 'Digest realm="r", nonce="n", qop="auth, auth-int"']],
    ['Proxy_Authenticate', ['Digest realm="r", nonce="n", qop="auth"', 'x']],
    ['Content_Type', ['application/sdp', 'Application/SDP', 'application/sdp; charset=utf-8', 'multipart/mixed;boundary="a b"', 'text / plain', 'x', 'x/', 'message/sipfrag;version=2.0']],
    ['Content_Length', ['0', '15', '-1', 'x', ' 5']],
    ['Max_Forwards', ['70', 'x', '0']],
    ['Expires', ['60', '0', 'x', '60;x']],
    ['Min_Expires', ['60', '-1']],
    ['Call_ID', ['a', 'a@b', 'a b', 'a@b@c', '', '!%*_+`\'~()<>:\\"/[]?{}']],
    ['Supported', ['timer', 'timer, 100rel', '', 'a b']],
    ['Require', ['100rel', '']],
    ['Allow', ['INVITE, ACK', 'INVITE', '']],
    ['Allow_Events', ['presence, dialog', 'a b']],
    ['Accept', ['application/sdp', '*/*']],
    ['Content_Disposition', ['session', 'session;handling=required']],
    ['Content_Encoding', ['gzip', 'gzip, deflate']],
    ['Subject', ['hello there', '']],
    ['Status_Line', ['SIP/2.0 200 OK', 'SIP/2.0 200 ', 'SIP/2.0 99 X', 'SIP/2.0 700 X', 'SIP/2.0 486 Busy Here', 'HTTP/1.1 200 OK', 'SIP/2.0 180', 'sip/2.0 200 OK', 'SIP/2.0 200 \u00fc']],
    ['Request_Response', ['INVITE sip:a@b.c SIP/2.0', 'FOO sip:b.c SIP/2.0', 'INVITE tel:1 SIP/2.0', 'INVITE sip:a@b.c', 'SIP/2.0 200 OK', 'x']],
    ['absoluteURI', ['http://b.c', 'wss://b.c:8443/path?x=y', 'ws://1.2.3.4', 'ws://[::1]:80/', 'mailto:a@b.c', 'urn:service:sos', 'b.c', 'ws:', 'tel:+1']],
    ['host', ['b.c', 'b', '1.2.3.4', '[::1]', 'b.c:1', '']],
    ['quoted_string', ['"a"', '""', '"a\\"b"', 'a', '"a', ' "a"']],
    ['uuid', ['8f1fa16a-1165-4a96-8341-785b1ef24f12', '8F1FA16A-1165-4A96-8341-785B1EF24F12', '8f1fa16a']],
  ].map(([rule, texts]) => value('11', `Grammar: ${rule}`, (world) => {
    for (const text of texts) tried(world, text || '(nothing)', () => world.JsSIP.Grammar.parse(text, rule));
  })),
  {
    section: '10', name: 'what applications read of a call that comes in',
    async run(world) {
      await world.line();
      world.ua.on('newRTCSession', ({ session, request }) => {
        for (const keys of [
          'request.from._display_name', 'request.from.display_name', 'request.from._uri._user', 'request.from.uri.user', 'request.from._parameters.tag', 'request.to._uri._host', 'request.call_id', 'request._headers', 'request.headers.P-Asserted-Identity.0.raw',
          'request.headers.X-Mine.1.raw', 'request.headers.Contact.0.raw', 'request.headers.From.0.raw', 'request.headers.CSeq.0.raw', 'request.headers.Call-ID.0.raw', 'request.ruri._user', 'request.ruri.user', 'request.via.branch', 'request.via.host', 'request.via.port', 'request.via_branch', 'request.cseq', 'request.method', 'request.session_expires', 'request.session_expires_refresher',
          'session._request.call_id', 'session._request.from.uri.user', 'session._remote_identity._display_name', 'session._remote_identity._uri._user', 'session._local_identity._uri._user', 'session._direction', 'session._status', 'session._id', 'session._from_tag', 'session._ua._configuration.uri._user', 'session._ua._configuration.hostport_params', 'session._data', 'session._audioMuted', 'session._localHold', 'session._remoteHold', 'session._start_time',
        ]) world.note(keys, path({ session, request }, keys));
        world.note('media', [request.parseSDP().media.map((media) => media.type), request.sdp.media.length, request.parseSDP() === request.sdp]);
        world.note('has', ['method', 'from', 'to', 'call_id', 'body', 'headers', 'ruri', 'data'].map((key) => [Object.hasOwn(request, key), Object.keys(request).includes(key)]));
        world.note('texts', [request.to.toString(), request.from.toString(), request.toString() === request.data, request.body.length > 100, request.getHeader('content-length') === String(request.body.length)]);
      });
      world.ask('INVITE', { text: await world.farOffer(), lines: 'P-Asserted-Identity: "Who" <sip:who@example.com>\r\nX-Mine: 1\r\nX-Mine: 2\r\nSession-Expires: 90;refresher=uac\r\n' });
      await world.told('progress');
    },
  },
  {
    section: '10', name: 'a body that the application changes before it answers',
    async run(world) {
      await world.line();
      world.ua.on('newRTCSession', ({ request }) => {
        try {
          request.body = request.body.replace(/^s=.*$/m, 's=changed');
        } catch (error) {
          world.note('refused', error.name);
        }
      });
      world.ask('INVITE', { text: await world.farOffer() });
      await world.told('progress');
      world.session.answer(world.media);
      await world.sent('SIP/2.0 200');
      world.note('applied', /^s=(.*)$/m.exec(world.session.connection.remoteDescription.sdp)?.[1].trim());
    },
  },
  {
    section: '10', name: 'parseHeader: every kind of header',
    async run(world) {
      await world.line();
      world.ua.on('newMessage', ({ request }) => {
        for (const name of ['Via', 'From', 'To', 'Contact', 'Record-Route', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Type', 'Content-Length', 'Session-Expires', 'Refer-To', 'Replaces', 'Event', 'Reason', 'Subscription-State', 'Expires', 'Min-Expires', 'Supported', 'Allow-Events', 'WWW-Authenticate', 'None']) {
          tried(world, name, () => request.parseHeader(name) ?? 'nothing');
        }
        world.note('second', [request.parseHeader('Record-Route', 1)?.toString(), request.parseHeader('Record-Route', 2) ?? 'nothing', request.s('reason', 1) ?? 'nothing', request.getHeaders('Record-Route'), request.headers['Record-Route'].length]);
        tried(world, 'bad', () => request.parseHeader('Min-Expires', 1) ?? 'nothing');
        request.addHeader('x-new', '1');
        request.addHeader('X-New', '2');
        request.setHeader('X-Old', 'a');
        world.note('written', [request.getHeaders('X-New'), request.headers['X-New'].map(({ raw }) => raw), request.getHeader('x-old'), request.hasHeader('X-OLD')]);
      });
      world.ask('MESSAGE', {
        text: 'x', type: 'text/plain;charset=utf-8',
        lines: 'Record-Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>\r\nSession-Expires: 90;refresher=UAC\r\nRefer-To: <sip:c@d.e>\r\nReplaces: a@b;to-tag=1;from-tag=2\r\nEvent: Dialog;id=5\r\n' +
          'Reason: SIP;cause=200;text="ok"\r\nSubscription-State: active;expires=60\r\nExpires: 60\r\nMin-Expires: 30\r\nMin-Expires: x\r\nSupported: timer, gruu\r\nAllow-Events: presence\r\nWWW-Authenticate: Digest realm="r", nonce="n", qop="auth"\r\n',
      });
      await world.sent('SIP/2.0 200');
    },
  },
  {
    section: '10', name: 'compact forms, folded lines and odd spaces',
    async run(world) {
      await world.line();
      world.ua.on('newMessage', ({ request }) => {
        world.note('read', [request.call_id, request.from.toString(), request.to.toString(), request.cseq, request.body, request.getHeader('Content-Type'), request.getHeader('Contact'), request.getHeader('Subject') ?? request.getHeader('s') ?? null, request.getHeader('X-Folded'), request.getHeader('X-Empty'), request.getHeader('X-Spaces'), request.getHeaders('X-Colon')]);
        world.note('names', Object.keys(request.headers).sort());
      });
      world.socket.ondata('MESSAGE sip:alice@example.com SIP/2.0\r\nv: SIP/2.0/WS far.invalid;branch=z9hG4bKfarC\r\nf: "Far" <sip:far@example.com>;tag=far\r\nt: <sip:alice@example.com>\r\ni: far-compact\r\nCSEQ: 7 MESSAGE\r\nm: <sip:far@far.invalid>\r\nc: text/plain\r\n' +
        'X-Folded: one\r\n two\r\nX-Empty:\r\nX-Spaces  :   a  b  \r\nX-Colon: a:b: c\r\nl: 5\r\n\r\nhello');
      await world.pause();
    },
  },
  {
    section: '10', name: 'a request of ours as an object',
    async run(world) {
      await world.line({ display_name: 'Alice', extra_headers: ['X-All: 1'] });
      world.ua.on('newMessage', ({ request, message }) => {
        world.note('is', [request.method, request.ruri.toString(), request.body, request.call_id === request.getHeader('Call-ID'), String(request.cseq) === request.getHeader('CSeq').split(' ')[0], request.from.toString().replace(/tag=\w+/, ''), request.to.toString(), request.ua === world.ua]);
        world.note('headers', [request.getHeader('x-all'), request.getHeaders('X-MINE'), request.hasHeader('Content-Type'), request.hasHeader('None'), request.getHeader('None') ?? null, request.getHeader('content-type'), request.extraHeaders.length]);
        request.setHeader('X-Mine', ['3', '4']);
        request.setHeader('X-One', 'yes');
        request.body = 'changed';
        world.note('written', [request.getHeaders('x-mine'), request.getHeader('x-one'), request.toString().includes('X-One: yes\r\n'), request.toString().endsWith('\r\n\r\nchanged')]);
        const copy = request.clone();
        copy.setHeader('X-One', 'copy');
        world.note('clone', [copy.getHeader('X-One'), request.getHeader('X-One'), copy.call_id === request.call_id, message._request === request]);
      });
      world.ua.sendMessage('bob', 'first', { extraHeaders: ['X-Mine: 1', 'x-mine: 2'] });
      const sent = await world.sent('MESSAGE');
      world.note('left', [sent.includes('X-One: yes'), sent.slice(sent.indexOf('\r\n\r\n') + 4)]);
    },
  },
  {
    section: '10', name: 'what a response tells',
    async run(world) {
      await world.line();
      world.call('bob', { eventHandlers: { progress: ({ response }) => {
        world.note('read', [response.status_code, response.reason_phrase, response.method, response.cseq === world.session._request.cseq, response.call_id === world.session._request.call_id, response.from_tag === world.session._from_tag, response.to_tag, response.body, response.session_expires, response.getHeader('Server'), response.headers.Contact[0].raw, response.parseHeader('Contact').uri.toString(), response.hasHeader('X-None'), response.via_branch.startsWith('z9hG4bK')]);
        world.note('has', ['status_code', 'reason_phrase', 'method', 'headers', 'body'].map((key) => Object.hasOwn(response, key)));
      }, failed: ({ message }) => world.note('failed', [message.status_code, message.reason_phrase, message.getHeader('Warning')]) } });
      const invite = await world.sent('INVITE');
      world.answer(invite, '180 Ringing slowly', { lines: 'Server: far\r\nSession-Expires: 120\r\n' });
      await world.pause(20);
      world.answer(invite, '488 ', { lines: 'Warning: 304 far "no"\r\n' });
      await world.sent('ACK');
      await world.pause();
    },
  },
  {
    section: '18', name: 'reply() of requests that the application holds',
    async run(world) {
      await world.line();
      world.ua.on('sipEvent', ({ request, event }) => {
        world.note('event', event);
        tried(world, 'range', () => request.reply(700));
        tried(world, 'reply', () => request.reply(489, 'Mine', ['X-Why: 1']) ?? 'nothing');
      });
      world.ask('NOTIFY', { lines: 'Event: foo;id=5;x=y\r\n', call: 'far-event', contact: false });
      await world.pause();
      world.ua.on('newRTCSession', ({ request }) => tried(world, 'reply', () => request.reply(183, null, ['X-Early: 1']) ?? 'nothing'));
      world.ask('INVITE', { text: await world.farOffer(), call: 'far-in' });
      await world.told('progress');
      tried(world, 'later', () => world.session._request.reply(181, 'Forwarded') ?? 'nothing');
      await world.pause();
    },
  },
];
