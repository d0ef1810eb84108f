//! Files of outgoing documents: named here, their bytes in the blob store by hash; removed ones stay in sight.

use super::outgoing::OutgoingId;
use base::{Id, Timestamp};
use platform::{Result, Row, Tx};
use serde::Serialize;

/// Marker of file ids.
pub enum FileMark {}
/// Id of a file.
pub type FileId = Id<FileMark>;

/// A file of an outgoing document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct File {
    /// Its id.
    pub id: FileId,
    /// Its place.
    pub ordinal: i64,
    /// Its name.
    pub name: String,
    /// What it is, by its own bytes.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of its content, hexadecimal.
    pub sha256: String,
    /// Whether it is the document itself.
    pub main: bool,
    /// Id of the person who added it.
    pub added_by: String,
    /// When.
    pub added_at: Timestamp,
    /// When it was taken out of the draft.
    pub removed_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, ordinal, name, media_type, size, sha256, main, added_by, added_at, removed_at";

fn read(row: &Row) -> Result<File> {
    Ok(File {
        id: row.get(0)?,
        ordinal: row.get(1)?,
        name: row.get(2)?,
        media_type: row.get(3)?,
        size: row.get(4)?,
        sha256: row.get(5)?,
        main: row.get(6)?,
        added_by: row.get(7)?,
        added_at: row.get(8)?,
        removed_at: row.get(9)?,
    })
}

/// Adds a file.
pub fn file_insert(tx: &Tx<'_>, outgoing: OutgoingId, file: &File) -> Result<()> {
    tx.execute(
        &format!("INSERT INTO office_file ({COLUMNS}, outgoing) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"),
        &[
            &file.id,
            &file.ordinal,
            &file.name,
            &file.media_type,
            &file.size,
            &file.sha256,
            &file.main,
            &file.added_by,
            &file.added_at,
            &file.removed_at,
            &outgoing,
        ],
    )?;
    Ok(())
}

/// Takes a file out of the draft.
pub fn file_remove(tx: &Tx<'_>, outgoing: OutgoingId, file: FileId, now: Timestamp) -> Result<u64> {
    tx.execute(
        "UPDATE office_file SET removed_at = $3 WHERE id = $1 AND outgoing = $2 AND removed_at IS NULL",
        &[&file, &outgoing, &now],
    )
}

/// Makes one file the document itself and the others annexes.
pub fn file_make_main(tx: &Tx<'_>, outgoing: OutgoingId, file: FileId) -> Result<()> {
    tx.execute(
        "UPDATE office_file SET main = (id = $2) WHERE outgoing = $1 AND removed_at IS NULL",
        &[&outgoing, &file],
    )?;
    Ok(())
}

/// The files in their order, the main one first; with `all`, those taken out too.
pub fn files_of(tx: &Tx<'_>, outgoing: OutgoingId, all: bool) -> Result<Vec<File>> {
    let condition = if all { "" } else { "AND removed_at IS NULL" };
    let order = if all { "ordinal" } else { "main DESC, ordinal" };
    tx.query(
        &format!("SELECT {COLUMNS} FROM office_file WHERE outgoing = $1 {condition} ORDER BY {order}"),
        &[&outgoing],
    )?
    .iter()
    .map(read)
    .collect()
}

/// One file, also when it was taken out.
pub fn file_get(tx: &Tx<'_>, outgoing: OutgoingId, file: FileId) -> Result<File> {
    tx.query_opt(&format!("SELECT {COLUMNS} FROM office_file WHERE id = $1 AND outgoing = $2"), &[&file, &outgoing])?
        .ok_or(platform::Error::NotFound("file"))
        .and_then(|row| read(&row))
}
