//! Folding, tokens and the order of the Vietnamese dictionary.

use base::fold::{fold, nfc, query_tokens, sort_key, tokens};
use proptest::prelude::*;

#[test]
fn marks_fall_away_also_stacked_ones_and_the_barred_d() {
    for (text, folded) in [
        ("Đà Nẵng", "da nang"),
        ("quyết định", "quyet dinh"),
        ("Ước lượng", "uoc luong"),
        ("Đắk Lắk", "dak lak"),
        ("PHÊ DUYỆT", "phe duyet"),
        ("Quyết định  số\u{a0}12/QĐ-UBND ", "quyet dinh so 12/qd-ubnd"),
        ("Ðảng uỷ", "dang uy"),
        ("2025–2030", "2025-2030"),
        ("ﬁ ℃ m²", "fi °c m2"),
    ] {
        assert_eq!(fold(text), folded);
    }
}

#[test]
fn where_the_tone_is_written_does_not_matter() {
    for (new, old) in [("hoà", "hòa"), ("uỷ", "ủy"), ("thuý", "thúy"), ("khoẻ", "khỏe")] {
        assert_eq!(fold(new), fold(old));
        assert_eq!(sort_key(new), sort_key(old));
    }
}

#[test]
fn decomposed_text_is_the_same_text() {
    let decomposed = "Nguye\u{302}\u{303}n Va\u{306}n Hu\u{31b}\u{301}a";
    assert_eq!(nfc(decomposed), "Nguyễn Văn Hứa");
    assert_eq!(fold(decomposed), fold("Nguyễn Văn Hứa"));
    assert_eq!(sort_key(decomposed), sort_key("Nguyễn Văn Hứa"));
}

#[test]
fn document_numbers_are_found_split_and_joined() {
    for (text, expected) in [
        ("12/QĐ-UBND", "12 qd ubnd 12qdubnd"),
        ("Số: 05/2026/TT-BNV.", "so 5 2026 tt bnv 52026ttbnv"),
        ("000.00.01.H57", "0 0 1 h57 1h57"),
        ("(Thừa Thiên-Huế)", "thua thien hue thienhue"),
        ("a@b.vn", "a b vn"),
        ("công văn 中文", "cong van u4e2d u6587"),
        (" … ", ""),
        ("000", "0"),
    ] {
        assert_eq!(tokens(text).join(" "), expected, "{text}");
    }
}

#[test]
fn a_part_of_a_number_finds_the_whole() {
    let indexed = tokens("Quyết định số 12/QĐ-UBND ngày 05/01/2026");
    for question in ["12", "qd", "UBND", "12qdubnd", "12/QĐ", "quyet dinh 12/QĐ-UBND", "5/1/2026", "05"] {
        assert!(query_tokens(question).iter().all(|token| indexed.contains(token)), "{question}");
    }
    assert!(!query_tokens("13").iter().all(|token| indexed.contains(token)));
}

#[test]
fn letters_and_tones_stand_in_dictionary_order() {
    let alphabet = "a ă â b c d đ e ê f g h i j k l m n o ô ơ p q r s t u ư v w x y z";
    let tones = "ba bà bả bã bá bạ băng bằng bẳng bẵng bắng bặng bâng bầng bẩng bẫng bấng bậng";
    for line in [alphabet, tones] {
        let letters: Vec<&str> = line.split(' ').collect();
        for pair in letters.windows(2) {
            assert!(sort_key(pair[0]) < sort_key(pair[1]), "{pair:?}");
        }
    }
    let sorted = [
        "",
        "2 tháng 9",
        "12/QĐ-UBND",
        "100",
        "An Giang",
        "Bà Rịa",
        "Bạc Liêu",
        "Bắc Giang",
        "Bến Tre",
        "Cà Mau",
        "Cao Bằng",
        "Đà Nẵng",
        "Đắk Lắk",
        "Điện Biên",
        "Đồng Nai",
        "Hà Giang",
        "Hà Nội",
        "hà Tĩnh",
        "Hải Dương",
        "Hải Phòng",
        "Hậu Giang",
        "Hòa Bình",
        "Hưng Yên",
        "Lạng Sơn",
        "Lào Cai",
        "Phú Thọ",
        "Phú Yên",
        "Quảng Nam",
        "Quảng Ngãi",
        "Thanh Hóa",
        "中",
    ];
    for pair in sorted.windows(2) {
        assert!(sort_key(pair[0]) < sort_key(pair[1]), "{pair:?} {} {}", sort_key(pair[0]), sort_key(pair[1]));
    }
}

#[test]
fn a_syllable_with_its_tone_goes_before_the_next_syllable() {
    // As in dictionaries: all of “ba” with what follows it, then all of “bà”.
    assert!(sort_key("ba hai") < sort_key("bà an"));
    assert!(sort_key("Lê Văn Ba") < sort_key("Lê Văn Bà"));
}

proptest! {
    #[test]
    fn folding_twice_is_folding_once(text in "\\PC{0,60}") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn folding_does_not_care_about_case_or_composition(text in "[a-zA-ZăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵĐÂĂÊÔƠƯ0-9 ./-]{0,40}") {
        use unicode_normalization::UnicodeNormalization;
        let plain = fold(&text);
        prop_assert!(plain.is_ascii());
        prop_assert_eq!(&fold(&text.to_uppercase()), &plain);
        prop_assert_eq!(&fold(&text.nfd().collect::<String>()), &plain);
        prop_assert_eq!(sort_key(&text.to_uppercase()), sort_key(&text.nfd().collect::<String>()));
    }

    #[test]
    fn tokens_and_keys_are_plain(text in "\\PC{0,60}") {
        for token in tokens(&text).iter().chain(&query_tokens(&text)) {
            prop_assert!(!token.is_empty());
            prop_assert!(token.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()), "{}", token);
        }
        prop_assert!(sort_key(&text).bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()));
    }

    #[test]
    fn a_text_is_found_by_itself(text in "[a-zđĐÂ0-9/. -]{0,40}") {
        let indexed = tokens(&text);
        prop_assert!(query_tokens(&text).iter().all(|token| indexed.contains(token)));
    }

    #[test]
    fn numbers_sort_by_value(a in 0u64..100_000, b in 0u64..100_000) {
        prop_assert_eq!(sort_key(&format!("số {a}")).cmp(&sort_key(&format!("số {b}"))), a.cmp(&b));
    }
}
