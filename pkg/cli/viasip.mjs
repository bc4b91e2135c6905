#!/usr/bin/env node
// `npx viasip check …`: what keeps a browser from registering and calling through a SIP server, step by step.
// `npx viasip report …`: the report of a call, as people read it.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { check } from './check.mjs';
import { password } from './password.mjs';
import { Report } from './report.mjs';
import { ticket } from './ticket.mjs';

const USAGE = `Usage: viasip check <server> <address> [options]
       viasip report <file> [--no-messages]

report shows what session.report() was saved as JSON (- for standard input), its messages as a ladder and, unless
--no-messages, whole. check looks what keeps a browser from registering and calling:

  <server>          the WebSocket of the server, such as wss://pbx.example.com/ws
  <address>         who registers, such as sip:1001@pbx.example.com

  --call <target>   calls it with a browser's offer, looks at the answer and hangs up
  --user <name>     the name for authentication, where it is not that of the address
  --idle <s>        how long to see whether a silent line is kept open
  --wait <s>        how long an answer may take (8)
  --origin <url>    the page that a browser would come from
  --insecure        goes on although the certificate is wrong
  --json            the same for programs

The password comes from VIASIP_PASSWORD, from standard input, or is asked for.
Exit status: 0 all is right, 1 something is wrong, 2 wrong usage.
`;

/** Thrown for what was typed wrong. */
class Usage extends Error {}
/** Thrown for a file that is not what it should be: how the command is used is no answer to that. */
class Unreadable extends Error {}

function read(words) {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  const options = {
    ...{ call: text, user: text, idle: text, wait: text, origin: text },
    ...{ insecure: flag, json: flag, help: flag, version: flag, 'no-messages': flag },
  };
  try {
    return parseArgs({ args: words, options, allowPositionals: true });
  } catch (error) {
    throw new Usage(error.message);
  }
}

/** A number of seconds as ms. */
function seconds(name, given, otherwise) {
  if (given === undefined) return otherwise * 1000;
  const value = Number(given);
  if (!(value >= 0 && value <= 3600)) throw new Usage(`--${name} is a number of seconds up to 3600, not "${given}"`);
  return value * 1000;
}

/** What is asked for, or the reason why it cannot be. */
function wanted({ values, positionals }) {
  const [command, server, address, ...rest] = positionals;
  if (command !== 'check') throw new Usage(command ? `there is no command "${command}"` : 'a command is missing');
  if (!server || !address) throw new Usage('the server and the address are needed');
  if (rest.length > 0) throw new Usage(`"${rest[0]}" is too much`);
  if (!URL.canParse(server) || !/^wss?:$/.test(new URL(server).protocol))
    throw new Usage(`the server is a URL with wss: or ws:, not "${server}"`);
  if (!/^sips?:[^@\s]+@[^@\s]+$/i.test(address)) throw new Usage(`the address is sip:user@domain, not "${address}"`);
  const { call = null, user = null, origin = null, insecure } = values;
  const [idleMs, waitMs] = [seconds('idle', values.idle, 0), seconds('wait', values.wait, 8)];
  return { server: new URL(server), address, call, user, origin, insecure, idleMs, waitMs };
}

async function shown({ values, positionals }) {
  const [, file, ...rest] = positionals;
  if (!file || rest.length > 0) throw new Usage('report is of one file');
  try {
    return await ticket(file, { messages: !values['no-messages'] });
  } catch (error) {
    throw new Unreadable(error.message);
  }
}

async function main() {
  const given = read(process.argv.slice(2));
  if (given.values.help) return process.stdout.write(USAGE);
  if (given.values.version) {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    return process.stdout.write(`${version}\n`);
  }
  if (given.positionals[0] === 'report') return process.stdout.write(await shown(given));
  const asked = wanted(given);
  const report = new Report(given.values.json ? null : process.stdout);
  await check({ ...asked, password: await password(asked.address) }, report);
  if (given.values.json) process.stdout.write(`${JSON.stringify(report.whole(asked), null, 2)}\n`);
  else report.end();
  process.exitCode = report.wrong > 0 ? 1 : 0;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Usage || error instanceof Unreadable)) throw error;
  process.stderr.write(`viasip: ${error.message}\n${error instanceof Usage ? `\n${USAGE}` : ''}`);
  process.exitCode = 2;
}
