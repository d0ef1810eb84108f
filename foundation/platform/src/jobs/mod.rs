//! Background work: leased, retried with back-off, parked in sight when it cannot be done.

/// A kind of job.
#[derive(Clone)]
pub struct JobKind {
    /// Its name.
    pub name: &'static str,
}

/// Work done at fixed times.
#[derive(Clone)]
pub struct Schedule {
    /// Its name.
    pub name: &'static str,
}
