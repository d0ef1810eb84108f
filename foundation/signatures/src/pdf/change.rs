//! The words for what was added to a file after a signature, and whether the signature allows it.

use base::Text;
use serde::{Deserialize, Serialize};

use super::Rect;
use super::field::{Lock, Permission};

/// One thing that a later revision did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Change {
    /// Certificates and revocation answers were added (DSS).
    LongTermData,
    /// A document time-stamp was added in this field.
    TimeStamp {
        /// Name of the field.
        field: String,
    },
    /// A further signature was added.
    Signature {
        /// Name of the field.
        field: String,
        /// Where it is shown, in points of its page; `None` when it is invisible. It may cover what lies there.
        shown: Option<Rect>,
    },
    /// An empty signature field was added.
    EmptyField {
        /// Name of the field.
        field: String,
    },
    /// A form field was filled.
    FormFilled {
        /// Name of the field.
        field: String,
    },
    /// The description of the file (title, author, dates) was changed.
    Metadata,
    /// An object was added that nothing uses, as some tools leave behind. To be shown it needs a further change, which
    /// is named in its turn.
    Unused {
        /// Object number.
        object: u32,
    },
    /// Something that no signature allows.
    Altered {
        /// What.
        what: Altered,
    },
}

/// Things that nobody may change after a signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "kebab-case")]
pub enum Altered {
    /// A key of a page: its content, its resources.
    Page {
        /// The key.
        key: String,
    },
    /// Annotations of a page other than signature fields.
    Annotations,
    /// Order or number of pages.
    PageTree,
    /// A key of the catalogue, such as `OpenAction`.
    Catalog {
        /// The key.
        key: String,
    },
    /// A key of the form.
    Form {
        /// The key.
        key: String,
    },
    /// A field was added or changed otherwise than by filling it.
    Field {
        /// Its name.
        name: String,
    },
    /// An earlier signature or its field.
    Signature {
        /// Name of the field.
        name: String,
    },
    /// A new field covers more than a quarter of a page.
    Cover {
        /// Name of the field.
        name: String,
    },
    /// An action or script.
    Action,
    /// A stream, such as the content of a page or of an image.
    Stream {
        /// Object number.
        object: u32,
    },
    /// A font or a part of one.
    Font {
        /// Object number.
        object: u32,
    },
    /// An object that stood there before.
    Object {
        /// Object number.
        object: u32,
    },
    /// An object was removed.
    Removed {
        /// Object number.
        object: u32,
    },
    /// An object to which the signed document referred without having it.
    Missing {
        /// Object number.
        object: u32,
    },
    /// A key of the trailer.
    Trailer {
        /// The key.
        key: String,
    },
    /// What was added cannot be read.
    Unreadable,
}

impl Change {
    /// Whether a signature with this permission and lock allows it. Without certification, filling in forms and
    /// signing are allowed (ISO 32000-1 §12.8.2.2 as every reader has it).
    pub fn allowed(&self, permission: Option<Permission>, lock: Option<&Lock>) -> bool {
        let open = permission != Some(Permission::Nothing);
        match self {
            Self::LongTermData | Self::TimeStamp { .. } | Self::Unused { .. } => true,
            Self::Signature { .. } | Self::EmptyField { .. } | Self::Metadata => open,
            Self::FormFilled { field } => open && !lock.is_some_and(|lock| lock.covers(field)),
            Self::Altered { .. } => false,
        }
    }

