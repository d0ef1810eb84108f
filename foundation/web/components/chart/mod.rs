//! Charts: bars and lines as SVG from the server; title, unit and period in words above, the table one click away.

use super::Example;
use super::menu::disclosure;
use super::table::{Column, Table};
use crate::html::{Html, escape};
use base::Lang;

/// One place on the axis.
#[derive(Debug, Clone)]
pub struct Point {
    /// Its name on the axis (“26/10”).
    pub label: String,
    /// The values, one a series.
    pub values: Vec<f64>,
    /// The entries behind it.
    pub href: Option<String>,
}

/// A chart of at most two series.
#[derive(Debug, Clone)]
pub struct Chart {
    l: Lang,
    title: String,
    unit: String,
    series: Vec<String>,
    points: Vec<Point>,
    decimals: usize,
}

const WIDTH: f64 = 640.0;
const LEFT: f64 = 28.0;
const TOP: f64 = 22.0;
const FLOOR: f64 = 108.0;

impl Chart {
    /// A chart; the title says what, where and when, in words. The names of at most two series are kept.
    pub fn new(l: Lang, title: impl Into<String>, unit: impl Into<String>, series: &[&str]) -> Self {
        Self {
            l,
            title: title.into(),
            unit: unit.into(),
            series: series.iter().take(2).map(|s| (*s).to_owned()).collect(),
            points: Vec::new(),
            decimals: 1,
        }
    }

    /// Adds a place on the axis.
    #[must_use]
    pub fn point(mut self, label: impl Into<String>, values: &[f64], href: Option<&str>) -> Self {
        let mut values: Vec<f64> = values.iter().copied().take(self.series.len().max(1)).collect();
        values.resize(self.series.len().max(1), 0.0);
        self.points.push(Point { label: label.into(), values, href: href.map(str::to_owned) });
        self
    }

    /// Digits after the comma.
    #[must_use]
    pub fn decimals(mut self, decimals: usize) -> Self {
        self.decimals = decimals;
        self
    }

    /// Bars from zero; a second series stands on the first.
    pub fn bars(&self) -> Html {
        let totals = self.points.iter().map(|p| p.values.iter().sum::<f64>());
        let top = nice_top(totals.fold(0.0, f64::max));
        let scale = |v: f64| (FLOOR - TOP) * v / top;
        let slot = self.slot();
        let width = (slot * 0.72).min(40.0);
        let mut marks = self.axis(top);
        for (at, point) in self.points.iter().enumerate() {
            let x = LEFT + slot * index(at) + (slot - width) / 2.0;
            let mut y = FLOOR;
            let mut rects = String::new();
            for (series, value) in point.values.iter().enumerate() {
                let height = scale(*value);
                // A gap of one and a half units keeps two series apart in grey print too.
                let gap = if series > 0 && height > 0.0 { 1.5 } else { 0.0 };
                y -= height + gap;
                rects.push_str(&format!(
                    "<rect class=\"a{}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>",
                    series + 1
                ));
            }
            marks.push_str(&self.linked(point, &rects));
            marks.push_str(&self.label(at, x + width / 2.0, y, point));
        }
        self.frame("", &marks)
    }

    /// Lines; the second is dashed.
    pub fn lines(&self) -> Html {
        let all = self.points.iter().flat_map(|p| p.values.iter().copied());
        let top = nice_top(all.fold(0.0, f64::max));
        let slot = self.slot();
        let place = |at: usize, v: f64| (LEFT + slot * (index(at) + 0.5), FLOOR - (FLOOR - TOP) * v / top);
        let mut marks = self.axis(top);
        for series in 0..self.series.len().max(1) {
            let path: Vec<String> = self
                .points
                .iter()
                .enumerate()
                .map(|(at, p)| {
                    let (x, y) = place(at, p.values[series]);
                    format!("{x:.1} {y:.1}")
                })
                .collect();
            let class = if series == 0 { "ln" } else { "ln two" };
            marks.push_str(&format!("<path class=\"{class}\" d=\"M{}\"/>", path.join("L")));
        }
        for (at, point) in self.points.iter().enumerate() {
            let (x, y) = place(at, point.values[0]);
            marks
                .push_str(&self.linked(point, &format!("<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>")));
            marks.push_str(&self.label(at, x, y - 4.0, point));
        }
        self.frame("two", &marks)
    }

    fn slot(&self) -> f64 {
        (WIDTH - LEFT) / index(self.points.len().max(1))
    }

    fn axis(&self, top: f64) -> String {
        let mut out = String::new();
        for third in 1..=3 {
            let value = top * f64::from(third) / 3.0;
            let y = FLOOR - (FLOOR - TOP) * f64::from(third) / 3.0;
            out.push_str(&format!(
                "<path class=\"ax\" d=\"M{LEFT} {y:.1}H{WIDTH}\"/><text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                LEFT - 6.0,
                y + 4.0,
                self.number(value, usize::from(top < 3.0))
            ));
        }
        out.push_str(&format!("<path class=\"b0\" d=\"M{LEFT} {FLOOR}H{WIDTH}\"/>"));
        out
    }

    /// The name below (every fifth when there are many) and, on the last, the value above.
    fn label(&self, at: usize, x: f64, y: f64, point: &Point) -> String {
        let every = self.points.len().div_ceil(12).max(1);
        let last = at + 1 == self.points.len();
        let mut out = String::new();
        if at.is_multiple_of(every) || last {
            out.push_str(&format!(
                "<text x=\"{x:.1}\" y=\"124\" text-anchor=\"middle\">{}</text>",
                escape(&point.label)
            ));
        }
        if last {
            let total: f64 = point.values.iter().sum();
            out.push_str(&format!(
                "<text class=\"lb\" x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                y - 4.0,
                self.number(total, self.decimals)
            ));
        }
        out
    }

