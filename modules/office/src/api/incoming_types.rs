//! The shapes of the calls for incoming documents: dates as `YYYY-MM-DD`, moments as RFC 3339, ids as UUID.

use super::types::{HistoryOut, moment};
use crate::rules::registration_deadline::Standing;
use crate::store::incoming::Incoming;
use crate::use_cases::Command;
use crate::use_cases::incoming::by_hand::HandInput;
use crate::use_cases::incoming::direct::DirectiveInput;
use crate::use_cases::incoming::finish::CompleteInput;
use crate::use_cases::incoming::give_back::ReturnInput;
use crate::use_cases::incoming::look::IncomingView;
use crate::use_cases::incoming::register::RegisterInput;
use crate::use_cases::incoming::submit::SubmitInput;
use crate::use_cases::incoming::work::{AssignInput, ReportInput};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One line of a list of incoming documents.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncomingSummary {
    /// Id.
    pub id: String,
    /// Version of the record; send it back with every act.
    pub version: i64,
    /// State, e.g. `submitted`.
    pub state: String,
    /// `exchange`, `mail`, `paper` or `portal`.
    pub source: String,
    /// `new`, `recall`, `update` or `replace`.
    pub operation: String,
    /// Code of the kind.
    pub kind: Option<String>,
    /// Name of the kind as the issuer wrote it.
    pub kind_name: String,
    /// Number and notation.
    pub code: String,
    /// Date of the document.
    pub issued_on: Option<String>,
    /// Code of the issuer.
    pub issuer_code: Option<String>,
    /// Issuer.
    pub issuer: String,
    /// Trích yếu.
    pub subject: String,
    /// Độ khẩn.
    pub urgency: String,
    /// Độ mật.
    pub secrecy: String,
    /// `valid`, `caution`, `failed` or `none`.
    pub verdict: String,
    /// When it arrived.
    pub arrived_at: String,
    /// Số đến.
    pub arrival_number: Option<i64>,
    /// Ngày đến.
    pub arrived_on: Option<String>,
    /// The date by which the issuer wants an answer.
    pub due_on: Option<String>,
    /// Our deadline.
    pub deadline: Option<String>,
    /// Unit or person in the lead.
    pub lead: Option<String>,
    /// Number and notation of our answer.
    pub answer_code: Option<String>,
    /// When it changed last.
    pub changed_at: String,
}

impl From<&Incoming> for IncomingSummary {
    fn from(d: &Incoming) -> Self {
        Self {
            id: d.id.to_string(),
            version: d.version,
            state: d.state.code().to_owned(),
            source: d.source.clone(),
            operation: d.operation.clone(),
            kind: d.kind.clone(),
            kind_name: d.kind_name.clone(),
            code: d.code(),
            issued_on: d.issued_on.map(|d| d.to_string()),
            issuer_code: d.issuer_code.clone(),
            issuer: d.issuer.clone(),
            subject: d.subject.clone(),
            urgency: d.urgency.code().to_owned(),
            secrecy: d.secrecy.code().to_owned(),
            verdict: d.verdict.clone(),
            arrived_at: moment(d.arrived_at),
            arrival_number: d.arrival_number,
            arrived_on: d.arrived_on.map(|d| d.to_string()),
            due_on: d.due_on.map(|d| d.to_string()),
            deadline: d.deadline.map(|d| d.to_string()),
            lead: d.lead_name.clone(),
            answer_code: d.answer_code.clone(),
            changed_at: moment(d.changed_at),
        }
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncomingList {
    /// The documents.
    pub items: Vec<IncomingSummary>,
    /// Send as `after` for the next page; absent on the last.
    pub next: Option<String>,
}

/// A file of an incoming document.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncomingFileOut {
    /// Its place, from 1; names it in `…/files/{ordinal}`.
    pub ordinal: i64,
    /// Name.
    pub name: String,
    /// Media type by its content.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Words that came with it.
    pub description: Option<String>,
}

/// A directive.
#[derive(Debug, Serialize, ToSchema)]
pub struct DirectiveOut {
    /// Id.
    pub id: String,
    /// Who gave it.
    pub person: String,
    /// That person's title.
    pub title: String,
    /// The words.
    pub words: String,
    /// Deadline of the whole.
    pub deadline: Option<String>,
    /// When.
    pub at: String,
    /// When a later one took its place.
    pub replaced_at: Option<String>,
}

/// An assignment.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssignmentOut {
    /// Id.
    pub id: String,
    /// The unit's assignment out of which it was made.
    pub parent: Option<String>,
    /// `lead`, `support` or `inform`.
    pub part: String,
    /// Id of the unit.
    pub unit: Option<String>,
    /// Its name.
    pub unit_name: Option<String>,
    /// Id of the person.
    pub person: Option<String>,
    /// The person's name.
    pub person_name: Option<String>,
    /// Deadline.
    pub deadline: Option<String>,
    /// `open`, `in_process`, `done` or `withdrawn`.
    pub state: String,
}

