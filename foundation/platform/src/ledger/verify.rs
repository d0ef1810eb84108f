//! Verification: the tree is computed again, every record compared with its last entry, every figure counted again, and
//! all of it compared with checkpoints kept elsewhere. Each alteration is found and named.

use super::background::Registry;
use super::checkpoint::Checkpoint;
use super::counters::recount;
use super::entry::{COLUMNS, Entry, Hash, SubjectKind};
use super::erasure::{DETAILS, DETAILS_ERASED, EPOCH};
use super::merkle::{Frontier, leaf_hash};
use super::reaction::Counter;
use super::runner::PARKED;
use super::sequence::{Head, head};
use super::store::{details_digest, record_digest};
use super::tiles::{TILE_WIDTH, tile};
use crate::db::{Depth, Row, Tx};
use crate::error::{Error, Result};
use base::Text;
use std::collections::BTreeMap;

/// Entries and subjects read at a time.
const PAGE: i64 = 500;
/// Findings listed; the rest are only counted.
const LISTED: usize = 1000;

/// What kind of thing was altered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FindingKind {
    /// An entry's columns no longer make its leaf.
    EntryAltered,
    /// A number is missing in the sequence, or an entry lacks its predecessor.
    EntryMissing,
    /// The names and texts beside an entry are not those that were digested.
    DetailsAltered,
    /// They are gone without an entry that says so.
    DetailsMissing,
    /// A tile does not hold the tree's hashes.
    TileAltered,
    /// The head is not the tree's.
    HeadAltered,
    /// A record is not what its last entry digested.
    RecordAltered,
    /// A record is gone, though its last entry digested one; or the other way round.
    RecordMissing,
    /// A figure is not what its entries add up to.
    CounterAltered,
    /// A checkpoint of ours does not fit the tree.
    CheckpointAltered,
    /// A checkpoint kept elsewhere does not fit: history was rewritten.
    HistoryRewritten,
    /// The database file itself is damaged, or something in it cannot be read at all.
    Unreadable,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// Which one: numbers and ids only.
    pub place: String,
    /// In words.
    pub message: Text,
}

/// What verification found.
#[derive(Debug, Clone)]
pub struct Report {
    /// The tree as it stands.
    pub head: Head,
    /// Entries checked, those without a number included.
    pub entries: u64,
    /// Records compared with their last entry.
    pub records: u64,
    /// Figures counted again.
    pub figures: u64,
    /// Checkpoints from elsewhere that fit.
    pub outside: u64,
    /// How much was found, also what is no longer listed.
    pub found: u64,
    /// What was found (the first thousand).
    pub findings: Vec<Finding>,
    /// What a reader should know although it is no alteration.
    pub notices: Vec<Text>,
}

impl Report {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.found == 0
    }

    /// The result in one sentence; without outside checkpoints it claims no more than it can.
    pub fn conclusion(&self) -> Text {
        let (size, found, outside) = (self.head.size, self.found, self.outside);
        match (self.is_clean(), outside) {
            (false, _) => Text::new(
                format!("Phát hiện {found} sai lệch trong sổ cái ({size} mục)."),
                format!("{found} alterations found in the ledger ({size} entries)."),
            ),
            (true, 0) => Text::new(
                format!("Sổ cái ({size} mục) chỉ nhất quán với chính nó: chưa đối chiếu với mốc kiểm lưu ở nơi khác."),
                format!(
                    "The ledger ({size} entries) is consistent with itself only: no checkpoint kept elsewhere was given."
                ),
            ),
            (true, _) => Text::new(
                format!("Sổ cái ({size} mục) nguyên vẹn, khớp với {outside} mốc kiểm lưu ở nơi khác."),
                format!("The ledger ({size} entries) is intact and fits {outside} checkpoints kept elsewhere."),
            ),
        }
    }

    fn find(&mut self, kind: FindingKind, place: String, vi: &str, en: &str) {
        self.found += 1;
        if self.findings.len() < LISTED {
            let message = Text::new(format!("{place}: {vi}"), format!("{place}: {en}"));
            self.findings.push(Finding { kind, place, message });
        }
    }
}

