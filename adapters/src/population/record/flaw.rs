//! Why an answer could not be read, and what its form was.
//!
//! It is for an operator who must find out what changed at the upstream without ever
//! seeing a citizen's data: names from a closed list, lengths and a position, no
//! value.

use lienthong_core::ports::population::{AnswerStructure, OutlinedElement};

use super::element::{Element, MAX_OUTLINE, Problem};

/// What kept an answer from being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::population) struct Flaw {
    /// What is wrong, in our words.
    pub(in crate::population) problem: Problem,
    /// The elements that were read, in order.
    pub(in crate::population) outline: Vec<OutlinedElement>,
    /// Byte of the answer, or of the XML inside a JSON answer, at which reading
    /// stopped; `None` when it was read to the end.
    pub(in crate::population) stopped_at: Option<usize>,
}

impl Flaw {
    /// A flaw of an answer of which nothing was read.
    pub(in crate::population) fn of(problem: Problem) -> Self {
        Self {
            problem,
            outline: Vec::new(),
            stopped_at: None,
        }
    }

    /// A flaw of an answer that was read to the end.
    pub(in crate::population) fn within(root: &Element, problem: Problem) -> Self {
        Self {
            outline: root.outline(),
            ..Self::of(problem)
        }
    }

    /// The same flaw, told within the outline of the JSON answer whose `message`
    /// held the text that was read.
    pub(in crate::population) fn inside_message_of(self, root: &Element) -> Self {
        let mut outline = root.outline();
        let message = outline
            .iter()
            .position(|element| element.name == Some("message"));
        if let Some(at) = message {
            let rest = outline.split_off(at + 1);
            let depth = outline.last().map_or(0, |element| element.depth + 1);
            let inner = self.outline.into_iter();
            outline.extend(inner.map(|element| OutlinedElement {
                depth: element.depth + depth,
                ..element
            }));
            outline.extend(rest);
            outline.truncate(MAX_OUTLINE);
        }
        Self {
            problem: self.problem,
            outline,
            stopped_at: self.stopped_at,
        }
    }

    /// What the port tells of an answer with this HTTP status, media type and
    /// number of bytes.
    pub(in crate::population) fn into_structure(
        self,
        status: u16,
        media_type: String,
        length: usize,
    ) -> AnswerStructure {
        AnswerStructure {
            status,
            media_type,
            length,
            problem: self.problem,
            outline: self.outline,
            stopped_at: self.stopped_at,
        }
    }
}
