//! A bounded queue between async callers and the threads that own database connections.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

/// How many units may wait before callers are told to come back later.
const LIMIT: usize = 8192;

/// Why a unit was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rejected {
    /// Too many are waiting.
    Full,
    /// The database is closed.
    Closed,
}

struct State<T> {
    waiting: VecDeque<T>,
    closed: bool,
}

/// First in, first out; many producers, many consumers.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        Self { state: Mutex::new(State { waiting: VecDeque::new(), closed: false }), arrived: Condvar::new() }
    }

    /// Adds a unit.
    pub(super) fn push(&self, item: T) -> Result<(), Rejected> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return Err(Rejected::Closed);
        }
        if state.waiting.len() >= LIMIT {
            return Err(Rejected::Full);
        }
        state.waiting.push_back(item);
        drop(state);
        self.arrived.notify_one();
        Ok(())
    }

    /// Waits for the next unit; `None` once the queue is closed and empty.
    pub(super) fn pop(&self) -> Option<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(item) = state.waiting.pop_front() {
                return Some(item);
            }
            if state.closed {
                return None;
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Moves up to `most` waiting units into `group` without waiting.
    pub(super) fn drain_into(&self, group: &mut VecDeque<T>, most: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let take = state.waiting.len().min(most);
        group.extend(state.waiting.drain(..take));
    }

    /// Takes no more units; those that wait are still served.
    pub(super) fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.arrived.notify_all();
    }
}
