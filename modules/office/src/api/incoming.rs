//! Calls for incoming documents: `/api/v1/incoming-documents`.

use super::incoming_types::{
    AgreeBatch, Assign, AssigneeOut, ByHand, Complete, Direct, IncomingCounts, IncomingList, IncomingOut,
    IncomingSummary, OverdueOut, ReceiverOut, Register, Report, Return, SubmitTo,
};
use super::outgoing::id_of;
use super::transfer::{receive, stored};
use super::types::{Act, Remark, SignOne, Signed, cursor_read, cursor_text, moment};
use crate::rules::incoming::State;
use crate::store::directives::{loads_of_people, loads_of_units};
use crate::store::incoming::IncomingId;
use crate::use_cases::incoming::by_hand::{self, HandInput};
use crate::use_cases::incoming::day::incoming_day;
use crate::use_cases::incoming::direct::{self, AssigneeInput, DirectiveInput};
use crate::use_cases::incoming::finish::{self, CompleteInput};
use crate::use_cases::incoming::give_back::{self, ReturnInput};
use crate::use_cases::incoming::list::{self as lists, Wanted};
use crate::use_cases::incoming::look;
use crate::use_cases::incoming::register::{self, RegisterInput};
use crate::use_cases::incoming::submit::{self, SubmitInput, receivers};
use crate::use_cases::incoming::work::{self, AssignInput, ReportInput};
use crate::use_cases::{Command, Deed};
use axum::body::Body;
use axum::extract::{Path, State as AppState};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use base::{Lang, Urgency};
use platform::access::{Permission, Principal};
use platform::directory;
use serde::Deserialize;
use utoipa::OpenApi;
use web::problem::Problem;
use web::{App, Caller, Json, Query, Routes, Who};

/// Description of these calls.
#[derive(OpenApi)]
#[openapi(
    paths(
        list,
        create,
        counts,
        receiver_list,
        assignee_list,
        agree_batch,
        show,
        give_it_back,
        register_one,
        submit_one,
        direct_one,
        agree_one,
        assign_one,
        start_one,
        report_one,
        complete_one,
        reopen_one,
        upload,
        download
    ),
    components(schemas(
        IncomingOut,
        IncomingList,
        IncomingSummary,
        IncomingCounts,
        OverdueOut,
        ReceiverOut,
        AssigneeOut,
        Register,
        RegisterInput,
        ByHand,
        HandInput,
        Return,
        ReturnInput,
        SubmitTo,
        SubmitInput,
        Direct,
        DirectiveInput,
        AssigneeInput,
        Assign,
        AssignInput,
        Report,
        ReportInput,
        Complete,
        CompleteInput,
        AgreeBatch,
        Act,
        Remark,
        SignOne,
        Signed,
        Command
    ))
)]
pub struct Description;

/// These calls.
pub fn routes() -> Routes {
    use Permission as P;
    Routes::new()
        .get("/api/v1/incoming-documents", Who::Person, list)
        .post("/api/v1/incoming-documents", Who::May(P::IncomingRegister), create)
        .get("/api/v1/incoming-documents/counts", Who::Person, counts)
        .get("/api/v1/incoming-documents/receivers", Who::Person, receiver_list)
        .get("/api/v1/incoming-documents/assignees", Who::Person, assignee_list)
        .post("/api/v1/incoming-documents/agree", Who::Person, agree_batch)
        .get("/api/v1/incoming-documents/{id}", Who::Person, show)
        .post("/api/v1/incoming-documents/{id}/register", Who::May(P::IncomingRegister), register_one)
        .post("/api/v1/incoming-documents/{id}/return", Who::May(P::IncomingRegister), give_it_back)
        .post("/api/v1/incoming-documents/{id}/submit", Who::May(P::IncomingTriage), submit_one)
        .post("/api/v1/incoming-documents/{id}/direct", Who::Person, direct_one)
        .post("/api/v1/incoming-documents/{id}/agree", Who::Person, agree_one)
        .post("/api/v1/incoming-documents/{id}/assign", Who::May(P::IncomingAssign), assign_one)
        .post("/api/v1/incoming-documents/{id}/start", Who::May(P::IncomingProcess), start_one)
        .post("/api/v1/incoming-documents/{id}/reports", Who::May(P::IncomingProcess), report_one)
        .post("/api/v1/incoming-documents/{id}/complete", Who::Person, complete_one)
        .post("/api/v1/incoming-documents/{id}/reopen", Who::Person, reopen_one)
        .post("/api/v1/incoming-documents/{id}/files", Who::May(P::IncomingRegister), upload)
        .get("/api/v1/incoming-documents/{id}/files/{ordinal}", Who::Person, download)
}

