//! The CSeq numbers of SUBSCRIBE and NOTIFY that are challenged late (RFC 3261 12.2.1.1 and 22.2).

use crate::support::outside::presence;
use crate::support::{Pair, Side, header, response};
use viasip::event::SubscriptionId;
use viasip::subscription::{Command, NotifierOptions};

fn ask(side: &mut Side, id: SubscriptionId, command: Command) {
    side.agent.subscription(side.instant(), id, command).unwrap();
    side.pump();
}

/// Alice watches bob, who has accepted; the names of both ends.
fn subscribed() -> (Pair, SubscriptionId, SubscriptionId) {
    let mut pair = Pair::new();
    for side in [&mut pair.a, &mut pair.b] {
        side.agent.config_mut().credentials.realm = Some("r".into());
    }
    let id = pair.a.subscribe(presence(100));
    pair.carry();
    let theirs = pair.b.subscriptions[0];
    let options = NotifierOptions { content_type: "text/plain".into(), default_expires_s: 100, ..Default::default() };
    ask(&mut pair.b, theirs, Command::Start(options));
    pair.carry();
    (pair, id, theirs)
}

fn challenge(frame: &str) -> String {
    response(
        frame,
        "407 Proxy Authentication Required",
        "",
        "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n",
        "",
    )
}

fn number(frame: &str) -> u32 {
    header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse().unwrap()
}

/// A NOTIFY was challenged after the last one of its subscription had left: the repetition took a number that had been
/// used.
#[test]
fn a_notify_that_is_challenged_after_the_last_one_counts_on() {
    let (mut pair, _, id) = subscribed();
    ask(&mut pair.b, id, Command::Notify("one".into()));
    ask(&mut pair.b, id, Command::Terminate { body: String::new(), reason: String::new(), retry_after: None });
    let (first, last) = (pair.b.expect("NOTIFY"), pair.b.expect("NOTIFY"));
    pair.b.receive(&challenge(&first));
    pair.b.receive(&challenge(&last));
    let numbers: Vec<u32> =
        [&first, &last, &pair.b.expect("NOTIFY"), &pair.b.expect("NOTIFY")].map(|f| number(f)).to_vec();
    assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
}

/// A refresh was challenged after its subscription had ended, and was repeated: the notifier would have gone on.
#[test]
fn a_subscription_that_is_over_is_not_refreshed() {
    let (mut pair, id, theirs) = subscribed();
    ask(&mut pair.a, id, Command::Again { ends: false, body: String::new() });
    let refresh = pair.a.expect("SUBSCRIBE");
    ask(&mut pair.b, theirs, Command::Terminate { body: String::new(), reason: String::new(), retry_after: None });
    let last = pair.b.expect("NOTIFY");
    pair.a.receive(&last);
    pair.a.expect("SIP/2.0 200");
    pair.a.receive(&challenge(&refresh));
    pair.a.expect_nothing();
}
