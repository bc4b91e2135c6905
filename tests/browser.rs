//! What only a browser has: the clock, real peer connections, the grammar through the exports.
#![cfg(target_arch = "wasm32")]
// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use js_sys::{Array, Function, Promise, Reflect};
use viasip::web::commands::command;
use viasip::web::{exports, tools, what};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

/// Of `pkg/src/kinds.ts`.
const NEW_SESSION: u32 = 10;
const GONE: u32 = 18;
const ICE_CANDIDATE: f64 = 42.0;

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
    command(agent, 0, what::RESERVE, JsValue::NULL).expect("a number").as_f64().expect("a number") as u32
}

fn start(agent: u32) {
    command(agent, 0, what::START, JsValue::NULL).expect("an agent");
}

fn forget(agent: u32) {
    command(agent, 0, what::DROP, JsValue::NULL).expect("an agent");
}

fn call(agent: u32, id: u32, target: &str) {
    command(agent, id, what::CALL, Array::of1(&target.into()).into()).expect("a call");
}

fn terminate(agent: u32, id: u32) -> Result<JsValue, JsValue> {
    command(agent, id, what::TERMINATE, JsValue::NULL)
}

fn told(page: &JsValue) -> Vec<f64> {
    get(page, "events").unchecked_into::<Array>().iter().filter_map(|e| e.as_f64()).collect()
}

/// An agent over a socket of the page, `{agent, sent, events}`.
fn agent() -> (u32, JsValue) {
    let page = eval(
        "(() => { const page = { sent: [], events: [], verdicts: {} };
          page.socket = { url: 'ws://x', via_transport: 'WS', sip_uri: 'sip:x;transport=ws',
            connect() { setTimeout(() => this.onconnect()) }, disconnect() {},
            send(text) { page.sent.push(text); return true; } };
          page.dispatch = (target, kind, fields) => { page.events.push(kind);
            const hook = page.verdicts[kind]; return hook ? hook(target, fields) : undefined; };
          page.config = [2000, 5000, 'sip:alice@example.com', 'sip:example.com', 'sip:c@x.invalid;transport=ws', null,
            'alice', null, null, null, null, 'x.invalid', '00000000-0000-4000-8000-000000000000', 'abcde', 'test', false,
            600, '', 60000, 2, 30, true, true, false, false, [], 0];
          page.servers = [0, 'WS', 'sip:x;transport=ws'];
          return page; })()",
    );
    let dispatch = get(&page, "dispatch").unchecked_into();
    let sockets = Array::of1(&get(&page, "socket"));
    let id =
        exports::agent_new(get(&page, "config"), get(&page, "servers"), sockets, dispatch).expect("a configuration");
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
    exports::peer_create(agent, id, arguments, wanted).expect("WebRTC");
    Reflect::set(&get(&page, "verdicts"), &NEW_SESSION.into(), &eval("() => true")).expect("set");
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
    let told: Vec<f64> = told(&page).into_iter().filter(|e| *e != ICE_CANDIDATE).collect();
    // connecting, connected, newRTCSession; of the call connecting, sdp, sending
    assert_eq!(told, [0.0, 1.0, 10.0, 20.0, 27.0, 21.0]);
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
    exports::peer_create(agent, id, eval("[{}]").unchecked_into(), wanted).expect("WebRTC");
    let ends = Closure::<dyn Fn() -> bool>::new(move || {
        terminate(agent, id).expect("a call to end");
        true
    });
    Reflect::set(&get(&page, "verdicts"), &NEW_SESSION.into(), ends.as_ref()).expect("set");
    Reflect::set(
        &get(&page, "verdicts"),
        &GONE.into(),
        &eval("() => { window.reportError = () => {}; throw new Error('x') }"),
    )
    .expect("set");
    call(agent, id, "sip:bob@example.com");
    sleep(50).await;
    // newRTCSession, failed, gone
    assert_eq!(told(&page)[2..], [10.0, 26.0, 18.0]);
    assert_eq!(get(&page, "sent").unchecked_into::<Array>().length(), 0);
    assert_eq!(terminate(agent, id), Err(8.into()));
    forget(agent);
}

#[wasm_bindgen_test]
fn the_grammar_answers_in_plain_objects() {
    let answer = |what: u32, text: &str| tools::tool(what, text.into(), JsValue::NULL);
    let uri: Array = answer(tools::what::URI, "sip:a%20b@Example.COM:5060;transport=WS?X=1").unchecked_into();
    assert_eq!(uri.get(1).as_string().as_deref(), Some("a b"));
    assert_eq!(uri.get(2).as_string().as_deref(), Some("example.com"));
    assert!(answer(tools::what::URI, "nonsense").is_null());
    let found: Array = answer(tools::what::DIAGNOSIS, "v=0\r\nm=audio 1 RTP/AVP 0\r\n").unchecked_into();
    assert!(found.length() > 2);
    let config = eval("[0, 0, 'sip:a@b\\r\\nX: y']");
    let refused = exports::agent_new(config, JsValue::NULL, Array::new(), Function::new_no_args(""));
    assert_eq!(refused, Err("Line breaks are not allowed".into()));
}
