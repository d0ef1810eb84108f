//! A signature is a request that waits: the token or the phone may be far away. It is signed, declined, cancelled or lapses.

use crate::refusals;
use base::{Refusal, Timestamp};
use serde::{Deserialize, Serialize};

/// How long a request waits before it lapses, in seconds (ten days: longer than any leader's absence without a deputy).
pub const LIFETIME_SECONDS: i64 = 10 * 86_400;

/// How a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Waits for the signer.
    Waiting,
    /// Signed.
    Signed,
    /// Taken back by whoever asked, or declined by the signer.
    Cancelled,
    /// Lapsed.
    Expired,
}

impl State {
    /// Stable word in the database and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Signed => "signed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// Reads the stable word.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Waiting, Self::Signed, Self::Cancelled, Self::Expired].into_iter().find(|s| s.code() == code)
    }
}

/// What the rules need to know of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningRequest {
    /// Its state as stored.
    pub state: State,
    /// Id of the person who is to sign.
    pub signer: String,
    /// Id of the person who asked.
    pub requested_by: String,
    /// When it lapses.
    pub expires_at: Timestamp,
}

impl SigningRequest {
    /// The state at `now`: what only the passing of time makes true is computed when asked.
    pub fn state_at(&self, now: Timestamp) -> State {
        if self.state == State::Waiting && now >= self.expires_at { State::Expired } else { self.state }
    }

    /// Whether this person may sign now.
    pub fn may_sign(&self, person: &str, now: Timestamp) -> Result<(), Refusal> {
        self.open(now)?;
        if self.signer == person { Ok(()) } else { Err(Refusal::new(&refusals::NOT_THE_SIGNER)) }
    }

    /// Whether this person may end the request: the asker takes it back, the signer declines.
    pub fn may_end(&self, person: &str, now: Timestamp) -> Result<(), Refusal> {
        match self.state_at(now) {
            State::Waiting | State::Expired => {}
            other => return Err(closed(other)),
        }
        if self.signer == person || self.requested_by == person {
            Ok(())
        } else {
            Err(Refusal::new(&refusals::NOT_YOUR_REQUEST))
        }
    }

    fn open(&self, now: Timestamp) -> Result<(), Refusal> {
        match self.state_at(now) {
            State::Waiting => Ok(()),
            other => Err(closed(other)),
        }
    }
}

fn closed(state: State) -> Refusal {
    match state {
        State::Expired => Refusal::new(&refusals::REQUEST_EXPIRED),
        State::Signed => Refusal::new(&refusals::ALREADY_SIGNED),
        State::Cancelled | State::Waiting => Refusal::new(&refusals::REQUEST_CANCELLED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(state: State) -> SigningRequest {
        SigningRequest {
            state,
            signer: "leader".into(),
            requested_by: "clerk".into(),
            expires_at: Timestamp::from_micros(1000),
        }
    }
    const BEFORE: Timestamp = Timestamp::from_micros(999);
    const AFTER: Timestamp = Timestamp::from_micros(1000);

    #[test]
    fn only_the_person_named_and_only_while_it_waits() {
        assert!(request(State::Waiting).may_sign("leader", BEFORE).is_ok());
        let code = |r: Result<(), Refusal>| r.unwrap_err().code.code;
        assert_eq!(code(request(State::Waiting).may_sign("clerk", BEFORE)), "office.signing.not-the-signer");
        assert_eq!(code(request(State::Waiting).may_sign("leader", AFTER)), "office.signing.expired");
        assert_eq!(code(request(State::Signed).may_sign("leader", BEFORE)), "office.signing.already-signed");
        assert_eq!(code(request(State::Cancelled).may_sign("leader", BEFORE)), "office.signing.cancelled");
    }

    #[test]
    fn the_asker_or_the_signer_may_end_it() {
        for person in ["leader", "clerk"] {
            assert!(request(State::Waiting).may_end(person, BEFORE).is_ok());
            assert!(request(State::Waiting).may_end(person, AFTER).is_ok(), "a lapsed request can be cleared away");
        }
        assert!(request(State::Waiting).may_end("other", BEFORE).is_err());
        assert!(request(State::Signed).may_end("leader", BEFORE).is_err());
    }
}
