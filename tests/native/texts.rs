//! MESSAGE inside a call (RFC 3428 7), both ways.

use crate::support::{Pair, Side, calling, from_far, header, in_call, response};
use viasip::command::CommandError;

fn text(a: &mut Side, body: &str) -> Result<u32, CommandError> {
    let sent = a.agent.message(a.instant(), a.sessions[0], "text/plain", body, &["X-Mine: 1".into()]);
    a.pump();
    sent
}

#[test]
fn a_text_goes_inside_the_call() {
    let mut pair = Pair::in_call();
    text(&mut pair.a, "hello").unwrap();
    let sent = pair.a.wire[0].clone();
    assert!(sent.starts_with("MESSAGE ") && sent.ends_with("\r\n\r\nhello"));
    assert_eq!((header(&sent, "Content-Type"), header(&sent, "X-Mine")), (Some("text/plain"), Some("1")));
    assert!(header(&sent, "To").unwrap().contains(";tag="));
    pair.carry();
    pair.a.told(&["newMessage local", "requestDone"]);
    pair.b.told(&["newMESSAGE remote in call 1"]);
}

/// Outside a dialog it is nobody's, and so it is with a tag that names none: the app of the UA is told, as ever.
#[test]
fn a_text_of_no_call_is_the_agents() {
    let (mut a, invite) = in_call();
    a.receive(&from_far(&invite, "MESSAGE", 7, "", "hello"));
    a.expect("SIP/2.0 200");
    a.receive(&from_far(&invite, "MESSAGE", 8, "", "hello").replace(";tag=far", ";tag=other"));
    a.expect("SIP/2.0 200");
    a.told(&["newMESSAGE remote in call 1", "newMESSAGE remote"]);
    a.listens = false;
    a.receive(&from_far(&invite, "MESSAGE", 9, "", "hello"));
    a.expect("SIP/2.0 405");
    // One that comes late is too old, one to a call that is over for nobody.
    a.receive(&from_far(&invite, "MESSAGE", 2, "", "hello").replace("MESSAGE;", "x;"));
    a.expect("SIP/2.0 500");
    a.receive(&from_far(&invite, "BYE", 10, "", ""));
    a.expect("SIP/2.0 200");
    a.receive(&from_far(&invite, "MESSAGE", 11, "", "hello"));
    a.expect("SIP/2.0 405");
}

/// It counts in the dialog, is challenged as what else is asked there, and its 481 says that the call is gone.
#[test]
fn a_text_is_a_request_of_the_dialog() {
    let (mut a, _) = in_call();
    let handle = text(&mut a, "one").unwrap();
    let first = a.expect("MESSAGE");
    text(&mut a, "two").unwrap();
    let second = a.expect("MESSAGE");
    let number = |frame: &str| header(frame, "CSeq").unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    assert_eq!(number(&second), number(&first) + 1);
    a.told(&["newMessage local", "newMessage local"]);
    a.receive(&response(&second, "603 Decline", "", "", ""));
    a.told(&["requestDone Rejected"]);
    a.receive(&response(&first, "481 Call/Transaction Does Not Exist", "", "", ""));
    a.told(&["requestDone SIP Failure Code", "ended local Dialog Error"]);
    assert!(handle > 0 && text(&mut a, "late").is_err());
}

#[test]
fn what_is_no_text_is_refused() {
    let (mut a, _) = calling();
    assert_eq!(text(&mut a, "early"), Err(CommandError::InvalidState(1)));
    let (mut a, _) = in_call();
    let mut send = |kind: &str, lines: &[String]| a.agent.message(a.instant(), a.sessions[0], kind, "x", lines);
    assert_eq!(send("text/plain\r\nX: y", &[]), Err(CommandError::Invalid("contentType")));
    assert_eq!(send("text/plain", &["no field".into()]), Err(CommandError::Invalid("extraHeaders")));
    assert_eq!(send("text/plain", &["X: y\r\nZ: z".into()]), Err(CommandError::Invalid("extraHeaders")));
    a.pump();
    a.expect_nothing();
    // Without a line it fails, and the call goes on.
    a.close();
    a.events.clear();
    a.auto_open = false;
    text(&mut a, "lost").unwrap();
    a.told(&["newMessage local", "requestDone Connection Error"]);
}