/// Verifies the ledger on one snapshot. `outside`: checkpoints kept elsewhere, their signatures already verified.
pub fn verify(tx: &Tx<'_>, registry: &Registry, outside: &[Checkpoint]) -> Result<Report> {
    let mut report = Report {
        head: head(tx)?,
        entries: 0,
        records: 0,
        figures: 0,
        outside: 0,
        found: 0,
        findings: Vec::new(),
        notices: Vec::new(),
    };
    for damage in tx.damage(Depth::Whole)? {
        report.find(FindingKind::Unreadable, damage, "tệp cơ sở dữ liệu bị hỏng", "the database file is damaged");
    }
    part(tx, &mut report, "ledger_epoch", check_epoch)?;
    part(tx, &mut report, "ledger_entry", |tx, report| {
        let wanted = gather_checkpoints(tx, report, outside)?;
        check_tree(tx, report, &wanted)
    })?;
    part(tx, &mut report, "ledger_entry", check_waiting)?;
    part(tx, &mut report, "ledger_entry", check_predecessors)?;
    part(tx, &mut report, "ledger_subject", |tx, report| check_records(tx, report, registry))?;
    for counter in &registry.counters {
        part(tx, &mut report, counter.name, |tx, report| check_counter(tx, report, counter))?;
    }
    Ok(report)
}

