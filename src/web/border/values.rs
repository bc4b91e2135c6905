//! The plain values that cross: numbers, texts, lists, and the settings that may change.

use super::crossing::{Foreign, Inward, Outward, inward, outward};
use crate::event::{MediaFault, Originator, SessionState};
#[cfg(target_arch = "wasm32")]
use crate::message::{header_line, single_line};

#[cfg(target_arch = "wasm32")]
use {js_sys::Array, wasm_bindgen::JsCast};

/// A number that may be missing.
pub(crate) struct Optional(pub(crate) Option<f64>);

/// Header lines of an app, each a `Name: value` of its own.
#[derive(Default)]
pub(crate) struct Lines(pub(crate) Vec<String>);

/// Header lines of an app that the core checks, because JsSIP has an error of its own for a bad one.
#[derive(Default)]
pub(crate) struct AnyLines(pub(crate) Vec<String>);

/// A list of texts.
#[derive(Default)]
pub(crate) struct Texts(pub(crate) Vec<String>);

/// A text that stands in a line of a message: it breaks none.
#[derive(Default)]
pub(crate) struct OneLine(pub(crate) String);

/// Makes an enum that crosses as a number, with its names for the TypeScript.
macro_rules! numbered {
    ($(#[doc = $about:literal])* $table:ident { $($(#[doc = $doc:literal])* $name:ident),* $(,)? }) => {
        $(#[doc = $about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum $table { $($(#[doc = $doc])* $name),* }

        impl $table {
            /// Its names in order.
            #[cfg(test)]
            pub(super) const NAMES: &'static [&'static str] = &[$(stringify!($name)),*];
        }
    };
}

numbered! {
    /// Why a command was refused: which error of JsSIP the class throws.
    Fault {
        /// Not in this state, which follows (`RTCSession.C.STATUS_*` or `STATE_*`).
        InvalidState,
        /// A wrong argument, in words.
        Invalid,
        /// Never for this kind of object, in words.
        NotSupported,
    }
}

/// What a setting may become.
#[derive(Default)]
pub(crate) enum Value {
    /// Not set.
    #[default]
    None,
    /// A text.
    Text(String),
    /// Lines `Name: value`.
    Lines(Vec<String>),
}

/// Makes the enum of the settings that an app may change while the agent runs.
macro_rules! settings {
    ($($name:ident $key:literal),* $(,)?) => {
        /// A setting that may change while the agent runs.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub(crate) enum Setting { #[default] $($name),* }

        impl Setting {
            /// Their names in JsSIP's configuration, in order.
            #[cfg(test)]
            pub(crate) const KEYS: &'static [&'static str] = &[$($key),*];

            #[cfg(target_arch = "wasm32")]
            fn of(number: u32) -> Option<Self> {
                [$(Self::$name),*].into_iter().find(|setting| *setting as u32 == number)
            }
        }
    };
}

settings! {
    AuthorizationUser "authorization_user",
    Password "password",
    Realm "realm",
    Ha1 "ha1",
    AuthorizationJwt "authorization_jwt",
    DisplayName "display_name",
    Register "register",
    ExtraHeaders "extra_headers",
    RegisterFromTagTrail "register_from_tag_trail",
}

outward! {
    (), "void", |_value| Foreign::UNDEFINED;
    bool, "boolean", |value| value.into();
    u16, "number", |value| value.into();
    u32, "number", |value| value.into();
    f64, "number", |value| value.into();
    Optional, "number | undefined", |value| value.0.map_or(Foreign::UNDEFINED, Foreign::from);
    char, "string", |value| Foreign::from_str(value.encode_utf8(&mut [0; 4]));
    &str, "string", |value| Foreign::from_str(value);
    Option<&str>, "string | null", |value| value.map_or(Foreign::NULL, Foreign::from_str);
    String, "string", |value| value.into();
    Option<String>, "string | null", |value| value.map_or(Foreign::NULL, Foreign::from);
    Texts, "string[]", |value| value.0.into_iter().map(Foreign::from).collect::<js_sys::Array>().into();
    Option<Texts>, "string[] | null", |value| value.map_or(Foreign::NULL, Texts::outward);
    &[String], "string[]", |value| value.iter().map(|text| Foreign::from_str(text)).collect::<js_sys::Array>().into();
    Foreign, "unknown", |value| value;
    Originator, "Originator", |value| word(value);
    MediaFault, "MediaFault", |value| (value as u32).into();
    &SessionState, "number", |value| packed(value).into();
}

