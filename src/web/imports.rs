//! What is called at each frame, as imports with types: a name in a string would be made and looked up each time.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `performance.now()`, in ms.
    #[wasm_bindgen(js_namespace = performance, js_name = now, catch)]
    pub(super) fn performance_now() -> Result<f64, JsValue>;

    /// `crypto.getRandomValues()`: at most 65,536 bytes.
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    pub(super) fn fill_with_random_values(bytes: &mut [u8]) -> Result<(), JsValue>;

    /// An app's socket (JsSIP's duck-typed `Socket`).
    pub(super) type AppSocket;

    /// Its `send()`: whatever it returns.
    #[wasm_bindgen(method, structural, catch)]
    pub(super) fn send(this: &AppSocket, frame: &str) -> Result<JsValue, JsValue>;
}
