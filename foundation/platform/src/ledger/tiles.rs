//! The tree's hashes in tiles (C2SP tlog-tiles, height 8), stored, read for proofs, and named as files.

use super::entry::{COLUMNS, Entry, Hash};
use super::merkle::{self, Nodes, node_hash};
use crate::db::Tx;
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// Hashes in a full tile.
pub const TILE_WIDTH: u64 = 256;
/// Levels of the tree that one tile spans.
const TILE_HEIGHT: u32 = 8;

/// One tile by (level, number): its hashes, 32 bytes each; partial when it stands at the right edge.
pub fn tile(tx: &Tx<'_>, level: u32, number: u64) -> Result<Option<Vec<u8>>> {
    let row = tx.query_opt(
        "SELECT hashes FROM ledger_tile WHERE level = $1 AND tile = $2",
        &[&level, &i64::try_from(number).unwrap_or(i64::MAX)],
    )?;
    row.map(|row| row.get(0)).transpose()
}

/// The path of a tile or entry bundle number: groups of three digits, all but the last with an `x` (C2SP tlog-tiles).
pub fn number_path(number: u64) -> String {
    let mut groups = vec![format!("{:03}", number % 1000)];
    let mut rest = number / 1000;
    while rest > 0 {
        groups.push(format!("x{:03}", rest % 1000));
        rest /= 1000;
    }
    groups.reverse();
    groups.join("/")
}

