//! Randomness comes in from outside: `crypto.getRandomValues` in the browser, a counter in tests.

/// A source of random bytes that the core asks for tags, branches, Call-IDs and cnonces.
pub trait Source {
    /// Fills `bytes` with random values.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// Random texts and numbers in the forms that SIP needs.
pub struct Entropy {
    source: Box<dyn Source>,
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy")
    }
}

impl Entropy {
    /// Draws from `source`.
    pub fn new(source: impl Source + 'static) -> Self {
        Self { source: Box::new(source) }
    }

    /// A text of `length` characters out of 32 (5 bits each), safe in any SIP token.
    pub fn token(&mut self, length: usize) -> String {
        let mut bytes = vec![0; length];
        self.source.fill(&mut bytes);
        for byte in &mut bytes {
            *byte = match *byte & 31 {
                letter @ ..26 => b'a' + letter,
                digit => b'0' + (digit - 26),
            };
        }
        String::from_utf8(bytes).unwrap_or_default()
    }

    /// A From or To tag: 50 random bits (RFC 3261 19.3 asks for 32).
    pub fn tag(&mut self) -> String {
        self.token(10)
    }

    /// A Via branch with RFC 3261's magic cookie and 80 random bits.
    pub fn branch(&mut self) -> String {
        format!("z9hG4bK{}", self.token(16))
    }

    /// A number in `0..bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.source.fill(&mut bytes);
        u64::from_le_bytes(bytes).checked_rem(bound).unwrap_or(0)
    }

    /// The first CSeq number of a dialog.
    pub fn cseq(&mut self) -> u32 {
        u32::try_from(self.below(10_000)).unwrap_or_default()
    }

    /// A version 4 UUID in lower case, as `+sip.instance` carries it.
    pub fn uuid(&mut self) -> String {
        let mut b = [0_u8; 16];
        self.source.fill(&mut b);
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let [b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, rest @ ..] = b;
        format!(
            "{}-{}-{}-{}-{}",
            hex(&[b0, b1, b2, b3]),
            hex(&[b4, b5]),
            hex(&[(b6 & 0x0f) | 0x40, b7]),
            hex(&[(b8 & 0x3f) | 0x80, b9]),
            hex(&rest)
        )
    }
}

/// A counter as a source: for tests and simulations, so that their transcripts are readable and repeat.
#[derive(Debug)]
pub struct Counter(u64);

impl Counter {
    /// Starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }
}

impl Source for Counter {
    fn fill(&mut self, bytes: &mut [u8]) {
        // SplitMix64: different at every call, and the same in every run.
        for byte in bytes {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = (z >> 56) as u8;
        }
    }
}
