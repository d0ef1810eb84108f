//! Takes the known children out of an element one by one; what is left over is kept as unknown, with its place.

use super::model::{Extra, Extras, Place, Warning};
use super::raw::{NAMESPACE, Raw, RawNode};
use super::refusals;
use super::reject::{At, reject};
use super::token::is_blank;
use base::{Date, Refusal, RefusalCode, Text, Timestamp};

/// How long a text may be, in characters: beyond `strict` it is remarked, beyond `generous` refused (spec §1.3a).
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    pub strict: usize,
    pub generous: usize,
}

/// A single published figure.
pub(super) const fn upto(limit: usize) -> Length {
    Length { strict: limit, generous: limit }
}

/// The strictest and the most generous published figure.
pub(super) const fn between(strict: usize, generous: usize) -> Length {
    Length { strict, generous }
}

/// Text that only the reader's own bounds limit.
pub(super) const FREE: Length = upto(usize::MAX);

/// Where remarks on irregular but accepted things are collected.
pub(super) type Warnings = Vec<Warning>;

/// Adds a remark.
pub(super) fn warn(warnings: &mut Warnings, code: &str, field: &str, vi: impl Into<String>, en: impl Into<String>) {
    warnings.push(Warning {
        code: format!("exchange.edxml.warning.{code}"),
        field: field.to_owned(),
        message: Text::new(vi.into(), en.into()),
    });
}

/// The children of one element while they are being taken out.
pub(super) struct Group<'w> {
    pub path: String,
    pub at: At,
    pub warnings: &'w mut Warnings,
    order: &'static [&'static str],
    children: Vec<Slot>,
    extras: Extras,
}

/// A child: still there, or what it was when it was taken.
enum Slot {
    There(Raw),
    Taken(&'static str),
    /// An empty known element, which counts as absent.
    Absent,
}

impl<'w> Group<'w> {
    /// Opens `raw`; `order` names its known children in the order in which they are written.
    pub fn open(
        raw: Raw,
        path: impl Into<String>,
        order: &'static [&'static str],
        warnings: &'w mut Warnings,
    ) -> Result<Self, Refusal> {
        let path = path.into();
        let mut children = Vec::with_capacity(raw.children.len());
        for child in raw.children {
            match child {
                RawNode::Element(raw) => children.push(Slot::There(raw)),
                RawNode::Text(text) if text.chars().all(is_blank) => {}
                RawNode::Text(_) => {
                    let (vi, en) =
                        ("các phần tử con, không có chữ xen giữa", "child elements without text between them");
                    return Err(reject(&refusals::UNEXPECTED, raw.at, &path, vi, en));
                }
            }
        }
        let extras = Extras { attributes: raw.attributes, ..Extras::default() };
        Ok(Self { path, at: raw.at, warnings, order, children, extras })
    }

