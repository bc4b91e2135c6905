//! Descriptions as browsers, servers, gateways and phones write them: what is wrong with them, and what is not.

use crate::support::{CONTACT, SDP, Side, header, invite, request};
use viasip::event::{MediaFault, MediaRequest};
use viasip::sdp::{Codecs, Description, Severity, diagnose, features, offered, refusal};

const HEAD: &str = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
const DTLS: &str = "a=fingerprint:sha-256 AB:CD\r\n";
const ICE: &str = "a=ice-ufrag:Xy1z\r\na=ice-pwd:0123456789abcdefghijkl\r\n";

/// Chrome, max-bundle: the second section is `bundle-only` and carries its own copy of it all.
fn chrome() -> String {
    let each = format!("c=IN IP4 0.0.0.0\r\n{ICE}{DTLS}a=setup:actpass\r\na=rtcp-mux\r\na=sendrecv\r\n");
    format!(
        "{HEAD}a=group:BUNDLE 0 1\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n\
         m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n{each}a=mid:0\r\na=rtpmap:111 opus/48000/2\r\n\
         a=rtpmap:63 red/48000/2\r\na=rtpmap:110 telephone-event/48000\r\na=candidate:1 1 udp 2122 \
         4f2a.local 50000 typ host\r\na=candidate:2 1 udp 1686 203.0.113.9 50000 typ srflx raddr 0.0.0.0 rport 0\r\n\
         m=video 0 UDP/TLS/RTP/SAVPF 96 97\r\n{each}a=bundle-only\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\n\
         a=rtcp-fb:96 nack pli\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n"
    )
}

/// An answer in which only the first section of the BUNDLE carries the transport (RFC 9143 7.3).
fn bundled_answer() -> String {
    format!(
        "{HEAD}{DTLS}a=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n{ICE}\
         a=setup:active\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=candidate:0 1 UDP 2122 203.0.113.9 5 typ host\r\n\
         m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=mid:1\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n"
    )
}

/// Asterisk with webrtc=yes, behind a public address, with a video that it refuses.
fn asterisk() -> String {
    format!(
        "v=0\r\no=- 1 3 IN IP4 203.0.113.7\r\ns=Asterisk\r\nc=IN IP4 203.0.113.7\r\nt=0 0\r\na=msid-semantic:WMS *\r\n\
         a=group:BUNDLE 0\r\nm=audio 10004 UDP/TLS/RTP/SAVPF 0 126\r\na=connection:new\r\na=setup:active\r\n\
         a=fingerprint:SHA-256 AB:CD\r\n{ICE}a=candidate:H1 1 UDP 2130706431 203.0.113.7 10004 typ host\r\n\
         a=rtpmap:0 PCMU/8000\r\na=rtpmap:126 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\na=rtcp-mux\r\na=mid:0\r\n\
         m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"
    )
}

/// rtpengine: ICE-lite, everything on the session but the profile of old.
fn rtpengine() -> String {
    format!(
        "v=0\r\no=root 1 1 IN IP4 203.0.113.5\r\ns=session\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\na=ice-lite\r\n{ICE}{DTLS}\
         a=setup:actpass\r\na=rtcp-mux\r\nm=audio 30000 RTP/SAVPF 8 0 101\r\na=rtpmap:101  telephone-event/8000\r\n\
         a=sendrecv\r\na=rtcp:30000\r\na=candidate:Z 1 UDP 2130706431 203.0.113.5 30000 typ host\r\n"
    )
}

/// A Cisco or sipp: plain RTP, static payload types without names.
fn plain() -> String {
    "v=0\r\no=user1 53655765 2353687637 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0 8\r\n"
        .to_owned()
}

fn errors(offer: &str, answer: Option<&str>) -> Vec<&'static str> {
    let found = diagnose(Some(offer), answer);
    found.into_iter().filter(|f| f.severity == Severity::Error).map(|f| f.code).collect()
}

fn codes(offer: &str, answer: Option<&str>) -> Vec<&'static str> {
    diagnose(Some(offer), answer).into_iter().map(|f| f.code).collect()
}

