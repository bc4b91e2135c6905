import { URI } from 'viasip';

// jsdom has no TextDecoder, which the glue of the wasm wants.
test('the module that is to be started is imported, and says that it is not', () => {
  expect(() => URI.parse('sip:alice@example.com')).toThrow('viasip is not started: await init() first');
});
