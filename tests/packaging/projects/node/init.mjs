import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import init, { UA, URI } from 'viasip';

const said = async (what) => console.log(await what().catch((error) => error.message));
const socket = { url: 'ws://x', via_transport: 'WS', sip_uri: 'sip:x', connect() {}, disconnect() {}, send() {} };
await said(async () => new UA({ sockets: [socket], uri: 'sip:alice@example.com' }));
await said(async () => URI.parse('sip:alice@example.com'));
await said(() => init());
await said(() => init(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])));
await said(() => init(new Uint8Array([1, 2, 3])));
await init(readFileSync(fileURLToPath(import.meta.resolve('viasip/wasm'))));
console.log(String(URI.parse('sip:alice@example.com')));
