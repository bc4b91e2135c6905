// A WebRTC that does nothing, so that a call costs what the library costs: the same for all of them.
const sdp = (setup) =>
  [
    'v=0',
    'o=- 1 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111 0',
    'c=IN IP4 0.0.0.0',
    'a=ice-ufrag:abcd',
    'a=ice-pwd:0123456789abcdefghijkl',
    `a=fingerprint:sha-256 ${Array(32).fill('00').join(':')}`,
    `a=setup:${setup}`,
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=rtpmap:0 PCMU/8000',
    'a=candidate:1 1 udp 2113937151 127.0.0.1 50000 typ host',
    '',
  ].join('\r\n');

class Connection extends EventTarget {
  iceGatheringState = 'complete';
  iceConnectionState = 'connected';
  connectionState = 'connected';
  signalingState = 'stable';
  localDescription = null;
  remoteDescription = null;
  createOffer = async () => ({ type: 'offer', sdp: sdp('actpass') });
  createAnswer = async () => ({ type: 'answer', sdp: sdp('active') });
  async setLocalDescription(description) {
    this.localDescription = description ?? { type: 'offer', sdp: sdp('actpass') };
    this.signalingState = this.localDescription.type === 'offer' ? 'have-local-offer' : 'stable';
  }
  async setRemoteDescription(description) {
    this.remoteDescription = description;
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
  }
  addTrack() {
    return { sender: {}, replaceTrack: async () => {} };
  }
  addTransceiver() {
    return {};
  }
  getSenders() {
    return [];
  }
  getReceivers() {
    return [];
  }
  getTransceivers() {
    return [];
  }
  getStats = async () => new Map();
  close() {
    this.signalingState = 'closed';
  }
}

/** Puts it in the place of the browser's. */
export function stubWebRTC() {
  window.RTCPeerConnection = Connection;
  Object.defineProperty(navigator, 'mediaDevices', {
    value: { getUserMedia: async () => new MediaStream(), enumerateDevices: async () => [] },
    configurable: true,
  });
}
