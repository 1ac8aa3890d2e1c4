//! Whether a sentence says that all went well, and says nothing else.
//!
//! What a reader would get wrong: "Không đồng bộ thành công", "Thành công 9/10" and
//! "Thành công, 1 bước lỗi" hold the word, and come with code 0 as well. Whatever casts a
//! doubt makes a sentence one that is not understood; then the portal is asked, which costs
//! one call, where a success that was none would lose an event for good.
//!
//! "Từ chối", "trả lại", "hủy", "sai", "thiếu" and "còn" stay among the doubts although a
//! success may be about a dossier that was refused or sent back ("Đồng bộ hồ sơ từ chối
//! tiếp nhận thành công"). No word in such a sentence tells whether the agency refused the
//! dossier or the portal the call, and no public source shows that a portal repeats the
//! dossier's state. Of a portal that does, every such event ends as `UNKNOWN_TEXT` with the
//! sentence beside it, which a person sees; the other mistake would be seen by nobody. What
//! helps then is that very sentence among the successes, not a doubt less.

use super::words::FAILED;

/// The word that clients in the field decide on (portal.md 21).
pub(super) const SUCCESS: &str = "thành công";

/// Whole words that leave it open whether all went well. An assumption of this project:
/// no public source lists the portal's sentences.
pub(super) const DOUBTS: &[&str] = &[
    // No.
    "không",
    "khong",
    "chưa",
    "chua",
    "chẳng",
    "not",
    // It went wrong.
    "thất bại",
    "lỗi",
    "error",
    "errors",
    "exception",
    "fail",
    "failed",
    "failure",
    "sai",
    "sự cố",
    "từ chối",
    "trả lại",
    "bị loại",
    "hủy",
    "huỷ",
    "invalid",
    "rejected",
    "denied",
    "thử lại",
    "để thành công",
    "sẽ",
    // Not all of it.
    "một phần",
    "từng phần",
    "một số",
    "một vài",
    "bỏ qua",
    "ngoại trừ",
    "chỉ có",
    "mới chỉ",
    "thiếu",
    "còn",
    "partial",
    "partially",
    "skipped",
    "thành công 0",
    "0 hồ sơ",
    "0 bước",
    "0 bản ghi",
    "0 dòng",
    // But.
    "nhưng",
    "tuy nhiên",
    "but",
    "however",
];

/// Words between the two numbers of "9 trong tổng số 10".
const OUT_OF: &[&str] = &["trên", "trong", "of"];

/// Words that may stand there besides.
const COUNTED: &[&str] = &["tổng", "số", "hồ", "sơ", "bước", "bản", "ghi", "cộng"];

/// Behind these a number is how long it took.
const TIMES: &[&str] = &["ms", "s", "giây", "phút", "mili"];

/// Whether a folded sentence says that all went well, and nothing that casts a doubt on it.
pub(super) fn succeeds(folded: &str) -> bool {
    let spaced = spaced(folded);
    folded.contains(SUCCESS)
        && holds_word(&spaced, SUCCESS)
        && !holds_doubt(&spaced)
        && !folded.contains(is_hidden)
        && counts_are_whole(folded, &spaced)
}

/// Characters that do not show: they take a word apart that a person reads.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fffd}')
}

/// Whether something in a folded sentence says that something went well, be it a part.
pub(super) fn claims_success(folded: &str) -> bool {
    let rest = FAILED
        .iter()
        .fold(folded.to_owned(), |rest, words| rest.replace(words, " "));
    rest.contains(SUCCESS)
}

/// Whether a folded sentence casts a doubt on whatever it says.
pub(super) fn is_doubtful(folded: &str) -> bool {
    holds_doubt(&spaced(folded))
}

fn holds_doubt(spaced: &str) -> bool {
    DOUBTS.iter().any(|words| holds_word(spaced, words))
}

/// The words of a sentence with one space around each.
fn spaced(folded: &str) -> String {
    let words = folded.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .fold(" ".to_owned(), |spaced, word| spaced + word + " ")
}

fn holds_word(spaced: &str, words: &str) -> bool {
    spaced.contains(&format!(" {words} "))
}

/// Whether every "so many of so many" is all of them.
fn counts_are_whole(folded: &str, spaced: &str) -> bool {
    slashes_are_whole(folded) && words_are_whole(spaced) && percentages_are_whole(folded)
}

/// `9/10`; a date has two strokes.
fn slashes_are_whole(folded: &str) -> bool {
    let close = folded.replace(" /", "/").replace("/ ", "/");
    close.split_whitespace().all(|token| {
        let mut parts = token.split('/');
        let (Some(left), Some(right), None) = (parts.next(), parts.next(), parts.next()) else {
            return true;
        };
        let left = left.trim_start_matches(|c: char| !c.is_ascii_digit());
        let right = right.trim_end_matches(|c: char| !c.is_ascii_digit());
        match (left.parse::<u64>(), right.parse::<u64>()) {
            (Ok(done), Ok(all)) => done == all && done > 0,
            // "quận/huyện".
            (Err(_), _) | (_, Err(_)) => true,
        }
    })
}

