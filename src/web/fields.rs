//! What JavaScript is given: one array of values whose names the TypeScript knows (`pkg/src/kinds.ts`, `pkg/src/wasm.ts`).

use std::sync::Arc;

use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::message::{Draft, Request, Response};

/// Values in their order.
pub(super) struct Fields(Array);

impl Fields {
    pub(super) fn new() -> Self {
        Self(Array::new())
    }

    pub(super) fn value(&self, value: JsValue) -> &Self {
        self.0.push(&value);
        self
    }

    pub(super) fn text(&self, text: &str) -> &Self {
        self.value(JsValue::from_str(text))
    }

    /// `null` for none.
    pub(super) fn optional(&self, text: Option<&str>) -> &Self {
        self.value(text.map_or(JsValue::NULL, JsValue::from_str))
    }

    pub(super) fn number(&self, number: u32) -> &Self {
        self.value(number.into())
    }

    /// `undefined` for none.
    pub(super) fn maybe(&self, number: Option<f64>) -> &Self {
        self.value(number.map_or(JsValue::UNDEFINED, JsValue::from))
    }

    pub(super) fn flag(&self, flag: bool) -> &Self {
        self.value(flag.into())
    }

    /// A request that came: the text of it.
    pub(super) fn request(&self, request: &Request) -> &Self {
        self.text(&request.raw)
    }

    /// A response that came, `null` for none.
    pub(super) fn response(&self, response: Option<&Arc<Response>>) -> &Self {
        self.optional(response.map(|r| &*r.raw))
    }

    /// A request that came as its text, one of ours as its draft, `null` for none.
    pub(super) fn either(&self, incoming: Option<&Arc<Request>>, outgoing: Option<&Draft>) -> &Self {
        match (incoming, outgoing) {
            (None, Some(request)) => self.draft(request),
            (request, _) => self.optional(request.map(|r| &*r.raw)),
        }
    }

    /// A request of ours: method, URI, body, then name and value of each field.
    pub(super) fn draft(&self, request: &Draft) -> &Self {
        let fields = Self::new();
        fields.text(request.method.as_str()).text(&request.uri).text(&request.body);
        for (name, value) in &request.headers {
            fields.text(name).text(value);
        }
        self.value(fields.into())
    }
}

impl From<Fields> for Array {
    fn from(fields: Fields) -> Self {
        fields.0
    }
}

impl From<Fields> for JsValue {
    fn from(fields: Fields) -> Self {
        fields.0.into()
    }
}
