//! The electronic identifier code of an agency (mã định danh điện tử): both national forms, enterprise codes, and what the wire really carries.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;
use std::sync::Arc;

/// The greatest length of a code in characters (QĐ 20/2020/QĐ-TTg, Điều 4).
pub const MAX_LENGTH: usize = 35;

/// The code of an agency or organisation (mã định danh điện tử; QĐ 20/2020/QĐ-TTg).
///
/// Kept in the new form: `H53.31.12` whether it was written so or as `000.12.31.H53`. Equality, order
/// and hash are those of [`AgencyCode::canonical`].
#[derive(Clone)]
pub struct AgencyCode {
    text: Arc<str>,
    kind: AgencyCodeKind,
}

/// What sort of code it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgencyCodeKind {
    /// A code of the national scheme, levels from the left: `H57.01.03` (QĐ 20/2020/QĐ-TTg, Điều 4).
    National,
    /// The registration code of an enterprise, cooperative or household business (Điều 5): ten digits,
    /// a branch with three more behind a hyphen.
    Registration,
    /// Any other code that is met on the wire or belongs to a registered scheme (Điều 6): kept as it came,
    /// never read as a tree.
    Irregular,
}

/// Whose code it is, told by its first level (QĐ 20/2020/QĐ-TTg, Phụ lục).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgencyGroup {
    /// A: bodies of the Party.
    Party,
    /// B: the President's Office.
    President,
    /// C: bodies of the National Assembly.
    NationalAssembly,
    /// D: the Supreme People's Court.
    Court,
    /// E: the Supreme People's Procuracy.
    Procuracy,
    /// F: the State Audit.
    StateAudit,
    /// G: ministries, ministerial-level and attached agencies.
    Government,
    /// H: provincial People's Committees.
    ProvincialCommittee,
    /// I: central socio-political organisations.
    SocioPolitical,
    /// J: social and professional organisations.
    Association,
    /// K: provincial People's Councils; the number equals that of the committee under H.
    ProvincialCouncil,
    /// W: technical centres of the exchange axis (practice, not in the decision).
    TechnicalCentre,
    /// A letter that the decision does not assign, an enterprise, or a registered scheme.
    Other,
}

/// Why a text is not a code, with what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AgencyCodeError {
    /// Nothing there, or a word such as `null` that stands for nothing.
    #[error("no code given; expected a code such as H57.01 or 000.00.01.H57")]
    Empty,
    /// Longer than the decision allows.
    #[error("{length} characters; expected at most 35 (QĐ 20/2020/QĐ-TTg, Điều 4)")]
    TooLong {
        /// The length found, in characters.
        length: usize,
    },
    /// A character outside the alphabet.
    #[error("character {found:?} at position {position}; expected digits, capital letters A–Z and dots")]
    Character {
        /// The offending character.
        found: char,
        /// Its position, the first being 1.
        position: usize,
    },
    /// Its groups do not make a code of either form.
    #[error(
        "{text:?} is in neither form; expected a letter and two digits first (H57.01.03), the old form read from the right (003.00.01.H57), or a registration code of 10 or 13 digits"
    )]
    Form {
        /// The text found.
        text: String,
    },
}

impl AgencyCode {
    /// Reads a regular code: the new form, the old 13-character form (converted), or a registration code.
    /// Surrounding spaces are ignored; lower case is not accepted.
    pub fn parse(text: &str) -> Result<Self, AgencyCodeError> {
        let text = text.trim();
        check_length(text)?;
        if let Some(code) = registration(text) {
            return Ok(Self::made(code, AgencyCodeKind::Registration));
        }
        let stray = |c: char| !(c.is_ascii_digit() || c.is_ascii_uppercase() || c == '.');
        if let Some((index, found)) = text.chars().enumerate().find(|&(_, c)| stray(c)) {
            return Err(AgencyCodeError::Character { found, position: index + 1 });
        }
        let groups: Vec<&str> = text.split('.').collect();
        if is_old_form(&groups) {
            return Ok(Self::made(from_old_groups(&groups), AgencyCodeKind::National));
        }
        if is_new_form(&groups) {
            return Ok(Self::made(text.to_owned(), AgencyCodeKind::National));
        }
        Err(AgencyCodeError::Form { text: text.to_owned() })
    }

