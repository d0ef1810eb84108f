//! Rows of package files; the bytes lie in the blob store.

use crate::model::{PackageAttachment, PackageId};
use platform::{Error, Result, Row, Tx};

/// Writes one file of a package.
pub fn attachment_insert(tx: &Tx<'_>, package: PackageId, file: &PackageAttachment) -> Result<()> {
    tx.execute(
        "INSERT INTO exchange_attachment (package_id, position, content_id, name, media_type, detected_type, sha256, \
         size, description) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        &[
            &package,
            &file.position,
            &file.content_id,
            &file.name,
            &file.media_type,
            &file.detected_type,
            &file.sha256,
            &file.size,
            &file.description,
        ],
    )?;
    Ok(())
}

const COLUMNS: &str = "position, content_id, name, media_type, detected_type, sha256, size, description";

fn read(row: &Row) -> Result<PackageAttachment> {
    Ok(PackageAttachment {
        position: row.get(0)?,
        content_id: row.get(1)?,
        name: row.get(2)?,
        media_type: row.get(3)?,
        detected_type: row.get(4)?,
        sha256: row.get(5)?,
        size: row.get(6)?,
        description: row.get(7)?,
    })
}

/// The files of a package in their order.
pub fn attachment_list(tx: &Tx<'_>, package: PackageId) -> Result<Vec<PackageAttachment>> {
    tx.query(
        &format!("SELECT {COLUMNS} FROM exchange_attachment WHERE package_id = $1 ORDER BY position"),
        &[&package],
    )?
    .iter()
    .map(read)
    .collect()
}

/// One file of a package.
pub fn attachment_get(tx: &Tx<'_>, package: PackageId, position: i64) -> Result<PackageAttachment> {
    tx.query_opt(
        &format!("SELECT {COLUMNS} FROM exchange_attachment WHERE package_id = $1 AND position = $2"),
        &[&package, &position],
    )?
    .as_ref()
    .map(read)
    .transpose()?
    .ok_or(Error::NotFound("attachment"))
}