/// Reads a tile or bundle number back from its path, with the width of a partial one (`000.p/5` → (0, 5)).
pub fn parse_number_path(path: &str) -> Option<(u64, u64)> {
    let (path, width) = match path.split_once(".p/") {
        Some((path, width)) => (path, width.parse().ok().filter(|w| (1..TILE_WIDTH).contains(w))?),
        None => (path, TILE_WIDTH),
    };
    let groups: Vec<&str> = path.split('/').collect();
    let mut number: u64 = 0;
    for (place, group) in groups.iter().enumerate() {
        let digits = if place + 1 < groups.len() { group.strip_prefix('x')? } else { group };
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        number = number.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    (number_path(number) == path).then_some((number, width))
}

/// The bytes served for a tile at `level`, `number`, cut to `width` hashes; `None` when the tree is not that wide.
///
/// A partial tile may have grown since its path was made: the first `width` hashes never change.
pub fn tile_bytes(tx: &Tx<'_>, level: u32, number: u64, width: u64) -> Result<Option<Vec<u8>>> {
    let wanted = usize::try_from(width.min(TILE_WIDTH)).unwrap_or(256) * 32;
    Ok(tile(tx, level, number)?.and_then(|hashes| hashes.get(..wanted).map(<[u8]>::to_vec)))
}

/// An entry bundle: the leaves of one level-0 tile, each with its length in two big-endian bytes before it.
///
/// Only for those with the right to read entries. `None` when the tree is not that wide.
pub fn entry_bundle(tx: &Tx<'_>, number: u64, width: u64) -> Result<Option<Vec<u8>>> {
    let first = i64::try_from(number.saturating_mul(TILE_WIDTH)).unwrap_or(i64::MAX - 1000);
    let width = i64::try_from(width.min(TILE_WIDTH)).unwrap_or(256);
    let sql = format!("SELECT {COLUMNS} FROM ledger_entry WHERE seq > $1 AND seq <= $2 ORDER BY seq");
    let rows = tx.query(&sql, &[&first, &(first + width)])?;
    if rows.len() as i64 != width {
        return Ok(None);
    }
    let mut bundle = Vec::new();
    for row in &rows {
        let leaf = Entry::from_row(row)?.leaf()?;
        let length = u16::try_from(leaf.len()).map_err(|_| Error::Fault("a leaf of more than 65535 bytes".into()))?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(&leaf);
    }
    Ok(Some(bundle))
}

/// Hashes that became complete, gathered by tile, to be written once.
#[derive(Default)]
pub(super) struct NewHashes {
    tiles: BTreeMap<(u32, u64), (u64, Vec<u8>)>,
}

impl NewHashes {
    /// Takes the hash of a perfect subtree of 2^`level` leaves that ends at leaf `last`.
    pub(super) fn add(&mut self, level: u32, last: u64, hash: &Hash) {
        if !level.is_multiple_of(TILE_HEIGHT) {
            return;
        }
        let index = last >> level;
        let (_, bytes) = self
            .tiles
            .entry((level / TILE_HEIGHT, index / TILE_WIDTH))
            .or_insert_with(|| (index % TILE_WIDTH, Vec::new()));
        bytes.extend_from_slice(hash);
    }

    /// Writes them behind what the tiles hold already.
    pub(super) fn store(self, tx: &Tx<'_>) -> Result<()> {
        for ((level, number), (offset, bytes)) in self.tiles {
            let mut hashes = if offset == 0 { Vec::new() } else { tile(tx, level, number)?.unwrap_or_default() };
            if hashes.len() as u64 != offset * 32 {
                return Err(Error::Fault(format!("tile {level}/{number} does not fit the size of the tree")));
            }
            hashes.extend_from_slice(&bytes);
            tx.execute(
                "INSERT INTO ledger_tile (level, tile, hashes) VALUES ($1, $2, $3)
                 ON CONFLICT (level, tile) DO UPDATE SET hashes = excluded.hashes",
                &[&level, &i64::try_from(number).unwrap_or(i64::MAX), &hashes],
            )?;
        }
        Ok(())
    }
}

/// Reads the hashes of perfect subtrees from the tiles, each tile once.
pub(super) struct Tiles<'t, 'tx> {
    tx: &'t Tx<'tx>,
    read: BTreeMap<(u32, u64), Vec<u8>>,
}

impl<'t, 'tx> Tiles<'t, 'tx> {
    pub(super) fn new(tx: &'t Tx<'tx>) -> Self {
        Self { tx, read: BTreeMap::new() }
    }
}

impl Nodes for Tiles<'_, '_> {
    type Error = Error;

    fn node(&mut self, level: u32, index: u64) -> Result<Hash> {
        let (tile_level, inside) = (level / TILE_HEIGHT, level % TILE_HEIGHT);
        let first = index << inside;
        let key = (tile_level, first / TILE_WIDTH);
        if let std::collections::btree_map::Entry::Vacant(place) = self.read.entry(key) {
            place.insert(tile(self.tx, key.0, key.1)?.unwrap_or_default());
        }
        let begin = usize::try_from(first % TILE_WIDTH).unwrap_or(0) * 32;
        let (hashes, _) = self
            .read
            .get(&key)
            .and_then(|tile| tile.get(begin..begin + (32 << inside)))
            .ok_or_else(|| Error::Fault(format!("tile {}/{} is too short", key.0, key.1)))?
            .as_chunks::<32>();
        let mut row = hashes.to_vec();
        while row.len() > 1 {
            row = row.chunks(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        Ok(row[0])
    }
}

/// Proof that entry `seq` stands in the tree of `size` entries.
pub fn inclusion_proof(tx: &Tx<'_>, seq: i64, size: u64) -> Result<Vec<Hash>> {
    let index = u64::try_from(seq).ok().and_then(|seq| seq.checked_sub(1)).filter(|index| *index < size);
    merkle::inclusion_proof(index.ok_or(Error::NotFound("entry"))?, size, &mut Tiles::new(tx))
}

/// Proof that the tree of `old` entries is the beginning of the tree of `new` entries.
pub fn consistency_proof(tx: &Tx<'_>, old: u64, new: u64) -> Result<Vec<Hash>> {
    merkle::consistency_proof(old, new, &mut Tiles::new(tx))
}

/// The root of the tree when it had `size` entries, from the tiles.
pub fn root_at(tx: &Tx<'_>, size: u64) -> Result<Hash> {
    if size == 0 { Ok(merkle::empty_root()) } else { merkle::range_root(0, size, &mut Tiles::new(tx)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_make_paths_and_back() {
        for (number, path) in [(0, "000"), (5, "005"), (1_234_067, "x001/x234/067"), (1000, "x001/000")] {
            assert_eq!(number_path(number), path);
            assert_eq!(parse_number_path(path), Some((number, 256)));
        }
        assert_eq!(parse_number_path("x001/000.p/17"), Some((1000, 17)));
        for bad in ["", "1", "x000/001", "001/000", "0001", "000.p/0", "000.p/256", "x001", "-01"] {
            assert_eq!(parse_number_path(bad), None, "{bad}");
        }
    }
}
