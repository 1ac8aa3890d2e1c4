use std::fmt::Write as _;

use proptest::prelude::*;

use super::{Element, Space, document, payload};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

fn envelope(body: &str) -> String {
    format!("<s:Envelope xmlns:s=\"{SOAP}\"><s:Header/><s:Body>{body}</s:Body></s:Envelope>")
}

fn flaw(text: &str) -> &'static str {
    payload(text.as_bytes()).err().unwrap()
}

/// The names of a request's elements, in order, with their depth.
pub(in crate::population::soap) fn names(element: &Element, depth: usize) -> Vec<(usize, String)> {
    let children = element
        .children
        .iter()
        .flat_map(|child| names(child, depth + 1));
    std::iter::once((depth, element.name.clone()))
        .chain(children)
        .collect()
}

#[test]
fn the_element_in_the_body_is_given_whatever_its_prefix() {
    for (body, space) in [
        (
            "<a:X xmlns:a='http://www.mic.gov.vn/dancu/1.0'>1</a:X>",
            Space::Citizen,
        ),
        (
            "<X xmlns='http://www.mic.gov.vn/dancu/1.0'>1</X>",
            Space::Citizen,
        ),
        (
            "<q:X xmlns:q='http://dancuquocgia.bca'>1</q:X>",
            Space::Query,
        ),
        ("<X>1</X>", Space::Other),
        ("<q:X>1</q:X>", Space::Other),
    ] {
        let element = payload(envelope(body).as_bytes()).unwrap();
        assert_eq!(
            (element.space, element.name.as_str(), element.text()),
            (space, "X", Some("1"))
        );
    }
}

#[test]
fn an_envelope_with_declaration_bom_and_comments_is_read() {
    let text = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- a --><?pi x?>\n{}\n",
        envelope("<!-- b --><X><![CDATA[a<b]]> &amp; &#x1EAA;</X>")
    );
    let element = payload(text.as_bytes()).unwrap();
    assert_eq!(element.text(), Some("a<b & Ẫ"));
}

#[test]
fn what_is_not_an_envelope_around_one_element_is_refused() {
    for (text, expected) in [
        ("", "no XML"),
        ("   ", "no XML"),
        ("{\"error_code\":0}", "text outside of the root element"),
        ("<!DOCTYPE html><html></html>", "a document type"),
        (
            "<html><body>Bảo trì</body></html>",
            "not a SOAP 1.1 envelope",
        ),
        ("<html><p>Bảo trì<br></html>", "not well-formed XML"),
        ("<a/><b/>", "more than one root element"),
        ("<Envelope/>", "not a SOAP 1.1 envelope"),
        (
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body/></s:Envelope>",
            "not a SOAP 1.1 envelope",
        ),
        (
            "<?xml version='1.0' encoding='TCVN-3'?><a/>",
            "an encoding other than UTF-8",
        ),
    ] {
        assert_eq!(flaw(text), expected, "{text}");
    }
    assert_eq!(flaw(&envelope("")), "an empty SOAP body");
    assert_eq!(
        flaw(&envelope("<a/><b/>")),
        "more than one element in the body"
    );
    assert_eq!(
        flaw(&envelope("<s:Fault><faultstring>x</faultstring></s:Fault>")),
        "a SOAP fault"
    );
    let no_body = format!("<s:Envelope xmlns:s='{SOAP}'><Body><X/></Body></s:Envelope>");
    assert_eq!(flaw(&no_body), "an envelope without a body");
    assert_eq!(payload(b"<a>\xff</a>").err(), Some("not UTF-8"));
}

#[test]
fn an_envelope_cut_anywhere_is_refused() {
    let whole = envelope("<X><Y>1</Y>&amp;<Z a='b'/></X>");
    for length in 0..whole.len() {
        assert!(payload(&whole.as_bytes()[..length]).is_err(), "{length}");
    }
    assert!(payload(whole.as_bytes()).is_ok());
}

#[test]
fn entities_of_an_answers_own_are_refused_before_they_expand() {
    let mut bomb = String::from("<!DOCTYPE lolz [<!ENTITY a0 \"lol\">");
    for i in 1..20 {
        let _ = write!(
            bomb,
            "<!ENTITY a{i} \"{}\">",
            format!("&a{};", i - 1).repeat(10)
        );
    }
    bomb.push_str("]>");
    bomb.push_str(&envelope("<X>&a19;</X>"));
    assert_eq!(flaw(&bomb), "a document type");
    assert_eq!(flaw(&envelope("<X>&a19;</X>")), "an undefined entity");
    let external = "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><x>&f;</x>";
    assert_eq!(flaw(external), "a document type");
    for reference in ["&#0;", "&#xFFFFFFFF;", "&#x110000;", "&#-1;"] {
        assert_eq!(
            flaw(&envelope(&format!("<X>{reference}</X>"))),
            "a bad character reference"
        );
    }
}

#[test]
fn depth_and_number_of_elements_are_limited() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(document(nested(32).as_bytes()).is_ok());
    assert_eq!(
        document(nested(33).as_bytes()).err(),
        Some("nested too deeply")
    );
    assert_eq!(
        document("<a>".repeat(100_000).as_bytes()).err(),
        Some("nested too deeply")
    );
    let wide = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count));
    assert!(document(wide(4_999).as_bytes()).is_ok());
    assert_eq!(
        document(wide(5_000).as_bytes()).err(),
        Some("too many elements")
    );
}

proptest! {
    #[test]
    fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = payload(&bytes);
    }

    #[test]
    fn any_markup_is_answered_without_panic(text in "[<>/&;:!\\[\\]?a-c='\" -]{0,80}") {
        let _ = payload(text.as_bytes());
        let _ = payload(envelope(&text).as_bytes());
    }
}
