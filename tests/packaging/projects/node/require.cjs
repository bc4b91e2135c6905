const { UA, URI } = require('viasip/inline');
const JsSIP = require('viasip/inline/lib/JsSIP.js');

console.log(UA.name, String(URI.parse('sip:alice@example.com')), JsSIP.UA === UA, require('viasip/package.json').name);
