//! The leader's directive (bút phê): words, one lead, supports, deadlines; the sender hears 04 (Điều 23 khoản 2, 4).

use super::change::handle;
use super::tell::{tell_person, tell_sender, tell_unit};
use crate::entries;
use crate::refusals;
use crate::rules::directive::{Assignee, Directive, Part, check};
use crate::rules::incoming::Verb;
use crate::store::directives::{
    Assignment, DirectiveRow, assignment_insert, assignment_move, assignments_of, directive_insert, directives_replace,
};
use crate::store::incoming::{Incoming, IncomingId};
use crate::store::readers::readers_add;
use crate::use_cases::change::Told;
use crate::use_cases::deed::{Command, Deed};
use base::fold::nfc;
use base::{Date, Lang, Refusal, Text};
use exchange::StatusCode;
use platform::access::{Permission, Principal, scope_person, scope_unit};
use platform::directory::{self, PersonId, UnitId};
use platform::ledger::Codes;
use platform::{Error, Platform, Result, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// One unit or person named in a directive.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct AssigneeInput {
    /// Id of the unit; at least one of unit and person.
    pub unit: Option<String>,
    /// Id of the person.
    pub person: Option<String>,
    /// `lead`, `support` or `inform`.
    pub part: String,
    /// Own deadline, `YYYY-MM-DD`.
    pub deadline: Option<String>,
}

/// What the leader writes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct DirectiveInput {
    /// The words.
    pub text: String,
    /// Deadline of the whole, `YYYY-MM-DD`.
    pub deadline: Option<String>,
    /// Who is to act.
    pub assignees: Vec<AssigneeInput>,
    /// Takes the place of the directives before it and withdraws their open assignments; otherwise it adds to them.
    pub replace: bool,
}

/// Gives a directive.
pub async fn direct_incoming(
    platform: &Platform,
    principal: &Principal,
    id: IncomingId,
    input: DirectiveInput,
    command: Command,
) -> Result<Incoming> {
    let directive = read_directive(&input)?;
    give(platform, principal, id, Some(directive), input.replace, command).await
}

/// Agrees with what was proposed, in one step.
pub async fn agree(platform: &Platform, principal: &Principal, id: IncomingId, command: Command) -> Result<Incoming> {
    give(platform, principal, id, None, false, command).await
}

/// Agrees with several proposals; one that is refused does not stop the others.
pub async fn agree_batch(
    platform: &Platform,
    principal: &Principal,
    documents: Vec<(IncomingId, Command)>,
) -> Vec<(IncomingId, Result<Incoming>)> {
    let mut done = Vec::with_capacity(documents.len());
    for (id, command) in documents {
        done.push((id, agree(platform, principal, id, command).await));
    }
    done
}

async fn give(
    platform: &Platform,
    principal: &Principal,
    id: IncomingId,
    directive: Option<Directive>,
    replace: bool,
    command: Command,
) -> Result<Incoming> {
    let deed = Deed::new(platform, principal)?;
    if !principal.may(Permission::IncomingDirect) {
        // By rule the clerk or the chief may pass a document straight to the responsible unit (Điều 23 khoản 1).
        deed.require(Permission::IncomingTriage)?;
    }
    handle(platform, deed, id, command, Verb::Direct, &entries::DIRECTED, move |tx, deed, document| {
        let agreed = directive.is_none();
        let directive = match &directive {
            Some(directive) => directive.clone(),
            None => document.proposed.clone().ok_or_else(|| Refusal::new(&refusals::NO_PROPOSAL))?,
        };
        act(tx, deed, document, directive, replace, agreed)
    })
    .await
}

