//! Proofs, tiles and bundles as a stranger would check them, across more than one tile.

use super::paper::{MOVED, TABLES, step};
use platform::ledger::{self, merkle, tiles};
use testkit::{TestDb, on_each_database};

async fn grow(t: &TestDb, from: usize, to: usize) -> ledger::Head {
    let ids: Vec<_> = (from..to).map(|n| (n, t.new_id())).collect();
    let now = t.now();
    t.db.write(move |tx| ids.iter().try_for_each(|(n, id)| step(tx, *id, &format!("p{n}"), 1, &MOVED, "moved", now)))
        .await
        .unwrap();
    ledger::number(&t.db).await.unwrap();
    t.db.read(ledger::head).await.unwrap()
}

#[tokio::test]
async fn every_entry_is_proven_and_every_growth_is_consistent() {
    on_each_database(&[ledger::MIGRATIONS, TABLES], |t| async move {
        let sizes = [1, 2, 7, 255, 256, 257, 300, 513, 600];
        let mut heads = Vec::new();
        let mut before = 0;
        for size in sizes {
            heads.push(grow(&t, before, size).await);
            before = size;
        }
        t.db.read(move |tx| {
            let newest = heads.last().unwrap();
            for old in &heads {
                assert_eq!(tiles::root_at(tx, old.size)?, old.root);
                let proof = tiles::consistency_proof(tx, old.size, newest.size)?;
                assert!(merkle::verify_consistency(old.size, &old.root, newest.size, &newest.root, &proof));
                for seq in [1, 2, 100, 256, 257, 511, 600].into_iter().filter(|seq| *seq <= old.size as i64) {
                    let entry = ledger::entry_at(tx, seq)?.unwrap().entry;
                    let leaf = merkle::leaf_hash(&entry.leaf()?);
                    let proof = tiles::inclusion_proof(tx, seq, old.size)?;
                    assert!(
                        merkle::verify_inclusion(&leaf, seq as u64 - 1, old.size, &proof, &old.root),
                        "{seq} in {}",
                        old.size
                    );
                }
            }
            assert!(tiles::inclusion_proof(tx, 601, 600).is_err());
            assert!(tiles::inclusion_proof(tx, 0, 600).is_err());

            // A full tile, a partial one cut to an older width, and the tile above them.
            let full = tiles::tile_bytes(tx, 0, 0, 256)?.unwrap();
            let mut row: Vec<ledger::Hash> = full.as_chunks::<32>().0.to_vec();
            while row.len() > 1 {
                row = row.chunks(2).map(|pair| merkle::node_hash(&pair[0], &pair[1])).collect();
            }
            assert_eq!(tiles::tile_bytes(tx, 1, 0, 2)?.unwrap()[..32], row[0]);
            assert_eq!(tiles::tile_bytes(tx, 0, 2, 88)?.unwrap().len(), 88 * 32);
            assert_eq!(tiles::tile_bytes(tx, 0, 2, 89)?, None);
            assert_eq!(tiles::tile_bytes(tx, 1, 0, 3)?, None);

            let bundle = tiles::entry_bundle(tx, 2, 88)?.unwrap();
            let mut rest = bundle.as_slice();
            let mut leaves = Vec::new();
            while let [a, b, more @ ..] = rest {
                let (leaf, more) = more.split_at(usize::from(u16::from_be_bytes([*a, *b])));
                leaves.extend_from_slice(&merkle::leaf_hash(leaf));
                rest = more;
            }
            assert_eq!(leaves, tiles::tile_bytes(tx, 0, 2, 88)?.unwrap());
            assert_eq!(tiles::entry_bundle(tx, 2, 89)?, None);
            Ok(())
        })
        .await
        .unwrap();
    })
    .await;
}
