//! Texts and numbers as few bytes, and back.
//!
//! Every buffer that is given up is overwritten first, also the one that became too
//! small while writing. What cannot be read back is [`Damaged`], never a panic.

use lienthong_core::masked::Masked;
use zeroize::{Zeroize, Zeroizing};

use super::letters::{byte_of, letter_of};

/// Holds every usual record, so that it is not copied while it is written.
const USUAL: usize = 1024;

/// Letters that take half a byte each when a text has no others: codes and numbers, and
/// the random part of a request number.
const ALPHABETS: [(usize, &[u8; 16]); 2] =
    [(CODE, b"0123456789.-/ ,:"), (HEX, b"0123456789abcdef")];

// How a text is written; in the two lowest bits of its head, above which stands its
// length, or for a repetition the place of the text that it repeats.
const LETTERS: usize = 0;
const CODE: usize = 1;
const HEX: usize = 2;
const REPEATED: usize = 3;

/// Stands before a text of which not every letter has a byte; stands for no letter.
const FOREIGN: u8 = 0;

/// Bytes are not what was written; a fault of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Damaged;

pub(super) struct Writer {
    bytes: Zeroizing<Vec<u8>>,
    /// Where texts begin that later ones may repeat.
    texts: Vec<usize>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            bytes: Zeroizing::new(Vec::with_capacity(USUAL)),
            texts: Vec::new(),
        }
    }

    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes(&[byte]);
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let needed = self.bytes.len() + bytes.len();
        if needed > self.bytes.capacity() {
            // Vec would leave the old bytes behind when it moves.
            let mut larger = Vec::with_capacity(needed.saturating_mul(2));
            larger.extend_from_slice(&self.bytes);
            self.bytes.zeroize();
            *self.bytes = larger;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// A number in as many groups of seven bits as it needs, the lowest first.
    pub(super) fn number(&mut self, mut number: usize) {
        loop {
            let [low, ..] = number.to_le_bytes();
            number >>= 7;
            if number == 0 {
                return self.byte(low & 0x7f);
            }
            self.byte(low | 0x80);
        }
    }

    /// A text or none. The parts of a record repeat one another: the same commune in
    /// four addresses, the head of household who is the spouse.
    pub(super) fn text(&mut self, text: Option<&str>) {
        let Some(text) = text else {
            return self.number(0);
        };
        let start = self.bytes.len();
        let form = ALPHABETS
            .iter()
            .find(|(_, alphabet)| text.bytes().all(|letter| alphabet.contains(&letter)));
        if let Some((form, alphabet)) = form {
            let half = |letter: &u8| {
                let places = (0..).zip(*alphabet);
                places.fold(
                    0,
                    |found, (place, one)| {
                        if one == letter { place } else { found }
                    },
                )
            };
            self.head(text.len(), *form);
            for pair in text.as_bytes().chunks(2) {
                self.byte(half(&pair[0]) << 4 | pair.get(1).map_or(0, half));
            }
        } else {
            self.letters(text);
        }
        self.point_back(start);
    }

    /// The bytes without spare room.
    pub(super) fn finish(self) -> Zeroizing<Box<[u8]>> {
        Zeroizing::new(Box::from(self.bytes.as_slice()))
    }

    /// A byte for each letter, or for text in other letters [`FOREIGN`] and UTF-8.
    fn letters(&mut self, text: &str) {
        if text.chars().all(|letter| byte_of(letter).is_some()) {
            self.head(text.chars().count(), LETTERS);
            for byte in text.chars().filter_map(byte_of) {
                self.byte(byte);
            }
        } else {
            self.head(1 + text.len(), LETTERS);
            self.byte(FOREIGN);
            self.bytes(text.as_bytes());
        }
    }

    fn head(&mut self, number: usize, form: usize) {
        self.number((number << 2 | form) + 1);
    }

    /// Replaces the text that begins at `start` by a pointer to the same one before it,
    /// where that is shorter.
    fn point_back(&mut self, start: usize) {
        let (before, text) = self.bytes.split_at(start);
        let earlier = self
            .texts
            .iter()
            .find(|place| before[**place..].starts_with(text));
        match earlier.copied() {
            Some(place) if text.len() > 2 => {
                self.bytes.truncate(start);
                self.head(place, REPEATED);
            }
            Some(_) => {}
            None => self.texts.push(start),
        }
    }
}

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn byte(&mut self) -> Result<u8, Damaged> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Damaged> {
        let bytes = self.take(N)?;
        bytes.try_into().map_err(|_| Damaged)
    }

    pub(super) fn number(&mut self) -> Result<usize, Damaged> {
        let mut number = 0;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Damaged)
    }

    pub(super) fn text(&mut self) -> Result<Option<Masked<String>>, Damaged> {
        let Some(head) = self.number()?.checked_sub(1) else {
            return Ok(None);
        };
        match (head >> 2, head & 0b11) {
            (place, REPEATED) => {
                let mut earlier = Reader {
                    bytes: self.bytes,
                    at: place,
                };
                let head = earlier.number()?.checked_sub(1).ok_or(Damaged)?;
                earlier.letters(head >> 2, head & 0b11).map(Some)
            }
            (length, form) => self.letters(length, form).map(Some),
        }
    }

    /// That everything was read.
    pub(super) fn end(self) -> Result<(), Damaged> {
        if self.at == self.bytes.len() {
            Ok(())
        } else {
            Err(Damaged)
        }
    }

    /// The letters of a text that repeats no other.
    fn letters(&mut self, length: usize, form: usize) -> Result<Masked<String>, Damaged> {
        if form == LETTERS {
            return read_letters(self.take(length)?);
        }
        let known = ALPHABETS.iter().find(|(one, _)| *one == form);
        let (_, alphabet) = known.ok_or(Damaged)?;
        let bytes = self.take(length.div_ceil(2))?;
        let mut text = String::with_capacity(bytes.len() * 2);
        for byte in bytes {
            for half in [byte >> 4, byte & 0x0f] {
                text.push(char::from(alphabet[usize::from(half)]));
            }
        }
        text.truncate(length);
        Ok(Masked::new(text))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Damaged> {
        let end = self.at.checked_add(length).ok_or(Damaged)?;
        let taken = self.bytes.get(self.at..end).ok_or(Damaged)?;
        self.at = end;
        Ok(taken)
    }
}

