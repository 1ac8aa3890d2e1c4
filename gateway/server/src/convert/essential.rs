//! What is asked about the essential services, and what a check found, in the words of the
//! contract.
//!
//! What a reader would get wrong: an empty field and a zero are not the same here. A figure
//! without a sample has no value, and a code that nobody knows is left out and never guessed.

mod answer;
pub(crate) mod deeds;
pub(crate) mod reports;
mod service;

use jiff::Timestamp;
use jiff::civil::Date;
use lienthong_core::access::OfficerId;
use lienthong_core::agency::AgencyCode;
use lienthong_core::essential::{ServiceList, ServiceNumber};
use lienthong_core::observation::Window;
use lienthong_core::text::Text;
use lienthong_core::wire_time::local_date;
use lienthong_proto::v1;

pub(crate) use answer::{check_response, get_response, warning};
pub(crate) use service::list_response;

use super::{InvalidField, Reader};
use crate::essential::{EssentialDesk, Question, last_days};
use crate::status::ServerError;

/// Fewest characters of a reason: less explains nothing.
const SHORTEST_REASON: usize = 5;

/// What a question is read against.
#[derive(Debug, Clone, Copy)]
struct Ground<'a> {
    services: &'a ServiceList,
    now: Timestamp,
    /// Days that are looked at where nobody names any.
    usual: Window,
    /// The first day that can be asked about.
    earliest: Date,
}

impl<'a> Ground<'a> {
    fn of(desk: &'a EssentialDesk) -> Self {
        let now = desk.now();
        Self {
            services: &desk.knowledge().services,
            now,
            usual: last_days(now, desk.window_days()),
            earliest: desk.knowledge().days.earliest(),
        }
    }
}

/// Reads a question about services.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation.
pub(crate) fn read_question(
    desk: &EssentialDesk,
    numbers: &[i32],
    window: Option<&v1::ObservationWindow>,
    unit_code: &str,
) -> Result<Question, ServerError> {
    question(Ground::of(desk), Asked::Many(numbers), window, unit_code)
}

/// Reads a question about one service.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation.
pub(crate) fn read_one(
    desk: &EssentialDesk,
    message: &v1::GetServiceRequest,
) -> Result<Question, ServerError> {
    let asked = Asked::One(message.number);
    question(
        Ground::of(desk),
        asked,
        message.window.as_ref(),
        &message.unit_code,
    )
}

/// Reads as of which day, and for whom, the list is judged.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation.
pub(crate) fn read_list(
    desk: &EssentialDesk,
    message: &v1::ListServicesRequest,
) -> Result<(Date, Option<AgencyCode>), ServerError> {
    let mut reader = Reader::default();
    let today = desk.today();
    let on = match message.as_of.trim() {
        "" => Some(today),
        raw => reader.take("as_of", day(raw)),
    };
    if on.is_some_and(|on| today < on) {
        reader.refuse("as_of", InvalidField::InFuture);
    }
    let unit = reader.optional("unit_code", &message.unit_code, AgencyCode::parse);
    reader.finish(on.map(|on| (on, unit)))
}

/// Reads who wants the observations made anew, and why.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation.
pub(crate) fn read_rebuild(
    message: &v1::RebuildObservationsRequest,
) -> Result<(OfficerId, Text<500>), ServerError> {
    let mut reader = Reader::default();
    let operator = reader.required("operator_id", &message.operator_id, |raw| {
        OfficerId::parse(raw).ok_or(InvalidField::OfficerId)
    });
    let reason = reader.required("reason", &message.reason, |raw| {
        let reason = Text::<500>::parse(raw)?;
        if reason.as_str().chars().count() < SHORTEST_REASON {
            return Err(InvalidField::Reason);
        }
        Ok(reason)
    });
    reader.finish(operator.zip(reason))
}

#[derive(Debug, Clone, Copy)]
enum Asked<'a> {
    One(i32),
    Many(&'a [i32]),
}

fn question(
    ground: Ground<'_>,
    asked: Asked<'_>,
    window: Option<&v1::ObservationWindow>,
    unit_code: &str,
) -> Result<Question, ServerError> {
    let mut reader = Reader::default();
    let numbers = read_numbers(&mut reader, ground.services, asked);
    let window = match window {
        None => Some(ground.usual),
        Some(window) => read_window(&mut reader, window, ground),
    };
    let unit = reader.optional("unit_code", unit_code, AgencyCode::parse);
    let question = window.map(|window| Question {
        numbers,
        unit,
        ..Question::about(window, ground.now)
    });
    reader.finish(question)
}

/// The services that are asked about, each once, in the order of the list.
fn read_numbers(
    reader: &mut Reader,
    services: &ServiceList,
    asked: Asked<'_>,
) -> Vec<ServiceNumber> {
    let known = |raw: i32| {
        let number = u16::try_from(raw).ok().and_then(ServiceNumber::new);
        number.filter(|number| services.service(*number).is_some())
    };
    let mut read = |field: String, raw| {
        let number = known(raw);
        if number.is_none() {
            reader.refuse(field, InvalidField::ServiceNumber);
        }
        number
    };
    let mut numbers: Vec<ServiceNumber> = match asked {
        Asked::One(raw) => read("number".to_owned(), raw).into_iter().collect(),
        Asked::Many(raws) => raws
            .iter()
            .enumerate()
            .filter_map(|(index, raw)| read(format!("numbers[{index}]"), *raw))
            .collect(),
    };
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn read_window(
    reader: &mut Reader,
    window: &v1::ObservationWindow,
    ground: Ground<'_>,
) -> Option<Window> {
    let (first_day, today) = (ground.earliest, local_date(ground.now));
    let (first_field, last_field) = ("window.first_day", "window.last_day");
    let first = reader.required(first_field, &window.first_day, day);
    let last = reader.required(last_field, &window.last_day, day);
    for (field, day) in [(first_field, first), (last_field, last)] {
        if day.is_some_and(|day| today < day) {
            reader.refuse(field, InvalidField::InFuture);
        }
        if day.is_some_and(|day| day < first_day) {
            let first = first_day;
            reader.refuse(field, InvalidField::TooEarly { first });
        }
    }
    let read = Window::new(first?, last?).map_err(|_| InvalidField::DaysBackwards);
    reader.take(last_field, read)
}

/// Reads "yyyy-MM-dd" and nothing else.
fn day(raw: &str) -> Result<Date, InvalidField> {
    let digits = |at: usize, byte: u8| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let raw = raw.trim();
    let plain = raw.len() == 10 && raw.bytes().enumerate().all(|(at, byte)| digits(at, byte));
    plain
        .then(|| raw.parse().ok())
        .flatten()
        .ok_or(InvalidField::Day)
}

#[cfg(test)]
mod tests;