    fn linked(&self, point: &Point, marks: &str) -> String {
        let words: Vec<String> = point
            .values
            .iter()
            .enumerate()
            .map(|(at, v)| {
                let name = self.series.get(at).map(|s| format!("{s} ")).unwrap_or_default();
                format!("{name}{}", self.number(*v, self.decimals))
            })
            .collect();
        let title = format!("<title>{}: {}</title>", escape(&point.label), escape(&words.join(", ")));
        match &point.href {
            Some(href) => format!("<a href=\"{}\">{title}{marks}</a>", escape(href)),
            None => format!("<g>{title}{marks}</g>"),
        }
    }

    fn number(&self, value: f64, decimals: usize) -> String {
        let text = format!("{value:.decimals$}");
        if self.l == Lang::Vi { text.replace('.', ",") } else { text }
    }

    fn frame(&self, kind: &str, marks: &str) -> Html {
        let mut legend = String::new();
        if self.series.len() > 1 {
            for (at, name) in self.series.iter().enumerate() {
                let sign = match (kind, at) {
                    ("two", 1) => "<path class=\"ln two\" d=\"M0 6H14\"/>".to_owned(),
                    ("two", _) => "<path class=\"ln\" d=\"M0 6H14\"/>".to_owned(),
                    _ => format!("<rect class=\"a{}\" width=\"14\" height=\"12\"/>", at + 1),
                };
                legend.push_str(&format!(
                    "<span class=\"nw\"><svg viewBox=\"0 0 14 12\" aria-hidden=\"true\">{sign}</svg>{}</span>",
                    escape(name)
                ));
            }
        }
        let role = if self.points.iter().any(|p| p.href.is_some()) { "group" } else { "img" };
        let mut columns = vec![Column::new(self.l.t("Lúc", "When"))];
        columns.extend(self.series.iter().map(|s| Column::new(s.clone()).number()));
        let table =
            Table::new(self.l, self.title.clone(), columns).tight().first_is_head().rows(self.points.iter().map(|p| {
                std::iter::once(Html::text(&p.label))
                    .chain(p.values.iter().map(|v| Html::text(&self.number(*v, self.decimals))))
                    .collect()
            }));
        let title = escape(&self.title);
        Html::trusted(format!(
            "<figure><figcaption class=\"sech\"><h3>{title} <span class=\"cnt\">{}</span></h3><p class=\"key\">{legend}</p></figcaption><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\"><svg class=\"chart\" viewBox=\"0 0 640 132\" role=\"{role}\" aria-label=\"{title}\">{marks}</svg></div>{}</figure>",
            escape(&self.unit),
            disclosure(self.l.t("Xem dạng bảng", "As a table"), &Html::from_template(&table))
        ))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a chart has a few dozen points")]
fn index(at: usize) -> f64 {
    at as f64
}

/// A round number at or above `most`, divisible by three steps.
fn nice_top(most: f64) -> f64 {
    if most <= 0.0 {
        return 3.0;
    }
    let magnitude = 10_f64.powf((most / 3.0).log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|step| step * magnitude * 3.0).find(|top| *top >= most).unwrap_or(most)
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    let days = ["26/10", "27/10", "28/10", "29/10", "30/10", "02/11", "03/11", "04/11", "05/11", "06/11"];
    let counts = [17.2, 18.9, 19.4, 18.1, 20.6, 18.4, 19.9, 21.2, 20.1, 22.8];
    let mut bars = Chart::new(
        l,
        l.t(
            "Văn bản gửi, nhận mỗi ngày làm việc, 26/10 đến 06/11/2026",
            "Documents sent and received each working day, 26/10 to 06/11/2026",
        ),
        l.t("nghìn văn bản", "thousand documents"),
        &[l.t("đúng hạn", "on time"), l.t("quá hạn", "late")],
    );
    let mut lines = Chart::new(
        l,
        l.t("Tỷ lệ đúng hạn mỗi ngày", "On-time rate each day"),
        "%",
        &[l.t("tỷ lệ", "rate"), l.t("chỉ tiêu", "target")],
    );
    for (day, count) in days.iter().zip(counts) {
        bars = bars.point(*day, &[count, 1.4], Some("#"));
        lines = lines.point(*day, &[72.0 + count, 90.0], None);
    }
    vec![
        Example::new("Cột", "Bars", bars.bars()),
        Example::new("Đường", "Lines", lines.lines()),
        Example::new(
            "Chưa có số liệu",
            "No data",
            Chart::new(l, l.t("Chưa có số liệu", "No figures yet"), "", &[""]).bars(),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axis_tops_are_round_and_high_enough() {
        for (most, top) in [(0.0, 3.0), (2.9, 3.0), (24.2, 30.0), (31.0, 60.0), (100.0, 150.0), (7000.0, 7500.0)] {
            assert!((nice_top(most) - top).abs() < 1e-9, "{most}: {}", nice_top(most));
        }
    }

    #[test]
    fn bars_start_at_zero_and_marks_are_links() {
        let html = Chart::new(Lang::Vi, "T", "", &["a", "b"]).point("x", &[15.0, 15.0], Some("/muc?ngay=x")).bars();
        let html = html.as_str();
        assert!(html.contains("<a href=\"/muc?ngay=x\"><title>x: a 15,0, b 15,0</title>"), "{html}");
        assert!(
            html.contains("y=\"65.0\" width=\"40.0\" height=\"43.0\""),
            "half of the height stands on the floor: {html}"
        );
        assert!(html.contains("<caption class=\"vh\">T</caption>"), "the table is there");
    }
}
