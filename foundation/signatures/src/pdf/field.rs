//! Finds the signature fields of a form and what each signature says of itself (ISO 32000-1 §12.7.4.5, §12.8.1).

use std::collections::HashSet;
use std::io::{Read, Seek};

use serde::{Deserialize, Serialize};

use super::file::{File, Located};
use super::object::Span;
use super::{Dict, Error, Object};

/// Nodes of a form that are looked at.
const MAX_FIELDS: usize = 50_000;

/// The format that a signature names for its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubFilter {
    /// `ETSI.CAdES.detached`: PAdES.
    CadesDetached,
    /// `adbe.pkcs7.detached`: CMS as in PDF 1.6, still what most tools in Vietnam write.
    Pkcs7Detached,
    /// `ETSI.RFC3161`: a time-stamp over the document.
    TimeStamp,
    /// `adbe.pkcs7.sha1`: SHA-1 by definition; not valid any more.
    Pkcs7Sha1,
    /// `adbe.x509.rsa_sha1`: likewise.
    X509RsaSha1,
    /// Anything else, or nothing.
    Other(String),
}

impl SubFilter {
    fn read(name: &[u8]) -> Self {
        match name {
            b"ETSI.CAdES.detached" => Self::CadesDetached,
            b"adbe.pkcs7.detached" => Self::Pkcs7Detached,
            b"ETSI.RFC3161" => Self::TimeStamp,
            b"adbe.pkcs7.sha1" => Self::Pkcs7Sha1,
            b"adbe.x509.rsa_sha1" => Self::X509RsaSha1,
            other => Self::Other(String::from_utf8_lossy(other).into_owned()),
        }
    }

    /// The name as written in the file.
    pub fn as_str(&self) -> &str {
        match self {
            Self::CadesDetached => "ETSI.CAdES.detached",
            Self::Pkcs7Detached => "adbe.pkcs7.detached",
            Self::TimeStamp => "ETSI.RFC3161",
            Self::Pkcs7Sha1 => "adbe.pkcs7.sha1",
            Self::X509RsaSha1 => "adbe.x509.rsa_sha1",
            Self::Other(name) => name,
        }
    }
}

/// What may still be changed after a certifying signature (DocMDP, §12.8.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Permission {
    /// P 1: nothing but what proves the signature longer (DSS and document time-stamps).
    Nothing = 1,
    /// P 2: filling in forms and further signatures.
    FormFilling = 2,
    /// P 3: annotations besides. They are read as P 2 here: an annotation can cover anything (see `changes`).
    Annotations = 3,
}

/// The fields a signature locks (FieldMDP, §12.8.2.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lock {
    /// Every field.
    All,
    /// These fields.
    Include(Vec<String>),
    /// All but these.
    Exclude(Vec<String>),
}

impl Lock {
    /// Whether the field of this name is locked.
    pub fn covers(&self, field: &str) -> bool {
        let under = |names: &[String]| {
            names
                .iter()
                .any(|name| field.strip_prefix(name.as_str()).is_some_and(|r| r.is_empty() || r.starts_with('.')))
        };
        match self {
            Self::All => true,
            Self::Include(names) => under(names),
            Self::Exclude(names) => !under(names),
        }
    }
}

/// What a signature says of itself. None of it is proven: time, name and reason are whatever the signer's tool wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// `/Name`.
    pub name: Option<String>,
    /// `/Reason`.
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// `/M`, as written: `D:20261127143000+07'00'`.
    pub time: Option<String>,
}

/// A signature field as found.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Full name, parts joined by dots.
    pub name: String,
    /// Number of the field's object.
    pub object: u32,
    /// The field with what it inherits.
    pub dict: Dict,
    pub signature: Option<Signature>,
}

/// The signature dictionary of a field.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    pub dict: Dict,
    /// Number of its own object, or of the field when it stands in it directly.
    pub object: u32,
    /// Where that object stands; `None` when it lies in an object stream and so cannot be left out of a digest.
    pub place: Option<(u64, u64, Vec<Span>)>,
    pub sub_filter: SubFilter,
    pub contents: Vec<u8>,
    pub claims: Claims,
    /// Set for a certifying signature.
    pub permission: Option<Permission>,
    pub lock: Option<Lock>,
}

