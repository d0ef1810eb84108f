//! A whole platform backed up while it serves, and restored on either engine: database, files, keys, search, ledger.

use crate::ledger::paper;
use base::{AgencyCode, Random};
use platform::blobs::{Owner, attach};
use platform::ledger::{self, Checkpoint, EntryKind, Registry, SubjectKind};
use platform::{Component, Config, Error, Platform, Storage, backup};
use testkit::{TestDb, TestPlatform};

static SUBJECTS: &[&SubjectKind] = &[&paper::PAPER];
static KINDS: &[&EntryKind] = &[&paper::MOVED, &paper::CLOSED];

fn components() -> Vec<Component> {
    vec![Component {
        name: "paper",
        migrations: paper::TABLES,
        subjects: SUBJECTS,
        entry_kinds: KINDS,
        ..Component::default()
    }]
}

async fn work(platform: &Platform, names: std::ops::Range<u32>) {
    for n in names {
        let (id, now, name) = (platform.new_id(), platform.now(), format!("p{n}"));
        platform.db().write(move |tx| paper::step(tx, id, &name, 1, &paper::MOVED, "moved", now)).await.unwrap();
    }
}

async fn back_up_and_restore(t: TestPlatform, target: Option<TestDb>) {
    let p = &t.platform;
    work(p, 0..20).await;
    let staged = p.blobs().put(b"a file that must come back").await.unwrap();
    let (hash, now) = (staged.sha256, t.now());
    p.db()
        .write(move |tx| {
            let agency = AgencyCode::parse("H57").unwrap();
            attach(tx, now, &staged, Owner { agency: &agency, kind: "test", id: "1" })
        })
        .await
        .unwrap();
    let folder = t.dir.path().join("backup");
    let manifest = backup::backup(p, &folder, |_, _| {}).await.unwrap();
    assert!(matches!(backup::backup(p, &folder, |_, _| {}).await, Err(Error::Conflict(_))));
    // What came after the backup is lost by the restore; a peer holds a checkpoint of it.
    work(p, 20..25).await;
    let later = Checkpoint::parse(&p.checkpoint().await.unwrap().unwrap().note).unwrap();
    let before = Checkpoint::parse(manifest.checkpoint.as_ref().unwrap()).unwrap();
    assert_eq!((before.size, later.size), (20, 25));
    p.shutdown().await;

    let mut config = Config::in_folder(t.dir.path().join("restored"));
    config.master_key_file = Some(p.config().master_key_path().unwrap());
    config.database = target.as_ref().and_then(|target| target.url.clone());
    let random = Random::seeded(99);
    let again =
        |config: Config| backup::restore(config, components, t.clock.clone(), random.clone(), &folder, |_, _| {});
    let mut keyless = config.clone();
    keyless.master_key_file = Some(t.dir.path().join("no-such-key"));
    assert!(matches!(again(keyless).await, Err(Error::Unavailable(text)) if text.contains("master key")));
    again(config.clone()).await.unwrap();
    assert!(again(config.clone()).await.is_err(), "a restore never writes over anything");

    let restored = Platform::open(config, components(), t.clock.clone(), random.clone()).await.unwrap();
    assert_eq!(restored.blobs().read(hash, 100).await.unwrap(), b"a file that must come back");
    let signed = restored.checkpoint().await.unwrap().unwrap();
    assert_eq!((signed.epoch, signed.size), (2, 21));
    platform::signing::verify_note(&signed.note, &p.signing().note_key()).expect("the same key signs on");
    let registry = Registry::of(restored.components());
    let report = restored.db().read(move |tx| ledger::verify(tx, &registry, &[before.clone(), later.clone()])).await;
    let report = report.unwrap();
    assert!(report.is_clean() && report.outside == 1, "{:?}", report.findings);
    assert_eq!(report.notices.len(), 1, "what was lost is said: {:?}", report.notices);
    work(&restored, 20..22).await;
    restored.shutdown().await;
}

#[tokio::test]
async fn from_the_embedded_engine_to_itself() {
    back_up_and_restore(TestPlatform::sqlite(components()).await, None).await;
}

#[tokio::test]
async fn from_the_embedded_engine_to_postgres_and_back() {
    let Some(target) = TestDb::postgres(&[]).await else { return };
    back_up_and_restore(TestPlatform::sqlite(components()).await, Some(target)).await;
    let Some(t) = TestPlatform::postgres(components()).await else { return };
    back_up_and_restore(t, None).await;
}

/// A damaged database is never mended in place: the program names the file and says how a backup is restored.
#[tokio::test]
async fn a_damaged_database_is_named_with_the_way_out() {
    let t = TestPlatform::sqlite(components()).await;
    t.platform.shutdown().await;
    let file = t.platform.config().data_dir.join("lienthong.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[..100].fill(0);
    std::fs::write(&file, &bytes).unwrap();
    let again =
        Platform::open(t.platform.config().clone(), components(), t.clock.clone(), Random::seeded(7)).await.err();
    let Some(Error::Storage(why, Storage::Damaged)) = again else { panic!("{again:?}") };
    assert!(why.contains(&file.display().to_string()), "{why}");
    assert_eq!(std::fs::read(&file).unwrap(), bytes, "nothing was written over it");
}
