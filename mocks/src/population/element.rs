//! Reads a SOAP body into a small tree with resolved namespaces.
//!
//! What a reader would get wrong: prefixes mean nothing here, namespaces do. A document that is
//! well-formed but names the right element in the wrong namespace is refused further on.

use quick_xml::NsReader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use thiserror::Error;

/// Deepest nesting that a request needs is 4; more is an attack.
const DEEPEST: usize = 16;

/// An element: namespace, local name, text, children.
#[derive(Default, Clone, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Element>,
}

/// Why a body is not a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(super) enum Malformed {
    #[error("the body is not well-formed XML")]
    NotXml,
    #[error("the body declares a document type")]
    DocumentType,
    #[error("the body refers to an unknown entity")]
    UnknownEntity,
    #[error("the body is nested too deeply")]
    TooDeep,
}

impl Element {
    /// Reads one document.
    pub(super) fn read(text: &str) -> Result<Self, Malformed> {
        let mut reader = NsReader::from_str(text);
        // The bottom of the stack stands for the document and collects its root.
        let mut open = vec![Self::default()];
        loop {
            let (namespace, event) = reader
                .read_resolved_event()
                .map_err(|_| Malformed::NotXml)?;
            match event {
                Event::Start(start) => {
                    if open.len() > DEEPEST {
                        return Err(Malformed::TooDeep);
                    }
                    open.push(Self::opened(&namespace, &start)?);
                }
                Event::Empty(start) => {
                    let element = Self::opened(&namespace, &start)?;
                    innermost(&mut open)?.children.push(element);
                }
                Event::End(_) => {
                    let element = open.pop().ok_or(Malformed::NotXml)?;
                    innermost(&mut open)?.children.push(element);
                }
                Event::Text(text) => innermost(&mut open)?.text.push_str(&text.xml10_content()),
                Event::CData(text) => innermost(&mut open)?.text.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let character = reference
                        .resolve_char_ref()
                        .map_err(|_| Malformed::NotXml)?;
                    let element = innermost(&mut open)?;
                    if let Some(character) = character {
                        element.text.push(character);
                    } else {
                        let known = resolve_predefined_entity(&reference);
                        element
                            .text
                            .push_str(known.ok_or(Malformed::UnknownEntity)?);
                    }
                }
                Event::DocType(_) => return Err(Malformed::DocumentType),
                Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
                Event::Eof => return root(open),
            }
        }
    }

    fn opened(namespace: &ResolveResult<'_>, start: &BytesStart<'_>) -> Result<Self, Malformed> {
        let namespace = match namespace {
            ResolveResult::Bound(namespace) => namespace.as_ref().to_owned(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(_) => return Err(Malformed::NotXml),
        };
        let name = start.local_name().as_ref().to_owned();
        Ok(Self {
            namespace,
            name,
            ..Self::default()
        })
    }

    /// Whether this is the element of that name in that namespace.
    pub(super) fn is(&self, namespace: &str, name: &str) -> bool {
        self.namespace == namespace && self.name == name
    }
}

fn innermost(open: &mut [Element]) -> Result<&mut Element, Malformed> {
    open.last_mut().ok_or(Malformed::NotXml)
}

fn root(mut open: Vec<Element>) -> Result<Element, Malformed> {
    let document = open
        .pop()
        .filter(|_| open.is_empty())
        .ok_or(Malformed::NotXml)?;
    let stray = !document.text.trim().is_empty();
    let mut roots = document.children.into_iter();
    match (roots.next(), roots.next()) {
        (Some(root), None) if !stray => Ok(root),
        _ => Err(Malformed::NotXml),
    }
}

#[cfg(test)]
mod tests {
    use super::{Element, Malformed};

    fn problem(text: &str) -> Malformed {
        Element::read(text).err().unwrap()
    }

    #[test]
    fn prefixes_are_resolved_and_text_is_unescaped() {
        let root =
            Element::read(r#"<a:r xmlns:a="urn:x"><a:n>H&apos;&amp;&#x1EA5;</a:n><a:e/></a:r>"#)
                .unwrap();
        assert!(root.is("urn:x", "r"));
        assert_eq!(root.children[0].text, "H'&\u{1ea5}");
        assert_eq!(root.children[1].name, "e");
    }

    #[test]
    fn what_is_no_single_document_is_refused() {
        assert_eq!(problem(""), Malformed::NotXml);
        assert_eq!(problem("<a/><b/>"), Malformed::NotXml);
        assert_eq!(problem("<a>"), Malformed::NotXml);
        assert_eq!(problem("<a/>tail"), Malformed::NotXml);
        assert_eq!(problem("<p:a/>"), Malformed::NotXml);
        assert_eq!(
            problem("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>"),
            Malformed::DocumentType
        );
        assert_eq!(problem("<a>&x;</a>"), Malformed::UnknownEntity);
        assert_eq!(problem(&"<a>".repeat(40)), Malformed::TooDeep);
    }
}
