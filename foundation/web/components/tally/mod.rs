//! Tally: one tick, one record; over 200 records bars take over.

use super::Example;
use crate::html::{Html, escape};
use base::Lang;

/// How a tick looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// Done.
    Done,
    /// Left to do.
    Left,
    /// Left, and urgent.
    Urgent,
    /// Not known.
    Unknown,
}

impl Tick {
    const fn class(self) -> &'static str {
        match self {
            Self::Done => "",
            Self::Left => " class=\"o\"",
            Self::Urgent => " class=\"x\"",
            Self::Unknown => " class=\"u\"",
        }
    }
}

/// Ticks in groups; each group may lead to its records. `label` says it all in words.
pub fn tally(label: &str, groups: &[(Tick, usize, Option<&str>)]) -> Html {
    let total: usize = groups.iter().map(|(_, n, _)| n).sum();
    if total > 200 {
        return bars(label, groups, total);
    }
    let linked = groups.iter().any(|(_, _, href)| href.is_some());
    let ticks: String = groups
        .iter()
        .filter(|(_, n, _)| *n > 0)
        .map(|(tick, n, href)| {
            let marks = format!("<i{}></i>", tick.class()).repeat(*n);
            match href {
                Some(href) => format!("<a href=\"{}\" aria-label=\"{n}\">{marks}</a>", escape(href)),
                None => marks,
            }
        })
        .collect();
    let role = if linked { "group" } else { "img" };
    Html::trusted(format!("<div class=\"tally\" role=\"{role}\" aria-label=\"{}\">{ticks}</div>", escape(label)))
}

fn bars(label: &str, groups: &[(Tick, usize, Option<&str>)], total: usize) -> Html {
    let mut x = 0.0_f64;
    let rects: String = groups
        .iter()
        .map(|(tick, n, _)| {
            #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
            let width = *n as f64 * 600.0 / total.max(1) as f64;
            let (y, fill) = match tick {
                Tick::Done => (12, "var(--m2)"),
                Tick::Left => (6, "var(--ink)"),
                Tick::Urgent => (0, "var(--red)"),
                Tick::Unknown => (12, "var(--wash)"),
            };
            let rect =
                format!("<rect x=\"{x:.1}\" y=\"{y}\" width=\"{width:.1}\" height=\"{}\" fill=\"{fill}\"/>", 28 - y);
            x += width;
            rect
        })
        .collect();
    Html::trusted(format!(
        "<div class=\"tally\"><svg class=\"bars\" viewBox=\"0 0 600 28\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">{rects}</svg></div>",
        escape(label)
    ))
}

/// How a tick of a fine tally looks: the reach of many deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fine {
    /// Registered or further.
    Done,
    /// Arrived.
    Arrived,
    /// Silent.
    Silent,
}

/// Thin ticks for one line of a table (“127 xã, phường khác”).
pub fn fine(label: &str, groups: &[(Fine, usize)]) -> Html {
    let ticks: String = groups
        .iter()
        .map(|(kind, n)| {
            let class = match kind {
                Fine::Done => "d",
                Fine::Arrived => "p",
                Fine::Silent => "w",
            };
            format!("<i class=\"{class}\"></i>").repeat((*n).min(200))
        })
        .collect();
    Html::trusted(format!("<div class=\"tally fine\" role=\"img\" aria-label=\"{}\">{ticks}</div>", escape(label)))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    vec![
        Example::new(
            "Một ngày của văn thư",
            "A clerk's day",
            tally(
                l.t(
                    "41 văn bản đến: 34 đã đăng ký, 7 còn lại, trong đó 4 khẩn",
                    "41 arrivals: 34 registered, 7 left, 4 of them urgent",
                ),
                &[(Tick::Done, 34, None), (Tick::Left, 3, None), (Tick::Urgent, 4, None)],
            ),
        ),
        Example::new(
            "Quá 200: thanh",
            "Over 200: bars",
            tally(
                l.t("412 văn bản: 371 xong, 30 còn, 11 khẩn", "412 documents: 371 done, 30 left, 11 urgent"),
                &[(Tick::Done, 371, None), (Tick::Left, 30, None), (Tick::Urgent, 11, None)],
            ),
        ),
        Example::new(
            "Vạch mảnh",
            "Fine",
            fine(
                l.t(
                    "127 xã, phường: 96 đã đăng ký, 28 đã đến, 3 chưa báo nhận",
                    "127 communes: 96 registered, 28 arrived, 3 silent",
                ),
                &[(Fine::Done, 96), (Fine::Arrived, 28), (Fine::Silent, 3)],
            ),
        ),
    ]
}