async fn answer(app: &App, principal: &Principal, id: IncomingId) -> web::Result<Json<IncomingOut>> {
    Ok(Json(IncomingOut::new(&look::look(app.platform(), principal, id).await?)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    state: Vec<String>,
    urgency: Option<String>,
    source: Option<String>,
    sender: Option<String>,
    level: Option<String>,
    unit: Option<String>,
    overdue: bool,
    mine: bool,
    waiting: bool,
    text: Option<String>,
    recent: bool,
    after: Option<String>,
    limit: Option<i64>,
}

/// Incoming documents that the caller may see: the most urgent first, within a level what waits longest; or with
/// `recent=1` the latest first.
#[utoipa::path(get, path = "/api/v1/incoming-documents", tag = "office", params(
    ("state" = Option<String>, Query, description = "State; may be repeated"),
    ("urgency" = Option<String>, Query), ("source" = Option<String>, Query),
    ("sender" = Option<String>, Query, description = "Code of the issuing agency"),
    ("level" = Option<String>, Query, description = "`central`, `province`, `commune` or `other`"),
    ("unit" = Option<String>, Query, description = "Id of the unit in the lead"),
    ("overdue" = Option<bool>, Query), ("mine" = Option<bool>, Query),
    ("waiting" = Option<bool>, Query, description = "Waits for the caller's own directive"),
    ("text" = Option<String>, Query, description = "Words, with or without marks; the newest 200 hits"),
    ("recent" = Option<bool>, Query), ("after" = Option<String>, Query),
    ("limit" = Option<i64>, Query, description = "1–200, 50 by default")
), responses((status = 200, body = IncomingList)))]
async fn list(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Query(query): Query<ListQuery>,
) -> web::Result<Json<IncomingList>> {
    let wanted = Wanted {
        states: query.state.iter().filter_map(|s| State::parse(s)).collect(),
        urgency: query.urgency.as_deref().and_then(Urgency::from_code),
        source: query.source,
        sender: query.sender,
        level: query.level,
        lead_unit: query.unit,
        overdue: query.overdue,
        mine: query.mine,
        waiting: query.waiting,
        text: query.text.unwrap_or_default(),
        recent: query.recent,
    };
    let after = query.after.as_deref().and_then(cursor_read);
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let (rows, next) = lists::list(app.platform(), &caller, wanted, after, limit).await?;
    Ok(Json(IncomingList {
        items: rows.iter().map(IncomingSummary::from).collect(),
        next: next.as_ref().map(cursor_text),
    }))
}

/// Registers by hand what came on paper, by mail or through a portal; files follow to `…/files`.
#[utoipa::path(post, path = "/api/v1/incoming-documents", tag = "office", request_body = ByHand,
    responses((status = 201, body = IncomingOut)))]
async fn create(AppState(app): AppState<App>, Caller(caller): Caller, Json(input): Json<ByHand>) -> web::Result {
    let made =
        by_hand::register_by_hand(app.platform(), &caller, input.document, Vec::new(), input.submit, input.command)
            .await?;
    Ok((StatusCode::CREATED, answer(&app, &caller, made.id).await?).into_response())
}

