//! The table of notices.

use super::{NewNotice, Notice, NoticeGroup, NoticeId, Urgency};
use crate::db::{Row, Tx};
use crate::error::Result;
use base::{Text, Timestamp};

/// Notices of one record that are shown with it; older ones are counted only.
const SHOWN_A_GROUP: usize = 5;

impl Urgency {
    const fn rank(self) -> i64 {
        match self {
            Self::Normal => 0,
            Self::Soon => 1,
            Self::Urgent => 2,
        }
    }

    const fn of(rank: i64) -> Self {
        match rank {
            0 => Self::Normal,
            1 => Self::Soon,
            _ => Self::Urgent,
        }
    }
}

pub(super) fn insert(tx: &Tx<'_>, now: Timestamp, notice: &NewNotice) -> Result<bool> {
    let (kind, id) = notice.subject.clone().unzip();
    let added = tx.execute(
        "INSERT INTO notice (id, person, kind, title_vi, title_en, link, urgency, subject_kind, subject_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING",
        &[
            &notice.id,
            &notice.person,
            &notice.kind,
            &notice.title.vi.as_ref(),
            &notice.title.en.as_ref(),
            &notice.link,
            &notice.urgency.rank(),
            &kind,
            &id,
            &now,
        ],
    )?;
    Ok(added == 1)
}

fn notice(row: &Row) -> Result<Notice> {
    Ok(Notice {
        id: row.get(0)?,
        kind: row.get(1)?,
        title: Text::new(row.get::<String>(2)?, row.get::<String>(3)?),
        link: row.get(4)?,
        urgency: Urgency::of(row.get(5)?),
        created_at: row.get(6)?,
        read_at: row.get(7)?,
    })
}

/// A person's notices grouped by record, the group with the newest notice first. `before` is the first (newest) notice of the
/// last group seen.
pub fn notice_groups(tx: &Tx<'_>, person: &str, before: Option<NoticeId>, limit: u32) -> Result<Vec<NoticeGroup>> {
    // Ids are time-ordered, so the greatest id of a group is its newest notice.
    let heads = tx.query(
        "SELECT max(id), subject_kind, subject_id, count(*) - count(read_at) FROM notice WHERE person = $1
         GROUP BY subject_kind, subject_id, CASE WHEN subject_kind IS NULL THEN id ELSE '' END
         HAVING CAST($2 AS TEXT) IS NULL OR max(id) < $2
         ORDER BY 1 DESC LIMIT $3",
        &[&person, &before, &limit],
    )?;
    let mut groups = Vec::with_capacity(heads.len());
    for head in &heads {
        let newest: NoticeId = head.get(0)?;
        let subject = head.get::<Option<String>>(1)?.zip(head.get(2)?);
        let rows = match &subject {
            Some((kind, id)) => tx.query(
                "SELECT id, kind, title_vi, title_en, link, urgency, created_at, read_at FROM notice
                 WHERE person = $1 AND subject_kind = $2 AND subject_id = $3 ORDER BY id DESC LIMIT $4",
                &[&person, kind, id, &i64::try_from(SHOWN_A_GROUP).unwrap_or(5)],
            )?,
            None => tx.query(
                "SELECT id, kind, title_vi, title_en, link, urgency, created_at, read_at FROM notice
                 WHERE person = $1 AND id = $2",
                &[&person, &newest],
            )?,
        };
        let unread = u64::try_from(head.get::<i64>(3)?).unwrap_or(0);
        groups.push(NoticeGroup { subject, notices: rows.iter().map(notice).collect::<Result<_>>()?, unread });
    }
    Ok(groups)
}

/// How many notices a person has not read.
pub fn unread_count(tx: &Tx<'_>, person: &str) -> Result<u64> {
    let count: i64 =
        tx.query_one("SELECT count(*) FROM notice WHERE person = $1 AND read_at IS NULL", &[&person])?.get(0)?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Where a person's notice leads; `None` when there is no such notice of this person.
pub fn notice_link(tx: &Tx<'_>, person: &str, id: NoticeId) -> Result<Option<String>> {
    let row = tx.query_opt("SELECT link FROM notice WHERE id = $1 AND person = $2", &[&id, &person])?;
    row.map(|row| row.get(0)).transpose()
}

/// Marks one as read; nothing happens when it is another person's.
pub fn mark_read(tx: &Tx<'_>, now: Timestamp, person: &str, id: NoticeId) -> Result<()> {
    tx.execute(
        "UPDATE notice SET read_at = $1 WHERE person = $2 AND id = $3 AND read_at IS NULL",
        &[&now, &person, &id],
    )?;
    Ok(())
}

/// Marks those about one record as read; returns how many.
pub fn mark_subject_read(tx: &Tx<'_>, now: Timestamp, person: &str, kind: &str, id: &str) -> Result<u64> {
    tx.execute(
        "UPDATE notice SET read_at = $1
         WHERE person = $2 AND subject_kind = $3 AND subject_id = $4 AND read_at IS NULL",
        &[&now, &person, &kind, &id],
    )
}

/// Marks all as read; returns how many.
pub fn mark_all_read(tx: &Tx<'_>, now: Timestamp, person: &str) -> Result<u64> {
    tx.execute("UPDATE notice SET read_at = $1 WHERE person = $2 AND read_at IS NULL", &[&now, &person])
}
