//! Why a PDF cannot be read or signed, with the words for it.

use base::Text;

/// Why a PDF cannot be read or signed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes do not follow ISO 32000-1; the text names the place.
    #[error("not a well-formed PDF: {0}")]
    Malformed(&'static str),
    /// A limit that no honest file reaches; the text names which.
    #[error("the PDF goes beyond what is read: {0}")]
    TooLarge(&'static str),
    /// A feature that is not read, such as a filter on a cross-reference stream.
    #[error("the PDF uses something that is not supported: {0}")]
    Unsupported(&'static str),
    /// The file is encrypted; its signatures can be neither judged nor added to.
    #[error("the PDF is encrypted")]
    Encrypted,
    /// The request itself cannot be fulfilled.
    #[error(transparent)]
    Request(#[from] Unsuitable),
    /// The reader failed.
    #[error("reading the PDF failed")]
    Read(#[from] std::io::Error),
}

/// Why a request to sign or to add something cannot be fulfilled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsuitable {
    /// The value is empty or larger than the room reserved for it.
    #[error("the signature value does not fit into the room reserved for it")]
    ValueTooLarge,
    /// The room to reserve is out of bounds.
    #[error("the room reserved for the signature value must be 64 bytes to 1 MiB")]
    Reserved,
    /// The field is signed already.
    #[error("the field is signed already")]
    Signed,
    /// Only the first signature of a file can certify it.
    #[error("only the first signature of a file can certify it")]
    LateCertification,
    /// The file is certified against any change.
    #[error("the file is certified against any change")]
    Certified,
    /// An earlier signature locks a field that would be filled.
    #[error("an earlier signature locks a field that would be filled")]
    Locked,
    /// The image is not a PNG that can be used.
    #[error("the image is not a usable PNG")]
    Image,
    /// The name of a new field is empty or has dots.
    #[error("a new field needs a name without dots")]
    FieldName,
    /// There is already a field of this name.
    #[error("there is already a field of this name")]
    FieldTaken,
    /// There is no empty text field of this name.
    #[error("there is no empty text field of this name")]
    NoField,
    /// The text is wider than its field.
    #[error("the text is wider than its field")]
    TextTooWide,
    /// There is no such page.
    #[error("there is no such page")]
    NoPage,
    /// Text fields are added before the first signature only.
    #[error("fields can only be added before the first signature")]
    LateField,
    /// There is no signature in this field.
    #[error("there is no signature in this field")]
    NoSignature,
    /// The embedded font cannot be read.
    #[error("the embedded font cannot be read")]
    Font,
    /// The font has no such character.
    #[error("the font has no such character")]
    Character,
}

impl Error {
    /// What is wrong, in plain words.
    pub fn text(&self) -> Text {
        let vi = match self {
            Self::Malformed(what) => format!("Tệp PDF không đúng quy cách ({what})"),
            Self::TooLarge(what) => format!("Tệp PDF vượt quá giới hạn đọc ({what})"),
            Self::Unsupported(what) => format!("Tệp PDF dùng tính năng chưa được hỗ trợ ({what})"),
            Self::Encrypted => "Tệp PDF bị mã hóa hoặc đặt mật khẩu".to_string(),
            Self::Request(unsuitable) => return unsuitable.text(),
            Self::Read(_) => "Không đọc được tệp PDF".to_string(),
        };
        Text::new(vi, self.to_string())
    }
}

impl Unsuitable {
    /// What is wrong, in plain words.
    pub fn text(self) -> Text {
        let vi = match self {
            Self::ValueTooLarge => "Giá trị chữ ký lớn hơn phần đã dành sẵn trong tệp",
            Self::Reserved => "Phần dành sẵn cho giá trị chữ ký phải từ 64 byte đến 1 MiB",
            Self::Signed => "Ô chữ ký này đã được ký",
            Self::LateCertification => "Chỉ chữ ký đầu tiên của tệp mới được dùng để chứng nhận tài liệu",
            Self::Certified => "Tài liệu đã được chứng nhận không cho phép thay đổi",
            Self::Locked => "Chữ ký có trước đã khóa ô cần điền",
            Self::Image => "Hình ảnh không phải là tệp PNG dùng được",
            Self::FieldName => "Ô mới phải có tên và tên không được chứa dấu chấm",
            Self::FieldTaken => "Tài liệu đã có ô mang tên này",
            Self::NoField => "Tài liệu không có ô trống mang tên này",
            Self::TextTooWide => "Nội dung dài hơn ô cần điền",
            Self::NoPage => "Tài liệu không có trang này",
            Self::LateField => "Chỉ được thêm ô điền trước khi có chữ ký đầu tiên",
            Self::NoSignature => "Ô này không có chữ ký",
            Self::Font => "Không đọc được phông chữ đi kèm",
            Self::Character => "Phông chữ không có ký tự này",
        };
        Text::new(vi, self.to_string())
    }
}
