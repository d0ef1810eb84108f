//! The move of a data folder's database from the embedded engine to PostgreSQL, when one machine is outgrown.
//!
//! Rows, search index and verification stand in one transaction of the target: a move that is broken off, or whose copy
//! does not verify, leaves the target without a row and the folder as it was. The files stay in the data folder.

use crate::component::Component;
use crate::config::Config;
use crate::db::{self, Db, Dumped, Migration, Tx};
use crate::error::{Error, Result};
use crate::ledger::{self, Head, Registry};
use crate::platform_::{Platform, lock_folder};
use base::{Refusal, RefusalCode, RefusalKind};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

/// Stands in a data folder whose database has moved.
const MARK: &str = "DA-CHUYEN-SANG-POSTGRESQL.txt";

/// Hears (done, total) rows.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// Another process holds the data folder.
pub static HELD: RefusalCode = RefusalCode {
    code: "move.folder.held",
    kind: RefusalKind::Conflict,
    vi: "Một tiến trình khác đang giữ thư mục dữ liệu {folder}.",
    en: "Another process holds the data folder {folder}.",
    remedy_vi: "Dừng máy chủ, rồi chạy lại lệnh này.",
    remedy_en: "Stop the server, then give this command again.",
    basis: None,
};

/// There is nothing to move.
pub static NO_SOURCE: RefusalCode = RefusalCode {
    code: "move.source.missing",
    kind: RefusalKind::Invalid,
    vi: "Không có cơ sở dữ liệu nhúng để chuyển: {place}.",
    en: "There is no embedded database to move: {place}.",
    remedy_vi: "Chỉ định thư mục dữ liệu bằng --data và bỏ --database (hoặc LIENTHONG_DATABASE).",
    remedy_en: "Name the data folder with --data, and leave out --database (or LIENTHONG_DATABASE).",
    basis: None,
};

/// The source has an older schema.
pub static OLD_SOURCE: RefusalCode = RefusalCode {
    code: "move.source.outdated",
    kind: RefusalKind::Conflict,
    vi: "Lược đồ của dữ liệu nguồn còn thiếu {steps} bước.",
    en: "The schema of the source lacks {steps} steps.",
    remedy_vi: "Sao lưu, chạy lệnh migrate trên thư mục dữ liệu, rồi chạy lại lệnh này.",
    remedy_en: "Back up, run migrate on the data folder, then give this command again.",
    basis: None,
};

/// The target is not a PostgreSQL address.
pub static WRONG_TARGET: RefusalCode = RefusalCode {
    code: "move.target.unknown",
    kind: RefusalKind::Invalid,
    vi: "Đích phải là địa chỉ PostgreSQL.",
    en: "The target must be the address of a PostgreSQL database.",
    remedy_vi: "Viết như postgres://người-dùng@máy-chủ/cơ-sở-dữ-liệu.",
    remedy_en: "Write it as postgres://user@host/database.",
    basis: None,
};

/// The target holds data already.
pub static TARGET_FILLED: RefusalCode = RefusalCode {
    code: "move.target.not-empty",
    kind: RefusalKind::Conflict,
    vi: "Cơ sở dữ liệu đích không trống: bảng {table} đã có dữ liệu.",
    en: "The target database is not empty: table {table} has rows.",
    remedy_vi: "Tạo một cơ sở dữ liệu mới, trống, rồi chuyển vào đó. Dữ liệu nguồn chưa bị thay đổi.",
    remedy_en: "Create a new, empty database and move into it. The source has not been changed.",
    basis: None,
};

/// The copy does not verify.
pub static NOT_VERIFIED: RefusalCode = RefusalCode {
    code: "move.copy.not-verified",
    kind: RefusalKind::Conflict,
    vi: "Bản sao không khớp với sổ cái ({found} sai lệch, trước hết: {first}). Không giữ lại gì ở đích.",
    en: "The copy does not agree with the ledger ({found} alterations, the first: {first}). Nothing is kept at the target.",
    remedy_vi: "Chạy verify trên thư mục dữ liệu để xem mọi sai lệch, khôi phục bản sao lưu tốt, rồi chuyển lại.",
    remedy_en: "Run verify on the data folder to see all of them, restore a good backup, then move again.",
    basis: None,
};

/// The folder's embedded database is no longer the one in use.
pub static MOVED: RefusalCode = RefusalCode {
    code: "move.folder.moved",
    kind: RefusalKind::Conflict,
    vi: "Dữ liệu của thư mục {folder} đã chuyển sang PostgreSQL; tệp cũ không còn được dùng.",
    en: "The data of the folder {folder} has moved to PostgreSQL; the old file is no longer in use.",
    remedy_vi: "Thêm --database với địa chỉ PostgreSQL. Chỉ khi bỏ cơ sở dữ liệu mới để quay lại tệp cũ: xóa tệp {mark}.",
    remedy_en: "Give --database with the address of PostgreSQL. Only to abandon that and go back to the old file: delete {mark}.",
    basis: None,
};

