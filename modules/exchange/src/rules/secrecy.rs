//! Whether a package claims to be a state secret (QĐ 28/2018/QĐ-TTg, Điều 1: such content is outside the system).
//!
//! Dialect A of edXML has no field for secrecy, so the claim comes in other ways: an extra element, the circulation
//! scope, or the mark printed before the subject. Words *about* secrecy (“bảo vệ bí mật nhà nước”) are no claim.

use base::Secrecy;

/// Names of elements that carry a level in other dialects and in extensions met in practice.
const ELEMENTS: [&str; 6] = ["secret", "secrecy", "domat", "do_mat", "securitylevel", "secretlevel"];

/// The level that a text states when it is nothing but a level, e.g. the value of a secrecy field.
pub fn level_of_value(text: &str) -> Secrecy {
    let plain = text.trim().to_lowercase();
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let words = match words.as_slice() {
        // “Độ mật: Tối mật”
        ["độ", "mật", rest @ ..] | ["do", "mat", rest @ ..] if !rest.is_empty() => rest.to_vec(),
        all => all.to_vec(),
    };
    match words.as_slice() {
        ["tuyệt", "mật"] | ["tuyet", "mat"] | ["top", "secret"] | ["3"] | ["c"] => Secrecy::TopSecret,
        ["tối", "mật"] | ["toi", "mat"] | ["secret"] | ["2"] | ["b"] => Secrecy::Secret,
        ["mật"] | ["mat"] | ["confidential"] | ["1"] | ["a"] | ["true"] => Secrecy::Confidential,
        _ => Secrecy::Open,
    }
}

/// The level stated by an element of the given local name; `Open` when the element is not about secrecy.
pub fn level_of_element(local_name: &str, text: &str) -> Secrecy {
    if ELEMENTS.contains(&local_name.to_ascii_lowercase().as_str()) { level_of_value(text) } else { Secrecy::Open }
}

/// The level stated by free text such as the circulation scope: only when the whole text is the level in words.
pub fn level_of_scope(text: &str) -> Secrecy {
    let short = text.trim();
    // A lone digit or letter is a level only in a field that is about secrecy.
    if short.chars().count() < 3 { Secrecy::Open } else { level_of_value(short) }
}

/// The level printed as a mark before a subject, as in `[MẬT] Về việc …` or `(Tối mật) …`.
pub fn level_of_subject(subject: &str) -> Secrecy {
    let text = subject.trim();
    for (open, close) in [('[', ']'), ('(', ')'), ('{', '}'), ('«', '»')] {
        if let Some(rest) = text.strip_prefix(open)
            && let Some((mark, _)) = rest.split_once(close)
        {
            return level_of_scope(mark);
        }
    }
    // `MẬT - …`, `TỐI MẬT: …`: capitals only, so that a sentence that begins with the word is left alone.
    let head: String = text.chars().take_while(|c| c.is_uppercase() || *c == ' ').collect();
    let rest = text[head.len()..].trim_start();
    if rest.starts_with(['-', '–', '—', ':', '.', '|', '*']) { level_of_scope(head.trim()) } else { Secrecy::Open }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_found() {
        for (text, level) in [
            ("[MẬT] Kế hoạch phòng thủ", Secrecy::Confidential),
            ("(Tối mật) Phương án", Secrecy::Secret),
            ("[TUYỆT MẬT] Báo cáo", Secrecy::TopSecret),
            ("MẬT - Danh sách", Secrecy::Confidential),
            ("TỐI MẬT: Danh sách", Secrecy::Secret),
        ] {
            assert_eq!(level_of_subject(text), level, "{text}");
        }
        assert_eq!(level_of_scope("Tuyệt mật"), Secrecy::TopSecret);
        assert_eq!(level_of_scope("Độ mật: Mật"), Secrecy::Confidential);
        assert_eq!(level_of_element("Secret", "1"), Secrecy::Confidential);
        assert_eq!(level_of_element("DoMat", "Tối mật"), Secrecy::Secret);
    }

    #[test]
    fn words_about_secrecy_are_no_claim() {
        for text in [
            "Về việc bảo vệ bí mật nhà nước",
            "Mật độ xây dựng khu đô thị mới",
            "Mật ong rừng: chỉ dẫn địa lý",
            "(Dự thảo) Quy chế bảo mật",
            "QUY CHẾ BẢO MẬT - bản cuối",
            "",
        ] {
            assert_eq!(level_of_subject(text), Secrecy::Open, "{text}");
        }
        assert_eq!(level_of_scope("Lưu hành nội bộ"), Secrecy::Open);
        assert_eq!(level_of_scope("1"), Secrecy::Open);
        assert_eq!(level_of_element("Secret", "0"), Secrecy::Open);
        assert_eq!(level_of_element("Secret", "Thường"), Secrecy::Open);
        assert_eq!(level_of_element("Subject", "Mật"), Secrecy::Open);
    }
}
