//! `doctor`: configuration, clock, disk, keys, fonts, database: what is wrong and how to mend it.

use super::Out;
use crate::{cli, control};
use base::{Clock, Lang, Timestamp};
use platform::db::Depth;
use platform::{Config, Result, Storage};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Less free space than this is a warning, in bytes.
const LITTLE_SPACE: u64 = 5 << 30;
/// With less than this nothing should be accepted any more, in bytes.
const NO_SPACE: u64 = 512 << 20;
/// This program did not exist before; a clock that says so is wrong.
const BUILT_AFTER: i64 = 1_790_000_000;
/// Fonts whose Vietnamese letters are known to be complete, in the order of preference for printed forms.
const FONTS: &[&str] = &["times", "tinos", "liberationserif", "notoserif", "dejavuserif"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Grade {
    Good,
    Look,
    Bad,
}

struct Finding {
    grade: Grade,
    vi: String,
    en: String,
}

fn good(vi: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding { grade: Grade::Good, vi: vi.into(), en: en.into() }
}
fn look(vi: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding { grade: Grade::Look, vi: vi.into(), en: en.into() }
}
fn bad(vi: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding { grade: Grade::Bad, vi: vi.into(), en: en.into() }
}

/// Prints every finding; exit code 1 when something must be mended.
pub async fn doctor(config: Config, out: &Out) -> Result<u8> {
    let mut findings = vec![configuration(&config), clock(), disk(&config.data_dir), key(&config)];
    findings.extend(certificate(&config));
    findings.extend(last_backup(&config.data_dir));
    findings.push(fonts());
    findings.push(database(config).await);
    let worst = findings.iter().any(|f| f.grade == Grade::Bad);
    for finding in findings {
        let mark = match finding.grade {
            Grade::Good => "✓",
            Grade::Look => "!",
            Grade::Bad => "✗",
        };
        out.line(format!("{mark} {}", finding.vi));
        out.line(format!("  {}", finding.en));
    }
    Ok(u8::from(worst))
}

fn configuration(config: &Config) -> Finding {
    let open = config.listen.parse::<std::net::SocketAddr>().is_ok_and(|a| !a.ip().is_loopback());
    match (&config.tls.certificate, &config.tls.key) {
        (Some(_), None) | (None, Some(_)) => bad(
            "Cấu hình: tls.certificate và tls.key phải đi cùng nhau. Khai báo cả hai hoặc bỏ cả hai.",
            "Configuration: tls.certificate and tls.key go together. Set both or neither.",
        ),
        (Some(certificate), Some(key)) => match [certificate, key].iter().find(|p| std::fs::File::open(p).is_err()) {
            Some(path) => bad(
                format!("Cấu hình: không đọc được {}. Kiểm tra đường dẫn và quyền đọc.", path.display()),
                format!("Configuration: cannot read {}. Check the path and its permissions.", path.display()),
            ),
            None => good("Cấu hình: TLS dùng chứng thư riêng.", "Configuration: TLS with own certificate files."),
        },
        (None, None) if open && config.trusted_proxies.is_empty() => bad(
            format!(
                "Cấu hình: {} mở ra ngoài máy này mà không có TLS. Khai báo tls hoặc trusted_proxies.",
                config.listen
            ),
            format!(
                "Configuration: {} is open beyond this machine without TLS. Set tls or trusted_proxies.",
                config.listen
            ),
        ),
        (None, None) if open => {
            good("Cấu hình: TLS kết thúc ở máy trung gian đã khai báo.", "Configuration: TLS ends at a declared proxy.")
        }
        (None, None) => good(
            format!("Cấu hình: chỉ phục vụ trên máy này ({}).", config.listen),
            format!("Configuration: serves this machine only ({}).", config.listen),
        ),
    }
}

/// The TLS certificate of this server, where it ends TLS itself.
fn certificate(config: &Config) -> Option<Finding> {
    let path = config.tls.certificate.as_ref()?;
    let pem = std::fs::read(path).ok()?;
    let Some(end) = platform::signing::certificate_end(&pem) else {
        return Some(bad(
            format!("Chứng thư TLS: {} không phải chứng thư dạng PEM.", path.display()),
            format!("TLS certificate: {} holds no certificate in PEM form.", path.display()),
        ));
    };
    let days = (end.micros() - Clock::System.now().micros()).div_euclid(86_400 * 1_000_000);
    let (vi, en) = (
        format!("Chứng thư TLS: còn {days} ngày (đến {}).", base::format::date(end.local_date(), Lang::Vi)),
        format!("TLS certificate: {days} days left (until {}).", base::format::date(end.local_date(), Lang::En)),
    );
    Some(match days {
        ..0 => bad(
            format!("{vi} Đã hết hạn; thay chứng thư, máy chủ tự đọc lại trong một phút."),
            format!("{en} It has ended; replace it, the server reads it again within a minute."),
        ),
        0..=20 => look(
            format!("{vi} Gia hạn ngay; máy chủ tự đọc lại, không cần khởi động lại."),
            format!("{en} Renew it now; the server reads it again without a restart."),
        ),
        _ => good(vi, en),
    })
}

/// The newest backup made from this folder; a folder without data needs none.
fn last_backup(data_dir: &Path) -> Option<Finding> {
    /// Older than this is worth a look, hours: one missed night.
    const OLD: i64 = 48;
    if !data_dir.exists() || platform::practice::is_marked(data_dir) {
        return None;
    }
    let Some(made) = platform::backup::last(data_dir) else {
        return Some(look(
            "Sao lưu: chưa có bản nào từ thư mục này. Đặt lịch chạy “lienthong backup” mỗi đêm.",
            "Backup: none made from this folder yet. Schedule “lienthong backup” every night.",
        ));
    };
    let hours = (Clock::System.now().micros() - made.micros()).div_euclid(3_600_000_000);
    Some(if hours > OLD {
        look(
            format!("Sao lưu: bản gần nhất đã {hours} giờ. Kiểm tra lịch sao lưu."),
            format!("Backup: the newest is {hours} hours old. Look at the schedule."),
        )
    } else {
        good(
            format!("Sao lưu: bản gần nhất cách đây {hours} giờ."),
            format!("Backup: the newest is {hours} hours old."),
        )
    })
}

fn clock() -> Finding {
    let now = Clock::System.now();
    if now < Timestamp::from_micros(BUILT_AFTER * 1_000_000) {
        return bad(
            format!("Đồng hồ: máy ghi {}, sai. Đồng bộ giờ (chrony hoặc systemd-timesyncd).", now.rfc3339()),
            format!(
                "Clock: the machine says {}, which is wrong. Synchronise it (chrony or systemd-timesyncd).",
                now.rfc3339()
            ),
        );
    }
    let kept = ["/run/systemd/timesync/synchronized", "/run/chrony/chronyd.pid", "/var/run/ntpd.pid"];
    if kept.iter().any(|path| Path::new(path).exists()) {
        return good("Đồng hồ: đang được đồng bộ.", "Clock: kept in step.");
    }
    look(
        "Đồng hồ: không thấy dịch vụ đồng bộ giờ. Cài chrony (QĐ 28/2018/QĐ-TTg, Điều 14 yêu cầu đồng bộ giờ).",
        "Clock: no service keeps it in step. Install chrony (QĐ 28/2018/QĐ-TTg, Article 14 asks for synchronised time).",
    )
}

fn disk(data_dir: &Path) -> Finding {
    let mut place = data_dir;
    while !place.exists() {
        match place.parent() {
            Some(parent) if parent.as_os_str().is_empty() => place = Path::new("."),
            Some(parent) => place = parent,
            None => break,
        }
    }
    let Ok(free) = fs4::available_space(place) else {
        return bad(
            format!("Đĩa: không xem được {}.", place.display()),
            format!("Disk: cannot look at {}.", place.display()),
        );
    };
    let size = base::format::size(free, Lang::Vi);
    let size_en = base::format::size(free, Lang::En);
    let writable = !data_dir.exists() || tempfile::tempfile_in(data_dir).is_ok();
    if !writable {
        return bad(
            format!("Đĩa: không ghi được vào {}. Kiểm tra chủ sở hữu và quyền ghi.", data_dir.display()),
            format!("Disk: cannot write to {}. Check its owner and permissions.", data_dir.display()),
        );
    }
    if free < NO_SPACE {
        return bad(
            format!("Đĩa: chỉ còn {size}. Giải phóng chỗ trước khi nhận thêm văn bản."),
            format!("Disk: only {size_en} left. Make room before more documents arrive."),
        );
    }
    if free < LITTLE_SPACE {
        return look(format!("Đĩa: còn {size}, nên mở rộng."), format!("Disk: {size_en} left; plan for more."));
    }
    good(format!("Đĩa: còn {size}."), format!("Disk: {size_en} free."))
}

fn key(config: &Config) -> Finding {
    let path = match config.master_key_path() {
        Ok(path) => path,
        Err(error) => return bad(format!("Khóa chủ: {error}"), format!("Master key: {error}")),
    };
    if path.starts_with(&config.data_dir) {
        return bad(
            format!(
                "Khóa chủ: {} nằm trong thư mục dữ liệu. Chuyển ra ngoài để bản sao lưu không mang theo khóa.",
                path.display()
            ),
            format!(
                "Master key: {} lies inside the data folder. Move it out, so that backups do not carry it.",
                path.display()
            ),
        );
    }
    match std::fs::metadata(&path) {
        Ok(meta) if meta.permissions().mode() & 0o077 != 0 => bad(
            format!("Khóa chủ: người khác đọc được {}. Chạy: chmod 600 {}", path.display(), path.display()),
            format!("Master key: others can read {}. Run: chmod 600 {}", path.display(), path.display()),
        ),
        Ok(_) => good(
            format!("Khóa chủ: {}. Giữ một bản ở nơi khác; thiếu nó không khôi phục được.", path.display()),
            format!("Master key: {}. Keep a copy elsewhere; nothing can be restored without it.", path.display()),
        ),
        Err(_) if config.data_dir.exists() && config.data_dir.join("lienthong.db").exists() => bad(
            format!("Khóa chủ: không thấy {}. Lấy lại từ nơi cất giữ trước khi chạy máy chủ.", path.display()),
            format!("Master key: {} is missing. Bring it back from custody before serving.", path.display()),
        ),
        Err(_) => good(
            format!("Khóa chủ: sẽ tạo ở {} khi chạy lần đầu.", path.display()),
            format!("Master key: will be made at {} at the first start.", path.display()),
        ),
    }
}

fn fonts() -> Finding {
    let mut folders = vec!["/usr/share/fonts".into(), "/usr/local/share/fonts".into()];
    if let Some(home) = std::env::var_os("HOME") {
        folders.push(Path::new(&home).join(".fonts"));
    }
    let mut found: Option<&str> = None;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name: String = entry
                .file_name()
                .to_string_lossy()
                .to_lowercase()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            let rank = |font: &str| FONTS.iter().position(|f| *f == font).unwrap_or(FONTS.len());
            if let Some(font) = FONTS.iter().find(|font| name.starts_with(**font))
                && found.is_none_or(|have| rank(font) < rank(have))
            {
                found = Some(font);
            }
        }
    }
    match found {
        Some(font) => good(
            format!("Phông chữ: có {font}, đủ chữ tiếng Việt để in."),
            format!("Fonts: {font} is there, with every Vietnamese letter for printing."),
        ),
        None => look(
            "Phông chữ: máy này chưa có phông chữ in đủ tiếng Việt. Cài fonts-liberation nếu in từ máy chủ.",
            "Fonts: no font with every Vietnamese letter here. Install fonts-liberation to print from the server.",
        ),
    }
}

