//! The file store: durable before it is named, shared by hash, collected only when nobody wants it.

use base::AgencyCode;
use futures_util::StreamExt as _;
use platform::Error;
use platform::blobs::{
    Blobs, Collected, ContentHash, MIGRATIONS, Owner, StagedBlob, Sweep, attach, attach_existing, detach, detach_all,
    is_held_by, object_page, quarantine, release,
};
use std::path::PathBuf;
use testkit::{TestDb, on_each_database};

const DAY: i64 = 86_400;

fn open(t: &TestDb) -> Blobs {
    Blobs::open_local(&t.db, &t.dir.path().join("blobs"), &t.clock, &t.random).unwrap()
}

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

async fn give(t: &TestDb, staged: &StagedBlob, agency: &str, id: &'static str) -> Result<(), Error> {
    let (staged, agency, now) = (staged.clone(), code(agency), t.now());
    t.db.write(move |tx| attach(tx, now, &staged, Owner { agency: &agency, kind: "test", id })).await
}

async fn take(t: &TestDb, sha256: ContentHash, agency: &str, id: &'static str) -> Result<(), Error> {
    let agency = code(agency);
    t.db.write(move |tx| detach(tx, sha256, Owner { agency: &agency, kind: "test", id })).await
}

fn files(t: &TestDb, folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![t.dir.path().join("blobs").join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}

fn large() -> Vec<u8> {
    (0..3_000_001_u32).map(|n| (n % 251) as u8).collect()
}

#[tokio::test]
async fn contents_of_every_size_come_back() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let blobs = open(&t);
        for size in [0, 1, 1000, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_001] {
            let content = &large()[..size];
            let mut writer = blobs.writer(Some(3_000_001));
            for chunk in content.chunks(70_000) {
                writer.write(chunk).await.unwrap();
            }
            let staged = writer.finish().await.unwrap();
            assert_eq!((staged.sha256, staged.size), (ContentHash::of(content), size as u64));
            assert!(matches!(blobs.open(staged.sha256).await, Err(Error::NotFound(_))), "not named yet");
            give(&t, &staged, "H57", "a").await.unwrap();
            assert_eq!(blobs.read(staged.sha256, 1 << 30).await.unwrap(), content, "{size}");
            let parts: Vec<_> = blobs.open(staged.sha256).await.unwrap().into_stream().collect().await;
            let streamed: Vec<u8> = parts.into_iter().flat_map(|part| part.unwrap().to_vec()).collect();
            assert_eq!(streamed, content);
        }
        assert_eq!(blobs.counts().await.unwrap().objects, 7);
        let page = t.db.read(|tx| object_page(tx, None, 3)).await.unwrap();
        let after = page[2].0;
        let rest = t.db.read(move |tx| object_page(tx, Some(after), 10)).await.unwrap();
        assert_eq!((page.len(), rest.len()), (3, 4));
        // And after a restart.
        assert_eq!(open(&t).read(ContentHash::of(b"\0"), 10).await.unwrap(), b"\0");
    })
    .await;
}

#[tokio::test]
async fn a_content_beyond_the_limit_is_refused_and_leaves_nothing() {
    let t = TestDb::sqlite(MIGRATIONS).await;
    let blobs = open(&t);
    let mut writer = blobs.writer(Some(2_500_000));
    let refused = writer.write(&large()).await.unwrap_err();
    assert!(refused.is_refusal("platform.blob.too-large"));
    // A client that goes away in the middle of a large file.
    let mut writer = blobs.writer(None);
    writer.write(&large()).await.unwrap();
    assert_eq!(files(&t, "objects").len(), 1);
    drop(writer);
    assert_eq!(files(&t, "objects").len(), 0);
}

#[tokio::test]
async fn the_same_content_of_two_agencies_is_one_object_with_two_references() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let blobs = open(&t);
        let first = blobs.put(b"the same").await.unwrap();
        let second = blobs.put(b"the same").await.unwrap();
        give(&t, &first, "H57.01", "a").await.unwrap();
        give(&t, &first, "H57.01", "a").await.unwrap();
        give(&t, &second, "H57.09", "b").await.unwrap();
        let counts = blobs.counts().await.unwrap();
        assert_eq!((counts.objects, counts.references, counts.bytes), (1, 2, 8));
        let hash = first.sha256;
        take(&t, hash, "H57.01", "a").await.unwrap();
        assert!(matches!(take(&t, hash, "H57.01", "a").await, Err(Error::NotFound(_))));
        let held = |agency: &str| {
            let agency = code(agency);
            t.db.read(move |tx| is_held_by(tx, hash, &agency))
        };
        assert!(!held("H57.01").await.unwrap());
        assert!(held("H57.09").await.unwrap());
        for _ in 0..3 {
            t.clock.advance_seconds(3 * DAY);
            blobs.collect(Sweep::default()).await.unwrap();
        }
        assert_eq!(
            blobs.read(hash, 100).await.unwrap(),
            b"the same",
            "one agency's destruction leaves the other's copy"
        );
    })
    .await;
}

