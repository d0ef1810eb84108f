//! Drafting: one form for a new draft and for a change; what was typed and what was uploaded survive a refusal.

use crate::api::outgoing::id_of;
use crate::refusals;
use crate::rules::document_type;
use crate::rules::signature_authority::Authority;
use crate::store::incoming::{IncomingId, incoming_get};
use crate::store::links::links_from;
use crate::store::outgoing::{Outgoing, OutgoingId, Recipient};
use crate::use_cases::draft::{DraftInput, RecipientInput};
use crate::use_cases::files::{FILE_LIMIT, Upload as Received};
use crate::use_cases::look::look;
use crate::use_cases::{Command, draft, files};
use askama::Template;
use axum::extract::{Path, Query as AxumQuery, State as AppState};
use axum::http::StatusCode;
use base::document_types::{Secrecy, Urgency};
use base::{AgencyCode, Lang, Refusal, Text, Timestamp};
use platform::access::Principal;
use platform::blobs::StagedBlob;
use platform::directory::{self, Holder, Rank};
use platform::{Error, Platform, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

use web::input;
use web::ui::agency_picker::{AgencyLine, AgencyPicker};
use web::ui::field::{Choose, Field};
use web::ui::note::ErrorSummary;
use web::ui::upload::Upload;
use web::upload::{TakenFile, UploadForm};
use web::{App, FormData, Html, Page, Req, User, agencies, page, redirect};

/// Kinds of file that the form offers.
const ACCEPT: &str = ".pdf,.docx,.xlsx,.pptx,.doc,.xls,.odt,.ods,.zip,.jpg,.png";

#[derive(Template)]
#[template(path = "draft_form.html")]
struct DraftForm {
    l: Lang,
    csrf: String,
    action: String,
    back: String,
    title: String,
    version: i64,
    key: String,
    errors: Html,
    kind: Field,
    subject: Field,
    urgency: Field,
    secrecy: Field,
    due_on: Field,
    field: Field,
    unit_abbreviation: Field,
    signer: Field,
    authority: Field,
    picker: AgencyPicker,
    paper: Field,
    places: Field,
    note: Field,
    copies: Field,
    answers: Vec<(String, String)>,
    upload: Upload,
    has_files: Vec<String>,
}

/// What was typed, in the form's own words.
#[derive(Debug, Default, Clone)]
struct Typed {
    version: i64,
    key: String,
    kind: String,
    subject: String,
    urgency: String,
    secrecy: String,
    due_on: String,
    field: String,
    unit_abbreviation: String,
    signer: String,
    authority: String,
    recipients: Vec<String>,
    sought: String,
    paper: String,
    places: String,
    note: String,
    copies: String,
    answers: Vec<String>,
    kept: Vec<KeptUpload>,
    kept_tokens: Vec<String>,
}

/// A file that was stored before the form was refused; the token is sealed for this person alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KeptUpload {
    pub(super) name: String,
    pub(super) staged: StagedBlob,
    pub(super) head: Vec<u8>,
}

/// An empty form; `tra-loi` names the incoming document that is answered.
pub async fn blank(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    AxumQuery(asked): AxumQuery<HashMap<String, String>>,
) -> web::Result {
    let mut typed = Typed {
        kind: "official-letter".to_owned(),
        urgency: "normal".to_owned(),
        secrecy: "open".to_owned(),
        key: app.platform().new_id::<Command>().to_string(),
        ..Typed::default()
    };
    if let Some(incoming) = asked.get("tra-loi").and_then(|id| id.parse::<IncomingId>().ok()) {
        typed.answers.push(incoming.to_string());
        // Whoever wrote is the natural recipient of the answer.
        let found = app.platform().db().read(move |tx| incoming_get(tx, incoming)).await;
        if let Ok(found) = found
            && found.agency == user.agency
        {
            typed.recipients.extend(found.issuer_code.clone());
            typed.subject = format!("Trả lời {} về {}", found.code(), found.subject).chars().take(500).collect();
        }
    }
    show(&req, &app, &user, None, &typed, None).await
}

