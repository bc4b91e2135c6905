//! Which of the bindings in a 2xx to REGISTER is ours, and what the registrar says of it.

use crate::bounds::MAX_GRUU;
use crate::context::Cx;
use crate::message::{Headers, NameAddr};
use crate::uri::Uri;

/// Our binding, as the registrar has it.
pub(super) struct Binding {
    /// Seconds for which it is kept, if the Contact says so.
    pub(super) expires_s: Option<u32>,
    /// `pub-gruu` (RFC 5627).
    pub(super) public_gruu: Option<String>,
    /// `temp-gruu`.
    pub(super) temporary_gruu: Option<String>,
}

impl Binding {
    /// The one that fits ours best, the first of several alike; `id` is the reg-id of ours.
    pub(super) fn ours(headers: &Headers, id: u8, cx: &Cx) -> Option<Self> {
        let instance = ["<urn:uuid:", &cx.config.instance_id, ">"].concat();
        let (mut best, mut ours) = (0, None);
        for line in headers.all("Contact") {
            for binding in &NameAddr::parse_list(line) {
                let likeness = likeness(binding, &instance, id, &cx.config.contact);
                if likeness > best {
                    best = likeness;
                    ours = Some(Self {
                        expires_s: binding.params.value("expires").and_then(|v| v.parse().ok()),
                        public_gruu: gruu(binding, "pub-gruu"),
                        temporary_gruu: gruu(binding, "temp-gruu"),
                    });
                }
            }
        }
        ours
    }
}

/// A parameter without the quotes around it.
fn bare(value: &str) -> &str {
    value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value)
}

/// How well a binding fits ours: by instance and reg-id, else by its address (RFC 3261 19.1.4), else by the user alone,
/// for a registrar that writes the address anew as it saw us (JsSIP), or not at all.
fn likeness(binding: &NameAddr, instance: &str, id: u8, contact: &Uri) -> u8 {
    if let Some(named) = binding.params.value("+sip.instance") {
        let ours = bare(named).eq_ignore_ascii_case(instance);
        let named = binding.params.value("reg-id").is_none_or(|named| named.parse() == Ok(id));
        return if ours && named { 3 } else { 0 };
    }
    if binding.uri.equivalent(contact) {
        return 2;
    }
    u8::from(contact.user.is_some() && binding.uri.user_decoded() == contact.user_decoded())
}

/// A GRUU that may stand in a Contact.
fn gruu(binding: &NameAddr, name: &str) -> Option<String> {
    let gruu = bare(binding.params.value(name)?);
    (gruu.len() <= MAX_GRUU && Uri::parse(gruu).is_some_and(|uri| uri.is_sip())).then(|| gruu.to_owned())
}
