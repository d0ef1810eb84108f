//! From text to tokens, and from tokens to each engine's question. Pure.

use base::fold::{fold, nfc, query_tokens, tokens};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Most different tokens of one record; what stands beyond is not found by its text (a book-length attachment).
const MOST_TOKENS: usize = 50_000;
/// Longest token, characters.
const LONGEST: usize = 64;
/// Most words of a question; more make it no more precise.
const MOST_WORDS: usize = 24;

/// The three sets that a record is indexed under.
pub(super) struct Indexed {
    /// Folded tokens of title and body.
    pub words: BTreeSet<String>,
    /// Words of the title that carry marks, as written.
    pub exact: BTreeSet<String>,
    /// Scopes.
    pub scopes: BTreeSet<String>,
}

impl Indexed {
    pub fn new(title: &str, body: &str, scopes: &[String]) -> Self {
        let all = tokens(title).into_iter().chain(tokens(body));
        Self {
            words: all
                .map(|token| short(&token))
                .take(MOST_TOKENS * 4)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .take(MOST_TOKENS)
                .collect(),
            exact: marked_words(title).into_iter().collect(),
            scopes: scopes.iter().map(|scope| scope_token(scope)).collect(),
        }
    }

    /// The sets as they were stored, each joined by spaces.
    pub fn stored(words: &str, exact: &str, scopes: &str) -> Self {
        let set = |joined: &str| joined.split(' ').filter(|token| !token.is_empty()).map(str::to_owned).collect();
        Self { words: set(words), exact: set(exact), scopes: set(scopes) }
    }

    /// PostgreSQL's `tsvector` text: scopes have weight A, words B, exact words C.
    pub fn tsvector(&self) -> String {
        let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (set, place) in [(&self.scopes, "1A"), (&self.words, "2B"), (&self.exact, "3C")] {
            for token in set {
                places.entry(token).or_default().push(place);
            }
        }
        places.iter().map(|(token, at)| format!("'{token}':{}", at.join(","))).collect::<Vec<_>>().join(" ")
    }
}

/// A question in tokens.
pub struct Question {
    words: Vec<String>,
    exact: Vec<String>,
    /// Whether the last exact word is the last word typed, and so may be unfinished.
    exact_open: bool,
    scopes: Vec<String>,
}

/// Which hits are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// With the marks as typed.
    Exact,
    /// Without.
    Inexact,
    /// Marks do not matter.
    All,
}

impl Question {
    /// `None` when nothing can be found: no word, or no scope.
    pub fn new(text: &str, scopes: &[String]) -> Option<Self> {
        let words: Vec<String> = query_tokens(text).iter().map(|token| short(token)).take(MOST_WORDS).collect();
        if words.is_empty() || scopes.is_empty() {
            return None;
        }
        let mut exact = marked_words(text);
        exact.truncate(MOST_WORDS);
        let ends_open = text.ends_with(is_latin);
        let last = nfc(text).to_lowercase();
        let last = last.split(|c| !is_latin(c)).next_back().map(short);
        let exact_open = ends_open && exact.last() == last.as_ref();
        let scopes = scopes.iter().map(|scope| scope_token(scope)).collect();
        Some(Self { words, exact, exact_open, scopes })
    }

    /// Whether marks were typed.
    pub fn has_marks(&self) -> bool {
        !self.exact.is_empty()
    }

    /// FTS5's match expression.
    pub fn fts5(&self, phase: Phase) -> String {
        let all = |tokens: &[String], open: bool| {
            let last = tokens.len().saturating_sub(1);
            let quoted = tokens.iter().enumerate();
            quoted
                .map(|(i, t)| format!("\"{t}\"{}", if open && i == last { " *" } else { "" }))
                .collect::<Vec<_>>()
                .join(" AND ")
        };
        let scopes = self.scopes.iter().map(|s| format!("\"{s}\"")).collect::<Vec<_>>().join(" OR ");
        let words = format!("(words : ({})) AND (scope : ({scopes}))", all(&self.words, true));
        let exact = || format!("(exact : ({}))", all(&self.exact, self.exact_open));
        match phase {
            Phase::All => words,
            Phase::Exact => format!("({words}) AND {}", exact()),
            Phase::Inexact => format!("({words}) NOT {}", exact()),
        }
    }

    /// PostgreSQL's `tsquery` text.
    pub fn tsquery(&self, phase: Phase) -> String {
        let all = |tokens: &[String], weight: &str, open: bool| {
            let last = tokens.len().saturating_sub(1);
            let quoted = tokens.iter().enumerate();
            quoted
                .map(|(i, t)| format!("'{t}':{}{weight}", if open && i == last { "*" } else { "" }))
                .collect::<Vec<_>>()
                .join(" & ")
        };
        let scopes = self.scopes.iter().map(|s| format!("'{s}':A")).collect::<Vec<_>>().join(" | ");
        let words = format!("({}) & ({scopes})", all(&self.words, "B", true));
        let exact = || format!("({})", all(&self.exact, "C", self.exact_open));
        match phase {
            Phase::All => words,
            Phase::Exact => format!("{words} & {}", exact()),
            Phase::Inexact => format!("{words} & !{}", exact()),
        }
    }
}

/// A letter as Vietnamese is written, or a digit: what both engines take as part of one word.
fn is_latin(c: char) -> bool {
    c.is_alphanumeric()
        && matches!(c, '0'..='9' | 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// The words that carry marks, as written but in lower case and composed. Letters and digits only, so that no word can be an
/// operator of either engine.
fn marked_words(text: &str) -> Vec<String> {
    let text = nfc(text).to_lowercase();
    let mut out: Vec<String> = Vec::new();
    for word in text.split(|c| !is_latin(c)).filter(|word| !word.is_empty()) {
        if fold(word) != word && !out.contains(&short(word)) {
            out.push(short(word));
        }
    }
    out
}

fn short(token: &str) -> String {
    token.chars().take(LONGEST).collect()
}

/// A scope as a token that no text can contain by accident.
fn scope_token(scope: &str) -> String {
    let digest = Sha256::digest(scope.as_bytes());
    format!("s{}", hex::encode(&digest[..12]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_hold_no_operators() {
        let question = Question::new("\"a\" OR b* NEAR(c) ' | ! \\ đ:é", &["x' | 'y".into()]).unwrap();
        assert!(question.fts5(Phase::All).starts_with("(words : (\"a\" AND \"or\" AND \"b\" AND \"near\""));
        assert!(question.tsquery(Phase::Exact).starts_with("('a':B & 'or':B"));
        assert!(Question::new("...", &["x".into()]).is_none());
        assert!(Question::new("a", &[]).is_none());
    }

    #[test]
    fn only_marked_words_are_exact() {
        assert_eq!(marked_words("Quyết định số 12/QĐ-UBND ve quyết"), ["quyết", "định", "số", "qđ"]);
        let question = Question::new("so quyế", &["x".into()]).unwrap();
        assert!(question.fts5(Phase::Exact).ends_with("(exact : (\"quyế\" *))"));
        let question = Question::new("quyết so", &["x".into()]).unwrap();
        assert!(question.fts5(Phase::Inexact).ends_with("NOT (exact : (\"quyết\"))"));
    }
}