/// The form of a draft that is there.
pub async fn open(req: Req, User(user): User, AppState(app): AppState<App>, Path(id): Path<String>) -> web::Result {
    let id: OutgoingId = id_of(&id)?;
    let view = look(app.platform(), &user, id).await?;
    let typed = of_document(app.platform(), &view.document, &view.recipients).await?;
    show(&req, &app, &user, Some(&view.document), &typed, None).await
}

async fn of_document(platform: &Platform, d: &Outgoing, recipients: &[Recipient]) -> Result<Typed> {
    let id = d.id.to_string();
    let links = platform.db().read(move |tx| links_from(tx, crate::entries::OUTGOING.name, &id)).await?;
    Ok(Typed {
        version: d.version,
        key: platform.new_id::<Command>().to_string(),
        kind: d.kind.clone(),
        subject: d.subject.clone(),
        urgency: d.urgency.code().to_owned(),
        secrecy: d.secrecy.code().to_owned(),
        due_on: d.due_on.map(input::show_date).unwrap_or_default(),
        field: d.field.clone().unwrap_or_default(),
        unit_abbreviation: d.unit_abbreviation.clone().unwrap_or_default(),
        signer: d.signer_position.clone().unwrap_or_default(),
        authority: if d.signer.is_some() { d.authority.code().to_owned() } else { String::new() },
        recipients: recipients.iter().filter_map(|r| r.agency.as_ref().map(ToString::to_string)).collect(),
        paper: recipients.iter().filter(|r| r.agency.is_none()).map(|r| r.name.clone()).collect::<Vec<_>>().join("\n"),
        places: d.places.join("\n"),
        note: d.note.clone(),
        copies: d.copies.map(|n| n.to_string()).unwrap_or_default(),
        answers: links.iter().filter(|l| l.relation == "response_for").map(|l| l.to_id.clone()).collect(),
        ..Typed::default()
    })
}

/// Saves a new draft.
pub async fn create(req: Req, User(user): User, AppState(app): AppState<App>, form: UploadForm) -> web::Result {
    take(&req, &app, &user, None, form).await
}

/// Saves a changed draft.
pub async fn save(
    req: Req,
    User(user): User,
    AppState(app): AppState<App>,
    Path(id): Path<String>,
    form: UploadForm,
) -> web::Result {
    let id: OutgoingId = id_of(&id)?;
    let view = look(app.platform(), &user, id).await?;
    take(&req, &app, &user, Some(view.document), form).await
}

async fn take(req: &Req, app: &App, user: &Principal, document: Option<Outgoing>, form: UploadForm) -> web::Result {
    let platform = app.platform();
    let mut typed = read(&form.fields);
    typed.kept = kept(platform, user, &form.fields);
    typed.kept.extend(form.files.into_iter().map(received));
    typed.kept_tokens = tokens(platform, user, &typed.kept)?;
    // “Tìm” only looks for agencies; nothing is saved.
    if form.fields.first("tim").is_some() {
        return show(req, app, user, document.as_ref(), &typed, None).await;
    }
    match store(platform, user, document.as_ref().map(|d| d.id), &typed, &form.fields).await {
        Ok((id, submitted)) => {
            let said = if submitted {
                Text::fixed("Đã lưu và trình nội dung.", "Saved and submitted.")
            } else {
                Text::fixed("Đã lưu dự thảo.", "The draft is saved.")
            };
            Ok(redirect(format!("/van-ban-di/{id}")).say(said).go(req))
        }
        Err(Error::Refused(refusal)) => show(req, app, user, document.as_ref(), &typed, Some(&refusal)).await,
        Err(other) => Err(other.into()),
    }
}

