//! The few words of a refusal that can be a code.
//!
//! They are looked for at fixed places and forgotten at once; a text that is longer than
//! any code is not even compared.

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::{NamespaceResolver, QName, ResolveResult};
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
    /// `faultcode` or `detail/errorCode` of a SOAP fault, without its prefix.
    Fault,
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

    /// `code` of WSO2, `faultcode` of X-Road and the codes of a SOAP fault, whatever the
    /// prefix of their elements. No entity is resolved: a code has none. An element that
    /// was cut off is no code either.
    fn read_xml(&mut self, text: &str) {
        let mut reader = NsReader::from_str(text);
        let mut path = Vec::new();
        let mut word: Option<String> = None;
        for _ in 0..MOST_EVENTS {
            match reader.read_event() {
                Ok(Event::Start(start)) => {
                    path.push(listed(start.local_name().as_ref()));
                    word = Some(String::new());
                }
                Ok(Event::Text(text)) => {
                    word = word
                        .filter(String::is_empty)
                        .map(|_| text.as_ref().to_owned());
                }
                Ok(Event::End(_)) => {
                    if let Some(word) = word.take() {
                        self.add_at(&path, &word, reader.resolver());
                    }
                    path.pop();
                }
                Ok(Event::Eof) | Err(_) => return,
                Ok(_) => word = None,
            }
        }
    }

    fn add_at(&mut self, path: &[&str], word: &str, scope: &NamespaceResolver) {
        match path {
            ["Envelope", "Body", "Fault", "faultcode"] => {
                self.add(Place::Type, word);
                self.add(Place::Fault, without_prefix(word.trim(), scope));
            }
            ["Envelope", "Body", "Fault", "detail", "errorCode"] => {
                self.add(Place::Fault, without_prefix(word.trim(), scope));
            }
            [.., "faultcode"] => self.add(Place::Type, word),
            [.., "code"] => self.add(Place::Code, word),
            _ => {}
        }
    }
}

/// The name if a path to a code can hold it.
fn listed(name: &str) -> &'static str {
    [
        "Envelope",
        "Body",
        "Fault",
        "faultcode",
        "detail",
        "errorCode",
        "code",
    ]
    .into_iter()
    .find(|listed| *listed == name)
    .unwrap_or_default()
}

/// A code behind a prefix that is declared there. Anything else before a colon, the name
/// of an exception for one, is text and stays in front.
fn without_prefix<'w>(word: &'w str, scope: &NamespaceResolver) -> &'w str {
    let Some((_, code)) = word.split_once(':') else {
        return word;
    };
    match scope.resolve_element(QName(word)).0 {
        ResolveResult::Bound(_) => code,
        ResolveResult::Unbound | ResolveResult::Unknown(_) => word,
    }
}
