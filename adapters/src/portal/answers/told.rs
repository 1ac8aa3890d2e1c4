//! Which of the portal's words are kept: operators read them in the dossier's timeline, and
//! so do the dossier's own callers.
//!
//! What a reader would get wrong: a sentence may repeat what the portal knows and the call
//! did not carry. The answer to a question about a number may name the dossier's owner, and
//! nothing in the call tells what to take out of it.

use lienthong_core::ports::portal::Said;
use unicode_normalization::UnicodeNormalization as _;

use super::envelope::Envelope;
use super::success::SUCCESS;
use super::words;

/// Longest sentence that names are looked for in, in characters; far more than is kept.
const LOOKED_AT: usize = 2_000;

/// What must not show in the words that are kept.
#[derive(Debug, Clone)]
pub(in crate::portal) enum Hidden<'a> {
    /// These values. The call carried the owner, or nothing of a dossier at all.
    Values(Vec<&'a str>),
    /// These values, and whatever looks like a name: the call carried steps, and the
    /// portal knows whose they are. Of a sentence whose capitals tell no name, everything
    /// but the words that the tables look for.
    Names(Vec<&'a str>),
    /// Everything but the words that the tables look for: the call carried a number, and
    /// the portal knows the rest.
    AllButKnown,
}

impl Hidden<'_> {
    /// Nothing: the call was about no dossier.
    pub(in crate::portal) const NOTHING: Hidden<'static> = Hidden::Values(Vec::new());

    /// The values that the call carried.
    pub(super) fn values(&self) -> &[&str] {
        match self {
            Self::Values(values) | Self::Names(values) => values,
            Self::AllButKnown => &[],
        }
    }
}

impl Envelope {
    /// The words of the answer without what is `hidden`.
    pub(in crate::portal) fn said(&self, hidden: &Hidden<'_>) -> Said {
        match hidden {
            Hidden::Values(values) => Said::new(self.code(), self.message(), values),
            Hidden::Names(values) => {
                // Composed, since a mark of its own would end a word.
                let message: String = self.message().nfc().take(LOOKED_AT).collect();
                if !tells_names_by_capitals(&message) {
                    let kept = known_words(&self.folded());
                    // Nothing was left out: its capitals need not be either.
                    let kept = if kept.contains('…') {
                        &kept
                    } else {
                        &message
                    };
                    return Said::new(self.code(), kept, values);
                }
                let names = names_in(&message);
                let all: Vec<&str> = values
                    .iter()
                    .copied()
                    .chain(names.iter().map(String::as_str))
                    .collect();
                Said::new(self.code(), &message, &all)
            }
            Hidden::AllButKnown => Said::new(self.code(), &known_words(&self.folded()), &[]),
        }
    }
}

/// Whether a word that begins no sentence has capitals and small letters, so that names
/// would show theirs. Codes have a digit, and an abbreviation says nothing.
fn tells_names_by_capitals(message: &str) -> bool {
    let mut begins = true;
    message.split_whitespace().any(|token| {
        let tells = !begins
            && token.contains(char::is_uppercase)
            && token.contains(char::is_lowercase)
            && !token.contains(|c: char| c.is_ascii_digit());
        begins = token.ends_with(['.', '!', '?', ':', ';', '-']);
        tells
    })
}

/// Runs of two and more words that begin with a capital.
fn names_in(message: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    let mut end = |run: &mut Vec<&str>| {
        if run.len() > 1 {
            names.push(run.join(" "));
        }
        run.clear();
    };
    for token in message.split_whitespace() {
        let is_letter = |c: char| c.is_alphabetic();
        let word = token.trim_matches(|c: char| !is_letter(c));
        if token.starts_with(|c: char| !is_letter(c)) {
            end(&mut run);
        }
        if is_capitalised(word) {
            run.push(word);
        } else {
            end(&mut run);
        }
        if token.ends_with(|c: char| !is_letter(c)) {
            end(&mut run);
        }
    }
    end(&mut run);
    names
}

/// Whether a word has one capital at its beginning, or capitals only; the name of a field
/// has more than one.
fn is_capitalised(word: &str) -> bool {
    let mut letters = word.chars();
    let first = letters.next().is_some_and(char::is_uppercase);
    let rest = letters.as_str();
    first && (!rest.contains(char::is_uppercase) || !rest.contains(char::is_lowercase))
}