/// Something reported.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProgressOut {
    /// `opinion`, `progress` or `result`.
    pub kind: String,
    /// Who.
    pub person: String,
    /// The words.
    pub words: String,
    /// How far, 0–100.
    pub percent: Option<i64>,
    /// When.
    pub at: String,
}

/// A status that the sender was told.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusOut {
    /// The code, e.g. `03`.
    pub code: String,
    /// Its name in Vietnamese.
    pub label: String,
    /// The words with it.
    pub description: String,
    /// When.
    pub at: String,
}

/// A round of checks.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerificationOut {
    /// When.
    pub checked_at: String,
    /// `valid`, `caution`, `failed` or `none`.
    pub verdict: String,
    /// The report of the exchange.
    pub report: serde_json::Value,
}

/// One incoming document with everything around it.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncomingOut {
    /// The line of the list.
    #[serde(flatten)]
    pub document: IncomingSummary,
    /// The package that brought it.
    pub package: Option<String>,
    /// The issuer's document code.
    pub document_id: Option<String>,
    /// The earlier document that a recall, update or replacement is about.
    pub about: Option<String>,
    /// Signer.
    pub signer: String,
    /// Position of the signer.
    pub signer_position: String,
    /// Who registered it.
    pub registered_by: Option<String>,
    /// Before whom it was put.
    pub submitted_to: Option<String>,
    /// What was proposed, in words.
    pub proposal: Option<String>,
    /// Whether the leader can agree in one step.
    pub can_agree: bool,
    /// What came of it.
    pub result: Option<String>,
    /// Id of our answer.
    pub answer: Option<String>,
    /// Why it was returned.
    pub return_reason: Option<String>,
    /// While it waits: the last day for registration, or how late it is, in words.
    pub registration: Option<String>,
    /// While it waits: the number that it would get now.
    pub next_number: Option<i64>,
    /// While it waits: ids of documents that look the same.
    pub duplicates: Vec<String>,
    /// Files.
    pub files: Vec<IncomingFileOut>,
    /// Checks, the first first.
    pub verifications: Vec<VerificationOut>,
    /// Directives, the first first.
    pub directives: Vec<DirectiveOut>,
    /// Assignments, withdrawn ones too.
    pub assignments: Vec<AssignmentOut>,
    /// Opinions, progress, results.
    pub progress: Vec<ProgressOut>,
    /// Ids of our documents that it answers.
    pub responds_to: Vec<String>,
    /// What the sender was told.
    pub statuses: Vec<StatusOut>,
    /// History, the first first.
    pub history: Vec<HistoryOut>,
    /// What the caller may do now.
    pub may: Vec<String>,
}

impl IncomingOut {
    /// From what was looked up.
    pub fn new(view: &IncomingView) -> Self {
        let d = &view.document;
        Self {
            document: d.into(),
            package: d.package.clone(),
            document_id: d.document_id.clone(),
            about: d.about.clone(),
            signer: d.signer_name.clone(),
            signer_position: d.signer_position.clone(),
            registered_by: d.registered_by_name.clone(),
            submitted_to: d.submitted_to_name.clone(),
            proposal: d.proposal.clone(),
            can_agree: d.proposed.is_some(),
            result: d.result.clone(),
            answer: d.answer.clone(),
            return_reason: d.return_reason.clone(),
            registration: view.registration.map(|standing| match standing {
                Standing::AtOnce { .. } => "at_once".to_owned(),
                Standing::Until(day) => format!("until {day}"),
                Standing::Overdue { days } => format!("overdue {days}"),
            }),
            next_number: view.next_number,
            duplicates: view.duplicates.iter().map(|(other, _)| other.id.to_string()).collect(),
            files: view
                .files
                .iter()
                .map(|f| IncomingFileOut {
                    ordinal: f.ordinal,
                    name: f.name.clone(),
                    media_type: f.media_type.clone(),
                    size: f.size,
                    sha256: f.sha256.clone(),
                    description: f.description.clone(),
                })
                .collect(),
            verifications: view
                .verifications
                .iter()
                .map(|v| VerificationOut {
                    checked_at: moment(v.checked_at),
                    verdict: v.verdict.clone(),
                    report: v.report.clone(),
                })
                .collect(),
            directives: view
                .directives
                .iter()
                .map(|r| DirectiveOut {
                    id: r.id.to_string(),
                    person: r.person_name.clone(),
                    title: r.person_title.clone(),
                    words: r.words.clone(),
                    deadline: r.deadline.map(|d| d.to_string()),
                    at: moment(r.at),
                    replaced_at: r.replaced_at.map(moment),
                })
                .collect(),
            assignments: view
                .assignments
                .iter()
                .map(|a| AssignmentOut {
                    id: a.id.to_string(),
                    parent: a.parent.map(|p| p.to_string()),
                    part: a.part.code().to_owned(),
                    unit: a.unit.clone(),
                    unit_name: a.unit_name.clone(),
                    person: a.person.clone(),
                    person_name: a.person_name.clone(),
                    deadline: a.deadline.map(|d| d.to_string()),
                    state: a.state.clone(),
                })
                .collect(),
            progress: view
                .progress
                .iter()
                .map(|p| ProgressOut {
                    kind: p.kind.clone(),
                    person: p.person_name.clone(),
                    words: p.words.clone(),
                    percent: p.percent,
                    at: moment(p.at),
                })
                .collect(),
            responds_to: view.links.iter().filter(|l| l.relation == "response_for").map(|l| l.to_id.clone()).collect(),
            statuses: view
                .statuses
                .iter()
                .map(|s| StatusOut {
                    code: s.code.to_string(),
                    label: s.code.label().vi.to_string(),
                    description: s.description.clone(),
                    at: moment(s.at),
                })
                .collect(),
            history: view.history.iter().map(HistoryOut::from).collect(),
            may: view.may.iter().filter_map(|v| serde_json::to_value(v).ok()?.as_str().map(str::to_owned)).collect(),
        }
    }
}

