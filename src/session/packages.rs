//! The packages of INFO that each end of a call receives: RFC 6086 3.
//!
//! ```text
//! ours:   Recv-Info of the settings, then of each INVITE or 2xx of ours, as the app wrote it: they add up
//! theirs: unknown --the first message of theirs--> what its Recv-Info lists --a later Recv-Info--> what that lists
//! ```

use crate::message::Headers;

/// The package in which candidates come (RFC 8840 10.9). It is no matter of the app's.
pub(super) const TRICKLE_ICE: &str = "trickle-ice";

/// The packages of both ends.
#[derive(Debug)]
pub(super) struct Packages {
    /// Those that the app receives, as each of its `Recv-Info` lists them.
    ours: Vec<String>,
    /// Those that the far end says it receives, once it has said.
    theirs: Option<Vec<String>>,
}

impl Packages {
    /// Of an app that receives these.
    pub(super) fn new(ours: Vec<String>) -> Self {
        Self { ours, theirs: None }
    }

    /// Takes in which ones the app says that it receives (RFC 6086 3.2), in the fields of its INVITE or 2xx.
    pub(super) fn learn<'a>(&mut self, fields: impl Iterator<Item = (&'a str, &'a str)>) {
        for (_, packages) in fields.filter(|(name, _)| name.eq_ignore_ascii_case("Recv-Info")) {
            for package in packages.split(',').map(str::trim) {
                if package != TRICKLE_ICE && !lists(&self.ours, package) {
                    self.ours.push(package.to_owned());
                }
            }
        }
    }

    /// Takes in a message of the far end that may say which ones it receives.
    pub(super) fn meet(&mut self, headers: &Headers) {
        if headers.has("Recv-Info") || self.theirs.is_none() {
            self.theirs = Some(headers.values("Recv-Info").iter().map(|name| package_name(name).to_owned()).collect());
        }
    }

    /// Whether the app receives this one.
    pub(super) fn receives(&self, package: &str) -> bool {
        lists(&self.ours, package)
    }

    /// Whether the far end has said that it does not receive this one (RFC 6086 4.2.1).
    pub(super) fn is_unwanted(&self, package: &str) -> bool {
        self.theirs.as_ref().is_some_and(|theirs| !lists(theirs, package))
    }

    /// Those of the app, and that of the candidates if it is `on`: the value of `Recv-Info` in a 469.
    pub(super) fn ours(&self, on: bool) -> String {
        let trickle = on.then_some(TRICKLE_ICE);
        self.ours.iter().map(String::as_str).chain(trickle).collect::<Vec<_>>().join(", ")
    }

    /// About how many bytes it holds of what the far end said.
    pub(super) fn weight(&self) -> usize {
        self.theirs.iter().flatten().map(|name| name.len() + 32).sum()
    }
}

/// The name of a package, without its parameters.
pub(super) fn package_name(text: &str) -> &str {
    text.split(';').next().unwrap_or_default().trim()
}

/// Whether this is the package in which candidates come.
pub(super) fn is_trickle_ice(package: &str) -> bool {
    package_name(package).eq_ignore_ascii_case(TRICKLE_ICE)
}

/// Whether the package is among these.
fn lists(packages: &[String], package: &str) -> bool {
    packages.iter().any(|known| package_name(known).eq_ignore_ascii_case(package_name(package)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_app_lists_adds_up_without_the_candidates() {
        let mut packages = Packages::new(vec!["a;x=1".to_owned()]);
        packages.learn([("recv-info", "A, b"), ("Recv-Info", "trickle-ice, c;y"), ("X", "d")].into_iter());
        assert_eq!(packages.ours(false), "a;x=1, b, c;y");
        assert_eq!(packages.ours(true), "a;x=1, b, c;y, trickle-ice");
        assert_eq!(["C", "a;x=2", "d"].map(|name| packages.receives(name)), [true, true, false]);
    }

    #[test]
    fn the_far_end_takes_all_until_it_has_said_and_its_last_word_holds() {
        let mut packages = Packages::new(Vec::new());
        assert_eq!((packages.is_unwanted("a"), packages.weight()), (false, 0));
        packages.meet(&Headers::one("X", "y"));
        assert!(packages.is_unwanted("a"), "it receives none");
        packages.meet(&Headers::one("Recv-Info", "a;x, b"));
        packages.meet(&Headers::one("X", "y"));
        assert_eq!(["A", "b;z", "c"].map(|name| packages.is_unwanted(name)), [false, false, true]);
        assert_eq!(packages.weight(), 66);
    }
}
