//! Work on what was assigned: hand on within a unit, begin (05), report progress, give an opinion, finish one's part (Điều 24).

use super::change::handle;
use super::tell::{tell_person, tell_sender};
use crate::entries;
use crate::refusals;
use crate::rules::directive::{MAX_TEXT, Part};
use crate::rules::incoming::{State, Verb};
use crate::store::directives::{
    Assignment, Progress, assignment_insert, assignment_move, assignments_of, progress_insert,
};
use crate::store::incoming::{Incoming, IncomingId};
use crate::store::readers::readers_add;
use crate::use_cases::change::Told;
use crate::use_cases::deed::{Command, Deed};
use base::fold::nfc;
use base::{Date, Refusal, Text};
use exchange::StatusCode;
use platform::access::{Permission, Principal, scope_person};
use platform::directory::{self, Holder};
use platform::ledger::Codes;
use platform::{Platform, Result, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// To whom a unit hands the work.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct AssignInput {
    /// Id of the person, who sits in an assigned unit.
    pub person: String,
    /// `lead` (processes) or `support`; what the unit itself was asked for where it is left out.
    pub part: Option<String>,
    /// Deadline, `YYYY-MM-DD`; the unit's own where it is left out.
    pub deadline: Option<String>,
    /// Words for the person.
    pub words: String,
}

/// Hands an assignment of a unit to one of its people.
pub async fn assign_within_unit(
    platform: &Platform,
    principal: &Principal,
    id: IncomingId,
    input: AssignInput,
    command: Command,
) -> Result<Incoming> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::IncomingAssign)?;
    handle(platform, deed, id, command, Verb::Assign, &entries::ASSIGNED, move |tx, deed, document| {
        let person = member(tx, deed, document, &input.person)?;
        let all = assignments_of(tx, document.id)?;
        let unit = person.position.unit.map(|u| u.to_string());
        let parent =
            open_of_unit(&all, unit.as_deref()).ok_or_else(|| Refusal::new(&refusals::NOTHING_TO_ASSIGN))?.clone();
        let part = match input.part.as_deref().filter(|p| !p.is_empty()) {
            // A unit that supports cannot make anybody the lead.
            Some(word) if parent.part == Part::Lead => Part::parse(word).unwrap_or(Part::Lead),
            _ => parent.part,
        };
        let deadline = deadline_of(&input, parent.deadline, deed.today())?;
        if part == Part::Lead {
            for former in all.iter().filter(|a| a.parent == Some(parent.id) && a.part == Part::Lead && is_open(a)) {
                assignment_move(tx, former.id, "withdrawn", None)?;
            }
        }
        hand_to(tx, deed, document, &parent, &person, part, deadline)?;
        let words = words_of(&input.words)?;
        if !words.is_empty() {
            say(tx, deed, document, Some(&parent), "opinion", &words, None)?;
        }
        tell_person(tx, deed, document, person.position.person, &Text::fixed("Việc mới giao", "Assigned to you"))?;
        Ok(Told {
            codes: Codes::new().with("part", part.code()).with_some("deadline", deadline.map(|d| d.to_string())),
            details: json!({ "to": person.full_name, "words": words }),
        })
    })
    .await
}

fn hand_to(
    tx: &Tx<'_>,
    deed: &Deed,
    document: &Incoming,
    parent: &Assignment,
    person: &Holder,
    part: Part,
    deadline: Option<Date>,
) -> Result<Assignment> {
    let row = Assignment {
        id: deed.id(),
        directive: parent.directive,
        parent: Some(parent.id),
        part,
        unit: parent.unit.clone(),
        unit_name: parent.unit_name.clone(),
        person: Some(person.position.person.to_string()),
        person_name: Some(person.full_name.clone()),
        deadline,
        state: "open".to_owned(),
        assigned_by: deed.person().to_owned(),
        at: deed.now,
        done_at: None,
    };
    assignment_insert(tx, document.id, &row)?;
    readers_add(tx, entries::INCOMING.name, &document.id.to_string(), &[scope_person(person.position.person)])?;
    Ok(row)
}

fn member(tx: &Tx<'_>, deed: &Deed, document: &Incoming, person: &str) -> Result<Holder> {
    directory::positions_in(tx, &document.agency, deed.today())?
        .into_iter()
        .filter(|h| h.position.person.to_string() == person.trim())
        // A head hands on within the own unit; who directs the whole agency, within any assigned one.
        .min_by_key(|h| h.position.unit.map(|u| u.to_string()) != deed.acting.unit)
        .ok_or_else(|| {
            Refusal::new(&refusals::ASSIGNEE_UNKNOWN)
                .field("person", Text::fixed("Chọn người trong đơn vị.", "Choose somebody of the unit."))
                .into()
        })
}

fn is_open(assignment: &Assignment) -> bool {
    matches!(assignment.state.as_str(), "open" | "in_process")
}

/// The open assignment of a unit as a whole; the lead comes before a support.
fn open_of_unit<'a>(all: &'a [Assignment], unit: Option<&str>) -> Option<&'a Assignment> {
    all.iter()
        .filter(|a| is_open(a) && a.person.is_none() && a.part != Part::Inform)
        .filter(|a| unit.is_some() && a.unit.as_deref() == unit)
        .min_by_key(|a| a.part)
}

/// The open assignment of the person; the lead comes before a support.
fn open_of_person<'a>(all: &'a [Assignment], person: &str) -> Option<&'a Assignment> {
    all.iter()
        .filter(|a| is_open(a) && a.part != Part::Inform && a.person.as_deref() == Some(person))
        .min_by_key(|a| a.part)
}

