//! The tree that an answer becomes, whatever it was written in.
//!
//! A child stands for an XML element as well as for a member of a JSON object, an
//! array being its items one by one. Depth and number of elements are limited while
//! the tree grows, so that whoever answers for the upstream cannot make this process
//! nest or count without end. The limit on bytes is the exchange's.

use lienthong_core::ports::population::OutlinedElement;
use zeroize::Zeroizing;

/// Deepest nesting; the deepest answer known has 7 levels.
const MAX_DEPTH: usize = 32;
/// Most elements; a citizen's record has fewer than 100.
const MAX_ELEMENTS: usize = 5_000;
/// Most elements of an outline.
pub(super) const MAX_OUTLINE: usize = 100;

/// What is wrong with an answer, in our words.
pub(in crate::population) type Problem = &'static str;

/// Namespace of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// SOAP 1.1.
    Envelope,
    /// `http://dancuquocgia.bca`.
    Query,
    /// `http://www.mic.gov.vn/dancu/1.0`.
    Citizen,
    /// Another, or none; always so in JSON.
    Other,
}

/// An element with its text and children. Its text is wiped on drop.
pub(in crate::population) struct Element {
    pub(super) space: Space,
    /// Local name, if the domain knows it.
    pub(super) name: Option<&'static str>,
    text: Zeroizing<String>,
    children: Vec<Self>,
}

impl Element {
    /// Children with this local name, whatever their prefix.
    pub(in crate::population) fn all(&self, name: &'static str) -> impl Iterator<Item = &Self> {
        let is_named = move |child: &&Self| child.name == Some(name);
        self.children.iter().filter(is_named)
    }

    /// The first child with this local name.
    pub(in crate::population) fn child(&self, name: &'static str) -> Option<&Self> {
        self.all(name).next()
    }

    /// The one child with this local name that says something; `None` where two do, of
    /// which nobody can tell the right one.
    pub(super) fn only(&self, name: &'static str) -> Option<&Self> {
        let mut found = self.all(name).filter(|child| child.says_something());
        found.next().filter(|_| found.next().is_none())
    }

    /// The text of [`Self::only`].
    pub(super) fn only_text(&self, name: &'static str) -> Option<&str> {
        self.only(name)?.text()
    }

    /// Whether more than one child has this local name.
    pub(in crate::population) fn repeats(&self, name: &'static str) -> bool {
        self.all(name).nth(1).is_some()
    }

    /// All children in order.
    pub(super) fn children(&self) -> &[Self] {
        &self.children
    }

    /// The text without surrounding white space; `None` when nothing is left.
    pub(in crate::population) fn text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// The text of the first child with this local name.
    pub(in crate::population) fn text_of(&self, name: &'static str) -> Option<&str> {
        self.child(name)?.text()
    }

    /// Whether a text stands in it at any depth.
    pub(in crate::population) fn says_something(&self) -> bool {
        self.text().is_some() || self.children.iter().any(Self::says_something)
    }

    /// The form of it and of everything in it, without a value.
    pub(super) fn outline(&self) -> Vec<OutlinedElement> {
        let mut outline = Vec::new();
        self.outline_into(&mut outline, 0);
        outline
    }

    fn outline_into(&self, outline: &mut Vec<OutlinedElement>, depth: usize) {
        if outline.len() == MAX_OUTLINE {
            return;
        }
        outline.push(OutlinedElement {
            depth,
            name: self.name,
            text_length: self.text.trim().chars().count(),
        });
        for child in &self.children {
            child.outline_into(outline, depth + 1);
        }
    }

    /// Adds to the text without leaving a copy behind when it has to move.
    fn push(&mut self, more: &str) {
        let needed = self.text.len() + more.len();
        if needed > self.text.capacity() {
            let room = needed.max(2 * self.text.len());
            let mut roomier = Zeroizing::new(String::with_capacity(room));
            roomier.push_str(&self.text);
            self.text = roomier;
        }
        self.text.push_str(more);
    }
}

