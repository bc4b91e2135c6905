//! The browser's WebSocket with subprotocol `sip` (RFC 7118), for the class `WebSocketInterface`.

use std::cell::RefCell;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use super::js;
use crate::table::Table;

struct Open {
    socket: WebSocket,
    _opened: Closure<dyn Fn()>,
    _closed: Closure<dyn Fn(CloseEvent)>,
    _message: Closure<dyn Fn(MessageEvent)>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onclose(None);
        self.socket.set_onmessage(None);
        self.socket.set_onerror(None);
    }
}

#[derive(Default)]
struct Sockets {
    next: u32,
    open: Table<u32, Open>,
}

thread_local! {
    static SOCKETS: RefCell<Sockets> = RefCell::default();
}

/// Opens a WebSocket and calls `onopen`, `onclose(error, code, reason)` and `onmessage(data)` of `handler`.
/// Throws what the browser's constructor throws (a bad URL, a page's security policy).
#[wasm_bindgen]
pub fn websocket_open(url: &str, handler: JsValue) -> Result<u32, JsValue> {
    let socket = WebSocket::new_with_str(url, "sip")?;
    socket.set_binary_type(BinaryType::Arraybuffer);
    let id = SOCKETS.with_borrow_mut(|t| {
        t.next += 1;
        t.next
    });
    let on = |name: &str| js::get(&handler, name).dyn_into::<Function>();
    let (onopen, onclose, onmessage) = (on("onopen")?, on("onclose")?, on("onmessage")?);
    let this = handler.clone();
    let opened = Closure::<dyn Fn()>::new(move || drop(onopen.call0(&this)));
    let this = handler.clone();
    let closed = Closure::<dyn Fn(CloseEvent)>::new(move |event: CloseEvent| {
        let gone = SOCKETS.with_borrow_mut(|t| t.open.remove(&id));
        let (code, reason) = (event.code().into(), event.reason().into());
        let _ = onclose.call3(&this, &(!event.was_clean()).into(), &code, &reason);
        drop(gone);
    });
    let this = handler;
    let message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let _ = onmessage.call1(&this, &event.data());
    });
    socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
    socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
    socket.set_onmessage(Some(message.as_ref().unchecked_ref()));
    let open = Open { socket, _opened: opened, _closed: closed, _message: message };
    SOCKETS.with_borrow_mut(|t| t.open.insert(id, open));
    Ok(id)
}

/// Sends text. False unless the socket is open.
#[wasm_bindgen]
pub fn websocket_send(id: u32, data: &str) -> bool {
    let socket = SOCKETS.with_borrow(|t| t.open.get(&id).map(|o| o.socket.clone()));
    socket.is_some_and(|s| s.ready_state() == WebSocket::OPEN && s.send_with_str(data).is_ok())
}

/// Closes it without a further word.
#[wasm_bindgen]
pub fn websocket_close(id: u32) {
    let open = SOCKETS.with_borrow_mut(|t| t.open.remove(&id));
    if let Some(open) = open {
        let socket = open.socket.clone();
        drop(open);
        let _ = socket.close();
    }
}

/// `readyState`, 3 (closed) for an unknown one.
#[wasm_bindgen]
pub fn websocket_state(id: u32) -> u16 {
    SOCKETS.with_borrow(|t| t.open.get(&id).map_or(WebSocket::CLOSED, |o| o.socket.ready_state()))
}