/// "9 trong tổng số 10".
fn words_are_whole(spaced: &str) -> bool {
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<u64>().ok());
    (0..words.len()).all(|at| {
        let Some(done) = number(at) else {
            return true;
        };
        let between = words[at + 1..]
            .iter()
            .take_while(|word| OUT_OF.contains(word) || COUNTED.contains(word));
        let between: Vec<&&str> = between.collect();
        if !between.iter().any(|word| OUT_OF.contains(word)) {
            return true;
        }
        let next = at + 1 + between.len();
        if words.get(next + 1).is_some_and(|unit| TIMES.contains(unit)) {
            return true;
        }
        number(next).is_none_or(|all| done == all && done > 0)
    })
}

/// "90%".
fn percentages_are_whole(folded: &str) -> bool {
    let close = folded.replace(" %", "%");
    let mut parts: Vec<&str> = close.split('%').collect();
    // Behind the last one there is none.
    parts.pop();
    parts.iter().all(|part| {
        let before = part.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ','));
        matches!(&part[before.len()..], "100" | "100.0" | "100,0" | "")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    #[test]
    fn plain_sentences_of_success_are_ones() {
        for sentence in [
            "thành công",
            "đồng bộ thành công",
            "cập nhật tiến độ thành công.",
            "0 - thành công",
            "[00] thành công",
            "đồng bộ thành công 1/1 hồ sơ",
            "đồng bộ hồ sơ 000.00.06.h56-231027-0361 thành công lúc 08:00 14/07/2025",
            "10 trong tổng số 10 bước thành công",
            "thành công 100%",
            "thêm mới hồ sơ thành công",
            "cập nhật địa chỉ quận/huyện thành công",
            "đồng bộ thành công 1 hồ sơ trong 2 giây",
        ] {
            assert!(succeeds(sentence), "{sentence}");
        }
    }

    #[test]
    fn sentences_that_leave_something_open_are_none() {
        for sentence in [
            "không đồng bộ thành công",
            "không thể cập nhật thành công",
            "chưa cập nhật thành công",
            "thành công 9/10",
            "thành công 9 / 10 bước",
            "đồng bộ thành công (9/10), chờ",
            "đồng bộ thành công 0/1 hồ sơ",
            "thành công 0/0",
            "thành công 9 bước trong tổng số 10 bước",
            "9 trên 10 thành công",
            "thành công 90%",
            "thành công 90 %",
            "thành công 99,5%",
            "thành công: 0",
            "thành công, 1 bước lỗi",
            "thành công nhưng thiếu tệp",
            "thành công một phần",
            "sẽ đồng bộ thành công",
            "thành, công",
            "thành \u{0}công",
            "kh\u{200b}ông đồng bộ thành công",
            "kh\u{fffd}ng đồng bộ thành công",
            "ok",
            "",
        ] {
            assert!(!succeeds(sentence), "{sentence}");
        }
    }

    #[test]
    fn a_failure_claims_a_success_only_where_it_says_one_beside_its_no() {
        for (sentence, expected) in [
            ("cập nhật không thành công", false),
            ("chưa thành công: trường nguoixuly không hợp lệ", false),
            ("thất bại 1 bước, thành công 9 bước", true),
            ("không thành công 1 bước, thành công 9 bước", true),
            ("không đồng bộ thành công", true),
        ] {
            assert_eq!(claims_success(sentence), expected, "{sentence}");
        }
    }

    proptest! {
        #[test]
        fn no_doubt_anywhere_in_a_sentence_is_overlooked(
            before in "[a-zđưô]{0,6}( [a-zđưô]{1,6}){0,2}",
            doubt in select(DOUBTS),
            between in "[ ,:(a-zđưô]{0,12}",
            behind in "[ .!)a-zđưô]{0,12}",
            first in any::<bool>(),
        ) {
            let sentence = if first {
                format!("{before} {doubt} {between} thành công {behind}")
            } else {
                format!("{before} thành công {between} {doubt} {behind}")
            };
            prop_assert!(!succeeds(&sentence));
        }

        #[test]
        fn only_all_of_them_are_all(done in 0_u64..30, all in 0_u64..30) {
            let whole = done == all && done > 0;
            for sentence in [
                format!("thành công {done}/{all} hồ sơ"),
                format!("{done} trên {all} bước thành công"),
            ] {
                prop_assert_eq!(succeeds(&sentence), whole, "{}", sentence);
            }
        }
    }
}
