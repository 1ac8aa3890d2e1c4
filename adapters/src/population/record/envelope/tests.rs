//! What is not the answer to the question, however well it is written.

use proptest::prelude::*;

use super::super::samples::{
    DANCU, HOUSEHOLD, LIVE, QUERY, collection, cut_anywhere, envelope, household,
};
use super::*;

fn flaw(text: &str) -> Problem {
    read_look_up(text.as_bytes()).unwrap_err().problem
}

/// No reader makes anything of it.
fn is_nothing(bytes: &[u8]) -> bool {
    read_look_up(bytes).is_err()
        && read_relatives(bytes).is_err()
        && read_household(bytes).is_err()
        && read_confirmation(bytes).is_err()
}

#[test]
fn what_is_not_an_envelope_around_one_element_is_refused() {
    const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
    for (text, expected) in [
        (
            "<html><body>Bảo trì</body></html>",
            "not a SOAP 1.1 envelope",
        ),
        ("<Envelope/>", "not a SOAP 1.1 envelope"),
        (
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body/></s:Envelope>",
            "not a SOAP 1.1 envelope",
        ),
    ] {
        assert_eq!(flaw(text), expected, "{text}");
    }
    assert_eq!(flaw(&envelope("")), "an empty SOAP body");
    assert_eq!(
        flaw(&envelope("<a/><b/>")),
        "more than one element in the body"
    );
    let fault = "<soapenv:Fault><faultstring>x</faultstring></soapenv:Fault>";
    assert_eq!(flaw(&envelope(fault)), "a SOAP fault");
    let no_body = format!("<s:Envelope xmlns:s='{SOAP}'><Body><X/></Body></s:Envelope>");
    assert_eq!(flaw(&no_body), "an envelope without a body");
    let bodies = format!(
        "<s:Envelope xmlns:s='{SOAP}'><s:Body>{0}</s:Body><s:Body>{0}</s:Body></s:Envelope>",
        format_args!("<CongdanCollection xmlns='{DANCU}'/>")
    );
    assert_eq!(flaw(&bodies), "more than one body in the envelope");
}

#[test]
fn an_answer_in_another_namespace_is_nonsense() {
    for payload in [
        "<CongdanCollection><CongDan/></CongdanCollection>".to_owned(),
        format!("<CongdanCollection xmlns='{QUERY}'/>"),
        format!("<CongdanCollection xmlns='{DANCU}/'/>"),
        "<HoGiaDinh/>".to_owned(),
        format!("<HoGiaDinh xmlns='{QUERY}'/>"),
        format!("<KetQuaXacThuc xmlns='{DANCU}'><TonTai>true</TonTai></KetQuaXacThuc>"),
        "<KetQuaXacThuc><TonTai>true</TonTai></KetQuaXacThuc>".to_owned(),
        format!("<KetQua xmlns='{QUERY}'><TonTai>true</TonTai></KetQua>"),
    ] {
        assert!(is_nothing(envelope(&payload).as_bytes()), "{payload}");
    }
}

#[test]
fn the_answer_to_another_question_is_nonsense() {
    let (citizen, family) = (collection(LIVE), household(HOUSEHOLD));
    assert!(read_household(citizen.as_bytes()).is_err());
    assert!(read_household(collection("").as_bytes()).is_err());
    assert!(read_confirmation(citizen.as_bytes()).is_err());
    assert!(read_look_up(family.as_bytes()).is_err());
    assert!(read_relatives(household("").as_bytes()).is_err());
}

#[test]
fn an_answer_cut_anywhere_is_neither_a_match_nor_no_match() {
    let confirmed = format!("<KetQuaXacThuc xmlns='{QUERY}'><TonTai>true</TonTai></KetQuaXacThuc>");
    for whole in [
        collection(LIVE),
        collection(""),
        household(HOUSEHOLD),
        household(""),
        envelope(&confirmed),
    ] {
        for cut in cut_anywhere(whole.as_bytes()) {
            assert!(is_nothing(cut), "{} of {whole}", cut.len());
        }
        assert!(!is_nothing(whole.as_bytes()), "{whole}");
    }
}

