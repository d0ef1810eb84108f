//! One package in full: what it is, the checks on arrival, the delivery board, what happened, and the evidence.

use super::LAYOUT;
use super::board::board;
use crate::api;
use crate::api::packages::visible;
use crate::entries;
use crate::model::PDF;
use crate::model::{DeliveryRow, PackageAttachment, PackageId, PackageRecord};
use crate::refusals;
use crate::store;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::{Lang, Refusal, Text, format};
use platform::access::{self, Permission};
use platform::ledger::{self, Recorded};
use platform::{Error, Tx};
use serde_json::Value as Json;
use std::collections::HashMap;
use web::files::FileResponse;
use web::ui::note::{NoteKind, note};
use web::ui::properties::properties;
use web::ui::stamp;
use web::ui::table::{Column, Table};
use web::ui::thread::{Knot, Thread};
use web::ui::verification::{Check, CheckLine, verification};
use web::{App, Failure, Html, Page, Req, User, page};

#[derive(askama::Template)]
#[template(path = "exchange/package.html")]
struct Show {
    l: Lang,
    id: String,
    code: String,
    subject: String,
    stamp: Html,
    value: Html,
    facts: Html,
    checks: Html,
    board: Html,
    files: Html,
    thread: Thread,
    proof: Html,
}

/// What the page shows.
struct Known {
    record: PackageRecord,
    deliveries: Vec<DeliveryRow>,
    files: Vec<PackageAttachment>,
    history: Vec<Recorded>,
    covered: bool,
}

fn load(tx: &Tx<'_>, user: &access::Principal, id: PackageId) -> platform::Result<Known> {
    let record = visible(tx, user, id)?;
    let mut deliveries = store::deliveries::delivery_list(tx, id)?;
    if !access::allows(user, Permission::ExchangeRead, &record.header.from.code) {
        deliveries.retain(|row| row.recipient == user.agency);
    }
    let mut history = ledger::entries_of(tx, entries::PACKAGE.name, &id.to_string())?;
    let accepted = history.first().and_then(|h| h.entry.seq);
    for row in &deliveries {
        history.extend(ledger::entries_of(tx, entries::DELIVERY.name, &row.id.to_string())?);
    }
    // What is not numbered yet is the newest.
    history.sort_by_key(|h| std::cmp::Reverse(h.entry.seq.unwrap_or(i64::MAX)));
    let covered = api::ledger::inclusion(tx, accepted)?.is_some();
    Ok(Known { files: store::attachments::attachment_list(tx, id)?, record, deliveries, history, covered })
}

fn parse(id: &str) -> Result<PackageId, Failure> {
    id.parse().map_err(|_| Failure::from(Refusal::new(&refusals::PACKAGE_NOT_FOUND)))
}

/// The page of a package.
pub async fn show(State(app): State<App>, req: Req, User(user): User, Path(id): Path<String>) -> web::Result {
    let id = parse(&id)?;
    let known = app.platform().db().read(move |tx| load(tx, &user, id)).await?;
    let l = req.lang;
    let header = &known.record.header;
    let title = format!("{} · {}", header.code(), l.t("Gói tin liên thông", "Exchange package"));
    let body = Show {
        l,
        id: id.to_string(),
        code: header.code(),
        subject: header.subject.clone(),
        stamp: stamp::urgency(stamp::Urgency::from_level(u8::try_from(header.urgency.number()).unwrap_or(0)), l),
        value: legal_value(&known.record, l),
        facts: facts(&known.record, l),
        checks: verification(&check_lines(&known.record.verification, l), l),
        board: board(&known.deliveries, l),
        files: files(&known, &signature_marks(&app, &known, l).await?, l),
        thread: thread(&known, l),
        proof: proof(&known, id, l),
    };
    Ok(page(&req, Page::new(title).section(super::WAITING).layout(LAYOUT), &body))
}

