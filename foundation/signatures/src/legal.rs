//! The legal value of a file, derived from its signatures by dated rules.

use crate::certificate::HolderKind;
use crate::path::TrustKind;
use crate::report::{SignatureReport, Verdict};
use base::{Basis, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// What the file is worth before the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegalStanding {
    /// Bản gốc: signed by the competent person and by the agency.
    Original,
    /// Signed, and as good as paper when sent through the system, but one of the two signatures is not there.
    Signed,
    /// Để biết, tham khảo: not signed, or with signatures that cannot be relied upon.
    ForInformation,
}

/// The legal value with its grounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalValue {
    /// What the file is worth.
    pub standing: LegalStanding,
    /// By which article.
    pub basis: Basis,
    /// The same in words.
    pub text: Text,
}

/// One version of the rules.
struct Rules {
    /// In force since this moment (microseconds, UTC).
    since: i64,
    original: Basis,
    signed: Basis,
    information: Basis,
}

/// Newest first. Decision 28/2018 is in force since 6 September 2018, Decree 30/2020 since 5 March 2020; before that
/// Decree 110/2004 knew no electronic original, and Decision 28 alone said what a signed message is worth.
const RULES: &[Rules] = &[
    Rules {
        since: 1_583_341_200_000_000,
        original: Basis::new("NĐ 30/2020/NĐ-CP", "Điều 5"),
        signed: Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 4"),
        information: Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 4"),
    },
    Rules {
        since: i64::MIN,
        original: Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 4"),
        signed: Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 4"),
        information: Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 4"),
    },
];

impl LegalValue {
    /// Derives it: an original needs a valid signature of a person and a valid one of an agency, both leading to a
    /// Government or public root, and no signature that is not valid. `at` dates the rules where no signature does.
    pub fn of(signatures: &[SignatureReport], verdict: Verdict, at: Timestamp) -> Self {
        let when = signatures.iter().map(|signature| signature.judged_at).max().unwrap_or(at);
        let rules = RULES.iter().find(|rules| when.micros() >= rules.since).unwrap_or(&RULES[RULES.len() - 1]);
        let good = |signature: &&SignatureReport| {
            let lawful = matches!(signature.path.trust, Some(TrustKind::Government | TrustKind::Public));
            signature.verdict == Verdict::Valid && lawful
        };
        let by = |holder| signatures.iter().filter(good).any(|signature| signature.holder == holder);
        if verdict == Verdict::Valid && by(HolderKind::Person) && by(HolderKind::Organisation) {
            let text = Text::fixed(
                "Có giá trị như bản gốc văn bản giấy: có chữ ký số hợp lệ của người và của cơ quan, tổ chức. Thẩm quyền của người ký do người đọc xác định.",
                "As good as the paper original: validly signed by a person and by the agency. Whether the person was competent is for the reader to judge.",
            );
            return Self { standing: LegalStanding::Original, basis: rules.original.clone(), text };
        }
        if verdict == Verdict::Valid && signatures.iter().any(|signature| good(&signature)) {
            let text = Text::fixed(
                "Đã ký số hợp lệ nhưng chưa đủ cả chữ ký của người có thẩm quyền và của cơ quan, tổ chức nên chưa phải bản gốc.",
                "Validly signed, but not by both the competent person and the agency, so not yet the original.",
            );
            return Self { standing: LegalStanding::Signed, basis: rules.signed.clone(), text };
        }
        let text = Text::fixed(
            "Chỉ có giá trị để biết, tham khảo: không có chữ ký số hợp lệ dẫn tới tổ chức chứng thực của Chính phủ hoặc công cộng.",
            "For information only: no valid signature leads to a Government or public authority.",
        );
        Self { standing: LegalStanding::ForInformation, basis: rules.information.clone(), text }
    }
}
