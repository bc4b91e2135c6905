//! What names a thing of an agent towards the shell, and within it.

/// Names one call of an agent, for as long as it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u32);
/// Names one MESSAGE, OPTIONS or REFER outside a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u32);
/// Names one subscription, ours or somebody else's, or one publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubscriptionId(pub u32);
/// Names one connection to a server: a new number at each connect, so that what an old socket says is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flow(pub u32);
/// Names one frame handed to the shell, for `Input::NotSent`.
pub type SendId = u32;
