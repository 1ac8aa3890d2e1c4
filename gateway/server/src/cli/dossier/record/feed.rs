//! The events of a file, read ahead of what the gateway takes.
//!
//! What a reader would get wrong: what is told of an event is told before it is sent, so
//! that it is known when the answer comes.

use std::io::BufRead;
use std::sync::atomic::{AtomicU64, Ordering};

use lienthong_proto::v1;
use prost::Message as _;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::sync::mpsc;

use crate::cli::dossier::items::{Items, Lost};
use crate::client::json::{self, InvalidJson};
use crate::door::DoorLimits;
use crate::lang::Lang;

/// What the reading of the file tells; an event is told before it is sent.
#[derive(Debug)]
pub(super) enum Note {
    /// The event that begins on this line is sent next.
    Sent(u64),
    /// What begins on this line is no event.
    Unreadable(u64, InvalidJson),
    /// What begins on this line is larger than a gateway takes; in a stream it would end
    /// the recording of all that follows.
    TooLarge(u64),
    /// The file cannot be read on.
    Lost(Lost),
}

/// Reads the events and sends them, until the file or the stream ends.
pub(super) fn feed<R: BufRead>(
    mut items: Items<R>,
    told: &mpsc::UnboundedSender<Note>,
    sent: &mpsc::Sender<v1::RecordEventsRequest>,
    read: &AtomicU64,
) {
    let largest = DoorLimits::default().request_bytes;
    while let Some(item) = items.next() {
        read.store(items.read, Ordering::Relaxed);
        let told = match item {
            Err(lost) => told.send(Note::Lost(lost)),
            Ok(item) => match item.json.map(|json| event(&json)) {
                None => told.send(Note::TooLarge(item.line)),
                Some(Err(invalid)) => told.send(Note::Unreadable(item.line, invalid)),
                Some(Ok(event)) if event.encoded_len() > largest => {
                    told.send(Note::TooLarge(item.line))
                }
                Some(Ok(event)) => {
                    // First the note, so that it is there when the answer comes.
                    let noted = told.send(Note::Sent(item.line));
                    if sent.blocking_send(event).is_err() {
                        return;
                    }
                    noted
                }
            },
        };
        if told.is_err() {
            return;
        }
    }
}

/// What tells a bare request from an event of the stream.
#[derive(Debug, Deserialize)]
struct Shape {
    #[serde(alias = "eventId")]
    event_id: Option<IgnoredAny>,
    step: Option<IgnoredAny>,
}

/// One event: as the stream takes it, or as one of the two single calls does.
fn event(json: &[u8]) -> Result<v1::RecordEventsRequest, InvalidJson> {
    let event = match serde_json::from_slice::<Shape>(json) {
        Ok(Shape {
            event_id: Some(_),
            step: Some(_),
        }) => {
            v1::record_events_request::Event::Progress(json::read("RecordProgressRequest", json)?)
        }
        Ok(Shape {
            event_id: Some(_),
            step: None,
        }) => v1::record_events_request::Event::Dossier(json::read("RecordDossierRequest", json)?),
        Ok(Shape { event_id: None, .. }) | Err(_) => {
            return json::read("RecordEventsRequest", json);
        }
    };
    Ok(v1::RecordEventsRequest { event: Some(event) })
}

/// Where in the file something is no event, and why.
pub(super) fn unreadable(line: u64, invalid: &InvalidJson, lang: Lang) -> String {
    let word = lang.pick("Dòng", "Line");
    match invalid {
        InvalidJson::At {
            line: within,
            column,
            ..
        } => {
            let place = line + (*within as u64).saturating_sub(1);
            format!("{word} {place}:{column}: {invalid}")
        }
        InvalidJson::NotUtf8 | InvalidJson::Ambiguous | InvalidJson::NoSuchMessage => {
            format!("{word} {line}: {invalid}")
        }
    }
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1::record_events_request::Event;

    use super::{event, unreadable};
    use crate::client::json::InvalidJson;
    use crate::lang::Lang;

    #[test]
    fn an_event_is_read_as_the_stream_and_as_the_single_calls_take_it() {
        let state = br#"{"event_id": "e", "dossier": {"dossier_code": "c"}}"#;
        let step = br#"{"eventId": "e", "dossierCode": "c", "step": {"content": "x"}}"#;
        let wrapped = br#"{"dossier": {"event_id": "e"}}"#;
        let wrapped_step = br#"{"progress": {"event_id": "e"}}"#;
        let kind = |json: &[u8]| event(json).unwrap().event.unwrap();
        assert!(matches!(kind(state), Event::Dossier(request) if request.dossier.is_some()));
        assert!(matches!(kind(step), Event::Progress(request) if request.step.is_some()));
        assert!(matches!(kind(wrapped), Event::Dossier(request) if request.event_id == "e"));
        assert!(matches!(kind(wrapped_step), Event::Progress(_)));
        assert!(event(br#"{"event_id": "e", "colour": "green"}"#).is_err());
        assert!(event(b"{").is_err());
    }

    #[test]
    fn the_place_of_a_fault_is_counted_from_the_top_of_the_file() {
        let invalid = InvalidJson::At {
            problem: "it is not JSON",
            line: 3,
            column: 7,
        };
        assert_eq!(
            unreadable(10, &invalid, Lang::En),
            "Line 12:7: it is not JSON"
        );
        assert_eq!(
            unreadable(10, &InvalidJson::Ambiguous, Lang::Vi),
            "Dòng 10: it gives a field twice"
        );
    }
}
