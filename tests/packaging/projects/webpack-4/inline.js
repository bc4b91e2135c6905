import JsSIP from 'viasip/inline';
import { tell } from './call.js';

tell(JsSIP);
