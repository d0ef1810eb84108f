//! Why another server is not introduced, not believed, or not reached.

use base::{Basis, RefusalCode, RefusalKind};

const SECURITY: Basis = Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 13");
const CLOCKS: Basis = Basis::new("QĐ 28/2018/QĐ-TTg", "Điều 14");

/// (Vietnamese, English)
type Both = (&'static str, &'static str);

const fn row(code: &'static str, kind: RefusalKind, basis: Basis, said: Both, remedy: Both) -> RefusalCode {
    let ((vi, en), (remedy_vi, remedy_en)) = (said, remedy);
    RefusalCode { code, kind, vi, en, remedy_vi, remedy_en, basis: Some(basis) }
}

/// The invitation is not one, or not whole.
pub static INVITATION_MALFORMED: RefusalCode = row(
    "exchange.peer.invitation-malformed",
    RefusalKind::Malformed,
    SECURITY,
    ("Thư mời kết nối không đọc được.", "The invitation cannot be read."),
    (
        "Chép lại nguyên chuỗi “ltpeer1.…” do máy chủ kia tạo ra.",
        "Copy the whole string “ltpeer1.…” that the other server made.",
    ),
);

/// The invitation is unknown, used or too old.
pub static INVITATION_UNKNOWN: RefusalCode = row(
    "exchange.peer.invitation-unknown",
    RefusalKind::Forbidden,
    SECURITY,
    ("Thư mời không tồn tại, đã dùng hoặc đã hết hạn.", "The invitation does not exist, is used, or has expired."),
    ("Xin máy chủ kia tạo thư mời mới.", "Ask the other server for a new invitation."),
);

/// An address that may not be used between servers.
pub static URL: RefusalCode = row(
    "exchange.peer.url",
    RefusalKind::Invalid,
    SECURITY,
    (
        "Địa chỉ “{url}” không dùng được cho kết nối giữa các máy chủ.",
        "The address “{url}” cannot be used between servers.",
    ),
    (
        "Dùng https://tên-máy-chủ; http chỉ được phép trên chính máy này.",
        "Use https://host; http is allowed on this very machine only.",
    ),
);

/// This server does not know the address under which others reach it.
pub static NO_ADDRESS: RefusalCode = row(
    "exchange.peer.no-address",
    RefusalKind::Invalid,
    SECURITY,
    ("Máy chủ này chưa khai báo địa chỉ công khai.", "This server has no public address in its settings."),
    ("Khai báo public_url trong cấu hình.", "Set public_url in the settings."),
);

/// A code that the other server may not speak for.
pub static AGENCY: RefusalCode = row(
    "exchange.peer.agency",
    RefusalKind::Invalid,
    SECURITY,
    ("Máy chủ kia không được thay mặt cơ quan {code}.", "The other server may not speak for {code}."),
    (
        "Mỗi cơ quan thuộc đúng một máy chủ và phải có tên trong thư mời.",
        "An agency belongs to exactly one server and must be named in the invitation.",
    ),
);

/// The other server is not the one that was introduced.
pub static IDENTITY: RefusalCode = row(
    "exchange.peer.identity",
    RefusalKind::Forbidden,
    SECURITY,
    (
        "Khóa hoặc thông tin của máy chủ kia không khớp với thư mời.",
        "Keys or facts of the other server differ from the invitation.",
    ),
    (
        "Dừng lại và gọi điện cho người vận hành máy chủ kia.",
        "Stop, and telephone the person who runs the other server.",
    ),
);

/// A request without signature.
pub static UNSIGNED: RefusalCode = row(
    "exchange.peer.unsigned",
    RefusalKind::Unauthenticated,
    SECURITY,
    ("Yêu cầu giữa các máy chủ phải có chữ ký (RFC 9421).", "Requests between servers must be signed (RFC 9421)."),
    ("Gửi qua máy chủ đã được giới thiệu.", "Send through a server that was introduced."),
);

