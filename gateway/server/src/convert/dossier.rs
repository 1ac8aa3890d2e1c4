//! Dossier events as callers hand them over.
//!
//! What the portal is known to refuse is refused here, with the field named; what
//! the caller does not have is never made up.

mod owner;
mod papers;
mod state;
#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::access::ClientName;
use lienthong_core::dossier::Step;
use lienthong_core::dossier::event::{Event, EventBody, EventId};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::text::Text;
use lienthong_proto::v1;

use super::access::read_dossier_number;
use super::{InvalidField, Reader};
use crate::status::ServerError;
use state::read_dossier;

/// How far the caller's clock may be ahead of ours. Short, because an event from the
/// future makes every true one of its dossier stale until then.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(30);

/// Reads a dossier's state.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation.
pub(crate) fn read_state(
    message: &v1::RecordDossierRequest,
    client: ClientName,
    now: Timestamp,
) -> Result<Event, ServerError> {
    let mut reader = Reader::default();
    let id = read_event_id(&mut reader, &message.event_id);
    let occurred_at = read_occurrence(&mut reader, message.occurred_at, now);
    if message.dossier.is_none() {
        reader.refuse("dossier", InvalidField::Missing);
    }
    let dossier = message
        .dossier
        .as_ref()
        .and_then(|dossier| read_dossier(&mut reader, dossier, now));
    let event = (|| {
        let body = EventBody::State(Box::new(dossier?));
        Some(Event {
            client,
            id: id?,
            occurred_at: occurred_at?,
            body,
        })
    })();
    reader.finish(event)
}

/// Reads a processing step.
///
/// # Errors
/// [`ServerError::Invalid`] with every violation.
pub(crate) fn read_progress(
    message: &v1::RecordProgressRequest,
    client: ClientName,
    now: Timestamp,
) -> Result<Event, ServerError> {
    let mut reader = Reader::default();
    let id = read_event_id(&mut reader, &message.event_id);
    let occurred_at = read_occurrence(&mut reader, message.occurred_at, now);
    let dossier = read_dossier_number(&mut reader, "dossier_code", &message.dossier_code, now);
    if message.step.is_none() {
        reader.refuse("step", InvalidField::Missing);
    }
    let step = message
        .step
        .as_ref()
        .and_then(|step| read_step(&mut reader, step));
    let event = (|| {
        let body = EventBody::Step {
            dossier: dossier?,
            step: Box::new(step?),
        };
        Some(Event {
            client,
            id: id?,
            occurred_at: occurred_at?,
            body,
        })
    })();
    reader.finish(event)
}

/// What a message of a stream without an event breaks.
pub(crate) fn without_event() -> ServerError {
    ServerError::Invalid(vec![InvalidField::Missing.at("event")])
}

/// Reads the number of a dossier that is asked for.
///
/// # Errors
/// [`ServerError::Invalid`] when it is not a dossier number.
pub(crate) fn read_number(raw: &str) -> Result<DossierNumber, ServerError> {
    let mut reader = Reader::default();
    let number = reader.required("dossier_code", raw, DossierNumber::parse);
    reader.finish(number)
}

fn read_event_id(reader: &mut Reader, raw: &str) -> Option<EventId> {
    reader.required("event_id", raw, |raw| {
        EventId::parse(raw).ok_or(InvalidField::EventId)
    })
}

fn read_occurrence(
    reader: &mut Reader,
    raw: Option<prost_types::Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    let moment = reader.moment("occurred_at", raw)?;
    if moment.duration_since(now) > CLOCK_TOLERANCE {
        reader.refuse("occurred_at", InvalidField::InFuture);
        return None;
    }
    Some(moment)
}

fn read_step(reader: &mut Reader, message: &v1::Step) -> Option<Step> {
    let handler_name = reader.required("step.handler_name", &message.handler_name, Text::parse);
    let handler_title = reader.optional("step.handler_title", &message.handler_title, Text::parse);
    let handled_at = reader.moment("step.handled_at", message.handled_at);
    let department = reader.optional("step.department", &message.department, Text::parse);
    let content = reader.required("step.content", &message.content, Text::parse);
    let status = read_status(reader, "step.status", message.status);
    let started_at = reader.optional_moment("step.started_at", message.started_at);
    let due_at = reader.optional_moment("step.due_at", message.due_at);
    Some(Step {
        handler_name: handler_name?,
        handler_title,
        handled_at: handled_at?,
        department,
        content: content?,
        status: status?,
        started_at,
        due_at,
    })
}

fn read_status(reader: &mut Reader, field: &str, raw: i32) -> Option<PortalStatus> {
    let read = match u8::try_from(raw) {
        Ok(0) => Err(InvalidField::Missing),
        Ok(code) => PortalStatus::try_from(code).map_err(|_| InvalidField::UnknownValue),
        Err(_) => Err(InvalidField::UnknownValue),
    };
    reader.take(field, read)
}

fn required_flag(reader: &mut Reader, field: impl Into<String>, raw: Option<bool>) -> Option<bool> {
    reader.take(field, raw.ok_or(InvalidField::Missing))
}
