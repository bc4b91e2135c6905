// What was found: a line for each thing, right, wrong or worth knowing, and what to change.

const SIGNS = { right: ['✓', 32], wrong: ['✗', 31], note: ['·', 33] };

/** The lines of one check. */
export class Report {
  /** Of things that are wrong. */
  wrong = 0;
  lines = [];

  /** `out` shows each line as it is found. */
  constructor(out) {
    this._out = out;
    this._colours = Boolean(out?.isTTY) && !process.env.NO_COLOR;
  }

  /** What works. */
  right(step, message) {
    this._add(step, 'right', message);
  }

  /** What does not, and what to change. */
  fault(step, message, hint = '') {
    this.wrong += 1;
    this._add(step, 'wrong', message, hint);
  }

  /** What is no fault and may matter. */
  note(step, message, hint = '') {
    this._add(step, 'note', message, hint);
  }

  _add(step, verdict, message, hint = '') {
    const clean = (text) => text.replace(/\p{Cc}+/gu, ' ').trim();
    const line = { step, verdict, message: clean(message), ...(hint && { hint: clean(hint) }) };
    this.lines.push(line);
    if (!this._out) return;
    const [sign, colour] = SIGNS[verdict];
    const shown = this._colours ? `\u001b[${colour}m${sign}\u001b[0m` : sign;
    this._out.write(`${shown} ${step.padEnd(13)} ${line.message}\n`);
    if (line.hint) this._out.write(`${' '.repeat(16)}→ ${line.hint}\n`);
  }

  /** The last line. */
  end() {
    const said = ['All is right.', 'One thing is wrong.'][this.wrong] ?? `${this.wrong} things are wrong.`;
    this._out?.write(`\n${said}\n`);
  }

  /** All of it, for programs. */
  whole({ server, address }) {
    return { server: server.href, address, wrong: this.wrong, lines: this.lines };
  }
}
