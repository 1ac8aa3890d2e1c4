use std::fmt::Write as _;

use proptest::prelude::*;

use super::super::samples::{LIVE, collection, envelope};
use super::{Problem, Space, document};

fn flaw(text: &str) -> Problem {
    document(text.as_bytes()).err().unwrap().problem
}

#[test]
fn an_element_is_named_by_what_it_is_and_not_by_its_prefix() {
    for (text, space) in [
        (
            "<a:Ten xmlns:a='http://www.mic.gov.vn/dancu/1.0'>1</a:Ten>",
            Space::Citizen,
        ),
        (
            "<Ten xmlns='http://www.mic.gov.vn/dancu/1.0'>1</Ten>",
            Space::Citizen,
        ),
        (
            "<q:Ten xmlns:q='http://dancuquocgia.bca'>1</q:Ten>",
            Space::Query,
        ),
        (
            "<Ten xmlns='http://www.mic.gov.vn/dancu/1.0/'>1</Ten>",
            Space::Other,
        ),
        ("<Ten>1</Ten>", Space::Other),
        ("<q:Ten>1</q:Ten>", Space::Other),
    ] {
        let element = document(text.as_bytes()).unwrap();
        assert_eq!(
            (element.space, element.name, element.text()),
            (space, Some("Ten"), Some("1")),
            "{text}"
        );
    }
}

#[test]
fn a_document_with_declaration_bom_and_comments_is_read() {
    let text = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- a --><?pi x?>\n\
        <Ten><!-- b --><![CDATA[a<b]]> &amp; &#x1EAA;</Ten>\n";
    assert_eq!(document(text.as_bytes()).unwrap().text(), Some("a<b & Ẫ"));
}

#[test]
fn what_is_not_one_document_is_refused() {
    for (text, expected) in [
        ("", "no element"),
        ("   ", "no element"),
        ("{\"error_code\":0}", "text outside of the root element"),
        ("Err", "text outside of the root element"),
        ("<!DOCTYPE html><html></html>", "a document type"),
        ("<html><p>Bảo trì<br></html>", "not well-formed XML"),
        ("<a/><b/>", "more than one root element"),
        ("<a>", "cut off in the middle"),
        (
            "<?xml version='1.0' encoding='TCVN-3'?><a/>",
            "an encoding other than UTF-8",
        ),
    ] {
        assert_eq!(flaw(text), expected, "{text}");
    }
    let flaw = document(b"<a>\xff</a>").err().unwrap();
    assert_eq!((flaw.problem, flaw.stopped_at), ("not UTF-8", Some(3)));
}

#[test]
fn entities_of_an_answers_own_are_refused_before_they_expand() {
    let mut bomb = String::from("<!DOCTYPE lolz [<!ENTITY a0 \"lol\">");
    for i in 1..20 {
        let entities = format!("&a{};", i - 1).repeat(10);
        let _ = write!(bomb, "<!ENTITY a{i} \"{entities}\">");
    }
    bomb.push_str("]>");
    bomb.push_str(&envelope("<X>&a19;</X>"));
    assert_eq!(flaw(&bomb), "a document type");
    assert_eq!(flaw(&envelope("<X>&a19;</X>")), "an undefined entity");
    let external = "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><x>&f;</x>";
    assert_eq!(flaw(external), "a document type");
    for reference in ["&#0;", "&#xFFFFFFFF;", "&#x110000;", "&#-1;"] {
        let text = envelope(&format!("<X>{reference}</X>"));
        assert_eq!(flaw(&text), "a bad character reference");
    }
}

#[test]
fn depth_and_number_of_elements_are_limited() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert!(document(nested(32).as_bytes()).is_ok());
    assert_eq!(flaw(&nested(33)), "nested too deeply");
    assert_eq!(flaw(&"<a>".repeat(100_000)), "nested too deeply");
    let wide = |count: usize| format!("<a>{}</a>", "<b/>".repeat(count));
    assert!(document(wide(4_999).as_bytes()).is_ok());
    assert_eq!(flaw(&wide(5_000)), "too many elements");
}

#[test]
fn a_flood_of_namespaces_is_refused() {
    let declarations: String = (0..1_000).fold(String::new(), |mut all, i| {
        let _ = write!(all, " xmlns:n{i}='urn:{i}'");
        all
    });
    assert_eq!(flaw(&format!("<a{declarations}/>")), "not well-formed XML");
}

#[test]
fn the_place_where_reading_stopped_is_told() {
    let whole = collection(LIVE);
    let end = whole.find("</ns1:GioiTinh>").unwrap();
    let cut = document(&whole.as_bytes()[..end]).err().unwrap();
    assert_eq!(
        (cut.problem, cut.stopped_at),
        ("cut off in the middle", Some(end))
    );
    let broken = whole.replace("</ns1:GioiTinh>", "</ns1:DanToc>");
    for mark in ["", "\u{feff}"] {
        let flaw = document(format!("{mark}{broken}").as_bytes())
            .err()
            .unwrap();
        let told = (flaw.problem, flaw.stopped_at);
        assert_eq!(told, ("not well-formed XML", Some(end + mark.len())));
        let last = flaw.outline.last().unwrap();
        assert_eq!(
            (last.depth, last.name, last.text_length),
            (4, Some("GioiTinh"), 1)
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = document(&bytes);
    }

    #[test]
    fn any_markup_is_answered_without_panic(text in "[<>/&;:!\\[\\]?a-c='\" -]{0,80}") {
        if let Err(flaw) = document(text.as_bytes()) {
            prop_assert!(flaw.stopped_at.is_none_or(|at| at <= text.len()));
            prop_assert!(flaw.outline.len() <= 100);
        }
    }
}
