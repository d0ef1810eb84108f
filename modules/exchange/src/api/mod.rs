//! The programming interface: packages, inbox, statuses, keys, and the public part of the ledger.

pub mod inbox;
pub mod ledger;
pub mod packages;
pub mod statistics;
pub mod types;

use platform::access::Permission;
use utoipa::OpenApi;
use web::routes::{Routes, Who};

/// Where packages are handed in.
pub const PACKAGES: &str = "/api/v1/exchange/packages";

/// The routes with their rules.
pub fn routes() -> Routes {
    Routes::new()
        .post(PACKAGES, Who::System, packages::post)
        .get("/api/v1/exchange/packages/{id}", Who::Caller, packages::get)
        .get("/api/v1/exchange/packages/{id}/content", Who::Caller, packages::content)
        .get("/api/v1/exchange/packages/{id}/attachments/{position}", Who::Caller, packages::attachment)
        .get("/api/v1/exchange/packages/{id}/evidence", Who::Caller, packages::evidence)
        .post("/api/v1/exchange/packages/{id}/status", Who::Caller, packages::status)
        .get("/api/v1/exchange/inbox", Who::May(Permission::ExchangeRead), inbox::get)
        .and(crate::peers::api::routes())
        .get("/api/v1/exchange/statistics", Who::May(Permission::StatisticsRead), statistics::get)
        .get("/.well-known/jwks.json", Who::Public, ledger::jwks)
        .get("/ledger/checkpoint", Who::Public, ledger::checkpoint)
        .get("/ledger/tile/{level}/{*path}", Who::Public, ledger::tile)
}

#[derive(OpenApi)]
#[openapi(
    paths(
        packages::post,
        packages::get,
        packages::content,
        packages::attachment,
        packages::evidence,
        packages::status,
        inbox::get,
        statistics::get,
        crate::peers::api::introduction,
        crate::peers::api::packages,
        crate::peers::api::restored_said,
        ledger::jwks,
        ledger::checkpoint,
        ledger::tile
    ),
    components(schemas(
        types::Receipt,
        types::PackageView,
        types::DeliveryView,
        types::AttachmentView,
        types::StatusRequest,
        types::InboxPage,
        types::InboxItem,
        types::Evidence,
        statistics::StatisticsView,
        statistics::AgencyLine,
        statistics::FiguresView,
        statistics::StateFigures
    )),
    tags((name = "peers", description = "Giữa các máy chủ · Between servers"), (name = "exchange", description = "Trục liên thông văn bản · Document exchange"),
         (name = "ledger", description = "Sổ cái công khai · The public part of the ledger"))
)]
struct Api;

/// Their description (OpenAPI 3.1).
pub fn openapi() -> utoipa::openapi::OpenApi {
    Api::openapi()
}
