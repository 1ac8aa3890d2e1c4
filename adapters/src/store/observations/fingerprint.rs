//! What tells a row of a source from any other that could stand in its place.

use aws_lc_rs::digest::{Context, SHA256};
use lienthong_core::ports::observations::Fingerprint;

/// Hash of these parts of a row, each with its length in front.
pub(in crate::store) fn fingerprint(parts: &[&[u8]]) -> Fingerprint {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    Fingerprint(hash)
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn parts_that_are_cut_elsewhere_are_another_row() {
        assert_ne!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"a", b"bc"]));
        assert_eq!(fingerprint(&[b"ab", b"c"]), fingerprint(&[b"ab", b"c"]));
    }
}
