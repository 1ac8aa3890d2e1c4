use proptest::prelude::*;

use super::super::samples::{FLAT, cut_anywhere};
use super::{Element, Problem, document};

fn root(text: &str) -> Element {
    document(text.as_bytes()).ok().unwrap()
}

fn flaw(text: &str) -> Problem {
    document(text.as_bytes()).err().unwrap().problem
}

#[test]
fn objects_arrays_and_values_become_elements() {
    let root = root(
        r#" {"CongDan":[{"SoDinhDanh":"000185000001"},{"Nam":1985}],"Ho":"","Ten":null,
            "TonTai":true,"QuanHe":["a","b"],"Me":{},"Cha":[],"tên lạ":{"Ten":"x"},"Nam":-1.5}"#,
    );
    let citizens: Vec<_> = root.all("CongDan").collect();
    assert_eq!(citizens.len(), 2);
    assert_eq!(citizens[0].text_of("SoDinhDanh"), Some("000185000001"));
    assert_eq!(citizens[1].text_of("Nam"), Some("1985"));
    for empty in ["Ho", "Ten", "Me"] {
        assert!(!root.child(empty).unwrap().says_something(), "{empty}");
    }
    assert!(root.child("Cha").is_none());
    assert_eq!(root.text_of("TonTai"), Some("true"));
    assert_eq!(root.text_of("Nam"), Some("-1.5"));
    let relations: Vec<_> = root.all("QuanHe").map(Element::text).collect();
    assert_eq!(relations, [Some("a"), Some("b")]);
}

#[test]
fn prefixes_and_what_was_an_attribute_are_left_out() {
    let root = root(
        r#"{"ns1:Ten":"a","xmlns":"u","xmlns:ns1":["u"],"@id":{"Ten":"b"},"-Ten":"c","id":"d"}"#,
    );
    assert_eq!(root.children().len(), 2);
    assert_eq!(root.text_of("Ten"), Some("a"));
    assert_eq!(root.text_of("id"), Some("d"));
}

#[test]
fn escapes_and_a_byte_order_mark_are_read() {
    let root = root("\u{feff}{\"Ten\":\"TR\\u1ea6N \\\"M\\u1eaau\\\"\"}\r\n");
    assert_eq!(root.text_of("Ten"), Some("TRẦN \"MẪu\""));
}

#[test]
fn what_is_not_one_object_is_refused() {
    for (text, expected) in [
        ("", "no JSON"),
        (" \n", "no JSON"),
        ("[]", "not a JSON object"),
        ("[{}]", "not a JSON object"),
        ("\"Err\"", "not a JSON object"),
        ("0", "not a JSON object"),
        ("null", "not a JSON object"),
        ("{} {}", "not well-formed JSON"),
        ("{\"Ten\":\"a\",}", "not well-formed JSON"),
        ("{\"Ten\":NaN}", "not well-formed JSON"),
        ("{\"Ten\":\"\\ud800\"}", "not well-formed JSON"),
        ("<html>Bảo trì</html>", "not well-formed JSON"),
        ("{\"Ten\":\"a", "cut off in the middle"),
        ("{\"Ten\":[[\"a\"]]}", "an array in an array"),
    ] {
        assert_eq!(flaw(text), expected, "{text}");
    }
    assert!(document(b"{\"Ten\":\"\xff\"}").is_err());
}

#[test]
fn a_key_that_comes_twice_is_refused() {
    for text in [
        r#"{"SoDinhDanh":"000185000001","SoDinhDanh":"000185000002"}"#,
        r#"{"a:SoDinhDanh":"000185000001","b:SoDinhDanh":"000185000001"}"#,
        r#"{"CongDan":[],"CongDan":{}}"#,
    ] {
        assert_eq!(flaw(text), "the same key twice in one object", "{text}");
    }
    assert_eq!(root(r#"{"lạ":1,"lạ":2}"#).children().len(), 2);
}

#[test]
fn depth_and_number_of_values_are_limited() {
    let nested =
        |depth: usize| format!("{}{}", "{\"a\":".repeat(depth - 1), "{}") + &"}".repeat(depth - 1);
    assert!(document(nested(32).as_bytes()).is_ok());
    assert_eq!(flaw(&nested(33)), "nested too deeply");
    assert_eq!(flaw(&"{\"a\":".repeat(100_000)), "nested too deeply");
    let wide = |count: usize| format!("{{\"a\":[{}0]}}", "0,".repeat(count - 1));
    assert!(document(wide(4_999).as_bytes()).is_ok());
    assert_eq!(flaw(&wide(5_000)), "too many elements");
    assert!(document(format!("{{\"@a\":{}", "[".repeat(100_000)).as_bytes()).is_err());
}

#[test]
fn the_place_where_reading_stopped_is_told() {
    let at = FLAT.find("\"DanToc\"").unwrap();
    let broken = FLAT.replace("\"DanToc\"", "x");
    for mark in ["", "\u{feff}"] {
        let flaw = document(format!("{mark}{broken}").as_bytes())
            .err()
            .unwrap();
        assert_eq!(flaw.problem, "not well-formed JSON");
        let stopped_at = flaw.stopped_at.unwrap();
        assert!(
            (at..=at + 1).contains(&(stopped_at - mark.len())),
            "{stopped_at}"
        );
        let last = flaw.outline.last().unwrap();
        assert_eq!((last.depth, last.name), (3, Some("GioiTinh")));
    }
}

#[test]
fn an_object_cut_anywhere_is_refused() {
    for cut in cut_anywhere(FLAT.as_bytes()) {
        let flaw = document(cut).err().unwrap();
        assert!(flaw.stopped_at.unwrap() <= cut.len());
    }
    assert!(document(FLAT.as_bytes()).is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = document(&bytes);
    }

    #[test]
    fn any_punctuation_is_answered_without_panic(text in "([{}\\[\\]:,\n]|\"(Ten|CongDan|x)\"|[0-9.e-]|null){0,40}") {
        if let Err(flaw) = document(text.as_bytes()) {
            prop_assert!(flaw.stopped_at.is_none_or(|at| at <= text.len()));
            prop_assert!(flaw.outline.len() <= 100);
        }
    }
}
