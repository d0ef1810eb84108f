//! Search on both engines: without marks, within scopes, page by page.

use base::Date;
use platform::search::{COUNT_CAP, MIGRATIONS, SearchDocument, SearchPage, SearchQuery, forget, index, query, suggest};
use proptest::prelude::*;
use testkit::{TestDb, on_each_database};

fn document(id: &str, title: &str, body: &str, scopes: &[&str], sort: i64) -> SearchDocument {
    SearchDocument {
        kind: "test.doc".into(),
        id: id.into(),
        scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
        title: title.into(),
        body: body.into(),
        date: Date::constant(2026, 11, 1).checked_add(jiff::Span::new().days(sort.rem_euclid(20))).unwrap(),
        sort,
    }
}

async fn put(t: &TestDb, documents: Vec<SearchDocument>) {
    t.db.write(move |tx| documents.iter().try_for_each(|d| index(tx, d))).await.unwrap();
}

fn ask(text: &str, scopes: &[&str]) -> SearchQuery {
    SearchQuery {
        text: text.into(),
        scopes: scopes.iter().map(|s| (*s).to_owned()).collect(),
        limit: 50,
        ..SearchQuery::default()
    }
}

async fn page(t: &TestDb, q: SearchQuery) -> SearchPage {
    t.db.read(move |tx| query(tx, &q)).await.unwrap()
}

async fn ids(t: &TestDb, text: &str, scopes: &[&str]) -> Vec<String> {
    page(t, ask(text, scopes)).await.hits.into_iter().map(|hit| hit.id).collect()
}

#[tokio::test]
async fn found_without_marks_by_number_and_by_beginning() {
    on_each_database(&[MIGRATIONS], |t| async move {
        put(
            &t,
            vec![
                document("a", "12/QĐ-UBND Quyết định thành lập Đội Đà Nẵng", "nội dung về ước vọng", &["x"], 1),
                document("b", "Kế hoạch phòng chống bão", "số liệu năm 2026", &["x"], 2),
            ],
        )
        .await;
        for text in [
            "quyet dinh",
            "QUYẾT ĐỊNH",
            "12",
            "qd",
            "ubnd 12",
            "12/QĐ-UBND",
            "12qdubnd",
            "da nang",
            "đà nẵng",
            "uoc",
            "thanh la",
        ] {
            assert_eq!(ids(&t, text, &["x"]).await, ["a"], "{text}");
        }
        assert_eq!(ids(&t, "2026 bao", &["x"]).await, ["b"]);
        assert!(ids(&t, "quyet bao", &["x"]).await.is_empty(), "every word must be found");
        assert!(ids(&t, "uyet", &["x"]).await.is_empty());
        for nothing in ["", "   ", "/-.", "\"", "' OR 1=1 --", "NEAR(", "*", "a:b*c)"] {
            assert!(ids(&t, nothing, &["x"]).await.is_empty(), "{nothing}");
        }
    })
    .await;
}

