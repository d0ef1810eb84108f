//! The inbox of an agency: what reached it, in the order of the ledger.

use super::types::{InboxItem, InboxPage};
use crate::entries;
use crate::model::PackageId;
use crate::store;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base::agency_code::AgencyCode;
use base::{Refusal, Text};
use platform::access::{self, Permission};
use platform::ledger::{self, Entry};
use platform::{Result, Tx};
use serde::Deserialize;
use web::extract::{Caller, Query};
use web::problem::Problem;
use web::{App, Failure};

/// Most items on a page.
const PAGE: i64 = 200;

/// What is asked for.
#[derive(Debug, Deserialize)]
pub struct InboxQuery {
    agency: Option<String>,
    after: Option<i64>,
    limit: Option<i64>,
    kind: Option<String>,
}

/// What reached an agency after a place in the ledger: documents, statuses of its own documents, take-back requests.
#[utoipa::path(
    get, path = "/api/v1/exchange/inbox", tag = "exchange",
    params(
        ("agency" = Option<String>, Query, description = "Code; may be left out when the caller has only one"),
        ("after" = Option<i64>, Query, description = "Sequence of the last item seen; 0 for the beginning"),
        ("limit" = Option<i64>, Query, description = "At most so many items, 1–200"),
        ("kind" = Option<String>, Query, description = "Only `document`, `status` or `take-back`")
    ),
    responses((status = 200, body = InboxPage), (status = 403, body = Problem))
)]
pub async fn get(
    State(app): State<App>,
    Caller(principal): Caller,
    Query(query): Query<InboxQuery>,
) -> Result<Response, Failure> {
    let agency = match query.agency.as_deref() {
        Some(text) => AgencyCode::tolerate(text).map_err(|e| {
            Refusal::new(&crate::refusals::RECIPIENT_UNKNOWN)
                .with("code", text)
                .field("agency", Text::new(e.to_string(), e.to_string()))
        })?,
        None => super::packages::codes_of(&principal).into_iter().next().unwrap_or_else(|| principal.agency.clone()),
    };
    access::require(&principal, Permission::ExchangeRead, &agency)?;
    let after = query.after.unwrap_or(0).max(0);
    let limit = query.limit.unwrap_or(PAGE).clamp(1, PAGE);
    let page = app.platform().db().read(move |tx| page(tx, &agency, after, limit, query.kind.as_deref())).await?;
    Ok(axum::Json(page).into_response())
}

/// One page of an agency's inbox.
pub fn page(tx: &Tx<'_>, agency: &AgencyCode, after: i64, limit: i64, kind: Option<&str>) -> Result<InboxPage> {
    let kinds: Vec<&str> = [&entries::DELIVERY_ARRIVED, &entries::STATUS_RECORDED, &entries::TAKE_BACK_REQUESTED]
        .into_iter()
        .map(|entry_kind| entry_kind.name)
        .filter(|name| kind.is_none_or(|wanted| wanted == word(name)))
        .collect();
    if kinds.is_empty() {
        return Ok(InboxPage { items: Vec::new(), next: after });
    }
    let found = ledger::read_of(tx, agency, after, &kinds, limit)?;
    let items = found.iter().map(|entry| item(tx, entry)).collect::<Result<Vec<_>>>()?;
    let next = items.last().map_or(after, |item| item.sequence);
    Ok(InboxPage { items, next })
}

fn word(kind: &str) -> &'static str {
    match kind {
        "exchange.delivery.arrived" => "document",
        "exchange.take-back.requested" => "take-back",
        _ => "status",
    }
}

fn item(tx: &Tx<'_>, entry: &Entry) -> Result<InboxItem> {
    let text = |name: &str| entry.codes.text(name).unwrap_or_default().to_owned();
    let package_id = text("package");
    let package = package_id.parse::<PackageId>().ok();
    let header = package.map(|id| store::packages::package_get(tx, id)).transpose()?.map(|p| p.header);
    let status = entry.codes.text("status_id").and_then(|id| id.parse().ok());
    let description = status.map(|id| store::statuses::status_get(tx, id)).transpose()?.map(|s| s.description);
    Ok(InboxItem {
        sequence: entry.seq.unwrap_or_default(),
        kind: word(&entry.kind),
        document_id: header.map(|h| h.document_id),
        package_id,
        from: text("from"),
        to: text("to"),
        operation: text("operation"),
        urgency: entry.codes.int("urgency").unwrap_or_default(),
        status: entry.codes.text("status").map(str::to_owned),
        description,
        at: entry.occurred_at.rfc3339(),
    })
}
