//! `exchange send FILE.edxml --as CODE`: hands a file to the exchange as an agency of this server.

use super::{Out, parse_agency};
use platform::{Error, Platform, Result};
use std::path::Path;

/// Sends the file and prints the signed receipt; a refusal prints its receipt too and ends with code 1.
pub async fn send(platform: &Platform, file: &Path, agency: &str, out: &Out) -> Result<u8> {
    match exchange::send_file(platform, file, &parse_agency(agency)?).await {
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
