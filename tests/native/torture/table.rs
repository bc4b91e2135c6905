//! What an agent does at each message of RFC 4475 and RFC 5118, and at each of ours with the same trait.

use super::judge::Verdict::{self, Answered, Rings, Silence};

/// Section of the RFC; its message, and what comes of it; ours, and what comes of that.
///
/// The agent is whom the message addresses. It is no registrar: a REGISTER that is in order gets 405, as RFC 3261 8.2.1
/// has it for a method that a user agent does not allow.
pub(crate) const TRAITS: [(&str, &str, Verdict, &str, Verdict); 61] = [
    // It has a To tag, and so belongs to a dialog that is not there.
    ("4475 3.1.1.1", "wsinv", Answered(481), "odd_spacing", Answered(481)),
    ("4475 3.1.1.2", "intmeth", Answered(501), "rare_characters", Answered(501)),
    ("4475 3.1.1.3", "esc01", Rings, "escaped_user", Rings),
    ("4475 3.1.1.4", "escnull", Answered(405), "escaped_nul", Answered(405)),
    // Escapes in a method are no escapes: this one is neither REGISTER nor SUBSCRIBE.
    ("4475 3.1.1.5", "esc02", Answered(501), "percent_method", Answered(501)),
    ("4475 3.1.1.6", "lwsdisp", Answered(200), "tight_display_name", Answered(200)),
    ("4475 3.1.1.7", "longreq", Rings, "long_values", Rings),
    // Over WebSocket a frame is one message: what follows the first is no second one (RFC 7118 5).
    ("4475 3.1.1.8", "dblreq", Answered(405), "second_message_behind", Answered(405)),
    ("4475 3.1.1.9", "semiuri", Answered(200), "semicolon_in_user", Answered(200)),
    ("4475 3.1.1.10", "transports", Answered(200), "many_transports", Answered(200)),
    ("4475 3.1.1.11", "mpart01", Answered(200), "multipart_body", Rings),
    ("4475 3.1.1.12", "unreason", Silence, "reason_in_unicode", Silence),
    ("4475 3.1.1.13", "noreason", Silence, "reason_absent", Silence),
    ("4475 3.1.2.1", "badinv01", Answered(400), "empty_separators", Answered(400)),
    ("4475 3.1.2.2", "clerr", Answered(400), "length_too_large", Answered(400)),
    ("4475 3.1.2.3", "ncl", Answered(400), "length_negative", Answered(400)),
    ("4475 3.1.2.4", "scalar02", Answered(400), "numbers_too_large_request", Answered(400)),
    ("4475 3.1.2.5", "scalarlg", Silence, "numbers_too_large_response", Silence),
    ("4475 3.1.2.6", "quotbal", Answered(400), "quote_left_open", Answered(400)),
    ("4475 3.1.2.7", "ltgtruri", Answered(400), "brackets_around_target", Answered(400)),
    ("4475 3.1.2.8", "lwsruri", Answered(400), "space_in_target", Answered(400)),
    ("4475 3.1.2.9", "lwsstart", Answered(400), "spaces_in_start_line", Answered(400)),
    ("4475 3.1.2.10", "trws", Answered(400), "space_after_start_line", Answered(400)),
    ("4475 3.1.2.11", "escruri", Answered(400), "headers_in_target", Answered(400)),
    // A Date that is none may be ignored.
    ("4475 3.1.2.12", "baddate", Rings, "date_in_other_zone", Rings),
    ("4475 3.1.2.13", "regbadct", Answered(400), "contact_unenclosed", Answered(400)),
    // Spaces around the address may be ignored.
    ("4475 3.1.2.14", "badaspec", Answered(200), "spaces_in_address", Answered(200)),
    // The quotes that are missing may be inferred.
    ("4475 3.1.2.15", "baddn", Answered(200), "display_name_unquoted", Answered(200)),
    ("4475 3.1.2.16", "badvers", Answered(505), "version_of_the_future", Answered(505)),
    ("4475 3.1.2.17", "mismatch01", Answered(400), "method_differs_known", Answered(400)),
    ("4475 3.1.2.18", "mismatch02", Answered(400), "method_differs_unknown", Answered(400)),
    ("4475 3.1.2.19", "bigcode", Silence, "status_too_large", Silence),
    // The magic cookie alone: matched as RFC 2543 has it.
    ("4475 3.2.1", "badbranch", Answered(200), "cookie_without_branch", Answered(200)),
    ("4475 3.3.1", "insuf", Answered(400), "mandatory_fields_missing", Answered(400)),
    ("4475 3.3.2", "unkscm", Answered(416), "target_scheme_unknown", Answered(416)),
    ("4475 3.3.3", "novelsc", Answered(416), "target_scheme_foreign", Answered(416)),
    ("4475 3.3.4", "unksm2", Answered(405), "address_schemes_foreign", Answered(405)),
    ("4475 3.3.5", "bext01", Answered(420), "extensions_required", Answered(420)),
    ("4475 3.3.6", "invut", Answered(415), "body_type_unknown", Answered(415)),
    ("4475 3.3.7", "regaut01", Answered(405), "credentials_of_unknown_scheme", Answered(405)),
    ("4475 3.3.8", "multi01", Answered(400), "single_fields_twice", Answered(400)),
    ("4475 3.3.9", "mcl01", Answered(400), "lengths_differ", Answered(400)),
    ("4475 3.3.10", "bcast", Silence, "response_for_another", Silence),
    // Only a proxy refuses what may go no further.
    ("4475 3.3.11", "zeromf", Answered(200), "no_hops_left", Answered(200)),
    ("4475 3.3.12", "cparam01", Answered(405), "contact_params_unknown", Answered(405)),
    ("4475 3.3.13", "cparam02", Answered(405), "contact_uri_params_unknown", Answered(405)),
    ("4475 3.3.14", "regescrt", Answered(405), "contact_header_escaped", Answered(405)),
    ("4475 3.3.15", "sdp01", Answered(406), "answer_not_accepted", Answered(406)),
    // The RFC's INVITE has no Contact, as RFC 2543 allowed: there is no way to send anything inside its dialog, and
    // nobody who speaks WebSocket is that old.
    ("4475 3.4.1", "inv2543", Answered(400), "peer_of_rfc2543", Rings),
    ("5118 4.1", "ipv6-good", Answered(405), "v6_reference", Rings),
    ("5118 4.2", "ipv6-bad", Answered(400), "v6_without_brackets", Answered(400)),
    ("5118 4.3", "port-ambiguous", Answered(405), "v6_port_swallowed", Rings),
    ("5118 4.4", "port-unambiguous", Answered(405), "v6_port_outside", Rings),
    ("5118 4.5", "via-received-param-with-delim", Answered(481), "v6_received_in_brackets", Answered(200)),
    ("5118 4.5", "via-received-param-no-delim", Answered(200), "v6_received_bare", Answered(200)),
    ("5118 4.6", "ipv6-in-sdp", Rings, "v6_in_description", Rings),
    ("5118 4.7", "mult-ip-in-header", Answered(481), "v6_beside_v4_in_via", Answered(200)),
    ("5118 4.8", "mult-ip-in-sdp", Rings, "v6_beside_v4_in_description", Rings),
    ("5118 4.9", "ipv4-mapped-ipv6", Rings, "v6_maps_v4", Rings),
    // The grammar of RFC 3261 asked for three colons: both forms are understood.
    ("5118 4.10", "ipv6-bug-abnf-3-colons", Answered(200), "v6_three_colons", Answered(200)),
    ("5118 4.10", "ipv6-correct-abnf-2-colons", Answered(200), "v6_two_colons", Answered(200)),
];

/// What the answer to a message names.
pub(crate) const NAMED: [(&str, &str, &str); 6] = [
    ("bext01", "Unsupported", "nothingSupportsThis, nothingSupportsThisEither"),
    ("extensions_required", "Unsupported", "not-known-to-you, nor-this"),
    ("invut", "Accept", "application/sdp, application/dtmf-relay"),
    ("body_type_unknown", "Accept", "application/sdp, application/dtmf-relay"),
    ("intmeth", "Call-ID", "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"),
    ("transports", "Via", "SIP/2.0/UDP t1.example.com;branch=z9hG4bKkdjuw"),
];
