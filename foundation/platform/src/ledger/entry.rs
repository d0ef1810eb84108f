//! The words of the ledger: entries, their kinds, subjects, actors and codes, and the Merkle leaf they make.

use crate::db::{FromValue, Row, ToValue, Tx, Value};
use crate::error::{Error, Result};
use base::{AgencyCode, Id, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The largest whole number that JSON carries exactly (RFC 7493, section 2.2).
const EXACT: i64 = (1 << 53) - 1;

/// Id of an entry; made outside the closure, so that an ambiguous commit can be looked up.
pub type EntryId = Id<Entry>;

/// A 32-byte SHA-256 digest.
pub type Hash = [u8; 32];

/// A kind of record whose digest stands in the ledger.
pub struct SubjectKind {
    /// Its name, e.g. `office.incoming`.
    pub name: &'static str,
    /// Loads the record as it stands, as the JSON value that is digested (RFC 8785, SHA-256); `None` when it is gone.
    pub load: fn(&Tx<'_>, &str) -> Result<Option<serde_json::Value>>,
}

/// A kind of entry.
pub struct EntryKind {
    /// Its name, e.g. `office.incoming.registered`.
    pub name: &'static str,
    /// Version of its schema, from 1; schemas only grow.
    pub schema: u16,
}

/// Who acted: an opaque id, never a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Actor {
    /// A person of the directory.
    Person(String),
    /// A registered outside system.
    System(String),
    /// Another server.
    Peer(String),
    /// This server by itself (reactions, jobs, schedules).
    Server,
}

impl Actor {
    /// A person.
    pub fn person(id: impl fmt::Display) -> Self {
        Self::Person(id.to_string())
    }
    /// An outside system.
    pub fn system(id: impl fmt::Display) -> Self {
        Self::System(id.to_string())
    }
    /// Another server.
    pub fn peer(id: impl fmt::Display) -> Self {
        Self::Peer(id.to_string())
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(id) => write!(f, "person:{id}"),
            Self::System(id) => write!(f, "system:{id}"),
            Self::Peer(id) => write!(f, "peer:{id}"),
            Self::Server => f.write_str("server"),
        }
    }
}

impl FromStr for Actor {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("person", id)) => Ok(Self::person(id)),
            Some(("system", id)) => Ok(Self::system(id)),
            Some(("peer", id)) => Ok(Self::peer(id)),
            None if text == "server" => Ok(Self::Server),
            _ => Err(format!("no actor: {text}")),
        }
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> Self {
        actor.to_string()
    }
}
impl TryFrom<String> for Actor {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
impl ToValue for Actor {
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
}
impl FromValue for Actor {
    fn from_value(value: &Value) -> Result<Self, String> {
        String::from_value(value)?.parse()
    }
}

/// One code of an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Code {
    /// Yes or no.
    Bool(bool),
    /// A whole number: amounts in đồng, seconds, counts (at most 2^53 − 1 in size).
    Int(i64),
    /// A code word or an id; never a name or free text.
    Text(String),
}

impl From<bool> for Code {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}
impl From<i64> for Code {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}
impl From<u32> for Code {
    fn from(n: u32) -> Self {
        Self::Int(i64::from(n))
    }
}
impl From<&str> for Code {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Code {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&AgencyCode> for Code {
    fn from(code: &AgencyCode) -> Self {
        Self::Text(code.canonical().to_owned())
    }
}
impl<K> From<Id<K>> for Code {
    fn from(id: Id<K>) -> Self {
        Self::Text(id.to_string())
    }
}

/// What statistics, ranking and detection need, by name; stays when the details are destroyed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Codes(pub BTreeMap<String, Code>);

impl Codes {
    /// No codes.
    pub fn new() -> Self {
        Self::default()
    }
    /// Adds a code.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Code>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }
    /// Adds a code where there is a value.
    #[must_use]
    pub fn with_some(self, name: &'static str, value: Option<impl Into<Code>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
    /// A code word.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(Code::Text(text)) => Some(text),
            _ => None,
        }
    }
    /// A whole number.
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.0.get(name) {
            Some(Code::Int(n)) => Some(*n),
            _ => None,
        }
    }
    /// Yes or no.
    pub fn bool(&self, name: &str) -> Option<bool> {
        match self.0.get(name) {
            Some(Code::Bool(b)) => Some(*b),
            _ => None,
        }
    }
}