/// The refusals of this room.
pub const CATALOGUE: &[&RefusalCode] =
    &[&HELD, &NO_SOURCE, &OLD_SOURCE, &WRONG_TARGET, &TARGET_FILLED, &NOT_VERIFIED, &MOVED];

/// What was moved.
#[derive(Debug, Clone)]
pub struct Relocated {
    /// Tables and rows; `None`: an earlier move had carried them already, and only its mark was missing.
    pub moved: Option<Dumped>,
    /// The ledger's head, the same before and after.
    pub head: Head,
}

/// Moves the embedded database in the data folder of `config` into the empty PostgreSQL database at `url`.
///
/// Errors: the refusals of this room; `Unavailable` when either database cannot be reached.
pub async fn relocate(config: &Config, components: Vec<Component>, url: &str, progress: Progress) -> Result<Relocated> {
    let file = config.data_dir.join("lienthong.db");
    if config.database.is_some() || !file.is_file() {
        let place = if config.database.is_some() { "--database".to_owned() } else { file.display().to_string() };
        return Err(Refusal::new(&NO_SOURCE).with("place", place).into());
    }
    if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        return Err(Refusal::new(&WRONG_TARGET).into());
    }
    refuse_moved(config)?;
    // Held to the end: nobody writes the source meanwhile.
    let _lock = lock_folder(&config.data_dir).map_err(|error| match error {
        Error::Conflict(_) => Refusal::new(&HELD).with("folder", config.data_dir.display()).into(),
        error => error,
    })?;
    let components: Vec<Component> = Platform::assemble_components().into_iter().chain(components).collect();
    let steps: Vec<Migration> = components.iter().flat_map(|c| c.migrations.iter().copied()).collect();
    let source = Db::open_sqlite(&file)?;
    let before = ready(&source, &steps).await;
    source.close().await;
    let before = before?;
    let target = Db::open_postgres(url)?;
    let moved = carry(&target, &file, &steps, Registry::of(&components), before.clone(), progress).await;
    target.close().await;
    let moved = moved?;
    mark(&config.data_dir)?;
    Ok(Relocated { moved, head: before })
}

/// Errors: `Refused` when the embedded database of this folder is no longer the one in use.
pub(crate) fn refuse_moved(config: &Config) -> Result<()> {
    let mark = config.data_dir.join(MARK);
    if config.database.is_none() && mark.exists() {
        let refusal = Refusal::new(&MOVED).with("folder", config.data_dir.display()).with("mark", mark.display());
        return Err(refusal.into());
    }
    Ok(())
}

/// The source's head, once its schema is this program's.
async fn ready(source: &Db, steps: &[Migration]) -> Result<Head> {
    let pending = db::pending(source, steps).await?;
    if !pending.is_empty() {
        return Err(Refusal::new(&OLD_SOURCE).with("steps", pending.len()).into());
    }
    // Numbers what a crash may have left, as every start does.
    ledger::open(source).await?;
    source.read(ledger::head).await
}

async fn carry(
    target: &Db,
    file: &Path,
    steps: &[Migration],
    registry: Registry,
    before: Head,
    progress: Progress,
) -> Result<Option<Dumped>> {
    let source = file.to_owned();
    let head = before.clone();
    if let Some(table) = target.read(db::filled_table).await? {
        // A move that ended between its commit and its mark is finished here.
        let same = move |tx: &Tx<'_>| Ok(db::holds_the_same(tx, &source)? && ledger::head(tx)? == head);
        return match target.read(same).await? {
            true => Ok(None),
            false => Err(Refusal::new(&TARGET_FILLED).with("table", table).into()),
        };
    }
    db::migrate(target, steps).await?;
    let (source, registry) = (file.to_owned(), Arc::new(registry));
    // The one writing closure that reads a file: nobody waits for this database yet.
    target.write(move |tx| copy(tx, &source, &registry, &before, &*progress).map(Some)).await
}

fn copy(tx: &Tx<'_>, source: &Path, registry: &Registry, before: &Head, progress: &dyn Fn(u64, u64)) -> Result<Dumped> {
    let done = db::transfer(tx, source, progress)?;
    crate::search::rebuild_within(tx)?;
    let report = ledger::verify(tx, registry, &[])?;
    if let Some(first) = report.findings.first() {
        let refusal = Refusal::new(&NOT_VERIFIED).with("found", report.found).with("first", &first.message.en);
        return Err(refusal.into());
    }
    if report.head != *before {
        return Err(Error::Fault("the head of the ledger did not arrive as it was".to_owned()));
    }
    Ok(done)
}

fn mark(folder: &Path) -> Result<()> {
    let text = "Cơ sở dữ liệu của thư mục này đã chuyển sang PostgreSQL. Tệp lienthong.db là bản cũ; thư mục blobs vẫn được dùng.\n\
                The database of this folder has moved to PostgreSQL. lienthong.db is the old copy; blobs is still in use.\n";
    File::create(folder.join(MARK))
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| File::open(folder)?.sync_all())
        .map_err(|e| {
            Error::Unavailable(format!("the move is done, but its mark could not be written ({e}): move again"))
        })
}
