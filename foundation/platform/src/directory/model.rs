//! The words of the directory: agencies, units, people, positions, delegations, each with the dates it holds for.

use crate::access::{Permission, Role};
use base::{AgencyCode, AgencyGroup, Date, Id, Text};
use serde::{Deserialize, Serialize};

/// The id of a [`Unit`].
pub type UnitId = Id<Unit>;
/// The id of a [`Person`].
pub type PersonId = Id<Person>;
/// The id of a [`Position`].
pub type PositionId = Id<Position>;
/// The id of a [`Delegation`].
pub type DelegationId = Id<Delegation>;

/// The level of government an agency stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgencyLevel {
    /// Trung ương.
    Central,
    /// Cấp tỉnh.
    Province,
    /// Cấp huyện; none since 1 July 2025, kept for what was sent before.
    District,
    /// Cấp xã.
    Commune,
    /// Outside the levels, e.g. an enterprise.
    Other,
}

impl AgencyLevel {
    /// Every level.
    pub const ALL: [Self; 5] = [Self::Central, Self::Province, Self::District, Self::Commune, Self::Other];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Central => "central",
            Self::Province => "province",
            Self::District => "district",
            Self::Commune => "commune",
            Self::Other => "other",
        }
    }

    /// The level that a code tells by itself; below a province it cannot tell a department from a commune.
    pub fn of_code(code: &AgencyCode) -> Self {
        match code.group() {
            AgencyGroup::ProvincialCommittee | AgencyGroup::ProvincialCouncil => Self::Province,
            AgencyGroup::Other | AgencyGroup::Association => Self::Other,
            _ => Self::Central,
        }
    }

    /// The level of that stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// In words.
    pub const fn label(self) -> Text {
        match self {
            Self::Central => Text::fixed("Trung ương", "Central"),
            Self::Province => Text::fixed("Cấp tỉnh", "Provincial"),
            Self::District => Text::fixed("Cấp huyện", "District"),
            Self::Commune => Text::fixed("Cấp xã", "Commune"),
            Self::Other => Text::fixed("Khác", "Other"),
        }
    }
}

/// What sort of organisation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrganisationKind {
    /// State agency: ministry, People's Committee, department, commune.
    Agency,
    /// Party, Front or mass organisation.
    Political,
    /// Public non-business unit (đơn vị sự nghiệp).
    PublicUnit,
    /// Technical centre of an axis.
    TechnicalCentre,
    /// Enterprise or cooperative.
    Enterprise,
}

impl OrganisationKind {
    /// Every kind.
    pub const ALL: [Self; 5] =
        [Self::Agency, Self::Political, Self::PublicUnit, Self::TechnicalCentre, Self::Enterprise];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agency => "agency",
            Self::Political => "political",
            Self::PublicUnit => "public-unit",
            Self::TechnicalCentre => "technical-centre",
            Self::Enterprise => "enterprise",
        }
    }

    /// The kind of that stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// In words.
    pub const fn label(self) -> Text {
        match self {
            Self::Agency => Text::fixed("Cơ quan nhà nước", "State agency"),
            Self::Political => Text::fixed("Cơ quan Đảng, đoàn thể", "Party or mass organisation"),
            Self::PublicUnit => Text::fixed("Đơn vị sự nghiệp", "Public service unit"),
            Self::TechnicalCentre => Text::fixed("Trung tâm kỹ thuật", "Technical centre"),
            Self::Enterprise => Text::fixed("Doanh nghiệp", "Enterprise"),
        }
    }
}

/// How an organisation is reached.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// Postal address.
    pub address: String,
    /// Telephone.
    pub phone: String,
    /// E-mail.
    pub email: String,
    /// Website.
    pub website: String,
}

/// An agency or organisation (cơ quan, tổ chức; QĐ 20/2020/QĐ-TTg). Its code is never used again after it closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agency {
    /// Its code (mã định danh điện tử), new form.
    pub code: AgencyCode,
    /// The code it carries in the old form, where the axis knows another than the conversion gives.
    pub legacy_code: Option<String>,
    /// Its name.
    pub name: Text,
    /// The abbreviation in notations, e.g. `UBND`, `BNV` (NĐ 30/2020/NĐ-CP, Phụ lục I mục II.3).
    pub abbreviation: String,
    /// The agency directly above, where there is one.
    pub parent: Option<AgencyCode>,
    /// Level of government.
    pub level: AgencyLevel,
    /// Sort of organisation.
    pub kind: OrganisationKind,
    /// First day on which name, abbreviation and parent hold as given here.
    pub valid_from: Date,
    /// Last day, when it ended.
    pub valid_to: Option<Date>,
    /// The agencies that took over, when it was closed. Sending to a closed code proposes these.
    pub successors: Vec<AgencyCode>,
    /// How to reach it.
    pub contact: Contact,
    /// Whether its people work on this server.
    pub hosted: bool,
    /// Working hours that differ from the national ones; read by the calendar.
    pub calendar: Option<serde_json::Value>,
    /// Version of the record, from 1.
    pub version: i64,
}

