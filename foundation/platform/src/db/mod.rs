//! The database: SQLite or PostgreSQL behind one SQL text; closures that may run again.

mod value;

pub use value::{FromValue, ToValue, Value};

use crate::error::Result;

/// One row of an answer; columns are read by position.
#[derive(Debug, Clone)]
pub struct Row {
    values: Vec<Value>,
}

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self { values }
    }

    /// Column `index`, counted from 0.
    pub fn get<T: FromValue>(&self, index: usize) -> Result<T> {
        let value = self.values.get(index).ok_or_else(|| crate::Error::Fault(format!("no column {index}")))?;
        T::from_value(value).map_err(|e| crate::Error::Fault(format!("column {index}: {e}")))
    }
}

/// One transaction, handed to the closure.
pub struct Tx<'a> {
    _engine: std::marker::PhantomData<&'a ()>,
}

impl Tx<'_> {
    /// Runs a statement; returns the number of rows it changed.
    pub fn execute(&self, _sql: &str, _params: &[&dyn ToValue]) -> Result<u64> {
        todo!()
    }
    /// All rows.
    pub fn query(&self, _sql: &str, _params: &[&dyn ToValue]) -> Result<Vec<Row>> {
        todo!()
    }
    /// Exactly the first row, or `NotFound`.
    pub fn query_one(&self, _sql: &str, _params: &[&dyn ToValue]) -> Result<Row> {
        todo!()
    }
    /// The first row, if any.
    pub fn query_opt(&self, _sql: &str, _params: &[&dyn ToValue]) -> Result<Option<Row>> {
        todo!()
    }
}

/// The database, shared by everything.
#[derive(Clone)]
pub struct Db {}

impl Db {
    /// Runs `f` in a writing transaction; `f` may run again and must hold SQL and pure rules only.
    pub async fn write<T, F>(&self, _f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        todo!()
    }
    /// Runs `f` on a stable snapshot.
    pub async fn read<T, F>(&self, _f: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnMut(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        todo!()
    }
}

/// One step of a room's schema; one text for both engines.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// The room.
    pub module: &'static str,
    /// Its ordinal in the room, from 1.
    pub number: u32,
    /// What it does.
    pub name: &'static str,
    /// The statements, with rare `-- only: sqlite` / `-- only: postgres` … `-- end` sections.
    pub sql: &'static str,
}