/// Runs one part of the verification; what cannot be read is a finding, and the other parts still run.
fn part(
    tx: &Tx<'_>,
    report: &mut Report,
    place: &str,
    check: impl FnOnce(&Tx<'_>, &mut Report) -> Result<()>,
) -> Result<()> {
    match tx.attempt(|tx| check(tx, report))? {
        Err(error @ (Error::Fault(_) | Error::Storage(..) | Error::NotFound(_))) => {
            let (vi, en) = (format!("không đọc được: {error}"), format!("cannot be read: {error}"));
            report.find(FindingKind::Unreadable, place.to_owned(), &vi, &en);
            Ok(())
        }
        outcome => outcome,
    }
}

fn check_epoch(tx: &Tx<'_>, report: &mut Report) -> Result<()> {
    let newest: i64 = tx.query_one("SELECT coalesce(max(epoch), 1) FROM ledger_epoch", &[])?.get(0)?;
    if report.head.epoch != newest {
        let place = format!("head epoch {}", report.head.epoch);
        report.find(FindingKind::HeadAltered, place, "kỳ không khớp sổ cái", "the epoch is not the ledger's");
    }
    Ok(())
}

fn check_counter(tx: &Tx<'_>, report: &mut Report, counter: &Counter) -> Result<()> {
    let (right, stored) = recount(tx, counter)?;
    let keys: std::collections::BTreeSet<&String> = right.keys().chain(stored.keys()).collect();
    for key in keys {
        report.figures += 1;
        if right.get(key).copied().unwrap_or_default() != stored.get(key).copied().unwrap_or_default() {
            report.find(
                FindingKind::CounterAltered,
                format!("{} {key}", counter.name),
                "số liệu không bằng tổng các mục",
                "the figure is not what its entries add up to",
            );
        }
    }
    Ok(())
}

/// A root that must come out at some size, and who says so.
struct Wanted {
    root: Hash,
    epoch: i64,
    outside: bool,
}

fn gather_checkpoints(tx: &Tx<'_>, report: &mut Report, outside: &[Checkpoint]) -> Result<BTreeMap<u64, Vec<Wanted>>> {
    let epochs: BTreeMap<i64, u64> = tx
        .query("SELECT epoch, first_size FROM ledger_epoch ORDER BY epoch", &[])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect::<Result<_>>()?;
    // What of an earlier epoch survived the restores after it.
    let kept = |epoch: i64| epochs.range(epoch + 1..).map(|(_, first)| *first).min();
    let mut wanted: BTreeMap<u64, Vec<Wanted>> = BTreeMap::new();
    for row in tx.query("SELECT epoch, size, root, note FROM ledger_checkpoint", &[])? {
        let (epoch, size, root): (i64, u64, Hash) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let said = Checkpoint::parse(&row.get::<String>(3)?);
        if said.is_none_or(|said| (said.epoch, said.size, said.root) != (epoch, size, root)) {
            altered_checkpoint(report, epoch, size, false);
        }
        if kept(epoch).is_none_or(|first| size <= first) {
            wanted.entry(size).or_default().push(Wanted { root, epoch, outside: false });
        }
    }
    for checkpoint in outside {
        match kept(checkpoint.epoch) {
            Some(first) if checkpoint.size > first => report.notices.push(Text::new(
                format!(
                    "Kỳ {} từng có {} mục; khi phục hồi chỉ còn {first}: phần sau đó đã mất khi phục hồi, có ghi trong sổ cái.",
                    checkpoint.epoch, checkpoint.size
                ),
                format!(
                    "Epoch {} once had {} entries; a restore kept {first}: what came after was lost in that restore, which \
                     the ledger tells.",
                    checkpoint.epoch, checkpoint.size
                ),
            )),
            _ => wanted.entry(checkpoint.size).or_default().push(Wanted {
                root: checkpoint.root,
                epoch: checkpoint.epoch,
                outside: true,
            }),
        }
    }
    Ok(wanted)
}

fn altered_checkpoint(report: &mut Report, epoch: i64, size: u64, outside: bool) {
    let place = format!("checkpoint {epoch}/{size}");
    if outside {
        report.find(
            FindingKind::HistoryRewritten,
            place,
            "mốc kiểm lưu ở nơi khác không khớp: lịch sử đã bị viết lại",
            "a checkpoint kept elsewhere does not fit: history was rewritten",
        );
    } else {
        report.find(
            FindingKind::CheckpointAltered,
            place,
            "mốc kiểm không khớp cây",
            "the checkpoint does not fit the tree",
        );
    }
}

/// Walks all numbered entries once: leaves, details, sequence, tiles, roots at the wanted sizes, head.
fn check_tree(tx: &Tx<'_>, report: &mut Report, wanted: &BTreeMap<u64, Vec<Wanted>>) -> Result<()> {
    let mut frontier = Frontier::default();
    let mut open_tiles: BTreeMap<u32, (u64, Vec<u8>)> = BTreeMap::new();
    let mut last = 0_i64;
    loop {
        let rows = page(tx, "seq > $1 ORDER BY seq LIMIT $2", &[&last, &PAGE])?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let entry = Entry::from_row(row)?;
            let seq = entry.seq.unwrap_or(0);
            for missing in (last + 1..seq).take(LISTED) {
                report.find(
                    FindingKind::EntryMissing,
                    format!("entry {missing}"),
                    "mục bị mất",
                    "the entry is missing",
                );
            }
            last = seq;
            let leaf = check_entry(tx, report, &entry, row)?;
            let place = frontier.size();
            let mut full = Vec::new();
            frontier.push(leaf, |level, hash| {
                if level.is_multiple_of(8) {
                    let index = place >> level;
                    let open = open_tiles.entry(level / 8).or_default();
                    open.0 = index / TILE_WIDTH;
                    open.1.extend_from_slice(&hash);
                    if open.1.len() as u64 == TILE_WIDTH * 32 {
                        full.push((level / 8, open.0, std::mem::take(&mut open.1)));
                    }
                }
            });
            for (level, number, hashes) in full {
                check_tile(tx, report, level, number, &hashes)?;
            }
            check_wanted(report, wanted, &frontier);
        }
    }
    for (level, (number, hashes)) in open_tiles.iter().filter(|(_, (_, hashes))| !hashes.is_empty()) {
        check_tile(tx, report, *level, *number, hashes)?;
    }
    for row in tx.query("SELECT level, tile FROM ledger_tile ORDER BY level, tile", &[])? {
        let (level, number): (u32, u64) = (row.get(0)?, row.get(1)?);
        if number >= frontier.size().checked_shr(8 * level).unwrap_or(0).div_ceil(TILE_WIDTH) {
            report.find(FindingKind::TileAltered, format!("tile {level}/{number}"), "ô băm thừa", "a tile too many");
        }
    }
    let stored: Vec<u8> = tx.query_one("SELECT frontier FROM ledger_head WHERE id = 1", &[])?.get(0)?;
    if (report.head.size, report.head.root) != (frontier.size(), frontier.root()) || stored != frontier.to_bytes() {
        report.find(
            FindingKind::HeadAltered,
            format!("head {}", report.head.size),
            "gốc cây không khớp các mục",
            "the head is not the root over the entries",
        );
    }
    for (size, wants) in wanted.range(frontier.size() + 1..) {
        wants.iter().for_each(|want| altered_checkpoint(report, want.epoch, *size, want.outside));
    }
    Ok(())
}

