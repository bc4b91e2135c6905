const JsSIP = require('jssip');
const deep = require('jssip/lib/JsSIP');
const { UA } = require('viasip/inline');

/** A socket of the test's own, which keeps what is sent. */
function line(sent) {
  return {
    url: 'wss://own',
    via_transport: 'WS',
    sip_uri: 'sip:own;transport=ws',
    connect() {
      this.onconnect();
    },
    disconnect() {},
    send: (data) => sent.push(data) > 0,
  };
}

test('an application written for JsSIP registers', () => {
  expect(JsSIP.UA).toBe(UA);
  expect(deep.UA).toBe(UA);
  const sent = [];
  const ua = new JsSIP.UA({ sockets: [line(sent)], uri: 'sip:alice@example.com', password: 'x' });
  ua.start();
  ua.stop();
  expect(sent[0]).toMatch(/^REGISTER sip:example.com SIP\/2.0/);
});
