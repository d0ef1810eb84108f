//! The office's pages: today's work, incoming and outgoing documents, directives, drafting, signing, issue, registers.

pub mod acts;
pub mod arrivals;
pub mod book;
pub mod book_export;
pub mod by_hand;
pub mod directive_form;
pub mod directive_queue;
pub mod draft_form;
pub mod home;
pub mod incoming_acts;
pub mod incoming_record;
pub mod incoming_slip;
pub mod incoming_words;
pub mod outgoing_list;
pub mod record;
pub mod search;
pub mod setup;
pub mod setup_forms;
pub mod sign_page;
pub mod words;

use crate::rules::incoming::State as IncomingState;
use crate::rules::outgoing::State;
use crate::store::incoming_lists::{IncomingFilter, incoming_counts};
use crate::store::outgoing::{OutgoingFilter, outgoing_counts};
use crate::use_cases::incoming::list::desk_of;
use crate::use_cases::reach_of;
use base::{Refusal, Text, Timestamp};
use platform::access::{Permission, Principal};
use platform::{Error, Result, Tx};
use web::{Routes, Section, Who};

/// The refusal of an act, to be shown in its form; what is no refusal is passed on.
fn refused<T>(outcome: Result<T>) -> Result<std::result::Result<T, Box<Refusal>>> {
    match outcome {
        Ok(done) => Ok(Ok(done)),
        Err(Error::Refused(refusal)) => Ok(Err(refusal)),
        Err(Error::Conflict(_)) => Ok(Err(Box::new(Refusal::new(&web::refusals::CONFLICT)))),
        Err(other) => Err(other),
    }
}

/// All pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/viec-hom-nay", Who::Person, home::home)
        .get("/tim-kiem", Who::Person, search::search_page)
        .get("/van-ban-den", Who::Person, arrivals::list)
        .get("/van-ban-den/nhap", Who::May(Permission::IncomingRegister), by_hand::blank)
        .post("/van-ban-den/nhap", Who::May(Permission::IncomingRegister), by_hand::enter)
        .get("/van-ban-den/{id}", Who::Person, incoming_record::record)
        .get("/van-ban-den/{id}/tep/{ordinal}", Who::Person, incoming_record::file)
        .get("/van-ban-den/{id}/tep/{ordinal}/chu-ky", Who::Person, incoming_record::signatures)
        .post("/van-ban-den/{id}/tep/{ordinal}/chu-ky", Who::Person, incoming_record::check_again)
        .get("/van-ban-den/{id}/phieu", Who::Person, incoming_slip::slip)
        .post("/van-ban-den/{id}/viec/dang-ky", Who::May(Permission::IncomingRegister), arrivals::register)
        .get("/van-ban-den/{id}/viec/{verb}", Who::Person, incoming_acts::ask)
        .post("/van-ban-den/{id}/viec/{verb}", Who::Person, incoming_acts::act)
        .get("/cho-y-kien", Who::Person, directive_queue::queue)
        .post("/cho-y-kien/dong-y", Who::Person, directive_queue::agree_chosen)
        .post("/cho-y-kien/{id}", Who::Person, directive_queue::direct)
        .get("/van-ban-di", Who::Person, outgoing_list::list)
        .get("/van-ban-di/soan", Who::May(Permission::OutgoingDraft), draft_form::blank)
        .post("/van-ban-di/soan", Who::May(Permission::OutgoingDraft), draft_form::create)
        .get("/van-ban-di/cho-ky", Who::May(Permission::OutgoingSign), sign_page::queue)
        .post("/van-ban-di/cho-ky", Who::May(Permission::OutgoingSign), sign_page::sign_queue)
        .get("/van-ban-di/{id}", Who::Person, record::record)
        .get("/van-ban-di/{id}/sua", Who::May(Permission::OutgoingDraft), draft_form::open)
        .post("/van-ban-di/{id}/sua", Who::May(Permission::OutgoingDraft), draft_form::save)
        .get("/van-ban-di/{id}/tep/{file}", Who::Person, record::file)
        .get("/van-ban-di/{id}/tep/{file}/chu-ky", Who::Person, record::signatures_page)
        .post("/van-ban-di/{id}/tep/{file}/chu-ky", Who::Person, record::check_again)
        .get("/van-ban-di/{id}/ky", Who::May(Permission::OutgoingSign), sign_page::one)
        .post("/van-ban-di/{id}/ky", Who::May(Permission::OutgoingSign), sign_page::sign_one)
        .get("/van-ban-di/{id}/viec/{verb}", Who::Person, acts::ask)
        .post("/van-ban-di/{id}/viec/{verb}", Who::Person, acts::act)
        .get("/so-dang-ky", Who::May(Permission::RegistersPrint), book::books)
        .get("/so-dang-ky/so", Who::May(Permission::RegistersPrint), book::book)
        .get("/so-dang-ky/tai", Who::May(Permission::RegistersPrint), book_export::export)
        .get("/cau-hinh", Who::May(Permission::OfficeConfigure), setup::overview)
        .get("/cau-hinh/quy-trinh", Who::May(Permission::OfficeConfigure), setup_forms::route_blank)
        .post("/cau-hinh/quy-trinh", Who::May(Permission::OfficeConfigure), setup_forms::route_create)
        .get("/cau-hinh/quy-trinh/{id}/ket-thuc", Who::May(Permission::OfficeConfigure), setup_forms::route_ask_end)
        .post("/cau-hinh/quy-trinh/{id}/ket-thuc", Who::May(Permission::OfficeConfigure), setup_forms::route_do_end)
        .get("/cau-hinh/so", Who::May(Permission::OfficeConfigure), setup_forms::register_blank)
        .post("/cau-hinh/so", Who::May(Permission::OfficeConfigure), setup_forms::register_create)
        .get("/cau-hinh/so/khoa", Who::May(Permission::OfficeConfigure), setup_forms::register_ask_end)
        .post("/cau-hinh/so/khoa", Who::May(Permission::OfficeConfigure), setup_forms::register_do_end)
}

