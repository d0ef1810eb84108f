//! Notices in the program and by e-mail.

use crate::db::Tx;
use crate::error::Result;
use base::{Id, Text, Timestamp};
use serde::Serialize;

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
    /// Also by e-mail to this address, when the channel is on.
    pub email: Option<String>,
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
    /// Its notices, newest first.
    pub notices: Vec<Notice>,
    /// How many of them are unread.
    pub unread: u64,
}

/// Writes a notice in the caller's transaction.
pub fn notice(_tx: &Tx<'_>, _now: Timestamp, _notice: &NewNotice) -> Result<()> {
    todo!()
}
/// A person's notices grouped by record, the newest group first; `before` is the id of the last notice seen.
pub fn notice_groups(_tx: &Tx<'_>, _person: &str, _before: Option<NoticeId>, _limit: u32) -> Result<Vec<NoticeGroup>> {
    todo!()
}
/// How many notices a person has not read.
pub fn unread_count(_tx: &Tx<'_>, _person: &str) -> Result<u64> {
    todo!()
}
/// Marks one as read; nothing happens when it is another person's.
pub fn mark_read(_tx: &Tx<'_>, _now: Timestamp, _person: &str, _id: NoticeId) -> Result<()> {
    todo!()
}
/// Marks those about one record as read.
pub fn mark_subject_read(_tx: &Tx<'_>, _now: Timestamp, _person: &str, _kind: &str, _id: &str) -> Result<u64> {
    todo!()
}
/// Marks all as read.
pub fn mark_all_read(_tx: &Tx<'_>, _now: Timestamp, _person: &str) -> Result<u64> {
    todo!()
}

/// What this room brings along when the program is assembled.
pub fn component() -> crate::Component {
    crate::Component { name: "notify", ..crate::Component::default() }
}
