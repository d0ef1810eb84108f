//! XML signatures (XMLDSIG, W3C) and XAdES (ETSI EN 319 132-1): read strictly, judged, made in two phases, and extended.

mod canonical;
mod coverage;
mod document;
mod extend;
mod make;
pub(crate) mod names;
mod read;
mod reasons;
mod reference;
mod signature;
mod verify;
mod xades;

pub use canonical::{Method, Rules, Selection, canonicalize};
pub use document::{Document, Found, Node};
pub use extend::{add_evidence, add_timestamp, to_timestamp};
pub use make::{Options, Prepared, prepare, prepare_beside};
pub use read::MAX_XML;
pub use reasons::REASONS;
pub(crate) use reasons::{CONTENT_NOT_SIGNED, PART_SIGNED, names as listed};
pub use reference::Beside;
pub(crate) use reference::{unescaped, unsupported};
pub(crate) use signature::octets;
pub(crate) use verify::{certificates, digests, judge_all};
pub use verify::{needs_content, verify};

use base::Text;

/// Why an XML document cannot be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is not well-formed; the word names the place.
    #[error("not well-formed XML: {0}")]
    Malformed(&'static str),
    /// It is not in UTF-8.
    #[error("not UTF-8")]
    Encoding,
    /// It has a document type, which could change what is read.
    #[error("a document type (DTD) is not accepted")]
    DocumentType,
    /// It is larger than the bounds, or asks for more work than they allow.
    #[error("too large")]
    TooLarge,
    /// Elements are too deep inside each other.
    #[error("too deep")]
    TooDeep,
    /// It asks for a form that is not made here.
    #[error("not supported")]
    Unsupported,
}

impl Error {
    /// What is wrong and what to do, for people.
    pub fn text(&self) -> Text {
        let (vi, en) = match self {
            Self::Malformed(_) => ("tệp sai cú pháp XML", "the file is not well-formed XML"),
            Self::Encoding => ("tệp không ở bảng mã UTF-8", "the file is not in UTF-8"),
            Self::DocumentType => (
                "tệp có khai báo DTD, có thể làm sai lệch nội dung",
                "the file has a document type (DTD), which may distort its content",
            ),
            Self::TooLarge => {
                ("tệp quá lớn hoặc đòi hỏi quá nhiều xử lý", "the file is too large or asks for too much work")
            }
            Self::TooDeep => ("các phần tử lồng nhau quá sâu", "its elements are too deep inside each other"),
            Self::Unsupported => ("tệp dùng dạng không được hỗ trợ", "the file uses a form that is not supported"),
        };
        Text::new(
            format!("Không đọc được tệp XML: {vi}. Lấy lại tệp từ nơi gửi."),
            format!("The XML file cannot be read: {en}. Fetch the file again from its sender."),
        )
    }
}