/// A key of nobody that was introduced.
pub static UNKNOWN: RefusalCode = row(
    "exchange.peer.unknown",
    RefusalKind::Unauthenticated,
    SECURITY,
    (
        "Khóa ký không thuộc máy chủ nào đã được giới thiệu.",
        "The signing key belongs to no server that was introduced.",
    ),
    ("Giới thiệu lại hai máy chủ bằng thư mời mới.", "Introduce the two servers again with a new invitation."),
);

/// The signature does not hold.
pub static SIGNATURE: RefusalCode = row(
    "exchange.peer.signature",
    RefusalKind::Unauthenticated,
    SECURITY,
    ("Chữ ký của yêu cầu không đúng.", "The signature of the request does not hold."),
    (
        "Kiểm tra địa chỉ công khai và máy chủ trung gian giữa hai bên.",
        "Check the public address and the proxies between the two servers.",
    ),
);

/// The clocks differ too much.
pub static CLOCK: RefusalCode = row(
    "exchange.peer.clock",
    RefusalKind::Unauthenticated,
    CLOCKS,
    (
        "Đồng hồ hai máy chủ lệch nhau: yêu cầu ký lúc {signed}, ở đây là {now}; cho phép lệch {limit} giây.",
        "The clocks differ: the request was signed at {signed}, it is {now} here; {limit} seconds are allowed.",
    ),
    ("Đồng bộ đồng hồ hai máy chủ theo giờ chuẩn (NTP).", "Synchronise both clocks (NTP)."),
);

/// The same request again.
pub static REPLAY: RefusalCode = row(
    "exchange.peer.replay",
    RefusalKind::Unauthenticated,
    SECURITY,
    (
        "Yêu cầu này đã được nhận; mỗi lần gửi phải ký lại.",
        "This request was received before; every sending is signed anew.",
    ),
    ("Gửi lại bằng yêu cầu mới.", "Send again with a new request."),
);

/// The body is not the one that was signed.
pub static BODY_ALTERED: RefusalCode = row(
    "exchange.peer.body-altered",
    RefusalKind::Unauthenticated,
    SECURITY,
    ("Nội dung nhận được khác nội dung đã ký.", "What arrived is not what was signed."),
    ("Gửi lại; nếu lặp lại, kiểm tra đường truyền.", "Send again; if it happens again, check the line."),
);

/// The other server cannot be reached, or does not answer as it should.
pub static UNREACHABLE: RefusalCode = row(
    "exchange.peer.unreachable",
    RefusalKind::Unavailable,
    SECURITY,
    ("Không kết nối được với {url}: {reason}", "{url} cannot be reached: {reason}"),
    (
        "Kiểm tra địa chỉ, mạng và máy chủ kia rồi thử lại.",
        "Check the address, the network and the other server, then try again.",
    ),
);

/// A restore was announced that is not the peer's.
pub static ANNOUNCEMENT: RefusalCode = row(
    "exchange.peer.announcement",
    RefusalKind::Invalid,
    SECURITY,
    (
        "Thông báo khôi phục không khớp với điểm kiểm mà máy chủ kia đã ký.",
        "The announcement of a restore does not fit a checkpoint that the other server signed.",
    ),
    (
        "Gửi lại thông báo với điểm kiểm mới nhất của sổ cái.",
        "Announce it again with the newest checkpoint of the ledger.",
    ),
);

/// Every row, for the generated error catalogue.
pub const CATALOGUE: &[&RefusalCode] = &[
    &ANNOUNCEMENT,
    &INVITATION_MALFORMED,
    &INVITATION_UNKNOWN,
    &URL,
    &NO_ADDRESS,
    &AGENCY,
    &IDENTITY,
    &UNSIGNED,
    &UNKNOWN,
    &SIGNATURE,
    &CLOCK,
    &REPLAY,
    &BODY_ALTERED,
    &UNREACHABLE,
];