/// Saves the draft, then its files one by one; a repetition finds what is already there by the command's key.
async fn store(
    platform: &Platform,
    user: &Principal,
    id: Option<OutgoingId>,
    typed: &Typed,
    fields: &FormData,
) -> Result<(OutgoingId, bool)> {
    let input = input_of(typed, platform.now())?;
    let key = |part: &str| Some(format!("{}#{part}", typed.key)).filter(|k| k.len() <= 100);
    let id = match id {
        Some(id) => {
            let command = Command { version: Some(typed.version), key: key("save") };
            draft::revise(platform, user, id, input, command).await?.id
        }
        None => draft::draft_outgoing(platform, user, input, Command { version: None, key: key("save") }).await?.id,
    };
    for (n, file) in typed.kept.iter().enumerate() {
        let upload =
            Received { name: file.name.clone(), staged: file.staged.clone(), head: file.head.clone(), main: false };
        let command = Command { version: None, key: key(&format!("file{n}")) };
        files::attach_file(platform, user, id, upload, command).await?;
    }
    let submits = fields.first("viec") == Some("trinh");
    if submits {
        let command = Command { version: None, key: key("submit") };
        draft::submit_for_content(platform, user, id, Vec::new(), command).await?;
    }
    Ok((id, submits))
}

fn read(fields: &FormData) -> Typed {
    let text = |name: &str| fields.first(name).unwrap_or_default().trim().to_owned();
    let sought = text("recipients_tim");
    let mut recipients: Vec<String> = fields.all("recipients").map(str::to_owned).collect();
    // A code typed into the search field counts as chosen.
    if let Ok(code) = AgencyCode::parse(&sought)
        && fields.first("tim").is_none()
    {
        recipients.push(code.to_string());
    }
    recipients.dedup();
    Typed {
        version: text("version").parse().unwrap_or_default(),
        key: text("key").chars().take(64).collect(),
        kind: text("kind"),
        subject: text("subject"),
        urgency: text("urgency"),
        secrecy: text("secrecy"),
        due_on: text("due_on"),
        field: text("field"),
        unit_abbreviation: text("unit_abbreviation"),
        signer: text("signer_position"),
        authority: text("authority"),
        recipients,
        sought,
        paper: text("paper"),
        places: text("places"),
        note: text("note"),
        copies: text("copies"),
        answers: fields.all("responds_to").map(str::to_owned).collect(),
        ..Typed::default()
    }
}

fn input_of(typed: &Typed, now: Timestamp) -> Result<DraftInput, Refusal> {
    let mut fields = input::Fields::new();
    let due_on = fields.date_optional("due_on", &typed.due_on, now.local_date());
    let copies = match typed.copies.as_str() {
        "" => None,
        text => fields.parse("copies", text, Text::fixed("Một số từ 0 đến 999.", "A number from 0 to 999.")),
    };
    fields.finish_as(&refusals::METADATA)?;
    let lines = |text: &str| text.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect::<Vec<_>>();
    let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    let electronic = typed.recipients.iter().map(|code| RecipientInput {
        agency: Some(code.clone()),
        name: String::new(),
        paper: false,
    });
    let paper = lines(&typed.paper).into_iter().map(|name| RecipientInput { agency: None, name, paper: true });
    Ok(DraftInput {
        kind: typed.kind.clone(),
        subject: typed.subject.clone(),
        field: some(&typed.field),
        secrecy: some(&typed.secrecy),
        urgency: some(&typed.urgency),
        due_on: due_on.map(|d| d.to_string()),
        unit_abbreviation: some(&typed.unit_abbreviation),
        signer_position: some(&typed.signer),
        authority: some(&typed.authority),
        recipients: electronic.chain(paper).collect(),
        places: lines(&typed.places),
        note: typed.note.clone(),
        pages: None,
        copies,
        responds_to: typed.answers.clone(),
        replaces: Vec::new(),
        corrects: Vec::new(),
    })
}

const KEPT: &str = "office.upload";

/// Files kept by an earlier round of this form; a token that is not this person's is dropped.
pub(super) fn kept(platform: &Platform, user: &Principal, fields: &FormData) -> Vec<KeptUpload> {
    let Some(person) = user.person() else { return Vec::new() };
    let mut out = Vec::new();
    for token in fields.all("giu_files") {
        let opened = hex::decode(token)
            .ok()
            .and_then(|bytes| platform.signing().unwrap(KEPT, &person.to_string(), &bytes).ok())
            .and_then(|plain| serde_json::from_slice(&plain).ok());
        out.extend(opened);
    }
    out
}

