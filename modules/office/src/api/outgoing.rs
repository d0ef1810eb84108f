//! Calls for outgoing documents: `/api/v1/outgoing-documents`.

use super::transfer::{receive, stored};
use super::types::{
    Act, Numbering, OutgoingList, OutgoingOut, OutgoingSummary, Remark, RequestOut, Sign, SignBatch, SignOne, Signed,
    Submit, cursor_read, cursor_text,
};
use crate::refusals;
use crate::rules::outgoing::State;
use crate::store::outgoing::{OutgoingFilter, OutgoingId, outgoing_page};
use crate::store::signing_requests::requests_for;
use crate::use_cases::draft::{DraftInput, RecipientInput};
use crate::use_cases::{Command, Deed, draft, files, issue, look, number, reach_of, review, seal, sign, void};
use axum::body::Body;
use axum::extract::{Path, State as AppState};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use base::document_types::Urgency;
use base::{Date, Refusal, Text};
use platform::access::{Permission, Principal};
use serde::Deserialize;
use utoipa::{OpenApi, ToSchema};
use web::problem::Problem;
use web::{App, Caller, Json, Query, Routes, Who};

/// Description of these calls.
#[derive(OpenApi)]
#[openapi(
    paths(
        list,
        create,
        show,
        revise,
        submit,
        opine,
        approve_content,
        check_form,
        send_back,
        request_signature,
        cancel_signature,
        sign_one,
        sign_batch,
        number_one,
        seal_one,
        issue_one,
        promulgate,
        void_one,
        upload,
        download,
        remove_file,
        signing_requests
    ),
    components(schemas(
        OutgoingOut,
        OutgoingList,
        DraftInput,
        RecipientInput,
        Draft,
        Act,
        Remark,
        Submit,
        Numbering,
        Sign,
        SignBatch,
        SignOne,
        Signed,
        RequestOut,
        Command
    ))
)]
pub struct Description;

/// These calls.
pub fn routes() -> Routes {
    use Permission as P;
    const ONE: &str = "/api/v1/outgoing-documents/{id}";
    Routes::new()
        .get("/api/v1/outgoing-documents", Who::Person, list)
        .post("/api/v1/outgoing-documents", Who::May(P::OutgoingDraft), create)
        .post("/api/v1/outgoing-documents/sign", Who::May(P::OutgoingSign), sign_batch)
        .get(ONE, Who::Person, show)
        .put(ONE, Who::May(P::OutgoingDraft), revise)
        .post("/api/v1/outgoing-documents/{id}/submit", Who::May(P::OutgoingDraft), submit)
        .post("/api/v1/outgoing-documents/{id}/opinions", Who::Person, opine)
        .post("/api/v1/outgoing-documents/{id}/approve-content", Who::May(P::OutgoingApproveContent), approve_content)
        .post("/api/v1/outgoing-documents/{id}/check-form", Who::May(P::OutgoingCheckForm), check_form)
        .post("/api/v1/outgoing-documents/{id}/send-back", Who::Person, send_back)
        .post("/api/v1/outgoing-documents/{id}/request-signature", Who::Person, request_signature)
        .post("/api/v1/outgoing-documents/{id}/cancel-signature", Who::Person, cancel_signature)
        .post("/api/v1/outgoing-documents/{id}/sign", Who::May(P::OutgoingSign), sign_one)
        .post("/api/v1/outgoing-documents/{id}/number", Who::May(P::OutgoingNumber), number_one)
        .post("/api/v1/outgoing-documents/{id}/seal", Who::May(P::OutgoingSeal), seal_one)
        .post("/api/v1/outgoing-documents/{id}/issue", Who::May(P::OutgoingIssue), issue_one)
        .post("/api/v1/outgoing-documents/{id}/promulgate", Who::May(P::OutgoingIssue), promulgate)
        .post("/api/v1/outgoing-documents/{id}/void", Who::Person, void_one)
        .post("/api/v1/outgoing-documents/{id}/files", Who::May(P::OutgoingDraft), upload)
        .get("/api/v1/outgoing-documents/{id}/files/{file}", Who::Person, download)
        .delete("/api/v1/outgoing-documents/{id}/files/{file}", Who::May(P::OutgoingDraft), remove_file)
        .get("/api/v1/signing-requests", Who::Person, signing_requests)
}

