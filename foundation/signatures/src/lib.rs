//! Electronic signatures as formats: CMS, PDF, XML and ASiC are read, made and judged here, with no I/O and no clock.

pub mod algorithms;
pub mod asic;
mod asn1;
pub mod certificate;
pub mod cms;
pub mod context;
mod crl;
pub mod file;
pub mod judge;
pub mod legal;
mod names;
mod ocsp;
pub mod path;
pub mod pdf;
pub mod reasons;
pub mod report;
pub mod revocation;
pub mod timestamp;
mod usage;
pub mod words;
pub mod xml;

pub use algorithms::{AlgorithmPolicy, Digest, Digests, Hasher, KeyKind, SignatureAlgorithm};
pub use asn1::Malformed;
pub use certificate::{Certificate, CertificateInfo, HolderKind, NationalId};
pub use context::{Context, Evidence, RevocationRule};
pub use judge::{Claim, judge};
pub use legal::{LegalStanding, LegalValue};
pub use path::{Anchor, TrustKind, TrustList};
pub use reasons::{Reason, ReasonCode, Severity};
pub use report::{Coverage, Format, Integrity, Level, Report, SignatureReport, TimeProof, TimestampReport, Verdict};