#[tokio::test]
async fn garbage_goes_in_two_phases_and_not_when_wanted_again() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let blobs = open(&t);
        let wanted = blobs.put(&large()).await.unwrap();
        let unwanted = blobs.put(&large()[1..]).await.unwrap();
        for staged in [&wanted, &unwanted] {
            give(&t, staged, "H57", "a").await.unwrap();
        }
        let agency = code("H57");
        let gone =
            t.db.write(move |tx| detach_all(tx, Owner { agency: &agency, kind: "test", id: "a" })).await.unwrap();
        assert_eq!(gone, 2);
        let done = blobs.collect(Sweep::default()).await.unwrap();
        assert_eq!(done, Collected { condemned: 2, ..Collected::default() });
        t.clock.advance_seconds(DAY + 1);
        // Wanted again in the last moment.
        let (sha256, agency, now) = (wanted.sha256, code("G09"), t.now());
        let (kind, id) = ("test", "b");
        let holder = agency.clone();
        t.db.write(move |tx| attach_existing(tx, now, sha256, Owner { agency: &holder, kind, id })).await.unwrap();
        let done = blobs.collect(Sweep::default()).await.unwrap();
        assert_eq!(done, Collected { removed: 1, ..Collected::default() });
        assert_eq!(files(&t, "objects").len(), 1);
        assert!(blobs.read(wanted.sha256, 1 << 30).await.is_ok());
        assert!(matches!(blobs.open(unwanted.sha256).await, Err(Error::NotFound(_))));
        let missing = unwanted.sha256;
        let lost = t.db.write(move |tx| attach_existing(tx, now, missing, Owner { agency: &agency, kind, id })).await;
        assert!(matches!(lost, Err(Error::NotFound(_))));
    })
    .await;
}

#[tokio::test]
async fn what_was_staged_and_never_named_is_collected_after_the_grace_period() {
    on_each_database(&[MIGRATIONS], |t| async move {
        // As a crash between writing and committing leaves it: files, no rows.
        let blobs = open(&t);
        let big = blobs.put(&large()).await.unwrap();
        blobs.put(b"small").await.unwrap();
        drop(blobs);
        let blobs = open(&t);
        assert_eq!(blobs.collect(Sweep::default()).await.unwrap(), Collected::default(), "too soon");
        assert_eq!((files(&t, "objects").len(), files(&t, "packs").len()), (1, 1));
        t.clock.advance_seconds(DAY + 1);
        let done = blobs.collect(Sweep::default()).await.unwrap();
        assert_eq!(done, Collected { leftovers: 1, packs: 1, ..Collected::default() });
        assert_eq!((files(&t, "objects").len(), files(&t, "packs").len()), (0, 0));
        // Whoever comes now with the old stage is told to send it again; nothing is half-stored.
        assert!(matches!(give(&t, &big, "H57", "a").await, Err(Error::Unavailable(_))));
        assert_eq!(blobs.counts().await.unwrap().objects, 0);
    })
    .await;
}

#[tokio::test]
async fn a_pack_with_destroyed_contents_is_rewritten() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let blobs = open(&t);
        let kept = blobs.put(b"to be kept for ever").await.unwrap();
        let secret = blobs.put(b"to be destroyed").await.unwrap();
        give(&t, &kept, "H57", "a").await.unwrap();
        give(&t, &secret, "H57", "b").await.unwrap();
        drop(blobs);
        let blobs = open(&t); // the pack is closed now
        take(&t, secret.sha256, "H57", "b").await.unwrap();
        let thorough = Sweep { rewrite_from_percent: 1, ..Sweep::default() };
        blobs.collect(thorough).await.unwrap();
        t.clock.advance_seconds(2 * DAY);
        let done = blobs.collect(thorough).await.unwrap();
        assert_eq!((done.removed, done.packs), (1, 1));
        assert_eq!(blobs.read(kept.sha256, 100).await.unwrap(), b"to be kept for ever");
        for pack in files(&t, "packs") {
            let bytes = std::fs::read(pack).unwrap();
            assert!(!bytes.windows(15).any(|w| w == b"to be destroyed"), "the bytes are gone from the disk");
        }
    })
    .await;
}