/// An id out of the path; one that is none names nothing.
pub fn id_of<K>(text: &str) -> web::Result<base::Id<K>> {
    text.parse().map_err(|_| platform::Error::NotFound("document").into())
}

async fn answer(app: &App, principal: &Principal, id: OutgoingId) -> web::Result<Json<OutgoingOut>> {
    Ok(Json(OutgoingOut::new(&look::look(app.platform(), principal, id).await?)))
}

/// A draft with its command.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct Draft {
    /// What the caller saw, and the key of the command.
    #[serde(flatten)]
    pub command: Command,
    /// The draft.
    pub draft: DraftInput,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    state: Vec<String>,
    kind: Option<String>,
    urgency: Option<String>,
    drafter: Option<String>,
    signer: Option<String>,
    recent: bool,
    after: Option<String>,
    limit: Option<i64>,
}

/// Outgoing documents that the caller may see: the most urgent first, or with `recent=1` the latest first.
#[utoipa::path(get, path = "/api/v1/outgoing-documents", tag = "office", params(
    ("state" = Option<String>, Query, description = "State; may be repeated"),
    ("kind" = Option<String>, Query), ("urgency" = Option<String>, Query),
    ("drafter" = Option<String>, Query, description = "`me`, or the id of a person"),
    ("signer" = Option<String>, Query, description = "`me`, or the id of a person"),
    ("recent" = Option<bool>, Query), ("after" = Option<String>, Query), ("limit" = Option<i64>, Query, description = "1–200, 50 by default")
), responses((status = 200, body = OutgoingList)))]
async fn list(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Query(query): Query<ListQuery>,
) -> web::Result<Json<OutgoingList>> {
    let me = caller.person().map(|p| p.to_string());
    let person = |named: Option<String>| match named.as_deref() {
        Some("me") => me.clone(),
        _ => named,
    };
    let filter = OutgoingFilter {
        states: query.state.iter().filter_map(|s| State::parse(s)).collect(),
        kind: query.kind,
        urgency: query.urgency.as_deref().and_then(Urgency::from_code),
        drafter: person(query.drafter),
        signer: person(query.signer),
        recent_first: query.recent,
        ..OutgoingFilter::default()
    };
    let (reach, after) = (reach_of(&caller), query.after.as_deref().and_then(cursor_read));
    let limit = query.limit.unwrap_or(50).clamp(1, 200);
    let (rows, next) =
        app.platform().db().read(move |tx| outgoing_page(tx, &reach, &filter, after.as_ref(), limit)).await?;
    Ok(Json(OutgoingList {
        items: rows.iter().map(OutgoingSummary::from).collect(),
        next: next.as_ref().map(cursor_text),
    }))
}

/// Begins a draft.
#[utoipa::path(post, path = "/api/v1/outgoing-documents", tag = "office", request_body = Draft,
    responses((status = 201, body = OutgoingOut)))]
async fn create(AppState(app): AppState<App>, Caller(caller): Caller, Json(input): Json<Draft>) -> web::Result {
    let made = draft::draft_outgoing(app.platform(), &caller, input.draft, input.command).await?;
    Ok((StatusCode::CREATED, answer(&app, &caller, made.id).await?).into_response())
}

/// One document with everything around it.
#[utoipa::path(get, path = "/api/v1/outgoing-documents/{id}", tag = "office", responses((status = 200, body = OutgoingOut)))]
async fn show(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> web::Result<Json<OutgoingOut>> {
    answer(&app, &caller, id_of(&id)?).await
}

/// Changes a draft; after an approval it goes back to the start (NĐ 30/2020/NĐ-CP, Điều 11).
#[utoipa::path(put, path = "/api/v1/outgoing-documents/{id}", tag = "office", request_body = Draft,
    responses((status = 200, body = OutgoingOut)))]
async fn revise(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Draft>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    draft::revise(app.platform(), &caller, id, input.draft, input.command).await?;
    answer(&app, &caller, id).await
}

