//! The bounds of what the network can make an agent keep, each with the answer beyond it.
//!
//! Counts bound the work, [`MAX_HELD`] bounds the bytes: what far ends have said and is still held is weighed over all
//! tables when a frame comes that might reach a bound, because WebAssembly's memory never shrinks again.

/// Longest frame that is read, in bytes; a longer request is answered 513, a longer response dropped.
pub const MAX_FRAME: usize = 65_536;
/// Most header fields of a message; a request with more is answered 400, a response dropped.
pub const MAX_HEADERS: usize = 256;
/// Most values of a list, and most parameters of one value, that are read; those behind them count as absent.
pub const MAX_VALUES: usize = 256;
/// Bytes of frames taken in while the shell polls nothing; a further frame is dropped.
pub const MAX_UNPOLLED: usize = 1 << 20;

/// What all tables may hold of what the network said, in bytes. A request beyond it is answered 503, a provisional
/// answer not followed, a further 2xx of an INVITE not acknowledged.
pub const MAX_HELD: usize = 4 << 20;
/// Of it what no request outside a dialog may take, so that there is always room for a BYE.
pub const RESERVED_HELD: usize = MAX_HELD / 8;
/// What weighs more than this is taken only while half of it all is free, so that it leaves room for the usual call.
pub const HEAVY: usize = 32 << 10;
/// What a byte of a frame weighs at most, in all tables together: a parameter of one letter is held as two texts.
pub const MOST_PER_BYTE: usize = 128;

/// Transactions that may be open at once; a request beyond it is answered 503.
pub const MAX_TRANSACTIONS: usize = 512;
/// Of them those that no INVITE may take: an INVITE that is refused and never acknowledged stays for 32 s, anything
/// else only until it is answered.
pub const RESERVED_TRANSACTIONS: usize = 64;

/// Calls that may be open at once; an INVITE beyond it is answered 486. As many BYEs are kept for the next connection.
pub const MAX_SESSIONS: usize = 64;
/// Calls that are over, but in whose dialog a transfer is still told of; beyond it the oldest is forgotten.
pub const MAX_TRANSFERRED: usize = 64;
/// What a dialog repeats in each request (route set, target, names), in bytes. Beyond it the peer's Contact counts as
/// unusable: 400 to a request, and the same as without one to an answer.
pub const MAX_DIALOG: usize = 16 << 10;
/// Proxies of a dialog's route set: no request goes further than Max-Forwards lets it (RFC 3261 8.1.1.6). Beyond it the
/// same as beyond [`MAX_DIALOG`].
pub const MAX_ROUTES: usize = 70;
/// Early dialogs that one INVITE of ours may open; a further fork is not followed.
pub const MAX_EARLY: usize = 16;
/// Requests of one call that may wait behind an offer that brings it back; a further one leaves at once.
pub const MAX_HELD_BACK: usize = 32;
/// Answers of one INVITE that may wait for WebRTC; a further provisional one is not told.
pub const MAX_PENDING: usize = 32;
/// Addresses that one call of ours goes to, one after the other; a further contact of a 3xx is left out.
pub const MAX_TARGETS: usize = 16;
/// Transfers that may be open in one call, each way; a REFER beyond it is answered 480, ours is not sent.
pub const MAX_REFERS: usize = 16;
/// REFERs outside a dialog that may be under way, each way; one of theirs beyond it is answered 503, ours is refused.
pub const MAX_REFERRALS: usize = 64;
/// INVITEs that want to take the place of one call and wait for the app; a further one is answered 486.
pub const MAX_REPLACEMENTS: usize = 4;
/// Dialogs that are remembered as over, so that an INVITE which would replace one is answered 603; the oldest is forgotten,
/// and answered 481.
pub const MAX_ENDED: usize = 32;
/// Longest names of one, in bytes; one with longer ones is not remembered.
pub const MAX_ENDED_NAMES: usize = 512;
/// 2xx of different phones that one INVITE of ours may bring; a further one is not answered.
pub const MAX_ANSWERS: usize = 32;

/// Identities that a proxy may assert of one party, and words of a Privacy; those behind them are left out.
pub const MAX_IDENTITIES: usize = 8;
/// Longest tag of a far end whose Session-ID is remembered, in bytes.
pub const MAX_TAG: usize = 128;
/// What all of them together weigh at most, in bytes, to be told of inside a call.
pub const MAX_IDENTITY: usize = 4 << 10;
/// Addresses that a call may be told to have been for; those behind them are left out.
pub const MAX_REDIRECTIONS: usize = 64;

/// Candidates of one side that a call keeps to send or to hand on (RFC 8840); a further one is left out.
pub const MAX_CANDIDATES: usize = 128;
/// Addresses that are remembered for taking candidates by INFO; the oldest is forgotten.
pub const MAX_TRICKLERS: usize = 64;
/// Longest of them, in bytes; a longer one is not remembered.
pub const MAX_TRICKLER: usize = 256;

/// Subscriptions and publications that may be open at once, ours and those of others; one of ours beyond it is refused.
pub const MAX_SUBSCRIPTIONS: usize = 1024;
/// Of them those of others; a SUBSCRIBE beyond it is answered 503.
pub const MAX_FOREIGN_SUBSCRIPTIONS: usize = 192;
/// Phones beside the first that may tell of themselves in one subscription that was forked; the NOTIFY of another is
/// answered 481.
pub const MAX_FORKS: usize = 8;

/// Longest name of a published state (SIP-ETag, RFC 3903) that is used, in bytes; with a longer one it is published anew.
pub const MAX_ETAG: usize = 256;

/// Realm, nonce and opaque of a challenge that is answered, together, in bytes; a longer one counts as none.
pub const MAX_CHALLENGE: usize = 4 << 10;
/// Realms that one request may be challenged by, and that are remembered of REGISTERs; a further one is not answered,
/// the oldest of a REGISTER is forgotten.
pub const MAX_REALMS: usize = 8;
/// Realms whose accounts an app has given or is asked for; the one that was asked for first is forgotten, and one more
/// question than that fails its request.
pub const MAX_ACCOUNTS: usize = 32;
/// Requests that wait for an account; a further one fails.
pub const MAX_WAITING: usize = 64;
/// Places for which a nonce is kept to be used ahead; the oldest is forgotten.
pub const MAX_SPACES: usize = 32;
/// Nonces that are remembered for their counts; the one that was not used for longest is forgotten.
pub const MAX_NONCES: usize = 64;
/// Longest Path, and longest Service-Route, of a registration, in bytes; a longer one counts as none. Their proxies are
/// bounded by [`MAX_ROUTES`].
pub const MAX_SERVICE_ROUTE: usize = 4 << 10;
/// Longest GRUU that is used, in bytes; without one the Contact is a plain one.
pub const MAX_GRUU: usize = 1 << 10;
/// Earlier temporary GRUUs of a registration by which we are known; the oldest is forgotten, and answered 404.
pub const MAX_EARLIER_GRUUS: usize = 16;
