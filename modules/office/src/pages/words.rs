//! Words and marks that the office's pages share: stamps, states, moments, what happened.

use crate::rules::outgoing::{State, Verb};
use crate::store::outgoing::{Outgoing, Recipient};
use base::document_types::{Secrecy, Urgency};
use base::{Lang, Timestamp, format};
use platform::ledger::Recorded;
use web::Html;
use web::ui::stamp;
use web::ui::state::{Progress, state};
use web::ui::thread::{Knot, Thread};

/// The issuer's marks: urgency, and secrecy where there is one.
pub fn stamps(urgency: Urgency, secrecy: Secrecy, l: Lang) -> Html {
    let mark = urgency_stamp(urgency, l);
    if secrecy.is_secret() {
        return Html::trusted(format!("{mark} {}", stamp::secrecy(secrecy.label().get(l))));
    }
    mark
}

/// The stamp of an urgency.
pub fn urgency_stamp(urgency: Urgency, l: Lang) -> Html {
    stamp::urgency(stamp::Urgency::from_level(u8::try_from(urgency.number().min(3)).unwrap_or(0)), l)
}

/// The stamp of an urgency in a list: nothing for an ordinary document.
pub fn urgency_mark(urgency: Urgency, l: Lang) -> Html {
    if urgency == Urgency::Normal { Html::default() } else { urgency_stamp(urgency, l) }
}

/// The state of an outgoing document as a glyph with a word.
pub fn outgoing_state(of: State, l: Lang) -> Html {
    let (vi, en) = of.label();
    let glyph = match of {
        State::Draft => Progress::Running,
        State::Consulting | State::ContentOk | State::FormatOk | State::AwaitingSignature => Progress::Waiting,
        State::Signed | State::Numbered | State::Sealed => Progress::Soon,
        State::Issued | State::Stored => Progress::Good,
        State::SentBack => Progress::Returned,
        State::Voided => Progress::None,
        State::Frozen => Progress::Stopped,
    };
    state(glyph, l.t(vi, en))
}

/// The name of the kind, “Quyết định”.
pub fn kind_name(code: &str, l: Lang) -> String {
    crate::rules::document_type::by_code(code)
        .map_or_else(String::new, |kind| crate::rules::document_type::plain_name(kind, l).to_owned())
}

/// Who drafted a document, and where: “Trần Quốc Bảo, Cục Văn thư và Lưu trữ nhà nước”.
pub fn drafter(document: &Outgoing) -> String {
    [document.drafter_name.as_str(), &document.unit_name]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The same words with a capital first letter, for the head of a row or a label.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// What a document is called before and after it has a number: “Quyết định 12/QĐ-BNV”, or “Quyết định”.
pub fn name(document: &Outgoing, l: Lang) -> String {
    let kind = kind_name(&document.kind, l);
    match &document.code {
        Some(code) => format!("{kind} {code}"),
        None => kind,
    }
}

/// “18/11, Trần Quốc Bảo”.
pub fn when_who(at: Timestamp, who: &str, l: Lang) -> String {
    let day = format::day_month(at.local_date(), l);
    if who.is_empty() { day } else { format!("{day}, {who}") }
}

/// “5 nơi: Sở Nội vụ, …”: how many recipients, and the first ones by name.
pub fn recipients_words(recipients: &[Recipient], l: Lang) -> String {
    let names: Vec<&str> = recipients.iter().take(6).map(|r| r.name.as_str()).collect();
    let more = if recipients.len() > 6 { ", …" } else { "" };
    match l {
        Lang::Vi => format!("{} nơi: {}{more}", recipients.len(), names.join(", ")),
        Lang::En => format!("{}: {}{more}", recipients.len(), names.join(", ")),
    }
}

/// A label of a verb as it stands on a button.
pub fn verb_words(verb: Verb, l: Lang) -> &'static str {
    match verb {
        Verb::Revise => l.t("Sửa dự thảo", "Change the draft"),
        Verb::SubmitForContent => l.t("Trình nội dung", "Submit"),
        Verb::Opine => l.t("Góp ý", "Give an opinion"),
        Verb::ApproveContent => l.t("Duyệt nội dung", "Approve the content"),
        Verb::CheckFormat => l.t("Thể thức đạt", "The form is right"),
        Verb::RequestSignature => l.t("Trình ký", "Put up for signature"),
        Verb::CancelRequest => l.t("Rút trình ký", "Withdraw from signature"),
        Verb::Sign => l.t("Ký", "Sign"),
        Verb::Number => l.t("Cấp số", "Number"),
        Verb::Seal => l.t("Ký số cơ quan", "Seal"),
        Verb::Issue => l.t("Phát hành", "Issue"),
        Verb::SendBack => l.t("Trả lại", "Send back"),
        Verb::Void => l.t("Hủy", "Void"),
        Verb::Store => l.t("Vào hồ sơ", "File"),
        Verb::Freeze => l.t("Thu hồi", "Recall"),
    }
}

/// The address part of a verb.
pub const fn verb_slug(verb: Verb) -> &'static str {
    match verb {
        Verb::Revise => "sua",
        Verb::SubmitForContent => "trinh-noi-dung",
        Verb::Opine => "gop-y",
        Verb::ApproveContent => "duyet-noi-dung",
        Verb::CheckFormat => "the-thuc",
        Verb::RequestSignature => "trinh-ky",
        Verb::CancelRequest => "rut-trinh-ky",
        Verb::Sign => "ky",
        Verb::Number => "cap-so",
        Verb::Seal => "ky-so-co-quan",
        Verb::Issue => "phat-hanh",
        Verb::SendBack => "tra-lai",
        Verb::Void => "huy",
        Verb::Store => "vao-ho-so",
        Verb::Freeze => "thu-hoi",
    }
}

