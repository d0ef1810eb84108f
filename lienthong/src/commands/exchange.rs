//! `exchange send FILE.edxml --as CODE`: hands a file to the exchange as an agency of this server.

use super::{Out, parse_agency};
use base::Text;
use exchange::accept;
use platform::access::{Principal, PrincipalKind};
use platform::ledger::Actor;
use platform::{Error, Platform, Result, directory};
use std::path::Path;
use tokio_util::io::ReaderStream;

/// Sends the file and prints the signed receipt; a refusal prints its receipt too and ends with code 1.
pub async fn send(platform: &Platform, file: &Path, agency: &str, out: &Out) -> Result<u8> {
    let code = parse_agency(agency)?;
    let (asked, today) = (code.clone(), platform.now().local_date());
    let sender = platform.db().read(move |tx| directory::agency_require(tx, &asked, today)).await?;
    let operator = Principal {
        actor: Actor::Server,
        kind: PrincipalKind::System { system: platform.new_id(), agencies: vec![code.clone()] },
        agency: code,
        agency_name: sender.name,
        unit: None,
        roles: Vec::new(),
        delegated: Vec::new(),
        name: "operator".to_owned(),
        title: Text::fixed("Người vận hành", "Operator"),
    };
    let source = tokio::fs::File::open(file)
        .await
        .map_err(|e| Error::Unavailable(format!("cannot read {}: {e}", file.display())))?;
    let limit = platform.config().limits.package_bytes;
    match accept(platform, &operator, ReaderStream::new(source), limit).await {
        Ok(accepted) => {
            out.line(pretty(&accepted.receipt)?);
            Ok(0)
        }
        Err(rejected) => {
            if let Some(receipt) = &rejected.receipt {
                out.line(pretty(receipt)?);
            }
            Err(rejected.error)
        }
    }
}

fn pretty(receipt: &serde_json::Value) -> Result<String> {
    serde_json::to_string_pretty(receipt).map_err(|e| Error::fault("print the receipt", e))
}
