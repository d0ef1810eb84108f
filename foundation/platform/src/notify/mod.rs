//! Notices in the program and by e-mail.

mod email;
mod store;

pub use store::{mark_all_read, mark_read, mark_subject_read, notice_groups, notice_link, unread_count};

use crate::db::{Migration, Tx};
use crate::directory::{self, PersonId};
use crate::error::{Error, Result};
use crate::jobs::{self, NewJob};
use base::{Id, Text, Timestamp};
use serde::Serialize;

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[Migration {
    module: "notify",
    number: 1,
    name: "notices",
    sql: include_str!("../../migrations/notify/0001_notices.sql"),
}];

/// Marks the ids of notices.
pub enum NoticeMark {}
/// The id of a notice.
pub type NoticeId = Id<NoticeMark>;

/// How soon it wants to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Urgency {
    /// At the next visit.
    Normal,
    /// Today.
    Soon,
    /// Now.
    Urgent,
}

/// A notice to one person; a role at an agency is resolved to people by the caller, in the same transaction.
#[derive(Debug, Clone)]
pub struct NewNotice {
    /// Made outside the closure.
    pub id: NoticeId,
    /// The person's id.
    pub person: String,
    /// What sort, e.g. `office.assigned`.
    pub kind: &'static str,
    /// The sentence.
    pub title: Text,
    /// Path of the page to go to, e.g. `/van-ban-den/…`.
    pub link: String,
    /// How soon.
    pub urgency: Urgency,
    /// Kind and id of the record; notices are grouped by it.
    pub subject: Option<(&'static str, String)>,
}

/// A notice as it stands.
#[derive(Debug, Clone, Serialize)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// What sort.
    pub kind: String,
    /// The sentence.
    pub title: Text,
    /// Where it leads.
    pub link: String,
    /// How soon.
    pub urgency: Urgency,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// The notices about one record, newest first.
#[derive(Debug, Clone, Serialize)]
pub struct NoticeGroup {
    /// Kind and id of the record; `None` for a notice that stands alone.
    pub subject: Option<(String, String)>,
    /// Its newest notices (at most five), newest first.
    pub notices: Vec<Notice>,
    /// How many of all its notices are unread.
    pub unread: u64,
}

/// Writes a notice in the caller's transaction, and the job that sends it by e-mail where the directory knows the person's
/// address: whoever writes a notice cannot forget the channel. Written again under the same id, it changes nothing.
pub fn notice(tx: &Tx<'_>, now: Timestamp, notice: &NewNotice) -> Result<()> {
    if !store::insert(tx, now, notice)? {
        return Ok(());
    }
    if let Some(to) = address(tx, &notice.person)? {
        let email = email::Email {
            to,
            title_vi: notice.title.vi.to_string(),
            title_en: notice.title.en.to_string(),
            link: notice.link.clone(),
        };
        let payload = serde_json::to_value(email).map_err(|e| Error::fault("write an e-mail job", e))?;
        let id = jobs::JobId::from_uuid(notice.id.uuid());
        jobs::enqueue(tx, now, &NewJob { id, kind: email::KIND, key: None, subject: None, payload, run_at: now })?;
    }
    Ok(())
}

/// Where the person reads mail; `None` without an address in the directory.
fn address(tx: &Tx<'_>, person: &str) -> Result<Option<String>> {
    let Ok(id) = person.parse::<PersonId>() else { return Ok(None) };
    let person = directory::person_get(tx, id)?;
    Ok(person.map(|person| person.email.trim().to_owned()).filter(|address| !address.is_empty()))
}

/// What this room brings along when the program is assembled.
pub fn component() -> crate::Component {
    crate::Component {
        name: "notify",
        migrations: MIGRATIONS,
        jobs: vec![email::kind()],
        ..crate::Component::default()
    }
}
