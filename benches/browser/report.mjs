// The figures of a run as a table of ratios to JsSIP, and as a plot for the docs.
import { writeFileSync } from 'node:fs';

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const spread = (list) => `${Math.min(...list).toFixed(2)}–${Math.max(...list).toFixed(2)}`;
const number = (value) => (value >= 10 ? value.toFixed(1) : value.toFixed(3));

/** Ratios to JsSIP, round by round: what the machine did to both is out of them. */
const ratios = ({ samples }, name) => samples[name].map((value, round) => value / samples.jssip[round]);

/** A Markdown table: medians, and of viasip the ratio to JsSIP with its spread. */
export function table(results) {
  const lines = ['| case | viasip | JsSIP | SIP.js | no library | viasip / JsSIP |', '|---|---|---|---|---|---|'];
  for (const result of results) {
    const cell = (name) => (result.samples[name] ? `${number(median(result.samples[name]))} ${result.unit}` : '');
    const ratio = ratios(result, 'viasip');
    const cells = [
      cell('viasip'),
      cell('jssip'),
      cell('sip.js'),
      cell('floor'),
      `**${median(ratio).toFixed(2)}** (${spread(ratio)})`,
    ];
    lines.push(`| ${result.title} | ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
}

const COLOURS = { viasip: '#0b7a75', jssip: '#8a8f98', 'sip.js': '#c77d2e', floor: '#c9ced6' };

/** Bars relative to JsSIP, one group a case. */
function plot(results) {
  const width = 760;
  const height = 18;
  let y = 40;
  const rows = [];
  for (const result of results) {
    rows.push(`<text x="8" y="${y + 2}" font-weight="600">${result.title}</text>`);
    y += 10;
    for (const name of Object.keys(result.samples)) {
      const ratio = median(ratios(result, name));
      const length = Math.min(520, ratio * 260);
      rows.push(
        `<rect x="90" y="${y}" width="${length.toFixed(1)}" height="${height - 6}" rx="2" fill="${COLOURS[name]}"/>`,
      );
      rows.push(
        `<text x="84" y="${y + 10}" text-anchor="end">${name}</text><text x="${(96 + length).toFixed(1)}" y="${y + 10}">${ratio.toFixed(2)}</text>`,
      );
      y += height;
    }
    y += 22;
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" font-family="system-ui, sans-serif" font-size="12" fill="#222">` +
    `<rect width="${width}" height="${y}" fill="#fff"/><text x="8" y="18">relative to JsSIP (1.00), less is better; longer bars are cut at 2</text>${rows.join('')}</svg>\n`
  );
}

/** The page of the docs; writes the plot beside it. `load` is that of the last five minutes. */
export function report(results, { chromium, rounds, date, load, cores }, plotFile) {
  writeFileSync(plotFile, plot(results));
  const busy = `
The machine had other work too (a load of ${load.toFixed(0)} on ${cores} cores): times are longer than on an idle one; a ratio is of one
round, in which all had the same work beside them.
`;
  return `# Speed

Written by \`npm run bench -- --write\` on ${date}: headless Chromium ${chromium}, ${rounds} rounds in turn, medians. CPU is the
main thread's task time for each time that the case was done; in brackets the least and the greatest ratio of a round.
${load > cores ? busy : ''}
${table(results)}

![The same as bars](performance.svg)

- A received request is a MESSAGE of plain text that is answered 200. One at a time: the next one comes when the last was
  answered, so that each also wakes an idle page, which no library changes. In a burst: all are sent at once, and the page reads
  one after the other, as on a busy line.
- "No library" answers the same frames with five regular expressions: less than that is not to be had.
- Registering means REGISTER, 401, REGISTER with digest, and the same to un-register.
- A call is INVITE, 180, 200, ACK and BYE with a WebRTC that does nothing, the same for all.
- Cold start goes from the import to the open connection: the files of the package, its wasm among them, against JsSIP as one
  bundle. The ratio is of single rounds, ${rounds * 6} of them: on a machine with other work it says little.
- Heap is what each of 100 connected user agents, or 50 calls that are up, adds.
`;
}