/// What is left of the caller's day on the incoming side.
#[utoipa::path(get, path = "/api/v1/incoming-documents/counts", tag = "office",
    responses((status = 200, body = IncomingCounts)))]
async fn counts(AppState(app): AppState<App>, Caller(caller): Caller) -> web::Result<Json<IncomingCounts>> {
    let deed = Deed::new(app.platform(), &caller)?;
    let day = app.platform().db().read(move |tx| incoming_day(tx, &deed)).await?;
    Ok(Json(IncomingCounts {
        unregistered: day.unregistered_count,
        unregistered_late: day.unregistered_late,
        registered_today: day.registered_today,
        last_registered_at: day.last_registered_at.map(moment),
        to_submit: day.to_submit,
        waiting: day.waiting,
        waiting_for_me: day.waiting_for_me,
        working: day.working,
        overdue: day.overdue.into_iter().map(|(lead, count)| OverdueOut { lead, count }).collect(),
        mine: day.mine,
        mine_late: day.mine_late,
    }))
}

/// Before whom the caller's agency can put a document.
#[utoipa::path(get, path = "/api/v1/incoming-documents/receivers", tag = "office",
    responses((status = 200, body = [ReceiverOut])))]
async fn receiver_list(AppState(app): AppState<App>, Caller(caller): Caller) -> web::Result<Json<Vec<ReceiverOut>>> {
    let deed = Deed::new(app.platform(), &caller)?;
    let all = app.platform().db().read(move |tx| receivers(tx, deed.agency(), deed.today())).await?;
    Ok(Json(
        all.into_iter()
            .map(|h| ReceiverOut {
                position: h.position.id.to_string(),
                person: h.position.person.to_string(),
                name: h.full_name,
                title: h.position.title.vi.to_string(),
            })
            .collect(),
    ))
}

/// Units and people of the caller's agency, with what each holds now.
#[utoipa::path(get, path = "/api/v1/incoming-documents/assignees", tag = "office",
    responses((status = 200, body = [AssigneeOut])))]
async fn assignee_list(AppState(app): AppState<App>, Caller(caller): Caller) -> web::Result<Json<Vec<AssigneeOut>>> {
    let deed = Deed::new(app.platform(), &caller)?;
    let out = app
        .platform()
        .db()
        .read(move |tx| {
            let (agency, today) = (deed.agency(), deed.today());
            let (units, people) = (loads_of_units(tx, agency, today)?, loads_of_people(tx, agency, today)?);
            let mut out = Vec::new();
            for unit in directory::units_of(tx, agency, today)? {
                let load = units.get(&unit.id.to_string()).copied().unwrap_or_default();
                out.push(AssigneeOut {
                    unit: Some(unit.id.to_string()),
                    person: None,
                    name: unit.name.get(Lang::Vi).to_owned(),
                    title: String::new(),
                    open: load.open,
                    overdue: load.overdue,
                });
            }
            for holder in directory::positions_in(tx, agency, today)? {
                let load = people.get(&holder.position.person.to_string()).copied().unwrap_or_default();
                out.push(AssigneeOut {
                    unit: holder.position.unit.map(|u| u.to_string()),
                    person: Some(holder.position.person.to_string()),
                    name: holder.full_name,
                    title: holder.position.title.vi.to_string(),
                    open: load.open,
                    overdue: load.overdue,
                });
            }
            Ok(out)
        })
        .await?;
    Ok(Json(out))
}

/// Agrees with several proposals; one that is refused does not stop the others.
#[utoipa::path(post, path = "/api/v1/incoming-documents/agree", tag = "office", request_body = AgreeBatch,
    responses((status = 200, body = [Signed]), (status = 404, description = "One of them is no id", body = Problem)))]