fn deadline_of(input: &AssignInput, parent: Option<Date>, today: Date) -> Result<Option<Date>> {
    let wrong = |message: Text| Refusal::new(&refusals::DIRECTIVE).field("deadline", message);
    let Some(text) = input.deadline.as_deref().map(str::trim).filter(|t| !t.is_empty()) else { return Ok(parent) };
    let day: Date = text.parse().map_err(|_| wrong(Text::fixed("Không phải một ngày.", "This is not a day.")))?;
    if day < today {
        return Err(wrong(Text::fixed("Hạn đã qua.", "The deadline has passed.")).into());
    }
    if parent.is_some_and(|parent| day > parent) {
        return Err(wrong(Text::fixed("Sau hạn của đơn vị.", "After the unit's own deadline.")).into());
    }
    Ok(Some(day))
}

fn words_of(text: &str) -> Result<String> {
    let words = nfc(text.trim());
    if words.chars().count() > MAX_TEXT {
        return Err(Refusal::new(&refusals::DIRECTIVE)
            .field("words", Text::fixed("Nhiều nhất 2000 ký tự.", "At most 2000 characters."))
            .into());
    }
    Ok(words)
}

/// Adds what somebody says about the work.
pub fn say(
    tx: &Tx<'_>,
    deed: &Deed,
    document: &Incoming,
    assignment: Option<&Assignment>,
    kind: &str,
    words: &str,
    percent: Option<i64>,
) -> Result<()> {
    progress_insert(
        tx,
        document.id,
        &Progress {
            id: deed.id(),
            assignment: assignment.map(|a| a.id),
            kind: kind.to_owned(),
            person: deed.person().to_owned(),
            person_name: deed.principal.name.clone(),
            words: words.to_owned(),
            percent,
            at: deed.now,
        },
    )
}

/// Begins work: only whoever really holds an assignment can, so that the sender's 05 is true. A head who begins takes the
/// unit's assignment himself.
pub async fn start(platform: &Platform, principal: &Principal, id: IncomingId, command: Command) -> Result<Incoming> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::IncomingProcess)?;
    handle(platform, deed, id, command, Verb::Start, &entries::STARTED, move |tx, deed, document| {
        let own = begin(tx, deed, document)?;
        Ok(Told {
            codes: Codes::new()
                .with("part", own.part.code())
                .with_some("after_directive_seconds", document.directed_at.map(|at| deed.now.since(at) / 1_000_000)),
            details: json!({}),
        })
    })
    .await
}

/// The person's own assignment, begun: his own, or taken over from the unit that he heads.
fn begin(tx: &Tx<'_>, deed: &Deed, document: &mut Incoming) -> Result<Assignment> {
    let all = assignments_of(tx, document.id)?;
    let own = match open_of_person(&all, deed.person()) {
        Some(own) => own.clone(),
        None => {
            let parent = open_of_unit(&all, deed.acting.unit.as_deref())
                .filter(|_| deed.principal.may(Permission::IncomingAssign))
                .ok_or_else(|| Refusal::new(&refusals::NOT_ASSIGNED))?;
            let me = member(tx, deed, document, deed.person())?;
            hand_to(tx, deed, document, parent, &me, parent.part, parent.deadline)?
        }
    };
    if own.state == "open" {
        assignment_move(tx, own.id, "in_process", None)?;
    }
    document.state = State::InProcess;
    document.started_at.get_or_insert(deed.now);
    tell_sender(tx, deed, document, StatusCode::IN_PROCESS, "")?;
    Ok(own)
}

/// What is reported.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct ReportInput {
    /// `opinion`, `progress` or `result` (one's own part is done).
    pub kind: String,
    /// The words.
    pub words: String,
    /// How far, 0–100.
    pub percent: Option<i64>,
}

/// Reports progress, gives an opinion, or finishes one's own part as a support.
pub async fn report(
    platform: &Platform,
    principal: &Principal,
    id: IncomingId,
    input: ReportInput,
    command: Command,
) -> Result<Incoming> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::IncomingProcess)?;
    let mut wrong = Refusal::new(&refusals::METADATA);
    if !matches!(input.kind.as_str(), "opinion" | "progress" | "result") {
        wrong = wrong.field("kind", Text::fixed("opinion, progress hoặc result.", "opinion, progress or result."));
    }
    if input.percent.is_some_and(|p| !(0..=100).contains(&p)) {
        wrong = wrong.field("percent", Text::fixed("Từ 0 đến 100.", "From 0 to 100."));
    }
    let words = words_of(&input.words)?;
    if words.is_empty() && input.percent.is_none() {
        wrong = wrong.field("words", Text::fixed("Chưa có nội dung.", "This is empty."));
    }
    if !wrong.fields.is_empty() {
        return Err(wrong.into());
    }
    handle(platform, deed, id, command, Verb::Report, &entries::REPORTED, move |tx, deed, document| {
        if input.kind == "opinion" {
            if document.started_at.is_none() {
                // Words alone do not begin the work.
                document.state = State::Directed;
            }
            let all = assignments_of(tx, document.id)?;
            say(tx, deed, document, open_of_person(&all, deed.person()), "opinion", &words, None)?;
        } else {
            let own = begin(tx, deed, document)?;
            say(tx, deed, document, Some(&own), &input.kind, &words, input.percent)?;
            if input.kind == "result" && own.part == Part::Support {
                assignment_move(tx, own.id, "done", Some(deed.now))?;
            }
        }
        Ok(Told {
            codes: Codes::new().with("report", input.kind.as_str()).with_some("percent", input.percent),
            details: json!({ "words": words }),
        })
    })
    .await
}
