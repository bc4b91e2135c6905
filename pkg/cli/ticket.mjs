// The report of a call as people read it, from the file that `session.report()` was saved in.
import { readFileSync } from 'node:fs';

/** The text of a report; throws what is wrong with the file, in words. */
export async function ticket(file, { messages }) {
  const { reportText } = await import('../dist/report.js');
  let report;
  try {
    report = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'that is not allowed' }[
      error.code
    ];
    const form = error instanceof SyntaxError ? `it is no JSON (${error.message})` : error.message;
    throw new Error(`${file} cannot be read: ${why ?? form}`, { cause: error });
  }
  if (report?.report !== 1) throw new Error(`${file} is no report of a call, or one of a newer viasip`);
  try {
    // Whoever made the file, nothing in it steers the terminal.
    return reportText(report, { messages }).replace(/[^\P{Cc}\n\t]/gu, '');
  } catch (error) {
    throw new Error(`${file} is no whole report of a call: ${error.message}`, { cause: error });
  }
}
