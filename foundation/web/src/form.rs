//! Forms: bounded, guarded against other sites, read into a struct with repeated fields and empty fields understood.

use crate::app::{App, BODY_LIMIT};
use crate::csrf;
use crate::failure::Failure;
use crate::refusals;
use crate::request::Req;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use base::Refusal;
use serde::de::value::{MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{self, DeserializeOwned, IntoDeserializer, Visitor};
use std::collections::BTreeMap;

/// Most fields of a form; the largest of ours (a hundred recipients with three fields each) has a few hundred.
pub const MOST_FIELDS: usize = 5000;

/// The pairs of a form in the order they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormData {
    pairs: Vec<(String, String)>,
}

impl FormData {
    /// Reads `a=1&b=2`.
    pub fn parse(text: &str) -> Self {
        let decode =
            |s: &str| percent_encoding::percent_decode_str(&s.replace('+', " ")).decode_utf8_lossy().into_owned();
        let pairs = text
            .split('&')
            .filter(|p| !p.is_empty())
            .map(|p| {
                let (name, value) = p.split_once('=').unwrap_or((p, ""));
                (decode(name), decode(value).replace("\r\n", "\n"))
            })
            .collect();
        Self { pairs }
    }

    /// Adds a pair.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.pairs.push((name.into(), value.into()));
    }

    /// All pairs.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// The first value of a field.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.pairs().find(|(n, _)| *n == name).map(|(_, v)| v)
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs().filter(move |(n, _)| *n == name).map(|(_, v)| v)
    }

    /// Reads the pairs into a struct: a repeated field into a `Vec`, an empty one into `None`, a tick into `bool`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let mut grouped: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in self.pairs() {
            grouped.entry(name).or_default().push(value);
        }
        let map = MapDeserializer::<_, de::value::Error>::new(grouped.into_iter().map(|(n, v)| (n, Values(v))));
        T::deserialize(map).map_err(|e| Refusal::new(&refusals::MALFORMED).with("reason", e))
    }
}

/// The values of one field.
struct Values<'a>(Vec<&'a str>);

impl<'de> IntoDeserializer<'de, de::value::Error> for Values<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! number {
    ($($method:ident, $visit:ident, $type:ty;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            let text = self.only()?;
            let value = text.trim().parse::<$type>().map_err(|_| de::Error::custom(format!("“{text}” is not a number")))?;
            visitor.$visit(value)
        }
    )*};
}

impl<'de> Values<'de> {
    fn only(&self) -> Result<&'de str, de::value::Error> {
        self.0.first().copied().ok_or_else(|| de::Error::custom("no value"))
    }
}

impl<'de> de::Deserializer<'de> for Values<'de> {
    type Error = de::value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_borrowed_str(self.only()?)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        // A tick may stand behind a hidden “no” of the same name: the last value counts.
        visitor.visit_bool(matches!(self.0.last().copied(), Some("on" | "true" | "1" | "co" | "yes")))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        if self.0.iter().all(|v| v.trim().is_empty()) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_seq(SeqDeserializer::new(self.0.into_iter().map(|v| Values(vec![v]))))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        de::Deserializer::deserialize_enum(StrDeserializer::new(self.only()?), name, variants, visitor)
    }

    number! {
        deserialize_i8, visit_i8, i8; deserialize_i16, visit_i16, i16;
        deserialize_i32, visit_i32, i32; deserialize_i64, visit_i64, i64;
        deserialize_u8, visit_u8, u8; deserialize_u16, visit_u16, u16;
        deserialize_u32, visit_u32, u32; deserialize_u64, visit_u64, u64;
        deserialize_f64, visit_f64, f64;
    }

    serde::forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier ignored_any f32 i128 u128
    }
}

/// A form of this server: its guard value is checked before anything is read from it.
#[derive(Debug, Clone)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Form<T> {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let data = FormData::from_request(request, app).await?;
        Ok(Self(data.read()?))
    }
}

impl FromRequest<App> for FormData {
    type Rejection = Failure;
    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let req = Req::from_request_parts(&mut parts, app).await?;
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err(Refusal::new(&refusals::MEDIA).into());
        }
        let bytes = axum::body::to_bytes(body, BODY_LIMIT).await.map_err(|_| too_large(BODY_LIMIT))?;
        let text =
            std::str::from_utf8(&bytes).map_err(|_| Refusal::new(&refusals::MALFORMED).with("reason", "UTF-8"))?;
        // Every reader walks through all of them.
        if text.split('&').take(MOST_FIELDS + 1).count() > MOST_FIELDS {
            return Err(too_many().into());
        }
        let data = Self::parse(text);
        guard(&req, &parts.headers, data.first(csrf::FIELD))?;
        Ok(data)
    }
}

/// The refusal of a body that is larger than `limit` bytes.
pub fn too_large(limit: usize) -> Refusal {
    Refusal::new(&refusals::TOO_LARGE).with("limit", format!("{} KB", limit / 1024))
}

/// The refusal of a form with more than [`MOST_FIELDS`] fields.
pub(crate) fn too_many() -> Refusal {
    Refusal::new(&refusals::TOO_LARGE).with("limit", format!("{MOST_FIELDS} trường/fields"))
}

/// Lets a form pass whose guard value belongs to the session, sent as a field or as a header.
pub fn guard(req: &Req, headers: &axum::http::HeaderMap, field: Option<&str>) -> Result<(), Refusal> {
    let sent = field.or_else(|| headers.get(csrf::HEADER).and_then(|v| v.to_str().ok())).unwrap_or("");
    if csrf::foreign(headers) || !csrf::matches(&req.csrf, sent) {
        return Err(Refusal::new(&refusals::CSRF));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "kebab-case")]
    enum Role {
        Lead,
        Support,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Example {
        subject: String,
        due: Option<String>,
        #[serde(default)]
        unit: Vec<String>,
        #[serde(default)]
        notify: bool,
        version: i64,
        role: Role,
    }

    #[test]
    fn repeated_empty_ticked_and_typed_fields() {
        let data = FormData::parse(
            "subject=B%C3%A1o+c%C3%A1o&due=&unit=a&unit=b&notify=off&notify=on&version=3&role=support&other=x",
        );
        let read: Example = data.read().unwrap();
        assert_eq!(
            read,
            Example {
                subject: "Báo cáo".into(),
                due: None,
                unit: vec!["a".into(), "b".into()],
                notify: true,
                version: 3,
                role: Role::Support
            }
        );
        let refusal = FormData::parse("subject=a&version=x&role=lead").read::<Example>().unwrap_err();
        assert_eq!(refusal.code.code, "web.request.malformed");
        assert!(refusal.message(base::Lang::En).contains("not a number"));
    }

    #[test]
    fn one_value_is_a_list_too_and_line_ends_are_plain() {
        #[derive(Deserialize)]
        struct One {
            unit: Vec<String>,
            text: String,
        }
        let one: One = FormData::parse("unit=a&text=x%0D%0Ay").read().unwrap();
        assert_eq!((one.unit, one.text.as_str()), (vec!["a".to_owned()], "x\ny"));
    }
}
