//! Random bytes of the browser.

use wasm_bindgen::prelude::*;

use crate::entropy::Source;

#[wasm_bindgen]
extern "C" {
    /// `crypto.getRandomValues()`: at most 65,536 bytes.
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn fill_with_random_values(bytes: &mut [u8]) -> Result<(), JsValue>;
}

/// Bytes of `crypto.getRandomValues` that are drawn ahead: a call needs some ten small texts of them.
pub(in crate::web) struct Crypto {
    pool: [u8; 256],
    used: usize,
}

impl Crypto {
    /// An error where the browser has none.
    pub(in crate::web) fn find() -> Result<Self, JsValue> {
        let mut pool = [0; 256];
        fill_with_random_values(&mut pool).map_err(|_| JsError::new("crypto.getRandomValues is missing"))?;
        Ok(Self { pool, used: 0 })
    }
}

impl Source for Crypto {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.used >= self.pool.len() {
                // It cannot fail here: it did not when the pool was made.
                let _ = fill_with_random_values(&mut self.pool);
                self.used = 0;
            }
            *byte = self.pool.get(self.used).copied().unwrap_or_default();
            self.used += 1;
        }
    }
}
