import { Component, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import init, * as viasip from 'viasip';
import JsSIP from 'viasip/inline';
import { tell } from '../call.js';

@Component({ selector: 'app-phone', template: 'a phone' })
class Phone {
  constructor() {
    const page = new URLSearchParams(location.search).get('entry');
    if (page === 'inline') void tell(JsSIP);
    else void tell(viasip, () => init(page === 'bare' ? undefined : 'viasip_bg.wasm'));
  }
}

void bootstrapApplication(Phone, { providers: [provideZonelessChangeDetection()] });
