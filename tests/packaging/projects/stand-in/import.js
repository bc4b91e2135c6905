import { createRequire } from 'node:module';
import JsSIP, { C, UA } from 'jssip';
import deep from 'jssip/lib/JsSIP.js';

const required = createRequire(import.meta.url)('jssip');
console.log(typeof UA, C.causes.BUSY, JsSIP.UA === UA, deep.UA === UA, required.UA === UA);