/// What a use case appends.
pub struct NewEntry {
    /// Made outside the closure.
    pub id: EntryId,
    /// What happened.
    pub kind: &'static EntryKind,
    /// The record it happened to: its kind and id.
    pub subject: (&'static SubjectKind, String),
    /// The version of the subject after the change: the previous + 1; the first is 1.
    pub version: i64,
    /// The agency in whose books it happened.
    pub agency: AgencyCode,
    /// Who acted.
    pub actor: Actor,
    /// When it happened in the world (often the same moment; a paper received earlier has an earlier one).
    pub occurred_at: Timestamp,
    /// What statistics need.
    pub codes: Codes,
    /// Names and texts, beside the leaf; may be destroyed later. A JSON object.
    pub details: serde_json::Value,
}

/// An entry as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its place in the ledger, from 1; `None` until it is numbered.
    pub seq: Option<i64>,
    /// Its id.
    pub id: EntryId,
    /// What happened, e.g. `office.incoming.registered`.
    pub kind: String,
    /// Version of the kind's schema.
    pub schema: i64,
    /// Kind of the record, e.g. `office.incoming`.
    pub subject_kind: String,
    /// Id of the record.
    pub subject_id: String,
    /// Version of the record after the change.
    pub version: i64,
    /// The agency in whose books it happened.
    pub agency: AgencyCode,
    /// Who acted.
    pub actor: Actor,
    /// When it happened in the world.
    pub occurred_at: Timestamp,
    /// When it was recorded here.
    pub recorded_at: Timestamp,
    /// What statistics need.
    pub codes: Codes,
    /// SHA-256 of the record as it stood after the change; `None` when the record was gone.
    pub record_digest: Option<Hash>,
    /// SHA-256 of salt and details.
    pub details_digest: Hash,
}

/// The columns of `ledger_entry` in the order [`Entry::from_row`] reads them.
pub(crate) const COLUMNS: &str = "seq, id, kind, schema_version, subject_kind, subject_id, subject_version, agency, \
                                  actor, occurred_at, recorded_at, codes, record_digest, details_digest";

impl Entry {
    pub(crate) fn from_row(row: &Row) -> Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            id: row.get(1)?,
            kind: row.get(2)?,
            schema: row.get(3)?,
            subject_kind: row.get(4)?,
            subject_id: row.get(5)?,
            version: row.get(6)?,
            agency: row.get(7)?,
            actor: row.get(8)?,
            occurred_at: row.get(9)?,
            recorded_at: row.get(10)?,
            codes: serde_json::from_value(row.get(11)?).map_err(|e| Error::fault("reading an entry's codes", e))?,
            record_digest: row.get(12)?,
            details_digest: row.get(13)?,
        })
    }

    /// The Merkle leaf: canonical JSON (RFC 8785) of everything but the place in the ledger, which the tree itself tells.
    pub fn leaf(&self) -> Result<Vec<u8>> {
        #[derive(Serialize)]
        struct Leaf<'a> {
            id: EntryId,
            kind: &'a str,
            schema: i64,
            subject_kind: &'a str,
            subject_id: &'a str,
            subject_version: i64,
            agency: &'a str,
            actor: &'a Actor,
            occurred_at: String,
            recorded_at: String,
            codes: &'a Codes,
            record: Option<String>,
            details: String,
        }
        canonical(&Leaf {
            id: self.id,
            kind: &self.kind,
            schema: self.schema,
            subject_kind: &self.subject_kind,
            subject_id: &self.subject_id,
            subject_version: self.version,
            agency: self.agency.canonical(),
            actor: &self.actor,
            occurred_at: self.occurred_at.rfc3339(),
            recorded_at: self.recorded_at.rfc3339(),
            codes: &self.codes,
            record: self.record_digest.map(hex::encode),
            details: hex::encode(self.details_digest),
        })
    }
}

impl Codes {
    /// Numbers beyond 2^53 would be rounded in the leaf, and two different entries would digest alike.
    pub(crate) fn check(&self) -> Result<()> {
        match self.0.iter().find(|(_, code)| matches!(code, Code::Int(n) if n.unsigned_abs() > EXACT.unsigned_abs())) {
            Some((name, _)) => Err(Error::Fault(format!("code {name} is too large for JSON; give it as text"))),
            None => Ok(()),
        }
    }
}

/// Canonical JSON (RFC 8785).
pub(crate) fn canonical(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json_canonicalizer::to_vec(value).map_err(|e| Error::fault("writing canonical JSON", e))
}
