// 2, 3 and 11: constants, exceptions, URI, NameAddrHeader, Utils.
const value = (section, name, run) => ({ section, name, run });

export const values = [
  value("2", "constants", (world) => {
    const { JsSIP } = world;
    const { USER_AGENT, ...rest } = JsSIP.C;
    void USER_AGENT;
    const own = Object.keys(rest).filter((key) => key !== 'default').sort();
    world.events.push(['keys', own.filter((key) => typeof rest[key] !== 'object')], ['values', own.filter((key) => typeof rest[key] !== 'object').map((key) => rest[key])]);
    world.events.push(['causes', rest.causes], ['codes', rest.SIP_ERROR_CAUSES], ['phrases', Object.fromEntries(Object.entries(rest.REASON_PHRASE).filter(([code]) => code !== '500'))]);
  }),
  value('3', 'exceptions', (world) => {
    const { Exceptions } = world.JsSIP;
    for (const error of [new Exceptions.ConfigurationError('uri', 5), new Exceptions.ConfigurationError('uri'), new Exceptions.InvalidStateError(3), new Exceptions.NotSupportedError('no'), new Exceptions.NotReadyError('later')]) {
      world.note('error', [error.name, error.code, error.message, error.parameter, error.value, error.status, error instanceof Error].map((entry) => entry ?? null));
    }
  }),
  value('11', 'URI: what is read', (world) => {
    for (const text of [
      'sip:a@b.c', 'SIP:Alice@EXAMPLE.com:5061;Transport=TCP;lr?Subject=x&a=b', 'sips:b.c', 'sip:+1-2@b.c;user=phone', 'sip:a%20b@b.c', 'sip:a:pw@b.c', 'sip:a@[::1]:80', 'sip:a@1.2.3.4',
      'sip:a@', 'a@b.c', 'http://x', '', 'sip:a@b.c;x="y"',
    ]) {
      const uri = world.JsSIP.URI.parse(text);
      world.note(text, uri && [uri.scheme, uri.user, uri.host, uri.port, uri.toString(), uri.toAor(), uri.toAor(true), uri.getParam('transport') ?? null, uri.hasParam('lr'), uri.getHeader('subject') ?? null]);
    }
  }),
  value('11', 'URI: what is made', (world) => {
    const { URI } = world.JsSIP;
    const uri = new URI('SIP', 'al ice', 'HOST.com', '5060', { Transport: 'ws', lr: null }, { subject: ['x y'] });
    world.note('made', [uri.toString(), uri.scheme, uri.host, uri.port]);
    uri.setParam('A', 'B');
    uri.setHeader('h', 'v');
    uri.port = null;
    uri.host = 'Other.com';
    const copy = uri.clone();
    copy.clearParams();
    copy.clearHeaders();
    copy.user = null;
    world.note('changed', [uri.toString(), copy.toString(), uri.hasParam('a'), uri.getParam('a'), uri.hasHeader('H'), uri.deleteParam('a') ?? null, uri.deleteHeader('h') ?? null, uri.toString()]);
    try {
      new URI('sip', 'a');
    } catch (error) {
      world.note('thrown', error.name);
    }
  }),
  value('11', 'NameAddrHeader', (world) => {
    const { NameAddrHeader, URI } = world.JsSIP;
    for (const text of ['"A \\"B\\"" <sip:a@b.c;x=y>;tag=1;flag', 'A  B\t C <sip:a@b.c>;+sip.instance="<urn:uuid:1>";x="y"', '<sip:a@b.c>', 'sip:a@b.c;tag=2', 'Alice <sip:a@b.c>', 'nonsense', '']) {
      const read = NameAddrHeader.parse(text);
      world.note(text, read && [read.display_name ?? null, read.uri.toString(), read.getParam('tag') ?? null, read.hasParam('flag'), read.toString()]);
    }
    const made = new NameAddrHeader(new URI('sip', 'a', 'b.c'), 'Al "x"', { tag: 'y' });
    made.setParam('n', 5);
    made.display_name = 0;
    world.note('made', [made.toString(), made.clone().toString(), made.getParam('n')]);
    made.setParam('+sip.instance', '<urn:uuid:1>');
    world.note('no token', made.toString());
    try {
      new NameAddrHeader('sip:a@b.c');
    } catch (error) {
      world.note('thrown', error.name);
    }
  }),
  value('11', 'Grammar', (world) => {
    for (const [rule, ...texts] of [
      ['SIP_URI', 'sip:a@b.c;x=y', 'x'], ['absoluteURI', 'http://x.y/z'], ['Name_Addr_Header', '"A" <sip:a@b.c>;x=y'], ['Contact', '"A, B" <sip:a@b.c>;expires=5, <sip:c@d.e>;q=0.5'],
      ['Record_Route', '<sip:a@b.c;lr>,<sip:c@d.e;lr>'], ['From', '"A" <sip:a@b.c>;tag=1'], ['To', '<sip:a@b.c>'], ['CSeq', '5 INVITE', 'INVITE'],
      ['Event', 'refer;id=5;x=1', 'presence', ''], ['Subscription_State', 'terminated;reason=timeout;expires=5;retry-after=3;x=y', 'active'], ['Session_Expires', '90;refresher=uac', 'x'],
      ['Replaces', 'a@b;to-tag=1;from-tag=2;early-only', 'a@b;to-tag=1;from-tag=2'], ['Refer_To', '<sip:a@b.c?Replaces=x>'], ['Reason', 'SIP ;cause=200 ;text="ok now";x=y', 'Q.850;cause=16'],
      ['WWW_Authenticate', 'Digest realm="r", nonce="n", opaque="o", stale=true, algorithm=md5, qop="auth,auth-int"'], ['Proxy_Authenticate', 'Digest realm="r", nonce="n"'], ['challenge', 'Digest realm="r", nonce="n"', 'Basic realm="r"', 'Digest'],
      ['Status_Line', 'SIP/2.0 486 Busy Here', 'x'], ['Request_Response', 'INVITE sip:a@b.c SIP/2.0', 'SIP/2.0 200 OK'], ['host', '1.2.3.4', 'b.c', '[::1]'], ['quoted_string', '"x"', 'x'],
      ['uuid', '8f1fa16a-1165-4a96-8341-785b1ef24f12', '1'], ['Min_Expires', '60', 'x'], ['Expires', '60', 'x'], ['Supported', 'timer, 100rel'], ['Allow_Events', 'presence'],
      ['Content_Type', 'application/sdp;charset=utf-8', 'x'], ['Call_ID', 'abc@x'], ['Via', 'x', 'SIP/2.0/WS 192.0.2.1:5060;branch=z9hG4bKx;received=1.2.3.4;rport=5;ttl=3'], ['nope', 'x'],
    ]) {
      for (const text of texts) {
        try {
          world.note(`${rule} ${text}`, world.JsSIP.Grammar.parse(text, rule));
        } catch (error) {
          world.note(`${rule} ${text}`, error.message);
        }
      }
    }
  }),
  value('11', 'Utils', (world) => {
    const { Utils } = world.JsSIP;
    world.note('texts', [Utils.str_utf8_length('\u00e9\u20ac'), Utils.headerize('call-id'), Utils.headerize('x_mine'), Utils.headerize('www-authenticate'), Utils.escapeUser('a b%20@+?/'), Utils.calculateMD5('h\u00e9llo')]);
    world.note('kinds', [Utils.isString('x'), Utils.isDecimal('60'), Utils.isDecimal(60.5), Utils.isDecimal('x'), Utils.isEmpty([]), Utils.isEmpty(NaN), Utils.isEmpty(0), Utils.hasMethods({ a() {} }, 'a'), Utils.isFunction(() => 1)]);
    world.note('hosts', ['b.c', '1.2.3.4', '[::1]', 'a b'].map((host) => Utils.hostType(host) ?? null));
    world.note('causes', [486, 404, 500, 302, 401, 488].map((status) => Utils.sipErrorCause(status)));
    world.note('random', [Utils.newTag().length, Utils.newUUID().length, Utils.createRandomToken(7).length, /^192\.0\.2\.\d+$/.test(Utils.getRandomTestNetIP())]);
    world.note('clones', [Utils.cloneArray([1, 2]), Utils.cloneArray(), Utils.cloneObject({ a: 1 }), Utils.cloneObject(null, { b: 2 })]);
  }),
];