#[tokio::test]
async fn only_within_the_readers_scopes() {
    on_each_database(&[MIGRATIONS], |t| async move {
        put(
            &t,
            vec![
                document("a", "kế hoạch một", "", &["agency:H57.01", "person:1"], 1),
                document("b", "kế hoạch hai", "agency:H57.01", &["agency:H57.09"], 2),
                document("c", "kế hoạch ba", "", &[], 3),
            ],
        )
        .await;
        assert_eq!(ids(&t, "ke hoach", &["agency:H57.01"]).await, ["a"]);
        assert_eq!(ids(&t, "ke hoach", &["person:1", "agency:H57.09"]).await, ["b", "a"]);
        assert!(ids(&t, "ke hoach", &[]).await.is_empty(), "no scope, nothing");
        assert!(ids(&t, "ke hoach", &["agency:H57"]).await.is_empty());
        // Scopes change with the record; what is forgotten is gone.
        put(&t, vec![document("a", "kế hoạch một", "", &["agency:G09"], 1)]).await;
        assert!(ids(&t, "ke hoach", &["agency:H57.01"]).await.is_empty());
        assert_eq!(ids(&t, "ke hoach", &["agency:G09"]).await, ["a"]);
        t.db.write(|tx| forget(tx, "test.doc", "a")).await.unwrap();
        t.db.write(|tx| forget(tx, "test.doc", "a")).await.unwrap();
        assert!(ids(&t, "ke hoach", &["agency:G09"]).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_marks_as_typed_come_first_and_pages_join_without_gap() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let mut all = Vec::new();
        for n in 0..25 {
            // Ties in the order are told apart, each engine in its own way; milliseconds apart, as documents are.
            all.push(document(&format!("m{n:02}"), "Bảo hiểm y tế", "", &["x"], n / 2 * 1000));
            all.push(document(&format!("n{n:02}"), "Bão số 9 hiểm họa", "", &["x"], n / 2 * 1000));
        }
        put(&t, all).await;
        let whole = page(&t, ask("bảo hiểm", &["x"])).await;
        assert_eq!((whole.hits.len(), whole.count, whole.count_capped), (50, 50, false));
        assert!(whole.next.is_none());
        assert!(whole.hits[..25].iter().all(|hit| hit.exact && hit.id.starts_with('m')));
        assert!(whole.hits[25..].iter().all(|hit| !hit.exact && hit.id.starts_with('n')));
        for size in [1, 7, 25, 26] {
            let mut joined = Vec::new();
            let mut after = None;
            loop {
                let part = page(&t, SearchQuery { limit: size, after: after.clone(), ..ask("bảo hiểm", &["x"]) }).await;
                assert!(part.hits.len() <= size as usize);
                joined.extend(part.hits);
                after = part.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(joined, whole.hits, "pages of {size}");
        }
        let plain = page(&t, SearchQuery { limit: 4, ..ask("bao hiem", &["x"]) }).await;
        assert_eq!(plain.hits.iter().map(|h| h.id.as_str()).take(3).collect::<Vec<_>>(), ["n24", "m24", "n23"]);
        assert_eq!(plain.hits.iter().map(|h| h.sort).collect::<Vec<_>>(), [12_000, 12_000, 11_000, 11_000]);
        // What changes moves to its new place, and is found once.
        put(&t, vec![document("m00", "Bảo hiểm y tế", "", &["x"], 99_000)]).await;
        let moved = page(&t, ask("bao hiem", &["x"])).await;
        assert_eq!((moved.hits.len(), moved.hits[0].id.as_str()), (50, "m00"));
        let text = "bảo h".to_owned();
        let offered = t.db.read(move |tx| suggest(tx, &text, &["x".into()], 3)).await.unwrap();
        assert!(offered.len() == 3 && offered.iter().all(|hit| hit.exact));
    })
    .await;
}

#[tokio::test]
async fn kinds_days_and_capped_counts() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let mut all: Vec<_> = (0..1100).map(|n| document(&n.to_string(), "báo cáo tháng", "", &["x"], n)).collect();
        all[0].kind = "test.other".into();
        put(&t, all).await;
        let found = page(&t, ask("bao cao", &["x"])).await;
        assert_eq!((found.count, found.count_capped), (COUNT_CAP, true));
        let other = SearchQuery { kinds: vec!["test.other".into(), "none".into()], ..ask("bao cao", &["x"]) };
        assert_eq!(page(&t, other).await.hits.len(), 1);
        let day = Date::constant(2026, 11, 3);
        let days = SearchQuery { from: Some(day), until: Some(day), ..ask("bao cao", &["x"]) };
        let found = page(&t, days).await;
        assert_eq!((found.count, found.hits.iter().all(|hit| hit.date == day)), (55, true));
    })
    .await;
}

#[test]
fn no_text_breaks_a_question_or_an_index() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut all = vec![runtime.block_on(TestDb::sqlite(MIGRATIONS))];
    all.extend(runtime.block_on(TestDb::postgres(MIGRATIONS)));
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(title in "\\PC{0,40}", body in "\\PC{0,80}", scope in "\\PC{1,10}")| {
        for t in &all {
            let (title, body, scope) = (title.replace('\0', ""), body.replace('\0', ""), scope.clone());
            let found = runtime.block_on(async {
                put(t, vec![document("p", &title, &body, &[&scope], 1)]).await;
                page(t, ask(&title, &[&scope])).await
            });
            // Whatever has words at all is found by its own title.
            let has_words = !base::fold::query_tokens(&title).is_empty();
            prop_assert_eq!(found.hits.len(), usize::from(has_words), "{:?}", title);
        }
    });
    drop(runtime);
}

#[tokio::test]
async fn a_restored_index_finds_what_the_old_one_found_on_either_engine() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let documents = (0..450)
            .map(|n| document(&format!("d{n}"), &format!("Quyết định số {n}/QĐ-UBND"), "Về việc thử", &["a", "b"], n))
            .collect();
        put(&t, documents).await;
        t.db.write(|tx| forget(tx, "test.doc", "d7")).await.unwrap();
        let file = t.dir.path().join("dump.gz");
        platform::db::dump(&t.db, &file).await.unwrap();
        let mut targets = vec![TestDb::sqlite(&[]).await];
        targets.extend(TestDb::postgres(&[]).await);
        for target in targets {
            platform::db::restore(&target.db, &file, MIGRATIONS).await.unwrap();
            assert_eq!(platform::search::rebuild(&target.db).await.unwrap(), 449);
            for (text, scopes) in [("quyet dinh 8", ["a"]), ("định", ["b"]), ("7/QĐ-UBND", ["a"]), ("thu", ["c"])] {
                assert_eq!(ids(&target, text, &scopes).await, ids(&t, text, &scopes).await, "{text}");
            }
            assert!(!ids(&target, "quyet dinh 8", &["a"]).await.is_empty());
        }
    })
    .await;
}
