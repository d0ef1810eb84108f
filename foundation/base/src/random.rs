//! Randomness as a parameter: the operating system's in production, a seeded stream in tests.

use crate::{Clock, Id};
use std::sync::{Arc, Mutex, PoisonError};

/// Fills a buffer with random bytes of the operating system; handed in by the platform so that this crate does no I/O.
pub type FillBytes = fn(&mut [u8]);

/// A source of random bytes and of time-ordered ids.
#[derive(Debug, Clone)]
pub enum Random {
    /// Bytes from the operating system.
    Os(FillBytes),
    /// A repeatable stream for tests (SplitMix64); never for keys.
    Seeded(Arc<Mutex<u64>>),
}

impl Random {
    /// A repeatable stream.
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(Mutex::new(seed)))
    }

    /// Fills `out`.
    pub fn fill(&self, out: &mut [u8]) {
        match self {
            Self::Os(fill) => fill(out),
            Self::Seeded(state) => {
                let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
                for chunk in out.chunks_mut(8) {
                    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
                    let mut z = *state;
                    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
                    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
                    chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
                }
            }
        }
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// A fresh UUIDv7 (RFC 9562) stamped with the clock's time.
    pub fn id<K>(&self, clock: &Clock) -> Id<K> {
        let millis = u64::try_from(clock.now().micros() / 1000).unwrap_or(0);
        Id::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()).into_uuid())
    }
}
