//! What only a browser has: the clock, real peer connections, the grammar through the exports.
#![cfg(target_arch = "wasm32")]
// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use js_sys::{Array, Function, Promise, Reflect};
use viasip::web::border::{AgentNumber, CallNumber, Kind, ToolNumber};
use viasip::web::commands::{agent_command, call_command};
use viasip::web::{grammar, registry};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn eval(source: &str) -> JsValue {
    js_sys::eval(source).expect("valid JavaScript")
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).expect("an object")
}

async fn sleep(ms: i32) {
    let wait = eval("(ms) => new Promise((done) => setTimeout(done, ms))").unchecked_into::<Function>();
    let promise: Promise = wait.call1(&JsValue::NULL, &ms.into()).expect("a timer").unchecked_into();
    JsFuture::from(promise).await.expect("time passes");
}

fn reserve(agent: u32) -> u32 {
    let id = agent_command(agent, AgentNumber::Reserve as u32, &Array::new()).expect("a number");
    id.as_f64().expect("a number") as u32
}

fn start(agent: u32) {
    agent_command(agent, AgentNumber::Start as u32, &Array::new()).expect("an agent");
}

fn forget(agent: u32) {
    agent_command(agent, AgentNumber::Drop as u32, &Array::new()).expect("an agent");
}

fn call(agent: u32, id: u32, target: &str) {
    let arguments = Array::of3(&target.into(), &JsValue::NULL, &JsValue::FALSE);
    call_command(agent, id, CallNumber::Call as u32, &arguments).expect("a call");
}

fn terminate(agent: u32, id: u32) -> Result<JsValue, JsValue> {
    call_command(agent, id, CallNumber::Terminate as u32, &Array::new())
}

/// What a refusal says, behind the number of its kind.
fn detail(refused: Result<JsValue, JsValue>) -> JsValue {
    refused.expect_err("refused").unchecked_into::<Array>().get(1)
}

fn told(page: &JsValue) -> Vec<u32> {
    get(page, "events").unchecked_into::<Array>().iter().filter_map(|e| e.as_f64()).map(|e| e as u32).collect()
}

fn kinds(kinds: &[Kind]) -> Vec<u32> {
    kinds.iter().map(|kind| *kind as u32).collect()
}

/// Lets a function of the page decide about a hook.
fn decide(page: &JsValue, kind: Kind, verdict: &JsValue) {
    Reflect::set(&get(page, "verdicts"), &(kind as u32).into(), verdict).expect("set");
}

/// An agent over a socket of the page, `{agent, sent, events}`.
fn agent() -> (u32, JsValue) {
    let page = eval(
        "(() => { const page = { sent: [], events: [], verdicts: {} };
          page.socket = { url: 'ws://x', via_transport: 'WS', sip_uri: 'sip:x;transport=ws',
            connect() { setTimeout(() => this.onconnect()) }, disconnect() {},
            send(text) { page.sent.push(text); return true; } };
          page.dispatch = (target, [kind, ...fields]) => { page.events.push(kind);
            const hook = page.verdicts[kind]; return hook ? hook(target, fields) : undefined; };
          page.config = [2000, 5000, 'sip:alice@example.com', 'sip:example.com', 'sip:c@x.invalid;transport=ws', null,
            'alice', null, null, null, null, 'x.invalid', '00000000-0000-4000-8000-000000000000', 'abcde', 'test', false,
            600, '', 60000, 2, 30, true, true, false, false, [], 0, [], 'MD5', [[0, 'WS', 'sip:x;transport=ws', true]],
            5000, 'auto', 30000, 'auto', true, 0, [], false, false, false, false, false, false, 1, []];
          return page; })()",
    );
    let dispatch = get(&page, "dispatch").unchecked_into();
    let sockets = Array::of1(&get(&page, "socket"));
    let config = get(&page, "config").unchecked_into();
    let id = registry::agent_new(&config, sockets, dispatch).expect("a configuration");
    (id, page)
}

