//! From bytes to letters.
//!
//! What a reader would get wrong: bytes that are no UTF-8 are never decoded by guessing. In
//! Windows-1258 and Windows-1252 the same byte is another letter, and a wrong name in a
//! register of documents is worse than a file that has to be saved again.

use super::problem::{ImportProblem, Reason};

/// Letters as they look after UTF-8 was read as Windows-1252; none of these pairs stands in
/// a Vietnamese or English word.
const GARBLED: [&str; 6] = ["áº", "á»", "Ä‘", "Æ°", "Æ¡", "\u{fffd}"];

/// The text of a file.
pub(super) fn decode(bytes: &[u8]) -> Result<String, Vec<ImportProblem>> {
    let text = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest)?,
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        _ if bytes.contains(&0) => return Err(of_file(Reason::Utf16)),
        _ => utf8(bytes)?,
    };
    let problems = doubts(&text);
    if problems.is_empty() {
        Ok(text)
    } else {
        Err(problems)
    }
}

fn of_file(reason: Reason) -> Vec<ImportProblem> {
    vec![ImportProblem::of_file(reason)]
}

fn utf8(bytes: &[u8]) -> Result<String, Vec<ImportProblem>> {
    std::str::from_utf8(bytes)
        .map(str::to_owned)
        .map_err(|error| {
            let good = &bytes[..error.valid_up_to()];
            let lines = good.split(|byte| *byte == b'\n').count();
            let line = u32::try_from(lines).unwrap_or(u32::MAX);
            let probably = probably(bytes);
            vec![ImportProblem::at_row(line, Reason::NotUtf8 { probably })]
        })
}

/// What bytes that are no UTF-8 probably are. Windows-1258 writes tones as letters of their
/// own behind a vowel, which in Windows-1252 would be another vowel behind it.
fn probably(bytes: &[u8]) -> &'static str {
    let vowel = |byte: u8| {
        matches!(
            byte.to_ascii_lowercase(),
            b'a' | b'e' | b'i' | b'o' | b'u' | b'y'
        ) || matches!(
            byte,
            0xe2 | 0xe3 | 0xea | 0xf4 | 0xf5 | 0xfd | 0xc2 | 0xca | 0xd4
        )
    };
    let tone = |byte: u8| matches!(byte, 0xcc | 0xd2 | 0xde | 0xec | 0xf2);
    let tones = bytes
        .windows(2)
        .filter(|pair| vowel(pair[0]) && tone(pair[1]))
        .count();
    let others = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    if tones * 4 > others {
        "Windows-1258"
    } else {
        "Windows-1252, TCVN3"
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Vec<ImportProblem>> {
    let pairs = bytes.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return Err(of_file(Reason::Utf16));
    }
    let units = pairs.map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units)
        .collect::<Result<_, _>>()
        .map_err(|_| of_file(Reason::Utf16))
}

/// Lines whose letters were lost before.
fn doubts(text: &str) -> Vec<ImportProblem> {
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if GARBLED.iter().any(|pair| line.contains(pair)) {
            problems.push(ImportProblem::at_row(number, Reason::Garbled));
        } else if is_old_font(line) {
            problems.push(ImportProblem::at_row(number, Reason::OldFont));
        }
        // The rest of such a file looks the same.
        if problems.len() == 3 {
            break;
        }
    }
    problems
}

/// Whether a text was typed for a TCVN3 font, in which đ is the registered sign.
pub(super) fn is_old_font(text: &str) -> bool {
    let letters = text.chars().zip(text.chars().skip(1));
    letters
        .into_iter()
        .any(|(one, next)| one == '®' && next.is_alphabetic())
}

/// Whether a text was read in a wrong encoding before.
pub(super) fn is_garbled(text: &str) -> bool {
    GARBLED.iter().any(|pair| text.contains(pair))
}