pub(super) fn tokens(platform: &Platform, user: &Principal, kept: &[KeptUpload]) -> Result<Vec<String>> {
    let Some(person) = user.person() else { return Ok(Vec::new()) };
    kept.iter()
        .map(|file| {
            let plain = serde_json::to_vec(file).map_err(|e| Error::fault("keeping a file", e))?;
            Ok(hex::encode(platform.signing().wrap(KEPT, &person.to_string(), &plain)?))
        })
        .collect()
}

pub(super) fn received(file: TakenFile) -> KeptUpload {
    KeptUpload { name: file.name, staged: file.staged, head: file.head }
}

/// What the form offers, read in one snapshot.
struct Offers {
    signers: Vec<Holder>,
    chosen: Vec<AgencyLine>,
    found: Option<Vec<AgencyLine>>,
    answers: Vec<(String, String)>,
}

async fn offers(platform: &Platform, user: &Principal, typed: &Typed, l: Lang) -> Result<Offers> {
    let (agency, today, typed) = (user.agency.clone(), platform.now().local_date(), typed.clone());
    platform
        .db()
        .read(move |tx| {
            let mut signers = directory::positions_in(tx, &agency, today)?;
            signers.retain(|h| h.position.rank != Rank::Staff);
            signers.sort_by_key(|h| h.position.rank);
            let mut chosen = Vec::new();
            for code in &typed.recipients {
                if let Ok(code) = AgencyCode::parse(code)
                    && let Some(found) = directory::agency_latest(tx, &code)?
                {
                    chosen.push(agencies::line(tx, &found, today, l)?);
                }
            }
            let found = if typed.sought.is_empty() {
                None
            } else {
                let mut found = agencies::lines_found(tx, &typed.sought, 20, today, l)?;
                found.retain(|a| !typed.recipients.contains(&a.code));
                Some(found)
            };
            let mut answers = Vec::new();
            for id in &typed.answers {
                if let Ok(id) = id.parse::<IncomingId>()
                    && let Ok(incoming) = incoming_get(tx, id)
                    && incoming.agency == agency
                {
                    answers.push((id.to_string(), format!("{} · {}", incoming.code(), incoming.subject)));
                }
            }
            Ok(Offers { signers, chosen, found, answers })
        })
        .await
}

