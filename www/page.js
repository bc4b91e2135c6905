// The page's elements by id, and small ways to fill them.
export const $ = (id) => document.getElementById(id);

/** An element with text and children. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** An icon that index.html draws. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

export const time = (ms = Date.now()) => new Date(ms).toLocaleTimeString();

/** How long, as a clock shows it. */
export function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export function length(ms) {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** When it was: the time today, else the day too. */
export function when(ms) {
  const day = new Date(ms);
  const today = day.toDateString() === new Date().toDateString();
  const clock = day.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
  return today ? clock : `${day.toLocaleDateString([], { day: 'numeric', month: 'short' })} ${clock}`;
}

/** Lets the browser save a text as a file. */
export function save(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  el('a', { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}
