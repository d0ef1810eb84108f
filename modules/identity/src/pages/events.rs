//! Recent security events, read from the ledger: sign-ins, passwords, rights, systems.

use crate::shown::{Sheet, moment};
use axum::extract::State;
use base::{Lang, Text};
use platform::access::Permission;
use platform::directory::{PersonId, person_name};
use platform::ledger::{self, Actor, Recorded};
use serde::Deserialize;
use web::html::Html;
use web::routes::{Routes, Who};
use web::ui::paging::{crumbs, paging};
use web::ui::table::{Column, Table};
use web::{App, Query, Req, Result, User};

/// Events on a page.
const PAGE: i64 = 50;

/// The kinds of entry that are security events, in words.
const KINDS: &[(&str, Text)] = &[
    ("accounts.session.opened", Text::fixed("Đăng nhập", "Signed in")),
    ("accounts.session.switched", Text::fixed("Chuyển vai trò", "Switched role")),
    ("accounts.session.ended", Text::fixed("Kết thúc phiên", "Session ended")),
    ("accounts.sign-in.held-up", Text::fixed("Tạm chặn đăng nhập sai", "Failed sign-ins held up")),
    ("accounts.account.made", Text::fixed("Lập tài khoản", "Account made")),
    ("accounts.account.disabled", Text::fixed("Khóa tài khoản", "Account disabled")),
    ("accounts.account.enabled", Text::fixed("Mở khóa tài khoản", "Account enabled")),
    ("accounts.password.set", Text::fixed("Đặt mật khẩu", "Password set")),
    ("accounts.link.made", Text::fixed("Tạo liên kết dùng một lần", "One-time link made")),
    ("accounts.second-factor.on", Text::fixed("Bật mã xác thực", "One-time codes on")),
    ("accounts.second-factor.off", Text::fixed("Tắt mã xác thực", "One-time codes off")),
    ("accounts.system.registered", Text::fixed("Đăng ký hệ thống ngoài", "System registered")),
    ("accounts.system.revoked", Text::fixed("Thu hồi hệ thống ngoài", "System revoked")),
    ("access.right.changed", Text::fixed("Thay đổi quyền", "Rights changed")),
    ("access.right.confirmed", Text::fixed("Xác nhận thay đổi quyền", "Change of rights confirmed")),
];

/// The routes.
pub fn routes() -> Routes {
    Routes::new().get("/quan-tri/su-kien", Who::May(Permission::SecurityRead), show)
}

#[derive(Deserialize)]
struct Place {
    truoc: Option<i64>,
}

async fn show(req: Req, State(app): State<App>, User(user): User, Query(place): Query<Place>) -> Result {
    let (agency, before, l) = (user.agency.clone(), place.truoc, req.lang);
    let found = app
        .platform()
        .db()
        .read(move |tx| {
            let kinds: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
            let found = ledger::read_before(tx, &agency, before, &kinds, PAGE + 1)?;
            let mut rows = Vec::new();
            for recorded in found {
                let actor = match &recorded.entry.actor {
                    Actor::Person(id) => match id.parse::<PersonId>() {
                        Ok(id) => person_name(tx, id)?,
                        Err(_) => String::new(),
                    },
                    Actor::Server => l.t("Máy chủ", "The server").to_owned(),
                    Actor::System(_) | Actor::Peer(_) => l.t("Hệ thống ngoài", "Outside system").to_owned(),
                };
                rows.push((recorded, actor));
            }
            Ok(rows)
        })
        .await?;
    let more = found.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    let shown = &found[..found.len().min(PAGE as usize)];
    let older = shown.last().filter(|_| more).and_then(|(last, _)| last.entry.seq);
    let older = older.map(|seq| format!("/quan-tri/su-kien?truoc={seq}"));
    let newest = before.map(|_| "/quan-tri/su-kien".to_owned());
    let table = Table::new(
        l,
        l.t("Sự kiện an toàn", "Security events"),
        vec![
            Column::new(l.t("Mục", "Entry")).number(),
            Column::new(l.t("Lúc", "At")).fixed(),
            Column::new(l.t("Việc", "Event")).main(),
            Column::new(l.t("Người làm", "By")),
            Column::new(l.t("Cơ quan", "Agency")).fixed(),
            Column::new(l.t("Chi tiết", "Details")),
        ],
    )
    .stacks()
    .empty(Html::text(l.t("Chưa có sự kiện nào.", "No events yet.")))
    .rows(shown.iter().map(|(recorded, actor)| {
        let entry = &recorded.entry;
        let word = KINDS.iter().find(|(kind, _)| *kind == entry.kind).map_or("", |(_, word)| word.get(l));
        vec![
            Html::text(&entry.seq.map(|seq| format!("#{seq}")).unwrap_or_default()),
            Html::text(&moment(entry.recorded_at)),
            Html::text(word),
            Html::text(actor),
            Html::text(entry.agency.canonical()),
            Html::text(&details(recorded, l)),
        ]
    }));
    Ok(Sheet::new(l.t("Sự kiện an toàn", "Security events"))
        .crumbs(crumbs(&[("/quan-tri", l.t("Quản trị", "Administration"))], l.t("Sự kiện", "Events"), l))
        .lead(l.t(
            "Mỗi dòng là một mục của sổ cái, của cơ quan bạn và các cơ quan trực thuộc.",
            "Each row is an entry of the ledger, of your agency and those below it.",
        ))
        .top(Html::from_template(&table))
        .top(paging(newest.as_deref(), older.as_deref(), l))
        .show(&req))
}

fn details(recorded: &Recorded, l: Lang) -> String {
    let codes = &recorded.entry.codes;
    let mut words = Vec::new();
    for (name, vi, en) in
        [("granted", "cấp", "granted"), ("withdrawn", "thu", "withdrawn"), ("agencies", "mã", "codes")]
    {
        if let Some(text) = codes.text(name).filter(|text| !text.is_empty()) {
            words.push(format!("{}: {text}", l.t(vi, en)));
        }
    }
    let detail = |name: &str| recorded.details.as_ref().and_then(|details| details.get(name)).and_then(|v| v.as_str());
    words.extend(["username", "name", "device", "address"].into_iter().filter_map(detail).map(str::to_owned));
    words.retain(|word| !word.is_empty());
    words.join(" · ")
}
