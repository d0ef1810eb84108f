//! The office's pages: today's work, outgoing documents, drafting, signing, issue and the registers.

pub mod acts;
pub mod book;
pub mod book_export;
pub mod draft_form;
pub mod home;
pub mod outgoing_list;
pub mod record;
pub mod sign_page;
pub mod words;

use crate::rules::outgoing::State;
use crate::store::outgoing::{OutgoingFilter, outgoing_counts};
use crate::use_cases::reach_of;
use base::{Text, Timestamp};
use platform::access::{Permission, Principal};
use platform::{Result, Tx};
use web::{Routes, Section, Who};

/// All pages.
pub fn routes() -> Routes {
    Routes::new()
        .get("/viec-hom-nay", Who::Person, home::home)
        .get("/van-ban-di", Who::Person, outgoing_list::list)
        .get("/van-ban-di/soan", Who::May(Permission::OutgoingDraft), draft_form::blank)
        .post("/van-ban-di/soan", Who::May(Permission::OutgoingDraft), draft_form::create)
        .get("/van-ban-di/cho-ky", Who::May(Permission::OutgoingSign), sign_page::queue)
        .post("/van-ban-di/cho-ky", Who::May(Permission::OutgoingSign), sign_page::sign_queue)
        .get("/van-ban-di/{id}", Who::Person, record::record)
        .get("/van-ban-di/{id}/sua", Who::May(Permission::OutgoingDraft), draft_form::open)
        .post("/van-ban-di/{id}/sua", Who::May(Permission::OutgoingDraft), draft_form::save)
        .get("/van-ban-di/{id}/tep/{file}", Who::Person, record::file)
        .get("/van-ban-di/{id}/ky", Who::May(Permission::OutgoingSign), sign_page::one)
        .post("/van-ban-di/{id}/ky", Who::May(Permission::OutgoingSign), sign_page::sign_one)
        .get("/van-ban-di/{id}/viec/{verb}", Who::Person, acts::ask)
        .post("/van-ban-di/{id}/viec/{verb}", Who::Person, acts::act)
        .get("/so-dang-ky", Who::May(Permission::RegistersPrint), book::books)
        .get("/so-dang-ky/so", Who::May(Permission::RegistersPrint), book::book)
        .get("/so-dang-ky/tai", Who::May(Permission::RegistersPrint), book_export::export)
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
