// How long a line lives on which nobody speaks, and by what it is known to live.

/** Whether the server answers CRLF. */
export async function pings(line, { waitMs }, report) {
  if (await line.ping(Math.min(waitMs, 5000))) return report.right('keep-alive', 'the server answers CRLF (RFC 5626)');
  report.note('keep-alive', 'CRLF is not answered: viasip finds a dead line by OPTIONS here');
}

/** Whether a silent line is kept. */
export async function idle(line, { idleMs }, report) {
  const began = Date.now();
  // The code is known once the line is closed, which is a moment after it stops being open.
  while (Date.now() - began < idleMs && !line.closed) await new Promise((resolve) => setTimeout(resolve, 250));
  const lived = Math.round((Date.now() - began) / 1000);
  if (line.isConnected()) return report.right('idle line', `still open after ${lived} s of silence`);
  report.fault(
    'idle line',
    `closed after ${lived} s of silence (code ${line.closed?.code ?? 'not said'})`,
    `Set keep_alive_interval below ${lived} s, or a longer time-out in the proxy (nginx: proxy_read_timeout).`,
  );
}
