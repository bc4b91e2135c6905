// Narrow screens show one view at a time.
import { $ } from './page.js';

const buttons = () => $('views').querySelectorAll('button');

export function show(view) {
  document.body.dataset.view = view;
  for (const button of buttons()) {
    if (button.dataset.view === view) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }
}

export function setUp() {
  for (const button of buttons()) button.addEventListener('click', () => show(button.dataset.view));
}
