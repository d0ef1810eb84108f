//! Verification list: the checks on arrival; it names the person or agency, not the algorithm.

use super::Example;
use super::icon::icon;
use crate::html::{Html, escape};
use base::Lang;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Valid.
    Valid,
    /// Acceptable, with a flaw.
    Caution,
    /// Failed.
    Failed,
    /// Not tried, or does not apply.
    NotTried,
}

/// One line: what was checked, how it came out in bold, the rest.
#[derive(Debug, Clone)]
pub struct CheckLine {
    /// How it came out.
    pub check: Check,
    /// What was checked (“Người ký”).
    pub what: String,
    /// The finding (“Hợp lệ”).
    pub finding: String,
    /// The rest (“Vũ Minh Khang, 07:55:04”).
    pub rest: String,
}

/// The list.
pub fn verification(lines: &[CheckLine], l: Lang) -> Html {
    let items: String = lines
        .iter()
        .map(|line| {
            let (class, glyph, word) = match line.check {
                Check::Valid => ("ok", "ok", l.t("đạt", "passed")),
                Check::Caution => ("soon", "warn", l.t("lưu ý", "caution")),
                Check::Failed => ("late", "bad", l.t("không đạt", "failed")),
                Check::NotTried => ("dim", "dash", l.t("không áp dụng", "not tried")),
            };
            let rest = if line.rest.is_empty() { String::new() } else { format!(" {}", escape(&line.rest)) };
            let red = if line.check == Check::Failed { " class=\"late\"" } else { "" };
            format!(
                "<li><span class=\"{class}\">{}<span class=\"vh\">{word}</span></span><span>{}</span><span><b{red}>{}</b>{rest}</span></li>",
                icon(glyph),
                escape(&line.what),
                escape(&line.finding)
            )
        })
        .collect();
    Html::trusted(format!("<ul class=\"checks\">{items}</ul>"))
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    let line = |check, what: &str, finding: &str, rest: &str| CheckLine {
        check,
        what: what.into(),
        finding: finding.into(),
        rest: rest.into(),
    };
    vec![Example::new(
        "Khi đến",
        "On arrival",
        verification(
            &[
                line(Check::Valid, l.t("Người ký", "Signer"), l.t("Hợp lệ,", "Valid,"), "Vũ Minh Khang, 07:55:04"),
                line(
                    Check::Valid,
                    l.t("Cơ quan", "Agency"),
                    l.t("Hợp lệ,", "Valid,"),
                    l.t("khớp mã G09, 07:58:41", "matches code G09, 07:58:41"),
                ),
                line(
                    Check::Failed,
                    l.t("Toàn vẹn", "Integrity"),
                    l.t("Bị sửa sau khi ký", "Changed after signing"),
                    "bieu-02.xlsx",
                ),
                line(
                    Check::Caution,
                    l.t("Dấu thời gian", "Time stamp"),
                    l.t("Thiếu ở 1 tệp.", "Missing on one file."),
                    l.t("Vẫn tiếp nhận được.", "It can still be accepted."),
                ),
                line(
                    Check::NotTried,
                    l.t("Quét mã độc", "Malware scan"),
                    l.t("Chưa cài trình quét", "No scanner set up"),
                    "",
                ),
            ],
            l,
        ),
    )]
}
