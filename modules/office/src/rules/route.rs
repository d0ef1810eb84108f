//! The route of a document: who triages, checks, signs and seals, as dated data per agency and kind of document.

use super::actor::{Acting, Duty};
use crate::refusals;
use base::{Date, Refusal};
use serde::{Deserialize, Serialize};

/// One step on the way of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Outgoing: draft (Điều 10).
    Draft,
    /// Outgoing: answer for the content (Điều 12 khoản 1).
    Content,
    /// Outgoing: answer for form and procedure (Điều 12 khoản 2).
    Format,
    /// Outgoing: the competent person's signature (Điều 13).
    Sign,
    /// Outgoing: number and date (Điều 15).
    Number,
    /// Outgoing: the agency's signature (Điều 32 khoản 2).
    Seal,
    /// Outgoing: send it out (Điều 18).
    Issue,
    /// Incoming: register (Điều 22).
    Register,
    /// Incoming: propose who should handle it, or pass it on by rule (Điều 23 khoản 1).
    Triage,
    /// Incoming: the leader's directive (Điều 23 khoản 2).
    Direct,
    /// Incoming: hand on within a unit.
    Assign,
}

impl Step {
    /// Every step in the order of the decree.
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::Content,
        Self::Format,
        Self::Sign,
        Self::Number,
        Self::Seal,
        Self::Issue,
        Self::Register,
        Self::Triage,
        Self::Direct,
        Self::Assign,
    ];

    /// Stable word in forms and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Content => "content",
            Self::Format => "format",
            Self::Sign => "sign",
            Self::Number => "number",
            Self::Seal => "seal",
            Self::Issue => "issue",
            Self::Register => "register",
            Self::Triage => "triage",
            Self::Direct => "direct",
            Self::Assign => "assign",
        }
    }

    /// The step of that stable word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.code() == code)
    }

    /// The word in Vietnamese and English.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Draft => ("soạn thảo", "draft"),
            Self::Content => ("kiểm tra nội dung", "check the content"),
            Self::Format => ("kiểm tra thể thức", "check the form"),
            Self::Sign => ("ký", "sign"),
            Self::Number => ("cấp số", "number"),
            Self::Seal => ("ký số cơ quan", "seal"),
            Self::Issue => ("phát hành", "issue"),
            Self::Register => ("đăng ký", "register"),
            Self::Triage => ("trình, phân văn bản", "triage"),
            Self::Direct => ("chỉ đạo", "direct"),
            Self::Assign => ("giao việc trong đơn vị", "assign within the unit"),
        }
    }
}

/// Who may take a step: by duty, or named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Performer {
    /// Anybody with the duty.
    Duty(Duty),
    /// One person, by id.
    Person(String),
    /// Anybody of one unit, by id.
    Unit(String),
}

impl Performer {
    /// As written in forms and in the API: `duty:leader`, `person:<id>`, `unit:<id>`.
    pub fn written(&self) -> String {
        match self {
            Self::Duty(duty) => format!("duty:{}", duty.code()),
            Self::Person(person) => format!("person:{person}"),
            Self::Unit(unit) => format!("unit:{unit}"),
        }
    }

    /// Reads what [`Performer::written`] writes.
    pub fn read(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("duty", duty) => Duty::from_code(duty).map(Self::Duty),
            ("person", person) => Some(Self::Person(person.to_owned())),
            ("unit", unit) => Some(Self::Unit(unit.to_owned())),
            _ => None,
        }
    }

    fn is(&self, actor: &Acting) -> bool {
        match self {
            Self::Duty(duty) => actor.has(*duty),
            Self::Person(person) => *person == actor.person,
            Self::Unit(unit) => actor.unit.as_deref() == Some(unit),
        }
    }
}

/// One step and who may take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteStep {
    /// The step.
    pub step: Step,
    /// Who may take it; any one of them.
    pub by: Vec<Performer>,
}

/// The steps of a route in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The kinds of document it is for; empty: all.
    pub types: Vec<String>,
    /// The field of work (lĩnh vực) it is for; `None`: all.
    pub field: Option<String>,
    /// First day in force.
    pub valid_from: Date,
    /// First day no longer in force.
    pub valid_until: Option<Date>,
    /// The steps in order.
    pub steps: Vec<RouteStep>,
}

impl Route {
    /// What the decree asks for where an agency has decided nothing of its own.
    pub fn of_the_decree() -> Self {
        let by = |step, duties: &[Duty]| RouteStep { step, by: duties.iter().copied().map(Performer::Duty).collect() };
        Self {
            types: Vec::new(),
            field: None,
            // NĐ 30/2020/NĐ-CP is in force from this day (Điều 37).
            valid_from: Date::constant(2020, 3, 5),
            valid_until: None,
            steps: vec![
                by(
                    Step::Draft,
                    &[Duty::Specialist, Duty::UnitHead, Duty::ChiefOfOffice, Duty::RegistryClerk, Duty::Leader],
                ),
                by(Step::Content, &[Duty::UnitHead, Duty::ChiefOfOffice, Duty::Leader]),
                by(Step::Format, &[Duty::FormatChecker, Duty::RegistryClerk, Duty::ChiefOfOffice]),
                by(Step::Sign, &[Duty::Leader]),
                by(Step::Number, &[Duty::RegistryClerk]),
                by(Step::Seal, &[Duty::RegistryClerk]),
                by(Step::Issue, &[Duty::RegistryClerk]),
                by(Step::Register, &[Duty::RegistryClerk]),
                by(Step::Triage, &[Duty::ChiefOfOffice, Duty::RegistryClerk]),
                by(Step::Direct, &[Duty::Leader, Duty::ChiefOfOffice]),
                by(Step::Assign, &[Duty::UnitHead, Duty::ChiefOfOffice, Duty::Leader]),
            ],
        }
    }

