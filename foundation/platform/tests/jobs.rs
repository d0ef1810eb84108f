//! Background work: once, again, parked in sight, and not twice at a time.

use base::Timestamp;
use platform::jobs::{
    JobFilter, JobId, JobKind, JobOutcome, JobState, NewJob, Schedule, When, enqueue, give_up, job_count, job_get,
    job_page, progress, retry,
};
use platform::{Component, Error, Platform};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::{TestPlatform, on_each_platform};

fn kinds() -> Vec<Component> {
    vec![Component {
        name: "test",
        jobs: vec![
            JobKind::new("test.ok", |_, _| async { Ok(JobOutcome::Done) }),
            JobKind::new(
                "test.fail",
                |_, job| async move { Err(Error::Unavailable(format!("attempt {}", job.attempts))) },
            )
            .attempts(3)
            .backoff(10, 100),
            JobKind::new("test.panic", |_, _| async { panic!("a defect in a handler") }).attempts(1),
            JobKind::new("test.park", |_, _| async { Ok(JobOutcome::Park { reason: "closed agency".into() }) }),
            JobKind::new("test.later", |platform: Platform, job| async move {
                if platform.now() < job.created_at.plus_seconds(100) {
                    return Ok(JobOutcome::Again { at: job.created_at.plus_seconds(100) });
                }
                Ok(JobOutcome::Done)
            })
            .attempts(1),
            JobKind::new("test.steps", |platform: Platform, job| async move {
                let from = job.progress.map_or(0, |(done, _)| done);
                for step in from..10 {
                    if step == 6 && job.attempts == 1 {
                        return Err(Error::Fault("the machine stumbles".into()));
                    }
                    progress(&platform, &job, step + 1, 10).await?;
                }
                Ok(JobOutcome::Done)
            }),
        ],
        schedules: vec![Schedule { name: "test.daily", kind: "test.ok", when: When::Daily(&[(9, 0), (17, 30)]) }],
        ..Component::default()
    }]
}

async fn add(t: &TestPlatform, kind: &'static str, key: Option<&str>) -> (JobId, bool) {
    let id = t.platform.new_id();
    let job = NewJob {
        id,
        kind,
        key: key.map(str::to_owned),
        subject: Some("record".into()),
        payload: json!({"n": 1}),
        run_at: t.now(),
    };
    let now = t.now();
    let added = t.platform.db().write(move |tx| enqueue(tx, now, &job)).await.unwrap();
    (id, added)
}

async fn get(t: &TestPlatform, id: JobId) -> platform::jobs::Job {
    t.platform.db().read(move |tx| job_get(tx, id)).await.unwrap()
}

#[tokio::test]
async fn a_job_is_done_once_and_a_key_is_open_once() {
    on_each_platform(kinds, |t| async move {
        let (id, added) = add(&t, "test.ok", Some("k")).await;
        assert!(added);
        assert!(!add(&t, "test.ok", Some("k")).await.1, "the key is open");
        assert!(add(&t, "test.later", Some("k")).await.1, "another kind's key");
        t.settle().await;
        let job = get(&t, id).await;
        assert_eq!((job.state, job.attempts, job.payload), (JobState::Done, 1, json!({"n": 1})));
        assert!(add(&t, "test.ok", Some("k")).await.1, "the key is free again");
    })
    .await;
}

#[tokio::test]
async fn a_failing_job_waits_longer_each_time_and_is_parked_in_sight() {
    on_each_platform(kinds, |t| async move {
        let (id, _) = add(&t, "test.fail", None).await;
        t.settle().await;
        let job = get(&t, id).await;
        assert_eq!((job.state, job.attempts), (JobState::Open, 1));
        let wait = job.run_at.since(t.now());
        assert!((5_000_000..=10_000_000).contains(&wait), "{wait}");
        t.clock.set(job.run_at);
        t.settle().await;
        let job = get(&t, id).await;
        let wait = job.run_at.since(t.now());
        assert!((10_000_000..=20_000_000).contains(&wait), "{wait}");
        t.clock.set(job.run_at);
        t.settle().await;
        let job = get(&t, id).await;
        assert_eq!((job.state, job.attempts), (JobState::Parked, 3));
        assert_eq!(job.last_error.as_deref(), Some("unavailable: attempt 3"));
        let filter = JobFilter { state: Some(JobState::Parked), limit: 10, ..JobFilter::default() };
        let parked = t.platform.db().read(move |tx| job_page(tx, &filter)).await.unwrap();
        assert_eq!(parked.iter().map(|j| j.id).collect::<Vec<_>>(), [id]);

        // A person lets it try again: attempts count from nought.
        let now = t.now();
        t.platform.db().write(move |tx| retry(tx, now, id)).await.unwrap();
        t.settle().await;
        assert_eq!(get(&t, id).await.attempts, 1);
        // Or gives it up with a reason; after that nothing happens to it.
        t.platform.db().write(move |tx| give_up(tx, now, id, "recipient dissolved")).await.unwrap();
        let again = t.platform.db().write(move |tx| give_up(tx, now, id, "x")).await;
        assert!(matches!(again, Err(Error::Conflict(_))));
        assert!(matches!(t.platform.db().write(move |tx| retry(tx, now, id)).await, Err(Error::Conflict(_))));
        t.clock.advance_seconds(86_400);
        t.settle().await;
        let job = get(&t, id).await;
        assert_eq!((job.state, job.last_error.as_deref()), (JobState::Returned, Some("recipient dissolved")));
    })
    .await;
}

