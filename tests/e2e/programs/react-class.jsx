// A phone for one call at a time: CommonJS, a class component that owns the UA and hands its state down.
const React = require('react');
const { createRoot } = require('react-dom/client');
const JsSIP = require('jssip');

const log = (...words) => {
  const line = document.createElement('li');
  line.textContent = words.join(' ');
  document.getElementById('log').append(line);
};

class SipProvider extends React.Component {
  constructor(props) {
    super(props);
    this.state = { sipStatus: 'disconnected', sipError: null, callStatus: 'idle', callDirection: null, callCounterpart: null, rtcSession: null };
    this.audio = React.createRef();
    this.ua = null;
    this.calls = 0;
  }

  componentDidMount() {
    if (JsSIP.debug) JsSIP.debug.disable();
    this.open();
  }

  componentDidUpdate(before, was) {
    if (before.password !== this.props.password) this.open();
    for (const key of ['sipStatus', 'callStatus']) if (was[key] !== this.state[key]) log(`${key}: ${was[key]} -> ${this.state[key]}`);
  }

  componentWillUnmount() {
    this.close();
  }

  /** What an application does that wants to hear nothing more: first the listeners, then the UA, a call up or not. */
  close() {
    if (!this.ua) return;
    this.ua.removeAllListeners();
    this.ua.stop();
    this.ua = null;
  }

  open() {
    this.close();
    const { service, user, password } = this.props;
    this.setState({ sipStatus: 'connecting', sipError: null });
    try {
      this.ua = new JsSIP.UA({
        uri: `sip:${user}@viasip.local`, password, display_name: 'Class Component', sockets: [new JsSIP.WebSocketInterface(service)], register: true,
        user_agent: 'class app', session_timers: false,
      });
    } catch (error) {
      this.setState({ sipStatus: 'error', sipError: error.message });
      return;
    }
    const { ua } = this;
    const mine = (react) => (event) => this.ua === ua && react(event);
    ua.on('connected', mine(() => this.setState({ sipStatus: 'connected', sipError: null })));
    ua.on('disconnected', mine(() => this.setState({ sipStatus: 'error', sipError: 'disconnected' })));
    ua.on('registered', mine(({ response }) => this.setState({ sipStatus: 'registered' }, () => log('registered', response.status_code))));
    ua.on('unregistered', mine(() => this.setState({ sipStatus: ua.isConnected() ? 'connected' : 'disconnected' })));
    ua.on('registrationFailed', mine(({ cause, response }) => this.setState({ sipStatus: 'error', sipError: `${cause} ${response.status_code} ${response.reason_phrase}` })));
    ua.on('an event that does not exist', () => log('never'));
    ua.on('newRTCSession', mine((event) => this.newSession(event)));
    ua.start();
  }

  newSession({ originator, session: rtcSession, request }) {
    if (originator === 'remote' && this.state.rtcSession) {
      log('busy for', request.from.toString().replace(/;tag=.*/, ''));
      rtcSession.terminate({ status_code: 486, reason_phrase: 'Busy Here' });
      return;
    }
    this.calls += 1;
    rtcSession.label = `call ${this.calls}`;
    if (originator === 'local') {
      // The connection is there already: nothing that the far end adds is missed.
      this.listen(rtcSession);
      this.setState({ rtcSession, callStatus: 'starting', callDirection: 'outgoing', callCounterpart: request.to.toString() });
    } else {
      this.setState({ rtcSession, callStatus: 'ringing', callDirection: 'incoming', callCounterpart: request.from.display_name });
    }
    const over = (name) => ({ originator: who, cause, message }) => {
      log(rtcSession.label, name, who, cause, message && message.status_code ? message.status_code : '');
      this.setState({ rtcSession: null, callStatus: 'idle', callDirection: null, callCounterpart: null });
    };
    rtcSession.on('peerconnection', () => log('peerconnection'));
    rtcSession.on('failed', over('failed'));
    rtcSession.on('ended', over('ended'));
    rtcSession.on('accepted', ({ originator: who }) => {
      log(rtcSession.label, 'accepted', who);
      this.setState({ callStatus: 'active' });
    });
    rtcSession.on('hold', ({ originator: who }) => log('hold', who, JSON.stringify(rtcSession.isOnHold())));
    rtcSession.on('unhold', ({ originator: who }) => log('unhold', who, JSON.stringify(rtcSession.isOnHold())));
    rtcSession.on('newDTMF', ({ originator: who, dtmf }) => log('tone', who, dtmf.tone, dtmf.duration));
  }

