//! Reads every signature of a file: which bytes it covers, what is wrong with it, and what was changed afterwards.

use std::io::{Read, Seek};

use super::change::Change;
use super::field::{self, Claims, Lock, Permission, SubFilter};
use super::file::{File, Limits};
use super::{Defect, Error, coverage, difference};

/// A signature and how it lies in the file. Nothing cryptographic has been looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Signed {
    /// Full name of its field.
    pub field: String,
    /// Its format.
    pub sub_filter: SubFilter,
    /// What it says of itself.
    pub claims: Claims,
    /// Set for a certifying signature.
    pub permission: Option<Permission>,
    /// Fields it locks.
    pub lock: Option<Lock>,
    /// The value (DER), without the padding behind it.
    pub value: Vec<u8>,
    /// What it covers; `None` when that cannot be told, see `defect`.
    pub range: Option<Range>,
    /// Why it cannot stand whatever its value says.
    pub defect: Option<Defect>,
    /// What later revisions did, in order.
    pub changes: Vec<Later>,
    /// The revision it covers keeps certificates and revocation answers (DSS).
    pub covers_store: bool,
}

/// The bytes a signature covers: from 0 to `gap.0` and from `gap.1` to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The gap that holds the value, brackets included.
    pub gap: (u64, u64),
    /// End of the covered revision.
    pub end: u64,
    /// The covered revision, the first being 1.
    pub revision: u32,
    /// Nothing stands behind it in the file.
    pub whole: bool,
}

/// A change made after a signature.
#[derive(Clone, Debug, PartialEq)]
pub struct Later {
    /// The revision that made it.
    pub revision: u32,
    /// Whether this signature allows it.
    pub allowed: bool,
    /// What it is.
    pub change: Change,
}

impl Signed {
    /// Whether the signature is as its format asks and nothing forbidden came after it.
    pub fn is_sound(&self) -> bool {
        self.defect.is_none() && self.changes.iter().all(|later| later.allowed)
    }
}

/// What a file holds.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The signatures, in the order in which they were made.
    pub signatures: Vec<Signed>,
    /// Names of signature fields that wait for a signature.
    pub empty_fields: Vec<String>,
    /// Number of revisions (cross-reference sections).
    pub revisions: u32,
    /// Signatures that an earlier revision had and the file does not show any more.
    pub lost: Vec<String>,
}

/// Reads the signatures of a file.
///
/// # Errors
/// As [`File::open`].
pub fn read<R: Read + Seek>(pdf: R) -> Result<Reading, Error> {
    read_file(&mut File::open(pdf)?)
}

/// The same over bytes at hand: the entry for fuzzing, with limits fit for it.
///
/// # Errors
/// As [`File::open`].
pub fn read_bytes(pdf: &[u8]) -> Result<Reading, Error> {
    const MIB: u64 = 1 << 20;
    let limits = Limits { object: MIB, decoded: 4 * MIB, work: 32 * MIB, entries: 100_000, ..Limits::default() };
    read_file(&mut File::open_with(std::io::Cursor::new(pdf), limits)?)
}

