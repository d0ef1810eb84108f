//! Lock-out with back-off that cannot be used against a victim: failures count for the pair of account and network, and for
//! the network; never for the account alone. A device that signed in before has a count of its own.

use super::refusals::TOO_MANY_FAILURES;
use crate::db::Tx;
use crate::error::Result;
use base::{Refusal, Timestamp};
use std::net::IpAddr;

/// How failures at one sort of place are held up.
struct Rule {
    /// Failures that cost nothing.
    free: i64,
    /// The longest wait, in seconds.
    longest: i64,
}

/// One account from one network.
const PAIR: Rule = Rule { free: 5, longest: 15 * 60 };
/// One network, all accounts: an office behind one address types wrong passwords every morning.
const NETWORK: Rule = Rule { free: 50, longest: 60 };
/// One known device of the account.
const DEVICE: Rule = Rule { free: 10, longest: 15 * 60 };

/// Failures older than this are forgotten, in seconds.
const FORGET: i64 = 60 * 60;

/// The places at which one attempt counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// The account with the network, or the known device.
    own: String,
    /// The network; none for a known device.
    network: Option<String>,
    known_device: bool,
}

impl Places {
    /// The places of an attempt on the (folded) user name from `address`; `device` is the stored id of a device on which
    /// the account signed in before.
    pub fn new(username_key: &str, address: Option<IpAddr>, device: Option<&str>) -> Self {
        let network = network_of(address);
        match device {
            Some(device) => Self { own: format!("device {device}"), network: None, known_device: true },
            None => Self {
                own: format!("pair {network} {username_key}"),
                network: Some(format!("network {network}")),
                known_device: false,
            },
        }
    }

    fn rules(&self) -> impl Iterator<Item = (&str, &'static Rule)> {
        let own = if self.known_device { &DEVICE } else { &PAIR };
        std::iter::once((self.own.as_str(), own)).chain(self.network.as_deref().map(|place| (place, &NETWORK)))
    }
}

/// The network of an address: an IPv4 address alone, an IPv6 address with its /64, which one subscriber has for himself.
fn network_of(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(v4)) => v4.to_string(),
        Some(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        None => "unknown".to_owned(),
    }
}

/// Counts an attempt *before* it is checked, so that many at once do not slip through; refused while a wait lasts.
/// Answers whether this attempt begins a wait.
pub fn throttle_charge(tx: &Tx<'_>, now: Timestamp, places: &Places) -> Result<bool> {
    let mut begins = false;
    for (place, rule) in places.rules() {
        let forget = now.plus_seconds(-FORGET);
        // The count is taken first and the wait read with it: on an engine with many writers the row's lock makes the
        // attempts queue up, and a refusal takes its own count back.
        let row = tx.query_one(
            "INSERT INTO accounts_throttle (place, failures, last_failure_at, blocked_until) VALUES ($1, 1, $2, 0)
             ON CONFLICT (place) DO UPDATE SET last_failure_at = $2,
               failures = CASE WHEN accounts_throttle.last_failure_at < $3 THEN 1
                               ELSE accounts_throttle.failures + 1 END
             RETURNING failures, blocked_until",
            &[&place, &now, &forget],
        )?;
        let (failures, blocked): (i64, Timestamp) = (row.get(0)?, row.get(1)?);
        if blocked > now {
            let seconds = (blocked.since(now) + 999_999) / 1_000_000;
            return Err(Refusal::new(&TOO_MANY_FAILURES).with("seconds", seconds).with("retry_after", seconds).into());
        }
        let wait = wait_seconds(rule, failures);
        if wait > 0 {
            tx.execute(
                "UPDATE accounts_throttle SET blocked_until = $2 WHERE place = $1",
                &[&place, &now.plus_seconds(wait)],
            )?;
            begins = true;
        }
    }
    Ok(begins)
}

/// The wait after so many failures, in seconds: none for the free ones, then 2, 4, 8 … up to the longest.
fn wait_seconds(rule: &Rule, failures: i64) -> i64 {
    let over = failures - rule.free + 1;
    if over <= 0 { 0 } else { rule.longest.min(1 << over.min(20)) }
}

/// The attempt was right: its count is taken back, and the own count starts again.
pub fn throttle_release(tx: &Tx<'_>, places: &Places) -> Result<()> {
    tx.execute("DELETE FROM accounts_throttle WHERE place = $1", &[&places.own])?;
    if let Some(network) = &places.network {
        tx.execute(
            "UPDATE accounts_throttle SET failures = failures - 1, blocked_until = 0 WHERE place = $1 AND failures > 0",
            &[network],
        )?;
    }
    Ok(())
}

/// Forgets places where nothing failed for long; answers how many.
pub fn throttle_sweep(tx: &Tx<'_>, now: Timestamp) -> Result<u64> {
    tx.execute("DELETE FROM accounts_throttle WHERE last_failure_at < $1", &[&now.plus_seconds(-FORGET)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_bounded() {
        let waits: Vec<i64> = (1..=20).map(|failures| wait_seconds(&PAIR, failures)).collect();
        assert_eq!(&waits[..8], [0, 0, 0, 0, 2, 4, 8, 16]);
        assert_eq!(waits[19], 900);
    }

    #[test]
    fn an_ipv6_subscriber_is_one_network() {
        let places = |text: &str| Places::new("an", Some(text.parse().unwrap()), None);
        assert_eq!(places("2001:db8:1:2::1"), places("2001:db8:1:2:ffff::9"));
        assert_ne!(places("2001:db8:1:2::1"), places("2001:db8:1:3::1"));
        assert_eq!(places("::ffff:10.0.0.1"), places("10.0.0.1"));
    }
}