/// What the tables know of a folded sentence, with `…` for all the rest of it.
fn known_words(folded: &str) -> String {
    let known = KNOWN.iter().copied().flatten().chain([&SUCCESS]);
    let mut found: Vec<(usize, usize)> = known
        .flat_map(|words| folded.match_indices(words))
        .map(|(at, words)| (at, at + words.len()))
        .collect();
    found.sort_unstable();
    let mut kept = String::new();
    let mut done = 0;
    for (start, end) in found.into_iter().chain([(folded.len(), folded.len())]) {
        if start > done {
            let between = &folded[done..start];
            let tells = between.contains(char::is_alphanumeric);
            kept.push_str(if tells { " … " } else { between });
        }
        if end > done {
            kept.push_str(&folded[start.max(done)..end]);
            done = end;
        }
    }
    kept.trim().to_owned()
}

/// What the portal did, besides what the tables look for.
const DONE: &[&str] = &["cập nhật", "đồng bộ", "tiến độ"];

/// Every list of words that say nothing of a person.
const KNOWN: &[&[&str]] = &[
    words::MISSING,
    words::NOTHING_FOUND,
    words::OVERLOAD,
    words::OUT_OF_SERVICE,
    words::OUTAGE,
    words::SESSION_GONE,
    words::FAILED,
    words::CODED_THINGS,
    words::FIELD_FAULT,
    words::DOSSIER,
    words::FILE,
    words::NOT_FETCHED,
    words::NO_RIGHT,
    DONE,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_search_only_words_that_the_tables_know_are_kept() {
        for (sentence, kept) in [
            (
                "hồ sơ của lý thị thử nghiệm không tồn tại",
                "hồ sơ … không tồn tại",
            ),
            ("không tìm thấy hồ sơ", "không tìm thấy hồ sơ"),
            ("lý thị thử nghiệm", "…"),
            (
                "hệ thống đang bảo trì, gọi 0900000001",
                "hệ thống đang bảo trì …",
            ),
            ("", ""),
        ] {
            assert_eq!(known_words(sentence), kept, "{sentence}");
        }
    }

    #[test]
    fn a_name_is_taken_out_of_the_answer_to_steps_however_it_is_written() {
        let message = "Hồ sơ của Lý Thị Thử Nghiệm chưa được ghi";
        for message in [
            message.to_owned(),
            message.nfd().collect(),
            message.nfc().collect(),
        ] {
            let said = Envelope::of_text(&message).said(&Hidden::Names(Vec::new()));
            assert_eq!(said.text(), "Hồ sơ của *** chưa được ghi");
        }
    }

    #[test]
    fn a_name_without_capitals_is_taken_out_of_the_answer_to_steps() {
        for (message, kept) in [
            ("hồ sơ của lý thị thử nghiệm chưa được ghi", "hồ sơ …"),
            ("Hồ sơ của lý thị thử nghiệm chưa được ghi", "hồ sơ …"),
            (
                "Lỗi: Hồ sơ H22.12-250714-0007 của lý thị thử nghiệm tại UBND",
                "… hồ sơ …",
            ),
            ("HỒ SƠ CỦA LÝ THỊ THỬ NGHIỆM CHƯA ĐƯỢC GHI", "hồ sơ …"),
            (
                "Cập nhật tiến độ thành công.",
                "Cập nhật tiến độ thành công.",
            ),
            (
                "Trường NguoiXuLy dài quá 50 ký tự",
                "Trường NguoiXuLy dài quá 50 ký tự",
            ),
        ] {
            let said = Envelope::of_text(message).said(&Hidden::Names(Vec::new()));
            assert_eq!(said.text(), kept, "{message}");
        }
    }

    #[test]
    fn what_looks_like_a_name_is_found_and_a_sentence_is_not() {
        for (message, names) in [
            (
                "Hồ sơ của Lý Thị Thử Nghiệm chưa được ghi",
                vec!["Lý Thị Thử Nghiệm"],
            ),
            ("Trường NguoiXuLy dài quá 50 ký tự", vec![]),
            ("Nguyễn Văn A đã ghi", vec!["Nguyễn Văn A"]),
            (
                "LÝ THỊ THỬ (Phường Thử), đã ghi",
                vec!["LÝ THỊ THỬ", "Phường Thử"],
            ),
            ("Cập nhật thành công. Hồ sơ H22.12-250714-0007", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(names_in(message), names, "{message}");
        }
    }
}
