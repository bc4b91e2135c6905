import { tell } from './call.js';
import JsSIP from './node_modules/viasip/pkg/dist/inline.js';

tell(JsSIP);
