/**
 * Bodies in XML, as servers really write them: elements are known by their names alone, whatever their prefix and namespace.
 * The page's own parser reads them; it fetches nothing, and a document type, without which there are no entities, is refused.
 */

/** Longest body that is read, in UTF-16 units: a frame has 64 KiB. */
const MAX_BODY = 131_072;

/** The root element if it has that name; null for anything else, also where the page has no parser. */
export function root(body: string, name: string): Element | null {
  const text = body.trim();
  if (text.length > MAX_BODY || /<!DOCTYPE/i.test(text) || typeof DOMParser === 'undefined') return null;
  const element = parse(text) ?? parse(mended(text));
  return element?.localName === name ? element : null;
}

function parse(text: string): Element | null {
  const read = new DOMParser().parseFromString(text, 'application/xml');
  return read.getElementsByTagName('parsererror').length ? null : read.documentElement;
}

/** Without prefixes that nobody declared, and with each `&` that stands for itself written so. */
function mended(text: string): string {
  const plain = text.replace(/<[^<>]*>/g, (tag) =>
    tag.replace(/^(<\/?)[\w.-]+:/, '$1').replace(/(\s)[\w.-]+:([\w.-]+\s*=)/g, '$1$2'),
  );
  return plain.replace(/&(?!#\d+;|#x[\da-f]+;|(?:amp|lt|gt|quot|apos);)/gi, '&amp;');
}

/** The elements of that name right inside. */
export const children = (element: Element | null | undefined, name: string): Element[] =>
  element ? Array.from(element.children).filter((child) => child.localName === name) : [];

/** The first of them. */
export const child = (element: Element | null | undefined, name: string): Element | null =>
  children(element, name)[0] ?? null;

/** What stands in an element, or in the first of that name inside it. */
export function text(element: Element | null | undefined, name?: string): string | null {
  const found = name === undefined ? element : child(element, name);
  return found ? (found.textContent ?? '').trim() : null;
}

/** An attribute, by its name without a prefix. */
export function attribute(element: Element | null | undefined, name: string): string | null {
  for (const { localName, value } of element?.attributes ?? []) if (localName === name) return value.trim();
  return null;
}

/** A whole number that is not negative. */
export const whole = (value: string | null | undefined): number | null =>
  value && /^\d{1,15}$/.test(value) ? Number(value) : null;

/** One of these words, in lower case. */
export function word<W extends string>(value: string | null | undefined, ...words: W[]): W | null {
  const found = value?.trim().toLowerCase();
  return words.find((known) => known === found) ?? null;
}

/** A text as it stands in an element. */
export const escaped = (value: string): string =>
  value.replace(/[&<>]/g, (letter) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[letter] ?? letter);
