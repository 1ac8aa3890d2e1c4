use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::{BloodType, Citizen, MaritalStatus};
use lienthong_core::identity::Sex;
use lienthong_core::masked::Masked;
use lienthong_core::ports::population::CitizenAnswer;
use proptest::prelude::*;

use super::{read_confirmation, read_look_up};

const DANCU: &str = "http://www.mic.gov.vn/dancu/1.0";
const QUERY: &str = "http://dancuquocgia.bca";

/// The answer of population.md 2.5.
const LIVE: &str = "<ns1:CongDan>\
    <ns1:SoDinhDanh>000185000001</ns1:SoDinhDanh><ns1:SoCMND/>\
    <ns1:HoVaTen><ns1:Ho/><ns1:ChuDem/><ns1:Ten>TRẦN THỊ MẪU THỬ</ns1:Ten></ns1:HoVaTen>\
    <ns1:GioiTinh>2</ns1:GioiTinh><ns1:DanToc>01</ns1:DanToc><ns1:TonGiao>00</ns1:TonGiao>\
    <ns1:TinhTrangHonNhan>2</ns1:TinhTrangHonNhan><ns1:NhomMau>00</ns1:NhomMau>\
    <ns1:NgayThangNamSinh><ns1:Nam>1985</ns1:Nam><ns1:NgayThangNam>19850213</ns1:NgayThangNam></ns1:NgayThangNamSinh>\
    <ns1:ThuongTru><ns1:MaTinhThanh>99</ns1:MaTinhThanh><ns1:MaQuanHuyen/><ns1:MaPhuongXa>99901</ns1:MaPhuongXa>\
      <ns1:ChiTiet>THÔN MẪU</ns1:ChiTiet><ns1:QuocGia>VN</ns1:QuocGia></ns1:ThuongTru>\
    <ns1:ChuHo><ns1:QuanHe>CH01</ns1:QuanHe><ns1:SoDinhDanh>000185000001</ns1:SoDinhDanh><ns1:SoCMND/>\
      <ns1:HoVaTen>TRẦN THỊ MẪU THỬ</ns1:HoVaTen></ns1:ChuHo>\
    </ns1:CongDan>";

fn envelope(payload: &str) -> Vec<u8> {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">\
         <soapenv:Header/><soapenv:Body>{payload}</soapenv:Body></soapenv:Envelope>"
    )
    .into_bytes()
}

fn collection(content: &str) -> Vec<u8> {
    envelope(&format!(
        "<ns1:CongdanCollection xmlns:ns1=\"{DANCU}\">{content}</ns1:CongdanCollection>"
    ))
}

fn one(content: &str) -> Citizen {
    match read_look_up(&collection(content)).unwrap() {
        CitizenAnswer::One(citizen) => *citizen,
        other => panic!("{other:?}"),
    }
}

/// A citizen with a name and these fields.
fn with(fields: &str) -> Citizen {
    one(&format!(
        "<CongDan><HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen>{fields}</CongDan>"
    ))
}

fn shown(value: Option<&Masked<String>>) -> Option<&str> {
    value.map(|value| value.expose().as_str())
}

#[test]
fn the_published_answer_is_read() {
    let citizen = one(LIVE);
    assert_eq!(citizen.personal_number.unwrap().expose(), "000185000001");
    assert_eq!(citizen.old_id_card_number, None);
    assert_eq!(citizen.full_name.unwrap().expose(), "TRẦN THỊ MẪU THỬ");
    assert_eq!(citizen.sex, Some(Sex::Female));
    assert_eq!(citizen.ethnic_group.unwrap().code.expose(), "01");
    assert_eq!(citizen.religion.unwrap().code.expose(), "00");
    assert_eq!(citizen.marital_status, Some(MaritalStatus::Married));
    assert_eq!(citizen.blood_type, Some(BloodType::NotRecorded));
    assert_eq!(citizen.birth, Some(BirthDate::parse("1985-02-13").unwrap()));
    let address = citizen.permanent_address.unwrap();
    assert_eq!(shown(address.province_code.as_ref()), Some("99"));
    assert_eq!(shown(address.district_code.as_ref()), None);
    assert_eq!(shown(address.commune_code.as_ref()), Some("99901"));
    assert_eq!(shown(address.detail.as_ref()), Some("THÔN MẪU"));
    assert_eq!(shown(address.country_code.as_ref()), Some("VN"));
    let head = citizen.household_head.unwrap();
    assert_eq!(shown(head.relation_code.as_ref()), Some("CH01"));
    assert_eq!(shown(head.full_name.as_ref()), Some("TRẦN THỊ MẪU THỬ"));
    assert_eq!(head.personal_number.unwrap().expose(), "000185000001");
    assert!(citizen.current_address.is_none() && citizen.father.is_none());
}

