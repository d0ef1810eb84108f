//! ASiC containers (ETSI EN 319 162-1): files and their signatures in one ZIP, signed by XAdES or CAdES; judged, and made with XAdES.

mod container;
mod make;
mod manifest;
mod verify;

pub use make::{File, prepare, write};
pub(crate) use verify::certificates;
pub use verify::verify;

use crate::{Malformed, xml};
use base::Text;

/// What the first entry of an extended container says.
pub(crate) const EXTENDED: &str = "application/vnd.etsi.asic-e+zip";
/// What the first entry of a simple container says.
pub(crate) const SIMPLE: &str = "application/vnd.etsi.asic-s+zip";
/// The namespace of ASiC's own elements.
const ASIC: &str = "http://uri.etsi.org/02918/v1.2.1#";

/// Whether a file that begins so is a container: a ZIP whose first entry is `mimetype`, stored, with ASiC's value.
pub(crate) fn is_container(head: &[u8]) -> bool {
    const NAME: &[u8] = b"mimetype";
    let starts = head.starts_with(b"PK\x03\x04") && head.get(30..38) == Some(NAME);
    let value = head.get(38..).unwrap_or_default();
    starts && [EXTENDED, SIMPLE].iter().any(|kind| value.starts_with(kind.as_bytes()))
}

/// Why a container cannot be judged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is damaged or not as the standard has it; the words say where.
    #[error("not a sound container: {0}")]
    Malformed(&'static str),
    /// It has more or larger entries than the bounds allow.
    #[error("too large")]
    TooLarge,
    /// A signature or manifest is no XML that can be read.
    #[error(transparent)]
    Xml(#[from] xml::Error),
    /// A signature is no CMS that can be read.
    #[error(transparent)]
    Cms(#[from] Malformed),
    /// The disk failed.
    #[error("reading failed")]
    Read(#[source] std::io::Error),
}

impl From<std::io::Error> for Error {
    /// What the system did not say came from the data.
    fn from(error: std::io::Error) -> Self {
        if error.raw_os_error().is_some() { Self::Read(error) } else { Self::Malformed("data") }
    }
}

impl From<zip::result::ZipError> for Error {
    fn from(error: zip::result::ZipError) -> Self {
        match error {
            zip::result::ZipError::Io(error) => error.into(),
            _ => Self::Malformed("ZIP"),
        }
    }
}

impl Error {
    /// What is wrong and what to do, for people.
    pub fn text(&self) -> Text {
        match self {
            Self::Malformed(what) => Text::new(
                format!("Gói ASiC không đúng chuẩn hoặc bị hỏng ({what}). Lấy lại tệp từ nơi gửi."),
                format!(
                    "The ASiC container is damaged or not as the standard has it ({what}). Fetch the file again from its sender."
                ),
            ),
            Self::TooLarge => Text::fixed(
                "Gói ASiC có quá nhiều tệp hoặc tệp quá lớn. Yêu cầu bên gửi chia nhỏ.",
                "The ASiC container has too many or too large files. Ask the sender to divide it.",
            ),
            Self::Xml(error) => error.text(),
            Self::Cms(error) => Text::new(
                format!("Không đọc được chữ ký CMS trong gói ASiC ({error}). Lấy lại tệp từ nơi gửi."),
                format!(
                    "A CMS signature in the ASiC container cannot be read ({error}). Fetch the file again from its sender."
                ),
            ),
            Self::Read(_) => Text::fixed("Không đọc được tệp.", "The file cannot be read."),
        }
    }
}
