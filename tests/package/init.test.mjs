// `init()` that cannot have its wasm says which URL, what came from it and what to do; and the next one starts.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import test from 'node:test';
import init, { URI } from '../../pkg/dist/index.js';

const wasm = readFileSync(new URL('../../pkg/wasm/viasip_bg.wasm', import.meta.url));
const answers = {
  '/gone.wasm': [404, 'text/plain', 'not found'],
  '/page.wasm': [200, 'text/html; charset=utf-8', '<!doctype html>'],
  '/other.wasm': [200, 'application/wasm', Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])],
  '/broken.wasm': [200, 'application/wasm', 'not wasm'],
  '/untyped.wasm': [200, 'application/octet-stream', wasm],
};
const server = createServer((request, response) => {
  const [status, type, body] = answers[request.url];
  response.writeHead(status, { 'Content-Type': type, Connection: 'close' }).end(body);
});
const listening = (one) => new Promise((resolve) => one.listen(0, '127.0.0.1', () => resolve(one.address().port)));
const host = `http://127.0.0.1:${await listening(server)}`;
test.after(() => server.close());

/** Where nobody listens. */
async function deserted() {
  const closed = createServer();
  const port = await listening(closed);
  await new Promise((resolve) => closed.close(resolve));
  return `http://127.0.0.1:${port}/viasip_bg.wasm`;
}

const advice = "Pass its URL, `init(url)`, or import from 'viasip/inline'";

test('a server that cannot be reached is named, by each form of the URL', async () => {
  const url = await deserted();
  for (const source of [url, new URL(url), new Request(url)]) {
    const error = await init(source).then(assert.fail, (thrown) => thrown);
    assert.ok(error.message.startsWith(`viasip: the wasm could not be fetched from ${url}. ${advice}`), error.message);
    assert.ok(error.cause instanceof TypeError);
  }
});

test('what came instead is told, whoever fetched it', async () => {
  for (const [path, words] of [
    ['/gone.wasm', (url) => `viasip: fetching the wasm from ${url} gave 404. ${advice}`],
    ['/page.wasm', (url) => `viasip: ${url} is a page (text/html), not the wasm. ${advice}`],
    ['/broken.wasm', (url) => `viasip: what ${url} gave could not be compiled (CompileError: `],
  ]) {
    const url = `${host}${path}`;
    for (const source of [url, fetch(url), await fetch(url)]) {
      const { message } = await init(source).then(assert.fail, (thrown) => thrown);
      assert.ok(message.startsWith(words(url)), message);
    }
  }
});

test('another wasm is refused, each time', async () => {
  for (let turn = 0; turn < 2; turn += 1) {
    await assert.rejects(
      init(`${host}/other.wasm`),
      /^Error: viasip: the JavaScript is [\d.]+, the wasm is of something/,
    );
    assert.throws(() => URI.parse('sip:a@b'), /viasip is not started: await init\(\) first$/);
  }
});

test('after all of that it starts, whatever type the wasm is served with', async () => {
  await init(`${host}/untyped.wasm`);
  assert.equal(String(URI.parse('sip:a@b')), 'sip:a@b');
});
