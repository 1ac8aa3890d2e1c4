//! How a table is read: the first row whose code and sentence fit counts.

use lienthong_core::ports::portal::Reading;
use lienthong_core::sync::cause::Cause;

use super::envelope::{Code, Envelope};
use super::session::without_user_name;
use super::success::{claims_success, succeeds};
use super::told::Hidden;

/// Codes that a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codes {
    /// Any, or none.
    Any,
    /// One that says that all is fine.
    Zero,
    /// Another, or an answer that is a sentence and has none.
    NonZero,
    /// None, because the answer is a sentence.
    Text,
}

/// Sentences that a row is about, in lower case.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sentence {
    /// One that holds any of these.
    Holds(&'static [&'static str]),
    /// One that names a thing and says of it what the second list says.
    Says(&'static [&'static str], &'static [&'static str]),
    /// The same, where it names nothing of the third list that might be meant instead.
    SaysOnlyOf(
        &'static [&'static str],
        &'static [&'static str],
        &'static [&'static str],
    ),
    /// One that says that all went well, and nothing else.
    Succeeds,
    /// One that says of a part at least that it went well.
    ClaimsSuccess,
    /// One that holds any of the first list and none of the second.
    HoldsWithout(&'static [&'static str], &'static [&'static str]),
    /// One that holds any of these beside "tên đăng nhập", which is a field.
    OfSession(&'static [&'static str]),
    /// None at all.
    Empty,
    /// Any.
    Any,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An outcome of the call.
    Reads(Reading),
    /// Too many calls.
    Throttled,
    /// The portal does not work.
    OutOfService,
    /// The portal did not act, for want of a session.
    SessionGone,
    /// The portal does not let this system in.
    AccessDenied,
}

#[derive(Debug)]
pub(super) struct Row {
    codes: Codes,
    sentence: Sentence,
    meaning: Meaning,
}

/// The rows of one profile, in blocks that profiles share.
#[derive(Debug)]
pub(in crate::portal) struct Table {
    pub(super) blocks: &'static [&'static [Row]],
}

pub(super) const fn row(codes: Codes, sentence: Sentence, meaning: Meaning) -> Row {
    Row {
        codes,
        sentence,
        meaning,
    }
}

pub(super) const fn reads(codes: Codes, sentence: Sentence, reading: Reading) -> Row {
    row(codes, sentence, Meaning::Reads(reading))
}

pub(super) const fn refuses(codes: Codes, sentence: Sentence, cause: Cause) -> Row {
    reads(codes, sentence, Reading::Refused { cause })
}

static NOT_UNDERSTOOD: Meaning = Meaning::Reads(Reading::NotUnderstood);

impl Table {
    /// Every row, from the top.
    pub(super) fn rows(&self) -> impl Iterator<Item = &'static Row> + use<> {
        self.blocks.iter().copied().flatten()
    }

    /// What the table says of an answer to a write. The `known` values of the call are
    /// read over: "Thành Công" is a name as well.
    pub(super) fn meaning(&self, envelope: &Envelope, known: &Hidden<'_>) -> &'static Meaning {
        let (code, sentence) = (envelope.class(), envelope.folded_without(known.values()));
        self.rows()
            .find(|row| row.fits(code, &sentence))
            .map_or(&NOT_UNDERSTOOD, |row| &row.meaning)
    }
}

impl Row {
    fn fits(&self, code: Code, sentence: &str) -> bool {
        let holds = |words: &[&str]| words.iter().any(|word| sentence.contains(word));
        let code_fits = match self.codes {
            Codes::Any => true,
            Codes::Zero => code == Code::Zero,
            Codes::NonZero => matches!(code, Code::NonZero | Code::Text),
            Codes::Text => code == Code::Text,
        };
        code_fits
            && match self.sentence {
                Sentence::Holds(words) => holds(words),
                Sentence::Says(things, what) => holds(things) && holds(what),
                Sentence::HoldsWithout(words, others) => holds(words) && !holds(others),
                Sentence::SaysOnlyOf(things, what, others) => {
                    holds(things) && holds(what) && !holds(others)
                }
                Sentence::Succeeds => succeeds(sentence),
                Sentence::ClaimsSuccess => claims_success(sentence),
                Sentence::OfSession(words) => {
                    let text = without_user_name(sentence);
                    words.iter().any(|word| text.contains(word))
                }
                Sentence::Empty => sentence.is_empty(),
                Sentence::Any => true,
            }
    }
}

#[cfg(test)]
impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use super::success::{DOUBTS, SUCCESS};
        use super::words::FAILED;

        let quoted = |words: &[&str]| {
            let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
            quoted.join(" | ")
        };
        let sentence = match self.sentence {
            Sentence::Holds(words) => quoted(words),
            Sentence::Says(things, what) => format!("{} AND {}", quoted(things), quoted(what)),
            Sentence::HoldsWithout(words, others) => {
                format!("{} AND NONE OF {}", quoted(words), quoted(others))
            }
            Sentence::SaysOnlyOf(things, what, others) => format!(
                "{} AND {} AND NONE OF {}",
                quoted(things),
                quoted(what),
                quoted(others)
            ),
            Sentence::Succeeds => format!(
                "\"{SUCCESS}\" AND NO WORD OF {} AND EVERY COUNT WHOLE",
                quoted(DOUBTS)
            ),
            Sentence::ClaimsSuccess => format!("\"{SUCCESS}\" BESIDE {}", quoted(FAILED)),
            Sentence::OfSession(words) => format!("of the session: {}", quoted(words)),
            Sentence::Empty => "nothing".to_owned(),
            Sentence::Any => "anything".to_owned(),
        };
        write!(f, "{:?}: {sentence}\n    => {:?}", self.codes, self.meaning)
    }
}
