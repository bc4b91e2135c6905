// What viasip does otherwise than JsSIP 3.13.8, on purpose. Each entry changes both records so that they become equal
// where this difference is, and nowhere else; an entry that changes nothing any more fails the run.

const without = (test) => (lines) => lines.filter((line) => !test(line));

export const allowed = [
  {
    id: 'payloads carry more', reason: '`ended` and `failed` carry `diagnosis` and `features`, `disconnected` carries `retryIn`.',
    apply: (lines) => lines.map((line) => line.replace(/,?"(diagnosis|features)":\[[^\]]*\]/g, '').replace(/,"retryIn":(null|[\d.]+)/, '').replace('{,', '{')),
  },
];

export function table() {
  const rows = allowed.map(({ id, reason, defect }) => `| ${id} | ${defect ? `JsSIP's defect ${defect}. ` : ''}${reason} |`);
  return `| difference | why |\n|---|---|\n${rows.join('\n')}\n`;
}