    /// Reads what arrives from outside: a regular code in either case of letters, otherwise the text as it
    /// came, marked [`AgencyCodeKind::Irregular`] (seen: `vxp.saas.03`, `14.00.W00`, `001.00.20.TT2`).
    /// Refused only when empty, over 35 characters, or holding something other than `A–Z a–z 0–9 . - _`.
    pub fn tolerate(text: &str) -> Result<Self, AgencyCodeError> {
        let text = text.trim();
        check_length(text)?;
        if let Ok(code) = Self::parse(text).or_else(|_| Self::parse(&text.to_ascii_uppercase())) {
            return Ok(code);
        }
        let stray = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if let Some((index, found)) = text.chars().enumerate().find(|&(_, c)| stray(c)) {
            return Err(AgencyCodeError::Character { found, position: index + 1 });
        }
        if !text.chars().any(|c| c.is_ascii_alphanumeric()) {
            return Err(AgencyCodeError::Form { text: text.to_owned() });
        }
        Ok(Self::made(text.to_owned(), AgencyCodeKind::Irregular))
    }

    fn made(text: String, kind: AgencyCodeKind) -> Self {
        Self { text: text.into(), kind }
    }

    /// The code in the new form, at most 35 characters; an irregular one as it came.
    pub fn canonical(&self) -> &str {
        &self.text
    }

    /// The same as [`AgencyCode::canonical`].
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What sort of code it is.
    pub const fn kind(&self) -> AgencyCodeKind {
        self.kind
    }

    /// The old form of 13 characters (QCVN 102:2016/BTTTT), where there is one: at most four levels of
    /// 3, 2, 2 and 3 characters, the last not of the shape of a first. Reading it back gives the same code.
    /// Agencies were allowed to renumber in 2020, so the directory's own pair goes before this.
    pub fn legacy(&self) -> Option<String> {
        if self.kind != AgencyCodeKind::National {
            return None;
        }
        let mut groups = self.text.split('.');
        let level1 = groups.next()?;
        let mut padded = ["00", "00", "000"];
        let mut last_is_zero = false;
        for (level, group) in groups.enumerate() {
            let slot = padded.get_mut(level)?;
            if slot.len() != group.len() {
                return None;
            }
            *slot = group;
            last_is_zero = is_zero(group);
        }
        // A last level that looks like a first one (A01.12.31.H53) would be read from the left.
        let ambiguous = is_level1(padded[2]);
        (!last_is_zero && !ambiguous).then(|| format!("{}.{}.{}.{level1}", padded[2], padded[1], padded[0]))
    }

    /// The number of levels: 1 for `H57`, 3 for `H57.01.03`; an enterprise 1, its branch 2; irregular 1.
    pub fn level(&self) -> usize {
        match self.kind {
            AgencyCodeKind::National => self.text.split('.').count(),
            AgencyCodeKind::Registration => self.text.split('-').count(),
            AgencyCodeKind::Irregular => 1,
        }
    }

    /// The code one level up; a skipped level (a group of zeros) is passed over. None at the top.
    pub fn parent(&self) -> Option<Self> {
        match self.kind {
            AgencyCodeKind::National => {
                let (mut rest, _) = self.text.rsplit_once('.')?;
                while let Some((shorter, last)) = rest.rsplit_once('.') {
                    if !is_zero(last) {
                        break;
                    }
                    rest = shorter;
                }
                Some(Self::made(rest.to_owned(), AgencyCodeKind::National))
            }
            AgencyCodeKind::Registration => {
                let (enterprise, _) = self.text.split_once('-')?;
                Some(Self::made(enterprise.to_owned(), AgencyCodeKind::Registration))
            }
            AgencyCodeKind::Irregular => None,
        }
    }

    /// The code at the top of its tree: `H57` of `H57.01.03`.
    pub fn level1(&self) -> Self {
        let mut code = self.clone();
        while let Some(parent) = code.parent() {
            code = parent;
        }
        code
    }

