//! The lines of a message: where each stands, and how it is meant where it does not stand so.

use std::borrow::Cow;
use std::ops::Range;

/// The lines of a text up to its first empty one: where each stands, and its first colon.
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    /// Where the next one begins.
    pub(super) at: usize,
    /// Whether each line so far stands as it is meant: none goes on in the next, and no CR stands alone.
    pub(super) plain: bool,
    over: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0, plain: true, over: false }
    }
}

impl Iterator for Lines<'_> {
    type Item = (Range<usize>, Option<usize>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let start = self.at;
        let rest = self.bytes.get(start..)?;
        let (mut length, mut colon, mut returns) = (rest.len(), None, 0);
        for (at, &byte) in rest.iter().enumerate() {
            match byte {
                b'\n' => {
                    length = at;
                    break;
                }
                b'\r' => returns += 1,
                b':' if colon.is_none() => colon = Some(start + at),
                _ => {}
            }
        }
        self.at = self.bytes.len().min(start + length + 1);
        let line = rest.get(..length)?;
        let end = start + length - usize::from(line.ends_with(b"\r"));
        let folded = matches!(line, [b' ' | b'\t', ..]);
        self.plain &= !folded && start + length - end == returns;
        self.over = start == end;
        (!self.over).then_some((start..end, colon))
    }
}

/// Start line and header lines as they are meant, and what follows the empty line.
pub(super) fn mended(bytes: &[u8]) -> (String, &[u8]) {
    let (head, body) = split_head(bytes);
    let mut text = String::with_capacity(head.len());
    for line in unfold(&String::from_utf8_lossy(head)) {
        text.push_str(&line);
        text.push('\n');
    }
    (text, body)
}

/// Start line and header lines, and what follows the empty line.
fn split_head(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut line_start = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if *byte != b'\n' {
            continue;
        }
        let line = bytes.get(line_start..at).unwrap_or_default();
        if matches!(line, b"" | b"\r") && line_start > 0 {
            return (bytes.get(..line_start).unwrap_or_default(), bytes.get(at + 1..).unwrap_or_default());
        }
        line_start = at + 1;
    }
    (bytes, &[])
}

/// Lines with their continuations joined (RFC 3261 7.3.1); empty ones are left out.
pub(super) fn unfold(head: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let mut lines =
        head.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).filter(|l| !l.is_empty()).peekable();
    std::iter::from_fn(move || {
        let mut line = Cow::Borrowed(lines.next()?);
        while let Some(more) = lines.next_if(|next| next.starts_with([' ', '\t'])) {
            let line = line.to_mut();
            line.push(' ');
            line.push_str(more.trim_start());
        }
        // A CR of its own is no line end, but some peer of ours could take it for one when we send the value back.
        Some(if line.contains('\r') { line.replace('\r', " ").into() } else { line })
    })
}
