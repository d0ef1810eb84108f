//! Seeds the small government of `data/demo/government.toml` through the same use cases that administrators use.

use base::{AgencyCode, Date, Text};
use platform::access::{Act, Role};
use platform::accounts::{self, NewAccount, Preferences};
use platform::directory::{self, Agency, AgencyLevel, Contact, OrganisationKind, Person, Position, Rank, Unit, UnitId};
use platform::ledger::Actor;
use platform::{Error, Platform, Result};
use serde::Deserialize;
use std::collections::HashMap;

const GOVERNMENT: &str = include_str!("../../../data/demo/government.toml");
/// The day from which the practice government's offices are held (the day the 34 provinces began).
const SINCE: Date = Date::constant(2025, 7, 1);

#[derive(Deserialize)]
struct Government {
    agency: Vec<SeedAgency>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedAgency {
    code: AgencyCode,
    parent: Option<AgencyCode>,
    /// The server that hosts it; 1 unless said.
    #[serde(default = "first_server")]
    server: u8,
    name_vi: String,
    name_en: String,
    abbreviation: String,
    level: AgencyLevel,
    #[serde(default)]
    units: Vec<SeedUnit>,
    #[serde(default)]
    person: Vec<SeedPerson>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedUnit {
    name: String,
    abbreviation: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedPerson {
    username: String,
    name: String,
    positions: Vec<SeedPosition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedPosition {
    agency: Option<AgencyCode>,
    title: String,
    rank: Rank,
    unit: Option<String>,
    roles: Vec<Role>,
}

fn first_server() -> u8 {
    1
}

/// A person of the practice government, for the printed list.
#[derive(Debug, Clone)]
pub struct SeededAccount {
    /// Sign-in name.
    pub username: String,
    /// Full name.
    pub name: String,
    /// First title and agency.
    pub title: String,
    /// Name of the agency.
    pub agency: String,
}

fn government() -> Result<Government> {
    toml::from_str(GOVERNMENT).map_err(|e| Error::fault("read the practice government", e))
}

/// The name that server `server` shows: its highest agency.
pub fn server_name(server: u8) -> Result<Text> {
    let own = government()?.agency.into_iter().filter(|a| a.server == server);
    if server == 1 {
        return Ok(Text::fixed("Chính quyền thực hành", "Practice government"));
    }
    own.map(|a| Text::new(a.name_vi, a.name_en)).next().ok_or(Error::NotFound("practice server"))
}

/// Seeds the agencies of every server and the people of this one, with `password` for all of them.
/// A folder that was seeded before is left as it is.
pub async fn seed(platform: &Platform, server: u8, password: &str) -> Result<Vec<SeededAccount>> {
    let government = government()?;
    let accounts = listed(&government, server);
    let seeded = platform.db().read(|tx| Ok(directory::agency_count(tx)? > 0)).await?;
    if seeded {
        return Ok(accounts);
    }
    let units = offices(platform, &government, server).await?;
    for agency in government.agency.iter().filter(|a| a.server == server) {
        platform.signing().seal(&agency.code, &agency.name_vi).await?;
        for person in &agency.person {
            engage(platform, agency, person, &units, password).await?;
        }
    }
    Ok(accounts)
}

fn listed(government: &Government, server: u8) -> Vec<SeededAccount> {
    let mut out = Vec::new();
    for agency in government.agency.iter().filter(|a| a.server == server) {
        for person in &agency.person {
            out.push(SeededAccount {
                username: person.username.clone(),
                name: person.name.clone(),
                title: person.positions.first().map(|p| p.title.clone()).unwrap_or_default(),
                agency: agency.name_vi.clone(),
            });
        }
    }
    out
}

fn own_act(platform: &Platform) -> Act {
    Act::new(platform, Actor::Server)
}

type Units = HashMap<(AgencyCode, String), UnitId>;

/// Agencies and units, in one transaction.
async fn offices(platform: &Platform, government: &Government, server: u8) -> Result<Units> {
    let mut units = Units::new();
    let mut agencies = Vec::new();
    let mut rooms = Vec::new();
    for a in &government.agency {
        agencies.push(Agency {
            code: a.code.clone(),
            legacy_code: a.code.legacy(),
            name: Text::new(a.name_vi.clone(), a.name_en.clone()),
            abbreviation: a.abbreviation.clone(),
            parent: a.parent.clone(),
            level: a.level,
            kind: OrganisationKind::Agency,
            valid_from: SINCE,
            valid_to: None,
            successors: Vec::new(),
            contact: Contact::default(),
            hosted: a.server == server,
            calendar: None,
            version: 0,
        });
        for u in a.units.iter().filter(|_| a.server == server) {
            let id: UnitId = platform.new_id();
            units.insert((a.code.clone(), u.abbreviation.clone()), id);
            rooms.push(Unit {
                id,
                agency: a.code.clone(),
                parent: None,
                name: Text::new(u.name.clone(), u.name.clone()),
                abbreviation: u.abbreviation.clone(),
                calendar: None,
                valid_from: SINCE,
                valid_to: None,
                version: 0,
            });
        }
    }
    // Each save may append more than one entry, so each gets an act of its own, made outside the closure.
    let agencies: Vec<(Act, Agency)> = agencies.into_iter().map(|a| (own_act(platform), a)).collect();
    let rooms: Vec<(Act, Unit)> = rooms.into_iter().map(|u| (own_act(platform), u)).collect();
    platform
        .db()
        .write(move |tx| {
            for (act, agency) in &agencies {
                directory::agency_save(tx, act, agency.clone(), None)?;
            }
            for (act, unit) in &rooms {
                directory::unit_save(tx, act, unit.clone(), None)?;
            }
            Ok(())
        })
        .await?;
    Ok(units)
}

/// A person with positions, account, password and personal key.
async fn engage(
    platform: &Platform,
    agency: &SeedAgency,
    seed: &SeedPerson,
    units: &Units,
    password: &str,
) -> Result<()> {
    let person = Person {
        id: platform.new_id(),
        full_name: seed.name.clone(),
        email: String::new(),
        phone: String::new(),
        version: 0,
    };
    let mut positions = Vec::new();
    for p in &seed.positions {
        let at = p.agency.clone().unwrap_or_else(|| agency.code.clone());
        let unit = match &p.unit {
            Some(abbreviation) => {
                Some(*units.get(&(at.clone(), abbreviation.clone())).ok_or(Error::NotFound("practice unit"))?)
            }
            None => None,
        };
        positions.push(Position {
            id: platform.new_id(),
            person: person.id,
            agency: at,
            unit,
            title: Text::new(p.title.clone(), p.title.clone()),
            rank: p.rank,
            roles: p.roles.clone(),
            valid_from: SINCE,
            valid_to: None,
            version: 0,
        });
    }
    let (made, opened) = (own_act(platform), own_act(platform));
    let positions: Vec<(Act, Position)> = positions.into_iter().map(|p| (own_act(platform), p)).collect();
    let (person_id, name, code) = (person.id, person.full_name.clone(), agency.code.clone());
    let at = agency.code.clone();
    platform
        .db()
        .write(move |tx| {
            directory::person_save(tx, &made, person.clone(), &at, None)?;
            for (act, position) in &positions {
                directory::position_save(tx, act, position.clone(), None)?;
            }
            Ok(())
        })
        .await?;
    let account = NewAccount {
        id: platform.new_id(),
        username: seed.username.clone(),
        person: person_id,
        agency: code.clone(),
        password: Some(accounts::password_hash(platform, password).await?),
        preferences: Preferences::default(),
    };
    platform.db().write(move |tx| accounts::account_insert(tx, &opened, &account)).await?;
    platform.signing().personal_create(&person_id.to_string(), &name, &code, password).await?;
    Ok(())
}
