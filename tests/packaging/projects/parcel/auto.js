import * as viasip from 'viasip/auto';
import { tell } from './call.js';

tell(viasip);
