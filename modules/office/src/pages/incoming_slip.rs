//! The handling slip (phiếu giải quyết văn bản đến): form VII of Phụ lục IV, filled from the directive and the assignments.

use crate::api::outgoing::id_of;
use crate::rules::directive::Part;
use crate::store::directives::Assignment;
use crate::store::incoming::IncomingId;
use crate::use_cases::incoming::look::look;
use askama::Template;
use axum::extract::{Path, State as AppState};
use base::{Lang, Timestamp, format};
use web::{App, Page, Req, User, page};

#[derive(Template)]
#[template(path = "incoming_slip.html")]
struct Slip {
    l: Lang,
    agency: String,
    id: String,
    code: String,
    kind: String,
    dated: String,
    issuer: String,
    subject: String,
    number: String,
    arrived: String,
    directives: Vec<Said>,
    by_units: Vec<Handed>,
    opinions: Vec<Said>,
}

/// What somebody said, with who it names.
struct Said {
    who: String,
    words: String,
    on: String,
    lead: Vec<String>,
    support: Vec<String>,
    deadline: String,
}

/// What a head of unit handed on.
struct Handed {
    unit: String,
    person: String,
    deadline: String,
    on: String,
}

/// The page; its print is the form.
pub async fn slip(req: Req, User(user): User, AppState(app): AppState<App>, Path(id): Path<String>) -> web::Result {
    let id: IncomingId = id_of(&id)?;
    let view = look(app.platform(), &user, id).await?;
    let l = req.lang;
    let d = &view.document;
    let day = |at: Timestamp| format::date(at.local_date(), l);
    let named = |a: &Assignment| {
        let name = a.person_name.clone().or_else(|| a.unit_name.clone()).unwrap_or_default();
        match a.deadline {
            Some(deadline) => format!("{name} ({} {})", l.t("hạn", "due"), format::date(deadline, l)),
            None => name,
        }
    };
    let of = |directive, part: Part| {
        view.assignments
            .iter()
            .filter(|a| a.directive == directive && a.parent.is_none() && a.part == part)
            .map(named)
            .collect::<Vec<_>>()
    };
    let directives = view
        .directives
        .iter()
        .filter(|r| r.replaced_at.is_none())
        .map(|r| Said {
            who: format!("{} {}", r.person_title, r.person_name),
            words: r.words.clone(),
            on: day(r.at),
            lead: of(r.id, Part::Lead),
            support: of(r.id, Part::Support),
            deadline: r.deadline.map(|d| format::date(d, l)).unwrap_or_default(),
        })
        .collect();
    let by_units = view
        .assignments
        .iter()
        .filter(|a| a.parent.is_some() && a.state != "withdrawn")
        .map(|a| Handed {
            unit: a.unit_name.clone().unwrap_or_default(),
            person: a.person_name.clone().unwrap_or_default(),
            deadline: a.deadline.map(|d| format::date(d, l)).unwrap_or_default(),
            on: day(a.at),
        })
        .collect();
    let opinions = view
        .progress
        .iter()
        .map(|p| Said {
            who: p.person_name.clone(),
            words: p.words.clone(),
            on: day(p.at),
            lead: Vec::new(),
            support: Vec::new(),
            deadline: String::new(),
        })
        .collect();
    let body = Slip {
        l,
        agency: user.agency_name.get(l).to_owned(),
        id: d.id.to_string(),
        code: d.code(),
        kind: d.kind_name.clone(),
        dated: d.issued_on.map(|d| format::date(d, l)).unwrap_or_default(),
        issuer: d.issuer.clone(),
        subject: d.subject.clone(),
        number: d.arrival_number.map(|n| n.to_string()).unwrap_or_default(),
        arrived: d.arrived_on.map(|d| format::date(d, l)).unwrap_or_default(),
        directives,
        by_units,
        opinions,
    };
    let title = l.t("Phiếu giải quyết văn bản đến", "Handling slip");
    Ok(page(
        &req,
        Page::new(format!("{title} · {}", d.code())).section("office.incoming").print_heading(title.to_uppercase()),
        &body,
    ))
}
