//! Messages of the contract as canonical JSON, by their descriptors.
//!
//! What a reader would get wrong: an error of the JSON library repeats what it read, a
//! citizen's name perhaps, so only the place of the fault is told.

use std::sync::LazyLock;

use prost::Message;
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, MessageDescriptor};
use thiserror::Error;

use crate::door::gives_each_field_once;

/// Package of the contract.
const PACKAGE: &str = "lienthong.v1";

static POOL: LazyLock<Option<DescriptorPool>> =
    LazyLock::new(|| DescriptorPool::decode(lienthong_proto::FILE_DESCRIPTOR_SET).ok());

/// Why JSON is not the message that was expected.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum InvalidJson {
    /// The bytes are no text.
    #[error("it is not UTF-8")]
    NotUtf8,
    /// A field stands there twice; which of them is meant cannot be known.
    #[error("it gives a field twice")]
    Ambiguous,
    /// It cannot be read.
    #[error("{problem}")]
    At {
        /// What is wrong, without the content.
        problem: &'static str,
        /// Line of the fault within the text, from 1.
        line: usize,
        /// Column of the fault, in bytes from 1.
        column: usize,
    },
    /// The contract has no such message: a fault of this program.
    #[error("the contract has no such message")]
    NoSuchMessage,
}

fn descriptor(name: &str) -> Option<MessageDescriptor> {
    POOL.as_ref()?
        .get_message_by_name(&format!("{PACKAGE}.{name}"))
}

/// Reads `json` as the message `name` (`RecordEventsRequest`), which must be that of `M`.
/// Unknown fields are refused; names are taken in both spellings.
pub(crate) fn read<M: Message + Default>(name: &str, json: &[u8]) -> Result<M, InvalidJson> {
    let descriptor = descriptor(name).ok_or(InvalidJson::NoSuchMessage)?;
    if std::str::from_utf8(json).is_err() {
        return Err(InvalidJson::NotUtf8);
    }
    if !gives_each_field_once(json) {
        return Err(InvalidJson::Ambiguous);
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    let message = DynamicMessage::deserialize_with_options(descriptor, &mut deserializer, &options)
        .and_then(|message| deserializer.end().map(|()| message))
        .map_err(|error| at(&error))?;
    M::decode(message.encode_to_vec().as_slice()).map_err(|_| InvalidJson::NoSuchMessage)
}

fn at(error: &serde_json::Error) -> InvalidJson {
    let problem = match error.classify() {
        serde_json::error::Category::Data => {
            "it has an unknown field, or a value that does not fit its field"
        }
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "it is not JSON",
    };
    InvalidJson::At {
        problem,
        line: error.line(),
        column: error.column(),
    }
}

/// `message` as JSON; `name` is its name in the contract.
///
/// # Errors
/// [`InvalidJson::NoSuchMessage`] when `name` is not that of `M`.
pub(crate) fn value<M: Message>(name: &str, message: &M) -> Result<serde_json::Value, InvalidJson> {
    let descriptor = descriptor(name).ok_or(InvalidJson::NoSuchMessage)?;
    let dynamic = DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())
        .map_err(|_| InvalidJson::NoSuchMessage)?;
    serde_json::to_value(&dynamic).map_err(|_| InvalidJson::NoSuchMessage)
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;

    use super::{InvalidJson, read, value};

    const NAME: &str = "RecordProgressRequest";

    #[test]
    fn both_spellings_of_a_field_are_read_and_written_as_the_canonical_one() {
        let json = br#"{"event_id": "e1", "dossierCode": "000.00.00.H00-260701-0001"}"#;
        let read: v1::RecordProgressRequest = read(NAME, json).unwrap();
        assert_eq!(read.event_id, "e1");
        let written = value(NAME, &read).unwrap();
        assert_eq!(written["eventId"], "e1");
        assert_eq!(written["dossierCode"], "000.00.00.H00-260701-0001");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_without_the_content() {
        let refused = |json: &[u8]| read::<v1::RecordProgressRequest>(NAME, json).unwrap_err();
        let secret = refused(b"{\n \"handler\": \"SECRET\"}");
        assert!(
            matches!(secret, InvalidJson::At { line: 2, .. }),
            "{secret:?}"
        );
        assert!(!format!("{secret} {secret:?}").contains("SECRET"));
        assert_eq!(
            refused(br#"{"event_id": "a", "eventId": "b"}"#),
            InvalidJson::Ambiguous
        );
        assert_eq!(refused(b"{\"event_id\": \"\xff\"}"), InvalidJson::NotUtf8);
        assert!(matches!(refused(b"{"), InvalidJson::At { .. }));
    }

    #[test]
    fn a_message_that_the_contract_does_not_have_is_told() {
        let empty = v1::GetSyncHealthRequest {};
        assert_eq!(value("Nothing", &empty), Err(InvalidJson::NoSuchMessage));
    }
}
