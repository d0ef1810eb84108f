//! The promises, counted: acknowledged packages there exactly once, nothing half-stored, ledger and figures verified.

use crate::load::{Fate, Packages, client, hand_in};
use crate::server::{self, Place};
use crate::verdict::{Result, Verdict};
use crate::world::RECIPIENTS;
use platform::db::Db;
use reqwest::{Client, StatusCode};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

/// Packages whose bytes are fetched and compared in each round; of the others the digest is compared.
const COMPARED: usize = 3;

/// What must never be there, each with the statement that counts it.
const HALVES: &[(&str, &str)] = &[
    (
        "deliveries without their package",
        "SELECT COUNT(*) FROM exchange_delivery d WHERE NOT EXISTS (SELECT 1 FROM exchange_package p WHERE p.id = d.package_id)",
    ),
    (
        "packages without a delivery",
        "SELECT COUNT(*) FROM exchange_package p WHERE NOT EXISTS (SELECT 1 FROM exchange_delivery d WHERE d.package_id = p.id)",
    ),
    (
        "packages without exactly one receipt",
        "SELECT COUNT(*) FROM exchange_package p WHERE 1 <> (SELECT COUNT(*) FROM exchange_receipt r WHERE r.package_id = p.id)",
    ),
    (
        "receipts of acceptance without a package or status",
        "SELECT COUNT(*) FROM exchange_receipt r WHERE r.outcome = 'accepted' AND r.status_id IS NULL \
         AND NOT EXISTS (SELECT 1 FROM exchange_package p WHERE p.id = r.package_id)",
    ),
    (
        "packages without their attachment",
        "SELECT COUNT(*) FROM exchange_package p WHERE NOT EXISTS (SELECT 1 FROM exchange_attachment a WHERE a.package_id = p.id)",
    ),
    (
        "attachments without a stored content",
        "SELECT COUNT(*) FROM exchange_attachment a WHERE NOT EXISTS (SELECT 1 FROM blob_object o WHERE o.sha256 = a.sha256)",
    ),
    (
        "contents that nothing names and nobody will collect",
        "SELECT COUNT(*) FROM blob_object o WHERE o.condemned_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM blob_reference r WHERE r.sha256 = o.sha256)",
    ),
    (
        "references to contents held for a package that is not there",
        "SELECT COUNT(*) FROM blob_reference r WHERE r.owner_kind = 'exchange.package' \
         AND NOT EXISTS (SELECT 1 FROM exchange_package p WHERE p.id = r.owner_id)",
    ),
    (
        "references to contents held for a delivery that is not there",
        "SELECT COUNT(*) FROM blob_reference r WHERE r.owner_kind = 'exchange.delivery' \
         AND NOT EXISTS (SELECT 1 FROM exchange_delivery d WHERE d.id = r.owner_id)",
    ),
];

/// Reads one number from a server's database, whether the server runs or not.
pub async fn count(place: &Place, sql: &'static str) -> Result<i64> {
    let db = match &place.database {
        Some(url) => Db::open_postgres(url),
        None => Db::open_sqlite(&place.data.join("lienthong.db")),
    };
    let db = db.map_err(|e| e.to_string())?;
    let counted = db.read(move |tx| tx.query_one(sql, &[])?.get::<i64>(0)).await.map_err(|e| e.to_string());
    db.close().await;
    counted
}

/// Nothing is half-stored.
pub async fn nothing_half_stored(verdict: &Verdict, place: &Place) -> Result<()> {
    for (what, sql) in HALVES {
        let found = count(place, sql).await?;
        verdict.hold(found == 0, || format!("{found} {what}"));
    }
    Ok(())
}

/// `lienthong verify` finds nothing.
pub async fn verifies(verdict: &Verdict, program: &Path, place: &Place) -> Result<()> {
    let said = server::run(program, place, &["verify"]).await?;
    verdict.hold(said.code == Some(0), || format!("verify ended with {:?}: {}", said.code, said.text.trim()));
    Ok(())
}

/// Numbers of the packages that were acknowledged.
pub fn acknowledged(fates: &BTreeMap<usize, Fate>) -> Vec<usize> {
    fates.iter().filter(|(_, fate)| matches!(fate, Fate::Acknowledged(_))).map(|(number, _)| *number).collect()
}

