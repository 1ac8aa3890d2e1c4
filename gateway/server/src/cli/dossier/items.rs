//! Finds the events in a file: one JSON object, an array of them, or one after another.
//!
//! What a reader would get wrong: only the borders of the objects are found here, so that
//! a file of any size is read piece by piece; whether an object is an event is for whoever
//! reads it. A file whose borders are lost cannot be read on.

use std::io::{BufRead, ErrorKind};

use thiserror::Error;

/// Largest text of one event, in bytes; as a message it must be smaller still.
const LARGEST: usize = 4 << 20;

/// One object of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Line on which it begins, from 1.
    pub(super) line: u64,
    /// Its text; `None` when it is too large to be kept.
    pub(super) json: Option<Vec<u8>>,
}

/// Why a file cannot be read on. Never holds its content.
#[derive(Debug, Error)]
pub(super) enum Lost {
    /// The operating system's reason.
    #[error("it cannot be read")]
    File(#[source] std::io::Error),
    /// Something stands between events that does not belong there.
    #[error("line {line}: an event, beginning with '{{', is expected here")]
    Stray {
        /// Where.
        line: u64,
    },
    /// An event without its end.
    #[error("the event that begins on line {line} does not end")]
    Unended {
        /// Where it begins.
        line: u64,
    },
}

/// Where the reading stands between two objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing was read yet.
    Start,
    /// Between objects that simply follow each other.
    Loose,
    /// Behind the bracket that opens an array.
    ArrayStart,
    /// Behind an object of an array: a comma or the end.
    ArrayAfter,
    /// Behind a comma of an array: an object.
    ArrayNext,
    /// Behind the end of an array, or of everything: nothing more.
    End,
}

/// The objects of `R`, in order; nothing after a [`Lost`].
#[derive(Debug)]
pub(super) struct Items<R> {
    input: R,
    line: u64,
    place: Place,
    /// Bytes read so far.
    pub(super) read: u64,
}

impl<R: BufRead> Items<R> {
    /// The objects of `input`.
    pub(super) fn of(input: R) -> Self {
        Self {
            input,
            line: 1,
            place: Place::Start,
            read: 0,
        }
    }

    fn byte(&mut self) -> Result<Option<u8>, Lost> {
        loop {
            return match self.input.fill_buf() {
                Ok([]) => Ok(None),
                Ok([byte, ..]) => {
                    let byte = *byte;
                    self.input.consume(1);
                    self.read += 1;
                    self.line += u64::from(byte == b'\n');
                    Ok(Some(byte))
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => Err(Lost::File(error)),
            };
        }
    }

    /// Goes to the brace that opens the next object; false at the end.
    fn find(&mut self) -> Result<bool, Lost> {
        while let Some(byte) = self.byte()? {
            let stray = Lost::Stray { line: self.line };
            self.place = match (byte, self.place) {
                (b' ' | b'\t' | b'\r' | b'\n', place) => place,
                (b'{', Place::Start | Place::Loose) => {
                    self.place = Place::Loose;
                    return Ok(true);
                }
                (b'{', Place::ArrayStart | Place::ArrayNext) => {
                    self.place = Place::ArrayAfter;
                    return Ok(true);
                }
                (b'[', Place::Start) => Place::ArrayStart,
                (b',', Place::ArrayAfter) => Place::ArrayNext,
                (b']', Place::ArrayStart | Place::ArrayAfter) => Place::End,
                // The mark that some editors put before a text.
                (0xef, Place::Start)
                    if self.byte()? == Some(0xbb) && self.byte()? == Some(0xbf) =>
                {
                    Place::Start
                }
                _ => return Err(stray),
            };
        }
        match self.place {
            Place::Start | Place::Loose | Place::End => Ok(false),
            Place::ArrayStart | Place::ArrayAfter | Place::ArrayNext => {
                Err(Lost::Unended { line: self.line })
            }
        }
    }

    /// Reads on from the brace that opened an object to the one that closes it.
    fn object(&mut self) -> Result<Item, Lost> {
        let line = self.line;
        let mut json = vec![b'{'];
        let (mut depth, mut in_text, mut escaped) = (1_usize, false, false);
        while depth > 0 {
            let byte = self.byte()?.ok_or(Lost::Unended { line })?;
            // One too large is read to its end, so that the next one is found.
            if json.len() <= LARGEST {
                json.push(byte);
            }
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = in_text,
                b'"' => in_text = !in_text,
                b'{' | b'[' if !in_text => depth += 1,
                b'}' | b']' if !in_text => depth -= 1,
                _ => {}
            }
        }
        let json = Some(json).filter(|json| json.len() <= LARGEST);
        Ok(Item { line, json })
    }
}