    /// Whether this person may take the step; the refusal says whose right is needed.
    pub fn permit(&self, step: Step, actor: &Acting) -> Result<(), Refusal> {
        let performers = self.steps.iter().find(|s| s.step == step).map_or(&[][..], |s| &s.by);
        if performers.iter().any(|p| p.is(actor)) {
            return Ok(());
        }
        let words = |vietnamese: bool| {
            let mut words: Vec<String> = performers
                .iter()
                .map(|p| match p {
                    Performer::Duty(duty) => if vietnamese { duty.label().0 } else { duty.label().1 }.to_owned(),
                    Performer::Person(_) => {
                        if vietnamese { "người được chỉ định" } else { "the person named" }.to_owned()
                    }
                    Performer::Unit(_) => {
                        if vietnamese { "đơn vị được chỉ định" } else { "the unit named" }.to_owned()
                    }
                })
                .collect();
            words.dedup();
            words.join(", ")
        };
        Err(Refusal::new(&refusals::NOT_YOUR_STEP)
            .with("step_vi", step.label().0)
            .with("step_en", step.label().1)
            .with("who_vi", words(true))
            .with("who_en", words(false)))
    }

    /// Whether this person may take the step, for showing or hiding a button.
    pub fn may(&self, step: Step, actor: &Acting) -> bool {
        self.permit(step, actor).is_ok()
    }

    /// Checks a route before it is put in force: every step has somebody (a route that is in force is the only one for
    /// its documents, so a step without anybody would stop them), content and form are checked before the signature
    /// (Điều 12), and the seal never comes before the signature (Điều 32 khoản 2).
    pub fn check(&self) -> Result<(), Refusal> {
        let place = |step: Step| self.steps.iter().position(|s| s.step == step);
        for step in Step::ALL {
            let Some(index) = place(step) else {
                return Err(Refusal::new(&refusals::ROUTE_STEP_MISSING)
                    .with("step_vi", step.label().0)
                    .with("step_en", step.label().1)
                    .field(step.code(), refusals::ROUTE_STEP_NEEDS_SOMEBODY));
            };
            if self.steps[index].by.is_empty() {
                return Err(Refusal::new(&refusals::ROUTE_STEP_WITHOUT_PERFORMER)
                    .with("step_vi", step.label().0)
                    .with("step_en", step.label().1)
                    .field(step.code(), refusals::ROUTE_STEP_NEEDS_SOMEBODY));
            }
        }
        let ordered = |before: Step, after: Step| place(before) < place(after);
        if !ordered(Step::Sign, Step::Seal) || !ordered(Step::Number, Step::Seal) || !ordered(Step::Seal, Step::Issue) {
            return Err(Refusal::new(&refusals::ROUTE_SEAL_BEFORE_SIGNATURE));
        }
        if !ordered(Step::Content, Step::Sign)
            || !ordered(Step::Format, Step::Sign)
            || !ordered(Step::Sign, Step::Number)
        {
            return Err(Refusal::new(&refusals::ROUTE_ORDER));
        }
        if self.valid_until.is_some_and(|until| until <= self.valid_from) {
            return Err(Refusal::new(&refusals::ROUTE_DATES).field("valid_until", refusals::ROUTE_DATES_FIELD));
        }
        Ok(())
    }

    /// Refuses a route that would have begun before `today`: what was done under another route stays as it was.
    pub fn check_begin(&self, today: Date) -> Result<(), Refusal> {
        if self.valid_from < today {
            return Err(Refusal::new(&refusals::ROUTE_IN_THE_PAST)
                .field("valid_from", refusals::ROUTE_IN_THE_PAST_FIELD)
                .with("today", today.strftime("%d/%m/%Y")));
        }
        Ok(())
    }

    /// Ends the route: `until` is the first day on which it is no longer in force. One that has not begun may be taken
    /// back whole; days that have passed stay as they were.
    pub fn end(&mut self, until: Date, today: Date) -> Result<(), Refusal> {
        if until < today {
            return Err(Refusal::new(&refusals::ROUTE_IN_THE_PAST)
                .field("valid_until", refusals::ROUTE_IN_THE_PAST_FIELD)
                .with("today", today.strftime("%d/%m/%Y")));
        }
        if until < self.valid_from || self.valid_until.is_some_and(|ended| ended < until) {
            return Err(Refusal::new(&refusals::ROUTE_DATES).field("valid_until", refusals::ROUTE_DATES_FIELD));
        }
        self.valid_until = Some(until);
        Ok(())
    }
}

