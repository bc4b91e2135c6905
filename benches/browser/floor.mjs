// No library at all: what the browser itself takes to get a request and to send the answer that five regular expressions make.
const field = (frame, name) => new RegExp(`^${name}: .*\\r\\n`, 'mi').exec(frame)?.[0] ?? '';

window.bench = {
  contact: 'sip:alice@alice.invalid;transport=ws',
  async start(url) {
    const socket = new WebSocket(url, 'sip');
    socket.onmessage = ({ data }) => {
      const vias = (data.match(/^Via: .*\r\n/gim) ?? []).join('');
      socket.send(
        `SIP/2.0 200 OK\r\n${vias}${['From', 'To', 'Call-ID', 'CSeq'].map((name) => field(data, name)).join('')}Content-Length: 0\r\n\r\n`,
      );
    };
    await new Promise((resolve) => {
      socket.onopen = resolve;
    });
  },
};