inward! {
    bool, "boolean", "true or false", |value| value.as_bool();
    u32, "number", "a number that is not negative", |value| whole(value);
    Option<u32>, "number | null | undefined", "a number that is not negative, or nothing", |value| {
        if is_nothing(value) { Some(None) } else { whole(value).map(Some) }
    };
    String, "string", "a text", |value| value.as_string();
    Option<String>, "string | null | undefined", "a text, or nothing", |value| {
        if is_nothing(value) { Some(None) } else { value.as_string().map(Some) }
    };
    OneLine, "string", "a text without line breaks", |value| value.as_string().filter(|text| single_line(text)).map(Self);
    Vec<OneLine>, "readonly string[]", "a list of texts without line breaks", |value| {
        value.dyn_ref::<Array>()?.iter().map(|text| OneLine::inward(&text)).collect()
    };
    Option<OneLine>, "string | null | undefined", "a text without line breaks, or nothing", |value| {
        if is_nothing(value) { Some(None) } else { OneLine::inward(value).map(Some) }
    };
    Lines, "readonly string[] | null | undefined", "a list of header lines `Name: value`", |value| {
        lines(value).filter(|lines| lines.iter().all(|line| header_line(line).is_some())).map(Self)
    };
    Texts, "readonly string[]", "a list of texts", |value| lines(value).map(Self);
    AnyLines, "readonly string[] | null | undefined", "a list of header lines", |value| lines(value).map(Self);
    Setting, "Setting", "a setting that may change", |value| whole(value).and_then(Self::of);
    Value, "string | readonly string[] | null", "a text without line breaks, a list of header lines, or nothing", |value| {
        match value.as_string() {
            Some(text) => single_line(&text).then_some(Self::Text(text)),
            None if is_nothing(value) => Some(Self::None),
            None => Lines::inward(value).map(|lines| Self::Lines(lines.0)),
        }
    };
    Foreign, "unknown", "anything", |value| Some(value.clone());
}

impl Value {
    /// The lines, if it is a list.
    pub(crate) fn lines(self) -> Vec<String> {
        match self {
            Self::Lines(lines) => lines,
            _ => Vec::new(),
        }
    }

    /// The text, if it is one.
    pub(crate) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The state of a call in one number: its status, then a bit for each of the rest (`CallState` of the TypeScript).
pub(super) const LOCAL_HOLD: u32 = 1 << 4;
pub(super) const REMOTE_HOLD: u32 = 1 << 5;
pub(super) const READY_TO_REOFFER: u32 = 1 << 6;
pub(super) const RECOVERING: u32 = 1 << 7;

/// Who caused it, as a text that is made once: nearly each event has one.
#[cfg(target_arch = "wasm32")]
fn word(originator: Originator) -> Foreign {
    thread_local! {
        static WORDS: [Foreign; 3] =
            [Originator::Local, Originator::Remote, Originator::System].map(|known| known.as_str().into());
    }
    WORDS.with(|words| words.get(originator as usize).cloned().unwrap_or_default())
}

#[cfg(target_arch = "wasm32")]
fn packed(state: &SessionState) -> u32 {
    let bit = |set: bool, bit: u32| if set { bit } else { 0 };
    u32::from(state.status)
        | bit(state.local_hold, LOCAL_HOLD)
        | bit(state.remote_hold, REMOTE_HOLD)
        | bit(state.ready_to_reoffer, READY_TO_REOFFER)
        | bit(state.recovering, RECOVERING)
}

#[cfg(target_arch = "wasm32")]
pub(super) fn is_nothing(value: &Foreign) -> bool {
    value.is_null() || value.is_undefined()
}

/// A whole number; what is too large for it is the largest.
#[cfg(target_arch = "wasm32")]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it stops at the ends")]
pub(super) fn whole(value: &Foreign) -> Option<u32> {
    value.as_f64().filter(|number| *number >= 0.0).map(|number| number as u32)
}

/// The texts of a list; nothing is an empty one.
#[cfg(target_arch = "wasm32")]
pub(super) fn lines(value: &Foreign) -> Option<Vec<String>> {
    if is_nothing(value) {
        return Some(Vec::new());
    }
    value.dyn_ref::<Array>().map(|list| list.iter().filter_map(|line| line.as_string()).collect())
}
