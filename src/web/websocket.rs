//! The browser's WebSocket with subprotocol `sip` (RFC 7118), for the class `WebSocketInterface`.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, WebSocket};

use super::fields::Fields;
use super::js;
use super::listener::{Listener, listener};
use crate::table::Table;

const CALLBACKS: [&str; 3] = ["onopen", "onclose", "onmessage"];

struct Open {
    socket: WebSocket,
    _callbacks: [Listener; 3],
}

impl Drop for Open {
    fn drop(&mut self) {
        for name in CALLBACKS {
            js::set(&self.socket, name, &JsValue::NULL);
        }
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
pub fn websocket_open(url: JsValue, handler: JsValue) -> Result<u32, JsValue> {
    let socket = WebSocket::new_with_str(&url.as_string().unwrap_or_default(), "sip")?;
    socket.set_binary_type(BinaryType::Arraybuffer);
    let id = SOCKETS.with_borrow_mut(|t| {
        t.next += 1;
        t.next
    });
    let callbacks = CALLBACKS.map(|name| {
        let handler = handler.clone();
        let callback = listener(move |event, _, _| {
            let told = Fields::new();
            let gone = (name == "onclose").then(|| SOCKETS.with_borrow_mut(|t| t.open.remove(&id)));
            if gone.is_some() {
                told.flag(!js::get(&event, "wasClean").is_truthy());
                told.value(js::get(&event, "code")).value(js::get(&event, "reason"));
            } else {
                told.value(js::get(&event, "data"));
            }
            let _ = js::call(&handler, name, told);
            drop(gone);
        });
        js::set(&socket, name, callback.as_ref());
        callback
    });
    let open = Open { socket, _callbacks: callbacks };
    SOCKETS.with_borrow_mut(|t| t.open.insert(id, open));
    Ok(id)
}

/// What `websocket_command` does, as `WebSocketCommand` of `pkg/src/wasm.ts` has it.
mod what {
    pub(super) const STATE: u32 = 0;
    pub(super) const SEND: u32 = 1;
    pub(super) const CLOSE: u32 = 2;
}

/// Asks for `readyState` (3, closed, for an unknown one), sends, which answers whether it was possible, or closes without
/// a further word.
#[wasm_bindgen]
pub fn websocket_command(id: u32, what: u32, data: JsValue) -> JsValue {
    let socket = SOCKETS.with_borrow(|t| t.open.get(&id).map(|o| o.socket.clone()));
    let state = socket.as_ref().map_or(WebSocket::CLOSED, WebSocket::ready_state);
    let Some(socket) = socket.filter(|_| what != what::STATE) else { return state.into() };
    match what {
        what::SEND => {
            let text = Fields::new();
            text.value(data);
            (state == WebSocket::OPEN && js::call(&socket, "send", text).is_ok()).into()
        }
        what::CLOSE => {
            let open = SOCKETS.with_borrow_mut(|t| t.open.remove(&id));
            drop(open);
            let _ = socket.close();
            JsValue::TRUE
        }
        _ => JsValue::FALSE,
    }
}
