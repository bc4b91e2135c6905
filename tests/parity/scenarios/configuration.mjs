// 4.1: what a configuration may be, and what becomes of it.
const socket = { url: 'ws://x', via_transport: 'WS', sip_uri: 'sip:x;transport=ws', connect() {}, disconnect() {}, send: () => true };
const good = { sockets: [socket], uri: 'sip:alice@example.com' };

const refused = (name, configuration) => ({
  section: '4.1', name: `configuration: ${name}`,
  run(world) {
    try {
      const ua = new world.JsSIP.UA(configuration);
      world.note('made', ua.configuration.uri.toString());
    } catch (error) {
      world.note('thrown', [error.name, error.code, error.message, error.parameter, String(error.value)]);
    }
  },
});

export const configuration = [
  refused('nothing', undefined),
  refused('no sockets', { uri: 'sip:a@b.c' }),
  refused('no uri', { sockets: [socket] }),
  refused('an uri without user', { ...good, uri: 'sip:example.com' }),
  refused('an uri without scheme', { ...good, uri: 'alice@example.com' }),
  refused('sips is a user', { ...good, uri: 'sips:alice@example.com' }),
  refused('an empty list of sockets', { ...good, sockets: [] }),
  refused('a bad socket among good ones', { ...good, sockets: [socket, { url: 1 }] }),
  refused('no_answer_timeout 0', { ...good, no_answer_timeout: 0 }),
  refused('no_answer_timeout of no integer', { ...good, no_answer_timeout: 60.5 }),
  refused('a numeric text', { ...good, no_answer_timeout: '30' }),
  refused('a registrar with a user', { ...good, registrar_server: 'sip:a@b.c' }),
  refused('a bad method of refresh', { ...good, session_timers_refresh_method: 'BYE' }),
  refused('a bad instance_id', { ...good, instance_id: 'x' }),
  refused('an unknown key', { ...good, own: 1 }),
  refused('extra_headers of other things', { ...good, extra_headers: [1, 'X: y'] }),
  {
    section: '4.1', name: 'configuration: defaults and derived values',
    run(world) {
      const ua = new world.JsSIP.UA({ ...good, password: 'p', no_answer_timeout: 30, instance_id: 'uuid:8f1fa16a-1165-4a96-8341-785b1ef24f12', registrar_server: 'reg.example.com' });
      const read = ua.configuration;
      for (const key of [
        'authorization_user', 'password', 'realm', 'ha1', 'authorization_jwt', 'display_name', 'instance_id', 'use_preloaded_route', 'register', 'register_expires',
        'register_from_tag_trail', 'session_timers', 'session_timers_refresh_method', 'session_timers_force_refresher', 'no_answer_timeout', 'hostport_params',
        'extra_headers', 'sockets', 'user_agent',
      ]) world.note(key, read[key]);
      world.note('registrar', read.registrar_server.toString());
      world.note('shapes', [/^\w{12}\.invalid$/.test(read.via_host), /^sip:\w{8}@\w{12}\.invalid;transport=ws$/.test(read.contact_uri.toString()), read.jssip_id.length]);
    },
  },
  {
    section: '4.2', name: 'get and set',
    run(world) {
      const ua = new world.JsSIP.UA({ ...good, password: 'p' });
      world.note('get', ['authorization_user', 'realm', 'ha1', 'password', 'uri'].map((key) => ua.get(key) ?? null));
      world.note('set', [ua.set('realm', 5), ua.set('display_name', 'Al'), ua.set('uri', 'x'), ua.set('ha1', 'abc')]);
      world.note('after', [ua.get('realm'), ua.get('ha1'), ua.configuration.password, ua.configuration.display_name]);
    },
  },
  {
    section: '4.2', name: 'methods before start',
    run(world) {
      const ua = new world.JsSIP.UA(good);
      world.note('state', [ua.status, ua.isRegistered(), ua.isConnected(), ua.C.STATUS_INIT, world.JsSIP.UA.C.STATUS_NOT_READY]);
      for (const [name, run] of Object.entries({
        call: () => ua.call(), invalid: () => ua.call('<'), message: () => ua.sendMessage('x'), target: () => ua.sendMessage(undefined, 'x'), stop: () => ua.stop(),
      })) {
        try {
          run();
          world.note(name, 'fine');
        } catch (error) {
          world.note(name, [error.name, error.message]);
        }
      }
      world.note('normalized', ['bob', 'sip:bob@x.y', 'tel:+1-2', 'a@b@c.d', '+1 (415) 555', ''].map((target) => String(ua.normalizeTarget(target))));
    },
  },
];