/// All signature fields as of a section, in the form's order.
pub(crate) fn read<R: Read + Seek>(file: &mut File<R>, at: usize) -> Result<Vec<Field>, Error> {
    let (_, catalog) = file.catalog(at)?;
    let form = file.dict_value(&catalog, "AcroForm", at)?;
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut waiting: Vec<(Object, String, Dict)> = Vec::new();
    let push_all = |waiting: &mut Vec<_>, list: &Object, name: &str, inherited: &Dict| {
        for item in list.array().unwrap_or_default().iter().rev() {
            waiting.push((item.clone(), name.to_string(), inherited.clone()));
        }
    };
    push_all(&mut waiting, &file.value(&form, "Fields", at)?, "", &Dict::new());
    while let Some((item, parent, inherited)) = waiting.pop() {
        let Some(number) = item.reference() else { continue };
        if !seen.insert(number) {
            continue;
        }
        if seen.len() > MAX_FIELDS {
            return Err(Error::TooLarge("number of form fields"));
        }
        let Object::Dict(own) = file.get(number, at)? else { continue };
        let part = file.value(&own, "T", at)?.to_text();
        let name = match (parent.is_empty(), &part) {
            (_, None) => parent,
            (true, Some(part)) => part.clone(),
            (false, Some(part)) => format!("{parent}.{part}"),
        };
        let mut dict = inherited.clone();
        dict.remove(b"T".as_slice());
        dict.extend(own.clone());
        let kids = file.value(&own, "Kids", at)?;
        let mut down = inherited;
        for key in [b"FT".as_slice(), b"V", b"Ff"] {
            if let Some(value) = own.get(key) {
                down.insert(key.to_vec(), value.clone());
            }
        }
        // A child with a name of its own is a field; without, it is only the widget of this one.
        let mut children = Vec::new();
        for kid in kids.array().unwrap_or_default() {
            let child = file.resolve(kid, at)?;
            if child.dict().is_some_and(|child| child.contains_key(b"T".as_slice())) {
                children.push(kid.clone());
            }
        }
        if !children.is_empty() {
            push_all(&mut waiting, &Object::Array(children), &name, &down);
        } else if file.value(&dict, "FT", at)?.name() == Some(b"Sig") {
            let signature = read_signature(file, &dict, number, at)?;
            found.push(Field { name, object: number, dict, signature });
        }
    }
    if found.iter().filter(|field| field.signature.is_some()).count() > file.limits().signatures {
        return Err(Error::TooLarge("number of signatures"));
    }
    Ok(found)
}

fn read_signature<R: Read + Seek>(
    file: &mut File<R>,
    field: &Dict,
    field_number: u32,
    at: usize,
) -> Result<Option<Signature>, Error> {
    let value = field.get(b"V".as_slice()).cloned().unwrap_or(Object::Null);
    let object = value.reference().unwrap_or(field_number);
    let Object::Dict(dict) = file.resolve(&value, at)? else { return Ok(None) };
    let place = file.locate(object, at)?.map(|Located { start, end, contents, .. }| (start, end, contents));
    let sub_filter = SubFilter::read(file.value(&dict, "SubFilter", at)?.name().unwrap_or_default());
    let contents = file.value(&dict, "Contents", at)?.string().unwrap_or_default().to_vec();
    let mut text = |key: &str| file.value(&dict, key, at).map(|value| value.to_text());
    let claims = Claims { name: text("Name")?, reason: text("Reason")?, location: text("Location")?, time: text("M")? };
    let mut signature = Signature { dict, object, place, sub_filter, contents, claims, permission: None, lock: None };
    let references = file.value(&signature.dict, "Reference", at)?;
    for reference in references.array().unwrap_or_default().iter().take(16) {
        let Object::Dict(reference) = file.resolve(reference, at)? else { continue };
        let parameters = file.dict_value(&reference, "TransformParams", at)?;
        match file.value(&reference, "TransformMethod", at)?.name() {
            Some(b"DocMDP") => {
                signature.permission = Some(match file.value(&parameters, "P", at)?.int() {
                    Some(1) => Permission::Nothing,
                    Some(3) => Permission::Annotations,
                    _ => Permission::FormFilling,
                });
            }
            Some(b"FieldMDP") => signature.lock = read_lock(file, &parameters, at)?,
            _ => {}
        }
    }
    Ok(Some(signature))
}

/// The lock of a dictionary with `/Action` and `/Fields`: FieldMDP parameters, or a field's own `/Lock`.
pub(crate) fn read_lock<R: Read + Seek>(
    file: &mut File<R>,
    parameters: &Dict,
    at: usize,
) -> Result<Option<Lock>, Error> {
    let mut names = Vec::new();
    for name in file.value(parameters, "Fields", at)?.array().unwrap_or_default() {
        names.extend(file.resolve(name, at)?.to_text());
    }
    Ok(match file.value(parameters, "Action", at)?.name() {
        Some(b"Include") => Some(Lock::Include(names)),
        Some(b"Exclude") => Some(Lock::Exclude(names)),
        Some(_) => Some(Lock::All),
        None => None,
    })
}
