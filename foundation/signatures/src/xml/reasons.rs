//! Reasons that only XML signatures and containers give.

use crate::Severity;
use crate::reasons::ReasonCode;

/// Several elements hold the identifier {id}.
pub(crate) static DUPLICATE_ID: ReasonCode = ReasonCode {
    code: "integrity.xml-duplicate-id",
    severity: Severity::Failure,
    vi: "Nhiều phần tử cùng mang định danh “{id}”, nên không rõ chữ ký bao gồm phần tử nào.",
    en: "Several elements hold the identifier “{id}”, so that it is not clear which of them is signed.",
    remedy_vi: "Không sử dụng tệp này; yêu cầu bên gửi gửi lại bản gốc.",
    remedy_en: "Do not use this file; ask the sender for the original.",
};

/// The signature covers nothing.
pub(crate) static SIGNS_NOTHING: ReasonCode = ReasonCode {
    code: "integrity.xml-signs-nothing",
    severity: Severity::Failure,
    vi: "Chữ ký không bao gồm nội dung nào.",
    en: "The signature covers no content.",
    remedy_vi: "Yêu cầu bên gửi ký và gửi lại.",
    remedy_en: "Ask the sender to sign and send again.",
};

/// The signature covers only {names}.
pub(crate) static PART_SIGNED: ReasonCode = ReasonCode {
    code: "signature.part-signed",
    severity: Severity::Warning,
    vi: "Chữ ký này chỉ bao gồm: {names}.",
    en: "This signature covers only: {names}.",
    remedy_vi: "Chỉ tin cậy phần được nêu; phần khác của tệp cần có chữ ký của nó.",
    remedy_en: "Rely on the named part only; other parts of the file need signatures of their own.",
};

/// No signature covers {names}.
pub(crate) static CONTENT_NOT_SIGNED: ReasonCode = ReasonCode {
    code: "file.content-not-signed",
    severity: Severity::Unknown,
    vi: "Không chữ ký nào bao gồm: {names}.",
    en: "No signature covers: {names}.",
    remedy_vi: "Không dựa vào phần này của tệp; yêu cầu bên gửi ký toàn bộ nội dung.",
    remedy_en: "Do not rely on this part of the file; ask the sender to sign all of it.",
};

/// Comments in the file are not signed.
pub(crate) static COMMENTS_NOT_SIGNED: ReasonCode = ReasonCode {
    code: "xml.comments-not-signed",
    severity: Severity::Note,
    vi: "Chú thích trong tệp XML không thuộc phần được ký.",
    en: "Comments in the XML file are not signed.",
    remedy_vi: "Không dựa vào chú thích.",
    remedy_en: "Do not rely on comments.",
};

/// Every reason of this file.
pub static REASONS: &[&ReasonCode] =
    &[&DUPLICATE_ID, &SIGNS_NOTHING, &PART_SIGNED, &CONTENT_NOT_SIGNED, &COMMENTS_NOT_SIGNED];

/// Names that are listed one by one.
const MOST_LISTED: usize = 20;

/// Names for a sentence, not too many of them.
pub(crate) fn names<S: AsRef<str>>(names: &[S]) -> String {
    let mut out = names.iter().take(MOST_LISTED).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    if names.len() > MOST_LISTED {
        out.push_str(&format!(", … ({})", names.len()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_new_and_both_languages_have_the_same_places() {
        for reason in REASONS {
            assert!(crate::reasons::REASONS.iter().all(|other| other.code != reason.code), "{}", reason.code);
            for place in ["{id}", "{names}"] {
                assert_eq!(reason.vi.contains(place), reason.en.contains(place), "{}", reason.code);
            }
        }
    }

    #[test]
    fn long_lists_are_cut() {
        let many: Vec<String> = (0..30).map(|n| n.to_string()).collect();
        assert!(names(&many).ends_with("18, 19, … (30)"));
        assert_eq!(names(&["a", "b"]), "a, b");
    }
}