impl<R: BufRead> Iterator for Items<R> {
    type Item = Result<Item, Lost>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = match self.find() {
            Ok(true) => self.object().map(Some),
            Ok(false) => Ok(None),
            Err(lost) => Err(lost),
        };
        if !matches!(found, Ok(Some(_))) {
            // Nothing is believed behind the place where the borders were lost.
            self.place = Place::End;
        }
        found.transpose()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Items, Lost};

    /// Lines and texts of the objects, and the last word where reading was given up.
    fn found(text: &str) -> (Vec<(u64, String)>, Option<Lost>) {
        let mut items = Vec::new();
        for item in Items::of(text.as_bytes()) {
            match item {
                Ok(item) => {
                    let json = item.json.unwrap_or_else(|| b"too large".to_vec());
                    items.push((item.line, String::from_utf8(json).unwrap()));
                }
                Err(lost) => return (items, Some(lost)),
            }
        }
        (items, None)
    }

    #[test]
    fn one_event_an_array_and_lines_are_read_alike() {
        let one = "{\"a\": 1}".to_owned();
        let two = "{\"b\": [{}]}".to_owned();
        let rows = [
            ("{\"a\": 1}\n{\"b\": [{}]}\n", (1, 2)),
            ("[{\"a\": 1},\n\n {\"b\": [{}]}]\n", (1, 3)),
            ("\u{feff}\n[\n{\"a\": 1}\r\n, {\"b\": [{}]} ]", (3, 4)),
            ("{\"a\": 1}{\"b\": [{}]}", (1, 1)),
        ];
        for (text, (first, second)) in rows {
            let (items, lost) = found(text);
            assert!(lost.is_none(), "{text}: {lost:?}");
            assert_eq!(
                items,
                [(first, one.clone()), (second, two.clone())],
                "{text}"
            );
        }
        assert_eq!(found(&one).0, [(1, one.clone())]);
        for nothing in ["", " \n", "[]", "[ ]\n"] {
            assert!(
                matches!(found(nothing), (items, None) if items.is_empty()),
                "{nothing}"
            );
        }
    }

    #[test]
    fn braces_within_texts_are_no_borders() {
        let text = r#"{"a": "}\"}{\\", "b": "["}"#;
        assert_eq!(found(&format!("{text}\n{text}")).0.len(), 2);
    }

    #[test]
    fn what_stands_between_events_ends_the_reading_with_its_line() {
        for (text, line) in [
            ("{}\nx{}", 2),
            ("[{} {}]", 1),
            ("[{},\n]", 2),
            ("[]\n{}", 2),
            ("\"text\"", 1),
            ("{}\n[{}]", 2),
        ] {
            let (_, lost) = found(text);
            assert!(
                matches!(lost, Some(Lost::Stray { line: at }) if at == line),
                "{text}: {lost:?}"
            );
        }
    }

    #[test]
    fn an_event_without_end_is_told_by_the_line_on_which_it_begins() {
        let (items, lost) = found("{}\n{\"a\":\n\n");
        assert_eq!(items.len(), 1);
        assert!(matches!(lost, Some(Lost::Unended { line: 2 })), "{lost:?}");
        assert!(matches!(found("[{}"), (_, Some(Lost::Unended { .. }))));
    }

    #[test]
    fn an_event_that_no_gateway_takes_is_not_gathered_and_the_next_one_is_found() {
        let text = format!("{{\"a\": \"{}\"}}\n{{}}", "x".repeat(super::LARGEST));
        let (items, lost) = found(&text);
        assert!(lost.is_none(), "{lost:?}");
        assert_eq!(items, [(1, "too large".to_owned()), (2, "{}".to_owned())]);
    }

    proptest! {
        #[test]
        fn whatever_is_written_as_json_is_found_again(
            names in prop::collection::vec(any::<String>(), 0..5),
            pretty: bool,
            array: bool,
        ) {
            let objects: Vec<serde_json::Value> =
                names.iter().map(|name| serde_json::json!({ name: [name, {"n": 1}] })).collect();
            let written: Vec<String> = objects
                .iter()
                .map(|object| if pretty { format!("{object:#}") } else { object.to_string() })
                .collect();
            let text = if array {
                format!("[{}]", written.join(", "))
            } else {
                written.join("\n")
            };
            let (items, lost) = found(&text);
            prop_assert!(lost.is_none());
            let read: Vec<serde_json::Value> =
                items.iter().map(|(_, json)| serde_json::from_str(json).unwrap()).collect();
            prop_assert_eq!(read, objects);
        }

        #[test]
        fn any_text_is_answered_without_panic(text: String) {
            let _ = found(&text);
        }
    }
}
