//! PostgreSQL: worker threads with a connection each; what met another transaction or lost its connection runs again.

use super::pg_session::{Session, Target, Trouble};
use super::unit::BoxedUnit;
use super::{Backend, Queue, Shared, Tx};
use crate::error::{Error, Result};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// Writing connections a process keeps.
const WRITERS: usize = 8;
/// Reading connections a process keeps.
const READERS: usize = 4;
/// How often a transaction is run before its caller is told to come back later.
const ATTEMPTS: u32 = 24;

/// Connects once, so that a wrong address is told at start, and starts the threads.
pub(super) fn start(
    url: &str,
    writes: &Arc<Queue<BoxedUnit>>,
    reads: &Arc<Queue<BoxedUnit>>,
    shared: &Arc<Shared>,
) -> Result<Vec<JoinHandle<()>>> {
    let target = Target::parse(url)?;
    let first = Session::new(target.clone())?;
    // The runtime of a session must not be entered from an async context, hence a thread for the first trial too.
    let first = std::thread::spawn(move || first.connect().map(|()| first))
        .join()
        .map_err(|_| Error::Fault("connecting to the database panicked".to_owned()))??;

    let mut threads = vec![spawn("db-write-0", first, writes, shared, true)?];
    for index in 1..WRITERS {
        threads.push(spawn(&format!("db-write-{index}"), Session::new(target.clone())?, writes, shared, true)?);
    }
    for index in 0..READERS {
        threads.push(spawn(&format!("db-read-{index}"), Session::new(target.clone())?, reads, shared, false)?);
    }
    Ok(threads)
}

fn spawn(
    name: &str,
    session: Session,
    queue: &Arc<Queue<BoxedUnit>>,
    shared: &Arc<Shared>,
    writes: bool,
) -> Result<JoinHandle<()>> {
    let (queue, shared) = (Arc::clone(queue), Arc::clone(shared));
    let mut jitter = Jitter(name.bytes().fold(0x9e37_79b9, |seed: u64, byte| seed.wrapping_mul(31) ^ u64::from(byte)));
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            while let Some(unit) = queue.pop() {
                if !unit.abandoned() {
                    serve(&session, unit, &shared, writes, &mut jitter);
                }
            }
        })
        .map_err(|e| Error::fault("starting a database thread", e))
}

/// Spreads retries so that two that met do not meet again.
struct Jitter(u64);

impl Jitter {
    fn pause(&mut self, attempt: u32) {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let most = 2_000_u64 << attempt.min(8); // microseconds: 2 ms … 0.5 s
        std::thread::sleep(Duration::from_micros(most / 2 + self.0 % (most / 2)));
    }
}

/// Whether a transaction that lost its connection during COMMIT was done.
enum Fate {
    Done,
    NotDone,
    Unknown,
}

/// Runs a unit until it has an answer.
fn serve(session: &Session, mut unit: BoxedUnit, shared: &Shared, writes: bool, jitter: &mut Jitter) {
    let begin =
        if writes { "BEGIN ISOLATION LEVEL READ COMMITTED" } else { "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
    let mut last = Error::Unavailable("the database is overloaded".to_owned());
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            jitter.pause(attempt);
        }
        if let Err(error) = session.connect() {
            last = error;
            continue;
        }
        session.begin(begin);
        let tx = Tx::new(Backend::Postgres(session), shared);
        let stands = unit.run(&tx);
        match session.take_trouble() {
            // Nothing was committed: running again is safe.
            Some(Trouble::Again) => {
                let _ = session.batch("ROLLBACK");
                last = Error::Unavailable("too many transactions want the same rows".to_owned());
                continue;
            }
            Some(Trouble::Lost) => {
                session.drop_connection();
                last = Error::Unavailable("the database connection was lost".to_owned());
                continue;
            }
            None => {}
        }
        if session.take_unbegun() {
            return unit.answer();
        }
        if !stands {
            if session.batch("ROLLBACK").is_err() {
                session.take_trouble();
                session.drop_connection();
            }
            return unit.answer();
        }
        let Err(error) = session.batch("COMMIT") else {
            if writes && tx.changed.get() > 0 {
                shared.committed();
            }
            return unit.answer();
        };
        match session.take_trouble() {
            Some(Trouble::Again) => {
                let _ = session.batch("ROLLBACK");
                last = error;
            }
            Some(Trouble::Lost) => {
                session.drop_connection();
                let changed = writes && tx.changed.get() > 0;
                let entry = tx.entries.borrow().first().cloned();
                match fate(session, changed, entry.as_deref(), jitter) {
                    Fate::Done => {
                        shared.committed();
                        return unit.answer();
                    }
                    Fate::NotDone => last = error,
                    Fate::Unknown => {
                        return unit.refuse(Error::Unavailable(
                            "the connection was lost during COMMIT; whether the change stands is not known".to_owned(),
                        ));
                    }
                }
            }
            None => {
                let _ = session.batch("ROLLBACK");
                return unit.refuse(error);
            }
        }
    }
    unit.refuse(last);
}

/// Looks up the first ledger entry of the transaction. The look-up takes the entry's place in the unique index, so that a
/// COMMIT still under way on the server is waited for instead of being taken for lost.
fn fate(session: &Session, changed: bool, entry: Option<&str>, jitter: &mut Jitter) -> Fate {
    if !changed {
        return Fate::NotDone;
    }
    let Some(entry) = entry else { return Fate::Unknown };
    for attempt in 0..ATTEMPTS {
        jitter.pause(attempt);
        let found =
            session.connect().and_then(|()| session.batch("BEGIN ISOLATION LEVEL READ COMMITTED")).and_then(|()| {
                let probe = session.execute(
                "INSERT INTO ledger_entry (id, kind, schema_version, subject_kind, subject_id, subject_version, agency,
                   actor, occurred_at, recorded_at, arrival, codes, details_digest, leaf_hash)
                 VALUES ($1, 'probe', 0, 'probe', $1, 1, '', '', 0, 0, 0, '{}', '', '') ON CONFLICT (id) DO NOTHING",
                &[&entry],
            );
                let _ = session.batch("ROLLBACK");
                probe
            });
        match found {
            Ok(inserted) => return if inserted == 0 { Fate::Done } else { Fate::NotDone },
            Err(_) => {
                session.take_trouble();
                session.drop_connection();
            }
        }
    }
    Fate::Unknown
}
