// What stands for a browser's WebRTC here: it offers what Chromium does, takes every answer, and has no sound.
import { randomBytes } from 'node:crypto';

const token = (bytes) => randomBytes(bytes).toString('base64').replaceAll('=', '');
const fingerprint = () =>
  [...randomBytes(32)].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');

/** An offer of sound as Chromium makes it. */
function offer() {
  const [id, stream] = [Date.now(), token(12)];
  return [
    'v=0',
    `o=- ${id} 2 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'a=extmap-allow-mixed',
    `a=msid-semantic: WMS ${stream}`,
    'm=audio 50000 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126',
    'c=IN IP4 192.0.2.1',
    'a=rtcp:9 IN IP4 0.0.0.0',
    'a=candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host generation 0 network-id 1',
    `a=ice-ufrag:${token(3)}`,
    `a=ice-pwd:${token(18)}`,
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${fingerprint()}`,
    'a=setup:actpass',
    'a=mid:0',
    'a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level',
    'a=sendrecv',
    `a=msid:${stream} audio`,
    'a=rtcp-mux',
    'a=rtcp-rsize',
    'a=rtpmap:111 opus/48000/2',
    'a=rtcp-fb:111 transport-cc',
    'a=fmtp:111 minptime=10;useinbandfec=1',
    'a=rtpmap:63 red/48000/2',
    'a=fmtp:63 111/111',
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:13 CN/8000',
    'a=rtpmap:110 telephone-event/48000',
    'a=rtpmap:126 telephone-event/8000',
    '',
  ].join('\r\n');
}

/** A connection that never connects. */
class Connection extends EventTarget {
  iceGatheringState = 'complete';
  iceConnectionState = 'new';
  connectionState = 'new';
  signalingState = 'stable';
  localDescription = null;
  remoteDescription = null;

  async createOffer() {
    return { type: 'offer', sdp: offer() };
  }
  async setLocalDescription(description) {
    this.localDescription = description;
    this.signalingState = 'have-local-offer';
  }
  async setRemoteDescription(description) {
    this.remoteDescription = description;
    this.signalingState = 'stable';
  }
  async addIceCandidate() {}
  getSenders() {
    return [];
  }
  getConfiguration() {
    return {};
  }
  close() {
    this.signalingState = 'closed';
  }
}

/** Puts it where the package looks for the browser's. */
export function standIn() {
  globalThis.RTCPeerConnection = Connection;
  return { getTracks: () => [], getAudioTracks: () => [], getVideoTracks: () => [] };
}