#[test]
fn what_browsers_and_gateways_write_is_good() {
    for (name, sdp) in
        [("Chrome", chrome()), ("bundled", bundled_answer()), ("Asterisk", asterisk()), ("rtpengine", rtpengine())]
    {
        assert_eq!(refusal(&sdp, &Codecs::default()), None, "{name}");
        assert_eq!(errors(&sdp, None), [""; 0], "{name}");
    }
    assert_eq!(codes(&chrome(), Some(&bundled_answer())), [""; 0]);
    assert_eq!(codes(&chrome(), Some(&asterisk())), ["media-refused"]);
    assert_eq!(codes(&rtpengine(), None), ["rtp-profile"]);
    // A call that works is not told to get a gateway.
    let [profile] = &diagnose(Some(&rtpengine()), None)[..] else { panic!() };
    assert_eq!(profile.hint, "Browsers take it where DTLS and ICE are there.");
    for row in features(Some(&chrome()), Some(&bundled_answer())) {
        assert_eq!(row.verdict, "ok", "{row:?}");
    }
}

#[test]
fn a_plain_phone_is_called_so_and_a_mixed_offer_is_not() {
    let plain = plain();
    assert!(errors(&plain, None).contains(&"plain-rtp"));
    let names: Vec<_> = Description::parse(&plain).media[0].codecs().into_iter().map(|c| c.name).collect();
    assert_eq!(names, ["PCMU", "PCMA"]);
    // One that encrypts is not told that it does not: it is how its keys travel.
    let keyed = plain.replace("RTP/AVP", "RTP/SAVP") + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:key\r\n";
    let told = diagnose(Some(&keyed), None).into_iter().find(|finding| finding.code == "plain-rtp").expect("told");
    assert!(told.message.contains("encrypts by SDES (RTP/SAVP"), "{}", told.message);
    // A gateway that offers both ways lets the browser choose.
    let mixed = format!("{}m=audio 6000 RTP/AVP 0\r\n", asterisk());
    assert!(!codes(&mixed, None).contains(&"plain-rtp"));
    assert_eq!(refusal(&mixed, &Codecs::default()), None);
}

#[test]
fn a_video_that_is_bundled_only_is_offered() {
    let what = offered(&chrome());
    assert!(what.audio && what.video);
    let refused = chrome().replace("a=bundle-only\r\n", "");
    assert!(!offered(&refused).video);
}

#[test]
fn both_ends_in_the_same_dtls_role_never_meet() {
    let offer = |role: &str| asterisk().replace("setup:active", &format!("setup:{role}"));
    assert!(errors(&offer("active"), Some(&offer("active"))).contains(&"setup-conflict"));
    assert!(errors(&offer("passive"), Some(&offer("passive"))).contains(&"setup-conflict"));
    assert!(errors(&offer("actpass"), Some(&offer("actpass"))).contains(&"setup-conflict"));
    for (one, two) in [("actpass", "active"), ("actpass", "passive"), ("active", "passive"), ("passive", "active")] {
        assert!(!codes(&offer(one), Some(&offer(two))).contains(&"setup-conflict"), "{one} {two}");
    }
}

#[test]
fn addresses_that_nobody_else_reaches_are_told_from_others() {
    let with = |address: &str| SDP.replace("127.0.0.1 9 typ", &format!("{address} 9 typ"));
    for private in
        ["192.168.1.2", "10.0.0.1", "172.16.5.4", "169.254.1.1", "100.64.0.9", "127.0.0.1", "fe80::1", "fd00::1"]
    {
        assert_eq!(codes(&with(private), None), ["host-candidates-only"], "{private}");
    }
    for public in ["203.0.113.7", "8.8.8.8", "100.128.0.1", "2001:db8::1"] {
        assert_eq!(codes(&with(public), None), [""; 0], "{public}");
    }
    assert_eq!(codes(&with("4f2a.local"), None), ["mdns-candidates-only"]);
}

#[test]
fn tones_alone_are_no_codec() {
    let tones = asterisk().replace("SAVPF 0 126", "SAVPF 126").replace("a=rtpmap:0 PCMU/8000\r\n", "");
    let found: Vec<_> = refusal(&tones, &Codecs::default()).unwrap().into_iter().map(|f| f.code).collect();
    assert_eq!(found, ["no-common-codec"]);
    assert!(errors(&chrome(), Some(&tones)).contains(&"no-common-audio-codec"));
}