    /// Whether it is `ancestor` itself or stands below it.
    pub fn is_within(&self, ancestor: &Self) -> bool {
        if self == ancestor {
            return true;
        }
        let separator = match (self.kind, ancestor.kind) {
            (AgencyCodeKind::National, AgencyCodeKind::National) => '.',
            (AgencyCodeKind::Registration, AgencyCodeKind::Registration) => '-',
            _ => return false,
        };
        self.text.strip_prefix(&*ancestor.text).is_some_and(|rest| rest.starts_with(separator))
    }

    /// Whether a group of zeros stands between two levels: worth a warning, never a refusal.
    pub fn skips_a_level(&self) -> bool {
        self.kind == AgencyCodeKind::National && self.text.split('.').any(is_zero)
    }

    /// Whose code it is, by the letter of the first level.
    pub fn group(&self) -> AgencyGroup {
        if self.kind != AgencyCodeKind::National {
            return AgencyGroup::Other;
        }
        match self.text.as_bytes().first() {
            Some(b'A') => AgencyGroup::Party,
            Some(b'B') => AgencyGroup::President,
            Some(b'C') => AgencyGroup::NationalAssembly,
            Some(b'D') => AgencyGroup::Court,
            Some(b'E') => AgencyGroup::Procuracy,
            Some(b'F') => AgencyGroup::StateAudit,
            Some(b'G') => AgencyGroup::Government,
            Some(b'H') => AgencyGroup::ProvincialCommittee,
            Some(b'I') => AgencyGroup::SocioPolitical,
            Some(b'J') => AgencyGroup::Association,
            Some(b'K') => AgencyGroup::ProvincialCouncil,
            Some(b'W') => AgencyGroup::TechnicalCentre,
            _ => AgencyGroup::Other,
        }
    }
}

fn check_length(text: &str) -> Result<(), AgencyCodeError> {
    if text.is_empty() || text.eq_ignore_ascii_case("null") || text.eq_ignore_ascii_case("undefined") {
        return Err(AgencyCodeError::Empty);
    }
    match text.chars().count() {
        length if length > MAX_LENGTH => Err(AgencyCodeError::TooLong { length }),
        _ => Ok(()),
    }
}

/// Ten digits, or ten and three with or without the hyphen; written with it.
fn registration(text: &str) -> Option<String> {
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    if digits(text, 10) {
        return Some(text.to_owned());
    }
    let (enterprise, branch) = match text.split_once('-') {
        Some(parts) => parts,
        None => text.split_at_checked(10)?,
    };
    (digits(enterprise, 10) && digits(branch, 3)).then(|| format!("{enterprise}-{branch}"))
}

fn is_level1(group: &str) -> bool {
    matches!(group.as_bytes(), [letter, tens, ones]
        if letter.is_ascii_uppercase() && tens.is_ascii_digit() && ones.is_ascii_digit())
}

fn is_zero(group: &str) -> bool {
    !group.is_empty() && group.bytes().all(|b| b == b'0')
}

fn is_old_form(groups: &[&str]) -> bool {
    matches!(groups, [level4, level3, level2, level1]
        if level4.len() == 3 && level3.len() == 2 && level2.len() == 2 && is_level1(level1) && !is_level1(level4))
}

/// The right-to-left groups of the old form as a new code: zero groups at the end fall away, one in the
/// middle stays, since it holds the place of a skipped level.
fn from_old_groups(groups: &[&str]) -> String {
    let used = groups.iter().skip_while(|group| is_zero(group)).copied();
    let mut levels: Vec<&str> = used.collect();
    levels.reverse();
    levels.join(".")
}

fn is_new_form(groups: &[&str]) -> bool {
    match groups {
        [level1, below @ ..] => {
            is_level1(level1) && below.len() <= 8 && below.iter().all(|group| (1..=6).contains(&group.len()))
        }
        [] => false,
    }
}

impl PartialEq for AgencyCode {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}
impl Eq for AgencyCode {}
impl PartialOrd for AgencyCode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for AgencyCode {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}
impl Hash for AgencyCode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}
impl fmt::Display for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}
impl fmt::Debug for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
impl FromStr for AgencyCode {
    type Err = AgencyCodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}
impl Serialize for AgencyCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
/// Tolerant, since what was once stored must be readable again; input is checked by [`AgencyCode::parse`].
impl<'de> Deserialize<'de> for AgencyCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::tolerate(&text).map_err(serde::de::Error::custom)
    }
}