/// The elements that are open, outermost first, and the finished root.
#[derive(Default)]
pub(super) struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
}

impl Tree {
    /// Begins an element within the one begun last.
    pub(super) fn open(&mut self, space: Space, name: Option<&'static str>) -> Result<(), Problem> {
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
            name,
            text,
            children,
        });
        Ok(())
    }

    /// Ends the element begun last.
    pub(super) fn close(&mut self) -> Result<(), Problem> {
        let element = self.open.pop().ok_or("not well-formed XML")?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    /// Adds to the text of the element begun last.
    pub(super) fn push(&mut self, text: &str) -> Result<(), Problem> {
        match self.open.last_mut() {
            Some(element) => element.push(text),
            None if text.trim().is_empty() => {}
            None => return Err("text outside of the root element"),
        }
        Ok(())
    }

    /// Whether there is a root and nothing is open; what is wrong otherwise.
    pub(super) fn is_whole(&self) -> Result<(), Problem> {
        match (&self.root, self.open.is_empty()) {
            (_, false) => Err("cut off in the middle"),
            (None, true) => Err("no element"),
            (Some(_), true) => Ok(()),
        }
    }

    /// The root, if there is one and nothing is open.
    pub(super) fn into_root(self) -> Option<Element> {
        self.root.filter(|_| self.open.is_empty())
    }

    /// The form of what was read so far.
    pub(super) fn outline(&self) -> Vec<OutlinedElement> {
        let mut outline = self.root.as_ref().map(Element::outline).unwrap_or_default();
        for (depth, element) in self.open.iter().enumerate() {
            // Its open child is not among its children yet: it follows next.
            element.outline_into(&mut outline, depth);
        }
        outline
    }
}

#[cfg(test)]
mod tests {
    use super::super::names::known;
    use super::*;

    /// An element with this text that is still open.
    fn open(tree: &mut Tree, name: &'static str, text: &str) {
        tree.open(Space::Other, known(name)).unwrap();
        tree.push(text).unwrap();
    }

    #[test]
    fn an_outline_tells_the_form_of_what_is_still_open() {
        let mut tree = Tree::default();
        open(&mut tree, "CongDan", "\n  ");
        open(&mut tree, "SoDinhDanh", "000185000001");
        tree.close().unwrap();
        open(&mut tree, "HoVaTen", "");
        open(&mut tree, "TRẦN", " THỊ MẪU ");
        let outlined = |depth, name, text_length| OutlinedElement {
            depth,
            name,
            text_length,
        };
        assert_eq!(
            tree.outline(),
            [
                outlined(0, Some("CongDan"), 0),
                outlined(1, Some("SoDinhDanh"), 12),
                outlined(1, Some("HoVaTen"), 0),
                outlined(2, None, 7),
            ]
        );
        assert_eq!(tree.is_whole(), Err("cut off in the middle"));
        assert!(tree.into_root().is_none());
    }

    #[test]
    fn an_outline_has_an_end() {
        let mut tree = Tree::default();
        open(&mut tree, "CongdanCollection", "");
        for _ in 0..1_000 {
            open(&mut tree, "CongDan", "");
            tree.close().unwrap();
        }
        assert_eq!(tree.outline().len(), 100);
        tree.close().unwrap();
        assert_eq!(tree.outline().len(), 100);
        assert_eq!(tree.into_root().unwrap().outline().len(), 100);
    }

    #[test]
    fn a_text_that_comes_in_pieces_is_whole() {
        let mut tree = Tree::default();
        tree.open(Space::Other, None).unwrap();
        for piece in ["TRẦN ", "", "THỊ ", "MẪU ", "THỬ"] {
            tree.push(piece).unwrap();
        }
        tree.close().unwrap();
        assert_eq!(tree.into_root().unwrap().text(), Some("TRẦN THỊ MẪU THỬ"));
    }
}
