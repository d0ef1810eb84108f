//! Packages: hand in, look at, fetch, report on.

use super::types::{Evidence, PackageView, StatusRequest};

use crate::context::SubmitContext;
use crate::entries;
use crate::model::{PackageId, PackageRecord, Staff, StatusReport};
use crate::refusals;
use crate::rules::status::StatusCode;
use crate::store;
use crate::use_cases::accept::{self, Rejected};
use crate::use_cases::{record_status, take_in};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode as Http, header};
use axum::response::{IntoResponse, Response};
use base::agency_code::AgencyCode;
use base::{Refusal, Text};
use base64::Engine;
use platform::access::{self, Permission, Principal, PrincipalKind};
use platform::{Error, Tx};
use web::extract::{Caller, Json};
use web::problem::Problem;
use web::{App, Failure, Req};

/// Names the receipt of a refusal.
const RECEIPT_HEADER: HeaderName = HeaderName::from_static("lien-thong-receipt");

/// Hands in a package or a status message (edXML, QCVN 102).
///
/// The same package (equal manifest; the trace list is not part of it) gets the same receipt; the same identity with
/// other content is refused with 409. A refusal carries a signed receipt too, in the member `receipt`.
#[utoipa::path(
    post, path = "/api/v1/exchange/packages", tag = "exchange",
    request_body(content = String, content_type = "application/xml", description = "edXML"),
    responses(
        (status = 202, description = "Taken; the signed receipt", body = super::types::Receipt),
        (status = 400, description = "Not an edXML package, or cut off", body = Problem),
        (status = 403, description = "The sender is not the caller", body = Problem),
        (status = 409, description = "Same identity, other content", body = Problem),
        (status = 413, description = "Too large", body = Problem),
        (status = 415, description = "Not XML", body = Problem),
        (status = 422, description = "Unknown or closed codes, secret document, missing data", body = Problem)
    )
)]
pub async fn post(
    State(app): State<App>,
    req: Req,
    Caller(principal): Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    check_media(&headers)?;
    let declared =
        headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    let limit = app.platform().config().limits.package_bytes;
    if declared.is_some_and(|size| size > limit) {
        return Err(take_in::too_large(limit).into());
    }
    match accept::accept(app.platform(), &principal, body.into_data_stream(), limit).await {
        Ok(accepted) => {
            app.platform().wake_jobs();
            Ok((Http::ACCEPTED, axum::Json(accepted.receipt)).into_response())
        }
        Err(rejected) => rejection(&req, rejected),
    }
}

fn check_media(headers: &HeaderMap) -> Result<(), Refusal> {
    let found = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let kind = found.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if matches!(kind.as_str(), "application/xml" | "text/xml" | "application/edxml+xml") {
        return Ok(());
    }
    Err(Refusal::new(&refusals::PACKAGE_MEDIA_TYPE)
        .with("found", found)
        .field("Content-Type", Text::fixed("application/xml", "application/xml")))
}

/// A refusal with its receipt: the problem document of every other refusal, and one member more.
pub(crate) fn rejection(req: &Req, rejected: Rejected) -> Result<Response, Failure> {
    let failure = Failure::from(rejected.error);
    let Some(receipt) = rejected.receipt else { return Err(failure) };
    let problem = Problem::new(&failure.refusal(), failure.status(), req.lang, &req.request_id);
    let mut body = serde_json::to_value(&problem).map_err(|e| Error::fault("writing a problem", e))?;
    let id = receipt.get("receipt_id").and_then(|id| id.as_str()).unwrap_or_default().to_owned();
    body["receipt"] = receipt;
    let mut response = (failure.status(), body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(req.lang.tag()));
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(RECEIPT_HEADER, value);
    }
    Ok(response)
}

/// The codes for which the caller may look at a package or act.
pub(crate) fn codes_of(principal: &Principal) -> Vec<AgencyCode> {
    match &principal.kind {
        PrincipalKind::System { agencies, .. } | PrincipalKind::Peer { agencies, .. } => agencies.clone(),
        PrincipalKind::Person { .. } => vec![principal.agency.clone()],
        PrincipalKind::Public => Vec::new(),
    }
}