/// What the document is worth (QĐ 28/2018/QĐ-TTg, Điều 4).
fn legal_value(record: &PackageRecord, l: Lang) -> Html {
    if record.signed {
        let words = l.t(
            "Có chữ ký số hợp lệ của người ký và của cơ quan: có giá trị như bản gốc giấy (QĐ 28/2018/QĐ-TTg, Điều 4).",
            "Valid signatures of the signer and the agency: has the value of the paper original (QĐ 28/2018/QĐ-TTg, Article 4).",
        );
        note(NoteKind::Done, words, &Html::default())
    } else {
        let words = l.t(
            "Chưa đủ chữ ký số hợp lệ: văn bản để biết, để tham khảo (QĐ 28/2018/QĐ-TTg, Điều 4).",
            "Without both valid signatures: for information only (QĐ 28/2018/QĐ-TTg, Article 4).",
        );
        note(NoteKind::Caution, words, &Html::default())
    }
}

fn facts(record: &PackageRecord, l: Lang) -> Html {
    let header = &record.header;
    let text = |words: &str| Html::text(words);
    let mut pairs = vec![
        (l.t("Nơi gửi", "From"), text(&format!("{} ({})", header.from.name, header.from.code))),
        (l.t("Loại văn bản", "Type"), text(&header.type_name)),
        (l.t("Nghiệp vụ", "Operation"), text(header.operation.label().get(l))),
        (
            l.t("Ngày ban hành", "Date of issue"),
            text(&header.issued_on.map(|d| format::date(d, l)).unwrap_or_default()),
        ),
        (l.t("Người ký", "Signer"), text(&header.signer_name)),
        (l.t("Mã định danh văn bản", "Document id"), text(&header.document_id)),
        (l.t("Trục tiếp nhận", "Taken"), text(&format::date_time_seconds(record.accepted_at, l))),
        (
            l.t("Bản giấy", "Paper"),
            text(if header.paper { l.t("Có gửi kèm", "Sent as well") } else { l.t("Không", "No") }),
        ),
    ];
    if let Some(reason) = header.reason.as_deref().filter(|reason| !reason.trim().is_empty()) {
        pairs.push((l.t("Lý do", "Reason"), text(reason)));
    }
    if let Some(due) = header.due_on {
        pairs.push((l.t("Hạn trả lời", "Answer due"), text(&format::date(due, l))));
    }
    properties(&pairs)
}

/// The stored report as lines: name of the check, the finding in the reader's language.
pub fn check_lines(report: &Json, l: Lang) -> Vec<CheckLine> {
    let checks = report.get("checks").and_then(Json::as_array).cloned().unwrap_or_default();
    let text = |check: &Json, name: &str| check.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    checks
        .iter()
        .map(|check| {
            let what = match text(check, "check").as_str() {
                "format" => l.t("Cấu trúc", "Structure").to_owned(),
                "integrity" => l.t("Toàn vẹn", "Integrity").to_owned(),
                "signature" => match text(check, "about").as_str() {
                    "person" => l.t("Người ký", "Signer").to_owned(),
                    "agency" => l.t("Cơ quan", "Agency").to_owned(),
                    _ => l.t("Chữ ký số", "Signature").to_owned(),
                },
                "directory" => l.t("Danh mục", "Directory").to_owned(),
                "duplicate" => l.t("Trùng lặp", "Duplicate").to_owned(),
                other => other.to_owned(),
            };
            let about = match text(check, "check").as_str() {
                "integrity" | "format" => text(check, "about"),
                _ => String::new(),
            };
            CheckLine {
                check: match text(check, "result").as_str() {
                    "ok" => Check::Valid,
                    "failed" => Check::Failed,
                    _ => Check::Caution,
                },
                what,
                finding: text(check, if l == Lang::Vi { "vi" } else { "en" }),
                rest: about,
            }
        })
        .collect()
}

/// The page of the signatures of one file.
pub const SIGNATURES: &str = "/lien-thong/goi-tin/{id}/tep/{position}/chu-ky";

fn signatures_path(id: PackageId, position: i64) -> String {
    format!("/lien-thong/goi-tin/{id}/tep/{position}/chu-ky")
}

/// For each PDF the state of its signatures, by the address of its report.
async fn signature_marks(app: &App, known: &Known, l: Lang) -> web::Result<HashMap<String, Html>> {
    let pdfs = known.files.iter().filter(|file| file.detected_type == PDF);
    let files = pdfs.map(|file| (file.sha256.clone(), signatures_path(known.record.id, file.position)));
    web::signatures::marks(app, files.collect(), l).await
}

