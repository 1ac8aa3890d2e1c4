use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{BloodType, Citizen, MaritalStatus};
use lienthong_core::identity::Sex;
use lienthong_core::ports::population::CitizenAnswer;
use proptest::prelude::*;

use super::read_look_up;
use crate::population::record::samples::{FLAT, LIVE, collection, cut_anywhere};
use crate::population::record::{Flaw, read_look_up as read_soap_look_up};

fn answer(body: &str) -> Result<CitizenAnswer, Flaw> {
    read_look_up(body.as_bytes())
}

fn one(body: &str) -> Citizen {
    match answer(body).unwrap() {
        CitizenAnswer::One(citizen) => *citizen,
        other => panic!("{other:?}"),
    }
}

/// A citizen with a name and these members.
fn with(members: &str) -> Citizen {
    one(&format!(
        r#"{{"CongdanCollection":{{"CongDan":{{"HoVaTen":"LÊ VĂN VÍ DỤ",{members}}}}}}}"#
    ))
}

#[test]
fn the_record_is_the_same_as_in_xml() {
    let flat = one(FLAT);
    let CitizenAnswer::One(soap) = read_soap_look_up(collection(LIVE).as_bytes()).unwrap() else {
        panic!("one citizen");
    };
    assert_eq!(flat.personal_number, soap.personal_number);
    assert!(flat.personal_number.is_some() && flat.old_id_card_number.is_none());
    assert_eq!(flat.full_name, soap.full_name);
    assert_eq!(flat.birth, soap.birth);
    assert_eq!(flat.ethnic_group, soap.ethnic_group);
    assert_eq!(flat.religion, soap.religion);
    assert_eq!(flat.permanent_address, soap.permanent_address);
    assert_eq!(flat.sex, Some(Sex::Female));
    assert_eq!(flat.marital_status, Some(MaritalStatus::Married));
    assert_eq!(flat.blood_type, Some(BloodType::NotRecorded));
    let [flat_head, soap_head] = [flat.household_head, soap.household_head].map(Option::unwrap);
    assert_eq!(flat_head.full_name, soap_head.full_name);
    assert_eq!(flat_head.relation_code, soap_head.relation_code);
}

