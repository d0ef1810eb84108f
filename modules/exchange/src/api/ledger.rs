//! What the public may see of the ledger: keys, checkpoint, hash tiles (C2SP tlog-tiles); entries are not among it.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use platform::ledger;
use platform::{Error, Result, Tx};
use web::{App, Failure};

/// The keys that verify receipts, seals and (Ed25519) the ledger's checkpoints of this server (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "exchange",
    responses((status = 200, content_type = "application/jwk-set+json", body = Object)))]
pub async fn jwks(State(app): State<App>) -> Result<Response, Failure> {
    let keys = app.platform().signing().jwks().await?;
    let mut response = axum::Json(keys).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/jwk-set+json"));
    Ok(response)
}

/// The latest signed checkpoint (C2SP tlog-checkpoint).
#[utoipa::path(get, path = "/ledger/checkpoint", tag = "ledger",
    responses((status = 200, content_type = "text/plain", body = String), (status = 404, body = web::problem::Problem)))]
pub async fn checkpoint(State(app): State<App>) -> Result<Response, Failure> {
    let note = app.platform().db().read(latest).await?.ok_or(Error::NotFound("checkpoint"))?;
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, note).into_response())
}

/// The latest signed checkpoint; `None` before the first.
pub fn latest(tx: &Tx<'_>) -> Result<Option<String>> {
    Ok(ledger::latest_checkpoint(tx)?.map(|checkpoint| checkpoint.note))
}

/// A tile of hashes at a level (C2SP tlog-tiles: `x001/234`, `234.p/17`).
#[utoipa::path(get, path = "/ledger/tile/{level}/{path}", tag = "ledger",
    params(("level" = u32, Path, description = "0–63"), ("path" = String, Path, description = "x001/234 or 234.p/17")),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
              (status = 404, body = web::problem::Problem)))]
pub async fn tile(State(app): State<App>, Path((level, path)): Path<(u32, String)>) -> Result<Response, Failure> {
    let (number, width) =
        ledger::tiles::parse_number_path(&path).filter(|_| level < 64).ok_or(Error::NotFound("tile"))?;
    let bytes = app
        .platform()
        .db()
        .read(move |tx| ledger::tiles::tile_bytes(tx, level, number, width))
        .await?
        .ok_or(Error::NotFound("tile"))?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, bytes).into_response())
}

/// The latest checkpoint and the proof that entry `sequence` stands in it; `None` while it is not covered yet.
pub(crate) fn inclusion(tx: &Tx<'_>, sequence: Option<i64>) -> Result<Option<(String, Vec<String>)>> {
    let (Some(sequence), Some(note)) = (sequence, latest(tx)?) else { return Ok(None) };
    let size: u64 = note.lines().nth(1).and_then(|line| line.parse().ok()).unwrap_or(0);
    if u64::try_from(sequence).is_ok_and(|seq| seq > size) {
        return Ok(None);
    }
    let proof = ledger::tiles::inclusion_proof(tx, sequence, size)?;
    Ok(Some((note, proof.iter().map(hex::encode).collect())))
}
