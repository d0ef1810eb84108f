//! Where requests to other servers may go, and the refusal of an address beyond.

use super::refusals;
use base::Refusal;
use platform::outbound::Reach;
use platform::{Platform, Result};

/// Refuses a URL whose host is an address that may not be called; names are checked when they are looked up.
pub(super) fn check(platform: &Platform, url: &str) -> Result<()> {
    if Reach::of(platform.config())?.permits_url(url) {
        return Ok(());
    }
    Err(Refusal::new(&refusals::URL).with("url", url).into())
}
