//! The readers besides edXML.

use base::fold;
use base::{AgencyCode, Date, Timestamp};
use exchange::peers::Invitation;
use platform::ledger::{Checkpoint, tiles};
use platform::search::{Phase, Question};
use platform::signing::http::{self, Request};
use platform::signing::{TrustAnchors, canonical_json, verify_detached, verify_note};
use platform::{Config, directory};
use web::FormData;
use web::keyset::{Cursor, Side};

/// The bytes as lines of text.
fn lines<const N: usize>(data: &[u8]) -> [String; N] {
    let text = String::from_utf8_lossy(data).into_owned();
    let mut parts = text.splitn(N, '\n').map(str::to_owned);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

pub fn agency_code(data: &[u8]) {
    let [text] = lines(data);
    for read in [AgencyCode::parse(&text), AgencyCode::tolerate(&text)] {
        match read {
            Ok(code) => {
                assert_eq!(
                    AgencyCode::tolerate(code.canonical()).as_ref(),
                    Ok(&code),
                    "the canonical form is not read"
                );
                assert!(code.is_within(&code.level1()), "outside its own highest agency");
                if let Some(legacy) = code.legacy() {
                    assert_eq!(
                        AgencyCode::tolerate(&legacy).map(|c| c.canonical().to_owned()),
                        Ok(code.canonical().to_owned())
                    );
                }
                let mut above = code.parent();
                for _ in 0..16 {
                    above = above.and_then(|code| code.parent());
                }
                assert!(above.is_none(), "a chain of parents without end");
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

pub fn agencies_csv(data: &[u8]) {
    if let Ok(agencies) = directory::agencies_parse(data) {
        assert!(agencies.len() <= data.len(), "more agencies than bytes");
    }
}

pub fn jws(data: &[u8]) {
    let [signed, payload] = lines(data);
    let Ok(payload) = serde_json::from_str::<serde_json::Value>(&payload) else { return };
    let canonical = canonical_json(&payload);
    if let Ok(bytes) = &canonical {
        // RFC 8785: reading the canonical form and writing it again changes nothing.
        let again = serde_json::from_slice(bytes).ok().and_then(|value: serde_json::Value| canonical_json(&value).ok());
        assert_eq!(again.as_ref(), Some(bytes));
    }
    if let Ok(verified) = verify_detached(&payload, signed.trim(), &TrustAnchors::default()) {
        assert!(!verified.kid.is_empty());
    }
}

pub fn http_signature(data: &[u8]) {
    let [input, signature, digest, date, uri] = lines(data);
    let request = Request { method: "POST", target_uri: &uri, content_digest: Some(&digest), date: Some(&date) };
    let _ = http::parse_content_digest(&digest).map(|hash| assert!(!http::content_digest(hash).is_empty()));
    let key = |_: &str| Some(data.to_vec());
    let now = Timestamp::from_micros(1_795_395_600_000_000);
    assert!(http::verify(&request, &input, &signature, key, now, 300).is_err(), "a key made of the signature itself");
    let _ = http::verify(&request, &input, &signature, |_| None, now, i64::MAX);
}

pub fn note(data: &[u8]) {
    let [key, note] = lines(data);
    let _ = verify_note(&note, &key);
    if let Some(checkpoint) = Checkpoint::parse(&note) {
        assert!(!checkpoint.origin.is_empty());
    }
    if let Some((number, width)) = tiles::parse_number_path(&key) {
        assert!(width <= 256 && number < u64::MAX, "{number} {width}");
    }
}

pub fn invitation(data: &[u8]) {
    let [text] = lines(data);
    if let Ok(invitation) = Invitation::parse(&text) {
        assert_eq!(Invitation::parse(&invitation.to_text()).as_ref(), Ok(&invitation));
    }
}

pub fn form(data: &[u8]) {
    let [text, name] = lines(data);
    let form = FormData::parse(&text);
    assert!(form.pairs().count() <= text.len(), "more fields than bytes");
    let _ = form.read::<std::collections::BTreeMap<String, Vec<String>>>();
    let _ = form.read::<std::collections::BTreeMap<String, Option<i64>>>();
    let header = web::files::content_disposition(&name, false);
    assert!(header.is_ascii() && !header.contains(['\r', '\n']) && header.matches('"').count() == 2, "{header}");
    assert!(!header.contains("../"), "{header}");
    if let Some(path) = web::redirect::safe_path(&name) {
        assert!(path.starts_with('/') && !path.starts_with("//") && !path.contains('\\'), "{path}");
    }
    let today = Date::constant(2026, 11, 27);
    if let Some(day) = web::input::date(&name, today) {
        assert_eq!(web::input::date(&web::input::show_date(day), today), Some(day), "a date is not read as shown");
    }
}

pub fn search(data: &[u8]) {
    let [text] = lines(data);
    let folded = fold::fold(&text);
    assert_eq!(fold::fold(&folded), folded, "folding twice changes");
    for token in fold::tokens(&text).iter().chain(&fold::query_tokens(&text)) {
        assert!(token.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{token:?}");
    }
    let Some(question) = Question::new(&text, &["all".to_owned()]) else { return };
    for phase in [Phase::All]
        .into_iter()
        .chain(question.has_marks().then_some([Phase::Exact, Phase::Inexact]).into_iter().flatten())
    {
        let (fts5, tsquery) = (question.fts5(phase), question.tsquery(phase));
        // Nothing typed may become syntax: quotes stand in pairs around words.
        assert!(fts5.matches('"').count() % 2 == 0 && !fts5.contains(['\0', ';', '\n', '\'']), "{fts5}");
        assert!(!tsquery.contains(['\0', ';', '\n', '\\']) && tsquery.matches('\'').count() % 2 == 0, "{tsquery}");
    }
}

pub fn settings(data: &[u8]) {
    let [environment, text] = lines(data);
    let _ = Config::read(&text, |_| None).map(|config| config.origin());
    let _ = Config::read("", |name| name.contains("LIMITS").then(|| environment.clone()));
    let _ = Config::read(&text, |name| (name == "LIENTHONG_TRUSTED_PROXIES").then(|| environment.clone()));
}

pub fn cursor(data: &[u8]) {
    let [text, other] = lines(data);
    if let Side::Before(parts) = (Cursor { truoc: Some(text.clone()), sau: Some(other.clone()) }).side() {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let written = web::keyset::encode(&parts);
        let Side::Before(again) = (Cursor { truoc: Some(written), sau: None }).side() else {
            panic!("a written cursor is not read")
        };
        assert_eq!(again, parts);
    }
    let _ = web::flash::Flash::decode(&text);
    let _ = web::who::parse_choice(&text);
    if let Some(cursor) = office::api::types::cursor_read(&text) {
        assert_eq!(office::api::types::cursor_read(&office::api::types::cursor_text(&cursor)), Some(cursor));
    }
    let _ = other.parse::<base::ip_range::IpRange>();
}