#[tokio::test]
async fn panics_parking_and_waiting() {
    on_each_platform(kinds, |t| async move {
        let (panics, _) = add(&t, "test.panic", None).await;
        let (parks, _) = add(&t, "test.park", None).await;
        let (later, _) = add(&t, "test.later", None).await;
        t.settle().await;
        assert_eq!(get(&t, panics).await.state, JobState::Parked);
        let parked = get(&t, parks).await;
        assert_eq!((parked.state, parked.last_error.as_deref()), (JobState::Parked, Some("closed agency")));
        let waiting = get(&t, later).await;
        assert_eq!((waiting.state, waiting.attempts), (JobState::Open, 0), "waiting is not a failure");
        t.clock.set(waiting.run_at);
        t.settle().await;
        assert_eq!(get(&t, later).await.state, JobState::Done);
        assert_eq!(t.platform.db().read(|tx| job_count(tx, JobState::Parked)).await.unwrap(), 2);
        let counted =
            t.platform.metrics().value("lienthong_jobs_total", &[("kind", "test.park"), ("outcome", "parked")]);
        assert_eq!(counted, Some(1.0));
    })
    .await;
}

#[tokio::test]
async fn progress_survives_a_failed_attempt() {
    on_each_platform(kinds, |t| async move {
        let (id, _) = add(&t, "test.steps", None).await;
        t.settle().await;
        assert_eq!(get(&t, id).await.progress, Some((6, 10)));
        t.clock.advance_seconds(10);
        t.settle().await;
        let job = get(&t, id).await;
        assert_eq!((job.state, job.progress), (JobState::Done, Some((10, 10))));
    })
    .await;
}

#[tokio::test]
async fn schedules_run_at_vietnamese_times_and_make_up_once_for_missed_ones() {
    on_each_platform(kinds, |t| async move {
        let done = async || {
            let filter = JobFilter { kind: Some("test.ok".into()), limit: 100, ..JobFilter::default() };
            t.platform.db().read(move |tx| job_page(tx, &filter)).await.unwrap().len()
        };
        t.settle().await; // 08:00
        assert_eq!(done().await, 0);
        t.clock.set(Timestamp::parse("2026-11-23T09:00:00+07:00").unwrap());
        t.settle().await;
        t.settle().await;
        assert_eq!(done().await, 1);
        t.clock.set(Timestamp::parse("2026-11-27T08:00:00+07:00").unwrap());
        t.settle().await;
        assert_eq!(done().await, 2, "seven times were missed; one run makes up for them");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_do_each_job_exactly_once_while_their_leases_hold() {
    let runs: Arc<std::sync::Mutex<BTreeMap<String, u32>>> = Arc::default();
    for engine in ["sqlite", "postgres"] {
        let seen = Arc::clone(&runs);
        let most_at_once = Arc::new(AtomicU64::new(0));
        let at_once = Arc::new(AtomicU64::new(0));
        let (most, now_running) = (Arc::clone(&most_at_once), Arc::clone(&at_once));
        let kind = JobKind::new("test.count", move |_, job| {
            let (seen, most, running) = (Arc::clone(&seen), Arc::clone(&most), Arc::clone(&now_running));
            async move {
                let n = running.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(n, Ordering::SeqCst);
                tokio::time::sleep(std::time::Duration::from_millis(3)).await;
                running.fetch_sub(1, Ordering::SeqCst);
                *seen.lock().unwrap().entry(job.id.to_string()).or_insert(0) += 1;
                Ok(JobOutcome::Done)
            }
        });
        let components = vec![Component { name: "test", jobs: vec![kind], ..Component::default() }];
        let t = match engine {
            "sqlite" => TestPlatform::sqlite(components).await,
            _ => match TestPlatform::postgres(components).await {
                Some(t) => t,
                None => continue,
            },
        };
        t.platform.start_background();
        for _ in 0..60 {
            add(&t, "test.count", None).await;
        }
        for _ in 0..500 {
            if t.platform.db().read(|tx| job_count(tx, JobState::Done)).await.unwrap() == 60 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        t.platform.shutdown().await;
        let counted = std::mem::take(&mut *runs.lock().unwrap());
        assert_eq!((counted.len(), counted.values().all(|n| *n == 1)), (60, true), "{engine}");
        assert!((2..=4).contains(&most_at_once.load(Ordering::SeqCst)), "{most_at_once:?}");
        tokio::task::spawn_blocking(move || drop(t)).await.unwrap();
    }
}

#[tokio::test]
async fn a_folder_belongs_to_one_process_and_opens_again_after_shutdown() {
    let t = TestPlatform::sqlite(kinds()).await;
    let open = |config: platform::Config| Platform::open(config, kinds(), t.clock.clone(), t.platform.random().clone());
    let second = open(t.platform.config().clone()).await;
    assert!(matches!(&second, Err(Error::Conflict(text)) if text.contains("another process")));
    let (id, _) = add(&t, "test.ok", None).await;
    let server = t.platform.signing().server().kid().to_owned();
    t.platform.shutdown().await;
    let again = open(t.platform.config().clone()).await.unwrap();
    assert_eq!(again.signing().server().kid(), server);
    again.settle().await.unwrap();
    let job = again.db().read(move |tx| job_get(tx, id)).await.unwrap();
    assert_eq!(job.state, JobState::Done);
    assert!(platform::telemetry::health(&again).await.ready);
    again.shutdown().await;
    // A closed platform says so, and takes no harm.
    let health = platform::telemetry::health(&again).await;
    assert!(!health.ready);
}

#[tokio::test]
async fn names_registered_twice_are_refused() {
    let twice = [kinds(), kinds()].into_iter().flatten().collect();
    let dir = tempfile::tempdir().unwrap();
    let clock = base::Clock::frozen(testkit::START);
    let config = platform::Config::in_folder(dir.path().join("data"));
    let opened = Platform::open(config, twice, clock, base::Random::seeded(1)).await;
    assert!(matches!(opened, Err(Error::Fault(text)) if text.contains("registered twice")));
}
