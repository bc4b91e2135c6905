//! What a side asks outside a dialog: a call, a subscription, a MESSAGE.

use viasip::command::CallOptions;
use viasip::event::{RequestId, SessionId, SubscriptionId};
use viasip::message::Method;
use viasip::messaging::RequestOptions;
use viasip::subscription::{Command, PublishOptions, SubscribeOptions};
use viasip::uri::Uri;

use super::Side;

/// A plain call.
pub fn call_to(target: &str) -> CallOptions {
    CallOptions {
        target: Uri::parse(target).unwrap(),
        extra_headers: Vec::new(),
        anonymous: false,
        from_user: None,
        from_display_name: None,
        session_expires_s: 90,
        trickle_ice: None,
        redirect_limit: None,
        session_id: None,
    }
}

/// A subscription of Bob's presence for so many seconds.
pub fn presence(expires_s: u32) -> SubscribeOptions {
    SubscribeOptions {
        target: Uri::parse("sip:bob@example.com").unwrap(),
        event: "presence".into(),
        accept: "text/plain".into(),
        expires_s,
        content_type: "text/plain".into(),
        allow_events: String::new(),
        extra_headers: Vec::new(),
        to: String::new(),
        from: String::new(),
        cseq: None,
    }
}

/// Alice's presence for so many seconds.
pub fn publish(expires_s: u32) -> PublishOptions {
    PublishOptions {
        target: Uri::parse("sip:alice@example.com").unwrap(),
        event: "presence".into(),
        content_type: "application/pidf+xml".into(),
        expires_s,
        extra_headers: Vec::new(),
    }
}

/// A text for Bob.
pub fn to_bob(body: &str) -> RequestOptions {
    RequestOptions {
        target: Uri::parse("sip:bob@example.com").unwrap(),
        body: body.into(),
        content_type: "text/plain".into(),
        extra_headers: Vec::new(),
        from_user: None,
        from_display_name: None,
    }
}

impl Side {
    /// Calls.
    pub fn call_with(&mut self, options: CallOptions) -> SessionId {
        let id = SessionId(self.agent.reserve());
        self.agent.call(self.instant(), id, options).unwrap();
        self.pump();
        id
    }

    /// Sends the first SUBSCRIBE.
    pub fn subscribe(&mut self, options: SubscribeOptions) -> SubscriptionId {
        let id = SubscriptionId(self.agent.reserve());
        let command = Command::Subscribe(Box::new(options), String::new());
        self.agent.subscription(self.instant(), id, command).unwrap();
        self.pump();
        id
    }

    /// Sends the first PUBLISH.
    pub fn publish(&mut self, options: PublishOptions, body: &str) -> SubscriptionId {
        let id = SubscriptionId(self.agent.reserve());
        self.agent.subscription(self.instant(), id, Command::Publish(Box::new(options), body.into())).unwrap();
        self.pump();
        id
    }

    /// Sends a request outside a dialog.
    pub fn ask(&mut self, method: Method, options: RequestOptions) -> RequestId {
        let id = RequestId(self.agent.reserve());
        self.agent.send_request(self.instant(), id, method, options).unwrap();
        self.pump();
        id
    }
}