/// What the signatures of one file are worth, for whoever may read the file.
pub async fn signatures(
    State(app): State<App>,
    req: Req,
    User(user): User,
    Path((id, position)): Path<(String, i64)>,
) -> web::Result {
    let id = parse(&id)?;
    let file = seen(&app, user, id, position).await?;
    let report = web::signatures::kept_or_now(&app, &file.sha256).await?;
    let shown = web::signatures::ReportPage {
        section: super::WAITING,
        crumbs: Html::default(),
        name: &file.name,
        sha256: &file.sha256,
        size: u64::try_from(file.size).unwrap_or(0),
        report: &report,
        again: Some(&signatures_path(id, position)),
        onward: Some((&format!("/lien-thong/goi-tin/{id}"), req.lang.t("Về gói tin", "Back to the package"))),
    };
    Ok(web::signatures::show(&req, shown))
}

/// Verifies them again now.
pub async fn check_again(
    State(app): State<App>,
    req: Req,
    User(user): User,
    Path((id, position)): Path<(String, i64)>,
    _: web::FormData,
) -> web::Result {
    let id = parse(&id)?;
    let file = seen(&app, user, id, position).await?;
    web::signatures::again(&app, &file.sha256).await?;
    Ok(web::redirect(signatures_path(id, position)).say(Text::fixed("Đã kiểm tra lại.", "Verified again.")).go(&req))
}

fn files(known: &Known, marks: &HashMap<String, Html>, l: Lang) -> Html {
    let columns = vec![
        Column::new(l.t("Tệp", "File")).main(),
        Column::new(l.t("Kiểu", "Kind")),
        Column::new(l.t("Dung lượng", "Size")).number(),
        Column::new(l.t("Chữ ký", "Signatures")),
    ];
    let id = known.record.id;
    let table = Table::new(l, l.t("Tệp đính kèm", "Attachments"), columns)
        .stacks()
        .rows(known.files.iter().map(|file| {
            vec![
                Html::trusted(format!(
                    "<a href=\"/lien-thong/goi-tin/{id}/tep/{}\">{}</a>",
                    file.position,
                    web::html::escape(&file.name)
                )),
                Html::text(&file.detected_type),
                Html::text(&format::size(u64::try_from(file.size).unwrap_or(0), l)),
                marks.get(&signatures_path(id, file.position)).cloned().unwrap_or_default(),
            ]
        }))
        .empty(Html::text(l.t("Không có tệp đính kèm.", "No attachments.")));
    Html::from_template(&table)
}

fn thread(known: &Known, l: Lang) -> Thread {
    known.history.iter().fold(Thread::new(), |thread, recorded| {
        let entry = &recorded.entry;
        let status = entry.codes.text("status").and_then(crate::StatusCode::new);
        let what = match entry.kind.as_str() {
            "exchange.package.accepted" => l.t("Trục tiếp nhận gói", "The exchange took the package").to_owned(),
            "exchange.delivery.arrived" => l.t("Đã đến nơi nhận", "Reached the recipient").to_owned(),
            "exchange.delivery.begun" => l.t("Bắt đầu gửi", "Delivery begun").to_owned(),
            "exchange.delivery.sent" => {
                l.t("Máy chủ nhận đã ký biên nhận", "The other server gave its receipt").to_owned()
            }
            "exchange.delivery.failed" => l.t("Không gửi được", "Could not be delivered").to_owned(),
            "exchange.delivery.retried" => l.t("Gửi lại", "Tried again").to_owned(),
            "exchange.delivery.offered-again" => {
                l.t("Máy chủ nhận đã khôi phục, gửi lại", "The other server was restored, offered again").to_owned()
            }
            "exchange.delivery.returned" => l.t("Trả lại nơi gửi", "Returned to the sender").to_owned(),
            "exchange.take-back.requested" => l.t("Nơi gửi yêu cầu lấy lại", "The sender asks it back").to_owned(),
            "exchange.operation.requested" => l
                .t("Nơi gửi yêu cầu thu hồi, cập nhật hoặc thay thế", "The sender recalls, updates or replaces it")
                .to_owned(),
            _ => status.as_ref().map_or_else(|| entry.kind.clone(), |code| code.label().get(l).to_owned()),
        };
        let refused = matches!(entry.kind.as_str(), "exchange.delivery.failed" | "exchange.delivery.returned")
            || status.as_ref().is_some_and(|code| code.as_str() == crate::StatusCode::REFUSED);
        let done = status.as_ref().is_some_and(|code| code.as_str() == crate::StatusCode::DONE);
        let knot = if recorded.details.is_none() {
            Knot::Erased
        } else if refused {
            Knot::Refused
        } else if done || entry.kind == "exchange.package.accepted" {
            Knot::Hit
        } else {
            Knot::Plain
        };
        let words = recorded.details.as_ref().and_then(|d| d.get("description")).and_then(Json::as_str).unwrap_or("");
        let rest = if words.is_empty() { String::new() } else { format!(": {words}") };
        let by = entry.codes.text("to").unwrap_or_default().to_owned();
        thread.entry(knot, &what, &rest, by, format::date_time_seconds(entry.recorded_at, l), entry.seq)
    })
}