/// Hands the draft to whoever answers for its content.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/submit", tag = "office", request_body = Submit,
    responses((status = 200, body = OutgoingOut)))]
async fn submit(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Submit>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    draft::submit_for_content(app.platform(), &caller, id, input.consult, input.command).await?;
    answer(&app, &caller, id).await
}

/// Gives an opinion on a draft.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/opinions", tag = "office", request_body = Remark,
    responses((status = 200, body = OutgoingOut)))]
async fn opine(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Remark>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    review::opine(app.platform(), &caller, id, input.remark, input.command).await?;
    answer(&app, &caller, id).await
}

/// Approves the content (Điều 12 khoản 1).
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/approve-content", tag = "office", request_body = Remark,
    responses((status = 200, body = OutgoingOut)))]
async fn approve_content(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Remark>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    review::approve_content(app.platform(), &caller, id, input.remark, input.command).await?;
    answer(&app, &caller, id).await
}

/// Confirms the form (Điều 12 khoản 2).
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/check-form", tag = "office", request_body = Remark,
    responses((status = 200, body = OutgoingOut)))]
async fn check_form(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Remark>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    review::check_format(app.platform(), &caller, id, input.remark, input.command).await?;
    answer(&app, &caller, id).await
}

/// Gives the draft back with a reason.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/send-back", tag = "office", request_body = Remark,
    responses((status = 200, body = OutgoingOut)))]
async fn send_back(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Remark>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    review::send_back(app.platform(), &caller, id, input.remark, input.command).await?;
    answer(&app, &caller, id).await
}

/// Asks the signer to sign.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/request-signature", tag = "office", request_body = Act,
    responses((status = 200, body = OutgoingOut)))]
async fn request_signature(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Act>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    sign::request_signature(app.platform(), &caller, id, input.command).await?;
    answer(&app, &caller, id).await
}

/// Takes the signing request back, or declines it.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/cancel-signature", tag = "office", request_body = Remark,
    responses((status = 200, body = OutgoingOut)))]
async fn cancel_signature(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Remark>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    sign::cancel_request(app.platform(), &caller, id, input.remark, input.command).await?;
    answer(&app, &caller, id).await
}

/// Signs with the caller's own key.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/sign", tag = "office", request_body = Sign,
    responses((status = 200, body = OutgoingOut)))]
async fn sign_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Sign>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    sign::sign(app.platform(), &caller, id, &input.secret, input.command).await?;
    answer(&app, &caller, id).await
}

/// Signs several documents; one that is refused does not stop the others.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/sign", tag = "office", request_body = SignBatch,
    responses((status = 200, body = [Signed]), (status = 404, description = "One of them is no id", body = Problem)))]
async fn sign_batch(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Json(input): Json<SignBatch>,
) -> web::Result<Json<Vec<Signed>>> {
    let mut ids = Vec::with_capacity(input.documents.len());
    for one in &input.documents {
        ids.push((id_of(&one.id)?, Command { version: one.version, key: None }));
    }
    let done = sign::sign_batch(app.platform(), &caller, &ids, &input.secret).await?;
    Ok(Json(
        done.into_iter()
            .map(|(id, outcome)| Signed {
                id: id.to_string(),
                state: outcome.as_ref().ok().map(|d| d.state.code().to_owned()),
                refused: outcome.err().map(|error| web::Failure::from(error).refusal().code.code.to_owned()),
            })
            .collect(),
    ))
}

fn date(text: Option<&str>) -> Result<Option<Date>, Refusal> {
    text.map(str::trim)
        .filter(|t| !t.is_empty())
        .map(|t| {
            t.parse().map_err(|_| {
                Refusal::new(&refusals::METADATA)
                    .field("dated", Text::fixed("Ngày dạng 2026-11-23.", "A date such as 2026-11-23."))
            })
        })
        .transpose()
}

/// Gives number and date.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/number", tag = "office", request_body = Numbering,
    responses((status = 200, body = OutgoingOut)))]
async fn number_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Numbering>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    let dated = date(input.dated.as_deref())?;
    number::number_and_date(app.platform(), &caller, id, dated, input.place, input.command).await?;
    answer(&app, &caller, id).await
}