#[tokio::test]
async fn damage_is_found_on_reading() {
    let t = TestDb::sqlite(MIGRATIONS).await;
    let blobs = open(&t);
    let staged = blobs.put(&large()).await.unwrap();
    give(&t, &staged, "H57", "a").await.unwrap();
    let path = files(&t, "objects").remove(0);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[2_000_000] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let read = blobs.read(staged.sha256, 1 << 30).await;
    assert!(matches!(&read, Err(Error::Fault(text)) if text.contains("damaged")), "{read:?}");
    // A download must not come out at its full length: its reader would take it for whole.
    let parts: Vec<_> = blobs.open(staged.sha256).await.unwrap().into_stream().collect().await;
    let handed: usize = parts.iter().flatten().map(|part| part.len()).sum();
    assert!(handed < bytes.len() && parts.last().is_some_and(Result::is_err), "{handed} of {} bytes", bytes.len());
    bytes.truncate(100);
    std::fs::write(&path, &bytes).unwrap();
    assert!(matches!(blobs.read(staged.sha256, 1 << 30).await, Err(Error::Fault(_))));
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(blobs.read(staged.sha256, 1 << 30).await, Err(Error::Fault(_))));
}

#[tokio::test]
async fn a_quarantined_content_opens_for_scanners_only() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let blobs = open(&t);
        let staged = blobs.put(b"bad").await.unwrap();
        give(&t, &staged, "H57", "a").await.unwrap();
        let hash = staged.sha256;
        t.db.write(move |tx| quarantine(tx, hash, "virus")).await.unwrap();
        let refused = blobs.open(hash).await.err().unwrap();
        assert!(refused.is_refusal("platform.blob.quarantined"));
        assert_eq!(blobs.open_quarantined(hash).await.unwrap().read_to_end(10).await.unwrap(), b"bad");
        assert_eq!(blobs.counts().await.unwrap().quarantined, 1);
        t.db.write(move |tx| release(tx, hash)).await.unwrap();
        assert!(blobs.open(hash).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_backup_keeps_the_collector_waiting() {
    let t = TestDb::sqlite(MIGRATIONS).await;
    let blobs = open(&t);
    let hold = blobs.hold_collector().await;
    let waiting = tokio::spawn({
        let blobs = blobs.clone();
        async move { blobs.collect(Sweep::default()).await }
    });
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
    assert!(!waiting.is_finished());
    drop(hold);
    waiting.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let blobs = open(&t);
        let tasks: Vec<_> = (0..64_u32)
            .map(|n| {
                let (blobs, db, now) = (blobs.clone(), t.db.clone(), t.now());
                tokio::spawn(async move {
                    let content = format!("content {}", n % 16).into_bytes();
                    let staged = blobs.put(&content).await.unwrap();
                    let agency = code("H57");
                    let id = n.to_string();
                    let hash = staged.sha256;
                    db.write(move |tx| attach(tx, now, &staged, Owner { agency: &agency, kind: "test", id: &id }))
                        .await
                        .unwrap();
                    assert_eq!(blobs.read(hash, 100).await.unwrap(), content);
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let counts = blobs.counts().await.unwrap();
        assert_eq!((counts.objects, counts.references), (16, 64));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_collector_at_work_never_takes_what_is_being_attached() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let blobs = open(&t);
        for round in 0..20_u32 {
            let content = format!("round {round}").into_bytes();
            let staged = blobs.put(&content).await.unwrap();
            let hash = staged.sha256;
            give(&t, &staged, "H57", "a").await.unwrap();
            take(&t, hash, "H57", "a").await.unwrap();
            blobs.collect(Sweep::default()).await.unwrap();
            t.clock.advance_seconds(2 * DAY);
            // Condemned and past its grace period: removed and attached at the same moment.
            let again = blobs.put(&content).await.unwrap();
            let (removed, given) = tokio::join!(blobs.collect(Sweep::default()), give(&t, &again, "G09", "b"));
            removed.unwrap();
            given.unwrap();
            assert_eq!(blobs.read(hash, 100).await.unwrap(), content, "round {round}");
            take(&t, hash, "G09", "b").await.unwrap();
        }
    })
    .await;
}
