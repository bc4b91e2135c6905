const { default: init, UA, URI } = require('viasip');

test('what starts itself elsewhere is started here, and init() confirms it', async () => {
  await init();
  expect(URI.parse('sip:alice@example.com').user).toBe('alice');
  expect(require('jssip').UA).toBe(UA);
});
