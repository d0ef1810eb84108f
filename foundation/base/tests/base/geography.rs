//! The provinces before and after 01/07/2025 and the communes since.

use base::central_agencies;
use base::geography::{
    MERGER, commune, communes, province, province_by_gso, province_by_name, provinces, provinces_on, successor,
};
use base::{AgencyCode, AgencyGroup};
use jiff::civil::date;
use std::collections::{BTreeSet, HashSet};

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

#[test]
fn sixty_three_became_thirty_four() {
    assert_eq!(provinces_on(date(2025, 6, 30)).count(), 63);
    assert_eq!(provinces_on(MERGER).count(), 34);
    for province in provinces() {
        let now = province.on(MERGER);
        assert!(now.in_force(MERGER), "{}", province.code);
        assert_eq!(now.code, province.successor);
        assert_eq!(province.gso_code.is_some(), province.in_force(MERGER), "{}", province.code);
        assert_eq!(province.code.group(), AgencyGroup::ProvincialCommittee);
    }
    // Merged provinces keep the code of the one whose name they bear (QĐ 09/2025/QĐ-TTg).
    let merged: BTreeSet<_> = provinces().iter().map(|p| p.successor.clone()).collect();
    assert_eq!(merged.len(), 34);
}

#[test]
fn succession_is_told_at_a_date() {
    for (old, new) in [("H02", "H05"), ("H22.05", "H60"), ("K07", "H61"), ("H63", "H38"), ("H46", "H50")] {
        assert_eq!(successor(&code(old), date(2025, 6, 30)), None, "{old}");
        assert_eq!(successor(&code(old), MERGER).unwrap().code, code(new), "{old}");
    }
    assert_eq!(successor(&code("H57.01"), MERGER), None);
    assert_eq!(successor(&code("G22"), MERGER), None);
    let hue = province(&code("000.00.01.H57")).unwrap();
    assert_eq!(hue.name_on(date(2024, 1, 1)), "Tỉnh Thừa Thiên Huế");
    assert_eq!(hue.name_on(date(2026, 1, 1)), "Thành phố Huế");
}

#[test]
fn statistical_codes_were_dealt_anew() {
    // 15 was Yên Bái and is Lào Cai, which took Yên Bái in.
    assert_eq!(province_by_gso("15", date(2024, 1, 1)).unwrap().name_before_2025, "Tỉnh Yên Bái");
    assert_eq!(province_by_gso("15", date(2026, 1, 1)).unwrap().name, "Tỉnh Lào Cai");
    assert_eq!(province_by_gso("99", date(2026, 1, 1)), None);
    let distinct: HashSet<_> = provinces().iter().map(|p| (&p.gso_code_before_2025, &p.iso_3166_2)).collect();
    assert_eq!(distinct.len(), 63);
}

#[test]
fn names_are_found_without_marks() {
    for (name, expected) in [
        ("da nang", "H17"),
        ("TP. Hồ Chí Minh", "H29"),
        ("Thừa Thiên Huế", "H57"),
        ("thành phố Huế", "H57"),
        ("Tỉnh Đắk Nông", "H16"),
    ] {
        assert_eq!(province_by_name(name).unwrap().code, code(expected), "{name}");
    }
    assert_eq!(province_by_name("Atlantis"), None);
}

#[test]
fn communes_belong_to_their_province() {
    assert_eq!(communes().len(), 3321);
    assert_eq!(communes().iter().map(|c| &c.code).collect::<HashSet<_>>().len(), 3321);
    for commune in communes() {
        assert!(commune.province().is_some(), "{}", commune.code);
        let kinds = ["Xã ", "Phường ", "Đặc khu "];
        assert!(kinds.iter().any(|kind| commune.name.starts_with(kind)), "{}", commune.name);
        assert_eq!(base::fold::nfc(&commune.name), commune.name);
    }
    assert_eq!(provinces_on(MERGER).map(|p| p.communes().count()).sum::<usize>(), 3321);
    assert_eq!(province(&code("H57")).unwrap().communes().count(), 40);
    assert_eq!(commune("00004").unwrap().name, "Phường Ba Đình");
    // Hoàng Sa and Trường Sa are among the special zones.
    for (zone, of) in [("Đặc khu Hoàng Sa", "H17"), ("Đặc khu Trường Sa", "H32")] {
        let found = communes().iter().find(|c| c.name == zone).unwrap();
        assert_eq!(found.province().unwrap().code, code(of));
    }
}

#[test]
fn ministries_are_known_through_their_reorganisation() {
    let on = |text: &str, day| central_agencies::on(&code(text), day).map(|a| a.name.vi.to_string());
    assert_eq!(on("G10", date(2024, 1, 1)).unwrap(), "Bộ Nông nghiệp và Phát triển nông thôn");
    assert_eq!(on("G10", date(2026, 1, 1)).unwrap(), "Bộ Nông nghiệp và Môi trường");
    assert_eq!(on("G04", date(2026, 1, 1)), None);
    assert_eq!(on("G22", date(2026, 1, 1)).unwrap(), "Văn phòng Chính phủ");
    for agency in central_agencies::all() {
        assert_eq!(agency.code.group(), AgencyGroup::Government);
        if let Some(next) = &agency.successor {
            assert!(central_agencies::on(next, date(2026, 1, 1)).is_some(), "{next}");
        }
    }
    assert_eq!(central_agencies::group_name('H').unwrap().vi, "Ủy ban nhân dân cấp tỉnh");
    assert_eq!(central_agencies::group_name('Z'), None);
}