impl Agency {
    /// Whether it is in being on `on`.
    pub fn is_open(&self, on: Date) -> bool {
        self.valid_to.is_none_or(|last| on <= last)
    }
}

/// A unit inside an agency (đơn vị: vụ, phòng, ban, tổ); a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Its id.
    pub id: UnitId,
    /// The agency.
    pub agency: AgencyCode,
    /// The unit above, none at the top.
    pub parent: Option<UnitId>,
    /// Its name.
    pub name: Text,
    /// The abbreviation in notations of documents it drafts, e.g. `VX`.
    pub abbreviation: String,
    /// Working hours that differ from the agency's; read by the calendar.
    pub calendar: Option<serde_json::Value>,
    /// First day.
    pub valid_from: Date,
    /// Last day, when it ended.
    pub valid_to: Option<Date>,
    /// Version of the record, from 1.
    pub version: i64,
}

/// A person who works in an agency (cán bộ, công chức).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Its id; the opaque id in the ledger.
    pub id: PersonId,
    /// Full name, family name first.
    pub full_name: String,
    /// E-mail at work; empty when none.
    pub email: String,
    /// Telephone at work; empty when none.
    pub phone: String,
    /// Version of the record, from 1.
    pub version: i64,
}

/// The rank of a position: decides how its holder signs (NĐ 30/2020/NĐ-CP, Điều 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rank {
    /// Người đứng đầu cơ quan: signs everything.
    Head,
    /// Cấp phó của người đứng đầu: signs KT.
    DeputyHead,
    /// Người đứng đầu đơn vị: may sign TL. or TUQ.
    UnitHead,
    /// Cấp phó của đơn vị: may sign KT. under TL. where the head of unit may pass it on (Điều 13.4).
    DeputyUnitHead,
    /// Everybody else.
    Staff,
}

impl Rank {
    /// Every rank, the highest first.
    pub const ALL: [Self; 5] = [Self::Head, Self::DeputyHead, Self::UnitHead, Self::DeputyUnitHead, Self::Staff];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::DeputyHead => "deputy-head",
            Self::UnitHead => "unit-head",
            Self::DeputyUnitHead => "deputy-unit-head",
            Self::Staff => "staff",
        }
    }

    /// The rank of that stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rank| rank.name() == name)
    }

    /// In words.
    pub const fn label(self) -> Text {
        match self {
            Self::Head => Text::fixed("Người đứng đầu cơ quan", "Head of agency"),
            Self::DeputyHead => Text::fixed("Cấp phó của người đứng đầu", "Deputy head of agency"),
            Self::UnitHead => Text::fixed("Người đứng đầu đơn vị", "Head of unit"),
            Self::DeputyUnitHead => Text::fixed("Cấp phó đơn vị", "Deputy head of unit"),
            Self::Staff => Text::fixed("Công chức, viên chức", "Staff"),
        }
    }
}

/// A position (vị trí, chức vụ): a person in an agency with a title and roles. A person may hold several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Its id.
    pub id: PositionId,
    /// Who holds it.
    pub person: PersonId,
    /// The agency.
    pub agency: AgencyCode,
    /// The unit, where it stands in one.
    pub unit: Option<UnitId>,
    /// The title as printed under a signature, e.g. *Chủ tịch*.
    pub title: Text,
    /// Rank.
    pub rank: Rank,
    /// What the position is for.
    pub roles: Vec<Role>,
    /// First day.
    pub valid_from: Date,
    /// Last day, when it ended or will end.
    pub valid_to: Option<Date>,
    /// Version of the record, from 1.
    pub version: i64,
}

impl Position {
    /// Whether it is held on `on`.
    pub fn is_held(&self, on: Date) -> bool {
        self.valid_from <= on && self.valid_to.is_none_or(|last| on <= last)
    }
}

/// A position together with the names that lists show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The position.
    pub position: Position,
    /// Full name of the holder.
    pub full_name: String,
    /// Name of the unit, where there is one.
    pub unit_name: Option<Text>,
    /// Name of the agency today.
    pub agency_name: Text,
}

/// A delegation of authority (ủy quyền; NĐ 30/2020/NĐ-CP, Điều 13.3): in writing, for a time, for stated content,
/// and never passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    /// Its id.
    pub id: DelegationId,
    /// The position whose authority it is.
    pub from: PositionId,
    /// The position that may use it.
    pub to: PositionId,
    /// The agency of the delegator.
    pub agency: AgencyCode,
    /// What may be done.
    pub permissions: Vec<Permission>,
    /// The content it is limited to, in words.
    pub scope_note: String,
    /// Number and notation of the written delegation.
    pub written_basis: String,
    /// First day.
    pub valid_from: Date,
    /// Last day; always stated.
    pub valid_to: Date,
    /// The last day after all, when it was ended early.
    pub ended_on: Option<Date>,
    /// Version of the record, from 1.
    pub version: i64,
}

impl Delegation {
    /// Whether it may be used on `on`.
    pub fn is_valid(&self, on: Date) -> bool {
        self.valid_from <= on && on <= self.valid_to && self.ended_on.is_none_or(|last| on <= last)
    }
}
