// How the call is: its last minute as four small plots, each with its figures in words, and what is wrong with it in a sentence.
import { el, length } from './page.js';

const MINUTE_MS = 60_000;
const [WIDE, HIGH] = [240, 64];

/** `of` gives what comes and, where it is another thing, what leaves. `least`: what the plot shows at least. `bad`: from where on. */
const PLOTS = [
  {
    ...{ name: 'Voice score', unit: '', digits: 1, from: 1, least: 4.5, bad: 3.1, higher: true },
    of: ({ mos }) => [mos],
    says: 'MOS, from 1 to 4.5.',
  },
  {
    ...{ name: 'Loss', unit: ' %', digits: 1, from: 0, least: 10, bad: 5 },
    of: ({ audio }) => [audio.in && audio.in.loss * 100, audio.out && audio.out.loss * 100],
    says: 'Dashed: of what leaves.',
  },
  {
    ...{ name: 'Jitter', unit: ' ms', digits: 0, from: 0, least: 60, bad: 40 },
    of: ({ audio }) => [audio.in?.jitter ?? null],
    says: 'How unevenly packets come.',
  },
  {
    ...{ name: 'Round trip', unit: ' ms', digits: 0, from: 0, least: 500, bad: 400 },
    of: ({ rtt }) => [rtt],
    says: 'There and back.',
  },
];

const GRADES = [
  [4, 'good', 'Sounds good.'],
  [3.6, 'good', 'Sounds well enough.'],
  [3.1, 'warn', 'Some will complain.'],
  [0, 'bad', 'Hard to follow.'],
];

