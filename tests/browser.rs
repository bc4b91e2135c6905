//! What only a browser has: the clock, real peer connections, the grammar through the exports.
#![cfg(target_arch = "wasm32")]

use js_sys::{Array, Function, Promise, Reflect};
use viasip::web::{exports, session_exports, tools};
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

/// An agent over a socket of the page, `{agent, sent, events}`.
fn agent() -> (u32, JsValue) {
    let page = eval(
        "(() => { const page = { sent: [], events: [], verdicts: {} };
          page.socket = { url: 'ws://x', via_transport: 'WS', sip_uri: 'sip:x;transport=ws',
            connect() { setTimeout(() => this.onconnect()) }, disconnect() {},
            send(text) { page.sent.push(text); return true; } };
          page.dispatch = (target, name, payload) => { page.events.push(name);
            const hook = page.verdicts[name]; return hook ? hook(target, payload) : undefined; };
          page.config = { uri: 'sip:alice@example.com', registrar_server: 'sip:example.com',
            contact_uri: 'sip:c@x.invalid;transport=ws', via_host: 'x.invalid', jssip_id: 'abcde',
            instance_id: '00000000-0000-4000-8000-000000000000', user_agent: 'test', register: false,
            servers: [{ weight: 0, via_transport: 'WS', sip_uri: 'sip:x;transport=ws' }] };
          return page; })()",
    );
    let dispatch = get(&page, "dispatch").unchecked_into();
    let sockets = Array::of1(&get(&page, "socket"));
    let id = exports::agent_new(get(&page, "config"), sockets, dispatch).expect("a configuration");
    (id, page)
}

#[wasm_bindgen_test]
async fn an_offer_is_made_by_a_real_peer_connection_and_sent() {
    let (agent, page) = agent();
    exports::agent_start(agent);
    sleep(20).await;
    let id = session_exports::session_reserve(agent);
    session_exports::peer_create(agent, id, eval("({ iceServers: [] })"), JsValue::NULL).expect("WebRTC");
    Reflect::set(&get(&page, "verdicts"), &"newRTCSession".into(), &eval("() => true")).expect("set");
    let options = eval("({ target: 'sip:bob@example.com', mediaConstraints: { audio: true, video: false } })");
    session_exports::session_call(agent, id, options).expect("a call");
    for _ in 0..50 {
        sleep(100).await;
        if get(&page, "sent").unchecked_into::<Array>().length() > 0 {
            break;
        }
    }
    let invite = get(&page, "sent").unchecked_into::<Array>().get(0).as_string().expect("an INVITE");
    assert!(invite.starts_with("INVITE sip:bob@example.com SIP/2.0\r\n"), "{invite}");
    assert!(invite.contains("a=fingerprint:") && invite.contains("a=candidate:"), "{invite}");
    let events: Vec<String> =
        get(&page, "events").unchecked_into::<Array>().iter().filter_map(|e| e.as_string()).collect();
    let told: Vec<&str> = events.iter().map(String::as_str).filter(|e| *e != "icecandidate").collect();
    assert_eq!(told, ["connecting", "connected", "newRTCSession", "connecting", "sdp", "sending"]);
    session_exports::session_terminate(agent, id, eval("({})")).expect("a call to end");
    exports::agent_drop(agent);
}

#[wasm_bindgen_test]
async fn a_listener_may_call_back_and_may_throw() {
    let (agent, page) = agent();
    exports::agent_start(agent);
    sleep(20).await;
    let id = session_exports::session_reserve(agent);
    session_exports::peer_create(agent, id, eval("({})"), JsValue::NULL).expect("WebRTC");
    let terminate = Closure::<dyn Fn() -> bool>::new(move || {
        session_exports::session_terminate(agent, id, eval("({})")).expect("a call to end");
        true
    });
    Reflect::set(&get(&page, "verdicts"), &"newRTCSession".into(), terminate.as_ref()).expect("set");
    Reflect::set(
        &get(&page, "verdicts"),
        &"gone".into(),
        &eval("() => { window.reportError = () => {}; throw new Error('x') }"),
    )
    .expect("set");
    let options = eval("({ target: 'sip:bob@example.com', mediaConstraints: { audio: true } })");
    session_exports::session_call(agent, id, options).expect("a call");
    sleep(50).await;
    let events: Vec<String> =
        get(&page, "events").unchecked_into::<Array>().iter().filter_map(|e| e.as_string()).collect();
    assert_eq!(events[2..], ["newRTCSession", "failed", "gone"]);
    assert_eq!(get(&page, "sent").unchecked_into::<Array>().length(), 0);
    assert!(session_exports::session_terminate(agent, id, eval("({})")).is_err());
    exports::agent_drop(agent);
}

#[wasm_bindgen_test]
fn the_grammar_answers_in_plain_objects() {
    let uri = tools::parse_uri("sip:a%20b@Example.COM:5060;transport=WS?X=1");
    assert_eq!(get(&uri, "user").as_string().as_deref(), Some("a b"));
    assert_eq!(get(&uri, "host").as_string().as_deref(), Some("example.com"));
    assert!(tools::parse_uri("nonsense").is_null());
    let found: Array = tools::diagnose(Some("v=0\r\nm=audio 1 RTP/AVP 0\r\n".into()), None).unchecked_into();
    assert!(found.length() > 2);
    assert!(
        exports::agent_new(eval("({ uri: 'sip:a@b\\r\\nX: y' })"), Array::new(), Function::new_no_args("")).is_err()
    );
}