/// Entries in the main navigation.
pub fn sections() -> Vec<Section> {
    vec![
        Section {
            key: "office.today",
            path: "/viec-hom-nay",
            label: Text::fixed("Việc hôm nay", "Today"),
            order: 10,
            shows: works_here,
            count: None,
        },
        Section {
            key: "office.directives",
            path: "/cho-y-kien",
            label: Text::fixed("Chờ ý kiến", "To direct"),
            order: 15,
            shows: |p| {
                p.may(Permission::IncomingDirect)
                    || (p.may(Permission::IncomingTriage) && !p.may(Permission::IncomingRegister))
            },
            count: Some(directives_waiting),
        },
        Section {
            key: "office.incoming",
            path: "/van-ban-den",
            label: Text::fixed("Văn bản đến", "Incoming"),
            order: 20,
            shows: works_here,
            count: Some(incoming_open),
        },
        Section {
            key: "office.outgoing",
            path: "/van-ban-di",
            label: Text::fixed("Văn bản đi", "Outgoing"),
            order: 30,
            shows: works_here,
            count: Some(open_count),
        },
        Section {
            key: "office.registers",
            path: "/so-dang-ky",
            label: Text::fixed("Sổ đăng ký", "Registers"),
            order: 50,
            shows: |p| p.may(Permission::RegistersPrint),
            count: None,
        },
        Section {
            key: setup::SECTION,
            path: "/cau-hinh",
            label: Text::fixed("Quy trình và sổ", "Routes and registers"),
            order: 55,
            shows: |p| p.person().is_some() && p.may(Permission::OfficeConfigure),
            count: None,
        },
    ]
}

/// Whoever drafts, reads, signs or registers has a day in the office; administrators and operators do not.
fn works_here(principal: &Principal) -> bool {
    principal.person().is_some()
        && [
            Permission::OutgoingDraft,
            Permission::DocumentsReadAgency,
            Permission::DocumentsReadUnit,
            Permission::OutgoingSign,
            Permission::OutgoingCheckForm,
        ]
        .into_iter()
        .any(|permission| principal.may(permission))
}

/// How many documents wait for this person's directive.
fn directives_waiting(tx: &Tx<'_>, principal: &Principal, _now: Timestamp) -> Result<i64> {
    let filter = IncomingFilter {
        states: vec![IncomingState::Submitted],
        submitted_to: desk_of(principal),
        ..IncomingFilter::default()
    };
    total_incoming(tx, principal, &filter)
}

/// How many incoming documents want something of this person: a clerk registers and submits, others work on theirs.
fn incoming_open(tx: &Tx<'_>, principal: &Principal, _now: Timestamp) -> Result<i64> {
    let mut sum = 0;
    if principal.may(Permission::IncomingRegister) {
        let states = vec![IncomingState::Arrived, IncomingState::Registered];
        sum += total_incoming(tx, principal, &IncomingFilter { states, ..IncomingFilter::default() })?;
    }
    if principal.may(Permission::IncomingProcess) {
        sum += total_incoming(tx, principal, &own_work(principal))?;
    }
    Ok(sum)
}

fn total_incoming(tx: &Tx<'_>, principal: &Principal, filter: &IncomingFilter) -> Result<i64> {
    Ok(incoming_counts(tx, &reach_of(principal), filter)?.iter().map(|(_, n)| n).sum())
}

/// The states in which a document waits for this person.
pub fn waiting_states(principal: &Principal) -> Vec<State> {
    let mut states = Vec::new();
    let mut add = |permission, state: &[State]| {
        if principal.may(permission) {
            states.extend_from_slice(state);
        }
    };
    add(Permission::OutgoingApproveContent, &[State::Consulting]);
    add(Permission::OutgoingCheckForm, &[State::ContentOk, State::FormatOk]);
    add(Permission::OutgoingNumber, &[State::Signed, State::Numbered, State::Sealed]);
    add(Permission::OutgoingSign, &[State::AwaitingSignature]);
    add(Permission::OutgoingDraft, &[State::Draft, State::SentBack]);
    states
}

/// How many outgoing documents wait for this person. A leader sees what he is to sign, a drafter what is his.
fn open_count(tx: &Tx<'_>, principal: &Principal, _now: Timestamp) -> Result<i64> {
    let states = waiting_states(principal);
    if states.is_empty() {
        return Ok(0);
    }
    let me = principal.person().map(|p| p.to_string());
    let reach = reach_of(principal);
    let mut sum = 0;
    for state in states {
        let filter = OutgoingFilter {
            states: vec![state],
            signer: if state == State::AwaitingSignature { me.clone() } else { None },
            drafter: if matches!(state, State::Draft | State::SentBack) { me.clone() } else { None },
            ..OutgoingFilter::default()
        };
        sum += outgoing_counts(tx, &reach, &filter)?.iter().map(|(_, n)| n).sum::<i64>();
    }
    Ok(sum)
}

/// The open work of one person: what is assigned in person and, for who assigns inside a unit, to the unit as a whole.
fn own_work(principal: &Principal) -> IncomingFilter {
    IncomingFilter {
        states: vec![IncomingState::Directed, IncomingState::InProcess],
        assigned_to: principal.person().map(|p| p.to_string()),
        assigned_unit: principal.unit.filter(|_| principal.may(Permission::IncomingAssign)).map(|u| u.to_string()),
        ..IncomingFilter::default()
    }
}
