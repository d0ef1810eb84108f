//! Identifier codes: both forms, conversion, the tree, and the irregular ones met in production.

use base::{AgencyCode, AgencyCodeError, AgencyCodeKind, AgencyGroup};
use proptest::prelude::*;

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

#[test]
fn the_old_form_is_read_from_the_right() {
    for (old, new) in [
        ("000.00.00.H49", "H49"),
        ("000.00.13.H53", "H53.13"),
        ("000.12.31.H53", "H53.31.12"),
        ("005.12.31.H53", "H53.31.12.005"),
        ("000.00.00.G22", "G22"),
        ("001.00.20.H53", "H53.20.00.001"),
    ] {
        assert_eq!(code(old).canonical(), new);
        assert_eq!(code(new).legacy().as_deref(), Some(old));
        assert_eq!(code(old), code(new));
    }
    assert!(code("001.00.20.H53").skips_a_level());
    assert!(!code("000.12.31.H53").skips_a_level());
}

#[test]
fn codes_that_do_not_fit_the_old_form_have_none() {
    for new in ["H37.2", "H37.02.002", "H37.02.02.02", "H37.02.02.002.01", "H37.00", "H53.31.12.A01", "0102859048"] {
        assert_eq!(code(new).legacy(), None, "{new}");
    }
}

#[test]
fn enterprises_are_known_by_their_registration_code() {
    assert_eq!(code("0102859048").kind(), AgencyCodeKind::Registration);
    assert_eq!(code("0102859048001").canonical(), "0102859048-001");
    assert_eq!(code("0102859048-001").parent(), Some(code("0102859048")));
    assert!(code("0102859048-001").is_within(&code("0102859048")));
    assert_eq!(code("0102859048").group(), AgencyGroup::Other);
}

#[test]
fn what_is_not_a_code_is_refused_with_what_was_expected() {
    assert_eq!(AgencyCode::parse("  "), Err(AgencyCodeError::Empty));
    assert_eq!(AgencyCode::parse("null"), Err(AgencyCodeError::Empty));
    assert_eq!(AgencyCode::tolerate("NULL"), Err(AgencyCodeError::Empty));
    assert_eq!(AgencyCode::parse("h57"), Err(AgencyCodeError::Character { found: 'h', position: 1 }));
    assert_eq!(AgencyCode::parse("H57.Đ1"), Err(AgencyCodeError::Character { found: 'Đ', position: 5 }));
    assert_eq!(AgencyCode::parse(&"H57.000000".repeat(4)), Err(AgencyCodeError::TooLong { length: 40 }));
    for text in ["H5", "57H", "H57.", ".H57", "H57..01", "H57.0000001", "123", "01028590481"] {
        assert!(matches!(AgencyCode::parse(text), Err(AgencyCodeError::Form { .. })), "{text}");
    }
    let message = AgencyCode::parse("H5").unwrap_err().to_string();
    assert!(message.contains("H57.01.03") && message.contains("003.00.01.H57"), "{message}");
}

#[test]
fn irregular_codes_of_the_wire_are_kept_and_marked() {
    for text in ["vxp.saas.03", "14.00.W00", "28.22.H17", "01.02.G22", "001.00.20.TT2", "JB2"] {
        assert!(AgencyCode::parse(text).is_err(), "{text}");
        let kept = AgencyCode::tolerate(text).unwrap();
        assert_eq!((kept.canonical(), kept.kind()), (text, AgencyCodeKind::Irregular));
        assert_eq!((kept.parent(), kept.legacy(), kept.group()), (None, None, AgencyGroup::Other));
        assert!(kept.is_within(&kept) && !kept.is_within(&code("H17")));
    }
    assert_eq!(AgencyCode::tolerate("H37.DN.001").unwrap().kind(), AgencyCodeKind::National);
    assert_eq!(AgencyCode::tolerate(" h57.01 ").unwrap(), code("H57.01"));
    assert!(AgencyCode::tolerate("a b").is_err());
    assert!(AgencyCode::tolerate("<x>").is_err());
    assert!(AgencyCode::tolerate("...").is_err());
}

#[test]
fn the_tree_goes_by_whole_groups() {
    assert!(code("H57.01.03").is_within(&code("H57")));
    assert!(code("H57.01").is_within(&code("H57.01")));
    assert!(!code("H57.011").is_within(&code("H57.01")));
    assert!(!code("H57").is_within(&code("H57.01")));
    assert_eq!(code("H53.20.00.001").parent(), Some(code("H53.20")));
    assert_eq!(code("H57.01.03").level1(), code("H57"));
    assert_eq!((code("H57").level(), code("H57.01.03").level()), (1, 3));
    assert_eq!(code("H57").parent(), None);
    assert_eq!(code("G22").group(), AgencyGroup::Government);
    assert_eq!(code("K57").group(), AgencyGroup::ProvincialCouncil);
    assert_eq!(code("W00").group(), AgencyGroup::TechnicalCentre);
}

#[test]
fn it_travels_as_a_string() {
    assert_eq!(serde_json::to_string(&code("000.00.01.H57")).unwrap(), r#""H57.01""#);
    assert_eq!(serde_json::from_str::<AgencyCode>(r#""000.00.01.H57""#).unwrap(), code("H57.01"));
    assert!(serde_json::from_str::<AgencyCode>(r#""""#).is_err());
    assert_eq!(format!("{:>8}|{:?}", code("H57.01"), code("H57")), "  H57.01|H57");
}

proptest! {
    #[test]
    fn reading_the_old_form_back_changes_nothing(text in "[A-Z][0-9]{2}(\\.[0-9A-Z]{1,4}){0,4}") {
        let code = AgencyCode::parse(&text).unwrap();
        if let Some(old) = code.legacy() {
            prop_assert_eq!(old.len(), 13);
            prop_assert_eq!(AgencyCode::parse(&old).unwrap(), code);
        }
    }

    #[test]
    fn every_old_form_reads_and_is_within_its_parents(text in "[0-9A-Z]{3}\\.[0-9A-Z]{2}\\.[0-9A-Z]{2}\\.[A-Z][0-9]{2}") {
        let code = AgencyCode::parse(&text).unwrap();
        let mut above = code.parent();
        while let Some(ancestor) = above {
            prop_assert!(code.is_within(&ancestor) && !ancestor.is_within(&code));
            prop_assert!(ancestor.level() < code.level());
            above = ancestor.parent();
        }
        prop_assert!(code.level1().level() == 1);
    }

    #[test]
    fn tolerated_codes_survive_storing_and_never_panic(text in "\\PC{0,40}") {
        if let Ok(code) = AgencyCode::tolerate(&text) {
            let again = AgencyCode::tolerate(code.canonical()).unwrap();
            prop_assert_eq!(again.kind(), code.kind());
            prop_assert_eq!(again, code);
        }
        let _ = AgencyCode::parse(&text);
    }
}
