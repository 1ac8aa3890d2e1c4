//! Who does it and why, judged before anything is asked of the gateway.
//!
//! What a reader would get wrong: the gateway judges the same again. Here it is only spared
//! a preview or a comparison whose result would then not be used.

use lienthong_core::access::OfficerId;
use lienthong_core::text::Text;

use super::super::failure::Failure;
use crate::lang::Lang;

/// Fewest characters of a reason (`StartRetryRequest.reason` of the contract).
const SHORTEST_REASON: usize = 5;

/// Refuses a reason or an operator that the gateway would not take; what is not given is not
/// judged. The words themselves are not repeated.
pub(super) fn check(
    reason: Option<&str>,
    operator: Option<&str>,
    lang: Lang,
) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    if reason.is_some_and(|reason| !is_reason(reason)) {
        wrong.push(lang.pick(
            "--reason phải có từ 5 đến 500 ký tự.",
            "--reason must have 5 to 500 characters.",
        ));
    }
    if operator.is_some_and(|operator| OfficerId::parse(operator).is_none()) {
        wrong.push(lang.pick(
            "--operator phải gồm 1 đến 20 chữ không dấu, chữ số, '_', '-' hoặc '.'.",
            "--operator must be 1 to 20 letters, digits, '_', '-' or '.'.",
        ));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::usage(wrong.join("\n  ")))
    }
}

fn is_reason(text: &str) -> bool {
    Text::<500>::parse(text).is_ok_and(|reason| reason.as_str().chars().count() >= SHORTEST_REASON)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::lang::Lang;

    #[test]
    fn both_are_judged_at_once_and_not_repeated() {
        assert!(check(Some("Đã sửa"), Some("CB-01"), Lang::Vi).is_ok());
        assert!(check(None, None, Lang::Vi).is_ok());
        let failure = check(Some(" abc "), Some("cán bộ"), Lang::En).unwrap_err();
        assert_eq!(failure.exit_code(), 2);
        let told = failure.block(Lang::En);
        assert!(
            told.contains("--reason") && told.contains("--operator"),
            "{told}"
        );
        assert!(!told.contains("abc") && !told.contains("cán"), "{told}");
    }
}
