//! What JavaScript passes: an array of values in a fixed order, all read before anything is borrowed.

use std::mem::take;

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::js;
use crate::event::Refusal;
use crate::message::{Method, header_line, single_line};
use crate::uri::Uri;

enum Value {
    Flag(bool),
    Number(f64),
    Text(String),
    Lines(Vec<String>),
}

impl Value {
    fn read(value: &JsValue) -> Self {
        if let Some(text) = value.as_string() {
            Self::Text(text)
        } else if let Some(number) = value.as_f64() {
            Self::Number(number)
        } else if let Some(list) = value.dyn_ref::<Array>() {
            Self::Lines(js::strings(list))
        } else {
            Self::Flag(value.is_truthy())
        }
    }
}

/// Values to be taken one after the other. One that is not what it should be counts as missing.
pub(super) struct Arguments {
    values: Vec<Value>,
    taken: usize,
}

impl Arguments {
    /// Nothing if it is no array.
    pub(super) fn read(list: &JsValue) -> Self {
        let mut values = Vec::new();
        if let Some(list) = list.dyn_ref::<Array>() {
            for at in 0..list.length() {
                values.push(Value::read(&list.get(at)));
            }
        }
        Self { values, taken: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.taken >= self.values.len()
    }

    fn next(&mut self) -> Option<&mut Value> {
        let value = self.values.get_mut(self.taken);
        self.taken += 1;
        value
    }

    pub(super) fn text(&mut self) -> Option<String> {
        match self.next() {
            Some(Value::Text(text)) => Some(take(text)),
            _ => None,
        }
    }

    /// Empty for none.
    pub(super) fn words(&mut self) -> String {
        self.text().unwrap_or_default()
    }

    pub(super) fn lines(&mut self) -> Vec<String> {
        match self.next() {
            Some(Value::Lines(lines)) => take(lines),
            _ => Vec::new(),
        }
    }

    pub(super) fn flag(&mut self) -> bool {
        matches!(self.next(), Some(Value::Flag(true)))
    }

    pub(super) fn float(&mut self) -> Option<f64> {
        match self.next() {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// A whole number; what is too large for it is the largest.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it stops at the ends")]
    pub(super) fn number(&mut self) -> Option<u32> {
        self.float().map(|number| number as u32)
    }

    /// A status code; one that is too large stays too large.
    pub(super) fn status(&mut self) -> Option<u16> {
        self.number().map(|number| u16::try_from(number).unwrap_or(u16::MAX))
    }

    /// A whole number, 0 for none.
    pub(super) fn count(&mut self) -> u64 {
        self.number().unwrap_or_default().into()
    }

    /// A whole number, `otherwise` if it is missing or too large.
    pub(super) fn number_or(&mut self, otherwise: u32) -> u32 {
        self.number().filter(|n| *n < u32::MAX).unwrap_or(otherwise)
    }

    pub(super) fn target(&mut self) -> Result<Uri, JsValue> {
        self.uri("target")
    }

    /// A URI; the error says what it is for.
    pub(super) fn uri(&mut self, what: &str) -> Result<Uri, JsValue> {
        Uri::parse(&self.words()).ok_or_else(|| type_error("Invalid ", what))
    }

    pub(super) fn method(&mut self) -> Result<Method, JsValue> {
        Method::parse(&self.words()).ok_or_else(|| type_error("Invalid ", "method"))
    }

    /// A reply that an app asked for: status, reason, header lines, body.
    pub(super) fn refusal(&mut self) -> Option<Refusal> {
        let status = self.status()?;
        Some(Refusal { status, reason: self.text(), headers: self.lines(), body: self.words() })
    }

    /// Refuses a text that would break a message.
    pub(super) fn check_texts(&self) -> Result<(), JsValue> {
        for value in &self.values {
            if let Value::Text(text) = value
                && !single_line(text)
            {
                return Err(type_error("Line breaks are not allowed", ""));
            }
        }
        Ok(())
    }

    /// Refuses a line that is no header field.
    pub(super) fn check_lines(&self) -> Result<(), JsValue> {
        for value in &self.values {
            if let Value::Lines(lines) = value
                && let Some(line) = lines.iter().find(|line| header_line(line).is_none())
            {
                return Err(type_error("Invalid header field: ", line));
            }
        }
        Ok(())
    }
}

/// What the classes throw as a `TypeError`.
pub(super) fn type_error(text: &str, what: &str) -> JsValue {
    JsValue::from_str(&[text, what].concat())
}
