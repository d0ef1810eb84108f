//! The leader's directive (bút phê): one lead, who supports, and each one's deadline (NĐ 30/2020/NĐ-CP, Điều 23 khoản 2, 4).

use crate::refusals;
use base::{Date, Refusal, Text};
use serde::{Deserialize, Serialize};

/// The longest directive, in characters.
pub const MAX_TEXT: usize = 2000;
/// The most assignees of one directive.
pub const MAX_ASSIGNEES: usize = 50;

/// What an assignee is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Chủ trì.
    Lead,
    /// Phối hợp.
    Support,
    /// Để biết: reads, owes nothing.
    Inform,
}

impl Part {
    /// Stable word in the database and in the API.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Support => "support",
            Self::Inform => "inform",
        }
    }

    /// Reads the stable word.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Lead, Self::Support, Self::Inform].into_iter().find(|p| p.code() == code)
    }

    /// The word on the page, Vietnamese and English.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Lead => ("Chủ trì", "Lead"),
            Self::Support => ("Phối hợp", "Support"),
            Self::Inform => ("Để biết", "For information"),
        }
    }
}

/// One unit or person named in the directive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignee {
    /// Id of the unit; at least one of unit and person is given.
    pub unit: Option<String>,
    /// Id of the person.
    pub person: Option<String>,
    /// What is asked.
    pub part: Part,
    /// Own deadline; `None`: the deadline of the whole.
    pub deadline: Option<Date>,
}

/// What the leader wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directive {
    /// The words.
    pub text: String,
    /// Deadline of the whole (thời hạn giải quyết); `None` where none is set.
    pub deadline: Option<Date>,
    /// Who is to act.
    pub assignees: Vec<Assignee>,
}

/// Checks a directive given on `today`; all that is wrong is named at once, field by field.
///
/// A directive that adds to one in force (`lead_in_force`) may leave the lead as it is; never are there two.
pub fn check(directive: &Directive, today: Date, lead_in_force: bool) -> Result<(), Refusal> {
    let mut refusal = Refusal::new(&refusals::DIRECTIVE);
    if directive.text.chars().count() > MAX_TEXT {
        refusal = refusal.field(
            "text",
            Text::fixed("Ý kiến chỉ đạo dài quá 2000 ký tự.", "The directive is longer than 2000 characters."),
        );
    }
    let leads = directive.assignees.iter().filter(|a| a.part == Part::Lead).count();
    if leads > 1 || (leads == 0 && !lead_in_force) {
        refusal = refusal.field(
            "assignees",
            if leads == 0 {
                Text::fixed("Chưa chọn đơn vị hoặc người chủ trì.", "No lead has been chosen.")
            } else {
                Text::fixed("Chỉ một đơn vị hoặc người chủ trì.", "There can be only one lead.")
            },
        );
    }
    if directive.assignees.len() > MAX_ASSIGNEES {
        refusal = refusal.field(
            "assignees",
            Text::fixed("Nhiều nhất 50 nơi nhận việc.", "At most 50 units or persons can be named."),
        );
    }
    if directive.deadline.is_some_and(|d| d < today) {
        refusal = refusal.field("deadline", Text::fixed("Hạn đã qua.", "The deadline has passed."));
    }
    let lead_deadline =
        directive.assignees.iter().find(|a| a.part == Part::Lead).and_then(|a| a.deadline).or(directive.deadline);
    for (index, assignee) in directive.assignees.iter().enumerate() {
        let field = format!("assignees[{index}]");
        if assignee.unit.is_none() && assignee.person.is_none() {
            refusal = refusal.field(
                field.clone(),
                Text::fixed("Chưa chọn đơn vị hoặc người.", "No unit or person has been chosen."),
            );
        }
        let same = |other: &Assignee| other.unit == assignee.unit && other.person == assignee.person;
        if directive.assignees[..index].iter().any(same) {
            refusal = refusal.field(field.clone(), Text::fixed("Đã có trong danh sách.", "Is already in the list."));
        }
        if assignee.deadline.is_some_and(|d| d < today) {
            refusal =
                refusal.field(format!("{field}.deadline"), Text::fixed("Hạn đã qua.", "The deadline has passed."));
        }
        if assignee.part == Part::Lead && assignee.deadline > directive.deadline && directive.deadline.is_some() {
            refusal = refusal.field(
                format!("{field}.deadline"),
                Text::fixed(
                    "Hạn của nơi chủ trì sau hạn chung.",
                    "The lead's deadline is after the deadline of the whole.",
                ),
            );
        }
        if assignee.part == Part::Support
            && let (Some(own), Some(lead)) = (assignee.deadline, lead_deadline)
            && own > lead
        {
            refusal = refusal.field(
                format!("{field}.deadline"),
                Text::fixed("Hạn phối hợp sau hạn của nơi chủ trì.", "The support deadline is after the lead's."),
            );
        }
    }
    if refusal.fields.is_empty() { Ok(()) } else { Err(refusal) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 11, 23);

    fn assignee(unit: &str, part: Part, deadline: Option<Date>) -> Assignee {
        Assignee { unit: Some(unit.into()), person: None, part, deadline }
    }

    fn directive(assignees: Vec<Assignee>) -> Directive {
        Directive { text: "Sở Nội vụ chủ trì.".into(), deadline: Some(Date::constant(2026, 12, 1)), assignees }
    }

    fn wrong(directive: &Directive) -> Vec<String> {
        check(directive, TODAY, false)
            .err()
            .map(|r| r.fields.into_iter().map(|f| f.field).collect())
            .unwrap_or_default()
    }

    #[test]
    fn exactly_one_lead() {
        assert_eq!(wrong(&directive(vec![])), ["assignees"]);
        let two = vec![assignee("a", Part::Lead, None), assignee("b", Part::Lead, None)];
        assert_eq!(wrong(&directive(two)), ["assignees"]);
        let fine = vec![assignee("a", Part::Lead, None), assignee("b", Part::Support, None)];
        assert!(check(&directive(fine), TODAY, false).is_ok());
    }

    #[test]
    fn support_ends_no_later_than_the_lead() {
        let late = Some(Date::constant(2026, 12, 2));
        let rows = vec![assignee("a", Part::Lead, None), assignee("b", Part::Support, late)];
        assert_eq!(wrong(&directive(rows)), ["assignees[1].deadline"]);
        let rows = vec![assignee("a", Part::Lead, late), assignee("b", Part::Inform, late)];
        assert_eq!(wrong(&directive(rows)), ["assignees[0].deadline"]);
    }

    #[test]
    fn nobody_twice_nobody_unnamed_nothing_in_the_past() {
        let past = Some(Date::constant(2026, 11, 22));
        let nobody = Assignee { unit: None, person: None, part: Part::Support, deadline: past };
        let rows = vec![assignee("a", Part::Lead, None), assignee("a", Part::Support, None), nobody];
        assert_eq!(wrong(&directive(rows)), ["assignees[1]", "assignees[2]", "assignees[2].deadline"]);
    }
}