    /// Path of the child `name`.
    pub fn field(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) }
    }

    /// Whether a child of that name is there, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.children.iter().any(|slot| matches!(slot, Slot::There(raw) if raw.is(name)))
    }

    /// Takes every child `name` of dialect A that is not empty.
    pub fn all(&mut self, name: &'static str) -> Vec<Raw> {
        self.all_in(NAMESPACE, name)
    }

    /// Takes every child `name` of `namespace` that is not empty.
    pub fn all_in(&mut self, namespace: &str, name: &'static str) -> Vec<Raw> {
        let mut found = Vec::new();
        for slot in &mut self.children {
            if !matches!(slot, Slot::There(raw) if raw.name == name && raw.namespace == namespace) {
                continue;
            }
            match std::mem::replace(slot, Slot::Taken(name)) {
                Slot::There(raw) if raw.is_empty() => *slot = Slot::Absent,
                Slot::There(raw) => found.push(raw),
                _ => {}
            }
        }
        found
    }

    /// Takes the child `name`, which may stand only once, empty or not.
    pub fn one(&mut self, name: &'static str) -> Result<Option<Raw>, Refusal> {
        let mut places = self
            .children
            .iter()
            .filter_map(|slot| if let Slot::There(raw) = slot { Some(raw) } else { None })
            .filter(|raw| raw.is(name));
        places.next();
        if let Some(second) = places.next() {
            let (vi, en) = (format!("một {name}"), format!("one {name}"));
            return Err(reject(&refusals::DUPLICATE, second.at, &self.field(name), vi, en));
        }
        Ok(self.all(name).pop())
    }

    /// Takes the child `name`, which must be there and not empty.
    pub fn needed(&mut self, name: &'static str) -> Result<Raw, Refusal> {
        let was_there = self.has(name);
        match self.one(name)? {
            Some(raw) => Ok(raw),
            None => Err(self.missing(name, was_there)),
        }
    }

    /// The refusal for a required child that is missing or empty.
    pub fn missing(&self, name: &str, was_there: bool) -> Refusal {
        let code = if was_there { &refusals::EMPTY } else { &refusals::MISSING };
        let (vi, en) = (format!("{name} có nội dung"), format!("{name} with content"));
        reject(code, self.at, &self.field(name), vi, en)
    }

    /// The text of the child `name`.
    pub fn text(&mut self, name: &'static str, length: Length) -> Result<Option<String>, Refusal> {
        match self.one(name)? {
            Some(raw) => self.simple(raw, name, 0, length).map(|(text, _)| Some(text)),
            None => Ok(None),
        }
    }

    /// The text of the child `name`, which must be there.
    pub fn needed_text(&mut self, name: &'static str, length: Length) -> Result<String, Refusal> {
        let raw = self.needed(name)?;
        Ok(self.simple(raw, name, 0, length)?.0)
    }

    /// The texts of every child `name`.
    pub fn texts(&mut self, name: &'static str, length: Length) -> Result<Vec<String>, Refusal> {
        let found = self.all(name);
        found.into_iter().enumerate().map(|(nth, raw)| Ok(self.simple(raw, name, nth, length)?.0)).collect()
    }

    /// The texts of the children `item` of the child `name`.
    pub fn list(
        &mut self,
        name: &'static str,
        order: &'static [&'static str; 1],
        length: Length,
    ) -> Result<Vec<String>, Refusal> {
        let Some(raw) = self.one(name)? else { return Ok(Vec::new()) };
        let mut inner = Group::open(raw, self.field(name), order, self.warnings)?;
        let texts = inner.texts(order[0], length)?;
        let extras = inner.close();
        self.keep_extras(name, 0, extras);
        Ok(texts)
    }

    /// A whole number.
    pub fn number(&mut self, name: &'static str) -> Result<Option<i64>, Refusal> {
        let Some(raw) = self.one(name)? else { return Ok(None) };
        let (text, at) = self.simple(raw, name, 0, FREE)?;
        let number = text.parse::<i64>().ok().filter(|n| (0..=999_999_999).contains(n));
        number.map(Some).ok_or_else(|| self.invalid(at, name, "một số nguyên không âm", "a whole number, not negative"))
    }

    /// A whole number that must be there.
    pub fn needed_number(&mut self, name: &'static str) -> Result<i64, Refusal> {
        let was_there = self.has(name);
        self.number(name)?.ok_or_else(|| self.missing(name, was_there))
    }

    /// A yes or no, written 0/1 or true/false.
    pub fn flag(&mut self, name: &'static str) -> Result<Option<bool>, Refusal> {
        let Some(raw) = self.one(name)? else { return Ok(None) };
        let (text, at) = self.simple(raw, name, 0, FREE)?;
        match text.as_str() {
            "0" | "false" | "False" => Ok(Some(false)),
            "1" | "true" | "True" => Ok(Some(true)),
            _ => Err(self.invalid(at, name, "0 hoặc 1", "0 or 1")),
        }
    }

    /// A yes or no that must be there.
    pub fn needed_flag(&mut self, name: &'static str) -> Result<bool, Refusal> {
        let was_there = self.has(name);
        self.flag(name)?.ok_or_else(|| self.missing(name, was_there))
    }

    /// A date, `yyyy/MM/dd` or `dd/MM/yyyy`.
    pub fn date(&mut self, name: &'static str) -> Result<Option<Date>, Refusal> {
        let Some(raw) = self.one(name)? else { return Ok(None) };
        let (text, at) = self.simple(raw, name, 0, FREE)?;
        match parse_date(&text) {
            Some((date, true)) => Ok(Some(date)),
            Some((date, false)) => {
                let (vi, en) = (
                    format!("Ngày viết “{text}”, quy định yyyy/MM/dd."),
                    format!("Date written as “{text}”; the rule is yyyy/MM/dd."),
                );
                warn(self.warnings, "date-form", &self.field(name), vi, en);
                Ok(Some(date))
            }
            None => Err(self.invalid(at, name, "ngày có thật dạng yyyy/MM/dd", "an existing day as yyyy/MM/dd")),
        }
    }

    /// A date that must be there.
    pub fn needed_date(&mut self, name: &'static str) -> Result<Date, Refusal> {
        let was_there = self.has(name);
        self.date(name)?.ok_or_else(|| self.missing(name, was_there))
    }

    /// A moment, `yyyy/MM/dd HH:mm:ss` in Vietnam's time.
    pub fn moment(&mut self, name: &'static str) -> Result<Option<Timestamp>, Refusal> {
        let Some(raw) = self.one(name)? else { return Ok(None) };
        let (text, at) = self.simple(raw, name, 0, FREE)?;
        match parse_moment(&text) {
            Some(moment) => Ok(Some(moment)),
            None => {
                Err(self.invalid(at, name, "thời điểm dạng yyyy/MM/dd HH:mm:ss", "a moment as yyyy/MM/dd HH:mm:ss"))
            }
        }
    }

    /// The refusal for a value of the wrong kind.
    pub fn invalid(&self, at: At, name: &str, vi: &str, en: &str) -> Refusal {
        self.refuse(&refusals::VALUE, at, name, vi, en)
    }

    /// A refusal that concerns the child `name`.
    pub fn refuse(&self, code: &'static RefusalCode, at: At, name: &str, vi: &str, en: &str) -> Refusal {
        reject(code, at, &self.field(name), vi, en)
    }

    /// Keeps the unknown parts of the `nth` child `name`, whose model type has no room for them.
    pub fn keep_extras(&mut self, name: &'static str, nth: usize, extras: Extras) {
        if !extras.is_empty() {
            self.extras.children.push((Place { name: name.to_owned(), nth }, extras));
        }
    }

    fn simple(&mut self, raw: Raw, name: &'static str, nth: usize, length: Length) -> Result<(String, At), Refusal> {
        let field = self.field(name);
        if raw.children.iter().any(|child| matches!(child, RawNode::Element(_))) {
            return Err(reject(
                &refusals::UNEXPECTED,
                raw.at,
                &field,
                "chữ, không có phần tử con",
                "text without child elements",
            ));
        }
        let text = raw.text();
        // A mark that combines with its letter does not count: decomposed Vietnamese is no longer than composed.
        let count = text.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).count();
        if count > length.generous {
            let limit = length.generous;
            let (vi, en) = (format!("tối đa {limit} ký tự"), format!("at most {limit} characters"));
            return Err(reject(&refusals::TOO_LONG, raw.at, &field, vi, en).with("length", count).with("limit", limit));
        }
        if count > length.strict {
            let limit = length.strict;
            let vi = format!("Dài {count} ký tự, quy định {limit}.");
            warn(self.warnings, "length", &field, vi, format!("{count} characters; the rule is {limit}."));
        }
        let at = raw.at;
        self.keep_extras(name, nth, Extras { attributes: raw.attributes, ..Extras::default() });
        Ok((text, at))
    }

    /// What was not taken, with its place, in the order in which it will be written.
    pub fn close(mut self) -> Extras {
        let mut after: Option<Place> = None;
        let mut seen: Vec<(&str, usize)> = Vec::new();
        for slot in self.children {
            match slot {
                Slot::Taken(name) => {
                    let nth = match seen.iter_mut().find(|(known, _)| *known == name) {
                        Some((_, count)) => {
                            *count += 1;
                            *count
                        }
                        None => {
                            seen.push((name, 0));
                            0
                        }
                    };
                    after = Some(Place { name: name.to_owned(), nth });
                }
                Slot::There(raw) => {
                    self.extras.elements.push(Extra { after: after.clone(), element: raw.into_element() });
                }
                Slot::Absent => {}
            }
        }
        let order = self.order;
        let rank =
            |place: &Place| (order.iter().position(|name| *name == place.name).unwrap_or(order.len()), place.nth);
        self.extras.elements.sort_by_key(|extra| extra.after.as_ref().map(rank));
        self.extras.children.sort_by_key(|(place, _)| rank(place));
        self.extras
    }
}

