//! What other modules may ask about packages, inside their own transaction.

use crate::model::{DeliveryRow, PackageAttachment, PackageHeader, PackageId, PackageRecord, StatusRow};
use crate::store;
use base::agency_code::AgencyCode;
use platform::{Result, Tx};

/// A package, or `NotFound`.
pub fn package_get(tx: &Tx<'_>, id: PackageId) -> Result<PackageRecord> {
    store::packages::package_get(tx, id)
}

/// Its metadata.
pub fn package_header(tx: &Tx<'_>, id: PackageId) -> Result<PackageHeader> {
    Ok(package_get(tx, id)?.header)
}

/// Its files in their order; the bytes are opened by hash from the blob store.
pub fn package_attachments(tx: &Tx<'_>, id: PackageId) -> Result<Vec<PackageAttachment>> {
    store::attachments::attachment_list(tx, id)
}

/// One of its files.
pub fn package_attachment(tx: &Tx<'_>, id: PackageId, position: i64) -> Result<PackageAttachment> {
    store::attachments::attachment_get(tx, id, position)
}

/// The delivery board: one row a recipient, in the order of the package.
pub fn deliveries(tx: &Tx<'_>, id: PackageId) -> Result<Vec<DeliveryRow>> {
    store::deliveries::delivery_list(tx, id)
}

/// Every status of one recipient, oldest first.
pub fn statuses(tx: &Tx<'_>, id: PackageId, agency: &AgencyCode) -> Result<Vec<StatusRow>> {
    store::statuses::status_list(tx, id, agency)
}