#[test]
fn the_older_shape_with_structures_is_read() {
    let citizen = one(
        "<CongDan><SoDinhDanh>000185000001</SoDinhDanh><SoCMND>000185001</SoCMND>\
        <HoVaTen><Ho>TRẦN</Ho><ChuDem>THỊ MẪU</ChuDem><Ten>THỬ</Ten></HoVaTen>\
        <DanToc><MaDanToc>01</MaDanToc><TenGoi>Kinh</TenGoi></DanToc>\
        <TonGiao><MaTonGiao>99</MaTonGiao></TonGiao>\
        <NgayThangNamSinh><NgayThangNam>1985-02-13</NgayThangNam></NgayThangNamSinh>\
        <QuocTich>VN</QuocTich><SoSoHoKhau>Số 000</SoSoHoKhau>\
        <QueQuan><MaDonViHanhChinh>99901</MaDonViHanhChinh><QuocGia>VN</QuocGia></QueQuan>\
        <Cha><SoDinhDanh>000060000003</SoDinhDanh><QuocTich>VN</QuocTich>\
          <HoVaTen><Ho>TRẦN</Ho><ChuDem>VĂN</ChuDem><Ten>MẪU</Ten></HoVaTen></Cha></CongDan>",
    );
    assert_eq!(citizen.full_name.unwrap().expose(), "TRẦN THỊ MẪU THỬ");
    assert_eq!(citizen.old_id_card_number.unwrap().expose(), "000185001");
    let ethnic_group = citizen.ethnic_group.unwrap();
    assert_eq!(ethnic_group.code.expose(), "01");
    assert_eq!(shown(ethnic_group.name.as_ref()), Some("Kinh"));
    assert_eq!(citizen.religion.unwrap().code.expose(), "99");
    assert_eq!(citizen.birth, Some(BirthDate::parse("1985-02-13").unwrap()));
    assert_eq!(shown(citizen.nationality.as_ref()), Some("VN"));
    assert_eq!(
        shown(citizen.household_book_number.as_ref()),
        Some("Số 000")
    );
    let place = citizen.native_place.unwrap();
    assert_eq!(
        shown(place.administrative_unit_code.as_ref()),
        Some("99901")
    );
    let father = citizen.father.unwrap();
    assert_eq!(shown(father.full_name.as_ref()), Some("TRẦN VĂN MẪU"));
    assert_eq!(shown(father.nationality.as_ref()), Some("VN"));
}

#[test]
fn all_forms_of_a_birth_are_read() {
    let date = Some(BirthDate::parse("1985-02-13").unwrap());
    let year = Some(BirthDate::Year(1985));
    for (birth, expected) in [
        ("<NgayThangNam>19850213</NgayThangNam>", date),
        (
            "<NgayThangNam> 1985-02-13 </NgayThangNam><Nam>1985</Nam>",
            date,
        ),
        ("19850213", date),
        ("1985", year),
        ("<Nam>1985</Nam>", year),
        ("<Nam>1985</Nam><NgayThangNam/>", year),
        ("<Nam>1985</Nam><NgayThangNam>19850000</NgayThangNam>", year),
        (
            "<Nam>1985</Nam><NgayThangNam>13/02/1985</NgayThangNam>",
            year,
        ),
        ("<Nam/>", None),
        ("", None),
        ("<NgayThangNam>19850231</NgayThangNam>", None),
    ] {
        let citizen = with(&format!("<NgayThangNamSinh>{birth}</NgayThangNamSinh>"));
        assert_eq!(citizen.birth, expected, "{birth}");
    }
}

#[test]
fn a_value_that_cannot_be_read_does_not_hide_the_citizen() {
    let citizen = with(
        "<SoCMND>12345</SoCMND><GioiTinh>7</GioiTinh><NhomMau>O+</NhomMau>\
        <TinhTrangHonNhan>4</TinhTrangHonNhan><DanToc/><TonGiao><TenGoi>?</TenGoi></TonGiao>\
        <ThuongTru/><NoiOHienTai><ChiTiet> </ChiTiet></NoiOHienTai>\
        <Me><SoDinhDanh>1</SoDinhDanh></Me><VoChong/>",
    );
    assert!(citizen.old_id_card_number.is_none() && citizen.sex.is_none());
    assert!(citizen.blood_type.is_none() && citizen.marital_status.is_none());
    assert!(citizen.ethnic_group.is_none() && citizen.religion.is_none());
    assert!(citizen.permanent_address.is_none() && citizen.current_address.is_none());
    assert!(citizen.mother.is_none() && citizen.spouse.is_none());
    assert!(citizen.full_name.is_some() && citizen.personal_number.is_none());
}