async fn agree_batch(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Json(input): Json<AgreeBatch>,
) -> web::Result<Json<Vec<Signed>>> {
    let mut documents = Vec::with_capacity(input.documents.len());
    for one in &input.documents {
        documents.push((id_of(&one.id)?, Command { version: one.version, key: None }));
    }
    let done = direct::agree_batch(app.platform(), &caller, documents).await;
    Ok(Json(
        done.into_iter()
            .map(|(id, outcome)| match outcome {
                Ok(document) => {
                    Signed { id: id.to_string(), state: Some(document.state.code().to_owned()), refused: None }
                }
                Err(error) => Signed {
                    id: id.to_string(),
                    state: None,
                    refused: Some(web::Failure::from(error).refusal().code.code.to_owned()),
                },
            })
            .collect(),
    ))
}

/// One document with everything around it.
#[utoipa::path(get, path = "/api/v1/incoming-documents/{id}", tag = "office",
    responses((status = 200, body = IncomingOut)))]
async fn show(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> web::Result<Json<IncomingOut>> {
    answer(&app, &caller, id_of(&id)?).await
}

/// Registers an arrival (Điều 22); with `submit` also puts it before the leader.
#[utoipa::path(post, path = "/api/v1/incoming-documents/{id}/register", tag = "office", request_body = Register,
    responses((status = 200, body = IncomingOut)))]
async fn register_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Register>,
) -> web::Result<Json<IncomingOut>> {
    let id = id_of(&id)?;
    register::register_incoming(app.platform(), &caller, id, input.fields, input.submit, input.command).await?;
    answer(&app, &caller, id).await
}

/// Returns an arrival to its sender (Điều 21 khoản 2).
#[utoipa::path(post, path = "/api/v1/incoming-documents/{id}/return", tag = "office", request_body = Return,
    responses((status = 200, body = IncomingOut)))]
async fn give_it_back(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Return>,
) -> web::Result<Json<IncomingOut>> {
    let id = id_of(&id)?;
    give_back::return_incoming(app.platform(), &caller, id, input.input, input.command).await?;
    answer(&app, &caller, id).await
}

/// Puts a registered document before the chief of office or a leader (Điều 23 khoản 1).
#[utoipa::path(post, path = "/api/v1/incoming-documents/{id}/submit", tag = "office", request_body = SubmitTo,
    responses((status = 200, body = IncomingOut)))]
async fn submit_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<SubmitTo>,
) -> web::Result<Json<IncomingOut>> {
    let id = id_of(&id)?;
    submit::submit_incoming(app.platform(), &caller, id, input.input, input.command).await?;
    answer(&app, &caller, id).await
}

/// Gives a directive (Điều 23 khoản 2, 4).
#[utoipa::path(post, path = "/api/v1/incoming-documents/{id}/direct", tag = "office", request_body = Direct,
    responses((status = 200, body = IncomingOut)))]
async fn direct_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Direct>,
) -> web::Result<Json<IncomingOut>> {
    let id = id_of(&id)?;
    direct::direct_incoming(app.platform(), &caller, id, input.input, input.command).await?;
    answer(&app, &caller, id).await
}

/// Agrees with what was proposed.
#[utoipa::path(post, path = "/api/v1/incoming-documents/{id}/agree", tag = "office", request_body = Act,
    responses((status = 200, body = IncomingOut)))]
async fn agree_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Act>,
) -> web::Result<Json<IncomingOut>> {
    let id = id_of(&id)?;
    direct::agree(app.platform(), &caller, id, input.command).await?;
    answer(&app, &caller, id).await
}

/// Hands the unit's assignment to one of its people.
#[utoipa::path(post, path = "/api/v1/incoming-documents/{id}/assign", tag = "office", request_body = Assign,
    responses((status = 200, body = IncomingOut)))]
async fn assign_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Assign>,
) -> web::Result<Json<IncomingOut>> {
    let id = id_of(&id)?;
    work::assign_within_unit(app.platform(), &caller, id, input.input, input.command).await?;
    answer(&app, &caller, id).await
}

