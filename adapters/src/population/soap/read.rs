//! A bounded reader of SOAP answers.
//!
//! Whoever can answer for the upstream can try to make this process expand,
//! nest or count without end; so document types and entities of their own are
//! refused outright, and depth and number of elements are limited. The limit on
//! bytes is the exchange's.

use quick_xml::NsReader;
use quick_xml::events::{BytesDecl, BytesRef, Event};
use quick_xml::name::{Namespace, ResolveResult};
use zeroize::Zeroizing;

use super::{CITIZEN_NS, ENVELOPE_NS, QUERY_NS};

/// Deepest nesting; the deepest answer known has 7 levels.
const MAX_DEPTH: usize = 32;
/// Most elements; a citizen's record has fewer than 100.
const MAX_ELEMENTS: usize = 5_000;

/// What is wrong with an answer, in our words.
pub(in crate::population) type Flaw = &'static str;

/// Namespace of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// SOAP 1.1.
    Envelope,
    /// `http://dancuquocgia.bca`.
    Query,
    /// `http://www.mic.gov.vn/dancu/1.0`.
    Citizen,
    /// Another, or none.
    Other,
}

/// An element with its text and children. Its text is wiped on drop.
pub(super) struct Element {
    pub(super) space: Space,
    pub(super) name: String,
    text: Zeroizing<String>,
    children: Vec<Element>,
}

impl Element {
    /// Children with this local name, whatever their prefix.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first child with this local name.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text without surrounding white space; `None` when nothing is left.
    pub(super) fn text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// The text of the first child with this local name.
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name)?.text()
    }
}

/// Reads an answer and gives the one element in its SOAP body.
///
/// # Errors
/// A [`Flaw`] when this is not a SOAP 1.1 envelope around one element, or a fault.
pub(super) fn payload(bytes: &[u8]) -> Result<Element, Flaw> {
    let mut root = document(bytes)?;
    if root.space != Space::Envelope || root.name != "Envelope" {
        return Err("not a SOAP 1.1 envelope");
    }
    let is_body = |child: &Element| child.space == Space::Envelope && child.name == "Body";
    let position = root
        .children
        .iter()
        .position(is_body)
        .ok_or("an envelope without a body")?;
    let mut body = root.children.swap_remove(position);
    let payload = body.children.pop().ok_or("an empty SOAP body")?;
    if payload.space == Space::Envelope && payload.name == "Fault" {
        return Err("a SOAP fault");
    }
    if body.children.is_empty() {
        Ok(payload)
    } else {
        Err("more than one element in the body")
    }
}

fn document(bytes: &[u8]) -> Result<Element, Flaw> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not UTF-8")?;
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    let mut tree = Tree::default();
    loop {
        let event = reader.read_event().map_err(|_| "not well-formed XML")?;
        match event {
            Event::Start(start) => {
                let (space, name) = reader.resolver().resolve_element(start.name());
                tree.open(space_of(&space), name.as_ref())?;
            }
            Event::Empty(start) => {
                let (space, name) = reader.resolver().resolve_element(start.name());
                tree.open(space_of(&space), name.as_ref())?;
                tree.close()?;
            }
            Event::End(_) => tree.close()?,
            Event::Text(text) => tree.push(&text.xml10_content())?,
            Event::CData(text) => tree.push(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                tree.push(resolve(&reference)?.encode_utf8(&mut [0; 4]))?;
            }
            Event::Decl(declaration) => check_encoding(&declaration)?,
            Event::DocType(_) => return Err("a document type"),
            Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => return tree.finish(),
        }
    }
}

fn space_of(resolved: &ResolveResult<'_>) -> Space {
    match resolved {
        ResolveResult::Bound(Namespace(ENVELOPE_NS)) => Space::Envelope,
        ResolveResult::Bound(Namespace(QUERY_NS)) => Space::Query,
        ResolveResult::Bound(Namespace(CITIZEN_NS)) => Space::Citizen,
        ResolveResult::Bound(_) | ResolveResult::Unbound | ResolveResult::Unknown(_) => {
            Space::Other
        }
    }
}

/// The five entities of XML and character references; no others exist, since a
/// document type is refused.
fn resolve(reference: &BytesRef<'_>) -> Result<char, Flaw> {
    if let Some(found) = reference
        .resolve_char_ref()
        .map_err(|_| "a bad character reference")?
    {
        return Ok(found);
    }
    match &**reference {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        _ => Err("an undefined entity"),
    }
}

fn check_encoding(declaration: &BytesDecl<'_>) -> Result<(), Flaw> {
    match declaration.encoding() {
        None => Ok(()),
        Some(Ok(name)) if name.eq_ignore_ascii_case("utf-8") => Ok(()),
        Some(_) => Err("an encoding other than UTF-8"),
    }
}

/// The elements that are open, outermost first, and the finished root.
#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Tree {
    fn open(&mut self, space: Space, name: &str) -> Result<(), Flaw> {
        self.elements += 1;
        if self.open.is_empty() && self.root.is_some() {
            return Err("more than one root element");
        }
        if self.open.len() == MAX_DEPTH {
            return Err("nested too deeply");
        }
        if self.elements > MAX_ELEMENTS {
            return Err("too many elements");
        }
        let (text, children) = (Zeroizing::default(), Vec::new());
        self.open.push(Element {
            space,
            name: name.to_owned(),
            text,
            children,
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), Flaw> {
        let element = self.open.pop().ok_or("not well-formed XML")?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn push(&mut self, text: &str) -> Result<(), Flaw> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err("text outside of the root element"),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, Flaw> {
        match self.root {
            Some(root) if self.open.is_empty() => Ok(root),
            Some(_) | None if !self.open.is_empty() => Err("cut off in the middle"),
            Some(_) | None => Err("no XML"),
        }
    }
}

#[cfg(test)]
mod tests;

/// The names of a request's elements with their depth, in order.
#[cfg(test)]
pub(super) fn tree_of_request(bytes: &[u8]) -> Vec<(usize, String)> {
    tests::names(&document(bytes).unwrap(), 0)
}
