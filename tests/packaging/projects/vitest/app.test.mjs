import { readFileSync } from 'node:fs';
import JsSIP from 'jssip';
import init, { URI } from 'viasip';
import { expect, test } from 'vitest';

test('the alias is started', () => {
  expect(JsSIP.URI.parse('sip:alice@example.com').user).toBe('alice');
});

test('the module is started by its bytes, and says so when it cannot fetch them', async () => {
  await expect(init()).rejects.toThrow('`init(bytes)`');
  await init(readFileSync('node_modules/viasip/pkg/wasm/viasip_bg.wasm'));
  expect(URI.parse('sip:alice@example.com').user).toBe('alice');
});
