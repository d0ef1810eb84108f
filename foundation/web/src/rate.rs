//! How often one asker may call: a budget of a minute for each account, outside system and network, kept in memory.
//!
//! Whoever is known counts for himself alone, so nobody can use up another's budget: a signed-in person or a registered
//! system is never counted by address, and a stranger is counted by his own network only. On several processes each has
//! its own budgets.

use crate::refusals;
use base::{Refusal, Timestamp};
use platform::access::{Principal, PrincipalKind};
use platform::config::Limits;
use platform::telemetry::Metrics;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Askers remembered in one generation; two generations are kept, so memory stays under about 4 MB.
const MOST: usize = 1 << 15;
const MINUTE: i64 = 60_000_000_000;

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Asker {
    Account(platform::accounts::AccountId),
    System(platform::accounts::SystemId),
    /// A request with an HTTP message signature that is checked later; at the rate of systems, for its own network.
    Signed(u64),
    Address(u64),
}

/// The moment at which an asker's budget is whole again, in nanoseconds (the generic cell rate algorithm, ITU-T I.371).
type Whole = i64;

/// Two generations: when the younger is full, the older is forgotten. A newcomer therefore always starts with his own
/// budget, however many addresses somebody else brings along.
#[derive(Default)]
struct Generations {
    young: HashMap<Asker, Whole>,
    old: HashMap<Asker, Whole>,
}

/// The budgets of this process.
#[derive(Default)]
pub(crate) struct Rates {
    kept: Mutex<Generations>,
}

impl Rates {
    /// Counts one request; refused while the asker's budget of a minute is used up. A request without an address (inside
    /// the process) and without a principal is not counted.
    pub(crate) fn charge(
        &self,
        limits: &Limits,
        metrics: &Metrics,
        principal: Option<&Principal>,
        signed: bool,
        address: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (asker, limit, of) = match principal.map(|p| &p.kind) {
            Some(PrincipalKind::Person { account, .. }) => {
                (Asker::Account(*account), limits.account_requests_per_minute, "account")
            }
            Some(PrincipalKind::System { system, .. }) => {
                (Asker::System(*system), limits.system_requests_per_minute, "system")
            }
            _ => match address {
                Some(ip) if signed => (Asker::Signed(network(ip)), limits.system_requests_per_minute, "signed"),
                Some(ip) => (Asker::Address(network(ip)), limits.address_requests_per_minute, "address"),
                None => return Ok(()),
            },
        };
        if limit == 0 {
            return Ok(());
        }
        self.take(asker, i64::from(limit), now).map_err(|seconds| {
            metrics.count("lienthong_http_limited_total", &[("of", of)], 1);
            Refusal::new(&refusals::TOO_MANY).with("limit", limit).with("seconds", seconds).with("retry_after", seconds)
        })
    }

    /// Takes one request out of the asker's budget, or says after how many seconds there is room.
    fn take(&self, asker: Asker, limit: i64, now: Timestamp) -> Result<(), i64> {
        let now = now.micros().saturating_mul(1000);
        let one = (MINUTE / limit).max(1);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.young.get(&asker).or_else(|| kept.old.get(&asker)).copied();
        // A clock that was set back must not hold anybody up for longer than a minute.
        let whole = known.unwrap_or(now).clamp(now, now + MINUTE);
        if whole + one > now + MINUTE {
            let wait = whole + one - now - MINUTE;
            return Err((wait + 999_999_999) / 1_000_000_000);
        }
        if kept.young.len() >= MOST && !kept.young.contains_key(&asker) {
            kept.old = std::mem::take(&mut kept.young);
        }
        kept.young.insert(asker, whole + one);
        Ok(())
    }
}

/// The network of an address: an IPv4 address alone, an IPv6 address with its /64, which one subscriber has for himself.
fn network(address: IpAddr) -> u64 {
    match address.to_canonical() {
        // ::/96 is no subscriber's network, so the two never meet.
        IpAddr::V4(v4) => u64::from(v4.to_bits()),
        IpAddr::V6(v6) => u64::try_from(v6.to_bits() >> 64).unwrap_or(u64::MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(1_700_000_000_000_000 + seconds * 1_000_000)
    }

    #[test]
    fn a_budget_is_used_up_and_comes_back() {
        let rates = Rates::default();
        let take = |who: u64, now| rates.take(Asker::Address(who), 60, now);
        for _ in 0..60 {
            assert_eq!(take(1, at(0)), Ok(()));
        }
        assert_eq!(take(1, at(0)), Err(1));
        assert_eq!(take(2, at(0)), Ok(()), "somebody else has a budget of his own");
        assert_eq!(take(1, at(1)), Ok(()));
        assert_eq!(take(1, at(1)), Err(1), "one a second, not a whole minute's at once");
        assert_eq!(take(1, at(-3600)), Err(1), "a clock set back holds nobody up for longer");
        for _ in 0..60 {
            assert_eq!(take(1, at(100)), Ok(()));
        }
        for _ in 0..2 {
            assert_eq!(rates.take(Asker::Address(3), 2, at(0)), Ok(()));
        }
        assert_eq!(rates.take(Asker::Address(3), 2, at(0)), Err(30));
    }

    #[test]
    fn memory_is_bounded_and_a_flood_of_addresses_shuts_nobody_out() {
        let rates = Rates::default();
        for who in 0..200_000 {
            assert_eq!(rates.take(Asker::Address(who), 1, at(0)), Ok(()), "a newcomer is always let in");
        }
        let kept = rates.kept.lock().unwrap();
        assert!(kept.young.len() <= MOST && kept.old.len() <= MOST);
    }

    #[test]
    fn networks() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
        assert_ne!(of("10.0.0.2"), of("10.0.0.1"));
    }
}
