//! Every kind of entry has its committed schema, and what is appended keeps to it.

use platform::Db;
use serde_json::Value as Json;
use std::path::PathBuf;

fn schema(kind: &str) -> Json {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/entries").join(format!("{kind}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap()
}

#[test]
fn every_kind_has_its_schema() {
    for kind in exchange::entries::ENTRY_KINDS {
        let schema = schema(kind.name);
        assert_eq!(schema["$id"], kind.name);
        assert_eq!(schema["version"], i64::from(kind.schema), "{}", kind.name);
        for name in schema["required"].as_array().unwrap() {
            assert!(schema["properties"][name.as_str().unwrap()].is_object(), "{}: {name}", kind.name);
        }
    }
}

/// Checks the codes of every entry of this module against its schema.
pub async fn check_entries(db: &Db) {
    let rows: Vec<(String, Json)> = db
        .read(|tx| {
            tx.query("SELECT kind, codes FROM ledger_entry WHERE kind LIKE 'exchange.%'", &[])?
                .iter()
                .map(|row| Ok((row.get(0)?, row.get(1)?)))
                .collect()
        })
        .await
        .unwrap();
    assert!(!rows.is_empty());
    for (kind, codes) in rows {
        let schema = schema(&kind);
        let codes = codes.as_object().unwrap();
        for name in schema["required"].as_array().unwrap() {
            assert!(codes.contains_key(name.as_str().unwrap()), "{kind}: {name} is missing");
        }
        for (name, value) in codes {
            let found = match value {
                Json::Bool(_) => "boolean",
                Json::Number(_) => "integer",
                _ => "string",
            };
            assert_eq!(schema["properties"][name]["type"], found, "{kind}: {name}");
        }
    }
}