async fn show(
    req: &Req,
    app: &App,
    user: &Principal,
    document: Option<&Outgoing>,
    typed: &Typed,
    refusal: Option<&Refusal>,
) -> web::Result {
    let l = req.lang;
    let offers = offers(app.platform(), user, typed, l).await?;
    let files = match document {
        Some(document) => {
            let id = document.id;
            app.platform().db().read(move |tx| crate::store::files::files_of(tx, id, false)).await?
        }
        None => Vec::new(),
    };
    let (action, back, title) = match document {
        Some(d) => (
            format!("/van-ban-di/{}/sua", d.id),
            format!("/van-ban-di/{}", d.id),
            l.t("Sửa dự thảo", "Change the draft"),
        ),
        None => (
            "/van-ban-di/soan".to_owned(),
            "/van-ban-di?loc=cua-toi".to_owned(),
            l.t("Soạn văn bản", "Draft a document"),
        ),
    };
    let body =
        form(l, req, (action, back, title), typed, offers, files.into_iter().map(|f| f.name).collect(), refusal, app);
    let mut frame = Page::new(title).section("office.outgoing");
    if refusal.is_some() {
        frame = frame.status(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(page(req, frame, &body))
}

#[expect(clippy::too_many_arguments, reason = "one call that gathers everything a form shows")]
fn form(
    l: Lang,
    req: &Req,
    (action, back, title): (String, String, &str),
    typed: &Typed,
    offers: Offers,
    has_files: Vec<String>,
    refusal: Option<&Refusal>,
    app: &App,
) -> DraftForm {
    let today = app.platform().now().local_date();
    let kinds =
        document_type::in_force(today).map(|k| Choose::new(k.id.clone(), document_type::plain_name(k, l))).collect();
    // The decree's three degrees; “hỏa tốc hẹn giờ” exists only on the wire.
    let urgencies = Urgency::ALL[..4].iter().map(|u| Choose::new(u.code(), u.label().get(l).to_owned())).collect();
    let secrecies = Secrecy::ALL.iter().map(|s| Choose::new(s.code(), s.label().get(l).to_owned())).collect();
    let mut signers = vec![Choose::new("", l.t("Chưa chọn", "Not chosen"))];
    signers.extend(
        offers
            .signers
            .iter()
            .map(|h| Choose::new(h.position.id.to_string(), format!("{}, {}", h.full_name, h.position.title.get(l)))),
    );
    let mut authorities = vec![Choose::new("", l.t("Theo chức vụ", "As the position goes"))];
    authorities.extend(Authority::ALL.iter().map(|a| {
        let word = if a.prefix().is_empty() { l.t("Ký trực tiếp", "In own right") } else { a.prefix() };
        Choose::new(a.code(), word)
    }));
    let mut picker =
        AgencyPicker::new(l, "recipients", l.t("Nơi nhận qua liên thông", "Recipients through the exchange"))
            .many()
            .chosen(offers.chosen)
            .refused(refusal);
    if let Some(found) = offers.found {
        picker = picker.found(&typed.sought, found);
    }
    let mut upload = Upload::new(l, "files", l.t("Tệp", "Files"), ACCEPT, FILE_LIMIT).many().refused(refusal);
    for (file, token) in typed.kept.iter().zip(&typed.kept_tokens) {
        upload = upload.kept(token, &file.name, file.staged.size);
    }
    let optional = |field: Field| field.optional().refused(refusal);
    DraftForm {
        l,
        csrf: req.csrf.clone(),
        action,
        back,
        title: title.to_owned(),
        version: typed.version,
        key: typed.key.clone(),
        errors: ErrorSummary::of(l, refusal),
        kind: Field::select(l, "kind", l.t("Loại văn bản", "Kind"), kinds)
            .value(&typed.kind)
            .span("c4")
            .refused(refusal),
        subject: Field::area(l, "subject", l.t("Trích yếu", "Subject"), 3)
            .value(&typed.subject)
            .maxlength(500)
            .refused(refusal),
        urgency: Field::select(l, "urgency", l.t("Độ khẩn", "Urgency"), urgencies)
            .value(&typed.urgency)
            .span("c4")
            .refused(refusal),
        secrecy: Field::select(l, "secrecy", l.t("Độ mật", "Secrecy"), secrecies)
            .value(&typed.secrecy)
            .span("c4")
            .refused(refusal),
        due_on: optional(Field::date(l, "due_on", l.t("Hạn trả lời", "Reply by")).value(&typed.due_on).span("c4")),
        field: optional(Field::text(l, "field", l.t("Lĩnh vực", "Field")).value(&typed.field).span("c4")),
        unit_abbreviation: optional(
            Field::text(l, "unit_abbreviation", l.t("Viết tắt đơn vị", "Unit’s abbreviation"))
                .hint(l.t("Cho ký hiệu công văn, ví dụ VX", "For official letters, e.g. VX"))
                .value(&typed.unit_abbreviation)
                .span("c4"),
        ),
        signer: Field::select(l, "signer_position", l.t("Người ký", "Signer"), signers)
            .value(&typed.signer)
            .span("c6")
            .refused(refusal),
        authority: Field::select(l, "authority", l.t("Thể thức ký", "Authority"), authorities)
            .value(&typed.authority)
            .span("c6")
            .refused(refusal),
        picker,
        paper: optional(
            Field::area(l, "paper", l.t("Nơi nhận bản giấy", "Recipients on paper"), 2)
                .hint(l.t("Mỗi dòng một nơi", "One a line"))
                .value(&typed.paper),
        ),
        places: optional(
            Field::area(l, "places", l.t("Nơi nhận khác như in trên văn bản", "Other places as printed"), 2)
                .hint(l.t("Ví dụ: Lưu: VT, TCCB", "E.g. Lưu: VT, TCCB"))
                .value(&typed.places),
        ),
        note: optional(Field::area(l, "note", l.t("Ghi chú", "Note"), 2).value(&typed.note).maxlength(500)),
        copies: optional(
            Field::text(l, "copies", l.t("Số bản giấy", "Paper copies"))
                .inputmode("numeric")
                .value(&typed.copies)
                .span("c4"),
        ),
        answers: offers.answers,
        upload,
        has_files,
    }
}