/// A package that the caller may see: as its sender, or as a recipient served here. Others may not know of it.
pub(crate) fn visible(tx: &Tx<'_>, principal: &Principal, id: PackageId) -> platform::Result<PackageRecord> {
    // In the same words, or the answer would tell that there is one.
    let unknown = || Error::from(Refusal::new(&refusals::PACKAGE_NOT_FOUND));
    let record = store::packages::package_get(tx, id).map_err(|error| match error {
        Error::NotFound(_) => unknown(),
        other => other,
    })?;
    let may = |code: &AgencyCode| access::allows(principal, Permission::ExchangeRead, code);
    if may(&record.header.from.code) {
        return Ok(record);
    }
    if store::deliveries::delivery_list(tx, id)?.iter().any(|row| row.arrived_at.is_some() && may(&row.recipient)) {
        return Ok(record);
    }
    Err(unknown())
}

fn parse_id(id: &str) -> Result<PackageId, Failure> {
    id.parse().map_err(|_| Failure::from(Refusal::new(&refusals::PACKAGE_NOT_FOUND)))
}

/// A package with its board, files, report and receipt.
#[utoipa::path(
    get, path = "/api/v1/exchange/packages/{id}", tag = "exchange",
    params(("id" = String, Path, description = "Package id")),
    responses((status = 200, body = PackageView), (status = 404, body = Problem))
)]
pub async fn get(
    State(app): State<App>,
    Caller(principal): Caller,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = parse_id(&id)?;
    let view = app
        .platform()
        .db()
        .read(move |tx| {
            let record = visible(tx, &principal, id)?;
            let sender = access::allows(&principal, Permission::ExchangeRead, &record.header.from.code);
            let mut deliveries = store::deliveries::delivery_list(tx, id)?;
            if !sender {
                // A recipient sees his own row, not how the others deal with the document.
                deliveries.retain(|row| access::allows(&principal, Permission::ExchangeRead, &row.recipient));
            }
            let files = store::attachments::attachment_list(tx, id)?;
            let receipt = if sender { store::receipts::receipt_of_package(tx, id)? } else { None };
            Ok(PackageView::new(&record, &deliveries, &files, receipt))
        })
        .await?;
    Ok(axum::Json(view).into_response())
}

/// The package as edXML: the bytes that came, or, for a document that started here, as it is sent.
#[utoipa::path(
    get, path = "/api/v1/exchange/packages/{id}/content", tag = "exchange",
    params(("id" = String, Path, description = "Package id")),
    responses((status = 200, content_type = "application/xml", body = String), (status = 404, body = Problem))
)]
pub async fn content(
    State(app): State<App>,
    Caller(principal): Caller,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = parse_id(&id)?;
    app.platform().db().read(move |tx| visible(tx, &principal, id).map(|_| ())).await?;
    let content = crate::content::content(app.platform(), id).await?;
    let mut response = Body::from_stream(content.stream).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    if let Some(size) = content.size {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    }
    if let Ok(name) = HeaderValue::from_str(&web::files::content_disposition(&format!("{id}.edxml"), false)) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// One file of a package, always as a download.
#[utoipa::path(
    get, path = "/api/v1/exchange/packages/{id}/attachments/{position}", tag = "exchange",
    params(("id" = String, Path, description = "Package id"), ("position" = i64, Path, description = "Place, from 0")),
    responses(
        (status = 200, content_type = "*/*", description = "Of the kind that this server found out", body = Vec<u8>),
        (status = 404, body = Problem)
    )
)]
pub async fn attachment(
    State(app): State<App>,
    Caller(principal): Caller,
    Path((id, position)): Path<(String, i64)>,
) -> Result<Response, Failure> {
    crate::pages::package::file(&app, principal, parse_id(&id)?, position).await
}