/// The verb of an address part.
pub fn verb_of(slug: &str) -> Option<Verb> {
    Verb::ALL.into_iter().find(|verb| verb_slug(*verb) == slug)
}

/// The history of a document out of the ledger, the newest first; `most` entries.
pub fn thread(history: &[Recorded], most: usize, now: Timestamp, l: Lang) -> Thread {
    history.iter().rev().take(most).fold(Thread::new(), |thread, recorded| {
        let entry = &recorded.entry;
        let text = |name: &str| recorded.details.as_ref().and_then(|d| d[name].as_str()).unwrap_or_default().to_owned();
        let (knot, what) = happened(&entry.kind, l);
        let said = ["reason", "remark", "words", "result", "answer", "lead", "to", "code", "name"];
        let rest = said.into_iter().map(text).find(|t| !t.is_empty());
        let rest = rest.map_or_else(String::new, |rest| format!(": {rest}"));
        let by = match (text("person_name"), text("person_title")) {
            (person, _) if person.is_empty() => l.t("Hệ thống", "The system").to_owned(),
            (person, title) if title.is_empty() => person,
            (person, title) => format!("{person}, {title}"),
        };
        let knot = if recorded.details.is_none() { Knot::Erased } else { knot };
        thread.entry(knot, what, &rest, by, format::moment(entry.occurred_at, now, l), entry.seq)
    })
}

fn happened(kind: &str, l: Lang) -> (Knot, &'static str) {
    match kind {
        "office.outgoing.drafted" => (Knot::Plain, l.t("Lập dự thảo", "Drafted")),
        "office.outgoing.revised" => (Knot::Plain, l.t("Sửa dự thảo", "Changed")),
        "office.outgoing.file-attached" => (Knot::Plain, l.t("Thêm tệp", "File added")),
        "office.outgoing.file-removed" => (Knot::Plain, l.t("Bỏ tệp", "File removed")),
        "office.outgoing.submitted" => (Knot::Plain, l.t("Trình nội dung", "Submitted")),
        "office.outgoing.opined" => (Knot::Plain, l.t("Góp ý", "Opinion")),
        "office.outgoing.content-approved" => (Knot::Hit, l.t("Duyệt nội dung", "Content approved")),
        "office.outgoing.form-checked" => (Knot::Hit, l.t("Thể thức đạt", "Form confirmed")),
        "office.outgoing.sent-back" => (Knot::Refused, l.t("Trả lại", "Sent back")),
        "office.outgoing.signature-requested" => (Knot::Plain, l.t("Trình ký", "Put up for signature")),
        "office.outgoing.signature-cancelled" => (Knot::Refused, l.t("Rút trình ký", "Signing request ended")),
        "office.outgoing.signed" => (Knot::Hit, l.t("Ký", "Signed")),
        "office.outgoing.numbered" => (Knot::Hit, l.t("Cấp số", "Numbered")),
        "office.outgoing.sealed" => (Knot::Hit, l.t("Ký số cơ quan", "Sealed")),
        "office.outgoing.issued" => (Knot::Hit, l.t("Phát hành", "Issued")),
        "office.outgoing.voided" => (Knot::Refused, l.t("Hủy", "Voided")),
        "office.outgoing.frozen" => (Knot::Refused, l.t("Đóng băng sau thu hồi", "Frozen after recall")),
        "office.incoming.arrived" => (Knot::Plain, l.t("Đến", "Arrived")),
        "office.incoming.file-attached" => (Knot::Plain, l.t("Thêm bản quét", "Scan added")),
        "office.incoming.registered" => (Knot::Hit, l.t("Đăng ký vào sổ", "Registered")),
        "office.incoming.returned" => (Knot::Refused, l.t("Trả lại nơi gửi", "Returned to the sender")),
        "office.incoming.submitted" => (Knot::Plain, l.t("Trình", "Submitted")),
        "office.incoming.directed" => (Knot::Hit, l.t("Cho ý kiến chỉ đạo", "Directed")),
        "office.incoming.assigned" => (Knot::Plain, l.t("Giao người xử lý", "Assigned")),
        "office.incoming.started" => (Knot::Plain, l.t("Bắt đầu xử lý", "Work began")),
        "office.incoming.reported" => (Knot::Plain, l.t("Báo cáo", "Reported")),
        "office.incoming.answered" => (Knot::Hit, l.t("Đã có văn bản trả lời", "Answered")),
        "office.incoming.completed" => (Knot::Hit, l.t("Hoàn thành", "Completed")),
        "office.incoming.reopened" => (Knot::Refused, l.t("Mở lại", "Opened again")),
        "office.incoming.recalled" => (Knot::Refused, l.t("Nơi gửi thu hồi", "Recalled by its issuer")),
        _ => (Knot::Plain, l.t("Thay đổi", "Changed")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_verb_has_its_own_address_and_every_entry_its_words() {
        for verb in Verb::ALL {
            assert_eq!(verb_of(verb_slug(verb)), Some(verb));
        }
        let named: std::collections::BTreeSet<_> = crate::entries::ENTRY_KINDS
            .iter()
            .filter(|kind| kind.name.starts_with("office.outgoing.") || kind.name.starts_with("office.incoming."))
            .map(|kind| happened(kind.name, Lang::Vi).1)
            .collect();
        assert!(!named.contains("Thay đổi"), "{named:?}");
    }
}
