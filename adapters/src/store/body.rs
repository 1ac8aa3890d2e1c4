//! The written form of an event: JSON with a version.
//!
//! What is read back is parsed like something from outside, so a stored value can
//! only become a core value by passing the same checks again. Two equal events
//! must give equal bytes, because the bytes are what tells a repeated event from
//! another content under the same id: fields stand in a fixed order, and nothing
//! with an order of its own (a map) may be added.

mod dossier;
mod papers;
mod step;

use aws_lc_rs::digest::{SHA256, digest};
use lienthong_core::dossier::Step;
use lienthong_core::dossier::event::{Event, EventBody};
use lienthong_core::dossier_number::DossierNumber;
use serde::{Deserialize, Serialize};

use dossier::StoredDossier;
use step::StoredStep;

/// Version written; the only one that is read.
const VERSION: u32 = 1;

/// Length of a content hash, in bytes.
pub(super) const HASH_LENGTH: usize = 32;

/// Why a stored body was not read, without the value.
pub(super) type Problem = &'static str;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    v: u32,
    event: StoredEvent,
}

#[derive(Deserialize)]
struct VersionOnly {
    v: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum StoredEvent {
    State(Box<StoredDossier>),
    Step {
        dossier: String,
        step: Box<StoredStep>,
    },
}

/// An event in written form, with the hash by which a repetition is known.
pub(super) struct Written {
    /// The body.
    pub(super) body: Vec<u8>,
    /// SHA-256 over the moment of the event and the body.
    pub(super) hash: [u8; HASH_LENGTH],
}

/// Writes `event`.
///
/// # Errors
/// What the JSON writer says; it holds no values.
pub(super) fn write(event: &Event) -> Result<Written, serde_json::Error> {
    let stored = match &event.body {
        EventBody::State(dossier) => StoredEvent::State(Box::new(StoredDossier::from(&**dossier))),
        EventBody::Step { dossier, step } => StoredEvent::Step {
            dossier: dossier.as_str().to_owned(),
            step: Box::new(StoredStep::from(&**step)),
        },
    };
    let body = serde_json::to_vec(&Envelope {
        v: VERSION,
        event: stored,
    })?;
    let mut content = event.occurred_at.as_nanosecond().to_be_bytes().to_vec();
    content.extend_from_slice(&body);
    let mut hash = [0; HASH_LENGTH];
    hash.copy_from_slice(digest(&SHA256, &content).as_ref());
    Ok(Written { body, hash })
}

/// Reads a body back.
///
/// # Errors
/// The first thing that cannot be read.
pub(super) fn read(body: &[u8]) -> Result<EventBody, Problem> {
    let Ok(envelope) = serde_json::from_slice::<Envelope>(body) else {
        return Err(match serde_json::from_slice::<VersionOnly>(body) {
            Ok(VersionOnly { v: VERSION }) => "its body does not have the form of its version",
            Ok(_) => "its body has a version that this program does not know",
            Err(_) => "its body is not JSON with a version",
        });
    };
    if envelope.v != VERSION {
        return Err("its body has a version that this program does not know");
    }
    Ok(match envelope.event {
        StoredEvent::State(stored) => EventBody::State(Box::new((*stored).try_into()?)),
        StoredEvent::Step { dossier, step } => EventBody::Step {
            dossier: parsed(
                DossierNumber::parse(&dossier),
                "its dossier number does not parse",
            )?,
            step: Box::new(Step::try_from(*step)?),
        },
    })
}

/// The step of a body that goes along with the steps before it. One that cannot be read does
/// not, nor what is behind it: it is set aside when its own turn comes.
pub(super) fn read_along(body: &[u8]) -> Option<Step> {
    match read(body) {
        Ok(EventBody::Step { step, .. }) => Some(*step),
        Ok(EventBody::State(_)) | Err(_) => None,
    }
}

/// Drops what a parser said, which may be about the value, for what is safe to say.
fn parsed<T, E>(result: Result<T, E>, problem: Problem) -> Result<T, Problem> {
    result.map_err(|_| problem)
}

/// Parses an optional value.
fn parsed_optional<T, E>(
    stored: Option<String>,
    parse: impl FnOnce(&str) -> Result<T, E>,
    problem: Problem,
) -> Result<Option<T>, Problem> {
    stored.map(|text| parsed(parse(&text), problem)).transpose()
}

/// Reads each element of a stored list.
fn each<S, T: TryFrom<S, Error = Problem>>(stored: Vec<S>) -> Result<Vec<T>, Problem> {
    stored.into_iter().map(T::try_from).collect()
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use lienthong_core::dossier::event::{Event, EventBody};
    use lienthong_core::sync::state::SyncState;
    use proptest::prelude::*;

    use super::{read, write};
    use crate::store::samples::{event, full_dossier, number, state, step, step_body};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn bytes(body: EventBody) -> Vec<u8> {
        write(&event("e1", at(1), body)).unwrap().body
    }

    #[test]
    fn a_dossier_with_every_field_survives_writing_and_reading() {
        let body = EventBody::State(Box::new(full_dossier(&number(1))));
        assert_eq!(read(&bytes(body.clone())).unwrap(), body);
    }

    #[test]
    fn a_dossier_with_the_least_fields_survives_writing_and_reading() {
        let body = state(1, "Đăng ký khai sinh");
        assert_eq!(read(&bytes(body.clone())).unwrap(), body);
    }

    #[test]
    fn a_step_survives_writing_and_reading() {
        let mut full = step("Chuyển phòng chuyên môn");
        full.due_at = Some(at(86_400) + SignedDuration::from_nanos(7));
        full.handler_title = None;
        let body = EventBody::Step {
            dossier: number(1),
            step: Box::new(full),
        };
        assert_eq!(read(&bytes(body.clone())).unwrap(), body);
    }

    #[test]
    fn what_the_first_version_wrote_is_still_read() {
        let golden = r#"{"v":1,"event":{"step":{"dossier":"H22.12-250714-0001","step":{"handler_name":"Cán bộ thử","handler_title":"Chuyên viên","handled_at":"2025-07-14T02:00:00Z","department":"Bộ phận một cửa","content":"Tiếp nhận","status":2,"started_at":"2025-07-14T02:00:00Z","due_at":null}}}}"#;
        let body = step_body(1, "Tiếp nhận");
        assert_eq!(read(golden.as_bytes()).unwrap(), body);
        assert_eq!(String::from_utf8(bytes(body)).unwrap(), golden);
    }

    #[test]
    fn a_value_that_no_longer_parses_is_named_and_not_repeated() {
        let text = String::from_utf8(bytes(step_body(1, "Tiếp nhận"))).unwrap();
        let spoiled = text.replace("H22.12-250714-0001", "000185000001");
        assert_eq!(
            read(spoiled.as_bytes()),
            Err("its dossier number does not parse")
        );
        let newer = text.replace(r#""v":1"#, r#""v":2"#);
        let unknown = "its body has a version that this program does not know";
        assert_eq!(read(newer.as_bytes()), Err(unknown));
        assert_eq!(read(br#"{"v":7,"other":1}"#), Err(unknown));
        assert_eq!(
            read(text.replace("content", "contents").as_bytes()),
            Err("its body does not have the form of its version")
        );
        assert_eq!(read(b"\xff"), Err("its body is not JSON with a version"));
    }

    #[test]
    fn the_hash_tells_the_moment_and_the_content_apart() {
        let hash = |event: &Event| write(event).unwrap().hash;
        let first = event("e1", at(1), step_body(1, "Tiếp nhận"));
        assert_eq!(hash(&first), hash(&first.clone()));
        assert_ne!(
            hash(&first),
            hash(&event("e1", at(2), step_body(1, "Tiếp nhận")))
        );
        assert_ne!(
            hash(&first),
            hash(&event("e1", at(1), step_body(1, "Trả lại")))
        );
        assert_ne!(
            hash(&first),
            hash(&event("e1", at(1), step_body(2, "Tiếp nhận")))
        );
        assert_ne!(
            hash(&first),
            hash(&event("e1", at(1), state(1, "Tiếp nhận")))
        );
    }

    #[test]
    fn every_state_has_a_name_to_be_stored_by() {
        for state in SyncState::ALL {
            assert_eq!(SyncState::from_name(state.name()), Some(state));
        }
    }

    proptest! {
        #[test]
        fn any_step_survives_writing_and_reading(
            content in "\\PC{1,200}",
            nanos in -9_000_000_000_000_000_000_i128..90_000_000_000_000_000_000,
        ) {
            prop_assume!(!content.trim().is_empty());
            let mut step = step(&content);
            step.handled_at = Timestamp::from_nanosecond(nanos).unwrap();
            let body = EventBody::Step { dossier: number(1), step: Box::new(step) };
            prop_assert_eq!(read(&bytes(body.clone())).unwrap(), body);
        }

        #[test]
        fn any_bytes_are_answered_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(read(&bytes).is_err());
        }
    }
}