#[wasm_bindgen_test]
async fn an_offer_is_made_by_a_real_peer_connection_and_sent() {
    let (agent, page) = agent();
    start(agent);
    sleep(20).await;
    let id = reserve(agent);
    let wanted = eval("[null, { audio: true, video: false }]").unchecked_into();
    let arguments = eval("[{ iceServers: [] }]").unchecked_into();
    registry::peer_create(agent, id, arguments, wanted).expect("WebRTC");
    decide(&page, Kind::NewRtcSession, &eval("() => true"));
    call(agent, id, "sip:bob@example.com");
    for _ in 0..50 {
        sleep(100).await;
        if get(&page, "sent").unchecked_into::<Array>().length() > 0 {
            break;
        }
    }
    let invite = get(&page, "sent").unchecked_into::<Array>().get(0).as_string().expect("an INVITE");
    assert!(invite.starts_with("INVITE sip:bob@example.com SIP/2.0\r\n"), "{invite}");
    assert!(invite.contains("a=fingerprint:") && invite.contains("a=candidate:"), "{invite}");
    let told: Vec<u32> = told(&page).into_iter().filter(|kind| *kind != Kind::IceCandidate as u32).collect();
    let line = [Kind::Connecting, Kind::Connected, Kind::NewRtcSession];
    assert_eq!(
        told,
        kinds(&[&line[..], &[Kind::Captured, Kind::CallConnecting, Kind::CallSdp, Kind::CallSending]].concat())
    );
    terminate(agent, id).expect("a call to end");
    forget(agent);
}

#[wasm_bindgen_test]
async fn a_listener_may_call_back_and_may_throw() {
    let (agent, page) = agent();
    start(agent);
    sleep(20).await;
    let id = reserve(agent);
    let wanted = eval("[null, { audio: true }]").unchecked_into();
    registry::peer_create(agent, id, eval("[{}]").unchecked_into(), wanted).expect("WebRTC");
    let ends = Closure::<dyn Fn() -> bool>::new(move || {
        terminate(agent, id).expect("a call to end");
        true
    });
    decide(&page, Kind::NewRtcSession, ends.as_ref());
    decide(&page, Kind::Gone, &eval("() => { window.reportError = () => {}; throw new Error('x') }"));
    call(agent, id, "sip:bob@example.com");
    sleep(50).await;
    assert_eq!(told(&page)[2..], kinds(&[Kind::NewRtcSession, Kind::CallFailed, Kind::Gone]));
    assert_eq!(get(&page, "sent").unchecked_into::<Array>().length(), 0);
    assert_eq!(detail(terminate(agent, id)), 8);
    forget(agent);
}

#[wasm_bindgen_test]
fn the_grammar_answers_in_plain_objects() {
    let answer = |what: ToolNumber, arguments: Array| grammar::tool(what as u32, &arguments).expect("an answer");
    let text = "sip:a%20b@Example.COM:5060;transport=WS?X=1";
    let uri: Array = answer(ToolNumber::Uri, Array::of1(&text.into())).unchecked_into();
    assert_eq!(uri.get(1).as_string().as_deref(), Some("a b"));
    assert_eq!(uri.get(2).as_string().as_deref(), Some("example.com"));
    assert!(answer(ToolNumber::Uri, Array::of1(&"nonsense".into())).is_null());
    let offer = "v=0\r\nm=audio 1 RTP/AVP 0\r\n";
    let found: Array = answer(ToolNumber::Diagnosis, Array::of1(&offer.into())).unchecked_into();
    assert!(found.length() > 2);
}

/// A wrong or missing argument is an error in words, and never counts as something else.
#[wasm_bindgen_test]
fn a_wrong_argument_is_named() {
    let words = |refused| detail(refused).as_string().expect("words");
    let config = eval("[0, 0, 'sip:a@b\\r\\nX: y']").unchecked_into();
    let made = registry::agent_new(&config, Array::new(), Function::new_no_args(""));
    assert_eq!(words(made.map(JsValue::from)), "Agent: uri has to be a text without line breaks");
    let (agent, _) = agent();
    let configure = |arguments: &str| {
        let arguments = eval(arguments).unchecked_into();
        words(agent_command(agent, AgentNumber::Configure as u32, &arguments))
    };
    assert_eq!(configure("[-1, 'x']"), "Configure: setting has to be a setting that may change");
    assert_eq!(configure("[99, 'x']"), "Configure: setting has to be a setting that may change");
    let held = call_command(agent, 1, CallNumber::Hold as u32, &Array::of1(&"yes".into()));
    assert_eq!(words(held), "Hold: on has to be true or false");
    assert!(words(agent_command(agent, 999, &Array::new())).contains("999"));
    forget(agent);
}
