//! What an app asks of its subscriptions, and of those of others.

use super::Agent;
use crate::command::CommandError;
use crate::event::SubscriptionId;
use crate::subscription::Command;
use crate::time::Instant;

impl Agent {
    /// Does what an app asks of a subscription. A refused command has changed nothing.
    pub fn subscription(&mut self, now: Instant, id: SubscriptionId, command: Command) -> Result<(), CommandError> {
        self.catch_up(now);
        let result = self.subscriptions.command(id, command, &mut self.cx);
        self.settle();
        result
    }
}