/// The route in force on a day: the one that names the field and the kind wins over the one that names less.
pub fn in_force(routes: &[Route], kind: &str, field: Option<&str>, on: Date) -> Route {
    routes
        .iter()
        .filter(|r| r.valid_from <= on && r.valid_until.is_none_or(|until| on < until))
        .filter(|r| r.types.is_empty() || r.types.iter().any(|t| t == kind))
        .filter(|r| r.field.is_none() || r.field.as_deref() == field)
        .max_by_key(|r| (r.field.is_some(), !r.types.is_empty(), r.valid_from))
        .cloned()
        .unwrap_or_else(Route::of_the_decree)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(duties: &[Duty]) -> Acting {
        Acting { person: "p".into(), unit: Some("u".into()), duties: duties.to_vec() }
    }

    #[test]
    fn the_decrees_route_passes_its_own_check() {
        Route::of_the_decree().check().unwrap();
    }

    #[test]
    fn steps_may_fall_together_in_one_person() {
        let one = actor(&[Duty::Specialist, Duty::UnitHead, Duty::RegistryClerk, Duty::Leader]);
        let route = Route::of_the_decree();
        for step in &route.steps {
            route.permit(step.step, &one).unwrap();
        }
    }

    #[test]
    fn a_refusal_says_whose_right_is_needed() {
        let refused = Route::of_the_decree().permit(Step::Seal, &actor(&[Duty::Leader])).unwrap_err();
        assert_eq!(refused.code.code, "office.route.not-your-step");
        assert!(refused.message(base::Lang::Vi).contains("văn thư"), "{}", refused.message(base::Lang::Vi));
    }

    #[test]
    fn the_seal_never_before_the_signature() {
        let mut route = Route::of_the_decree();
        let seal = route.steps.iter().position(|s| s.step == Step::Seal).unwrap();
        let step = route.steps.remove(seal);
        route.steps.insert(0, step);
        assert_eq!(route.check().unwrap_err().code.code, "office.route.seal-before-signature");

        let mut route = Route::of_the_decree();
        route.steps.retain(|s| s.step != Step::Sign);
        assert_eq!(route.check().unwrap_err().code.code, "office.route.step-missing");
    }

    #[test]
    fn words_of_steps_and_performers_come_back() {
        for step in Step::ALL {
            assert_eq!(Step::from_code(step.code()), Some(step));
        }
        for duty in Duty::ALL {
            assert_eq!(Performer::read(&Performer::Duty(duty).written()), Some(Performer::Duty(duty)));
        }
        for named in [Performer::Person("p1".into()), Performer::Unit("u1".into())] {
            assert_eq!(Performer::read(&named.written()), Some(named));
        }
        assert_eq!(Performer::read("duty:king"), None);
        assert_eq!(Performer::read("leader"), None);
    }

    #[test]
    fn a_route_that_would_stop_arrivals_is_refused_too() {
        let mut route = Route::of_the_decree();
        route.steps.retain(|s| s.step != Step::Register);
        let refused = route.check().unwrap_err();
        assert_eq!(refused.code.code, "office.route.step-missing");
        assert_eq!(refused.fields[0].field, "register");
    }

    #[test]
    fn days_that_have_passed_stay_as_they_were() {
        let today = Date::constant(2026, 11, 23);
        let yesterday = Date::constant(2026, 11, 22);
        let mut route = Route { valid_from: yesterday, ..Route::of_the_decree() };
        assert_eq!(route.check_begin(today).unwrap_err().code.code, "office.route.in-the-past");
        assert_eq!(route.end(yesterday, today).unwrap_err().code.code, "office.route.in-the-past");
        route.end(today, today).unwrap();
        assert_eq!(route.end(Date::constant(2027, 1, 1), today).unwrap_err().code.code, "office.route.dates");

        let next = Date::constant(2027, 1, 1);
        let mut coming = Route { valid_from: next, ..Route::of_the_decree() };
        coming.check_begin(today).unwrap();
        assert_eq!(coming.end(today, today).unwrap_err().code.code, "office.route.dates");
        coming.end(next, today).unwrap();
        assert_eq!(in_force(&[coming], "decision", None, next), Route::of_the_decree(), "taken back before it began");
    }

    #[test]
    fn the_most_particular_route_in_force_wins() {
        let day = Date::constant(2026, 11, 23);
        let base = Route { valid_from: Date::constant(2026, 1, 1), ..Route::of_the_decree() };
        let decisions = Route { types: vec!["decision".into()], ..base.clone() };
        let lapsed =
            Route { field: Some("land".into()), valid_until: Some(Date::constant(2026, 11, 23)), ..base.clone() };
        let all = [lapsed, decisions.clone(), base.clone()];
        assert_eq!(in_force(&all, "decision", Some("land"), day), decisions);
        assert_eq!(in_force(&all, "report", None, day), base);
        assert_eq!(in_force(&all, "report", Some("land"), Date::constant(2026, 6, 1)).field.as_deref(), Some("land"));
        assert_eq!(in_force(&all, "report", None, Date::constant(2025, 6, 1)), Route::of_the_decree());
    }
}
