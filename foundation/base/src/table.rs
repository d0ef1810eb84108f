//! Reading of the reference tables that are compiled into the program from `data/`.

use serde::de::DeserializeOwned;

/// The rows of an embedded table. A row that does not read is a fault of the build, not of a run: the tests read
/// every table, so the panic can only be met by whoever edits one.
pub(crate) fn rows<T: DeserializeOwned>(name: &str, csv: &str) -> Vec<T> {
    csv::Reader::from_reader(csv.as_bytes())
        .deserialize()
        .map(|row| row.unwrap_or_else(|error| panic!("data/{name}: {error}")))
        .collect()
}

/// An empty cell as None.
pub(crate) fn filled(cell: String) -> Option<String> {
    (!cell.is_empty()).then_some(cell)
}
