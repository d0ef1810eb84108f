//! The pages of the exchange: what waits, one package in full, the statistics.

pub mod board;
pub mod package;
pub mod statistics;
pub mod waiting;

use base::Text;
use platform::access::{Permission, Principal};
use web::routes::{Routes, Who};
use web::{Layout, Section};

/// Key of the navigation entry of what waits.
pub const WAITING: &str = "exchange.waiting";
/// Key of the navigation entry of the statistics.
pub const STATISTICS: &str = "exchange.statistics";

/// The routes with their rules.
pub fn routes() -> Routes {
    Routes::new()
        .get(waiting::PATH, Who::Person, waiting::parked)
        .post("/lien-thong/goi-cho-xu-ly/{id}/gui-lai", Who::Person, waiting::retry)
        .get("/lien-thong/goi-cho-xu-ly/{id}/tra-lai", Who::Person, waiting::ask_return)
        .post("/lien-thong/goi-cho-xu-ly/{id}/tra-lai", Who::Person, waiting::give_back)
        .get(waiting::FEEDBACK_PATH, Who::Person, waiting::feedback)
        .post("/lien-thong/phan-hoi-chua-khop/{id}/doi-chieu", Who::Person, waiting::rematch)
        .get("/lien-thong/phan-hoi-chua-khop/{id}/bo-qua", Who::Person, waiting::ask_dismiss)
        .post("/lien-thong/phan-hoi-chua-khop/{id}/bo-qua", Who::Person, waiting::dismiss)
        .get("/lien-thong/goi-tin/{id}", Who::May(Permission::ExchangeRead), package::show)
        .get("/lien-thong/goi-tin/{id}/bang-chung", Who::May(Permission::ExchangeRead), package::evidence)
        .get("/lien-thong/goi-tin/{id}/noi-dung", Who::May(Permission::ExchangeRead), package::content)
        .get("/lien-thong/goi-tin/{id}/tep/{position}", Who::May(Permission::ExchangeRead), package::attachment)
        .get(package::SIGNATURES, Who::May(Permission::ExchangeRead), package::signatures)
        .post(package::SIGNATURES, Who::May(Permission::ExchangeRead), package::check_again)
        .get(statistics::PATH, Who::May(Permission::StatisticsRead), statistics::show)
        .get("/thong-ke/tai-ve", Who::May(Permission::StatisticsRead), statistics::download)
}

/// The entries in the main navigation.
pub fn sections() -> Vec<Section> {
    vec![
        Section {
            key: WAITING,
            path: waiting::PATH,
            label: Text::fixed("Liên thông", "Exchange"),
            order: 60,
            shows: sees_waiting,
            count: Some(waiting::count),
        },
        Section {
            key: STATISTICS,
            path: statistics::PATH,
            label: Text::fixed("Thống kê", "Statistics"),
            order: 80,
            shows: |principal| principal.may(Permission::StatisticsRead),
            count: None,
        },
    ]
}

fn sees_waiting(principal: &Principal) -> bool {
    waiting::scope_of(principal).is_some()
}

/// The layout of all of them.
pub(crate) const LAYOUT: Layout = Layout::Desk;