#[test]
fn a_personal_number_that_is_none_makes_the_answer_nonsense() {
    for number in [
        "00018500001",
        "0001850000011",
        "00018500000A",
        "٠٠٠١٨٥٠٠٠٠٠١",
    ] {
        let content = format!(
            "<CongDan><SoDinhDanh>{number}</SoDinhDanh><HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen></CongDan>"
        );
        let flaw = read_look_up(&collection(&content)).unwrap_err();
        assert_eq!(flaw, "a SoDinhDanh that is not 12 digits", "{number}");
    }
}

#[test]
fn every_form_of_not_found_is_no_match() {
    for content in [
        "",
        "  ",
        "<GhiChu>Không có dữ liệu</GhiChu>",
        "<CongDan/>",
        "<CongDan><SoLuongCongDan>0</SoLuongCongDan></CongDan>",
        "<CongDan><SoLuongCongDan> 0 </SoLuongCongDan><HoVaTen>LÊ VĂN VÍ DỤ</HoVaTen></CongDan>",
        "<SoLuongCongDan>0</SoLuongCongDan><CongDan><HoVaTen>LÊ</HoVaTen></CongDan>",
        "<CongDan><HoVaTen><Ho/><ChuDem/><Ten/></HoVaTen></CongDan>",
        "<CongDan><SoDinhDanh/><HoVaTen><Ten> </Ten></HoVaTen></CongDan>",
        "<CongDan><HoVaTen/></CongDan>",
    ] {
        let answer = read_look_up(&collection(content)).unwrap();
        assert!(
            matches!(answer, CitizenAnswer::NoMatch),
            "{content}: {answer:?}"
        );
    }
    let empty = envelope(&format!("<CongdanCollection xmlns='{DANCU}'/>"));
    assert!(matches!(
        read_look_up(&empty).unwrap(),
        CitizenAnswer::NoMatch
    ));
}

#[test]
fn several_citizens_are_never_one() {
    let answer = read_look_up(&collection(&LIVE.repeat(2))).unwrap();
    assert!(matches!(answer, CitizenAnswer::Several), "{answer:?}");
    let counted = format!("<SoLuongCongDan>1</SoLuongCongDan>{LIVE}");
    assert!(matches!(
        read_look_up(&collection(&counted)).unwrap(),
        CitizenAnswer::One(_)
    ));
}

#[test]
fn an_answer_in_another_namespace_is_nonsense() {
    for payload in [
        "<CongdanCollection><CongDan/></CongdanCollection>".to_owned(),
        format!("<CongdanCollection xmlns='{QUERY}'/>"),
        format!("<CongdanCollection xmlns='{DANCU}/'/>"),
        format!("<HoGiaDinh xmlns='{DANCU}'/>"),
    ] {
        assert!(read_look_up(&envelope(&payload)).is_err(), "{payload}");
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
        ] {
            let payload =
                format!("<k:{name} xmlns:k='{QUERY}'><k:TonTai>{text}</k:TonTai></k:{name}>");
            assert_eq!(
                read_confirmation(&envelope(&payload)).ok(),
                expected,
                "{payload}"
            );
        }
    }
    for payload in [
        format!("<KetQuaXacThuc xmlns='{QUERY}'/>"),
        format!("<KetQuaXacThuc xmlns='{DANCU}'><TonTai>true</TonTai></KetQuaXacThuc>"),
        "<KetQuaXacThuc><TonTai>true</TonTai></KetQuaXacThuc>".to_owned(),
        format!("<KetQua xmlns='{QUERY}'><TonTai>true</TonTai></KetQua>"),
    ] {
        assert!(read_confirmation(&envelope(&payload)).is_err(), "{payload}");
    }
}

#[test]
fn debug_shows_nothing_of_a_citizen() {
    let text = format!("{:?}", one(LIVE));
    for personal in ["000185000001", "TRẦN", "THÔN", "1985", "99901"] {
        assert!(!text.contains(personal), "{personal}");
    }
}

proptest! {
    #[test]
    fn any_content_is_answered_without_panic(content in "(<(CongDan|HoVaTen|Ten|Nam)>|</(CongDan|HoVaTen|Ten|Nam)>|\\PC){0,30}") {
        let _ = read_look_up(&collection(&content));
        let _ = read_confirmation(&collection(&content));
    }
}
