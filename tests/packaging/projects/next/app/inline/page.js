'use client';

import JsSIP from 'viasip/inline';
import { useEffect } from 'react';
import { tell } from '../../call.js';

export default function Page() {
  useEffect(() => {
    tell(JsSIP);
  }, []);
  return <p>{String(JsSIP.URI.parse('sip:alice@example.com'))}</p>;
}
