//! What the code beside a wrapped answer says (population.md 8 and 11).
//!
//! The field holds anything at some upstreams, exception text included; what is no
//! known code of success says that no answer stands beside it, and nothing more.

/// Whether it says that an answer stands beside it: `0`, or `1` at some buses.
pub(in crate::population) fn is_success(code: &str) -> bool {
    matches!(code.parse(), Ok(0_u32 | 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exception_text_in_place_of_a_code_is_no_success() {
        for code in ["0", "00", "1"] {
            assert!(is_success(code), "{code}");
        }
        for code in [
            "-1",
            "2",
            "200",
            "004",
            "",
            "0 rows",
            "java.io.IOException: 0",
        ] {
            assert!(!is_success(code), "{code}");
        }
    }
}
