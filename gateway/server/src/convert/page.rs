//! Pages of a list, and the tokens by which they go on.
//!
//! What a reader would get wrong: a token holds a place in the list and a digest of the
//! conditions, so that a page cannot be continued under others by mistake. It is no secret
//! and opens nothing.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::ListPosition;

use super::{InvalidField, Reader};

/// Entries of a page when the caller names no number.
const USUAL: u32 = 50;
/// Most entries of a page.
pub(super) const LONGEST: u32 = 500;

/// What a list is asked for, besides the page.
pub(super) type Digest = [u8; 8];

/// The digest of an encoded question.
pub(super) fn digest(question: &[u8]) -> Digest {
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, question);
    let mut digest = Digest::default();
    for (to, from) in digest.iter_mut().zip(hash.as_ref()) {
        *to = *from;
    }
    digest
}

/// Reads the size of a page; zero is the usual one.
pub(super) fn read_size(reader: &mut Reader, raw: i32) -> Option<u32> {
    match u32::try_from(raw) {
        Ok(0) => Some(USUAL),
        Ok(size @ 1..=LONGEST) => Some(size),
        Ok(_) | Err(_) => {
            let (least, most) = (1, i64::from(LONGEST));
            reader.refuse("page_size", InvalidField::OutOfRange { least, most });
            None
        }
    }
}

/// A token that goes on behind `place` of the list that `digest` names.
pub(super) fn token(digest: Digest, place: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode([&digest, place].concat())
}

/// The place that a token names; `None` for the first page.
pub(super) fn read_token<T>(
    reader: &mut Reader,
    token: &str,
    digest: Digest,
    read: impl FnOnce(&[u8]) -> Option<T>,
) -> Option<T> {
    if token.is_empty() {
        return None;
    }
    let place = || {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let place = bytes.strip_prefix(&digest)?;
        read(place)
    };
    reader.take("page_token", place().ok_or(InvalidField::PageToken))
}

/// A number as a place.
pub(super) fn number_place(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

/// The number in a place.
pub(super) fn read_number_place(place: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(place.try_into().ok()?))
}

/// A position in a list of dossiers as a place.
pub(super) fn dossier_place(position: &ListPosition) -> Vec<u8> {
    let at = position
        .oldest_unsent_at
        .map_or(i64::MIN, Timestamp::as_microsecond);
    [&at.to_be_bytes(), position.dossier.as_str().as_bytes()].concat()
}

/// The position in a place.
pub(super) fn read_dossier_place(place: &[u8]) -> Option<ListPosition> {
    let (at, dossier) = place.split_first_chunk::<8>()?;
    let oldest_unsent_at = match i64::from_be_bytes(*at) {
        i64::MIN => None,
        micros => Some(Timestamp::from_microsecond(micros).ok()?),
    };
    Some(ListPosition {
        oldest_unsent_at,
        dossier: DossierNumber::parse(std::str::from_utf8(dossier).ok()?).ok()?,
    })
}