/// Applies the agency's signature.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/seal", tag = "office", request_body = Act,
    responses((status = 200, body = OutgoingOut)))]
async fn seal_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Act>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    seal::seal(app.platform(), &caller, id, input.command).await?;
    answer(&app, &caller, id).await
}

/// Issues to the recipients.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/issue", tag = "office", request_body = Act,
    responses((status = 200, body = OutgoingOut)))]
async fn issue_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Act>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    issue::issue(app.platform(), &caller, id, input.command).await?;
    answer(&app, &caller, id).await
}

/// Numbers, seals and issues in one go.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/promulgate", tag = "office", request_body = Numbering,
    responses((status = 200, body = OutgoingOut)))]
async fn promulgate(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Numbering>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    let dated = date(input.dated.as_deref())?;
    issue::promulgate(app.platform(), &caller, id, dated, input.place, input.command).await?;
    answer(&app, &caller, id).await
}

/// Voids a draft or a number, with a reason.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/void", tag = "office", request_body = Remark,
    responses((status = 200, body = OutgoingOut)))]
async fn void_one(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Json(input): Json<Remark>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    void::void(app.platform(), &caller, id, input.remark, input.command).await?;
    answer(&app, &caller, id).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct UploadQuery {
    name: String,
    main: bool,
    version: Option<i64>,
    key: Option<String>,
}

/// Adds a file: the body is the file, `name` its name. Streamed to the store while it is hashed.
#[utoipa::path(post, path = "/api/v1/outgoing-documents/{id}/files", tag = "office", params(
    ("name" = String, Query), ("main" = Option<bool>, Query), ("version" = Option<i64>, Query), ("key" = Option<String>, Query)
), request_body(content = Vec<u8>, content_type = "application/octet-stream"), responses((status = 201, body = OutgoingOut)))]
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
    let upload = receive(&app, query.name, query.main, body).await?;
    let command = Command { version: query.version, key: query.key };
    files::attach_file(app.platform(), &caller, id, upload, command).await?;
    Ok((StatusCode::CREATED, answer(&app, &caller, id).await?).into_response())
}

/// Takes a file out of a draft.
#[utoipa::path(delete, path = "/api/v1/outgoing-documents/{id}/files/{file}", tag = "office", params(
    ("version" = Option<i64>, Query), ("key" = Option<String>, Query)
), responses((status = 200, body = OutgoingOut)))]
async fn remove_file(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path((id, file)): Path<(String, String)>,
    Query(command): Query<Command>,
) -> web::Result<Json<OutgoingOut>> {
    let id = id_of(&id)?;
    files::detach_file(app.platform(), &caller, id, id_of(&file)?, command).await?;
    answer(&app, &caller, id).await
}

/// A file's bytes.
#[utoipa::path(get, path = "/api/v1/outgoing-documents/{id}/files/{file}", tag = "office",
    responses((status = 200, content_type = "*/*", description = "Of the kind that this server found out", body = Vec<u8>)))]
async fn download(
    AppState(app): AppState<App>,
    Caller(caller): Caller,
    Path((id, file)): Path<(String, String)>,
) -> web::Result {
    let file = files::file_of(app.platform(), &caller, id_of(&id)?, id_of(&file)?).await?;
    Ok(stored(&app, &file.sha256, &file.name, &file.media_type).await?.into_response())
}

/// Signing requests that wait for the caller.
#[utoipa::path(get, path = "/api/v1/signing-requests", tag = "office", responses((status = 200, body = [RequestOut])))]
async fn signing_requests(AppState(app): AppState<App>, Caller(caller): Caller) -> web::Result<Json<Vec<RequestOut>>> {
    let deed = Deed::new(app.platform(), &caller)?;
    let rows = app.platform().db().read(move |tx| requests_for(tx, deed.agency(), deed.person(), 200)).await?;
    let now = app.platform().now();
    Ok(Json(
        rows.iter()
            .map(|row| RequestOut { state: row.rule().state_at(now).code().to_owned(), ..RequestOut::from(row) })
            .collect(),
    ))
}