fn check_wanted(report: &mut Report, wanted: &BTreeMap<u64, Vec<Wanted>>, frontier: &Frontier) {
    for want in wanted.get(&frontier.size()).into_iter().flatten() {
        if frontier.root() != want.root {
            altered_checkpoint(report, want.epoch, frontier.size(), want.outside);
        } else if want.outside {
            report.outside += 1;
        }
    }
}

/// Rows of entries with leaf hash, salt and details.
fn page(tx: &Tx<'_>, condition: &str, params: &[&dyn crate::db::ToValue]) -> Result<Vec<Row>> {
    tx.query(
        &format!(
            "SELECT {COLUMNS}, leaf_hash, salt, body FROM ledger_entry
             LEFT JOIN ledger_details ON entry_id = id WHERE {condition}"
        ),
        params,
    )
}

/// Checks one entry against its leaf and its details; returns the leaf as its columns make it.
fn check_entry(tx: &Tx<'_>, report: &mut Report, entry: &Entry, row: &Row) -> Result<Hash> {
    report.entries += 1;
    let place = || match entry.seq {
        Some(seq) => format!("entry {seq} ({})", entry.id),
        None => format!("entry {}", entry.id),
    };
    let leaf = leaf_hash(&entry.leaf()?);
    let stored: Vec<u8> = row.get(14)?;
    if stored != leaf {
        report.find(FindingKind::EntryAltered, place(), "mục đã bị sửa", "the entry was altered");
    }
    match (row.get::<Option<Vec<u8>>>(15)?, row.get::<Option<serde_json::Value>>(16)?) {
        (Some(salt), Some(body)) => {
            if details_digest(&salt, &body)? != entry.details_digest {
                report.find(
                    FindingKind::DetailsAltered,
                    place(),
                    "nội dung kèm theo đã bị sửa",
                    "its details were altered",
                );
            }
        }
        _ => {
            let erased = tx.query_opt(
                "SELECT 1 FROM ledger_entry WHERE subject_kind = $1 AND subject_id = $2 AND kind = $3",
                &[&DETAILS.name, &entry.id, &DETAILS_ERASED.name],
            )?;
            if erased.is_none() {
                report.find(
                    FindingKind::DetailsMissing,
                    place(),
                    "nội dung kèm theo bị mất mà không có mục tiêu hủy",
                    "its details are gone without an entry that says so",
                );
            }
        }
    }
    // The tree is built from what was recorded, so that one altered entry is named once and not as a broken tree too.
    Ok(Hash::try_from(stored.as_slice()).unwrap_or(leaf))
}

fn check_tile(tx: &Tx<'_>, report: &mut Report, level: u32, number: u64, right: &[u8]) -> Result<()> {
    let stored = tile(tx, level, number)?.unwrap_or_default();
    if stored == right {
        return Ok(());
    }
    let mut place = format!("tile {level}/{number}");
    let differs = stored.chunks(32).zip(right.chunks(32)).position(|(stored, right)| stored != right);
    if let (0, Some(position)) = (level, differs) {
        place = format!("{place} (entry {})", number * TILE_WIDTH + position as u64 + 1);
    }
    report.find(
        FindingKind::TileAltered,
        place,
        "ô băm không khớp các mục, hoặc bị mất",
        "the tile does not fit the entries, or is missing",
    );
    Ok(())
}

