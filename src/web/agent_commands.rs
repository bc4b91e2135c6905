//! What an app asks of an agent.

use wasm_bindgen::JsValue;

use super::arguments::Arguments;
use super::fields::Fields;
use super::what;
use crate::agent::Agent;
use crate::config::Config;
use crate::event::RequestId;
use crate::request::RequestOptions;
use crate::time::Instant;

/// `id` is that of the MESSAGE or OPTIONS to be sent.
pub(super) fn run(
    a: &mut Agent,
    now: Instant,
    id: RequestId,
    what: u32,
    args: &mut Arguments,
) -> Result<JsValue, JsValue> {
    match what {
        what::START => a.start(now),
        what::STOP => a.stop(now),
        what::REGISTER => a.register(now),
        what::UNREGISTER => a.unregister(now, args.flag()),
        what::CONNECT => a.connect(now),
        what::DISCONNECT => a.disconnect(now),
        what::CONFIGURE => configure(a.config_mut(), args),
        what::REGISTRATION_EXTRA => a.set_registration_headers(args.lines(), args.words()),
        what::CONTACT => return Ok(a.contact_text(args.flag(), args.flag()).into()),
        what::RESERVE => return Ok(a.reserve().into()),
        what::SEND => {
            let method = args.method()?;
            let options = RequestOptions {
                target: args.target()?,
                body: args.words(),
                content_type: args.words(),
                extra_headers: args.lines(),
                from_user: args.text(),
                from_display_name: args.text(),
            };
            a.send_request(now, id, method, options)?;
        }
        _ => {}
    }
    Ok(JsValue::UNDEFINED)
}

/// Changes one of the settings that may change: which one, as `SETTINGS` of `pkg/src/Config.ts` has them, and its value.
fn configure(config: &mut Config, args: &mut Arguments) {
    match args.number() {
        Some(0) => config.credentials.username = args.words(),
        Some(1) => config.credentials.password = args.text(),
        Some(2) => config.credentials.realm = args.text(),
        Some(3) => config.credentials.ha1 = args.text(),
        Some(4) => config.authorization_jwt = args.text(),
        Some(5) => config.display_name = args.text(),
        Some(6) => config.register = args.text().as_deref() == Some("true"),
        Some(7) => config.extra_headers = args.lines(),
        Some(8) => config.register_from_tag_trail = args.words(),
        _ => {}
    }
}

/// Expiry in s, ms of `Date.now()` at the next refresh, and who challenged last.
#[allow(clippy::cast_precision_loss, reason = "ms until a refresh")]
pub(super) fn registration(agent: &Agent, now: Instant, date: f64) -> JsValue {
    let state = agent.registration();
    let fields = Fields::new();
    fields.maybe(state.expires_s.map(f64::from));
    fields.maybe(state.refresh_at.map(|at| date + at.since(now) as f64));
    fields.optional(agent.realm());
    fields.into()
}