/// Begins work.
#[utoipa::path(post, path = "/api/v1/incoming-documents/{id}/start", tag = "office", request_body = Act,
    responses((status = 200, body = IncomingOut)))]
async fn start_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Act>,
) -> web::Result<Json<IncomingOut>> {
    let id = id_of(&id)?;
    work::start(app.platform(), &caller, id, input.command).await?;
    answer(&app, &caller, id).await
}

/// Reports progress, gives an opinion, or finishes one's own part.
#[utoipa::path(post, path = "/api/v1/incoming-documents/{id}/reports", tag = "office", request_body = Report,
    responses((status = 200, body = IncomingOut)))]
async fn report_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Report>,
) -> web::Result<Json<IncomingOut>> {
    let id = id_of(&id)?;
    work::report(app.platform(), &caller, id, input.input, input.command).await?;
    answer(&app, &caller, id).await
}

/// Finishes a document.
#[utoipa::path(post, path = "/api/v1/incoming-documents/{id}/complete", tag = "office", request_body = Complete,
    responses((status = 200, body = IncomingOut)))]
async fn complete_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Complete>,
) -> web::Result<Json<IncomingOut>> {
    let id = id_of(&id)?;
    finish::complete(app.platform(), &caller, id, input.input, input.command).await?;
    answer(&app, &caller, id).await
}

/// Opens a finished document again, with a reason.
#[utoipa::path(post, path = "/api/v1/incoming-documents/{id}/reopen", tag = "office", request_body = Remark,
    responses((status = 200, body = IncomingOut)))]
async fn reopen_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Remark>,
) -> web::Result<Json<IncomingOut>> {
    let id = id_of(&id)?;
    finish::reopen(app.platform(), &caller, id, input.remark, input.command).await?;
    answer(&app, &caller, id).await
}

#[derive(Debug, Deserialize)]
struct UploadQuery {
    name: String,
    version: Option<i64>,
    key: Option<String>,
}

/// Adds a file to what was registered by hand; the body is the file.
#[utoipa::path(post, path = "/api/v1/incoming-documents/{id}/files", tag = "office", params(
    ("name" = String, Query, description = "Name with extension; it must fit the content"),
    ("version" = Option<i64>, Query), ("key" = Option<String>, Query)
), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = IncomingOut)))]
async fn upload(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Query(query): Query<UploadQuery>,
    body: Body,
) -> web::Result {
    let id = id_of(&id)?;
    // Rights first: nobody fills the disk with what he may not add.
    look::look(app.platform(), &caller, id).await?;
    let upload = receive(&app, query.name, false, body).await?;
    let command = Command { version: query.version, key: query.key };
    by_hand::attach_scan(app.platform(), &caller, id, upload, command).await?;
    Ok((StatusCode::CREATED, answer(&app, &caller, id).await?).into_response())
}

/// A file's bytes, as a download.
#[utoipa::path(get, path = "/api/v1/incoming-documents/{id}/files/{ordinal}", tag = "office",
    responses((status = 200, content_type = "*/*", description = "Of the kind that this server found out", body = Vec<u8>)))]
async fn download(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path((id, ordinal)): Path<(String, String)>,
) -> web::Result {
    let ordinal = ordinal.parse().map_err(|_| platform::Error::NotFound("file"))?;
    send(&app, &caller, id_of(&id)?, ordinal, false).await
}

/// Sends a file into the sandbox: shown where it is harmless and wanted, a download otherwise.
pub async fn send(app: &App, caller: &Principal, id: IncomingId, ordinal: i64, shown: bool) -> web::Result {
    let file = look::file_of(app.platform(), caller, id, ordinal).await?;
    let response = stored(app, &file.sha256, &file.name, &file.media_type).await?;
    Ok(if shown { response.shown() } else { response }.into_response())
}
