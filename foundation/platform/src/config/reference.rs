//! The reference of settings: every name with its meaning in both languages.

use super::Config;
use base::Text;
use serde::Serialize;

/// One row of the settings reference.
#[derive(Debug, Clone, Serialize)]
pub struct Setting {
    /// Name in the file, e.g. `limits.package_bytes`.
    pub name: &'static str,
    /// Name in the environment, e.g. `LIENTHONG_LIMITS_PACKAGE_BYTES`.
    pub environment: String,
    /// The default, as written in the file; empty: not set.
    pub default: String,
    /// What it means.
    pub meaning: Text,
}

/// How a value is written in the environment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Number,
    /// `true` or `false`.
    Switch,
    /// Separated by commas.
    List,
}

/// Every setting, in the order of the file. A test holds it against [`Config`].
pub(super) const SETTINGS: &[(&str, Form, &str, &str)] = &[
    ("data_dir", Form::Text, "Thư mục dữ liệu", "Data folder"),
    (
        "database",
        Form::Text,
        "Địa chỉ PostgreSQL (postgres://…); không đặt: SQLite trong thư mục dữ liệu",
        "PostgreSQL address (postgres://…); not set: SQLite in the data folder",
    ),
    ("listen", Form::Text, "Địa chỉ và cổng của trang và API", "Address and port of pages and API"),
    (
        "admin_listen",
        Form::Text,
        "Địa chỉ và cổng của số đo và tình trạng chi tiết; để trống: tắt",
        "Address and port of metrics and health details; empty: off",
    ),
    (
        "drain_seconds",
        Form::Number,
        "Số giây giữa lúc báo chưa sẵn sàng và lúc đóng cổng khi dừng máy chủ, để bộ cân bằng tải kịp chuyển hướng",
        "Seconds between saying “not ready” and closing the door when the server is stopped, for load balancers to look away",
    ),
    (
        "public_url",
        Form::Text,
        "Địa chỉ mà người dùng và máy chủ khác dùng để đến đây",
        "The address by which people and other servers come here",
    ),
    (
        "master_key_file",
        Form::Text,
        "Tệp khóa chủ, nằm ngoài thư mục dữ liệu; không đặt: <thư mục dữ liệu>.key bên cạnh",
        "Master key file, outside the data folder; not set: <data folder>.key beside it",
    ),
    ("tls.certificate", Form::Text, "Chuỗi chứng thư TLS (PEM)", "TLS certificate chain (PEM)"),
    ("tls.key", Form::Text, "Khóa riêng TLS (PEM)", "TLS private key (PEM)"),
    (
        "trusted_proxies",
        Form::List,
        "Dải địa chỉ của máy trung gian được tin, ví dụ 10.0.0.0/8",
        "Address ranges of trusted proxies, e.g. 10.0.0.0/8",
    ),
    (
        "local_peers",
        Form::List,
        "Dải địa chỉ trên chính máy này hoặc liên kết tại chỗ được phép kết nối tới máy chủ khác, ví dụ 127.0.0.1; không đặt: không bao giờ gọi tới các địa chỉ đó",
        "Address ranges of this machine or its link where other servers may be, e.g. 127.0.0.1; not set: such addresses are never called",
    ),
    (
        "signatures.online",
        Form::Switch,
        "Hỏi tổ chức cấp chứng thư về việc thu hồi (OCSP, CRL) khi kiểm tra chữ ký; mạng đóng thì tắt",
        "Ask authorities about revocation (OCSP, CRL) when signatures are verified; off in closed networks",
    ),
    (
        "signatures.proxy",
        Form::Text,
        "Máy trung gian để đến các tổ chức chứng thực, ví dụ http://10.0.0.5:3128; để trống: đi thẳng",
        "Proxy by which authorities are reached, e.g. http://10.0.0.5:3128; empty: directly",
    ),
    ("smtp.host", Form::Text, "Máy chủ gửi thư; để trống: không gửi thư", "Mail server; empty: no e-mail is sent"),
    ("smtp.port", Form::Number, "Cổng gửi thư", "Mail server port"),
    (
        "smtp.security",
        Form::Text,
        "Bảo vệ đường gửi thư: tls, starttls, none (chỉ trên máy này)",
        "Protection of the way to the mail server: tls, starttls, none (this machine only)",
    ),
    ("smtp.user", Form::Text, "Tên đăng nhập gửi thư", "Mail user name"),
    ("smtp.password_file", Form::Text, "Tệp chứa mật khẩu gửi thư", "File with the mail password"),
    ("smtp.from", Form::Text, "Người gửi ghi trên thư", "Sender written on mails"),
    (
        "limits.package_bytes",
        Form::Number,
        "Dung lượng lớn nhất của một gói tin liên thông (byte)",
        "Largest exchange package (bytes)",
    ),
    (
        "limits.attachment_bytes",
        Form::Number,
        "Dung lượng lớn nhất của một tệp đính kèm trên trang (byte)",
        "Largest file attached on a page (bytes)",
    ),
    (
        "limits.form_bytes",
        Form::Number,
        "Dung lượng lớn nhất của một biểu mẫu cùng tất cả các tệp của nó (byte)",
        "Largest form with all its files (bytes)",
    ),
    (
        "limits.account_requests_per_minute",
        Form::Number,
        "Số yêu cầu mỗi phút của một tài khoản đã đăng nhập; 0: không giới hạn",
        "Requests a minute from one signed-in account; 0: no limit",
    ),
    (
        "limits.system_requests_per_minute",
        Form::Number,
        "Số yêu cầu mỗi phút của một hệ thống bên ngoài đã đăng ký, hoặc một máy chủ gửi yêu cầu có chữ ký; 0: không giới hạn",
        "Requests a minute from one registered outside system, or one server that sends signed requests; 0: no limit",
    ),
    (
        "limits.address_requests_per_minute",
        Form::Number,
        "Số yêu cầu chưa đăng nhập mỗi phút từ một địa chỉ (IPv6: một mạng /64); 0: không giới hạn",
        "Requests a minute without signing in from one address (IPv6: one /64 network); 0: no limit",
    ),
    (
        "limits.clock_window_seconds",
        Form::Number,
        "Độ lệch giờ cho phép của yêu cầu có chữ ký (giây)",
        "How far a signed request's time may be from ours (seconds)",
    ),
    (
        "sessions.idle_minutes",
        Form::Number,
        "Phiên làm việc hết hạn sau chừng này phút không thao tác",
        "A session ends after so many minutes without a request",
    ),
    (
        "sessions.absolute_hours",
        Form::Number,
        "Phiên làm việc hết hạn sau chừng này giờ trong mọi trường hợp",
        "A session ends after so many hours in any case",
    ),
    (
        "passwords.memory_kib",
        Form::Number,
        "Bộ nhớ để băm một mật khẩu, Argon2id (KiB)",
        "Memory to hash one password, Argon2id (KiB)",
    ),
    ("passwords.iterations", Form::Number, "Số vòng băm mật khẩu, Argon2id", "Passes to hash one password, Argon2id"),
    ("passwords.lanes", Form::Number, "Số luồng băm mật khẩu, Argon2id", "Lanes to hash one password, Argon2id"),
    ("language", Form::Text, "Ngôn ngữ ban đầu: vi, en", "Language at first: vi, en"),
    ("telemetry.log_format", Form::Text, "Dạng nhật ký: text, json", "Form of the log: text, json"),
    (
        "telemetry.log_filter",
        Form::Text,
        "Mức nhật ký, ví dụ info,platform::jobs=debug",
        "Log levels, e.g. info,platform::jobs=debug",
    ),
    ("jobs.workers", Form::Number, "Số việc nền chạy cùng lúc", "Background jobs done at the same time"),
    (
        "jobs.poll_millis",
        Form::Number,
        "Số mili giây giữa hai lần xem bảng việc khi không có gì đánh thức",
        "Milliseconds between looks at the job table when nothing wakes the workers",
    ),
];

const PREFIX: &str = "LIENTHONG_";

pub(super) fn environment_name(name: &str) -> String {
    format!("{PREFIX}{}", name.replace('.', "_").to_uppercase())
}

impl Config {
    /// Every setting with its default and meaning, in the order of the file.
    pub fn reference() -> Vec<Setting> {
        let defaults = toml::Table::try_from(Self::default()).unwrap_or_default();
        let default_of = |name: &str| {
            let found = match name.split_once('.') {
                None => defaults.get(name),
                Some((group, name)) => defaults.get(group).and_then(|group| group.get(name)),
            };
            found.map(ToString::to_string).unwrap_or_default()
        };
        SETTINGS
            .iter()
            .map(|(name, _, vi, en)| Setting {
                name,
                environment: environment_name(name),
                default: default_of(name),
                meaning: Text::fixed(vi, en),
            })
            .collect()
    }
}
