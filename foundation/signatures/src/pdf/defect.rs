//! What makes a PDF signature unusable before any cryptography, with the words for it.

use base::Text;
use serde::{Deserialize, Serialize};

use crate::Severity;

/// A defect in how a signature lies in its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Defect {
    /// `/Type` contradicts `/SubFilter`.
    WrongType,
    /// `/ByteRange` is missing or is not four sensible numbers that begin at 0 and stay in the file.
    ByteRange,
    /// `/Contents` is empty or only zeros.
    Empty,
    /// The bytes left out are not exactly the value of the signature.
    Gap,
    /// The signature does not cover the whole of the revision that it belongs to.
    RevisionEnd,
    /// It certifies the file though it is not the first signature.
    CertifiedLate,
    /// A sub-filter bound to SHA-1.
    OldSubFilter,
    /// A sub-filter that is not known.
    UnknownSubFilter,
}

impl Defect {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongType => "integrity.pdf-wrong-type",
            Self::ByteRange => "integrity.pdf-byte-range",
            Self::Empty => "integrity.pdf-empty",
            Self::Gap => "integrity.pdf-gap",
            Self::RevisionEnd => "integrity.pdf-revision-end",
            Self::CertifiedLate => "pdf.certified-late",
            Self::OldSubFilter => "pdf.old-sub-filter",
            Self::UnknownSubFilter => "pdf.unknown-sub-filter",
        }
    }

    /// How much it weighs: a format that is not known may be good, everything else is wrong.
    pub fn severity(self) -> Severity {
        if self == Self::UnknownSubFilter { Severity::Unknown } else { Severity::Failure }
    }

    /// What is wrong, in plain words.
    pub fn text(self) -> Text {
        let (vi, en) = match self {
            Self::WrongType => (
                "Kiểu của chữ ký mâu thuẫn với định dạng mà nó nêu",
                "The signature's type contradicts the format it names",
            ),
            Self::ByteRange => (
                "Chữ ký không nêu đúng phạm vi dữ liệu được ký (ByteRange thiếu hoặc sai)",
                "The signature does not say properly which bytes it covers (ByteRange missing or wrong)",
            ),
            Self::Empty => ("Chữ ký rỗng", "The signature is empty"),
            Self::Gap => (
                "Phần không được ký chứa dữ liệu khác ngoài giá trị chữ ký",
                "The part left unsigned holds something other than the signature's value",
            ),
            Self::RevisionEnd => (
                "Chữ ký không bao trùm toàn bộ phiên bản tài liệu chứa nó",
                "The signature does not cover the whole of the document's revision that it belongs to",
            ),
            Self::CertifiedLate => (
                "Chữ ký chứng nhận tài liệu không phải là chữ ký đầu tiên",
                "The signature certifies the document though it is not the first one",
            ),
            Self::OldSubFilter => (
                "Định dạng chữ ký cũ dùng SHA-1, không còn bảo đảm an toàn",
                "An old signature format bound to SHA-1, which is no longer safe",
            ),
            Self::UnknownSubFilter => ("Định dạng chữ ký không được hỗ trợ", "The signature's format is not supported"),
        };
        Text::new(vi, en)
    }
}
