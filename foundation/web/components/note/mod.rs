//! Note, proof note and error summary: one thing to know; what was compared with the ledger; what must be mended.

use super::Example;
use super::icon::icon;
use crate::html::{Html, escape};
use askama::Template;
use base::{Lang, Refusal};

/// What sort of note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// To know.
    Info,
    /// With care.
    Caution,
    /// It did not work.
    Error,
    /// It is done.
    Done,
}

/// A note; the first words say it. `behind` (a link, a button) stands at the right.
pub fn note(kind: NoteKind, words: &str, behind: &Html) -> Html {
    let (class, glyph) = match kind {
        NoteKind::Info => ("", "help"),
        NoteKind::Caution => (" warn", "warn"),
        NoteKind::Error => (" error", "bad"),
        NoteKind::Done => (" done", "ok"),
    };
    let behind = if behind.is_empty() { String::new() } else { format!("<span class=\"push\">{behind}</span>") };
    Html::trusted(format!("<div class=\"note{class}\">{}<span>{}</span>{behind}</div>", icon(glyph), escape(words)))
}

/// What was compared with the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof<'a> {
    /// Entries agree with the checkpoint; who else keeps it.
    Agrees {
        /// How many entries were compared.
        entries: u64,
        /// First and last digits of the root.
        root: &'a str,
        /// How many others keep the same checkpoint.
        kept_elsewhere: u32,
    },
    /// The last entries are not under a checkpoint yet.
    NotYet {
        /// How many.
        entries: u64,
    },
    /// A record differs from its entry.
    Differs {
        /// The entry's number.
        sequence: i64,
    },
}

/// The ledger's evidence in words, with a link to download it.
pub fn proof_note(proof: &Proof<'_>, href: Option<&str>, l: Lang) -> Html {
    let (kind, words) = match proof {
        Proof::Agrees { entries, root, kept_elsewhere } => {
            let n = super::group_digits(*entries, l);
            let others = match (kept_elsewhere, l) {
                (0, _) => String::new(),
                (n, Lang::Vi) => format!(", {n} nơi khác cùng giữ"),
                (n, Lang::En) => format!(", {n} others keep it too"),
            };
            let root = format!("<span class=\"code\">{}</span>", escape(root));
            (
                "",
                match l {
                    Lang::Vi => format!("{n} mục khớp sổ cái, gốc {root}{others}."),
                    Lang::En => format!("{n} entries agree with the ledger, root {root}{others}."),
                },
            )
        }
        Proof::NotYet { entries } => (
            " warn",
            match l {
                Lang::Vi => format!("{entries} mục mới chưa nằm dưới điểm kiểm nào; điểm kiểm kế tiếp trong ít phút."),
                Lang::En => {
                    format!("{entries} new entries are not under a checkpoint yet; the next one comes within minutes.")
                }
            },
        ),
        Proof::Differs { sequence } => (
            " error",
            match l {
                Lang::Vi => {
                    format!("Hồ sơ khác với mục <span class=\"code\">#{sequence}</span> của sổ cái. Báo quản trị ngay.")
                }
                Lang::En => format!(
                    "The record differs from entry <span class=\"code\">#{sequence}</span> of the ledger. Tell the administrator now."
                ),
            },
        ),
    };
    let behind = href.map_or_else(String::new, |href| {
        format!("<a class=\"push\" href=\"{}\">{}</a>", escape(href), l.t("Tải bằng chứng", "Download the proof"))
    });
    Html::trusted(format!("<div class=\"note{kind}\">{}<span>{words}</span>{behind}</div>", icon("level")))
}

/// The summary on top of a form that came back; it takes the focus and links to each field.
#[derive(Debug, Clone, Template)]
#[template(path = "note/errors.html")]
pub struct ErrorSummary {
    title: String,
    remedy: String,
    basis: Option<String>,
    lines: Vec<(String, String)>,
}

impl askama::filters::HtmlSafe for ErrorSummary {}

impl ErrorSummary {
    /// From a refusal; its fields have the ids that [`Field`](super::field::Field) gives them.
    pub fn new(l: Lang, refusal: &Refusal) -> Self {
        let id = |name: &str| format!("f-{}", name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
        Self {
            title: refusal.message(l),
            remedy: refusal.remedy(l),
            basis: refusal.basis().map(|b| b.label(l)),
            lines: refusal.fields.iter().map(|f| (id(&f.field), f.message.get(l).to_owned())).collect(),
        }
    }

    /// For the top of a form: nothing when nothing was refused.
    pub fn of(l: Lang, refusal: Option<&Refusal>) -> Html {
        refusal.map(|r| Html::from_template(&Self::new(l, r))).unwrap_or_default()
    }
}

/// The examples.
pub fn examples(l: Lang) -> Vec<Example> {
    use base::Text;
    let refusal = Refusal::new(&crate::refusals::FIELDS)
        .with("count", 2)
        .field(
            "wrong",
            Text::fixed(
                "Số ký hiệu thiếu chữ viết tắt cơ quan. Ví dụ 12/QĐ-UBND.",
                "The notation lacks the agency's abbreviation. For example 12/QĐ-UBND.",
            ),
        )
        .field(
            "due",
            Text::fixed(
                "Hạn trả lời sớm hơn ngày đến 23/11/2026.",
                "The reply date is before the arrival on 23/11/2026.",
            ),
        );
    let none = Html::default();
    vec![
        Example::new(
            "Để biết",
            "Info",
            note(
                NoteKind::Info,
                l.t("Ngày mai nghỉ lễ; hạn đã tính trừ.", "Tomorrow is a holiday; deadlines allow for it."),
                &none,
            ),
        ),
        Example::new(
            "Thận trọng",
            "Caution",
            note(
                NoteKind::Caution,
                l.t(
                    "Thiếu dấu thời gian ở một tệp. Vẫn tiếp nhận được.",
                    "One file has no time stamp. It can still be accepted.",
                ),
                &none,
            ),
        ),
        Example::new(
            "Lỗi",
            "Error",
            note(
                NoteKind::Error,
                l.t("Tệp phu-luc.pdf bị sửa sau khi ký.", "File phu-luc.pdf was changed after signing."),
                &none,
            ),
        ),
        Example::new(
            "Xong, có hoàn tác",
            "Done, with undo",
            note(
                NoteKind::Done,
                l.t("Đã đăng ký số đến 4818.", "Registered as 4818."),
                &Html::trusted(format!(
                    "<a href=\"#\">{}</a>",
                    l.t("Hoàn tác trong 30 giây", "Undo within 30 seconds")
                )),
            ),
        ),
        Example::new(
            "Bằng chứng khớp",
            "Proof agrees",
            proof_note(&Proof::Agrees { entries: 312, root: "9f3c…b71e", kept_elsewhere: 3 }, Some("#"), l),
        ),
        Example::new("Chưa kiểm", "Not checked yet", proof_note(&Proof::NotYet { entries: 4 }, None, l)),
        Example::new(
            "Bằng chứng khác",
            "Proof differs",
            proof_note(&Proof::Differs { sequence: 1_283_077 }, Some("#"), l),
        ),
        Example::of("Tóm tắt lỗi", "Error summary", &ErrorSummary::new(l, &refusal)),
    ]
}