/// Entries that are not numbered yet.
fn check_waiting(tx: &Tx<'_>, report: &mut Report) -> Result<()> {
    let mut last = String::new();
    loop {
        let rows = page(tx, "seq IS NULL AND id > $1 ORDER BY id LIMIT $2", &[&last, &PAGE])?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            let entry = Entry::from_row(row)?;
            check_entry(tx, report, &entry, row)?;
            last = entry.id.to_string();
        }
    }
}

fn check_predecessors(tx: &Tx<'_>, report: &mut Report) -> Result<()> {
    let rows = tx.query(
        "SELECT id, subject_version FROM ledger_entry AS later WHERE subject_version > 1 AND NOT EXISTS (
           SELECT 1 FROM ledger_entry AS earlier WHERE earlier.subject_kind = later.subject_kind
           AND earlier.subject_id = later.subject_id AND earlier.subject_version = later.subject_version - 1)
         ORDER BY id LIMIT $1",
        &[&(LISTED as i64)],
    )?;
    for row in rows {
        let place = format!("entry {} version {}", row.get::<String>(0)?, row.get::<i64>(1)?);
        report.find(FindingKind::EntryMissing, place, "mục trước đó bị mất", "the entry before it is missing");
    }
    Ok(())
}

/// Compares every record with the digest in its last entry.
fn check_records(tx: &Tx<'_>, report: &mut Report, registry: &Registry) -> Result<()> {
    let kinds: BTreeMap<&str, &SubjectKind> =
        registry.subjects.iter().chain([&&DETAILS, &&EPOCH, &&PARKED]).map(|kind| (kind.name, *kind)).collect();
    let mut unknown: BTreeMap<String, u64> = BTreeMap::new();
    let mut last = (String::new(), String::new());
    loop {
        let rows = tx.query(
            "SELECT subject_kind, subject_id, record_digest FROM ledger_entry AS newest
             WHERE (subject_kind, subject_id) > ($1, $2) AND NOT EXISTS (
               SELECT 1 FROM ledger_entry AS later WHERE later.subject_kind = newest.subject_kind
               AND later.subject_id = newest.subject_id AND later.subject_version = newest.subject_version + 1)
             ORDER BY subject_kind, subject_id LIMIT $3",
            &[&last.0, &last.1, &PAGE],
        )?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let (kind, id): (String, String) = (row.get(0)?, row.get(1)?);
            let digest: Option<Hash> = row.get(2)?;
            match kinds.get(kind.as_str()) {
                Some(subject) => {
                    let now = (subject.load)(tx, &id)?.as_ref().map(record_digest).transpose()?;
                    report.records += 1;
                    check_record(report, format!("{kind} {id}"), digest, now);
                }
                None => *unknown.entry(kind.clone()).or_default() += 1,
            }
            last = (kind, id);
        }
    }
    for (kind, count) in unknown {
        report.notices.push(Text::new(
            format!("{count} hồ sơ loại {kind} không đối chiếu được: chương trình này không biết loại đó."),
            format!("{count} records of kind {kind} could not be compared: this program does not know the kind."),
        ));
    }
    Ok(())
}

fn check_record(report: &mut Report, place: String, digest: Option<Hash>, now: Option<Hash>) {
    match (digest, now) {
        (Some(then), Some(now)) if then == now => {}
        (None, None) => {}
        (Some(_), Some(_)) => report.find(
            FindingKind::RecordAltered,
            place,
            "bản ghi khác với lần ghi sổ cuối cùng",
            "the record is not what its last entry digested",
        ),
        (Some(_), None) => {
            report.find(FindingKind::RecordMissing, place, "bản ghi bị mất", "the record is gone");
        }
        (None, Some(_)) => report.find(
            FindingKind::RecordMissing,
            place,
            "bản ghi đã xóa lại xuất hiện",
            "the record is there, though its last entry says it is gone",
        ),
    }
}
