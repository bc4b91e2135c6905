//! What an app is told of its connections, where it has two (RFC 5626).

/// What an app is told of one of two flows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowState {
    /// Its reg-id (RFC 5626 4.2), 1 or 2.
    pub id: u8,
    /// The server that it leads to, or led to last: an index into `Config::servers`.
    pub server: usize,
    /// How far it is.
    pub status: FlowStatus,
    /// Whether requests go by it.
    pub first: bool,
}

/// How far a flow is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowStatus {
    /// There is no connection.
    Disconnected,
    /// One is tried.
    Connecting,
    /// One is open, without a registration by it.
    Connected,
    /// The registrar knows us by it.
    Registered,
}

impl FlowStatus {
    /// Its word for the app.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Registered => "registered",
        }
    }
}
