//! Keyset paging: older and newer by the key of the last record seen, so that a page never slips when records come in.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

/// Which way a page reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Side {
    /// From the newest on.
    First,
    /// The records older than this key.
    Before(Vec<String>),
    /// The records newer than this key.
    After(Vec<String>),
}

/// The two parameters in an address: `truoc` (older than) and `sau` (newer than); each holds the parts of a key.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Cursor {
    /// Older than this key.
    pub truoc: Option<String>,
    /// Newer than this key.
    pub sau: Option<String>,
}

impl Cursor {
    /// Which way to read. A key that cannot be read begins at the newest.
    pub fn side(&self) -> Side {
        if let Some(key) = self.truoc.as_deref().and_then(decode) {
            return Side::Before(key);
        }
        match self.sau.as_deref().and_then(decode) {
            Some(key) => Side::After(key),
            None => Side::First,
        }
    }
}

/// Writes the parts of a key for an address.
pub fn encode(parts: &[&str]) -> String {
    URL_SAFE_NO_PAD.encode(parts.join("\u{1f}"))
}

fn decode(text: &str) -> Option<Vec<String>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    Some(String::from_utf8(bytes).ok()?.split('\u{1f}').map(str::to_owned).collect())
}

/// One page, newest first, with the cursors to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice<T> {
    /// The records, newest first.
    pub items: Vec<T>,
    /// Key of the last one when older ones exist.
    pub older: Option<String>,
    /// Key of the first one when newer ones exist.
    pub newer: Option<String>,
}

impl<T> Slice<T> {
    /// Makes a page of what a store read: it reads `limit + 1` records, for `After` in ascending order, otherwise in
    /// descending order. `key` gives the parts of a record's key.
    pub fn new(side: &Side, mut read: Vec<T>, limit: usize, key: impl Fn(&T) -> Vec<String>) -> Self {
        let more = read.len() > limit;
        read.truncate(limit);
        if matches!(side, Side::After(_)) {
            read.reverse();
        }
        let of = |item: Option<&T>| {
            item.map(|i| {
                let parts = key(i);
                encode(&parts.iter().map(String::as_str).collect::<Vec<_>>())
            })
        };
        let (older, newer) = match side {
            Side::First => (more, false),
            Side::Before(_) => (more, true),
            Side::After(_) => (true, more),
        };
        let (first, last) = (of(read.first()), of(read.last()));
        Self { older: last.filter(|_| older), newer: first.filter(|_| newer), items: read }
    }

    /// The links of [`paging`](crate::ui::paging::paging): `base` is the address with its other parameters.
    pub fn links(&self, base: &str) -> (Option<String>, Option<String>) {
        let join = if base.contains('?') { '&' } else { '?' };
        (
            self.newer.as_ref().map(|k| format!("{base}{join}sau={k}")),
            self.older.as_ref().map(|k| format!("{base}{join}truoc={k}")),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store of the numbers 1 to 10, newest (largest) first.
    fn read(side: &Side, limit: usize) -> Vec<i64> {
        let all = 1..=10_i64;
        let key = |k: &Vec<String>| k[0].parse::<i64>().unwrap();
        match side {
            Side::First => all.rev().take(limit + 1).collect(),
            Side::Before(k) => all.rev().filter(|n| *n < key(k)).take(limit + 1).collect(),
            Side::After(k) => all.filter(|n| *n > key(k)).take(limit + 1).collect(),
        }
    }

    fn slice(cursor: &Cursor) -> Slice<i64> {
        let side = cursor.side();
        Slice::new(&side, read(&side, 4), 4, |n| vec![n.to_string(), "a/b".into()])
    }

    #[test]
    fn there_and_back() {
        let first = slice(&Cursor::default());
        assert_eq!(first.items, [10, 9, 8, 7]);
        assert_eq!(first.newer, None);
        let second = slice(&Cursor { truoc: first.older.clone(), sau: None });
        assert_eq!(second.items, [6, 5, 4, 3]);
        let last = slice(&Cursor { truoc: second.older.clone(), sau: None });
        assert_eq!((last.items.as_slice(), &last.older), ([2, 1].as_slice(), &None));
        let back = slice(&Cursor { truoc: None, sau: last.newer.clone() });
        assert_eq!(back.items, second.items);
        let front = slice(&Cursor { truoc: None, sau: back.newer.clone() });
        assert_eq!((front.items, front.newer), (first.items, None));
        assert_eq!(slice(&Cursor { truoc: Some("%%".into()), sau: None }).items, [10, 9, 8, 7], "nonsense begins anew");
    }

    #[test]
    fn links_keep_the_other_parameters() {
        let page = Slice { items: vec![1], older: Some("b".into()), newer: Some("a".into()) };
        assert_eq!(page.links("/van-ban-den?loc=cho").1.unwrap(), "/van-ban-den?loc=cho&truoc=b");
        assert_eq!(page.links("/van-ban-den").0.unwrap(), "/van-ban-den?sau=a");
    }
}
