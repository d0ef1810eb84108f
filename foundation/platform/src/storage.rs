//! Troubles of the disk and of the database's own storage, each with what the operator can do.

use base::{Refusal, RefusalCode, RefusalKind};

/// What is wrong with the place where everything is kept. Nothing was acknowledged that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Storage {
    /// No room on the disk; passes by itself when there is room again.
    Full,
    /// The disk, or the database, can only be read.
    ReadOnly,
    /// The disk answered with an error.
    Failed,
    /// What was read back is not what was written; SQLite says the same of a disk that fails to read (`SQLITE_IOERR_CORRUPTFS`).
    Damaged,
}

impl Storage {
    /// What is wrong and what to do, for whoever asked.
    pub fn refusal(self) -> Refusal {
        Refusal::new(match self {
            Self::Full => &FULL,
            Self::ReadOnly => &READ_ONLY,
            Self::Failed => &FAILED,
            Self::Damaged => &DAMAGED,
        })
    }

    /// The trouble that an I/O error tells of, if it is one of the disk's own.
    pub(crate) fn of(error: &std::io::Error) -> Option<Self> {
        /// `EIO` on every system that this program runs on; the standard library has no kind for it.
        const INPUT_OUTPUT: i32 = 5;
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Some(Self::Full),
            std::io::ErrorKind::ReadOnlyFilesystem => Some(Self::ReadOnly),
            _ if error.raw_os_error() == Some(INPUT_OUTPUT) => Some(Self::Failed),
            _ => None,
        }
    }
}

impl std::fmt::Display for Storage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Full => "no room on the disk",
            Self::ReadOnly => "the disk is read-only",
            Self::Failed => "the disk failed",
            Self::Damaged => "the database cannot be read as it was written",
        })
    }
}

/// No room.
pub static FULL: RefusalCode = RefusalCode {
    code: "platform.storage.full",
    kind: RefusalKind::Unavailable,
    vi: "Máy chủ hết chỗ trên đĩa nên chưa ghi được; chưa có gì thay đổi.",
    en: "The server's disk is full, so nothing could be recorded; nothing has changed.",
    remedy_vi: "Báo quản trị hệ thống giải phóng chỗ trên đĩa, rồi làm lại; máy chủ tự ghi tiếp khi có chỗ, không cần khởi động lại.",
    remedy_en: "Ask the operator to make room, then do it again; the server goes on by itself once there is room, without a restart.",
    basis: None,
};

/// Read-only.
pub static READ_ONLY: RefusalCode = RefusalCode {
    code: "platform.storage.read-only",
    kind: RefusalKind::Unavailable,
    vi: "Nơi lưu trữ của máy chủ đang chỉ cho đọc nên chưa ghi được; chưa có gì thay đổi.",
    en: "The server's storage is read-only at the moment, so nothing could be recorded; nothing has changed.",
    remedy_vi: "Báo quản trị hệ thống xem nhật ký của hệ điều hành, kiểm tra đĩa và gắn lại để ghi được, rồi làm lại.",
    remedy_en: "Ask the operator to read the system's log, check the disk and mount it for writing, then do it again.",
    basis: None,
};

/// I/O errors.
pub static FAILED: RefusalCode = RefusalCode {
    code: "platform.storage.failed",
    kind: RefusalKind::Unavailable,
    vi: "Đĩa của máy chủ báo lỗi nên chưa ghi được; chưa có gì thay đổi.",
    en: "The server's disk reports errors, so nothing could be recorded; nothing has changed.",
    remedy_vi: "Báo quản trị hệ thống kiểm tra đĩa (nhật ký hệ điều hành, smartctl) và chạy “lienthong doctor”; nếu đĩa hỏng, khôi phục bản sao lưu sang đĩa khác.",
    remedy_en: "Ask the operator to check the disk (system log, smartctl) and to run “lienthong doctor”; if it is broken, restore a backup to another disk.",
    basis: None,
};

/// Not what was written.
pub static DAMAGED: RefusalCode = RefusalCode {
    code: "platform.storage.damaged",
    kind: RefusalKind::Unavailable,
    vi: "Không đọc được cơ sở dữ liệu đúng như đã ghi: đĩa lỗi hoặc tệp bị hỏng.",
    en: "The database cannot be read as it was written: the disk fails or the file is damaged.",
    remedy_vi: "Báo quản trị hệ thống kiểm tra đĩa và chạy “lienthong doctor”. Nếu tệp hỏng: dừng máy chủ, giữ nguyên thư mục dữ liệu để điều tra, chạy “lienthong verify” để biết hỏng ở đâu, rồi khôi phục bản sao lưu gần nhất vào thư mục mới.",
    remedy_en: "Ask the operator to check the disk and to run “lienthong doctor”. If the file is damaged: stop the server, keep the data folder as it is for investigation, run “lienthong verify” to learn where, then restore the newest backup into a new folder.",
    basis: None,
};

/// Every refusal of this room.
pub const CATALOGUE: &[&RefusalCode] = &[&FULL, &READ_ONLY, &FAILED, &DAMAGED];

#[cfg(test)]
mod tests {
    use super::Storage;
    use std::io::{Error, ErrorKind};

    #[test]
    fn only_the_disks_own_troubles_are_told_apart() {
        assert_eq!(Storage::of(&Error::from(ErrorKind::StorageFull)), Some(Storage::Full));
        assert_eq!(Storage::of(&Error::from(ErrorKind::QuotaExceeded)), Some(Storage::Full));
        assert_eq!(Storage::of(&Error::from(ErrorKind::ReadOnlyFilesystem)), Some(Storage::ReadOnly));
        assert_eq!(Storage::of(&Error::from_raw_os_error(5)), Some(Storage::Failed));
        assert_eq!(Storage::of(&Error::from(ErrorKind::NotFound)), None);
    }
}
