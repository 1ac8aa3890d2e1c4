//! One answer as a tree, which is written as XML or as JSON.
//!
//! What a reader would get wrong: in JSON a name that stands several times becomes a list and one
//! that stands once does not, as with every converter that knows no schema.

use quick_xml::escape::escape;
use serde_json::{Map, Value};

/// An element: name without prefix, attributes, and text or children.
pub(super) struct Node {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Content,
}

enum Content {
    Text(String),
    Children(Vec<Node>),
}

impl Node {
    pub(super) fn text(name: &'static str, text: impl Into<String>) -> Self {
        Self {
            name,
            attributes: Vec::new(),
            content: Content::Text(text.into()),
        }
    }

    pub(super) fn of(name: &'static str, children: Vec<Self>) -> Self {
        Self {
            name,
            attributes: Vec::new(),
            content: Content::Children(children),
        }
    }

    pub(super) fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// The same element under another name, for answers that are wrong on purpose.
    pub(super) const fn renamed(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    /// Writes the tree with its namespace declared at the root; an empty prefix makes it the
    /// default namespace.
    pub(super) fn write_xml(mut self, out: &mut String, prefix: &str, namespace: &str) {
        let declaration = if prefix.is_empty() {
            "xmlns".to_owned()
        } else {
            format!("xmlns:{prefix}")
        };
        let mut own = format!(" {declaration}=\"{}\"", escape(namespace));
        for (name, value) in std::mem::take(&mut self.attributes) {
            own.push_str(&format_attribute(name, &value));
        }
        self.write(out, prefix, &own);
    }

    fn write(&self, out: &mut String, prefix: &str, declared: &str) {
        let name = if prefix.is_empty() {
            self.name.to_owned()
        } else {
            format!("{prefix}:{}", self.name)
        };
        out.push('<');
        out.push_str(&name);
        out.push_str(declared);
        for (name, value) in &self.attributes {
            out.push_str(&format_attribute(name, value));
        }
        if self.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        match &self.content {
            Content::Text(text) => out.push_str(&escape(text.as_str())),
            Content::Children(children) => {
                for child in children {
                    child.write(out, prefix, "");
                }
            }
        }
        out.push_str("</");
        out.push_str(&name);
        out.push('>');
    }

    const fn is_empty(&self) -> bool {
        match &self.content {
            Content::Text(text) => text.is_empty(),
            Content::Children(children) => children.is_empty(),
        }
    }

    /// The tree as an object with one member, the root.
    pub(super) fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert(self.name.to_owned(), self.value());
        Value::Object(object)
    }

    fn value(&self) -> Value {
        let children = match &self.content {
            Content::Text(text) => return Value::from(text.as_str()),
            Content::Children(children) => children,
        };
        let mut object = Map::new();
        for child in children {
            let value = child.value();
            match object.get_mut(child.name) {
                None => {
                    object.insert(child.name.to_owned(), value);
                }
                Some(Value::Array(several)) => several.push(value),
                Some(one) => *one = Value::Array(vec![one.take(), value]),
            }
        }
        Value::Object(object)
    }
}

fn format_attribute(name: &str, value: &str) -> String {
    format!(" {name}=\"{}\"", escape(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Node;

    fn tree() -> Node {
        Node::of(
            "R",
            vec![
                Node::text("A", "<&>"),
                Node::text("B", "1"),
                Node::text("B", "2"),
                Node::text("C", ""),
            ],
        )
        .attribute("n", "\"")
    }

    fn xml(prefix: &str) -> String {
        let mut out = String::new();
        tree().write_xml(&mut out, prefix, "urn:x");
        out
    }

    #[test]
    fn xml_is_escaped_and_declares_its_namespace_once() {
        assert_eq!(
            xml("p"),
            "<p:R xmlns:p=\"urn:x\" n=\"&quot;\"><p:A>&lt;&amp;&gt;</p:A><p:B>1</p:B><p:B>2</p:B><p:C/></p:R>"
        );
        assert!(xml("").starts_with("<R xmlns=\"urn:x\""));
    }

    #[test]
    fn json_makes_a_list_only_of_what_stands_several_times() {
        assert_eq!(
            tree().to_json(),
            json!({"R": {"A": "<&>", "B": ["1", "2"], "C": ""}})
        );
    }
}