/// A day as the rule writes it.
pub(super) fn write_date(date: Date) -> String {
    format!("{:04}/{:02}/{:02}", date.year(), date.month(), date.day())
}

/// A moment as the rule writes it: Vietnam's wall time, whole seconds.
pub(super) fn write_moment(moment: Timestamp) -> String {
    let local = moment.to_local();
    format!("{} {:02}:{:02}:{:02}", write_date(local.date()), local.hour(), local.minute(), local.second())
}

/// A date and whether it was in the form of the rule.
fn parse_date(text: &str) -> Option<(Date, bool)> {
    let parts: Vec<&str> = text.split(['/', '-']).collect();
    let [first, month, last] = parts.as_slice() else { return None };
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let year = (year.len() == 4).then(|| digits(year))?;
    let date = Date::new(year?, i8::try_from(digits(month)?).ok()?, i8::try_from(digits(day)?).ok()?).ok()?;
    let plausible = (1..=9998).contains(&date.year());
    plausible.then(|| (date, text == write_date(date)))
}

fn parse_moment(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once([' ', 'T'])?;
    let (date, _) = parse_date(date)?;
    let parts: Vec<&str> = time.trim().split(':').collect();
    let [hour, minute, second] = parts.as_slice() else { return None };
    let two = |part: &str, below: i16| digits(part).filter(|n| *n < below).and_then(|n| i8::try_from(n).ok());
    Some(Timestamp::from_local(date.at(two(hour, 24)?, two(minute, 60)?, two(second, 60)?, 0)))
}

/// One to four decimal digits.
fn digits(part: &str) -> Option<i16> {
    ((1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
}