#[test]
fn the_confirmation_is_read_in_all_its_forms() {
    for name in ["KetQuaXacThucResponse", "KetQuaXacThuc"] {
        for (text, expected) in [
            ("true", Some(true)),
            ("1", Some(true)),
            (" false ", Some(false)),
            ("0", Some(false)),
            ("", None),
            ("TRUE", None),
            ("có", None),
            ("false</k:TonTai><k:TonTai>true", None),
        ] {
            let payload =
                format!("<k:{name} xmlns:k='{QUERY}'><k:TonTai>{text}</k:TonTai></k:{name}>");
            let answer = read_confirmation(envelope(&payload).as_bytes());
            assert_eq!(answer.ok(), expected, "{payload}");
        }
    }
    let empty = envelope(&format!("<KetQuaXacThuc xmlns='{QUERY}'/>"));
    assert!(read_confirmation(empty.as_bytes()).is_err());
}

#[test]
fn an_outline_never_holds_a_value() {
    let hostile = collection(
        "<CongDan><TRẦN_THỊ_MẪU_THỬ><_000185000001>000185000001</_000185000001></TRẦN_THỊ_MẪU_THỬ>\
         <SoDinhDanh>THÔN MẪU</SoDinhDanh><HoVaTen>TRẦN THỊ MẪU THỬ</HoVaTen></CongDan>",
    );
    let flaw = read_look_up(hostile.as_bytes()).unwrap_err();
    let shape: Vec<_> = flaw
        .outline
        .iter()
        .map(|element| (element.depth, element.name, element.text_length))
        .collect();
    assert_eq!(
        shape,
        [
            (0, Some("Envelope"), 0),
            (1, Some("Header"), 0),
            (1, Some("Body"), 0),
            (2, Some("CongdanCollection"), 0),
            (3, Some("CongDan"), 0),
            (4, None, 0),
            (5, None, 12),
            (4, Some("SoDinhDanh"), 8),
            (4, Some("HoVaTen"), 16),
        ]
    );
    let structure = flaw.into_structure(200, "text/xml".to_owned(), hostile.len());
    assert_eq!(structure.stopped_at, None);
    let told = format!("{structure:?}");
    for value in ["TRẦN", "000185000001", "THÔN"] {
        assert!(!told.contains(value), "{value}");
    }
}

#[test]
fn the_structure_of_a_foreign_page_is_told() {
    let page =
        "<html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>";
    let flaw = read_look_up(page.as_bytes()).unwrap_err();
    let names: Vec<_> = flaw.outline.iter().map(|element| element.name).collect();
    assert_eq!(
        names,
        [
            Some("html"),
            Some("head"),
            Some("title"),
            Some("body"),
            None
        ]
    );
}

proptest! {
    #[test]
    fn any_content_is_answered_without_panic(content in "(<(CongDan|HoVaTen|Ten|Nam|ChuHo|ThanhVien)>|</(CongDan|HoVaTen|Ten|Nam|ChuHo|ThanhVien)>|\\PC){0,30}") {
        let answer = collection(&content);
        let _ = (read_look_up(answer.as_bytes()), read_relatives(answer.as_bytes()));
        let _ = (read_household(household(&content).as_bytes()), read_confirmation(answer.as_bytes()));
    }

    #[test]
    fn random_bytes_are_never_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(is_nothing(&bytes));
    }

    #[test]
    fn a_good_answer_with_one_byte_changed_is_answered_without_panic(at in 0usize..1_500, byte in any::<u8>()) {
        let mut answer = collection(LIVE).into_bytes();
        if let Some(place) = answer.get_mut(at) {
            *place = byte;
        }
        let _ = read_look_up(&answer);
    }
}
