//! The directive form: words with canned phrases, units and people with what they hold now, each one's part and deadline.

use crate::refusals;
use crate::rules::actor::Duty;
use crate::rules::directive::Part;
use crate::rules::incoming::{State, Verb};
use crate::store::directives::{Load, loads_of_people, loads_of_units};
use crate::use_cases::incoming::direct::{AssigneeInput, DirectiveInput};
use crate::use_cases::incoming::look::IncomingView;
use crate::use_cases::incoming::submit::receivers;
use crate::use_cases::{Command, Deed};
use base::{Date, Lang, Refusal};
use platform::Result;
use platform::access::Principal;
use platform::directory;
use web::html::escape;
use web::input;
use web::ui::choice::tick;
use web::ui::directive::directive_field;
use web::ui::field::{Choose, Field};
use web::ui::note::ErrorSummary;
use web::ui::table::{Column, Table};
use web::{App, FormData, Html, Req};

/// The form as it is shown.
pub struct DeskForm {
    /// The version that the person sees.
    pub version: i64,
    /// The key of the command.
    pub key: String,
    /// What was refused.
    pub errors: Html,
    /// The words.
    pub text: Field,
    /// The deadline of the whole.
    pub deadline: Field,
    /// The units, each with part, deadline and load.
    pub units: Table,
    /// The people, the same.
    pub people: Option<Table>,
    /// Somebody of them is chosen.
    pub people_open: bool,
    /// Takes the place of earlier directives.
    pub replace: Option<Html>,
    /// Before whom it can be put instead.
    pub to: Option<Field>,
    /// May direct.
    pub directs: bool,
    /// May put it before somebody else.
    pub submits: bool,
    /// Directing is the usual act of whoever looks.
    pub leads: bool,
}

/// What was typed: the words, the deadline, and one line for each unit or person with a part.
pub struct TypedDirective {
    /// The words.
    pub text: String,
    deadline: String,
    replace: bool,
    lines: Vec<Line>,
}

struct Line {
    /// `u` or `p` with the id.
    who: String,
    part: String,
    deadline: String,
}

/// Reads the form.
pub fn read_form(data: &FormData) -> TypedDirective {
    let lines = data
        .pairs()
        .filter_map(|(name, part)| {
            let who = name.strip_prefix("vai_")?;
            Part::parse(part)?;
            Some(Line {
                who: who.to_owned(),
                part: part.to_owned(),
                deadline: data.first(&format!("han_{who}")).unwrap_or_default().to_owned(),
            })
        })
        .collect();
    TypedDirective {
        text: data.first("text").unwrap_or_default().to_owned(),
        deadline: data.first("deadline").unwrap_or_default().to_owned(),
        replace: data.first("replace").is_some(),
        lines,
    }
}

impl TypedDirective {
    /// As the use case takes it; days that are none are named field by field.
    pub fn input(&self, today: Date) -> Result<DirectiveInput, Refusal> {
        let mut fields = input::Fields::new();
        let mut day = |name: &str, text: &str| fields.date_optional(name, text, today).map(|d| d.to_string());
        let deadline = day("deadline", &self.deadline);
        let assignees = self
            .lines
            .iter()
            .map(|line| {
                let (kind, id) = line.who.split_at(line.who.len().min(1));
                let id = Some(id.to_owned());
                AssigneeInput {
                    unit: id.clone().filter(|_| kind == "u"),
                    person: id.filter(|_| kind == "p"),
                    part: line.part.clone(),
                    deadline: day(&format!("han_{}", line.who), &line.deadline),
                }
            })
            .collect();
        fields.finish_as(&refusals::DIRECTIVE)?;
        Ok(DirectiveInput { text: self.text.clone(), deadline, assignees, replace: self.replace })
    }

    /// The form's own name of a field that the rules name by its place.
    pub fn field_name(&self, field: &str) -> Option<String> {
        let rest = field.strip_prefix("assignees[")?;
        let (index, tail) = rest.split_once(']')?;
        let line = self.lines.get(index.parse::<usize>().ok()?)?;
        Some(if tail == ".deadline" { format!("han_{}", line.who) } else { format!("vai_{}", line.who) })
    }
}

