//! What an app asks of a subscription, ours or somebody else's, and of a publication.

use crate::agent::Agent;
use crate::command::CommandError;
use crate::event::SubscriptionId;
use crate::subscription::{Command, NotifierOptions, PublishOptions, SubscribeOptions};
use crate::time::Instant;
use crate::uri::Uri;
use crate::web::border::SubscriptionCommand as Asked;

pub(super) fn run(agent: &mut Agent, now: Instant, id: SubscriptionId, asked: Asked) -> Result<(), CommandError> {
    agent.subscription(now, id, command(asked)?)
}

fn command(asked: Asked) -> Result<Command, CommandError> {
    let some = Option::unwrap_or_default;
    Ok(match asked {
        Asked::Subscribe {
            body,
            target,
            event,
            accept,
            expires,
            content_type,
            allow_events,
            headers,
            to,
            from,
            cseq,
        } => {
            let options = SubscribeOptions {
                target: Uri::parse(&target).ok_or(CommandError::Invalid("target"))?,
                event,
                accept,
                expires_s: expires,
                content_type: some(content_type),
                allow_events: some(allow_events),
                extra_headers: headers.0,
                to: some(to),
                from: some(from),
                cseq,
            };
            Command::Subscribe(Box::new(options), some(body))
        }
        Asked::Watch { target, event, accept, expires, headers } => Command::Watch(Box::new(SubscribeOptions {
            target: Uri::parse(&target).ok_or(CommandError::Invalid("target"))?,
            event,
            accept,
            expires_s: expires,
            content_type: String::new(),
            allow_events: String::new(),
            extra_headers: headers.0,
            to: String::new(),
            from: String::new(),
            cseq: None,
        })),
        Asked::Publish { target, event, body, content_type, expires, headers } => {
            let options = PublishOptions {
                target: Uri::parse(&target).ok_or(CommandError::Invalid("target"))?,
                event,
                content_type,
                expires_s: expires,
                extra_headers: headers.0,
            };
            Command::Publish(Box::new(options), some(body))
        }
        Asked::SubscribeAgain { ends, body } => Command::Again { ends, body: some(body) },
        Asked::Reply { reply } => Command::Reply(reply.0.ok_or(CommandError::Invalid("reply"))?),
        Asked::Serve { content_type, headers, allow_events, pending, default_expires } => {
            Command::Start(NotifierOptions {
                content_type,
                extra_headers: headers.0,
                allow_events: some(allow_events),
                pending,
                default_expires_s: default_expires,
            })
        }
        Asked::Activate {} => Command::Activate,
        Asked::Notify { body } => Command::Notify(some(body)),
        Asked::EndSubscription { body, reason, retry_after } => {
            Command::Terminate { body: some(body), reason: some(reason), retry_after }
        }
    })
}