pub(crate) fn read_file<R: Read + Seek>(file: &mut File<R>) -> Result<Reading, Error> {
    let newest = file.newest();
    let revisions = newest as u32 + 1;
    let (mut found, mut empty_fields) = (Vec::new(), Vec::new());
    for field in field::read(file, newest)? {
        let Some(signature) = field.signature else {
            empty_fields.push(field.name);
            continue;
        };
        let covered = coverage::check(file, &signature)?;
        let defect = match (covered, &signature.sub_filter) {
            (Err(defect), _) => Some(defect),
            (_, SubFilter::Pkcs7Sha1 | SubFilter::X509RsaSha1) => Some(Defect::OldSubFilter),
            (_, SubFilter::Other(_)) => Some(Defect::UnknownSubFilter),
            _ => None,
        };
        found.push((field.name, signature, covered.ok(), defect));
    }
    // Two fields may not share one value, nor two values one revision: each signature closes its own.
    found.sort_by_key(|(_, _, covered, _)| covered.map_or(u64::MAX, |covered| covered.end));
    for index in 1..found.len() {
        if found[index].2.is_some() && found[index].2.map(|c| c.end) == found[index - 1].2.map(|c| c.end) {
            found[index].3 = Some(Defect::RevisionEnd);
        }
    }
    certified_late(&mut found);
    let first = found.iter().filter_map(|(_, _, covered, _)| covered.map(|covered| covered.section)).min();
    let ends: Vec<_> =
        found.iter().filter_map(|(_, _, c, _)| c.map(|covered| (covered.section, covered.end))).collect();
    let steps = first.map(|first| difference::analyse(file, first, &ends)).unwrap_or_default();
    let permission = found.iter().filter_map(|(_, signature, _, _)| signature.permission).min();
    let mut signatures = Vec::new();
    for (field, signature, covered, defect) in found {
        let mut changes = Vec::new();
        if let (Some(covered), Some(first)) = (covered, first) {
            for (index, step) in steps.iter().enumerate().skip(covered.section - first) {
                for change in step {
                    let allowed = change.allowed(permission, signature.lock.as_ref());
                    let revision = (first + index) as u32 + 2;
                    changes.push(Later { revision, allowed, change: change.clone() });
                }
            }
        }
        let range = covered.map(|covered| Range {
            gap: covered.gap,
            end: covered.end,
            revision: covered.section as u32 + 1,
            whole: covered.end == file.len(),
        });
        let covers_store = match covered {
            Some(covered) => file.catalog(covered.section)?.1.contains_key(b"DSS".as_slice()),
            None => false,
        };
        signatures.push(Signed {
            covers_store,
            field,
            sub_filter: signature.sub_filter,
            claims: signature.claims,
            permission: signature.permission,
            lock: signature.lock,
            value: without_padding(signature.contents),
            range,
            defect,
            changes,
        });
    }
    let lost = lost(file, &signatures)?;
    Ok(Reading { signatures, empty_fields, revisions, lost })
}

type Found = (String, field::Signature, Option<coverage::Covered>, Option<Defect>);

/// Only the first signature of a file may certify it (ISO 32000-1 §12.8.1).
fn certified_late(found: &mut [Found]) {
    for (_, signature, _, defect) in found.iter_mut().skip(1) {
        if signature.permission.is_some() && defect.is_none() {
            *defect = Some(Defect::CertifiedLate);
        }
    }
}

/// Earlier revisions whose form is looked at for signatures that have disappeared.
const LOOK_BACK: usize = 64;

fn lost<R: Read + Seek>(file: &mut File<R>, signatures: &[Signed]) -> Result<Vec<String>, Error> {
    let mut lost = Vec::new();
    for at in (0..file.newest()).rev().take(LOOK_BACK) {
        // Part of a linearised file has no form of its own.
        let Ok(fields) = field::read(file, at) else { continue };
        for field in fields.into_iter().filter(|field| field.signature.is_some()) {
            if !signatures.iter().any(|signed| signed.field == field.name) && !lost.contains(&field.name) {
                lost.push(field.name);
            }
        }
    }
    file.charge(0)?;
    Ok(lost)
}

/// The room behind the value is filled with zeros, which are no part of it: the outermost length says where it ends. A
/// value of indefinite length (BER) stays as it is.
fn without_padding(contents: Vec<u8>) -> Vec<u8> {
    let length = match contents.get(1..) {
        Some([short @ 0..=0x7F, ..]) => Some(2 + usize::from(*short)),
        Some([long @ 0x81..=0x84, rest @ ..]) => {
            let count = usize::from(long & 0x0F);
            rest.get(..count).map(|bytes| 2 + count + bytes.iter().fold(0, |n, byte| n << 8 | usize::from(*byte)))
        }
        _ => None,
    };
    match length {
        Some(length) if length <= contents.len() && contents[length..].iter().all(|byte| *byte == 0) => {
            contents[..length].to_vec()
        }
        _ => contents,
    }
}