const svg = (name, attributes, ...children) => {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
const known = (values) => values.filter((value) => value !== null && value !== undefined);

/** Shows in `element` how the call on the surface of `phone` is. */
export function mountQuality(element, phone) {
  const title = el('h2', { id: 'quality-title' }, 'Quality');
  const summary = el('p', { class: 'summary' });
  const problems = el('div', { class: 'problems', role: 'status', 'aria-label': 'What is wrong with the media' });
  const plots = PLOTS.map((plot) => drawing(plot));
  const codecs = el('p', { class: 'hint' });
  element.setAttribute('aria-labelledby', title.id);
  element.removeAttribute('aria-label');
  element.append(title, summary, problems, el('div', { class: 'plots' }, ...plots.map(({ figure }) => figure)), codecs);

  let current = null;
  let readings = [];
  const there = new Map();
  const showProblems = () =>
    problems.replaceChildren(
      ...[...there.values()].map(({ message, hint }) => el('p', {}, el('strong', {}, message), ` ${hint}`)),
    );
  const take = (session) => {
    if (current === session) return;
    current = session;
    readings = [];
    there.clear();
    showProblems();
    element.hidden = true;
  };

  phone.on('active', ({ session }) => session && take(session));
  phone.on('session', ({ session }) => {
    if (!current || current.isEnded()) take(session);
    session.on('quality', (quality) => {
      if (session !== current) return;
      readings = [...readings, quality].filter(({ at }) => at > quality.at - MINUTE_MS);
      element.hidden = false;
      summary.replaceChildren(...inWords(quality));
      codecs.textContent = path(quality);
      for (const plot of plots) plot.draw(readings, quality.at);
    });
    session.on('mediaproblem', ({ code, state, message, hint }) => {
      if (session !== current) return;
      if (state === 'began') there.set(code, { message, hint });
      else there.delete(code);
      element.hidden = false;
      showProblems();
    });
    session.on('ended', () => {
      if (session !== current || readings.length === 0) return;
      summary.textContent = `The call is over. This was its last ${length(readings.at(-1).at - readings[0].at)}.`;
      there.clear();
      showProblems();
    });
  });
}

function inWords({ mos, audio }) {
  if (mos === null) return [audio.in ? 'No sound comes at the moment.' : 'No sound was agreed on.'];
  const [, grade, words] = GRADES.find(([from]) => mos >= from);
  return [el('strong', { class: grade }, words), ` Voice score ${mos.toFixed(1)} of 4.5.`];
}

/** What is used, and by which way. */
function path({ audio, video, pair }) {
  const kbit = (side) => `${side.codec ?? 'unknown codec'} at ${Math.round(side.bitrate / 1000)} kbit/s`;
  const held = ({ buffered }) => (buffered === null ? '' : `, ${Math.round(buffered)} ms in the jitter buffer`);
  const ways = {
    host: 'a local address',
    srflx: 'an address from STUN',
    prflx: 'an address found on the way',
    relay: 'TURN',
  };
  return [
    audio.in && `Sound comes as ${kbit(audio.in)}${held(audio.in)}.`,
    audio.out && `Sound leaves as ${kbit(audio.out)}.`,
    video.in && `Picture comes as ${kbit(video.in)}, ${video.in.width ?? '?'} × ${video.in.height ?? '?'}.`,
    video.out && `Picture leaves as ${kbit(video.out)}, ${video.out.width ?? '?'} × ${video.out.height ?? '?'}.`,
    pair && `The way: ${ways[pair.local] ?? pair.local} to ${ways[pair.remote] ?? pair.remote}, ${pair.protocol}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

/** One plot, and how it is drawn anew. */
function drawing({ name, unit, digits, from, least, bad, higher = false, of, says }) {
  const value = el('span', { class: 'value' });
  const area = svg('path', { class: 'area' });
  const lines = [svg('path', { class: 'line' }), svg('path', { class: 'line leaves' })];
  const bound = svg('path', { class: 'bound' });
  const picture = svg(
    'svg',
    { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: 'none', role: 'img' },
    area,
    bound,
    ...lines,
  );
  const range = el('span', { class: 'range' });
  const figure = el(
    'figure',
    { class: 'plot' },
    el('figcaption', {}, el('span', {}, name), value),
    picture,
    el('p', { class: 'hint' }, range, says),
  );
  const draw = (readings, now) => {
    const rows = readings.map((reading) => ({ at: reading.at, values: of(reading) }));
    const top = Math.max(least, ...rows.flatMap(({ values }) => known(values)));
    const x = (at) => (WIDE * (at - now + MINUTE_MS)) / MINUTE_MS;
    const y = (figure) => HIGH - 2 - ((HIGH - 4) * (figure - from)) / (top - from);
    bound.setAttribute('d', `M0 ${y(bad).toFixed(1)}H${WIDE}`);
    lines.forEach((line, side) => line.setAttribute('d', track(rows, side, x, y)));
    area.setAttribute('d', filled(rows, x, y));
    const all = known(rows.map(({ values }) => values[0]));
    const last = rows.at(-1)?.values[0] ?? null;
    const words = (figure) => `${figure.toFixed(digits)}${unit}`;
    value.textContent = last === null ? 'not known' : words(last);
    value.className = `value ${last !== null && (higher ? last < bad : last > bad) ? 'bad' : ''}`;
    const span = all.length > 0 ? `${Math.min(...all).toFixed(digits)} to ${words(Math.max(...all))}` : '';
    range.textContent = span && `${span}. `;
    picture.setAttribute(
      'aria-label',
      `${name} over the last minute: ${value.textContent} now, ${span || 'no figures'}`,
    );
  };
  return { figure, draw };
}

/** A line with gaps where nobody tells. */
function track(rows, side, x, y) {
  let pen = 'M';
  return rows
    .map(({ at, values }) => {
      const value = values[side];
      const point = value === null || value === undefined ? '' : `${pen}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = point ? 'L' : 'M';
      return point;
    })
    .join('');
}

function filled(rows, x, y) {
  const there = rows.filter(({ values }) => values[0] !== null && values[0] !== undefined);
  if (there.length < 2) return '';
  const points = there.map(({ at, values }) => `${x(at).toFixed(1)} ${y(values[0]).toFixed(1)}`);
  return `M${x(there[0].at).toFixed(1)} ${HIGH}L${points.join('L')}L${x(there.at(-1).at).toFixed(1)} ${HIGH}Z`;
}
