//! Types of documents: the table of NĐ 30/2020, the archive's numbers, and what headers from outside mean.

use base::document_types::{Family, all, by_id, in_force, resolve};
use base::{Secrecy, Urgency};
use jiff::civil::date;
use std::collections::HashSet;

#[test]
fn the_decree_has_29_types_27_of_them_with_an_abbreviation() {
    let types: Vec<_> = in_force(Family::Administrative, date(2026, 1, 1)).collect();
    assert_eq!(types.len(), 29);
    assert_eq!(types.iter().filter(|t| t.abbreviation.is_some()).count(), 27);
    let without: Vec<_> = types.iter().filter(|t| t.abbreviation.is_none()).map(|t| t.id.as_str()).collect();
    assert_eq!(without, ["official-letter", "public-letter"]);
    let abbreviations: HashSet<_> = types.iter().filter_map(|t| t.abbreviation.as_deref()).collect();
    assert_eq!(abbreviations.len(), 27);
    assert!(!abbreviations.contains("CV"), "an official letter bears no abbreviation");
    // The archive numbers run 1–29 in the order of the decree, 30–32 are its own.
    let archive: HashSet<u8> = all().iter().filter_map(|t| t.archive_code).collect();
    assert_eq!(archive, (1..=32).collect());
    assert_eq!(by_id("official-letter").unwrap().archive_code, Some(22));
    assert_eq!(by_id("official-letter").unwrap().edxml_number(), Some(18));
}

#[test]
fn ids_and_edxml_rows_are_unique() {
    let ids: HashSet<_> = all().iter().map(|t| &t.id).collect();
    assert_eq!(ids.len(), all().len());
    let mut rows: Vec<_> = all().iter().filter_map(|t| t.edxml_code.as_deref()).collect();
    assert_eq!(rows.len(), 13 + 32);
    rows.sort_unstable();
    rows.dedup();
    assert_eq!(rows.len(), 13 + 32);
}

#[test]
fn a_header_is_understood_by_name_then_by_notation() {
    for (name, notation, expected) in [
        ("Công văn", "318/UBND-VX", Some("official-letter")),
        ("cong van", "", Some("official-letter")),
        ("CÔNG VĂN", "7214/BNV-TCBC", Some("official-letter")),
        ("Quyết định", "12/QĐ-UBND", Some("decision")),
        ("Quyết định", "09/2025/QĐ-TTg", Some("legal-decision")),
        ("Nghị quyết (cá biệt)", "", Some("resolution")),
        ("", "12/QĐ-UBND", Some("decision")),
        ("", "05/2026/TT-BNV", Some("circular")),
        ("", "61/2018/NĐ-CP", Some("decree")),
        ("", "41/CĐ-TTg", Some("telegram")),
        ("", "12/QD-UBND", Some("decision")),
        ("", "7/QyĐ-STC", Some("rule")),
        ("", "66/BC-UBND", Some("report")),
        ("", "05/BNV-VP", None),
        ("Thông tư", "", Some("circular")),
        ("không rõ", "x", None),
    ] {
        assert_eq!(resolve(name, notation).map(|t| t.id.as_str()), expected, "{name} {notation}");
    }
}

#[test]
fn degrees_keep_their_numbers() {
    for (number, urgency) in Urgency::ALL.into_iter().enumerate() {
        assert_eq!(urgency.number(), i64::try_from(number).unwrap());
        assert_eq!(
            (Urgency::from_number(urgency.number()), Urgency::from_code(urgency.code())),
            (Some(urgency), Some(urgency))
        );
        assert_eq!(serde_json::to_value(urgency).unwrap(), urgency.code());
    }
    assert_eq!((Urgency::from_number(5), Urgency::from_number(-1)), (None, None));
    assert!(Urgency::Express > Urgency::VeryUrgent && !Urgency::Normal.is_urgent());
    assert_eq!(Urgency::VeryUrgent.label().vi, "Thượng khẩn");
    for secrecy in Secrecy::ALL {
        assert_eq!(
            (Secrecy::from_number(secrecy.number()), Secrecy::from_code(secrecy.code())),
            (Some(secrecy), Some(secrecy))
        );
        assert_eq!(serde_json::to_value(secrecy).unwrap(), secrecy.code());
        assert_eq!(secrecy.is_secret(), secrecy.number() > 0);
    }
}