/// A frame of 64 KiB of sections, formats and attributes kept a page busy for twenty seconds.
#[test]
fn a_description_is_read_up_to_its_bounds() {
    let fill = |line: &str| line.repeat(30_000 / line.len());
    let numbered = |line: &str, n: usize| (0..n).map(|i| format!("{line}{i}\r\n")).collect::<String>();
    let formats: String = (0..5_000).map(|i| format!(" {i}")).collect();
    for body in [
        format!("{HEAD}{}{}", fill("a=x\n"), fill("m=audio 9\n")),
        format!("{HEAD}m=audio 9 RTP/AVP{formats}\r\n{}", numbered("a=rtpmap:9999 x", 1_500)),
        format!("{HEAD}a=group:BUNDLE {}\r\n{}", fill("0 "), fill("m=audio 9\r\na=mid:0\r\n")),
    ] {
        let read = Description::parse(&body);
        assert!(read.media.len() <= 64 && read.media[0].formats.len() <= 128 && read.bundle.len() <= 64);
        assert!(read.media[0].own("rtpmap").count() <= 1_024);
        let mut b = Side::connected("bob");
        b.receive(&invite("bob", "1", &body));
        b.expect("SIP/2.0 488");
    }
}

/// An answer takes what is offered in a section that lives in another's transport.
#[test]
fn a_bundled_video_is_captured_for() {
    let mut b = Side::connected("bob");
    b.receive(&request("INVITE", "bob", "1", "", 1, CONTACT, &chrome()));
    b.answer();
    assert_eq!(b.media.first(), Some(&MediaRequest::Acquire { offered: Some((true, true)) }));
}

fn refused_for(offer: &str) -> Option<Vec<&'static str>> {
    refusal(offer, &Codecs::default()).map(|found| found.into_iter().map(|f| f.code).collect())
}

/// The gate knew better than the app: an offer without rtcp-mux, which `rtcpMuxPolicy: 'negotiate'` takes, one of data
/// channels only, and one of media that browsers answer with port 0, were refused before anything rang.
#[test]
fn only_what_any_connection_would_refuse_is_refused_before_it_rings() {
    let data = format!(
        "{HEAD}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n{ICE}{DTLS}a=setup:actpass\r\na=sctp-port:5000\r\n"
    );
    let fax = format!("{HEAD}m=image 9 UDPTL t38\r\n");
    let no_mux = asterisk().replace("a=rtcp-mux\r\n", "");
    let plain_beside_data = format!("{}{}", plain(), &data[HEAD.len()..]);
    for offer in [&data, &fax, &no_mux, HEAD, &asterisk().replace("audio 10004", "audio 0"), &plain_beside_data] {
        assert_eq!(refused_for(offer), None, "{offer}");
        let mut b = Side::connected("bob");
        b.receive(&invite("bob", "1", offer));
        b.expect("SIP/2.0 180");
    }
    for offer in [plain(), asterisk().replace("fingerprint", "finger"), asterisk().replace("ice-pwd", "ice")] {
        assert!(refused_for(&offer).is_some(), "{offer}");
    }
}

/// The browser's own refusal of such an offer is named like that of the gate.
#[test]
fn what_the_browser_refuses_is_named() {
    let mut b = Side::connected("bob");
    b.fail_media = Some((|request| matches!(request, MediaRequest::RemoteOffer(_)), MediaFault::SetRemote));
    b.receive(&invite("bob", "1", &asterisk().replace("a=rtcp-mux\r\n", "")));
    b.answer();
    b.expect("SIP/2.0 180");
    let refused = b.expect("SIP/2.0 488");
    assert!(header(&refused, "Warning").unwrap().contains("rtcp-mux"), "{refused}");
}

/// Four of the five reasons were named, the fifth was found out by the next call; the profile was not named at all.
#[test]
fn the_warning_names_all_that_is_missing() {
    let warning = |offer: &str| {
        let mut b = Side::connected("bob");
        b.receive(&invite("bob", "1", offer));
        let refused = b.expect("SIP/2.0 488");
        header(&refused, "Warning").unwrap().to_owned()
    };
    let all = warning(&plain().replace("RTP/AVP 0 8", "RTP/AVP 77"));
    for (code, word) in [
        ("301", "RTP/AVP"),
        ("399", "DTLS fingerprint"),
        ("399", "ICE credentials"),
        ("399", "rtcp-mux"),
        ("305", "codec"),
    ] {
        assert!(all.split("\", ").any(|one| one.starts_with(code) && one.contains(word)), "{code} {word}: {all}");
    }
    let profile = warning(&rtpengine().replace("a=fingerprint:sha-256 AB:CD\r\n", ""));
    assert!(profile.contains("uses the profile RTP/SAVPF") && profile.contains("DTLS fingerprint"), "{profile}");
}
