// 12 and 13: the socket, and what the transport makes of it.
export const transport = [
  {
    section: '12', name: 'keep-alive of theirs',
    async run(world) {
      await world.line();
      world.socket.ondata('\r\n\r\n');
      world.socket.ondata('\r\n');
      await world.pause();
    },
  },
  {
    section: '12', name: 'what is no SIP',
    async run(world) {
      await world.line();
      for (const data of ['', 'hello', 'INVITE sip:x SIP/2.0\r\n\r\n', 'SIP/2.0 200 OK\r\n\r\n', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', new Uint8Array([0, 255, 1]).buffer]) world.socket.ondata(data);
      await world.pause();
      world.note('alive', world.ua.isConnected());
    },
  },
  {
    section: '12', name: 'binary messages',
    async run(world) {
      await world.line();
      const ondata = world.socket.ondata.bind(world.socket);
      world.socket.ondata = (data) => ondata(new TextEncoder().encode(data).buffer);
      world.ask('OPTIONS', { contact: false });
      await world.sent('SIP/2.0 200');
    },
  },
  {
    section: '12', name: 'WebSocketInterface',
    run(world) {
      for (const url of ['ws://a.b', 'wss://a.b:8443/path', 'WSS://A.b', 'http://a.b', 'ws://[::1]:80', 5, 'ws://']) {
        try {
          const socket = new world.JsSIP.WebSocketInterface(url);
          world.note(String(url), [socket.url, socket.via_transport, socket.sip_uri, socket.isConnected(), socket.isConnecting()]);
          socket.via_transport = 'tcp';
          world.note(`via ${url}`, socket.via_transport);
        } catch (error) {
          world.note(String(url), [error.name, error.message]);
        }
      }
    },
  },
  {
    section: '4.2', name: 'stop with a call up',
    async run(world) {
      await world.line();
      await world.talking();
      world.ua.stop();
      await world.sent('BYE');
      world.note('status', [world.ua.status, world.session.status]);
      world.ua.stop();
    },
  },
  {
    section: '12', name: 'the transport as applications see it',
    async run(world) {
      await world.line();
      const { transport: line } = world.ua;
      world.note('is', [line.status, line.url, line.via_transport, line.sip_uri, line.socket === world.socket, line.isConnected(), line.isConnecting(), line.sockets.length]);
      world.note('sessions', Object.keys(world.ua._sessions).length);
    },
  },
  {
    section: '12', name: 'a confirmed call outlives its line',
    async run(world) {
      await world.line();
      await world.talking();
      world.refuses = true;
      world.socket.up = false;
      world.socket.ondisconnect(true, 1006, 'gone');
      await world.told('disconnected');
      world.note('call', world.session.status);
    },
  },
];