  listen(rtcSession) {
    rtcSession.connection.addEventListener('track', ({ track }) => log('track', track.kind));
    rtcSession.connection.addEventListener('addstream', ({ stream }) => {
      log('addstream', stream.getAudioTracks().length, rtcSession.connection.getRemoteStreams().length);
      this.audio.current.srcObject = stream;
      this.audio.current.play();
    });
  }

  startCall = (destination) => {
    const eventHandlers = {
      peerconnection: ({ peerconnection }) => log('peerconnection inside call():', peerconnection.signalingState),
      connecting: ({ request }) => log('connecting', request.method),
      sending: ({ request }) => log('sending', request.getHeader('X-App')),
      progress: ({ originator, response }) => {
        log('progress', originator, response.status_code);
        this.setState({ callStatus: 'calling' });
      },
      confirmed: ({ originator, ack }) => log('confirmed', originator, ack === null),
    };
    try {
      const session = this.ua.call(destination, {
        eventHandlers, extraHeaders: ['X-App: class'], mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] },
        rtcOfferConstraints: { offerToReceiveAudio: true }, sessionTimersExpires: 120, data: { destination },
      });
      log('called', session.data.destination, session.label, session.status);
    } catch (error) {
      log('not called:', error.name, error.message);
    }
  };

  answerCall = () => {
    const { rtcSession } = this.state;
    rtcSession.answer({ mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } });
    this.listen(rtcSession);
  };

  toggleHold = () => {
    const { rtcSession } = this.state;
    const done = () => log('hold is through');
    log('asked to', rtcSession.isOnHold().local ? 'resume:' : 'hold:', rtcSession.isOnHold().local ? rtcSession.unhold({}, done) : rtcSession.hold({}, done));
  };

  stopCall = () => this.state.rtcSession.terminate();

  render() {
    const { startCall, answerCall, stopCall, toggleHold } = this;
    const tone = (digit) => this.state.rtcSession.sendDTMF(digit, { duration: 120, interToneGap: 100 });
    return (
      <>
        {this.props.children({ ...this.state, startCall, answerCall, stopCall, toggleHold, tone })}
        <audio ref={this.audio} autoPlay />
      </>
    );
  }
}

class Page extends React.Component {
  state = { password: 'wrong', mounted: true, target: '' };

  render() {
    const { password, mounted, target } = this.state;
    const service = new URLSearchParams(window.location.search).get('service');
    if (!mounted) return <p>gone</p>;
    return (
      <SipProvider service={service} user="classy" password={password}>
        {(sip) => (
          <>
            <p id="line">{sip.sipStatus} {sip.sipError}</p>
            <p id="call">{[sip.callStatus, sip.callDirection, sip.callCounterpart].filter(Boolean).join(' ')}</p>
            <input aria-label="Target" value={target} onChange={(event) => this.setState({ target: event.target.value })} />
            <button onClick={() => this.setState({ password: 'viasip' })}>Right password</button>
            <button onClick={() => sip.startCall(target)}>Call</button>
            <button onClick={sip.answerCall}>Answer</button>
            <button onClick={sip.toggleHold}>Hold</button>
            <button onClick={() => sip.tone('7#')}>Tones</button>
            <button onClick={sip.stopCall}>Hang up</button>
            <button onClick={() => this.setState({ mounted: false })}>Unmount</button>
          </>
        )}
      </SipProvider>
    );
  }
}

document.body.innerHTML = '<div id="root"></div><ol id="log"></ol>';
createRoot(document.getElementById('root')).render(<Page />);
