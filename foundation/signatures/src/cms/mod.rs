//! CMS SignedData (RFC 5652) and CAdES (ETSI EN 319 122-1): read, judged, made in two phases, and extended.

mod ber;
mod extend;
mod make;
mod read;
mod verify;

pub use extend::{add_evidence, add_timestamp};
pub use make::{MakeError, Options, Prepared, prepare};
pub(crate) use make::{algorithm_for, prepare_as};
pub use read::{Attribute, MAX_CMS, SignedData, SignerInfo, unarmoured};
pub use verify::{Content, claim, verify};

use crate::asn1::Oid;

pub(crate) const SIGNED_DATA: Oid = Oid::new_unwrap("1.2.840.113549.1.7.2");
pub(crate) const DATA: Oid = Oid::new_unwrap("1.2.840.113549.1.7.1");
pub(crate) const TST_INFO: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.1.4");
pub(crate) const CONTENT_TYPE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.3");
pub(crate) const MESSAGE_DIGEST: Oid = Oid::new_unwrap("1.2.840.113549.1.9.4");
pub(crate) const SIGNING_TIME: Oid = Oid::new_unwrap("1.2.840.113549.1.9.5");
pub(crate) const COUNTER_SIGNATURE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.6");
/// RFC 6211.
pub(crate) const ALGORITHM_PROTECTION: Oid = Oid::new_unwrap("1.2.840.113549.1.9.52");
/// RFC 2634 §5.4, over SHA-1.
pub(crate) const SIGNING_CERTIFICATE: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.12");
/// RFC 5035.
pub(crate) const SIGNING_CERTIFICATE_V2: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.47");
/// RFC 3161 appendix A.
pub(crate) const SIGNATURE_TIMESTAMP: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.14");
/// ETSI EN 319 122-1 annex A.
pub(crate) const CERTIFICATE_VALUES: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.23");
pub(crate) const REVOCATION_VALUES: Oid = Oid::new_unwrap("1.2.840.113549.1.9.16.2.24");
/// Adobe's own place for revocation answers (ISO 32000-1 §12.8.3.3.2).
pub(crate) const ADOBE_REVOCATION: Oid = Oid::new_unwrap("1.2.840.113583.1.1.8");
/// RFC 5940: an OCSP answer among the revocation information.
pub(crate) const OCSP_RESPONSE: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.16.2");
