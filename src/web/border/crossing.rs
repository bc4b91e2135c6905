//! What may cross the border, in each direction, and what TypeScript calls it.
//!
//! The types are known to every target, so that a native test can write the TypeScript; how a value becomes one of
//! JavaScript is known to wasm32 alone.

#[cfg(target_arch = "wasm32")]
pub(crate) use wasm_bindgen::JsValue as Foreign;
/// A value of JavaScript that Rust hands through.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Debug, Default)]
pub(crate) struct Foreign;

/// A value that goes to JavaScript.
pub(crate) trait Outward {
    /// Its type in TypeScript.
    #[cfg(test)]
    const TYPE: &'static str;
    /// The value there.
    #[cfg(target_arch = "wasm32")]
    fn outward(self) -> Foreign;
}

/// A value that comes from JavaScript; the default stands for one that could not be read.
pub(crate) trait Inward: Default {
    /// Its type in TypeScript.
    #[cfg(test)]
    const TYPE: &'static str;
    /// What it has to be, for the error that says so.
    const EXPECTED: &'static str;
    /// Reads it; `None` if it is something else.
    #[cfg(target_arch = "wasm32")]
    fn inward(value: &Foreign) -> Option<Self>;
}

/// A type of TypeScript that several fields share.
#[cfg(test)]
pub(crate) struct Alias {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is for.
    pub(crate) doc: &'static str,
    /// What it is.
    pub(crate) definition: &'static str,
}

/// Says of a type what TypeScript calls it, and how a value of it gets there.
macro_rules! outward {
    ($($type:ty, $name:literal, |$value:ident| $there:expr;)*) => {$(
        impl Outward for $type {
            #[cfg(test)]
            const TYPE: &'static str = $name;
            #[cfg(target_arch = "wasm32")]
            fn outward(self) -> Foreign {
                let $value = self;
                $there
            }
        }
    )*};
}

/// Says of a type what TypeScript calls it, what it has to be, and how a value of it is read.
macro_rules! inward {
    ($($type:ty, $name:literal, $expected:literal, |$value:ident| $here:expr;)*) => {$(
        impl Inward for $type {
            #[cfg(test)]
            const TYPE: &'static str = $name;
            const EXPECTED: &'static str = $expected;
            #[cfg(target_arch = "wasm32")]
            fn inward($value: &Foreign) -> Option<Self> {
                $here
            }
        }
    )*};
}

pub(crate) use {inward, outward};
