//! Vietnamese text with one byte for each letter, where UTF-8 needs up to three.
//!
//! This is no public encoding: it never leaves the memory of the process.

/// The letters beyond ASCII, composed, in the order of their code points.
#[rustfmt::skip]
const LETTERS: [char; 134] = [
    'À', 'Á', 'Â', 'Ã', 'È', 'É', 'Ê', 'Ì', 'Í', 'Ò', 'Ó', 'Ô', 'Õ', 'Ù', 'Ú', 'Ý',
    'à', 'á', 'â', 'ã', 'è', 'é', 'ê', 'ì', 'í', 'ò', 'ó', 'ô', 'õ', 'ù', 'ú', 'ý',
    'Ă', 'ă', 'Đ', 'đ', 'Ĩ', 'ĩ', 'Ũ', 'ũ', 'Ơ', 'ơ', 'Ư', 'ư', 'Ạ', 'ạ', 'Ả', 'ả',
    'Ấ', 'ấ', 'Ầ', 'ầ', 'Ẩ', 'ẩ', 'Ẫ', 'ẫ', 'Ậ', 'ậ', 'Ắ', 'ắ', 'Ằ', 'ằ', 'Ẳ', 'ẳ',
    'Ẵ', 'ẵ', 'Ặ', 'ặ', 'Ẹ', 'ẹ', 'Ẻ', 'ẻ', 'Ẽ', 'ẽ', 'Ế', 'ế', 'Ề', 'ề', 'Ể', 'ể',
    'Ễ', 'ễ', 'Ệ', 'ệ', 'Ỉ', 'ỉ', 'Ị', 'ị', 'Ọ', 'ọ', 'Ỏ', 'ỏ', 'Ố', 'ố', 'Ồ', 'ồ',
    'Ổ', 'ổ', 'Ỗ', 'ỗ', 'Ộ', 'ộ', 'Ớ', 'ớ', 'Ờ', 'ờ', 'Ở', 'ở', 'Ỡ', 'ỡ', 'Ợ', 'ợ',
    'Ụ', 'ụ', 'Ủ', 'ủ', 'Ứ', 'ứ', 'Ừ', 'ừ', 'Ử', 'ử', 'Ữ', 'ữ', 'Ự', 'ự', 'Ỳ', 'ỳ',
    'Ỵ', 'ỵ', 'Ỷ', 'ỷ', 'Ỹ', 'ỹ',
];

/// The last 128 byte values stand for the first letters; the six that are left stand
/// where ASCII has control characters, which no such text holds.
const HIGH: usize = 0x80;
const LOW: usize = 0x01;

/// The byte of a letter; `None` for one that Vietnamese text does not hold.
pub(super) fn byte_of(letter: char) -> Option<u8> {
    if matches!(letter, ' '..='~') {
        return u8::try_from(letter).ok();
    }
    let place = LETTERS.binary_search(&letter).ok()?;
    let byte = if place < HIGH {
        HIGH + place
    } else {
        LOW + place - HIGH
    };
    u8::try_from(byte).ok()
}

/// The letter of a byte; `None` for a byte that stands for none.
pub(super) fn letter_of(byte: u8) -> Option<char> {
    match byte {
        b' '..=b'~' => Some(char::from(byte)),
        0x80.. => LETTERS.get(usize::from(byte) - HIGH).copied(),
        _ => LETTERS
            .get((usize::from(byte) + HIGH).checked_sub(LOW)?)
            .filter(|_| byte != 0)
            .copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_a_byte_of_its_own() {
        assert!(LETTERS.is_sorted());
        let bytes: std::collections::BTreeSet<u8> = (' '..='~')
            .chain(LETTERS)
            .map(|letter| {
                let byte = byte_of(letter).unwrap();
                assert_eq!(letter_of(byte), Some(letter));
                byte
            })
            .collect();
        assert_eq!(bytes.len(), 95 + 134);
        let letters = (0..=u8::MAX).filter_map(letter_of).count();
        assert_eq!(letters, bytes.len());
    }

    #[test]
    fn a_name_takes_one_byte_a_letter() {
        for name in ["Trần Thị Mẫu Thử", "ĐẶNG THUỲ VÍ DỤ", "H'Hen Niê Kđăm"] {
            assert!(
                name.chars().all(|letter| byte_of(letter).is_some()),
                "{name}"
            );
        }
        for other in ['\0', '\n', '\u{7f}', 'ß', 'Ð', '字', '\u{301}'] {
            assert_eq!(byte_of(other), None, "{other:?}");
        }
    }
}
