import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { default: JsSIP } = await import('viasip/inline/lib/JsSIP.js');
console.log(typeof JsSIP.UA);
console.log(await import('viasip/inline/lib/UA').catch((error) => error.code));
try {
  require('viasip/inline/lib/UA');
} catch (error) {
  console.log(error.code);
}
