//! Ranges of network addresses, such as `10.0.0.0/8`, for proxies that are believed.

use std::net::IpAddr;
use std::str::FromStr;

/// A range of addresses in CIDR form (RFC 4632, RFC 4291); a single address is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpRange {
    first: IpAddr,
    bits: u32,
}

impl IpRange {
    /// Whether the address lies in the range; IPv4 inside IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address.to_canonical()) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let kept = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                u32::from(first) & kept == u32::from(address) & kept
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let kept = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                u128::from(first) & kept == u128::from(address) & kept
            }
            _ => false,
        }
    }
}

impl FromStr for IpRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("“{text}” is no address range such as 10.0.0.0/8 or 192.168.1.5");
        let (address, bits) = text.trim().split_once('/').map_or((text.trim(), None), |(a, b)| (a, Some(b)));
        let first: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| wrong())?;
        if bits > most {
            return Err(wrong());
        }
        Ok(Self { first, bits })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_what_they_say() {
        let holds = |range: &str, address: &str| {
            range.parse::<IpRange>().expect("a range").contains(address.parse().expect("an address"))
        };
        assert!(holds("10.0.0.0/8", "10.255.1.2") && !holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("192.168.1.5", "192.168.1.5") && !holds("192.168.1.5", "192.168.1.6"));
        assert!(holds("0.0.0.0/0", "203.0.113.9") && !holds("0.0.0.0/0", "2001:db8::1"));
        assert!(holds("2001:db8::/32", "2001:db8:1::1") && holds("10.0.0.0/8", "::ffff:10.1.2.3"));
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/-1", "all"] {
            assert!(wrong.parse::<IpRange>().is_err(), "{wrong}");
        }
    }
}
