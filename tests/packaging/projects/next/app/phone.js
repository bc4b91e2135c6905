'use client';

import init, * as viasip from 'viasip';
import { useEffect } from 'react';
import { tell } from '../call.js';

// Rendered on the server too, where the package is imported and not started.
export function Phone() {
  useEffect(() => {
    tell(viasip, init);
  }, []);
  return <p>{viasip.name}</p>;
}
