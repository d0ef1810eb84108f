//! Arranging the office: routes put in force and ended, registers opened and ended; each with its day and its entry.

use super::change::check_version;
use super::deed::{Command, Deed};
use super::once::once;
use crate::entries;
use crate::refusals;
use crate::rules::numbering::Series;
use crate::rules::register_change::{may_begin, may_end};
use crate::rules::route::{Performer, Route};
use crate::store::registers::{
    Direction, Register, kinds_numbered, register_end as store_register_end, register_ensure, register_get,
    registers_ensure, registers_ever, series_state,
};
use crate::store::routes::{RouteId, route_add as store_route_add, route_end as store_route_end, route_get};
use base::fold::nfc;
use base::{AgencyCode, Date, Refusal, Text, document_types};
use platform::access::{Permission, Principal};
use platform::directory::{self, PersonId, UnitId};
use platform::ledger::{self, Codes, EntryKind, NewEntry, SubjectKind};
use platform::{Platform, Result, Tx};
use serde_json::{Value as Json, json};

/// Most characters of a register's name.
const NAME: usize = 100;

/// A route with its id and version.
pub type KeptRoute = (RouteId, Route, i64);

/// Puts a route in force from its first day.
pub async fn route_add(
    platform: &Platform,
    principal: &Principal,
    route: Route,
    command: Command,
) -> Result<KeptRoute> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OfficeConfigure)?;
    check_kinds(&route.types)?;
    route.check()?;
    route.check_begin(deed.today())?;
    let id: RouteId = deed.id();
    let doer = deed.clone();
    let load = kept(deed.agency().clone());
    once(platform, &deed, command, entries::ROUTE_ADDED.name, load, move |tx| {
        let deed = &doer;
        for step in &route.steps {
            for performer in &step.by {
                if !belongs(tx, deed.agency(), performer, route.valid_from)? {
                    return Err(Refusal::new(&refusals::CONFIGURATION)
                        .with("count", 1)
                        .field(step.step.code(), STRANGER)
                        .into());
                }
            }
        }
        store_route_add(tx, id, deed.agency(), &route)?;
        let codes = Codes::new()
            .with("kinds", count(route.types.len()))
            .with("from", route.valid_from.to_string())
            .with_some("until", route.valid_until.map(|d| d.to_string()));
        record(
            tx,
            deed,
            &entries::ROUTE_ADDED,
            (&entries::ROUTE, id.to_string(), 1),
            codes,
            json!({ "route": route }),
        )?;
        Ok((id, 1, (id, route.clone(), 1)))
    })
    .await
}

const STRANGER: Text = Text::fixed(
    "Có người hoặc đơn vị không thuộc cơ quan vào ngày bắt đầu.",
    "A person or unit does not belong to the agency on the first day.",
);

/// Gives a route its end: `until` is the first day on which it is no longer in force.
pub async fn route_end(
    platform: &Platform,
    principal: &Principal,
    id: RouteId,
    until: Date,
    command: Command,
) -> Result<KeptRoute> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OfficeConfigure)?;
    let doer = deed.clone();
    let load = kept(deed.agency().clone());
    once(platform, &deed, command.clone(), entries::ROUTE_ENDED.name, load, move |tx| {
        let deed = &doer;
        let (mut route, before) = route_get(tx, deed.agency(), id)?;
        check_version(command.version, before)?;
        route.end(until, deed.today())?;
        let version = before + 1;
        store_route_end(tx, id, &route, version)?;
        let codes = Codes::new().with("until", until.to_string());
        record(tx, deed, &entries::ROUTE_ENDED, (&entries::ROUTE, id.to_string(), version), codes, json!({}))?;
        Ok((id, version, (id, route, version)))
    })
    .await
}

