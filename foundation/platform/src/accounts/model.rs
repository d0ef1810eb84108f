//! The words of accounts: account, session, acting choice, outside system.

use crate::access::Permission;
use crate::directory::{DelegationId, PersonId, PositionId};
use base::{AgencyCode, Date, Id, Lang, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// The id of an [`Account`].
pub type AccountId = Id<Account>;
/// The id of a [`Session`].
pub type SessionId = Id<Session>;
/// The id of a [`System`].
pub type SystemId = Id<System>;

/// A person's way in (tài khoản).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The name typed at sign-in, as shown.
    pub username: String,
    /// Whose it is.
    pub person: PersonId,
    /// The agency whose administrators look after it.
    pub agency: AgencyCode,
    /// Whether it may be used.
    pub disabled: bool,
    /// Whether a password was set (false until the one-time link was used).
    pub has_password: bool,
    /// Whether a second factor is asked for.
    pub has_totp: bool,
    /// What the person chose to see.
    pub preferences: Preferences,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the password was last set.
    pub password_changed_at: Option<Timestamp>,
    /// Version of the record, from 1.
    pub version: i64,
}

/// What a person chose to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// Language of the pages.
    pub language: Lang,
    /// Light, dark, or as the device says.
    pub theme: Theme,
    /// Whether single-letter shortcuts act.
    pub shortcuts: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { language: Lang::Vi, theme: Theme::System, shortcuts: true }
    }
}

/// Light, dark, or as the device says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the device says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// An open session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id; not the token.
    pub id: SessionId,
    /// The account.
    pub account: AccountId,
    /// The device in words, from the browser's name, e.g. `Firefox, Windows`.
    pub device: String,
    /// The network address at sign-in.
    pub address: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was last used, exact to a minute.
    pub seen_at: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// The position acted in.
    pub position: PositionId,
    /// The delegation acted under.
    pub delegation: Option<DelegationId>,
}

/// One choice of the acting-as switch: an own position, or a delegation to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActingChoice {
    /// The person's own position.
    pub position: PositionId,
    /// The delegation to it, when this choice is one.
    pub delegation: Option<DelegationId>,
    /// The agency acted for.
    pub agency: AgencyCode,
    /// Its name.
    pub agency_name: Text,
    /// The title acted in; under a delegation the delegator's.
    pub title: Text,
    /// Name of the delegator.
    pub delegator: Option<String>,
    /// What a delegation allows.
    pub permissions: Vec<Permission>,
    /// The last day of the position or delegation, when there is one.
    pub until: Option<Date>,
}

/// What a page needs to know of the visitor beside the principal.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The principal to decide by.
    pub principal: crate::access::Principal,
    /// The session.
    pub session: Session,
    /// What the person chose to see.
    pub preferences: Preferences,
    /// The last day of the delegation acted under.
    pub acting_until: Option<Date>,
    /// How many other positions and delegations could be chosen.
    pub other_choices: usize,
}

/// An outside system with its own credential (hệ thống ngoài).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// Its id.
    pub id: SystemId,
    /// Its name.
    pub name: String,
    /// The codes it may act for.
    pub agencies: Vec<AgencyCode>,
    /// The first letters of its token, to tell tokens apart.
    pub token_hint: String,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Version of the record, from 1.
    pub version: i64,
}

impl Theme {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// Stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The choice of that stable name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.name() == name)
    }
}
