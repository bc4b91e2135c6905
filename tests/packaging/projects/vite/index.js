import init, * as viasip from 'viasip';
import { tell } from './call.js';

tell(viasip, init);
