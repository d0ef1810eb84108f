//! Links between documents: answers, replaces, corrects.

use base::Id;
use platform::{Result, Tx};
use serde::Serialize;

/// Marker of link ids.
pub enum LinkMark {}
/// Id of a link.
pub type LinkId = Id<LinkMark>;

/// A link between two documents of the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// `response_for`, `replaces` or `corrects`.
    pub relation: String,
    /// Kind of the document that answers or replaces, e.g. `office.outgoing`.
    pub from_kind: String,
    /// Its id.
    pub from_id: String,
    /// Kind of the other document.
    pub to_kind: String,
    /// Its id.
    pub to_id: String,
}

const COLUMNS: &str = "relation, from_kind, from_id, to_kind, to_id";

fn read(row: &platform::Row) -> Result<Link> {
    Ok(Link {
        relation: row.get(0)?,
        from_kind: row.get(1)?,
        from_id: row.get(2)?,
        to_kind: row.get(3)?,
        to_id: row.get(4)?,
    })
}

/// Adds a link; the same link twice is one.
pub fn link_add(tx: &Tx<'_>, id: LinkId, link: &Link) -> Result<()> {
    tx.execute(
        "INSERT INTO office_link (id, relation, from_kind, from_id, to_kind, to_id) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (relation, from_kind, from_id, to_kind, to_id) DO NOTHING",
        &[&id, &link.relation, &link.from_kind, &link.from_id, &link.to_kind, &link.to_id],
    )?;
    Ok(())
}

/// Removes every link that starts at a document (while it is a draft).
pub fn links_clear(tx: &Tx<'_>, from_kind: &str, from_id: &str) -> Result<()> {
    tx.execute("DELETE FROM office_link WHERE from_kind = $1 AND from_id = $2", &[&from_kind, &from_id])?;
    Ok(())
}

/// The links that start at a document, in a fixed order.
pub fn links_from(tx: &Tx<'_>, kind: &str, id: &str) -> Result<Vec<Link>> {
    tx.query(
        &format!(
            "SELECT {COLUMNS} FROM office_link WHERE from_kind = $1 AND from_id = $2 ORDER BY relation, to_kind, to_id"
        ),
        &[&kind, &id],
    )?
    .iter()
    .map(read)
    .collect()
}

/// The links that end at a document.
pub fn links_to(tx: &Tx<'_>, kind: &str, id: &str) -> Result<Vec<Link>> {
    tx.query(
        &format!(
            "SELECT {COLUMNS} FROM office_link WHERE to_kind = $1 AND to_id = $2 ORDER BY relation, from_kind, from_id"
        ),
        &[&kind, &id],
    )?
    .iter()
    .map(read)
    .collect()
}