fn read_letters(bytes: &[u8]) -> Result<Masked<String>, Damaged> {
    if let Some((&FOREIGN, text)) = bytes.split_first() {
        let text = str::from_utf8(text).map_err(|_| Damaged)?;
        return Ok(Masked::new(text.to_owned()));
    }
    // No letter needs more in UTF-8, so the text does not move while it grows.
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 3));
    for byte in bytes {
        text.push(letter_of(*byte).ok_or(Damaged)?);
    }
    Ok(Masked::new(std::mem::take(&mut *text)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packed(texts: &[Option<String>]) -> Zeroizing<Box<[u8]>> {
        let mut writer = Writer::new();
        for text in texts {
            writer.text(text.as_deref());
        }
        writer.finish()
    }

    #[test]
    fn codes_take_half_a_byte_and_nothing_takes_one() {
        let length = |text: Option<&str>| packed(&[text.map(str::to_owned)]).len();
        assert_eq!(length(None), 1);
        assert_eq!(length(Some("")), 1);
        assert_eq!(length(Some("000185000001")), 1 + 6);
        assert_eq!(length(Some("00001")), 1 + 3);
        assert_eq!(length(Some("37.375.14506")), 1 + 6);
        assert_eq!(length(Some("019aa2f0c3d4")), 1 + 6);
        assert_eq!(length(Some("VN")), 1 + 2);
        assert_eq!(length(Some(&"x".repeat(64))), 2 + 64);
    }

    #[test]
    fn a_text_that_comes_again_takes_two_bytes() {
        let name = Some("Nguyễn Văn Thử".to_owned());
        let once = packed(std::slice::from_ref(&name)).len();
        let bytes = packed(&[name.clone(), None, name.clone(), name.clone()]);
        assert_eq!(bytes.len(), once + 1 + 1 + 1);
        let far = [
            vec![Some("x".repeat(40)), name.clone()],
            vec![name.clone(); 2],
        ]
        .concat();
        assert_eq!(packed(&far).len(), (2 + 40) + once + 2 + 2);
        let mut reader = Reader::new(&bytes);
        for text in [&name, &None, &name, &name] {
            let read = reader.text().unwrap();
            assert_eq!(read.map(|text| text.expose().clone()), *text);
        }
    }

    #[test]
    fn a_writer_grows_beyond_the_usual() {
        let [one, two] = ["đ", "字"].map(|letter| letter.repeat(USUAL));
        let bytes = packed(&[Some(one.clone()), Some(two.clone())]);
        let mut reader = Reader::new(&bytes);
        for long in [one, two] {
            assert_eq!(reader.text().unwrap().unwrap().expose(), &long);
        }
        assert_eq!(reader.end(), Ok(()));
    }

    proptest! {
        #[test]
        fn every_text_comes_back(
            texts in prop::collection::vec(
                prop::option::of(prop_oneof![any::<String>(), "[0-9a-f]{0,40}", "[0-9.]{1,2}",
                    "[A-Za-zĂÂĐÊÔƠƯăâđêôơưÀ-Ỹ ]{0,20}"]), 0..8,
            ),
        ) {
            let bytes = packed(&texts);
            let mut reader = Reader::new(&bytes);
            for text in texts {
                let read = reader.text().unwrap();
                prop_assert_eq!(read.as_ref().map(|text| text.expose().clone()), text);
            }
            prop_assert_eq!(reader.end(), Ok(()));
        }

        #[test]
        fn every_number_comes_back(number in any::<usize>()) {
            let mut writer = Writer::new();
            writer.number(number);
            let bytes = writer.finish();
            prop_assert_eq!(Reader::new(&bytes).number(), Ok(number));
        }

        #[test]
        fn any_bytes_are_answered_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut reader = Reader::new(&bytes);
            while reader.text().is_ok_and(|text| text.is_some()) {}
        }
    }
}
