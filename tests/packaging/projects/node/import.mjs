import JsSIP, { UA, URI } from 'viasip/inline';

console.log(UA.name, String(URI.parse('sip:alice@example.com')), JsSIP.UA === UA);