async fn database(config: Config) -> Finding {
    let place = match &config.database {
        Some(url) => url.rsplit('@').next().unwrap_or_default().to_owned(),
        None => config.data_dir.display().to_string(),
    };
    if config.database.is_none() && !config.data_dir.exists() {
        return good(
            format!("Cơ sở dữ liệu: sẽ tạo trong {place} khi chạy lần đầu."),
            format!("Database: will be made in {place} at the first start."),
        );
    }
    if tokio::net::UnixStream::connect(control::socket_path(&config.data_dir)).await.is_ok() {
        return good(
            format!("Cơ sở dữ liệu: máy chủ đang chạy và giữ {place}."),
            format!("Database: a server is running and holds {place}."),
        );
    }
    match cli::open(config).await {
        Ok(platform) => {
            let size = platform.db().read(|tx| Ok((platform::ledger::head(tx)?, tx.damage(Depth::Pages)?))).await;
            platform.shutdown().await;
            match size {
                Ok((_, damage)) if !damage.is_empty() => bad(
                    format!(
                        "Cơ sở dữ liệu: tệp bị hỏng ({}). {}",
                        damage.first().map_or("", String::as_str),
                        Storage::Damaged.refusal().remedy(Lang::Vi)
                    ),
                    format!(
                        "Database: the file is damaged ({}). {}",
                        damage.first().map_or("", String::as_str),
                        Storage::Damaged.refusal().remedy(Lang::En)
                    ),
                ),
                Ok((head, _)) => good(
                    format!("Cơ sở dữ liệu: mở được, lược đồ hiện hành, sổ cái {} mục.", head.size),
                    format!("Database: opens, the schema is current, the ledger holds {} entries.", head.size),
                ),
                Err(error) => bad(
                    format!("Cơ sở dữ liệu: không đọc được sổ cái ({error}). Khôi phục từ bản sao lưu."),
                    format!("Database: the ledger cannot be read ({error}). Restore from a backup."),
                ),
            }
        }
        Err(error) => {
            let told = match &error {
                platform::Error::Refused(refusal) => Some((**refusal).clone()),
                platform::Error::Storage(_, trouble) => Some(trouble.refusal()),
                _ => None,
            };
            let say = |lang| match &told {
                Some(refusal) => format!("{} {}", refusal.message(lang), refusal.remedy(lang)),
                None => error.to_string(),
            };
            bad(
                format!("Cơ sở dữ liệu: không mở được {place}: {}", say(Lang::Vi)),
                format!("Database: cannot open {place}: {}", say(Lang::En)),
            )
        }
    }
}
