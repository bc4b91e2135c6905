//! Reads the arguments of a command, and writes the fields of an event, one after the other.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::Inward;

/// The arguments that are not read yet.
pub(super) struct Arguments<'a> {
    list: &'a Array,
    command: &'static str,
    place: u32,
    wrong: Option<String>,
}

impl<'a> Arguments<'a> {
    /// Those of this command.
    pub(super) fn new(list: &'a Array, command: &'static str) -> Self {
        Self { list, command, place: 0, wrong: None }
    }

    /// Reads the next. What is wrong is said at the end: to leave at each argument would mean to drop those before it
    /// there, which is more code than all the reading.
    pub(super) fn next<T: Inward>(&mut self, name: &'static str) -> T {
        let read = T::inward(&self.list.get(self.place));
        self.place += 1;
        read.unwrap_or_else(|| {
            self.refuse(name, T::EXPECTED);
            T::default()
        })
    }

    fn refuse(&mut self, name: &str, expected: &str) {
        if self.wrong.is_none() {
            self.wrong = Some(format!("{}: {name} has to be {expected}", self.command));
        }
    }

    /// The command that was read, or in words which argument is wrong.
    pub(super) fn end<T>(self, read: T) -> Result<T, String> {
        self.wrong.map_or(Ok(read), Err)
    }
}

/// Writes a field. A call of its own, because each value that is written has to be dropped.
#[inline(never)]
pub(super) fn put(list: &Array, value: JsValue) {
    list.push(&value);
}
