import { call } from './call.js';
import JsSIP from 'viasip/inline';

console.log(await call(JsSIP.UA, JsSIP.WebSocketInterface, process.env.SERVICE).catch((error) => error.message));
process.exit();
