//! What must be asked of others about certificates: OCSP answers (RFC 6960), revocation lists (RFC 5280).
//!
//! Addresses stand in certificates that strangers send, so only certificates that lead to a trusted root are asked about,
//! never an address of this machine (`local_peers`), and no more than a few, for a few seconds.

use crate::Platform;
use crate::error::Result;
use crate::outbound::Reach;
use base::Timestamp;
use futures_util::StreamExt as _;
use signatures::algorithms::AlgorithmPolicy;
use signatures::path::{self, Moment, Purpose, Rules};
use signatures::{Certificate, Evidence, TrustList, revocation};
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

/// Certificates asked about for one file.
const MOST_ASKED: usize = 12;
/// How long one other side may say nothing.
const SILENCE: Duration = Duration::from_secs(5);
/// How long all of the asking may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Largest revocation list that is fetched, bytes.
const LARGEST_LIST: usize = 32 << 20;
/// Largest other answer, bytes.
const LARGEST_ANSWER: usize = 1 << 20;
/// Revocation lists that are remembered until their next issue, bytes together.
const REMEMBERED: usize = 128 << 20;

/// A revocation list, and when its next issue is due.
type Fetched = (Vec<u8>, Timestamp);

/// Lists fetched before, by address.
static LISTS: LazyLock<Mutex<HashMap<String, Fetched>>> = LazyLock::new(Mutex::default);

/// Asks about the revocation of every certificate on a path from one of `found` (what came with a file) to a trusted
/// root. What nobody answers is left out: the report then says that it is not known. Nothing is asked where
/// `signatures.online` is off.
pub async fn evidence(platform: &Platform, found: &[Certificate], trust: &TrustList) -> Evidence {
    if !platform.config().signatures.online {
        return Evidence::default();
    }
    let steps = steps(found, trust, platform.now());
    match tokio::time::timeout(PATIENCE, ask(platform, &steps)).await {
        Ok(Ok(evidence)) => evidence,
        Ok(Err(error)) => {
            tracing::warn!(%error, "revocation could not be asked for");
            Evidence::default()
        }
        Err(_) => {
            tracing::warn!("asking about revocation took too long");
            Evidence::default()
        }
    }
}

/// Each certificate of a good path below its root, with its issuer.
fn steps(found: &[Certificate], trust: &TrustList, now: Timestamp) -> Vec<(Certificate, Certificate)> {
    let policy = AlgorithmPolicy::default();
    let mut steps: Vec<(Certificate, Certificate)> = Vec::new();
    for end in found.iter().filter(|certificate| !certificate.is_authority()) {
        for purpose in [Purpose::Documents, Purpose::TimeStamps] {
            let moment = Moment { at: now, proven: false, claimed: None };
            let path = path::find(end, found, Rules { trust, policy: &policy, moment, purpose });
            if path.anchor.is_none() {
                continue;
            }
            for (certificate, issuer) in path.steps() {
                if steps.len() < MOST_ASKED && !steps.iter().any(|(known, _)| known == certificate) {
                    steps.push((certificate.clone(), issuer.clone()));
                }
            }
        }
    }
    steps
}

async fn ask(platform: &Platform, steps: &[(Certificate, Certificate)]) -> Result<Evidence> {
    let mut evidence = Evidence::default();
    let client = client(platform)?;
    for (certificate, issuer) in steps {
        let addresses = certificate.addresses();
        let request = revocation::ocsp_request(certificate, issuer, None);
        let mut answered = false;
        for url in addresses.ocsp.iter().take(2) {
            let post = client.post(url).header("content-type", "application/ocsp-request").body(request.clone());
            if let Some(answer) = fetch(platform, url, post, LARGEST_ANSWER).await
                && revocation::read_ocsp(&answer).is_ok()
            {
                evidence.ocsp.push(answer);
                answered = true;
                break;
            }
        }
        for url in addresses.crls.iter().take(2).filter(|_| !answered) {
            if let Some(list) = list(platform, &client, url).await {
                evidence.crls.push(list);
                break;
            }
        }
    }
    Ok(evidence)
}

/// A revocation list, remembered until its next issue.
async fn list(platform: &Platform, client: &reqwest::Client, url: &str) -> Option<Vec<u8>> {
    let now = platform.now();
    let known = LISTS.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned();
    if let Some((list, _)) = known.filter(|(_, until)| *until > now) {
        return Some(list);
    }
    let list = fetch(platform, url, client.get(url), LARGEST_LIST).await?;
    let info = revocation::read_crl(&list).ok()?;
    if let Some(until) = info.next_update {
        let mut lists = LISTS.lock().unwrap_or_else(PoisonError::into_inner);
        if lists.values().map(|(list, _)| list.len()).sum::<usize>() + list.len() > REMEMBERED {
            lists.clear();
        }
        lists.insert(url.to_owned(), (list.clone(), until));
    }
    Some(list)
}

fn client(platform: &Platform) -> Result<reqwest::Client> {
    let (reach, settings) = (Reach::of(platform.config())?, &platform.config().signatures);
    match settings.proxy.as_str() {
        "" => reach.client(SILENCE),
        proxy => reach.client_by_proxy(SILENCE, proxy),
    }
}

/// The body of a good answer; what went wrong is logged by its kind, for the address is a stranger's.
async fn fetch(platform: &Platform, url: &str, request: reqwest::RequestBuilder, most: usize) -> Option<Vec<u8>> {
    if !Reach::of(platform.config()).is_ok_and(|reach| reach.permits_url(url)) {
        tracing::warn!("a certificate names an address that is not called");
        return None;
    }
    match body(request, most).await {
        Ok(body) => Some(body),
        Err(why) => {
            tracing::info!(why, "an authority did not answer about revocation");
            None
        }
    }
}

async fn body(request: reqwest::RequestBuilder, most: usize) -> std::result::Result<Vec<u8>, String> {
    let answer = request.send().await.map_err(|e| e.without_url().to_string())?;
    if !answer.status().is_success() {
        return Err(format!("status {}", answer.status().as_u16()));
    }
    let mut out = Vec::new();
    let mut stream = answer.bytes_stream();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|e| e.without_url().to_string())?;
        if out.len() + piece.len() > most {
            return Err("larger than allowed".to_owned());
        }
        out.extend_from_slice(&piece);
    }
    Ok(out)
}