fn proof(known: &Known, id: PackageId, l: Lang) -> Html {
    let link = |path: &str, words: &str| {
        Html::trusted(format!("<a href=\"/lien-thong/goi-tin/{id}/{path}\">{}</a>", web::html::escape(words)))
    };
    let behind = Html::trusted(format!(
        "{} · {}",
        link("bang-chung", l.t("Tải bằng chứng", "Download the evidence")),
        link("noi-dung", l.t("Tải gói edXML", "Download the edXML"))
    ));
    if known.covered {
        let words = l.t(
            "Việc tiếp nhận nằm trong sổ cái đã ký; bằng chứng kiểm tra được ngoại tuyến.",
            "The acceptance stands in the signed ledger; the evidence can be checked offline.",
        );
        note(NoteKind::Info, words, &behind)
    } else {
        let words = l.t(
            "Việc tiếp nhận đã ghi sổ cái, chờ điểm kiểm tra kế tiếp.",
            "The acceptance is on the ledger and waits for the next checkpoint.",
        );
        note(NoteKind::Info, words, &behind)
    }
}

/// The evidence as a file.
pub async fn evidence(State(app): State<App>, User(user): User, Path(id): Path<String>) -> web::Result {
    let mut response = api::packages::evidence(State(app), web::Caller(user), Path(id.clone())).await?;
    if let Ok(value) = HeaderValue::from_str(&web::files::content_disposition(&format!("bang-chung-{id}.json"), false))
    {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// The package as edXML.
pub async fn content(State(app): State<App>, User(user): User, Path(id): Path<String>) -> web::Result {
    api::packages::content(State(app), web::Caller(user), Path(id)).await
}

/// One file, as a download or in a sandbox.
pub async fn attachment(
    State(app): State<App>,
    User(user): User,
    Path((id, position)): Path<(String, i64)>,
) -> web::Result {
    let id = parse(&id)?;
    file(&app, user, id, position).await
}

/// One file of a package, for whoever may see the package.
async fn seen(app: &App, user: access::Principal, id: PackageId, position: i64) -> Result<PackageAttachment, Failure> {
    let found = app.platform().db().read(move |tx| {
        visible(tx, &user, id)?;
        store::attachments::attachment_get(tx, id, position)
    });
    Ok(found.await?)
}

/// The bytes of one file of a package, for whoever may see the package.
pub(crate) async fn file(
    app: &App,
    user: access::Principal,
    id: PackageId,
    position: i64,
) -> Result<Response, Failure> {
    let file = seen(app, user, id, position).await?;
    let hash = file.sha256.parse().map_err(|e: String| Error::fault("reading a hash", e))?;
    let reader = app.platform().blobs().open(hash).await?;
    let size = reader.size();
    Ok(FileResponse::new(&file.name, &file.detected_type, Body::from_stream(reader.into_stream()))
        .length(size)
        .into_response())
}