fn kept(agency: AgencyCode) -> impl Fn(&Tx<'_>, RouteId) -> Result<KeptRoute> + Clone + Send + 'static {
    move |tx, id| {
        let (route, version) = route_get(tx, &agency, id)?;
        Ok((id, route, version))
    }
}

/// What a register to be opened is to be.
#[derive(Debug, Clone)]
pub struct NewRegister {
    /// Its name.
    pub name: String,
    /// Its name in English; the Vietnamese one where empty.
    pub name_en: String,
    /// The kinds it takes, at least one.
    pub types: Vec<String>,
    /// Whether it is for state secrets.
    pub secret: bool,
    /// First day.
    pub valid_from: Date,
}

/// Opens a register of its own for some kinds of outgoing documents (the head of the agency decides the grouping, Phụ lục
/// I, phần II, mục 3). What arrives has one series a year, secrets apart (Điều 22 khoản 2): nothing is to be opened there.
pub async fn register_open(
    platform: &Platform,
    principal: &Principal,
    new: NewRegister,
    command: Command,
) -> Result<(Register, Direction)> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OfficeConfigure)?;
    check_new(&new)?;
    let id = format!("{}/{}", deed.agency().canonical(), deed.id::<Register>());
    let name = nfc(new.name.trim());
    let english = nfc(new.name_en.trim());
    let register = Register {
        id: id.clone(),
        agency: deed.agency().clone(),
        name_en: if english.is_empty() { name.clone() } else { english },
        name,
        types: new.types.clone(),
        secret: new.secret,
        valid_from: new.valid_from,
        valid_until: None,
        version: 1,
    };
    let doer = deed.clone();
    let load = found(deed.agency().clone(), deed.today());
    once(platform, &deed, command, entries::REGISTER_OPENED.name, load, move |tx| {
        let (deed, today) = (&doer, doer.today());
        // The usual ones stand first, so that the kinds that this one does not take still have theirs.
        registers_ensure(tx, deed.agency(), Direction::Out, today)?;
        let all = registers_ever(tx, deed.agency(), Direction::Out, today)?;
        for other in all.iter().filter(|r| r.secret == register.secret) {
            let still = other.valid_until.is_none_or(|until| until > register.valid_from && until > other.valid_from);
            if let Some(kind) = register.types.iter().find(|kind| still && other.types.contains(kind)) {
                let kind = document_types::by_id(kind).map_or(kind.as_str(), |k| &k.name.vi);
                return Err(Refusal::new(&refusals::REGISTER_KINDS_TAKEN)
                    .with("name", &other.name)
                    .with("kind", kind)
                    .field("types", Text::new(format!("Đã thuộc {}.", other.name), format!("In {}.", other.name_en)))
                    .into());
            }
        }
        let year = register.valid_from.year();
        let numbered = kinds_numbered(tx, deed.agency(), &register.types, register.secret, year)?;
        may_begin(register.valid_from, today, numbered)?;
        register_ensure(tx, &register, Direction::Out, count(all.len()))?;
        let codes = Codes::new()
            .with("direction", Direction::Out.code())
            .with("kinds", count(register.types.len()))
            .with("from", register.valid_from.to_string());
        let details = json!({ "name": register.name, "types": register.types, "secret": register.secret });
        record(tx, deed, &entries::REGISTER_OPENED, (&entries::REGISTER, id.clone(), 1), codes, details)?;
        Ok((id.clone(), 1, (register.clone(), Direction::Out)))
    })
    .await
}

