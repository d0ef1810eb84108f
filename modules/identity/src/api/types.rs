//! What the interface takes and gives, as others see it.

use base::Date;
use platform::accounts::ActingChoice;
use platform::directory::Agency;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A sign-in.
#[derive(Deserialize, ToSchema)]
pub struct SignIn {
    /// User name.
    pub username: String,
    /// Password.
    pub password: String,
    /// One-time or recovery code, where the account has a second factor.
    pub totp: Option<String>,
}

/// A session just opened.
#[derive(Serialize, ToSchema)]
pub struct SessionOpened {
    /// Sent from now on as `Authorization: Bearer …`; told once.
    pub token: String,
    /// When it ends in any case (RFC 3339, UTC); it ends earlier when it is not used.
    pub expires_at: String,
    /// What the person may act as; the first is in use.
    pub positions: Vec<PositionChoice>,
}

/// An own position, or a delegation to one.
#[derive(Serialize, ToSchema)]
pub struct PositionChoice {
    /// Id of the own position.
    pub position: String,
    /// Id of the delegation, when it is one.
    pub delegation: Option<String>,
    /// Code of the agency acted for.
    pub agency: String,
    /// Its name.
    pub agency_name: String,
    /// The title acted in.
    pub title: String,
    /// Who delegated.
    pub delegator: Option<String>,
    /// What a delegation allows.
    pub permissions: Vec<String>,
    /// Last day, `yyyy-MM-dd`.
    pub until: Option<String>,
}

impl From<&ActingChoice> for PositionChoice {
    fn from(choice: &ActingChoice) -> Self {
        Self {
            position: choice.position.to_string(),
            delegation: choice.delegation.map(|id| id.to_string()),
            agency: choice.agency.to_string(),
            agency_name: choice.agency_name.vi.to_string(),
            title: choice.title.vi.to_string(),
            delegator: choice.delegator.clone(),
            permissions: choice.permissions.iter().map(|permission| permission.name().to_owned()).collect(),
            until: choice.until.map(|day: Date| day.to_string()),
        }
    }
}

/// The position or delegation to act in.
#[derive(Deserialize, ToSchema)]
pub struct SwitchPosition {
    /// Id of the own position.
    pub position: String,
    /// Id of the delegation to it.
    pub delegation: Option<String>,
}

/// The session after a switch; the old token no longer works.
#[derive(Serialize, ToSchema)]
pub struct SessionSwitched {
    /// The new token.
    pub token: String,
}

/// Who asks.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// `person` or `system`.
    pub kind: &'static str,
    /// Name of the person or system.
    pub name: String,
    /// Code of the agency acted for.
    pub agency: String,
    /// Its name.
    pub agency_name: String,
    /// Every code a system may act for; for a person the one agency.
    pub agencies: Vec<String>,
    /// Title of the position in use.
    pub title: String,
    /// Roles of the position in use.
    pub roles: Vec<&'static str>,
    /// What may be done in that agency.
    pub permissions: Vec<&'static str>,
    /// What the person may act as.
    pub positions: Vec<PositionChoice>,
}

/// An agency of the directory.
#[derive(Serialize, ToSchema)]
pub struct AgencyView {
    /// Code, new form.
    pub code: String,
    /// Code, old form of 13 characters.
    pub legacy_code: Option<String>,
    /// Name.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// Abbreviation in notations.
    pub abbreviation: String,
    /// Code of the agency above.
    pub parent: Option<String>,
    /// `central`, `province`, `district`, `commune`, `other`.
    pub level: &'static str,
    /// `agency`, `political`, `public-unit`, `technical-centre`, `enterprise`.
    pub kind: &'static str,
    /// First day of this name, `yyyy-MM-dd`.
    pub valid_from: String,
    /// Last day, when it was closed.
    pub valid_to: Option<String>,
    /// Codes of the agencies that took over.
    pub successors: Vec<String>,
}

impl From<&Agency> for AgencyView {
    fn from(agency: &Agency) -> Self {
        Self {
            code: agency.code.to_string(),
            legacy_code: agency.legacy_code.clone().or_else(|| agency.code.legacy()),
            name: agency.name.vi.to_string(),
            name_en: agency.name.en.to_string(),
            abbreviation: agency.abbreviation.clone(),
            parent: agency.parent.as_ref().map(ToString::to_string),
            level: agency.level.name(),
            kind: agency.kind.name(),
            valid_from: agency.valid_from.to_string(),
            valid_to: agency.valid_to.map(|day| day.to_string()),
            successors: agency.successors.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Agencies found.
#[derive(Serialize, ToSchema)]
pub struct AgencyList {
    /// The agencies, the nearest first.
    pub agencies: Vec<AgencyView>,
}