/// Makes the form: what was typed, else what was proposed.
pub async fn desk_form(
    req: &Req,
    app: &App,
    user: &Principal,
    view: &IncomingView,
    typed: Option<&FormData>,
    refusal: Option<&Refusal>,
) -> Result<DeskForm> {
    let l = req.lang;
    let d = &view.document;
    let deed = Deed::new(app.platform(), user)?;
    let (leads, today) = (deed.acting.has(Duty::Leader), deed.today());
    let own_position = user.position().map(|p| p.to_string());
    let (units, people, unit_loads, people_loads, to) = app
        .platform()
        .db()
        .read(move |tx| {
            let agency = deed.agency();
            Ok((
                directory::units_of(tx, agency, today)?,
                directory::positions_in(tx, agency, today)?,
                loads_of_units(tx, agency, today)?,
                loads_of_people(tx, agency, today)?,
                receivers(tx, agency, today)?,
            ))
        })
        .await?;
    let shown = typed.map_or_else(|| of_proposal(view), read_form);
    let line = |who: &str| shown.lines.iter().find(|line| line.who == who);
    let row = |who: String, plain: &str, name: Html, load: Load| {
        let chosen = line(&who);
        row(&who, plain, name, chosen, load, refusal, l)
    };
    let mut unit_table = table(l, l.t("Đơn vị", "Unit"));
    for unit in &units {
        let id = unit.id.to_string();
        let load = unit_loads.get(&id).copied().unwrap_or_default();
        let name = Html::trusted(format!("<span lang=\"vi\">{}</span>", escape(unit.name.get(l))));
        unit_table = unit_table.row(row(format!("u{id}"), unit.name.get(l), name, load));
    }
    let mut people_table = table(l, l.t("Người", "Person"));
    let mut seen = Vec::new();
    for holder in &people {
        let id = holder.position.person.to_string();
        if seen.contains(&id) {
            continue;
        }
        let load = people_loads.get(&id).copied().unwrap_or_default();
        let name = Html::trusted(format!(
            "<span lang=\"vi\">{}</span> <span class=\"dim\">{}</span>",
            escape(&holder.full_name),
            escape(holder.position.title.get(l))
        ));
        people_table = people_table.row(row(format!("p{id}"), &holder.full_name, name, load));
        seen.push(id);
    }
    let directs = view.may.contains(&Verb::Direct);
    let submits = view.may.contains(&Verb::Submit);
    let options: Vec<Choose> = to
        .iter()
        .filter(|h| Some(h.position.id.to_string()) != own_position)
        .map(|h| Choose::new(h.position.id.to_string(), format!("{} {}", h.position.title.get(l), h.full_name)))
        .collect();
    let first = options.first().map(|o| o.value.clone()).unwrap_or_default();
    let phrases = [
        l.t("Kính chuyển", "Forwarded"),
        l.t("Nghiên cứu, tham mưu", "Study and advise"),
        l.t("Báo cáo trước hạn", "Report before the deadline"),
        l.t("Để biết", "For information"),
    ];
    Ok(DeskForm {
        version: d.version,
        key: typed
            .and_then(|t| t.first("key"))
            .map_or_else(|| app.platform().new_id::<Command>().to_string(), str::to_owned),
        errors: ErrorSummary::of(l, refusal),
        text: directive_field(l, "text", &shown.text, &phrases).refused(refusal),
        deadline: Field::date(l, "deadline", l.t("Hạn chung", "Deadline of the whole"))
            .value(&shown.deadline)
            .span("c3")
            .refused(refusal),
        units: unit_table,
        people: (!seen.is_empty()).then_some(people_table),
        people_open: shown.lines.iter().any(|line| line.who.starts_with('p')),
        replace: matches!(d.state, State::Directed | State::InProcess).then(|| {
            tick(
                "replace",
                "on",
                l.t("Thay các ý kiến trước, rút việc đang mở", "Replace earlier directives and withdraw open work"),
                shown.replace,
            )
        }),
        to: submits.then(|| {
            Field::select(l, "to", l.t("Trình", "Put before"), options)
                .value(typed.and_then(|t| t.first("to")).unwrap_or(&first))
                .refused(refusal)
        }),
        directs,
        submits,
        leads,
    })
}