/// Every acknowledged package can be fetched by the id in its receipt, and is what was sent.
pub async fn acknowledged_are_there(
    verdict: &Verdict,
    (url, token): (&str, &str),
    packages: &Packages,
    fates: &BTreeMap<usize, Fate>,
) -> Result<()> {
    let client = client();
    let mut compared = 0;
    for (number, fate) in fates {
        let Fate::Acknowledged(receipt) = fate else { continue };
        let id = receipt["package_id"].as_str().unwrap_or_default();
        let document = packages.id(*number);
        verdict.hold(receipt["sha256"] == packages.sha256(*number), || {
            format!("{document}: the receipt names other bytes")
        });
        let (status, found) = get(&client, url, token, &format!("/api/v1/exchange/packages/{id}")).await?;
        verdict.hold(status == StatusCode::OK && found["document_id"] == document.as_str(), || {
            format!("{document} was acknowledged and is not there: {status} {found}")
        });
        if compared < COMPARED || number % 16 == 3 && compared < 2 * COMPARED {
            compared += 1;
            let content =
                client.get(format!("{url}/api/v1/exchange/packages/{id}/content")).bearer_auth(token).send().await;
            let content = match content {
                Ok(answer) => answer.bytes().await.map_err(|e| e.to_string())?,
                Err(e) => return Err(format!("fetch {document}: {e}")),
            };
            verdict.hold(content == packages.bytes(*number), || format!("{document}: other bytes come back"));
        }
    }
    Ok(())
}

/// Repeats every package that was not acknowledged; each must be taken now.
pub async fn repeat(
    verdict: &Verdict,
    (url, token): (&str, &str),
    packages: &Packages,
    fates: &mut BTreeMap<usize, Fate>,
) -> usize {
    let client = client();
    let mut repeated = 0;
    for (number, fate) in fates.iter_mut() {
        if !matches!(fate, Fate::Acknowledged(_)) {
            repeated += 1;
            *fate = hand_in(&client, url, token, packages.bytes(*number)).await;
            verdict.hold(matches!(fate, Fate::Acknowledged(_)), || {
                format!("{} is not taken when repeated: {fate}", packages.id(*number))
            });
        }
    }
    repeated
}

async fn get(client: &Client, url: &str, token: &str, path: &str) -> Result<(StatusCode, Value)> {
    let answer =
        client.get(format!("{url}{path}")).bearer_auth(token).header("accept", "application/json").send().await;
    let answer = answer.map_err(|e| format!("{path}: {e}"))?;
    let status = answer.status();
    let text = answer.text().await.map_err(|e| format!("{path}: {e}"))?;
    Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
}

/// Reads the inboxes of the recipients from where they were left.
#[derive(Default)]
pub struct Inboxes {
    after: BTreeMap<&'static str, i64>,
}

impl Inboxes {
    /// Every document of `expected` reaches every recipient exactly once, and nothing else does. Answers how long the
    /// last took to appear.
    pub async fn exactly(
        &mut self,
        verdict: &Verdict,
        (url, token): (&str, &str),
        expected: &BTreeSet<String>,
        patience: Duration,
    ) -> Result<Duration> {
        let client = client();
        let begun = Instant::now();
        for code in RECIPIENTS {
            let mut seen: BTreeMap<String, usize> = BTreeMap::new();
            let mut complete = false;
            loop {
                let after = *self.after.get(code).unwrap_or(&0);
                let path = format!("/api/v1/exchange/inbox?agency={code}&after={after}&kind=document");
                let (status, page) = get(&client, url, token, &path).await?;
                if !status.is_success() {
                    return Err(format!("{path}: {status} {page}"));
                }
                let items = page["items"].as_array().cloned().unwrap_or_default();
                for item in &items {
                    *seen.entry(item["document_id"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
                }
                self.after.insert(code, page["next"].as_i64().unwrap_or(after));
                if !items.is_empty() {
                    continue;
                }
                if complete {
                    break;
                }
                if expected.iter().all(|document| seen.contains_key(document)) {
                    // Once more: a second copy would come now.
                    complete = true;
                    continue;
                }
                if begun.elapsed() > patience {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            let missing: Vec<&String> = expected.iter().filter(|document| !seen.contains_key(*document)).collect();
            let doubled: Vec<&String> = seen.iter().filter(|(_, times)| **times > 1).map(|(d, _)| d).collect();
            let strange: Vec<&String> = seen.keys().filter(|document| !expected.contains(*document)).collect();
            verdict.hold(missing.is_empty(), || {
                format!("{code} lacks {} documents: {:?}", missing.len(), first(&missing))
            });
            verdict.hold(doubled.is_empty(), || {
                format!("{code} has {} documents twice: {:?}", doubled.len(), first(&doubled))
            });
            verdict.hold(strange.is_empty(), || {
                format!("{code} has {} unsent documents: {:?}", strange.len(), first(&strange))
            });
        }
        Ok(begun.elapsed())
    }
}

fn first<'a>(names: &[&'a String]) -> Vec<&'a String> {
    names.iter().take(5).copied().collect()
}
