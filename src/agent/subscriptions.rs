//! What an app asks of its subscriptions, and of those of others. A refused command has changed nothing.

use super::{Agent, cx};
use crate::command::CommandError;
use crate::context::Cx;
use crate::event::{Refusal, SubscriptionId};
use crate::request::refusal;
use crate::subscription::{Notifier, NotifierOptions, SubscribeOptions};
use crate::time::Instant;

impl Agent {
    /// Subscribes to somebody's state (JsSIP `subscriber.subscribe`, the first time).
    pub fn subscribe(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        options: SubscribeOptions,
        body: String,
    ) -> Result<(), CommandError> {
        self.catch_up(now);
        let result = self.subscriptions.subscribe(id, options, body, &mut cx!(self));
        self.settle();
        result
    }

    /// Refreshes a subscription, or with `ends` ends it (JsSIP `subscriber.subscribe`, `terminate`).
    pub fn resubscribe(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        ends: bool,
        body: String,
    ) -> Result<(), CommandError> {
        self.catch_up(now);
        let subscriber = self.subscriptions.subscriber(id).ok_or(CommandError::InvalidState(2))?;
        let result = subscriber.again(ends, body, &mut cx!(self));
        self.settle();
        result
    }

    /// Answers a SUBSCRIBE without a subscription (JsSIP `request.reply`).
    pub fn reply_subscribe(&mut self, now: Instant, id: SubscriptionId, reply: Refusal) -> Result<(), CommandError> {
        self.with_notifier(now, id, |notifier, cx| {
            notifier.reply(refusal(reply), cx);
            Ok(())
        })
    }

    /// Accepts a SUBSCRIBE (JsSIP `notifier.start`).
    pub fn start_notifier(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        options: NotifierOptions,
    ) -> Result<(), CommandError> {
        self.with_notifier(now, id, |notifier, cx| notifier.start(options, cx))
    }

    /// From pending to active (JsSIP `notifier.setActiveState`).
    pub fn activate_notifier(&mut self, now: Instant, id: SubscriptionId) -> Result<(), CommandError> {
        self.with_notifier(now, id, |notifier, cx| {
            notifier.activate(cx);
            Ok(())
        })
    }

    /// Sends a NOTIFY (JsSIP `notifier.notify`).
    pub fn notify(&mut self, now: Instant, id: SubscriptionId, body: String) -> Result<(), CommandError> {
        self.with_notifier(now, id, |notifier, cx| notifier.notify(body, cx))
    }

    /// Sends the final NOTIFY (JsSIP `notifier.terminate`).
    pub fn terminate_notifier(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        body: String,
        reason: Option<&str>,
        retry_after: Option<u32>,
    ) -> Result<(), CommandError> {
        self.with_notifier(now, id, |notifier, cx| notifier.terminate(body, reason, retry_after, cx))
    }

    fn with_notifier(
        &mut self,
        now: Instant,
        id: SubscriptionId,
        command: impl FnOnce(&mut Notifier, &mut Cx<'_>) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        self.catch_up(now);
        let notifier = self.subscriptions.notifier(id).ok_or(CommandError::InvalidState(2))?;
        let result = command(notifier, &mut cx!(self));
        self.settle();
        result
    }
}
