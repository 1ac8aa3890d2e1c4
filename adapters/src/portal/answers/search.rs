//! Whether the answer to a question tells of a dossier, and that it is not there.
//!
//! Only "not found" from a portal that looked, about a dossier, means that it is not
//! there. A look-up that failed says nothing (portal.md 21 and part D 4): what is sent once
//! more because of it would be doubled.
//!
//! What a reader would get wrong: a code that says that all is fine, with nothing in it,
//! is no "not found" yet. Expired sessions and overloads come with code 0 as well, so what
//! such an answer may say is listed, and anything else leaves it open.

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::portal::{PortalError, PortalView};
use serde_json::{Map, Value};

use super::envelope::{Code, Envelope};
use super::session::without_user_name;
use super::success::{SUCCESS, is_doubtful, succeeds};
use super::throttled;
use super::told::Hidden;
use super::view::{STRINGS, text};
use super::words::{
    DOSSIER, MISSING, NO_RIGHT, NOT_LOOKED, NOT_THE_DOSSIER, NOTHING_FOUND, NOTHING_IN_PARTICULAR,
    OUT_OF_SERVICE, OUTAGE, OVERLOAD, SESSION_GONE,
};

/// What an answer to a question holds.
pub(in crate::portal) enum Found<'a> {
    /// The portal looked and has no such dossier.
    Absent,
    /// What hangs on an answer that went well, and is not empty.
    Entry(&'a Value),
}

/// Reads the answer to `TraCuuHoSo` about `dossier`.
///
/// # Errors
/// [`PortalError::Nonsense`] when the answer does not say whether the dossier is
/// there, otherwise as for a write.
pub(in crate::portal) fn of_search(
    envelope: &Envelope,
    dossier: &DossierNumber,
) -> Result<PortalView, PortalError> {
    let found: Vec<&Map<String, Value>> = match found_in(envelope, dossier.as_str())? {
        Found::Absent => return Ok(PortalView::Absent),
        Found::Entry(Value::Array(found)) => found.iter().filter_map(Value::as_object).collect(),
        Found::Entry(Value::Object(found)) => vec![found],
        Found::Entry(_) => Vec::new(),
    };
    // An entry without a number answers the question as it was asked; one with
    // another number is about another dossier.
    let about_it = |entry: &&Map<String, Value>| {
        text(entry, "MaHoSo").is_none_or(|number| number == dossier.as_str())
    };
    match found.into_iter().find(about_it) {
        Some(entry) => Ok(STRINGS.present(entry)),
        None => Err(nonsense(envelope, "a search answer without the dossier")),
    }
}

/// What an answer to a question about the dossier `number` holds.
///
/// # Errors
/// As [`of_search`].
pub(in crate::portal) fn found_in<'e>(
    envelope: &'e Envelope,
    number: &str,
) -> Result<Found<'e>, PortalError> {
    if let Some(status) = envelope.wordless() {
        return Err(PortalError::Rejected { status });
    }
    match envelope.class() {
        Code::Zero => {}
        Code::NonZero | Code::Text | Code::Absent => {
            return of_failure(envelope, number).map(|()| Found::Absent);
        }
    }
    if !is_empty(envelope.result()) {
        return Ok(Found::Entry(envelope.result()));
    }
    if tells_of_nothing(&envelope.folded(), number) {
        return Ok(Found::Absent);
    }
    Err(reason(envelope, "an empty search answer with other words"))
}

/// Whether nothing hangs on an answer.
pub(super) fn is_empty(result: &Value) -> bool {
    match result {
        Value::Null => true,
        Value::Array(found) => found.is_empty(),
        Value::Object(found) => found.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn holds(sentence: &str, words: &[&str]) -> bool {
    words.iter().any(|word| sentence.contains(word))
}

/// Whether the sentence beside an answer that is fine and empty leaves no doubt that the
/// portal looked: there is none, or it says that all went well, or that nothing was found.
fn tells_of_nothing(sentence: &str, number: &str) -> bool {
    if has_not_looked(sentence) {
        return false;
    }
    let all_went_well =
        sentence.is_empty() || sentence.trim_end_matches(['.', '!']) == "ok" || succeeds(sentence);
    let rest = without(sentence, &[MISSING, NOTHING_FOUND]);
    all_went_well
        || (rest != sentence
            && is_about(sentence, &rest, number)
            && !(holds(sentence, MISSING) && holds(sentence, NOT_THE_DOSSIER))
            && !is_doubtful(&rest))
}

/// Whether what was not found is the dossier: it is named, or nothing is.
fn is_about(sentence: &str, rest: &str, number: &str) -> bool {
    names_it(sentence, number)
        || !without(rest, &[NOTHING_IN_PARTICULAR, &[SUCCESS]]).contains(char::is_alphanumeric)
}

fn names_it(sentence: &str, number: &str) -> bool {
    holds(sentence, DOSSIER) || sentence.contains(&number.to_lowercase())
}

fn without(sentence: &str, lists: &[&[&str]]) -> String {
    let words = lists.iter().copied().flatten();
    words.fold(sentence.to_owned(), |rest, words| rest.replace(words, " "))
}

/// Whether something in a sentence kept the portal from looking, whatever else it says.
fn has_not_looked(sentence: &str) -> bool {
    [OVERLOAD, OUT_OF_SERVICE, OUTAGE, NO_RIGHT, NOT_LOOKED]
        .into_iter()
        .any(|words| holds(sentence, words))
        || holds(&without_user_name(sentence), SESSION_GONE)
}

/// `Ok` when a search without success says that the dossier is not there.
fn of_failure(envelope: &Envelope, number: &str) -> Result<(), PortalError> {
    let sentence = envelope.folded();
    let coded = envelope.class() != Code::Absent;
    let missing = holds(&sentence, MISSING) && !holds(&sentence, NOT_THE_DOSSIER);
    if coded && missing && names_it(&sentence, number) && !has_not_looked(&sentence) {
        Ok(())
    } else if coded {
        Err(reason(envelope, "a failed search without a known reason"))
    } else {
        Err(reason(envelope, "a search answer without a code"))
    }
}

/// Whether the words beside an answer that is fine and empty, to a question about no dossier,
/// leave no doubt that the portal looked.
pub(super) fn found_nothing(envelope: &Envelope) -> bool {
    tells_of_nothing(&envelope.folded(), "")
}

/// Why a search told nothing; `problem` where its words give no reason that is known, or
/// no code says that they are the portal's.
pub(super) fn reason(envelope: &Envelope, problem: &'static str) -> PortalError {
    let sentence = envelope.folded();
    let said = || Some(envelope.said(&Hidden::AllButKnown));
    let coded = envelope.class() != Code::Absent;
    if coded && holds(&sentence, OVERLOAD) {
        throttled(envelope.said(&Hidden::AllButKnown))
    } else if coded && holds(&without_user_name(&sentence), SESSION_GONE) {
        PortalError::SessionRefused { said: said() }
    } else if coded && holds(&sentence, NO_RIGHT) {
        PortalError::AccessDenied { said: said() }
    } else if holds(&sentence, OUT_OF_SERVICE) || holds(&sentence, OUTAGE) {
        PortalError::OutOfService { said: said() }
    } else {
        nonsense(envelope, problem)
    }
}

fn nonsense(envelope: &Envelope, problem: &'static str) -> PortalError {
    PortalError::Nonsense {
        problem,
        said: Some(envelope.said(&Hidden::AllButKnown)),
    }
}
