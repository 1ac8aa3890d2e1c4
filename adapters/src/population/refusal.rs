//! What an answer means that is not the answer asked for.
//!
//! Codes are believed only where they stand in the one table below, which holds exact
//! texts: routes also put the text of an exception where a code should be (population.md
//! 11), and such a text is neither believed nor copied anywhere.

mod words;

use lienthong_core::ports::population::{AnswerStructure, PopulationError};

use self::words::{Place, Words};
use crate::http::{Answer, AnswerHead, ExchangeError};

/// What a code means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Form,
    Procedure,
    Officer,
    Credentials,
    Address,
    StepUp,
    Throttled,
    Failed,
}

/// How a code is compared.
#[derive(Debug, Clone, Copy)]
enum Text {
    /// The whole text.
    Is(&'static str),
    /// Its beginning.
    Begins(&'static str),
}

/// Under which HTTP status a code counts.
#[derive(Debug, Clone, Copy)]
enum Status {
    Any,
    Only(u16),
}

const fn row(place: Place, text: Text, meaning: Meaning) -> (Place, Text, Status, Meaning) {
    (place, text, Status::Any, meaning)
}

/// Every code that is known (population.md 11); the first row that fits counts.
///
/// Those of WSO2 and X-Road are from general knowledge and not verified there.
const TABLE: &[(Place, Text, Status, Meaning)] = &[
    // Ministry of Justice: the code stands beside `status` 0.
    row(Place::Code, Text::Is("IP_DISALLOWED"), Meaning::Address),
    row(Place::Message, Text::Is("IP_DISALLOWED"), Meaning::Address),
    row(Place::CodeOfStatus0, Text::Is("101"), Meaning::Address),
    row(Place::CodeOfStatus0, Text::Is("100"), Meaning::Credentials),
    // OpenCPS v2.
    row(Place::Code, Text::Is("001"), Meaning::Form),
    row(Place::Code, Text::Is("002"), Meaning::Form),
    row(Place::Code, Text::Is("003"), Meaning::Form),
    row(Place::Code, Text::Is("004"), Meaning::Procedure),
    row(Place::Code, Text::Is("005"), Meaning::Officer),
    // The same two in a SOAP fault: an assumption, the source has them in JSON only.
    row(Place::Fault, Text::Is("004"), Meaning::Procedure),
    row(Place::Fault, Text::Is("005"), Meaning::Officer),
    // Thanh Hóa: a one-time password is wanted, or was wrong.
    (
        Place::Message,
        Text::Is("00"),
        Status::Only(400),
        Meaning::StepUp,
    ),
    (
        Place::Message,
        Text::Is("01"),
        Status::Only(403),
        Meaning::StepUp,
    ),
    // WSO2.
    row(Place::Code, Text::Is("900901"), Meaning::Credentials),
    row(Place::Code, Text::Is("900902"), Meaning::Credentials),
    row(Place::Code, Text::Is("900908"), Meaning::Credentials),
    row(Place::Code, Text::Begins("9008"), Meaning::Throttled),
    row(Place::Code, Text::Begins("1015"), Meaning::Failed),
    row(Place::Code, Text::Is("303001"), Meaning::Failed),
    // X-Road; a security server says `Client` when the caller sent nonsense.
    row(
        Place::Type,
        Text::Is("Server.ServerProxy.AccessDenied"),
        Meaning::Address,
    ),
    row(Place::Type, Text::Begins("Client."), Meaning::Form),
    row(
        Place::Type,
        Text::Begins("Server.ClientProxy."),
        Meaning::Failed,
    ),
    row(
        Place::Type,
        Text::Begins("Server.ServerProxy."),
        Meaning::Failed,
    ),
];

/// What an answer means whose status is not 200.
pub(super) fn of_answer(answer: Answer) -> PopulationError {
    let words = Words::of(&answer);
    let head = answer.head;
    if let Some(meaning) = meaning(&words, head.status) {
        return meaning.error(&head);
    }
    match head.status {
        401 => Meaning::Credentials.error(&head),
        // It may be the address, the account, or this officer or procedure alone.
        403 => PopulationError::Forbidden,
        429 => Meaning::Throttled.error(&head),
        400..=499 => Meaning::Form.error(&head),
        500.. => Meaning::Failed.error(&head),
        _ => nonsense(head, "a status without an answer"),
    }
}

/// What an answer says by a known code, whatever its status; `None` when there is none.
pub(super) fn spoken(answer: &Answer) -> Option<PopulationError> {
    let meaning = meaning(&Words::of(answer), answer.head.status)?;
    Some(meaning.error(&answer.head))
}

/// What an exchange without an answer means.
pub(super) fn of_exchange(error: ExchangeError) -> PopulationError {
    match error {
        ExchangeError::Unreachable => PopulationError::Unreachable,
        ExchangeError::CertificateRejected => PopulationError::CertificateRejected,
        ExchangeError::NoTimeLeft | ExchangeError::TimedOut => PopulationError::TimedOut,
        ExchangeError::Interrupted => PopulationError::Interrupted,
        ExchangeError::BodyTooLarge(head) => nonsense(head, "longer than allowed"),
        ExchangeError::Unreadable(head) => nonsense(head, "a broken content coding"),
    }
}

/// An answer of which nothing could be read.
pub(super) fn nonsense(head: AnswerHead, problem: &'static str) -> PopulationError {
    PopulationError::Nonsense(AnswerStructure {
        status: head.status,
        media_type: head.media_type,
        length: head.length,
        problem,
        ..AnswerStructure::default()
    })
}

fn meaning(words: &Words, status: u16) -> Option<Meaning> {
    let fits = |(place, text, at, _): &&(Place, Text, Status, Meaning)| {
        let at_status = match at {
            Status::Any => true,
            Status::Only(only) => *only == status,
        };
        at_status
            && words.at(*place).any(|said| match text {
                Text::Is(whole) => said == *whole,
                Text::Begins(start) => said.starts_with(start),
            })
    };
    TABLE.iter().find(fits).map(|(.., meaning)| *meaning)
}

impl Meaning {
    fn error(self, head: &AnswerHead) -> PopulationError {
        let status = head.status;
        match self {
            Self::Form => PopulationError::Rejected { status },
            Self::Procedure => PopulationError::ProcedureNotLicensed,
            Self::Officer => PopulationError::OfficerNotLicensed,
            Self::Credentials => PopulationError::CredentialsRefused,
            Self::Address => PopulationError::AddressRefused,
            Self::StepUp => PopulationError::StepUpRequired,
            Self::Throttled => PopulationError::Throttled {
                retry_after: head.retry_after,
            },
            Self::Failed => PopulationError::Failed { status },
        }
    }
}

#[cfg(test)]
mod tests;
