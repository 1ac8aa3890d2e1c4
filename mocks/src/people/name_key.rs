//! The name key (population.md 2.3): what a name is compared by.
//!
//! What a reader would get wrong: Đ does not decompose, so it must be mapped before the
//! normalisation, and so must its look-alike Ð (U+00D0), which Vietnamese keyboards of old produced.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A name without accents, spaces and punctuation, in upper case.
pub(crate) fn of(name: &str) -> String {
    name.chars()
        .map(|letter| match letter {
            'Đ' | 'đ' | 'Ð' | 'ð' => 'D',
            other => other,
        })
        .nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_table_of_the_domain_document_holds() {
        let table = [
            ("Nguyễn Văn An", "NGUYENVANAN"),
            ("Nguyễn Thị Hoà", "NGUYENTHIHOA"),
            ("Nguyễn Thị Hòa", "NGUYENTHIHOA"),
            ("Nguye\u{302}\u{303}n Thi\u{323} Ho\u{300}a", "NGUYENTHIHOA"),
            ("H'Hen Niê", "HHENNIE"),
            ("Y Bhăm Niê Kđăm", "YBHAMNIEKDAM"),
            ("\u{d0}ặng Thủy", "DANGTHUY"),
            ("Đặng Thuỷ", "DANGTHUY"),
            ("Trần\u{a0}Thị  Mẫu Thử", "TRANTHIMAUTHU"),
        ];
        for (name, key) in table {
            assert_eq!(of(name), key);
        }
    }
}
