//! What each degree of agreement means, by example and by property.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::NameComparison::{AccentDifference, Different, Exact, TonePlacement};
use super::*;

fn of(given: &str, returned: &str) -> NameComparison {
    compare(&FullName::parse(given).unwrap(), returned)
}

#[test]
fn case_spacing_and_composition_do_not_count() {
    let decomposed: String = "TRẦN THỊ MẪU THỬ".nfd().collect();
    for returned in [
        "Trần Thị Mẫu Thử",
        "TRẦN THỊ MẪU THỬ",
        " Trần\u{00A0}Thị  Mẫu Thử ",
        &decomposed,
    ] {
        assert_eq!(of("Trần Thị Mẫu Thử", returned), Exact);
    }
    assert_eq!(of("\u{00D0}ặng Mẫu", "\u{0110}ẶNG MẪU"), Exact);
    assert_eq!(of("\u{0111}ặng Mẫu", "\u{00F0}ặng mẫu"), Exact);
}

#[test]
fn old_and_new_tone_placement_are_told_apart_from_other_differences() {
    for (old, new) in [
        ("Hòa", "Hoà"),
        ("Thủy", "Thuỷ"),
        ("Khỏe", "Khoẻ"),
        ("Thúy", "Thuý"),
        ("Tọa", "Toạ"),
        ("Họa", "Hoạ"),
        ("Xõa", "Xoã"),
        ("Đóa", "Đoá"),
        ("Lũy", "Luỹ"),
        ("Ủy", "Uỷ"),
        ("Nguyễn Thị Hòa", "NGUYỄN THỊ HOÀ"),
        ("\u{00D0}ặng Thủy", "\u{0110}ẶNG THUỶ"),
    ] {
        assert_eq!(of(old, new), TonePlacement, "{old} {new}");
        assert_eq!(of(new, old), TonePlacement, "{new} {old}");
        assert_eq!(of(old, old), Exact);
    }
}

#[test]
fn another_tone_is_not_another_placement() {
    assert_eq!(of("Hòa", "Hoá"), AccentDifference);
    assert_eq!(of("Hòa", "Hoa"), AccentDifference);
    assert_eq!(of("Thủy", "Thúy"), AccentDifference);
}

#[test]
fn nothing_moves_after_q_nor_in_closed_syllables_nor_in_other_vowels() {
    assert_eq!(of("Quý", "Qúy"), AccentDifference);
    assert_eq!(of("Quỳ", "Qùy"), AccentDifference);
    assert_eq!(of("Hoàn", "Hòan"), AccentDifference);
    assert_eq!(of("Thuý", "Thưý"), AccentDifference);
    assert_eq!(of("Mía", "Miá"), AccentDifference);
    assert_eq!(of("Của", "Cuả"), AccentDifference);
}

#[test]
fn i_and_y_are_different_letters() {
    assert_eq!(of("Mỹ", "Mĩ"), Different);
    assert_eq!(of("Lý Thị Thử", "Lí Thị Thử"), Different);
}

#[test]
fn lost_accents_and_apostrophes_leave_only_the_key() {
    assert_eq!(of("Trần Thị Mẫu Thử", "TRAN THI MAU THU"), AccentDifference);
    assert_eq!(of("Trần Thị Mẫu Thử", "TRANTHIMAUTHU"), AccentDifference);
    assert_eq!(of("H'Hen Niê", "HHEN NIÊ"), AccentDifference);
    assert_eq!(of("Nguyễn Mẫu", "Nguyển Mẫu"), AccentDifference);
    assert_eq!(of("Dũng Mẫu", "Đũng Mẫu"), AccentDifference);
}

#[test]
fn another_name_and_no_name_are_different() {
    assert_eq!(of("Trần Thị Mẫu Thử", "Trần Thị Mẫu"), Different);
    assert_eq!(of("Trần Thị Mẫu Thử", ""), Different);
    assert_eq!(of("Trần Thị Mẫu Thử", "\u{0301}"), Different);
}

fn syllable() -> impl Strategy<Value = String> {
    let onset = prop::sample::select(vec!["", "h", "th", "kh", "l", "đ", "ngh"]);
    let rhyme = prop::sample::select(vec!["oa", "oe", "uy"]);
    let tone = prop::sample::select(vec!['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}']);
    (onset, rhyme, tone, any::<bool>()).prop_map(|(onset, rhyme, tone, first)| {
        let (head, tail) = rhyme.split_at(1);
        if first {
            format!("{onset}{head}{tone}{tail}")
        } else {
            format!("{onset}{rhyme}{tone}")
        }
    })
}

proptest! {
    #[test]
    fn a_name_agrees_with_itself_in_any_form(text in "\\PC{0,30}") {
        if let Ok(name) = FullName::parse(&text) {
            let decomposed: String = name.expose().nfd().collect();
            prop_assert_eq!(compare(&name, name.expose()), Exact);
            prop_assert_eq!(compare(&name, &decomposed), Exact);
            prop_assert_eq!(compare(&name, &text), Exact);
        }
    }

    #[test]
    fn moving_the_tone_of_an_open_glide_is_never_worse_than_placement(
        given in syllable(), returned in syllable(),
    ) {
        let degree = of(&given, &returned);
        let stripped = |text: &str| -> (String, Vec<char>) {
            let letters = text.nfd().filter(|c| !is_tone(*c)).collect();
            (letters, text.nfd().filter(|c| is_tone(*c)).collect())
        };
        let same_but_for_place = stripped(&given) == stripped(&returned);
        prop_assert_eq!(degree <= TonePlacement, same_but_for_place);
    }

    #[test]
    fn the_answer_is_the_same_from_both_sides(a in "[hoaeuyđòàủỷ ]{1,8}", b in "[hoaeuyđòàủỷ ]{1,8}") {
        if let (Ok(given), Ok(other)) = (FullName::parse(&a), FullName::parse(&b)) {
            prop_assert_eq!(given.compare(&other), other.compare(&given));
        }
    }

    #[test]
    fn any_returned_text_is_answered_without_panic(returned in any::<String>()) {
        let given = FullName::parse("Trần Thị Mẫu Thử").unwrap();
        prop_assert_ne!(compare(&given, &returned), Exact);
    }
}
