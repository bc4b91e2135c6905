//! What an app asks of an agent.

use wasm_bindgen::JsValue;

use crate::agent::Agent;
use crate::auth::{Account, Algorithm};
use crate::command::CommandError;
use crate::config::Config;
use crate::event::{Asker, RequestId, Ticket, Verdict};
use crate::message::Method;
use crate::messaging::RequestOptions;
use crate::referral::ReferOptions;
use crate::time::Instant;
use crate::uri::Uri;
use crate::web::border::{AgentCommand, OneLine, RegistrationState, Setting, Value, agent_answer as answer};

pub(super) fn run(agent: &mut Agent, now: Instant, command: AgentCommand) -> Result<JsValue, CommandError> {
    match command {
        AgentCommand::Start {} => agent.start(now),
        AgentCommand::Stop {} => agent.stop(now),
        AgentCommand::Register {} => agent.register(now),
        AgentCommand::Wake {} => agent.wake(now),
        AgentCommand::Unregister { all } => agent.unregister(now, all),
        AgentCommand::Connect {} => agent.connect(now),
        AgentCommand::Disconnect {} => agent.disconnect(now),
        AgentCommand::Configure { setting, value } => configure(agent.config_mut(), setting, value),
        AgentCommand::RegistrationExtra { headers, contact_params } => {
            let params = contact_params.map_or_else(String::new, |OneLine(params)| params);
            agent.set_registration_headers(headers.0, params);
        }
        AgentCommand::Registration {} => return Ok(answer::Registration(registration(agent, now))),
        AgentCommand::Contact { anonymous, outbound } => {
            return Ok(answer::Contact(agent.contact_text(anonymous, outbound)));
        }
        AgentCommand::Reserve {} => return Ok(answer::Reserve(agent.reserve())),
        AgentCommand::Account { ticket, username, password, ha1, algorithm, token } => {
            let text = |line: Option<OneLine>| line.map(|line| line.0);
            let (password, ha1, token) = (text(password), text(ha1), text(token));
            let given = password.is_some() || ha1.is_some() || token.is_some();
            let asked = text(algorithm).and_then(|name| Algorithm::parse(&name)).unwrap_or_default();
            let account = given.then(|| Account {
                username: text(username).unwrap_or_else(|| agent.config_mut().credentials.username.clone()),
                password,
                ha1: ha1.map(|ha1| (if ha1.len() == 32 { Algorithm::Md5 } else { asked }, ha1)),
                token,
            });
            agent.resume(now, Ticket::new(Asker::Account, ticket), Verdict::Account(account));
        }
        AgentCommand::Send { id, method, target, body, content_type, headers, from_user, from_display_name } => {
            let options = RequestOptions {
                target: Uri::parse(&target).ok_or(CommandError::Invalid("target"))?,
                body: body.unwrap_or_default(),
                content_type,
                extra_headers: headers.0,
                from_user,
                from_display_name,
            };
            let method = Method::parse(&method).ok_or(CommandError::Invalid("method"))?;
            agent.send_request(now, RequestId(id), method, options)?;
        }
        AgentCommand::ReferOutside { id, target, refer_to, headers, norefersub } => {
            let target = Uri::parse(&target).ok_or(CommandError::Invalid("target"))?;
            let options = ReferOptions { target, refer_to, extra_headers: headers.0, norefersub };
            agent.refer_outside(now, RequestId(id), options)?;
        }
        AgentCommand::ReferOutsideNotify { id, status, reason } => {
            let status = u16::try_from(status).unwrap_or(u16::MAX);
            agent.notify_referral(now, RequestId(id), status, &reason);
        }
        // The caller's: they need more than the agent.
        AgentCommand::Drop {} | AgentCommand::Trace { .. } => {}
    }
    Ok(JsValue::UNDEFINED)
}

fn configure(config: &mut Config, setting: Setting, value: Value) {
    match setting {
        Setting::AuthorizationUser => config.credentials.username = value.text().unwrap_or_default(),
        Setting::Password => config.credentials.password = value.text(),
        Setting::Realm => config.credentials.realm = value.text(),
        Setting::Ha1 => config.credentials.ha1 = value.text(),
        Setting::AuthorizationJwt => config.authorization_jwt = value.text(),
        Setting::DisplayName => config.display_name = value.text(),
        Setting::Register => config.register = value.text().as_deref() == Some("true"),
        Setting::ExtraHeaders => config.extra_headers = value.lines(),
        Setting::RegisterFromTagTrail => config.register_from_tag_trail = value.text().unwrap_or_default(),
    }
}

#[allow(clippy::cast_precision_loss, reason = "ms until a refresh")]
fn registration(agent: &Agent, now: Instant) -> RegistrationState {
    let state = agent.registration();
    RegistrationState(
        state.expires_s.map(f64::from),
        state.refresh_at.map(|at| js_sys::Date::now() + at.since(now) as f64),
        agent.realm().map(str::to_owned),
    )
}
