// Whether a browser finds the server, and trusts it.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import tls from 'node:tls';

const LOCAL = /^(localhost|127\.|\[::1\])/;
const DAY_MS = 86_400_000;

const UNTRUSTED = {
  CERT_HAS_EXPIRED: ['has expired', 'Renew it, and let the server load the new one.'],
  CERT_NOT_YET_VALID: ['is not valid yet', 'Look at the clocks of the server and of this machine.'],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'is signed by itself',
    'Browsers refuse it, and tell the page nothing: take one of a known authority, or install this one on each machine.',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'is of an authority that is not known here',
    'Install the authority on each machine (here by NODE_EXTRA_CA_CERTS), or take one that browsers know.',
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'comes without the one that signed it',
    'The server has to send the whole chain (fullchain.pem, not cert.pem).',
  ],
};
UNTRUSTED.UNABLE_TO_GET_ISSUER_CERT = UNTRUSTED.UNABLE_TO_VERIFY_LEAF_SIGNATURE;
UNTRUSTED.UNABLE_TO_GET_ISSUER_CERT_LOCALLY = UNTRUSTED.UNABLE_TO_VERIFY_LEAF_SIGNATURE;

/** The first two steps; whether the next make sense. */
export async function nameAndCertificate({ server, insecure, waitMs }, report) {
  const host = server.hostname.replace(/^\[|\]$/g, '');
  if (!isIP(host)) {
    try {
      const found = await lookup(host, { all: true });
      report.right('name', `${host} is ${found.map(({ address }) => address).join(', ')}`);
    } catch (error) {
      report.fault('name', `${host} has no address (${error.code})`, 'Look for a typing error, and at the DNS.');
      return false;
    }
  }
  if (server.protocol === 'ws:') {
    if (LOCAL.test(server.host)) report.note('certificate', 'none: ws: works for pages of this machine only');
    else report.fault('certificate', 'none: a page over https cannot open ws:', 'Let the server speak wss:.');
    return true;
  }
  return trusted(host, Number(server.port || 443), insecure, waitMs, report);
}

function trusted(host, port, insecure, waitMs, report) {
  return new Promise((resolve) => {
    const options = { host, port, rejectUnauthorized: false, timeout: waitMs };
    const socket = tls.connect(isIP(host) ? options : { ...options, servername: host });
    const end = (goes) => {
      socket.destroy();
      resolve(goes);
    };
    socket.once('timeout', () => {
      report.fault('certificate', `${host}:${port} does not answer`, 'Look at the port, and at the firewall.');
      end(false);
    });
    socket.once('error', (error) => {
      const [said, hint] = unsecured(error.code ?? error.message);
      report.fault('certificate', `${host}:${port}: ${said}`, hint);
      end(false);
    });
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      const found = faults(socket, host, certificate);
      const until = new Date(certificate.valid_to);
      const days = Math.floor((until - Date.now()) / DAY_MS);
      if (found.length > 0) {
        for (const [said, hint] of found) report.fault('certificate', `the certificate of ${host} ${said}`, hint);
        if (!insecure)
          report.note('certificate', 'no password goes to such a server', '--insecure goes on all the same.');
        return end(insecure);
      }
      report.right(
        'certificate',
        `valid for ${host} until ${until.toISOString().slice(0, 10)} (${socket.getProtocol()})`,
      );
      if (days < 14) report.note('certificate', `it ends in ${days} days`, 'Renew it.');
      end(true);
    });
  });
}

/** Why no TLS came about, and what to do. */
function unsecured(code) {
  if (code === 'ECONNREFUSED') return ['nobody listens there', 'Look at the port, and whether the server runs.'];
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW/.test(code))
    return [`TLS 1.1 or older (${code})`, 'Browsers have given it up: let the server speak TLS 1.2 or 1.3.'];
  return [
    `no TLS (${code})`,
    'Perhaps this port is for ws:, and the one for wss: is another: often 8089 for Asterisk, 7443 for FreeSWITCH.',
  ];
}

/** What a browser has against it, all of it: who mends one thing does not have to come back for the next. */
function faults(socket, host, certificate) {
  const found = [];
  const code = socket.authorizationError?.code ?? socket.authorizationError;
  if (code && code !== 'ERR_TLS_CERT_ALTNAME_INVALID')
    found.push(UNTRUSTED[code] ?? [`is not trusted (${code})`, 'A browser refuses it without telling the page.']);
  if (tls.checkServerIdentity(host, certificate)) {
    const names = certificate.subjectaltname ?? certificate.subject?.CN ?? 'nobody';
    found.push([`is for another name (${names})`, 'Use a name that it has, or get one for this name.']);
  }
  return found;
}