/// Registration, optionally with submission in the same step.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct Register {
    /// What the caller saw, and the key of the command.
    #[serde(flatten)]
    pub command: Command,
    /// What the clerk confirms or corrects.
    pub fields: RegisterInput,
    /// Also puts it before the leader.
    pub submit: Option<SubmitInput>,
}

/// Registration by hand.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct ByHand {
    /// The key of the command.
    #[serde(flatten)]
    pub command: Command,
    /// What arrived.
    pub document: HandInput,
    /// Also puts it before the leader.
    pub submit: Option<SubmitInput>,
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident($input:ty);)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize, ToSchema)]
        #[serde(default)]
        pub struct $name {
            /// What the caller saw, and the key of the command.
            #[serde(flatten)]
            pub command: Command,
            /// What is done.
            #[serde(flatten)]
            pub input: $input,
        }
    )*};
}

acts! {
    /// Return to the sender.
    Return(ReturnInput);
    /// Submission.
    SubmitTo(SubmitInput);
    /// A directive.
    Direct(DirectiveInput);
    /// Handing on within a unit.
    Assign(AssignInput);
    /// A report.
    Report(ReportInput);
    /// Completion.
    Complete(CompleteInput);
}

/// Agreement with several proposals.
#[derive(Deserialize, ToSchema)]
pub struct AgreeBatch {
    /// Which ones, each with the version that was seen.
    pub documents: Vec<super::types::SignOne>,
}

/// Before whom a document can be put.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiverOut {
    /// Id of the position.
    pub position: String,
    /// Id of the person.
    pub person: String,
    /// Name.
    pub name: String,
    /// Title.
    pub title: String,
}

/// A unit or person that can be assigned, with what it holds now.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssigneeOut {
    /// Id of the unit.
    pub unit: Option<String>,
    /// Id of the person; absent for a unit as a whole.
    pub person: Option<String>,
    /// Name.
    pub name: String,
    /// Title of a person.
    pub title: String,
    /// Open assignments.
    pub open: i64,
    /// Of these, late.
    pub overdue: i64,
}

/// The incoming side of the caller's day.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncomingCounts {
    /// Not in the register yet.
    pub unregistered: i64,
    /// Of these, past the day for registration.
    pub unregistered_late: i64,
    /// Registered today.
    pub registered_today: i64,
    /// When the agency registered last.
    pub last_registered_at: Option<String>,
    /// Registered, not yet put before anybody.
    pub to_submit: i64,
    /// Waiting for a directive.
    pub waiting: i64,
    /// Waiting for the caller's own directive.
    pub waiting_for_me: i64,
    /// Assigned or in process.
    pub working: i64,
    /// Late, by the unit or person in the lead.
    pub overdue: Vec<OverdueOut>,
    /// What the caller, or the unit that he heads, holds.
    pub mine: i64,
    /// Of these, late.
    pub mine_late: i64,
}

/// What is late with one unit or person.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverdueOut {
    /// Name of the unit or person in the lead.
    pub lead: String,
    /// How many.
    pub count: i64,
}