    /// What happened, in plain words.
    pub fn text(&self) -> Text {
        match self {
            Self::LongTermData => Text::fixed(
                "Bổ sung chứng thư số và dữ liệu kiểm tra hiệu lực phục vụ lưu trữ lâu dài",
                "Certificates and validity data were added for long-term keeping",
            ),
            Self::TimeStamp { field } => {
                Text::new(format!("Bổ sung dấu thời gian “{field}”"), format!("The time-stamp “{field}” was added"))
            }
            Self::Signature { field, shown: None } => {
                Text::new(format!("Bổ sung chữ ký số “{field}”"), format!("The signature “{field}” was added"))
            }
            Self::Signature { field, .. } => Text::new(
                format!("Bổ sung chữ ký số “{field}” có hiển thị trên trang"),
                format!("The signature “{field}” was added and shows on the page"),
            ),
            Self::EmptyField { field } => Text::new(
                format!("Bổ sung ô chữ ký chưa ký “{field}”"),
                format!("The empty signature field “{field}” was added"),
            ),
            Self::FormFilled { field } => {
                Text::new(format!("Điền vào ô “{field}”"), format!("The field “{field}” was filled in"))
            }
            Self::Metadata => Text::fixed(
                "Thay đổi thông tin mô tả tệp (tên, tác giả, ngày)",
                "The file's description (title, author, dates) was changed",
            ),
            Self::Unused { object } => Text::new(
                format!("Bổ sung dữ liệu không được sử dụng (đối tượng {object})"),
                format!("Data that nothing uses was added (object {object})"),
            ),
            Self::Altered { what } => what.text(),
        }
    }
}

impl Altered {
    /// What happened, in plain words.
    pub fn text(&self) -> Text {
        let (vi, en) = match self {
            Self::Page { key } => {
                (format!("Nội dung trang bị thay đổi (/{key})"), format!("A page was changed (/{key})"))
            }
            Self::Annotations => (
                "Chú thích trên trang bị thêm, sửa hoặc xóa".to_string(),
                "Annotations of a page were added, changed or removed".to_string(),
            ),
            Self::PageTree => {
                ("Số lượng hoặc thứ tự trang bị thay đổi".into(), "Number or order of pages was changed".into())
            }
            Self::Catalog { key } => (
                format!("Thiết lập chung của tài liệu bị thay đổi (/{key})"),
                format!("A setting of the whole document was changed (/{key})"),
            ),
            Self::Form { key } => (format!("Biểu mẫu bị thay đổi (/{key})"), format!("The form was changed (/{key})")),
            Self::Field { name } => (
                format!("Ô “{name}” của biểu mẫu bị thêm hoặc sửa"),
                format!("The form field “{name}” was added or altered"),
            ),
            Self::Signature { name } => {
                (format!("Chữ ký có trước “{name}” bị sửa"), format!("The earlier signature “{name}” was altered"))
            }
            Self::Cover { name } => (
                format!("Ô “{name}” mới thêm che phần lớn trang"),
                format!("The added field “{name}” covers a large part of a page"),
            ),
            Self::Action => ("Bổ sung hành động hoặc mã lệnh tự chạy".into(), "An action or script was added".into()),
            Self::Stream { object } => (
                format!("Nội dung hoặc hình ảnh bị thay thế (đối tượng {object})"),
                format!("Content or an image was replaced (object {object})"),
            ),
            Self::Font { object } => (
                format!("Phông chữ bị thay thế (đối tượng {object})"),
                format!("A font was replaced (object {object})"),
            ),
            Self::Object { object } => {
                (format!("Đối tượng {object} bị thay đổi"), format!("Object {object} was changed"))
            }
            Self::Removed { object } => (format!("Đối tượng {object} bị xóa"), format!("Object {object} was removed")),
            Self::Missing { object } => (
                format!("Phần còn thiếu của tài liệu đã ký được điền sau (đối tượng {object})"),
                format!("A part missing from the signed document was supplied later (object {object})"),
            ),
            Self::Trailer { key } => {
                (format!("Phần kết của tệp bị thay đổi (/{key})"), format!("The file's trailer was changed (/{key})"))
            }
            Self::Unreadable => {
                ("Phần thêm vào sau không đọc được".into(), "What was added afterwards cannot be read".into())
            }
        };
        Text::new(vi, en)
    }
}
