//! Accounts: how a person or an outside system proves who it is, and the sessions that follow.

mod links;
mod model;
mod passwords;
pub mod refusals;
mod sessions;
mod sign_in;
mod store;
pub mod subjects;
mod systems;
mod throttle;
mod tokens;
mod totp;

pub use links::{LINK_HOURS, Setup, account_create, link_create, link_read, link_use, setup_complete, setup_link};
pub use model::{Account, AccountId, ActingChoice, Preferences, Session, SessionId, System, SystemId, Theme, Visit};
pub use passwords::{LEAST, password_check, password_hash, password_matches};
pub use sessions::{
    acting_choices, session_end, session_resolve, session_seen, session_switch, session_visit, sessions_end,
    sessions_of, sessions_sweep,
};
pub use sign_in::{
    Origin, SignedIn, Step, device_label, password_change, sign_in, sign_in_at_once, sign_in_code, sign_out,
};
pub use store::{
    NewAccount, account_by_username, account_count, account_disable, account_get, account_insert, accounts_in,
    accounts_of, password_set, preferences_set,
};
pub use systems::{
    bearer_principal, system_get, system_principal, system_register, system_revoke, systems_all, systems_in,
};
pub use throttle::throttle_sweep;
pub use totp::{TotpEnrolment, totp_begin, totp_clear, totp_confirm, totp_disable, totp_pending};

use crate::db::Migration;

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "accounts",
    number: 1,
    name: "accounts, sessions, links, throttling, systems",
    sql: include_str!("../../migrations/accounts/0001_accounts.sql"),
}];

/// What this room brings along when the program is assembled; every night it forgets what has run out.
pub fn component() -> crate::Component {
    use crate::jobs::{JobKind, JobOutcome, Schedule, When};
    crate::Component {
        name: "accounts",
        migrations: MIGRATIONS,
        subjects: subjects::SUBJECTS,
        entry_kinds: subjects::ENTRY_KINDS,
        refusals: refusals::CATALOGUE,
        jobs: vec![JobKind::new("accounts.forget", |platform, _| async move {
            let now = platform.now();
            platform
                .db()
                .write(move |tx| {
                    throttle_sweep(tx, now)?;
                    sessions_sweep(tx, now)
                })
                .await?;
            Ok(JobOutcome::Done)
        })],
        schedules: vec![Schedule { name: "accounts.forget", kind: "accounts.forget", when: When::Daily(&[(3, 20)]) }],
        ..crate::Component::default()
    }
}