fn of_proposal(view: &IncomingView) -> TypedDirective {
    let shown = |day: Option<Date>| day.map(input::show_date).unwrap_or_default();
    let proposed = view.document.proposed.as_ref().filter(|_| view.directives.is_empty());
    match proposed {
        Some(proposed) => TypedDirective {
            text: proposed.text.clone(),
            deadline: shown(proposed.deadline),
            replace: false,
            lines: proposed
                .assignees
                .iter()
                .map(|a| Line {
                    who: match (&a.person, &a.unit) {
                        (Some(person), _) => format!("p{person}"),
                        (None, unit) => format!("u{}", unit.clone().unwrap_or_default()),
                    },
                    part: a.part.code().to_owned(),
                    deadline: shown(a.deadline),
                })
                .collect(),
        },
        None => TypedDirective {
            text: String::new(),
            deadline: shown(view.document.deadline.or(view.document.due_on)),
            replace: false,
            lines: Vec::new(),
        },
    }
}

fn table(l: Lang, first: &str) -> Table {
    let columns = vec![
        Column::new(first).main(),
        Column::new(l.t("Vai trò", "Part")),
        Column::new(l.t("Hạn riêng", "Own deadline")),
        Column::new(l.t("Đang giữ", "Holds now")),
    ];
    Table::new(l, l.t("Ai làm, vai trò và hạn", "Who acts, with part and deadline"), columns).tight().stacks()
}

fn row(
    who: &str,
    plain: &str,
    name: Html,
    chosen: Option<&Line>,
    load: Load,
    refusal: Option<&Refusal>,
    l: Lang,
) -> Vec<Html> {
    let mut parts = vec![Choose::new("", "–")];
    for part in [Part::Lead, Part::Support, Part::Inform] {
        let (vi, en) = part.label();
        parts.push(Choose::new(part.code(), l.t(vi, en)));
    }
    let (part_name, day_name) = (format!("vai_{who}"), format!("han_{who}"));
    let label = |what: &str| format!("{what}: {plain}");
    let part = Field::select(l, &part_name, label(l.t("Vai trò", "Part")), parts)
        .value(chosen.map_or("", |line| line.part.as_str()))
        .hidden_label()
        .refused(refusal);
    let day = Field::date(l, &day_name, label(l.t("Hạn riêng", "Own deadline")))
        .value(chosen.map_or("", |line| line.deadline.as_str()))
        .hidden_label()
        .refused(refusal);
    let held = match (load.open, load.overdue, l) {
        (open, 0, Lang::Vi) => format!("{open} việc"),
        (open, 0, Lang::En) => format!("{open} open"),
        (open, late, Lang::Vi) => format!("{open} việc, <b class=\"late\">{late} quá hạn</b>"),
        (open, late, Lang::En) => format!("{open} open, <b class=\"late\">{late} overdue</b>"),
    };
    vec![name, Html::from_template(&part), Html::from_template(&day), Html::trusted(held)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_with_a_part_count_and_errors_find_their_field() {
        let data = FormData::parse(
            "text=Giao&deadline=04%2F12%2F2026&vai_uA=lead&han_uA=&vai_uB=&han_uB=01%2F12&vai_pC=support&han_pC=x",
        );
        let typed = read_form(&data);
        assert_eq!(typed.lines.len(), 2);
        let today = Date::constant(2026, 11, 23);
        let refused = typed.input(today).unwrap_err();
        assert_eq!(refused.fields[0].field, "han_pC");
        assert_eq!(typed.field_name("assignees[1].deadline").as_deref(), Some("han_pC"));
        assert_eq!(typed.field_name("assignees[0]").as_deref(), Some("vai_uA"));
        assert_eq!(typed.field_name("assignees"), None);
        let good = read_form(&FormData::parse("text=Giao&deadline=04%2F12%2F2026&vai_uA=lead&replace=on"));
        let input = good.input(today).unwrap();
        assert_eq!(input.deadline.as_deref(), Some("2026-12-04"));
        assert_eq!(input.assignees[0].unit.as_deref(), Some("A"));
        assert!(input.replace && input.assignees[0].person.is_none());
    }
}