fn act(
    tx: &Tx<'_>,
    deed: &Deed,
    document: &mut Incoming,
    directive: Directive,
    replace: bool,
    agreed: bool,
) -> Result<Told> {
    if replace {
        directives_replace(tx, document.id, deed.now)?;
    }
    let open: Vec<Assignment> = assignments_of(tx, document.id)?
        .into_iter()
        .filter(|a| a.part == Part::Lead && matches!(a.state.as_str(), "open" | "in_process"))
        .collect();
    check(&directive, deed.today(), !open.is_empty())?;
    let named = resolve(tx, deed, document, &directive)?;
    let row = DirectiveRow {
        id: deed.id(),
        person: deed.person().to_owned(),
        person_name: deed.principal.name.clone(),
        person_title: deed.title(),
        words: directive.text.clone(),
        deadline: directive.deadline,
        at: deed.now,
        replaced_at: None,
    };
    directive_insert(tx, document.id, &row)?;
    if named.iter().any(|n| n.assignee.part == Part::Lead) {
        // There is never a second lead beside the first.
        for former in &open {
            assignment_move(tx, former.id, "withdrawn", None)?;
        }
    }
    let mut tokens = Vec::new();
    for one in &named {
        let deadline = one.assignee.deadline.or(directive.deadline).filter(|_| one.assignee.part != Part::Inform);
        assignment_insert(
            tx,
            document.id,
            &Assignment {
                id: deed.id(),
                directive: row.id,
                parent: None,
                part: one.assignee.part,
                unit: one.unit.map(|u| u.to_string()),
                unit_name: one.unit_name.clone(),
                person: one.person.map(|p| p.to_string()),
                person_name: one.person_name.clone(),
                deadline,
                state: "open".to_owned(),
                assigned_by: deed.person().to_owned(),
                at: deed.now,
                done_at: None,
            },
        )?;
        // The unit's head follows what its people are given.
        tokens.extend(one.unit.map(scope_unit));
        tokens.extend(one.person.map(scope_person));
        if one.assignee.part == Part::Lead {
            document.lead_unit = one.unit.map(|u| u.to_string());
            document.lead_name = one.person_name.clone().or_else(|| one.unit_name.clone());
            document.deadline = directive.deadline.or(one.assignee.deadline).or(document.deadline);
        }
    }
    document.directed_at = Some(deed.now);
    document.deadline = directive.deadline.or(document.deadline);
    readers_add(tx, entries::INCOMING.name, &document.id.to_string(), &tokens)?;
    for one in &named {
        let what = match one.assignee.part {
            Part::Lead => Text::fixed("Giao chủ trì", "You lead"),
            Part::Support => Text::fixed("Giao phối hợp", "You support"),
            Part::Inform => Text::fixed("Chuyển để biết", "For your information"),
        };
        match (one.person, one.unit) {
            (Some(person), _) => tell_person(tx, deed, document, person, &what)?,
            (None, Some(unit)) => tell_unit(tx, deed, document, unit, &what)?,
            (None, None) => {}
        }
    }
    let lead = document.lead_name.clone().unwrap_or_default();
    tell_sender(tx, deed, document, StatusCode::ASSIGNED, &format!("Giao {lead} chủ trì."))?;
    Ok(Told {
        codes: Codes::new()
            .with("assignees", i64::try_from(named.len()).unwrap_or(i64::MAX))
            .with("agreed", agreed)
            .with("replaced", replace)
            .with_some("deadline", document.deadline.map(|d| d.to_string())),
        details: json!({ "words": directive.text, "lead": lead }),
    })
}

/// An assignee with the names that stand for it.
pub struct Named {
    /// As it was entered.
    pub assignee: Assignee,
    /// The unit; of a person, the one he sits in.
    pub unit: Option<UnitId>,
    /// Its name.
    pub unit_name: Option<String>,
    /// The person.
    pub person: Option<PersonId>,
    /// The person's name.
    pub person_name: Option<String>,
}

/// Looks up everybody named; refused when one is not in the agency today.
pub fn resolve(tx: &Tx<'_>, deed: &Deed, document: &Incoming, directive: &Directive) -> Result<Vec<Named>> {
    let today = deed.today();
    let units = directory::units_of(tx, &document.agency, today)?;
    let people = directory::positions_in(tx, &document.agency, today)?;
    let mut out = Vec::with_capacity(directive.assignees.len());
    for (index, assignee) in directive.assignees.iter().enumerate() {
        let unknown =
            || {
                Error::from(Refusal::new(&refusals::ASSIGNEE_UNKNOWN).field(
                    format!("assignees[{index}]"),
                    Text::fixed("Không có trong cơ quan.", "Not in this agency."),
                ))
            };
        let holder = match &assignee.person {
            Some(id) => Some(
                people
                    .iter()
                    .find(|h| {
                        h.position.person.to_string() == *id
                            && assignee
                                .unit
                                .as_ref()
                                .is_none_or(|u| h.position.unit.map(|x| x.to_string()) == Some(u.clone()))
                    })
                    .ok_or_else(unknown)?,
            ),
            None => None,
        };
        let unit = match (&assignee.unit, holder) {
            (Some(id), _) => Some(units.iter().find(|u| u.id.to_string() == *id).ok_or_else(unknown)?),
            (None, Some(holder)) => units.iter().find(|u| Some(u.id) == holder.position.unit),
            (None, None) => None,
        };
        out.push(Named {
            assignee: assignee.clone(),
            unit: unit.map(|u| u.id),
            unit_name: unit.map(|u| u.name.get(Lang::Vi).to_owned()),
            person: holder.map(|h| h.position.person),
            person_name: holder.map(|h| h.full_name.clone()),
        });
    }
    Ok(out)
}

/// Reads what was entered; dates and parts that are none are named field by field.
pub fn read_directive(input: &DirectiveInput) -> Result<Directive> {
    let mut refusal = Refusal::new(&refusals::DIRECTIVE);
    let mut day = |field: String, text: &Option<String>| -> Option<Date> {
        let text = text.as_deref().map(str::trim).filter(|t| !t.is_empty())?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            refusal = refusal.clone().field(field, Text::fixed("Không phải một ngày.", "This is not a day."));
        }
        parsed
    };
    let deadline = day("deadline".to_owned(), &input.deadline);
    let given = |text: &Option<String>| text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
    let mut assignees = Vec::with_capacity(input.assignees.len());
    let mut wrong = Vec::new();
    for (index, one) in input.assignees.iter().enumerate() {
        let Some(part) = Part::parse(one.part.trim()) else {
            wrong.push(format!("assignees[{index}].part"));
            continue;
        };
        assignees.push(Assignee {
            unit: given(&one.unit),
            person: given(&one.person),
            part,
            deadline: day(format!("assignees[{index}].deadline"), &one.deadline),
        });
    }
    for field in wrong {
        refusal = refusal.field(field, Text::fixed("lead, support hoặc inform.", "lead, support or inform."));
    }
    if refusal.fields.is_empty() {
        Ok(Directive { text: nfc(input.text.trim()), deadline, assignees })
    } else {
        Err(refusal.into())
    }
}
