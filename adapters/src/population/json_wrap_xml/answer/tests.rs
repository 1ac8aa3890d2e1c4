use lienthong_core::ports::population::CitizenAnswer;
use proptest::prelude::*;

use super::read_look_up;
use crate::population::record::samples::{LIVE, collection, cut_anywhere, envelope, wrapped};

#[test]
fn the_envelope_in_the_message_is_the_answer() {
    let answer = read_look_up(&wrapped("0", &collection(LIVE))).unwrap();
    let CitizenAnswer::One(citizen) = answer else {
        panic!("one citizen");
    };
    assert_eq!(citizen.personal_number.unwrap().expose(), "000185000001");
    let answer = read_look_up(&wrapped("0", &collection(""))).unwrap();
    assert!(matches!(answer, CitizenAnswer::NoMatch));
    let answer = read_look_up(&wrapped("0", &collection(&LIVE.repeat(2)))).unwrap();
    assert!(matches!(answer, CitizenAnswer::Several));
}

#[test]
fn the_error_code_is_a_text_or_a_number() {
    let message = serde_json::to_string(&collection(LIVE)).unwrap();
    for (code, expected) in [
        ("\"0\"", true),
        ("0", true),
        ("\"00\"", true),
        ("1", true),
        ("-1", false),
        ("\"-1\"", false),
        ("200", false),
        ("null", false),
        ("\"\"", false),
        ("[0]", true),
        ("[0,-1]", false),
        ("{\"code\":0}", false),
    ] {
        let body = format!("{{\"error_code\":{code},\"message\":{message}}}");
        assert_eq!(read_look_up(body.as_bytes()).is_ok(), expected, "{code}");
    }
    let without = format!("{{\"message\":{message}}}");
    assert!(read_look_up(without.as_bytes()).is_err());
}

#[test]
fn a_declaration_and_white_space_before_the_envelope_are_read() {
    let declared = format!(
        "\r\n  <?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n{}\r\n",
        collection(LIVE)
    );
    for message in [declared, format!("\u{feff}{}", collection(LIVE))] {
        assert!(read_look_up(&wrapped("0", &message)).is_ok());
    }
}

#[test]
fn a_message_that_is_not_an_envelope_is_never_no_match() {
    for (code, message, expected) in [
        (
            "-1",
            "Không tồn tại dữ liệu",
            "a wrapper that says that it failed",
        ),
        ("-1", "", "a wrapper that says that it failed"),
        ("0", "", "a wrapper without a message"),
        ("0", "Không tồn tại dữ liệu", "a message that is not XML"),
        (
            "0",
            "System.NullReferenceException: Object reference",
            "a message that is not XML",
        ),
        ("0", "{}", "a message that is not XML"),
        ("0", "<html></html>", "not a SOAP 1.1 envelope"),
        ("0", "<CongdanCollection/>", "not a SOAP 1.1 envelope"),
        ("0", "<a", "not well-formed XML"),
    ] {
        let flaw = read_look_up(&wrapped(code, message)).unwrap_err();
        assert_eq!(flaw.problem, expected, "{code} {message}");
    }
    for body in [
        "{}",
        "{\"error_code\":0,\"message\":null}",
        "{\"error_code\":0,\"message\":{}}",
    ] {
        assert!(read_look_up(body.as_bytes()).is_err(), "{body}");
    }
}

#[test]
fn exception_text_in_place_of_a_code_is_a_failure_and_is_not_kept() {
    let trace = "java.lang.NullPointerException at TRẦN THỊ MẪU THỬ";
    let flaw = read_look_up(&wrapped(trace, &collection(LIVE))).unwrap_err();
    assert_eq!(flaw.problem, "a wrapper that says that it failed");
    let told = format!("{flaw:?}");
    assert!(!told.contains("TRẦN") && !told.contains("java"));
}

#[test]
fn a_wrapper_or_message_cut_anywhere_is_neither_a_match_nor_no_match() {
    for content in [LIVE, ""] {
        let message = collection(content);
        for cut in cut_anywhere(&wrapped("0", &message)) {
            assert!(read_look_up(cut).is_err(), "{}", cut.len());
        }
        for (end, _) in message.char_indices() {
            assert!(
                read_look_up(&wrapped("0", &message[..end])).is_err(),
                "{end}"
            );
        }
    }
}

#[test]
fn the_outline_shows_the_xml_inside_the_message() {
    let body = wrapped("0", &envelope("<lạ>TRẦN</lạ>"));
    let flaw = read_look_up(&body).unwrap_err();
    let shape: Vec<_> = flaw
        .outline
        .iter()
        .map(|element| (element.depth, element.name))
        .collect();
    assert_eq!(
        shape,
        [
            (0, None),
            (1, Some("error_code")),
            (1, Some("message")),
            (2, Some("Envelope")),
            (3, Some("Header")),
            (3, Some("Body")),
            (4, None),
        ]
    );
    assert!(!format!("{flaw:?}").contains("TRẦN"));
}

proptest! {
    #[test]
    fn any_bytes_are_never_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read_look_up(&bytes).is_err());
    }

    #[test]
    fn any_message_is_never_an_answer(message in "\\PC{0,60}") {
        prop_assert!(read_look_up(&wrapped("0", &message)).is_err());
    }
}
