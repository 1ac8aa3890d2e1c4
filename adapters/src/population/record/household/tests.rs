use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::CitizenQuery;
use lienthong_core::household::Household;
use lienthong_core::identity::PersonalNumber;
use lienthong_core::name::FullName;
use lienthong_core::ports::population::HouseholdAnswer;

use super::super::read_household;
use super::super::samples::{HOUSEHOLD, household};
use super::Problem;

const HEAD: &str = "<ChuHo><SoDinhDanh>000185000001</SoDinhDanh>\
    <HoVaTen>TRẦN THỊ MẪU THỬ</HoVaTen></ChuHo>";

fn answer(content: &str) -> Result<HouseholdAnswer, Problem> {
    read_household(household(content).as_bytes()).map_err(|flaw| flaw.problem)
}

fn one(content: &str) -> Household {
    match answer(content).unwrap() {
        HouseholdAnswer::One(household) => *household,
        HouseholdAnswer::NoMatch => panic!("no match"),
    }
}

#[test]
fn the_published_household_is_read() {
    let household = one(HOUSEHOLD);
    let head = household.head.unwrap();
    assert_eq!(head.personal_number.unwrap().expose(), "000185000001");
    assert_eq!(head.full_name.unwrap().expose(), "TRẦN THỊ MẪU THỬ");
    let [member] = household.members.try_into().unwrap();
    assert_eq!(member.personal_number.unwrap().expose(), "000210000002");
    assert_eq!(member.full_name.unwrap().expose(), "LÊ VĂN VÍ DỤ");
    assert_eq!(member.birth, BirthDate::parse("2010-09-01").ok());
    assert_eq!(member.relation_code.unwrap().expose(), "CH99");
}

#[test]
fn a_household_of_one_has_no_members() {
    let household = one(HEAD);
    assert!(household.head.is_some() && household.members.is_empty());
}

#[test]
fn a_name_is_read_as_text_and_as_a_structure() {
    for name in [
        "PHẠM THỊ NHÁP",
        "<Ho>PHẠM</Ho><ChuDem>THỊ</ChuDem><Ten>NHÁP</Ten>",
        "<Ho/><ChuDem/><Ten>PHẠM THỊ NHÁP</Ten>",
    ] {
        let household = one(&format!(
            "<ChuHo><HoVaTen>{name}</HoVaTen></ChuHo><ThanhVien><HoVaTen>{name}</HoVaTen>\
             <NgayThangNamSinh><Nam>1940</Nam></NgayThangNamSinh></ThanhVien>"
        ));
        let head = household.head.unwrap().full_name.unwrap();
        assert_eq!(head.expose(), "PHẠM THỊ NHÁP");
        let member = &household.members[0];
        assert_eq!(member.full_name.as_ref(), Some(&head));
        assert_eq!(member.birth, Some(BirthDate::Year(1940)));
    }
}

#[test]
fn a_head_who_is_repeated_among_the_members_is_kept_once() {
    let repeated = "<ThanhVien><SoDinhDanh>000185000001</SoDinhDanh>\
        <HoVaTen>TRẦN THỊ MẪU THỬ</HoVaTen><QuanHe>CH01</QuanHe></ThanhVien>";
    let child = "<ThanhVien><SoDinhDanh>000210000002</SoDinhDanh></ThanhVien>";
    let household = one(&format!("{repeated}{HEAD}{child}"));
    let head = household.head.unwrap();
    assert_eq!(head.personal_number.unwrap().expose(), "000185000001");
    assert!(head.relation_code.is_none());
    let [member] = household.members.try_into().unwrap();
    assert_eq!(member.personal_number.unwrap().expose(), "000210000002");
}

#[test]
fn members_without_a_number_are_not_taken_for_a_head_without_one() {
    let household = one("<ChuHo><HoVaTen>TRẦN THỊ MẪU THỬ</HoVaTen></ChuHo>\
         <ThanhVien><HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen></ThanhVien>");
    assert_eq!(household.members.len(), 1);
}

#[test]
fn an_empty_household_is_no_match() {
    for content in [
        "",
        " ",
        "<ChuHo/>",
        "<ChuHo><SoDinhDanh/></ChuHo><ThanhVien/>",
    ] {
        let answer = answer(content).unwrap();
        assert!(matches!(answer, HouseholdAnswer::NoMatch), "{content}");
    }
}

#[test]
fn what_is_no_household_is_not_no_match() {
    for content in [
        "Lỗi hệ thống".to_owned(),
        "<Loi>Lỗi hệ thống</Loi>".to_owned(),
        "<ChuHo>Lỗi</ChuHo>".to_owned(),
        "<ThanhVien>Lỗi</ThanhVien>".to_owned(),
        HEAD.repeat(2),
    ] {
        assert!(answer(&content).is_err(), "{content}");
    }
}

#[test]
fn a_value_that_cannot_be_read_does_not_hide_the_household() {
    let household = one(&format!(
        "{HEAD}<ThanhVien><SoDinhDanh>1</SoDinhDanh><HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen>\
         <NgayThangNamSinh><NgayThangNam>20101301</NgayThangNam></NgayThangNamSinh></ThanhVien>"
    ));
    let [member] = household.members.try_into().unwrap();
    assert!(member.personal_number.is_none() && member.birth.is_none());
    assert!(member.full_name.is_some());
}

#[test]
fn a_heads_number_that_cannot_be_read_makes_the_answer_nonsense() {
    for number in [
        "<SoDinhDanh>00018500000</SoDinhDanh>",
        "<SoDinhDanh>1</SoDinhDanh><SoDinhDanh>000185000001</SoDinhDanh>",
        "<SoDinhDanh>000185000001</SoDinhDanh><SoDinhDanh>000185000002</SoDinhDanh>",
        "<SoDinhDanh><a>000185000001</a></SoDinhDanh>",
    ] {
        let head = format!("<ChuHo>{number}<HoVaTen>TRẦN THỊ MẪU THỬ</HoVaTen></ChuHo>");
        assert!(answer(&head).is_err(), "{number}");
    }
    let twice = "<SoDinhDanh>000185000001</SoDinhDanh>".repeat(2);
    let head = one(&format!("<ChuHo>{twice}</ChuHo>")).head.unwrap();
    assert_eq!(head.personal_number.unwrap().expose(), "000185000001");
}

#[test]
fn a_member_whose_number_cannot_be_read_is_not_the_one_asked_for() {
    let query = CitizenQuery {
        identity: PersonalNumber::parse("000210000002").unwrap().into(),
        name: FullName::parse("Lê Văn Ví Dụ").unwrap(),
        birth: BirthDate::parse("2010-09-01").unwrap(),
    };
    for (number, is_theirs) in [
        ("<SoDinhDanh>000210000002</SoDinhDanh>", true),
        ("<SoDinhDanh>00021000000</SoDinhDanh>", false),
        (
            "<SoDinhDanh>000210000002</SoDinhDanh><SoDinhDanh>000210000003</SoDinhDanh>",
            false,
        ),
    ] {
        let household = one(&format!(
            "{HEAD}<ThanhVien>{number}<HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen></ThanhVien>"
        ));
        assert_eq!(household.concerns(&query), is_theirs, "{number}");
        let [member] = household.members.try_into().unwrap();
        assert_eq!(member.personal_number.is_some(), is_theirs, "{number}");
        assert!(member.full_name.is_some());
    }
}

#[test]
fn debug_shows_nothing_of_a_household() {
    let text = format!("{:?}", one(HOUSEHOLD));
    for personal in ["000185000001", "000210000002", "TRẦN", "2010", "CH99"] {
        assert!(!text.contains(personal), "{personal}");
    }
}
