//! The refusals of the web's own conventions: rows of the error catalogue that no module owns.

use base::{RefusalCode, RefusalKind};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $kind:ident, $vi:literal, $en:literal, $rvi:literal, $ren:literal;)*) => {
        $($(#[$doc])* pub static $name: RefusalCode = RefusalCode {
            code: $code, kind: RefusalKind::$kind, vi: $vi, en: $en, remedy_vi: $rvi, remedy_en: $ren, basis: None,
        };)*
        /// Every row of this file, for the catalogue.
        pub static CATALOGUE: &[&RefusalCode] = &[$(&$name),*];
    };
}

codes! {
    /// No such page or record, or the reader may not know of it.
    NOT_FOUND = "web.not-found", NotFound,
        "Không có trang hoặc hồ sơ này, hoặc bạn không có quyền biết.",
        "There is no such page or record, or you may not know of it.",
        "Kiểm tra lại địa chỉ, hoặc tìm theo số ký hiệu hay trích yếu.",
        "Check the address, or search by number or subject.";
    /// Nobody is signed in.
    SIGN_IN = "web.sign-in-required", Unauthenticated,
        "Việc này cần đăng nhập.", "This needs you to be signed in.",
        "Đăng nhập rồi làm lại; nội dung đã nhập được giữ.", "Sign in and try again; what you typed is kept.";
    /// The caller showed no valid credential.
    CREDENTIAL = "web.credential-required", Unauthenticated,
        "Lời gọi thiếu thông tin xác thực hợp lệ.", "The call carries no valid credential.",
        "Gửi tiêu đề Authorization: Bearer với mã truy cập còn hiệu lực.", "Send Authorization: Bearer with a token that is in force.";
    /// Signed in, but without the right.
    FORBIDDEN = "web.forbidden", Forbidden,
        "Bạn không có quyền làm việc này.", "You do not have the right to do this.",
        "Chọn đúng vai trò đang giữ, hoặc nhờ quản trị của cơ quan cấp quyền.", "Choose the right position, or ask your agency's administrator.";
    /// The form's guard value is missing or belongs to another session.
    CSRF = "web.form.guard", Forbidden,
        "Biểu mẫu này không còn khớp với phiên làm việc của bạn.", "This form no longer matches your session.",
        "Mở lại trang rồi gửi lại; chưa có gì được ghi.", "Open the page again and resend; nothing was recorded.";
    /// The request cannot be read.
    MALFORMED = "web.request.malformed", Malformed,
        "Không đọc được yêu cầu: {reason}.", "The request cannot be read: {reason}.",
        "Kiểm tra định dạng dữ liệu gửi lên.", "Check the format of what was sent.";
    /// A form came with fields that do not fit.
    FIELDS = "web.form.fields", Invalid,
        "Có {count} chỗ cần sửa.", "There are {count} things to mend.",
        "Sửa các ô được đánh dấu rồi gửi lại.", "Mend the marked fields and send again.";
    /// The body is larger than the limit.
    TOO_LARGE = "web.request.too-large", TooLarge,
        "Dữ liệu gửi lên lớn hơn mức cho phép ({limit}).", "What was sent is larger than allowed ({limit}).",
        "Chia nhỏ hoặc nén tệp rồi gửi lại.", "Split or compress the files and send again.";
    /// The media type is not taken here.
    MEDIA = "web.request.media-type", UnsupportedMedia,
        "Kiểu nội dung này không được nhận ở đây.", "This media type is not taken here.",
        "Dùng kiểu nội dung ghi trong tài liệu giao diện.", "Use the media type that the interface description names.";
    /// The address exists but not for this method.
    METHOD = "web.request.method", Malformed,
        "Địa chỉ này không nhận cách gọi đó.", "This address does not take that method.",
        "Quay lại trang trước và dùng nút trên trang.", "Go back and use the buttons on the page.";
    /// Somebody acted first.
    CONFLICT = "web.conflict", Conflict,
        "Có người vừa thay đổi hồ sơ này trước bạn.", "Somebody has just changed this record before you.",
        "Tải lại để xem nội dung mới, rồi làm tiếp nếu vẫn cần.", "Reload to see what is new, then go on if still needed.";
    /// Not now.
    UNAVAILABLE = "web.unavailable", Unavailable,
        "Máy chủ chưa làm được việc này lúc này.", "The server cannot do this just now.",
        "Thử lại sau ít phút. Điều đã được báo nhận thì không mất.", "Try again in a few minutes. Nothing that was acknowledged is lost.";
    /// It took too long.
    TIMEOUT = "web.timeout", Unavailable,
        "Việc này lâu hơn thời gian cho phép nên đã dừng.", "This took longer than allowed and was stopped.",
        "Thử lại; nếu vẫn vậy, báo quản trị kèm mã yêu cầu.", "Try again; if it stays so, tell the administrator the request's code.";
    /// A defect or a broken machine.
    FAULT = "web.fault", Unavailable,
        "Có lỗi ở máy chủ. Lỗi đã được ghi lại.", "Something went wrong on the server. It has been recorded.",
        "Thử lại; nếu vẫn vậy, báo quản trị kèm mã yêu cầu.", "Try again; if it stays so, tell the administrator the request's code.";
    /// Too often.
    TOO_MANY = "web.too-many", TooMany,
        "Gọi quá dày: mức cho phép là {limit} yêu cầu mỗi phút.", "Too many requests: the limit is {limit} a minute.",
        "Gọi lại sau {seconds} giây. Việc chạy tự động nên giãn đều các yêu cầu; quản trị đổi mức ở phần limits của tệp cấu hình.",
        "Call again in {seconds} seconds. Automatic work should space its requests; the administrator sets the limit under limits in the settings file.";
    /// A form kept over a lapsed session is no longer there.
    KEPT_GONE = "web.form.kept-gone", Gone,
        "Biểu mẫu giữ hộ không còn.", "The kept form is no longer there.",
        "Biểu mẫu được giữ 30 phút trên máy chủ đã nhận nó. Mở lại trang và nhập lại.", "A form is kept for 30 minutes on the server that took it. Open the page and enter it again.";
}