/// Ends a register: `until` is the first day on which it takes nothing more. Its book stays readable.
pub async fn register_end(
    platform: &Platform,
    principal: &Principal,
    id: String,
    until: Date,
    command: Command,
) -> Result<(Register, Direction)> {
    let deed = Deed::new(platform, principal)?;
    deed.require(Permission::OfficeConfigure)?;
    let doer = deed.clone();
    let load = found(deed.agency().clone(), deed.today());
    once(platform, &deed, command.clone(), entries::REGISTER_ENDED.name, load, move |tx| {
        let (deed, today) = (&doer, doer.today());
        let (_, direction) = register_get(tx, deed.agency(), &id, today)?;
        registers_ensure(tx, deed.agency(), direction, today)?;
        let (mut register, direction) = register_get(tx, deed.agency(), &id, today)?;
        check_version(command.version, register.version)?;
        let last = until.yesterday().unwrap_or(until);
        let numbered = series_state(tx, &id, last.year())?.last_number > 0;
        let series: Series = register.series();
        may_end(&series, &register.name, register.valid_from, until, today, numbered)?;
        register.version += 1;
        register.valid_until = Some(until);
        store_register_end(tx, &id, until, register.version)?;
        let codes = Codes::new().with("direction", direction.code()).with("until", until.to_string());
        let subject = (&entries::REGISTER, id.clone(), register.version);
        record(tx, deed, &entries::REGISTER_ENDED, subject, codes, json!({ "name": register.name }))?;
        Ok((id.clone(), register.version, (register, direction)))
    })
    .await
}

fn found(
    agency: AgencyCode,
    today: Date,
) -> impl Fn(&Tx<'_>, String) -> Result<(Register, Direction)> + Clone + Send + 'static {
    move |tx, id| register_get(tx, &agency, &id, today)
}

fn belongs(tx: &Tx<'_>, agency: &AgencyCode, performer: &Performer, on: Date) -> Result<bool> {
    Ok(match performer {
        Performer::Duty(_) => true,
        Performer::Person(person) => match person.parse::<PersonId>() {
            Ok(id) => directory::positions_of(tx, id, on)?.iter().any(|h| h.position.agency == *agency),
            Err(_) => false,
        },
        Performer::Unit(unit) => match unit.parse::<UnitId>() {
            Ok(id) => directory::unit_get(tx, id)?
                .is_some_and(|u| u.agency == *agency && u.valid_from <= on && u.valid_to.is_none_or(|to| on <= to)),
            Err(_) => false,
        },
    })
}

fn check_new(new: &NewRegister) -> Result<()> {
    let mut refusal = Refusal::new(&refusals::CONFIGURATION);
    for (field, text, needed) in [("name", &new.name, true), ("name_en", &new.name_en, false)] {
        if needed && text.trim().is_empty() {
            refusal = refusal.field(field, Text::fixed("Ô này chưa có nội dung.", "This is empty."));
        } else if text.trim().chars().count() > NAME {
            refusal =
                refusal.field(field, Text::new(format!("Tối đa {NAME} ký tự."), format!("At most {NAME} characters.")));
        }
    }
    if new.types.is_empty() {
        refusal = refusal.field("types", Text::fixed("Chọn ít nhất một loại văn bản.", "Choose at least one kind."));
    }
    if !refusal.fields.is_empty() {
        let wrong = refusal.fields.len();
        return Err(refusal.with("count", wrong).into());
    }
    check_kinds(&new.types)
}

/// Refuses kinds of document that do not exist.
fn check_kinds(types: &[String]) -> Result<()> {
    match types.iter().find(|kind| document_types::by_id(kind).is_none()) {
        None => Ok(()),
        Some(kind) => Err(Refusal::new(&refusals::CONFIGURATION)
            .with("count", 1)
            .field(
                "types",
                Text::new(format!("Không có loại văn bản “{kind}”."), format!("There is no kind “{kind}”.")),
            )
            .into()),
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn record(
    tx: &Tx<'_>,
    deed: &Deed,
    kind: &'static EntryKind,
    (subject, id, version): (&'static SubjectKind, String, i64),
    codes: Codes,
    mut details: Json,
) -> Result<()> {
    details["person_name"] = json!(deed.principal.name);
    details["person_title"] = json!(deed.title());
    ledger::append(
        tx,
        deed.now,
        NewEntry {
            id: deed.entry,
            kind,
            subject: (subject, id),
            version,
            agency: deed.agency().clone(),
            actor: deed.actor(),
            occurred_at: deed.now,
            codes,
            details,
        },
    )
}
