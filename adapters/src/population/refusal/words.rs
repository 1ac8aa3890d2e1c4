//! The few words of a refusal that can be a code.
//!
//! They are looked for at fixed places and forgotten at once; a text that is longer than
//! any code is not even compared.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use crate::http::Answer;

/// Longest body that is looked into, in bytes.
const LONGEST_BODY: usize = 16 * 1024;
/// Longest text that can be a code, in bytes.
const LONGEST_CODE: usize = 100;
/// Most events of an XML body; a fault has fewer than 50.
const MOST_EVENTS: usize = 500;

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `errorCode`, `error_code` or `code`.
    Code,
    /// The same, in an answer whose `status` is 0.
    CodeOfStatus0,
    /// `message`, or the whole body where it is one word.
    Message,
    /// `type`, `faultcode` or the header `X-Road-Error`.
    Type,
}

/// Words that could be codes. Has no `Debug`: they may be anything.
#[derive(Default)]
pub(super) struct Words(Vec<(Place, String)>);

impl Words {
    /// The words of an answer.
    pub(super) fn of(answer: &Answer) -> Self {
        let mut words = Self::default();
        if let Some(header) = &answer.x_road_error {
            words.add(Place::Type, header.to_str().unwrap_or_default());
        }
        let body = answer.body.as_slice();
        if body.len() > LONGEST_BODY {
            return words;
        }
        match serde_json::from_slice(body) {
            Ok(json) => words.read_json(&json),
            Err(_) => words.read_text(std::str::from_utf8(body).unwrap_or_default()),
        }
        words
    }

    /// The words at a place.
    pub(super) fn at(&self, place: Place) -> impl Iterator<Item = &str> {
        let here = self.0.iter().filter(move |(at, _)| *at == place);
        here.map(|(_, word)| word.as_str())
    }

    fn add(&mut self, place: Place, text: &str) {
        let text = text.trim();
        if !text.is_empty() && text.len() <= LONGEST_CODE {
            self.0.push((place, text.to_owned()));
        }
    }

    fn read_json(&mut self, json: &Value) {
        let text_of = |value: &Value| match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        // WSO2 wraps its code in `fault`.
        for object in [Some(json), json.get("fault")].into_iter().flatten() {
            let status_0 = object.get("status").and_then(text_of).as_deref() == Some("0");
            for (place, key) in [
                (Place::Code, "errorCode"),
                (Place::Code, "error_code"),
                (Place::Code, "code"),
                (Place::Message, "message"),
                (Place::Type, "type"),
            ] {
                let Some(text) = object.get(key).and_then(text_of) else {
                    continue;
                };
                self.add(place, &text);
                if place == Place::Code && status_0 {
                    self.add(Place::CodeOfStatus0, &text);
                }
            }
        }
        if let Some(word) = text_of(json) {
            self.add(Place::Message, &word);
        }
    }

    fn read_text(&mut self, text: &str) {
        if text.trim_start().starts_with('<') {
            self.read_xml(text);
        } else {
            self.add(Place::Message, text);
        }
    }

    /// `code` of WSO2 and `faultcode` of X-Road, whatever their prefix. No entity is
    /// resolved: a code has none.
    fn read_xml(&mut self, text: &str) {
        let mut reader = Reader::from_str(text);
        let mut place = None;
        for _ in 0..MOST_EVENTS {
            match reader.read_event() {
                Ok(Event::Start(start)) => {
                    place = match start.local_name().as_ref() {
                        "code" => Some(Place::Code),
                        "faultcode" => Some(Place::Type),
                        _ => None,
                    };
                }
                Ok(Event::Text(text)) => {
                    if let Some(place) = place.take() {
                        self.add(place, &text);
                    }
                }
                Ok(Event::Eof) | Err(_) => return,
                Ok(_) => place = None,
            }
        }
    }
}
