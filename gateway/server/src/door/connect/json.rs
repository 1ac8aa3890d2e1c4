//! Messages between JSON and protobuf, by their descriptors.
//!
//! What a reader would get wrong: an error of the JSON library repeats what it read, a
//! citizen's name perhaps, so only the place of the fault is told.

use bytes::Bytes;
use prost::Message as _;
use prost_reflect::{DeserializeOptions, DynamicMessage, MessageDescriptor};

use super::malformed;
use super::unambiguous::gives_each_field_once;
use crate::status::ServerError;

/// `json` as the message `descriptor` in protobuf. Field names are taken in both
/// spellings, `dossier_code` and `dossierCode`; unknown ones are refused.
pub(super) fn to_protobuf(
    descriptor: MessageDescriptor,
    json: &[u8],
) -> Result<Vec<u8>, ServerError> {
    if std::str::from_utf8(json).is_err() {
        return Err(malformed("the JSON is not UTF-8"));
    }
    if !gives_each_field_once(json) {
        return Err(malformed("the JSON gives a field twice"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    let message = DynamicMessage::deserialize_with_options(descriptor, &mut deserializer, &options)
        .and_then(|message| deserializer.end().map(|()| message))
        .map_err(|error| at(&error))?;
    Ok(message.encode_to_vec())
}

fn at(error: &serde_json::Error) -> ServerError {
    let problem = match error.classify() {
        serde_json::error::Category::Data => {
            "the JSON has an unknown field, or a value that does not fit its field"
        }
        serde_json::error::Category::Eof => "the JSON ends too early",
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => "this is not JSON",
    };
    let (line, column) = (error.line(), error.column());
    ServerError::MalformedMessage {
        problem: format!("{problem} (line {line}, column {column})").into(),
    }
}

/// The protobuf message in canonical JSON; `None` when it is not one.
pub(super) fn from_protobuf(descriptor: MessageDescriptor, message: Bytes) -> Option<Vec<u8>> {
    let message = DynamicMessage::decode(descriptor, message).ok()?;
    serde_json::to_vec(&message).ok()
}
