//! The names of media sections, and their BUNDLE group (RFC 5888, RFC 9143), where a phone leaves them out.

use super::Description;

/// A description of the far end with the names that it drops of the one in force: linphone repeats neither `a=mid` nor
/// `a=group:BUNDLE` when it holds, and browsers refuse what leaves a group without saying so. Section by section (an
/// m-line keeps its place, RFC 3264 8); a name that the new description uses elsewhere is not given twice, and one that
/// has all of its names may leave the group as it likes.
pub fn with_names(sdp: &str, in_force: Option<&str>) -> String {
    let before = in_force.map(Description::parse).unwrap_or_default();
    let now = Description::parse(sdp);
    let own: Vec<Option<&str>> = now.media.iter().map(|section| section.mid()).collect();
    let mut missing = Vec::new();
    let mut group = String::new();
    for ((at, section), mid) in now.media.iter().enumerate().zip(&own) {
        let known = before.media.get(at).and_then(|m| m.mid());
        let known = known.filter(|known| mid.is_none() && !own.contains(&Some(known)));
        missing.push(known);
        // RFC 9143 7.3.1: a refused section is in no group.
        if let Some(mid) = mid.or(known).filter(|mid| before.bundle.contains(mid) && section.port != 0) {
            group.push(' ');
            group.push_str(mid);
        }
    }
    if missing.iter().all(Option::is_none) {
        return sdp.to_owned();
    }
    let mut out = String::with_capacity(sdp.len() + 64);
    let mut names = missing.into_iter();
    let mut open = None;
    for line in sdp.split_inclusive('\n') {
        if line.starts_with("m=") {
            if now.bundle.is_empty() && !group.is_empty() {
                out.push_str("a=group:BUNDLE");
                out.push_str(&std::mem::take(&mut group));
                out.push_str("\r\n");
            }
            name(&mut out, open.take());
            open = names.next().flatten();
        }
        out.push_str(line);
    }
    name(&mut out, open);
    out
}

/// Ends a section with its name.
fn name(out: &mut String, mid: Option<&str>) {
    if let Some(mid) = mid {
        for piece in ["a=mid:", mid, "\r\n"] {
            out.push_str(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "v=0\r\na=group:BUNDLE a v\r\nm=audio 9 X 0\r\na=mid:a\r\nm=video 9 X 96\r\na=mid:v\r\n";
    const BARE: &str = "v=0\r\nt=0 0\r\nm=audio 9 X 0\r\na=sendonly\r\nm=video 9 X 96\r\na=inactive\r\n";

    #[test]
    fn what_is_dropped_comes_back_in_its_place() {
        assert_eq!(
            with_names(BARE, Some(BEFORE)),
            "v=0\r\nt=0 0\r\na=group:BUNDLE a v\r\nm=audio 9 X 0\r\na=sendonly\r\na=mid:a\r\nm=video 9 X 96\r\n\
             a=inactive\r\na=mid:v\r\n"
        );
    }

    #[test]
    fn a_refused_section_is_named_but_in_no_group() {
        let named = with_names(&BARE.replace("video 9", "video 0"), Some(BEFORE));
        assert!(named.contains("a=group:BUNDLE a\r\n") && named.contains("a=mid:v\r\n"), "{named}");
    }

    #[test]
    fn further_sections_and_names_of_their_own_are_left_alone() {
        let longer = format!("{BARE}m=audio 9 X 8\r\n");
        assert!(with_names(&longer, Some(BEFORE)).ends_with("a=mid:v\r\nm=audio 9 X 8\r\n"));
        let own = BARE.replace("a=sendonly", "a=mid:v");
        assert_eq!(with_names(&own, Some(BEFORE)), own);
        let half = BARE.replace("a=sendonly", "a=mid:new");
        assert!(with_names(&half, Some(BEFORE)).contains("a=group:BUNDLE v\r\n"));
    }

    #[test]
    fn what_has_its_names_or_never_had_any_is_as_it_was() {
        let unbundled = BEFORE.replace("a=group:BUNDLE a v\r\n", "");
        for (sdp, before) in [
            (BEFORE, Some(BEFORE)),
            (unbundled.as_str(), Some(BEFORE)),
            (BARE, Some(BARE)),
            (BARE, None),
            ("v=0\r\n", Some(BEFORE)),
        ] {
            assert_eq!(with_names(sdp, before), sdp);
        }
        let grouped = BARE.replace("t=0 0", "a=group:BUNDLE x");
        assert_eq!(with_names(&grouped, Some(BEFORE)).matches("a=group").count(), 1);
    }
}
