//! The words and lists that all of SIP's text is made of (RFC 3261 25.1): what separates, what is quoted, what is a token.

mod params;

pub use params::{Params, quoted, unquote, written};

/// Splits at the ASCII character `separator` outside quotes and angle brackets. Never fails: what is unbalanced stays in one piece.
pub(crate) fn split(text: &str, separator: char) -> Pieces<'_> {
    Pieces { rest: Some(text), separator: separator as u8 }
}

/// What `split` finds, one after the other, so that nobody reads more of a long list than is wanted.
pub(crate) struct Pieces<'a> {
    rest: Option<&'a str>,
    separator: u8,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest.take()?;
        let (mut quoted, mut escaped, mut angle) = (false, false, false);
        for (at, &byte) in text.as_bytes().iter().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                b'<' if !quoted => angle = true,
                b'>' if !quoted => angle = false,
                _ if byte == self.separator && !quoted && !angle => {
                    self.rest = text.get(at + 1..);
                    return text.get(..at);
                }
                _ => {}
            }
        }
        Some(text)
    }
}

/// The pieces of a list as they are shown to people: without the white space around them, and without empty ones.
#[cfg(target_arch = "wasm32")]
pub(crate) fn pieces(text: &str, separator: char) -> impl Iterator<Item = &str> {
    split(text, separator).filter(|piece| !piece.is_empty()).map(str::trim)
}

/// Bytes of a word of the far end's that are shown to people, or sent back.
const MAX_WORD: usize = 64;

/// The start of a word of the far end's, up to the first control character.
pub(crate) fn excerpt(text: &str) -> &str {
    let beyond = |(at, c): &(usize, char)| at + c.len_utf8() > MAX_WORD || c.is_control();
    let end = text.char_indices().find(beyond).map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or(text)
}

/// RFC 3261 25.1 `token`.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&b))
}

/// What stands before and behind the first of this ASCII character. (The standard library's `split_once` takes any pattern,
/// and several times as long for one.)
pub(crate) fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == at)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}