/// Receipt, ledger entry and inclusion proof: what proves offline that this server took the package.
#[utoipa::path(
    get, path = "/api/v1/exchange/packages/{id}/evidence", tag = "exchange",
    params(("id" = String, Path, description = "Package id")),
    responses((status = 200, body = Evidence), (status = 404, body = Problem))
)]
pub async fn evidence(
    State(app): State<App>,
    Caller(principal): Caller,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id = parse_id(&id)?;
    let keys = app.platform().signing().jwks().await?;
    let evidence = app
        .platform()
        .db()
        .read(move |tx| {
            visible(tx, &principal, id)?;
            let history = platform::ledger::entries_of(tx, entries::PACKAGE.name, &id.to_string())?;
            let entry = &history.first().ok_or(Error::NotFound("entry"))?.entry;
            let proof = super::ledger::inclusion(tx, entry.seq)?;
            Ok(Evidence {
                receipt: store::receipts::receipt_of_package(tx, id)?,
                keys: keys.clone(),
                leaf: base64::engine::general_purpose::STANDARD.encode(entry.leaf()?),
                sequence: entry.seq,
                checkpoint: proof.as_ref().map(|(note, _)| note.clone()),
                proof: proof.map(|(_, path)| path).unwrap_or_default(),
            })
        })
        .await?;
    Ok(axum::Json(evidence).into_response())
}

/// Reports where a received document stands, or (13) asks for a sent one back.
#[utoipa::path(
    post, path = "/api/v1/exchange/packages/{id}/status", tag = "exchange",
    params(("id" = String, Path, description = "Package id")),
    request_body = StatusRequest,
    responses(
        (status = 200, description = "The package with its board", body = PackageView),
        (status = 404, body = Problem),
        (status = 409, description = "A step back, or somebody was first", body = Problem),
        (status = 422, description = "No reason given, or not a code", body = Problem)
    )
)]
pub async fn status(
    State(app): State<App>,
    Caller(principal): Caller,
    Path(id): Path<String>,
    Json(request): Json<StatusRequest>,
) -> Result<Response, Failure> {
    let id = parse_id(&id)?;
    let code =
        StatusCode::new(&request.status_code).filter(|code| code.track() != crate::rules::status::Track::Unknown);
    let code = code.ok_or_else(|| {
        Refusal::new(&refusals::STATUS_CODE_UNKNOWN)
            .with("code", &request.status_code)
            .field("status_code", Text::fixed("02–06, 13, 15, 16.", "02–06, 13, 15, 16."))
    })?;
    let agency = match request.agency.as_deref() {
        Some(text) => AgencyCode::tolerate(text).map_err(|e| {
            Refusal::new(&refusals::STATUS_NOT_RECIPIENT)
                .with("agency", text)
                .field("agency", Text::new(e.to_string(), e.to_string()))
        })?,
        None => codes_of(&principal).into_iter().next().unwrap_or_else(|| principal.agency.clone()),
    };
    access::require(&principal, Permission::ExchangeReceive, &agency)?;
    let report = StatusReport {
        package: id,
        agency,
        code,
        description: request.description,
        staff: (request.department.is_some() || request.staff.is_some()).then(|| Staff {
            department: request.department,
            name: request.staff,
            ..Staff::default()
        }),
    };
    let ctx = SubmitContext::new(app.platform(), principal.actor.clone());
    let view = app
        .platform()
        .db()
        .write(move |tx| {
            let record = visible(tx, &principal, id)?;
            record_status::report_status(tx, &ctx, &report)?;
            let mut deliveries = store::deliveries::delivery_list(tx, id)?;
            if record.header.from.code != report.agency {
                deliveries.retain(|row| row.recipient == report.agency);
            }
            let files = store::attachments::attachment_list(tx, id)?;
            Ok(PackageView::new(&record, &deliveries, &files, None))
        })
        .await?;
    app.platform().wake_jobs();
    Ok(axum::Json(view).into_response())
}