#[test]
fn the_collection_may_stand_one_level_deeper() {
    one(&format!("{{\"Body\":{FLAT},\"Header\":\"\"}}"));
    let nothing = answer(r#"{"Body":{"CongdanCollection":{}}}"#).unwrap();
    assert!(matches!(nothing, CitizenAnswer::NoMatch));
    for body in [
        format!("{{\"Envelope\":{{\"Body\":{FLAT}}}}}"),
        format!("{{\"Body\":{FLAT},\"CongdanCollection\":{{}}}}"),
        format!("{{\"Body\":[{FLAT}, {FLAT}]}}"),
    ] {
        assert!(answer(&body).is_err(), "{body}");
    }
}

#[test]
fn citizens_come_as_an_object_or_as_an_array() {
    let person = r#"{"SoDinhDanh":"000185000001","HoVaTen":"TRẦN THỊ MẪU THỬ"}"#;
    let citizens = |list: &str| format!("{{\"CongdanCollection\":{{\"CongDan\":{list}}}}}");
    one(&citizens(person));
    one(&citizens(&format!("[{person}]")));
    let several = answer(&citizens(&format!("[{person},{person}]"))).unwrap();
    assert!(matches!(several, CitizenAnswer::Several));
    let nobody = answer(&citizens("[]")).unwrap();
    assert!(matches!(nobody, CitizenAnswer::NoMatch));
}

#[test]
fn every_form_of_not_found_is_no_match() {
    for collection in [
        "{}",
        "null",
        "\"\"",
        r#"{"CongDan":[]}"#,
        r#"{"CongDan":null}"#,
        r#"{"CongDan":{}}"#,
        r#"{"CongDan":{"SoLuongCongDan":0}}"#,
        r#"{"CongDan":{"SoLuongCongDan":"0","HoVaTen":""}}"#,
        r#"{"CongDan":{"HoVaTen":{"Ho":"","ChuDem":"","Ten":""}}}"#,
        r#"{"SoCongDan":"0","GhiChu":"Không có dữ liệu"}"#,
        r#"{"xmlns:ns1":"http://www.mic.gov.vn/dancu/1.0"}"#,
    ] {
        let answer = answer(&format!("{{\"CongdanCollection\":{collection}}}"));
        assert!(matches!(answer, Ok(CitizenAnswer::NoMatch)), "{collection}");
    }
}

#[test]
fn what_is_no_collection_is_never_no_match() {
    for body in [
        "{}",
        "[]",
        "null",
        "{\"CongdanCollection\":[]}",
        "{\"CongdanCollection\":\"Lỗi hệ thống\"}",
        "{\"CongdanCollection\":{\"message\":\"Lỗi hệ thống\"}}",
        "{\"CongdanCollection\":{\"CongDan\":\"Lỗi hệ thống\"}}",
        "{\"CongdanCollection\":{\"CongDan\":[1,2]}}",
        "{\"CongdanCollection\":{\"CongDan\":[true,{\"HoVaTen\":\"LÊ\"}]}}",
        "{\"congdanCollection\":{}}",
        "{\"CongdanCollection\":{\"CongDan\":{\"soDinhDanh\":\"000185000001\"}}}",
        "{\"CongdanCollection\":[{},{}]}",
        "{\"error_code\":\"-1\",\"message\":\"Không tồn tại dữ liệu\"}",
        "{\"errorCode\":\"004\",\"CongdanCollection\":{}}",
        "{\"errorCode\":\"java.io.IOException\",\"CongdanCollection\":{}}",
        "{\"message\":\"Error\"}",
        "<html></html>",
    ] {
        assert!(answer(body).is_err(), "{body}");
    }
}

#[test]
fn both_shapes_of_a_field_and_both_dates_are_read() {
    let date = BirthDate::parse("1985-02-13").ok();
    for (birth, expected) in [
        (r#""1985-02-13""#, date),
        (r#""19850213""#, date),
        ("19850213", date),
        (r#"{"NgayThangNam":"1985-02-13","Nam":"1985"}"#, date),
        (
            r#"{"NgayThangNam":"","Nam":"1985"}"#,
            Some(BirthDate::Year(1985)),
        ),
        ("1985", Some(BirthDate::Year(1985))),
        ("null", None),
    ] {
        assert_eq!(
            with(&format!("\"NgayThangNamSinh\":{birth}")).birth,
            expected,
            "{birth}"
        );
    }
    for ethnic_group in [r#""01""#, r#"{"MaDanToc":"01","TenGoi":"Kinh"}"#] {
        let citizen = with(&format!("\"DanToc\":{ethnic_group}"));
        assert_eq!(citizen.ethnic_group.unwrap().code.expose(), "01");
    }
    for name in [
        r#""TRẦN VĂN MẪU""#,
        r#"{"Ho":"TRẦN","ChuDem":"VĂN","Ten":"MẪU"}"#,
    ] {
        let father = with(&format!("\"Cha\":{{\"HoVaTen\":{name}}}"))
            .father
            .unwrap();
        assert_eq!(father.full_name.unwrap().expose(), "TRẦN VĂN MẪU");
    }
}

#[test]
fn a_number_without_its_leading_zeros_is_not_padded() {
    let body = r#"{"CongdanCollection":{"CongDan":{"SoDinhDanh":185000001,"HoVaTen":"LÊ VĂN"}}}"#;
    let flaw = answer(body).unwrap_err();
    assert_eq!(flaw.problem, "a SoDinhDanh that is not 12 digits");
}

#[test]
fn an_object_where_the_personal_number_belongs_is_nonsense() {
    for number in [
        r#"{"a":"000185000001"}"#,
        r##"{"#text":"000185000001"}"##,
        r#"{"SoDinhDanh":null}"#,
    ] {
        let body = format!(
            r#"{{"CongdanCollection":{{"CongDan":{{"SoDinhDanh":{number},"HoVaTen":"LÊ VĂN"}}}}}}"#
        );
        let problem = answer(&body).unwrap_err().problem;
        assert_eq!(problem, "a SoDinhDanh with elements in it", "{number}");
    }
}

#[test]
fn an_answer_cut_anywhere_is_neither_a_match_nor_no_match() {
    for whole in [FLAT, "{\"CongdanCollection\":{}}"] {
        for cut in cut_anywhere(whole.as_bytes()) {
            assert!(read_look_up(cut).is_err(), "{}", cut.len());
        }
        assert!(answer(whole).is_ok());
    }
}

#[test]
fn the_outline_never_holds_a_value() {
    let body = r#"{"TRẦN THỊ MẪU THỬ":{"000185000001":["THÔN MẪU"]},"message":"TRẦN"}"#;
    let flaw = answer(body).unwrap_err();
    let shape: Vec<_> = flaw
        .outline
        .iter()
        .map(|element| (element.depth, element.name, element.text_length))
        .collect();
    let message = (1, Some("message"), 4);
    assert_eq!(shape, [(0, None, 0), (1, None, 0), (2, None, 8), message]);
    let told = format!("{flaw:?}");
    for value in ["TRẦN", "000185000001", "THÔN"] {
        assert!(!told.contains(value), "{value}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_never_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read_look_up(&bytes).is_err());
    }
}
