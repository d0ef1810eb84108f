//! Handing in a package from a file, as `lienthong exchange send FILE.edxml --as CODE` does.

use super::accept::{Accepted, Rejected, accept};
use base::Text;
use base::agency_code::AgencyCode;
use bytes::Bytes;
use platform::access::{Principal, PrincipalKind};
use platform::ledger::Actor;
use platform::{Error, Platform};
use std::path::Path;
use tokio::io::AsyncReadExt;

/// Bytes read at a time.
const CHUNK: usize = 64 << 10;

/// Hands in the package in `file` for the agency `code`, whose files the operator of this server sends. The same checks
/// and the same receipt as over the network; `Rejected` carries the receipt of a refusal.
pub async fn send_file(platform: &Platform, file: &Path, code: &AgencyCode) -> Result<Accepted, Rejected> {
    let opened =
        tokio::fs::File::open(file).await.map_err(|e| Error::Unavailable(format!("{}: {e}", file.display())))?;
    let body = futures_util::stream::try_unfold(opened, |mut file| async move {
        let mut chunk = vec![0; CHUNK];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(chunk), file)))
    });
    accept(platform, &sender(platform, code), body, platform.config().limits.package_bytes).await
}

/// Whoever may give commands to this server acts for the agency named, and for no other.
fn sender(platform: &Platform, code: &AgencyCode) -> Principal {
    Principal {
        actor: Actor::Server,
        kind: PrincipalKind::System { system: platform.new_id(), agencies: vec![code.clone()] },
        agency: code.clone(),
        agency_name: Text::new(code.canonical().to_owned(), code.canonical().to_owned()),
        unit: None,
        roles: Vec::new(),
        delegated: Vec::new(),
        name: "lienthong exchange send".to_owned(),
        title: Text::fixed("", ""),
    }
}
