use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::CitizenQuery;
use lienthong_core::identity::OldIdCardNumber;
use lienthong_core::name::{FullName, KeyRule};
use lienthong_core::ports::population::{LookupCall, Operation, RequestNumber};
use lienthong_core::procedure::ProcedureCode;

use super::RequestForm;
use crate::population::dialect::Question;
use crate::population::record::tree_of_request;
use crate::population::samples::{call, officer, query, query_named, question};
use crate::population::settings::WireDateFormat;
use crate::population::soap::{FieldOrder, UnitElement};

fn form() -> RequestForm {
    RequestForm {
        date_format: WireDateFormat::Compact,
        fields: FieldOrder::of_look_up(UnitElement::Absent),
        household_fields: FieldOrder::of_look_up(UnitElement::BeforeOfficer),
        name_key_rule: KeyRule::LettersAndDigits,
        general_procedure: None,
    }
}

fn ordered(fields: FieldOrder) -> RequestForm {
    RequestForm { fields, ..form() }
}

fn written(form: &RequestForm, operation: Operation, query: &CitizenQuery) -> String {
    let call = call();
    let request = form.write(&question(operation, query, &call)).unwrap();
    String::from_utf8(request).unwrap()
}

fn look_up(form: &RequestForm, query: &CitizenQuery) -> String {
    written(form, Operation::LookUp, query)
}

fn old_number() -> CitizenQuery {
    CitizenQuery {
        identity: OldIdCardNumber::parse("000185001").unwrap().into(),
        ..query()
    }
}

fn year_only() -> CitizenQuery {
    CitizenQuery {
        birth: BirthDate::Year(1950),
        ..query()
    }
}

fn published(namespace: &str, payload: &str) -> String {
    let payload: String = payload.lines().map(str::trim).collect();
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:dan=\"{namespace}\"><soapenv:Header/><soapenv:Body>{payload}</soapenv:Body>\
         </soapenv:Envelope>"
    )
}

const BCA: &str = "http://dancuquocgia.bca";

#[test]
fn the_look_up_is_the_published_example() {
    let payload = "
        <dan:TraCuuThongTinCongDan>
          <dan:MaYeuCau>H99-20261007-01J9ZK4Q3T</dan:MaYeuCau>
          <dan:MaDVC>1.001193</dan:MaDVC>
          <dan:MaTichHop>037</dan:MaTichHop>
          <dan:MaCanBo>000180000009</dan:MaCanBo>
          <dan:SoDinhDanh>000185000001</dan:SoDinhDanh>
          <dan:HoVaTen>TRANTHIMAUTHU</dan:HoVaTen>
          <dan:NgayThangNamSinh><dan:NgayThangNam>19850213</dan:NgayThangNam></dan:NgayThangNamSinh>
        </dan:TraCuuThongTinCongDan>";
    assert_eq!(look_up(&form(), &query()), published(BCA, payload));
}

#[test]
fn the_confirmation_is_the_published_example() {
    let payload = "
        <dan:XacThucThongTinCongDan>
          <dan:MaYeuCau>H99-20261007-01J9ZK4Q3T</dan:MaYeuCau>
          <dan:MaDichVu>033</dan:MaDichVu>
          <dan:MaCanBo>000180000009</dan:MaCanBo>
          <dan:SoDinhDanh>000185000001</dan:SoDinhDanh>
          <dan:SoCMND/>
          <dan:HoVaTen>TRANTHIMAUTHU</dan:HoVaTen>
        </dan:XacThucThongTinCongDan>";
    let request = written(&form(), Operation::Confirm, &query());
    assert_eq!(request, published(BCA, payload));
}

#[test]
fn the_question_about_a_household_is_the_published_example() {
    let payload = "
        <dan:CungCapThongTinHoGiaDinh>
          <dan:MaYeuCau>H99-20261007-01J9ZK4Q3T</dan:MaYeuCau>
          <dan:MaDVC>1.001193</dan:MaDVC>
          <dan:MaTichHop>000</dan:MaTichHop>
          <dan:MaDonVi>H99.1</dan:MaDonVi>
          <dan:MaCanBo>000180000009</dan:MaCanBo>
          <dan:SoDinhDanh>000185000001</dan:SoDinhDanh>
          <dan:HoVaTen>TRANTHIMAUTHU</dan:HoVaTen>
          <dan:NgayThangNamSinh><dan:NgayThangNam>19850213</dan:NgayThangNam></dan:NgayThangNamSinh>
        </dan:CungCapThongTinHoGiaDinh>";
    let request = written(&form(), Operation::Household, &query());
    assert_eq!(request, published(BCA, payload));
}

#[test]
fn the_question_about_relatives_has_nine_strings_and_its_own_namespace() {
    let payload = "
        <dan:XacMinhThongTinNhanThan>
          <dan:MaYeuCau>H99-20261007-01J9ZK4Q3T</dan:MaYeuCau>
          <dan:MaDVC>1.001193</dan:MaDVC>
          <dan:MaTichHop>999</dan:MaTichHop>
          <dan:MaDonVi>H99.1</dan:MaDonVi>
          <dan:MaCanBo>000180000009</dan:MaCanBo>
          <dan:SoDinhDanh>000185000001</dan:SoDinhDanh>
          <dan:SoCMND/>
          <dan:HoVaTen>TRANTHIMAUTHU</dan:HoVaTen>
          <dan:NgayThangNamSinh>19850213</dan:NgayThangNamSinh>
        </dan:XacMinhThongTinNhanThan>";
    let request = written(&form(), Operation::Relatives, &query());
    assert_eq!(request, published("http://gtel.vn/qldc", payload));
    let old = written(&form(), Operation::Relatives, &old_number());
    assert!(old.contains("<dan:SoDinhDanh/><dan:SoCMND>000185001</dan:SoCMND>"));
    let year = written(&form(), Operation::Relatives, &year_only());
    assert!(year.contains("<dan:NgayThangNamSinh>1950</dan:NgayThangNamSinh>"));
}

/// Part D 5.
#[test]
fn an_old_number_goes_into_its_own_element_and_never_into_that_of_the_new_one() {
    for operation in [Operation::LookUp, Operation::Household] {
        let request = written(&form(), operation, &old_number());
        assert!(request.contains("</dan:MaCanBo><dan:SoCMND>000185001</dan:SoCMND><dan:HoVaTen>"));
        assert!(!request.contains("SoDinhDanh"));
        assert!(!written(&form(), operation, &query()).contains("SoCMND"));
    }
    let request = written(&form(), Operation::Confirm, &old_number());
    assert!(request.contains("<dan:SoDinhDanh/><dan:SoCMND>000185001</dan:SoCMND>"));
}

/// Part D 4.
#[test]
fn a_year_alone_is_sent_as_a_year_in_every_date_format() {
    for date_format in [WireDateFormat::Compact, WireDateFormat::Hyphens] {
        let form = RequestForm {
            date_format,
            ..form()
        };
        for operation in [Operation::LookUp, Operation::Household] {
            let request = written(&form, operation, &year_only());
            assert!(request.contains("<dan:NgayThangNamSinh><dan:Nam>1950</dan:Nam></dan:Ngay"));
            assert!(!request.contains("NgayThangNam>"));
        }
    }
}

/// Part D 6.
#[test]
fn the_date_is_written_as_the_route_wants_it() {
    let form = RequestForm {
        date_format: WireDateFormat::Hyphens,
        ..form()
    };
    for operation in [Operation::LookUp, Operation::Household] {
        let request = written(&form, operation, &query());
        assert!(request.contains("<dan:NgayThangNam>1985-02-13</dan:NgayThangNam>"));
    }
    let relatives = written(&form, Operation::Relatives, &query());
    assert!(relatives.contains("<dan:NgayThangNamSinh>1985-02-13</dan:NgayThangNamSinh>"));
}

/// Part D 14.
#[test]
fn the_elements_stand_in_the_order_of_the_province() {
    let officer = "<dan:MaCanBo>000180000009</dan:MaCanBo>";
    let unit = "<dan:MaDonVi>H99.1</dan:MaDonVi>";
    for (unit_element, sequence) in [
        (UnitElement::BeforeOfficer, format!("{unit}{officer}")),
        (UnitElement::AfterOfficer, format!("{officer}{unit}")),
    ] {
        let form = ordered(FieldOrder::of_look_up(unit_element));
        assert!(look_up(&form, &query()).contains(&sequence));
    }
    assert!(!look_up(&form(), &query()).contains("MaDonVi"));
    let mut reversed = FieldOrder::of_look_up(UnitElement::Absent)
        .fields()
        .to_vec();
    reversed.reverse();
    let request = look_up(&ordered(FieldOrder::new(reversed).unwrap()), &query());
    let names: Vec<_> = tree_of_request(request.as_bytes())
        .into_iter()
        .filter(|(depth, _)| *depth == 3)
        .map(|(_, name)| name)
        .collect();
    let expected = [
        "NgayThangNamSinh",
        "HoVaTen",
        "SoDinhDanh",
        "MaCanBo",
        "MaTichHop",
        "MaDVC",
        "MaYeuCau",
    ];
    assert_eq!(names, expected);
}

#[test]
fn the_court_system_sends_account_and_telephone_after_officer_and_unit() {
    let order = FieldOrder::of_look_up(UnitElement::AfterOfficer).with_account();
    let request = look_up(&ordered(order.clone()), &query());
    assert!(request.contains(
        "<dan:MaCanBo>000180000009</dan:MaCanBo><dan:MaDonVi>H99.1</dan:MaDonVi>\
         <dan:TaiKhoan>canbo.mau</dan:TaiKhoan><dan:SoDienThoai>0</dan:SoDienThoai>"
    ));
    let nameless = LookupCall {
        officer_account: None,
        ..call()
    };
    let query = query();
    let question = question(Operation::LookUp, &query, &nameless);
    let request = ordered(order).write(&question).unwrap();
    assert!(
        String::from_utf8(request)
            .unwrap()
            .contains("<dan:TaiKhoan/>")
    );
}

#[test]
fn the_officer_goes_out_under_the_code_of_the_database() {
    let (query, call, mapped) = (query(), call(), officer("TK_01"));
    for operation in Operation::ALL {
        let question = Question {
            officer_code: &mapped,
            ..question(*operation, &query, &call)
        };
        let request = String::from_utf8(form().write(&question).unwrap()).unwrap();
        assert!(request.contains("<dan:MaCanBo>TK_01</dan:MaCanBo>"));
        assert!(!request.contains("000180000009"));
    }
}

#[test]
fn the_mark_of_a_province_is_not_sent_with_the_procedure() {
    let marked = LookupCall {
        procedure: ProcedureCode::parse("1.001193.000.00.00.H22").unwrap(),
        ..call()
    };
    let query = query();
    let question = question(Operation::LookUp, &query, &marked);
    let request = String::from_utf8(form().write(&question).unwrap()).unwrap();
    assert!(request.contains("<dan:MaDVC>1.001193</dan:MaDVC>"));
}

#[test]
fn a_route_may_know_one_procedure_for_all() {
    let form = RequestForm {
        general_procedure: Some("VPCP".to_owned()),
        ..form()
    };
    for operation in [
        Operation::LookUp,
        Operation::Household,
        Operation::Relatives,
    ] {
        let request = written(&form, operation, &query());
        assert!(request.contains("<dan:MaDVC>VPCP</dan:MaDVC>"));
        assert!(!request.contains("1.001193"));
    }
}

/// Part D 10: SOAP made by joining text.
#[test]
fn a_name_cannot_write_elements() {
    let name = FullName::parse("Trần</dan:HoVaTen> & <dan:SoCMND x='1' y=\"2\">").unwrap();
    let strange = CitizenQuery { name, ..query() };
    for name_key_rule in [KeyRule::LettersAndDigits, KeyRule::KeepApostrophe] {
        let form = RequestForm {
            name_key_rule,
            ..form()
        };
        for operation in Operation::ALL {
            let names = tree_of_request(written(&form, *operation, &strange).as_bytes());
            let expected = tree_of_request(written(&form, *operation, &query()).as_bytes());
            assert_eq!(names, expected, "{name_key_rule:?}");
        }
    }
}

#[test]
fn what_is_special_in_xml_arrives_escaped() {
    let (query, call) = (query(), call());
    let question = Question {
        service_code: "<&\"'>",
        ..question(Operation::LookUp, &query, &call)
    };
    let request = String::from_utf8(form().write(&question).unwrap()).unwrap();
    assert!(request.contains("<dan:MaTichHop>&lt;&amp;&quot;&apos;&gt;</dan:MaTichHop>"));
}

/// Part D 2.
#[test]
fn a_name_goes_out_as_its_key_however_it_was_typed() {
    for (name, key) in [
        ("Nguyễn Thị Hoà", "NGUYENTHIHOA"),
        ("Nguye\u{302}\u{303}n Thi\u{323} Ho\u{300}a", "NGUYENTHIHOA"),
        ("Ðặng\u{a0} Thủy", "DANGTHUY"),
        ("H'Hen Niê", "HHENNIE"),
    ] {
        let request = look_up(&form(), &query_named(name));
        assert!(
            request.contains(&format!("<dan:HoVaTen>{key}</dan:HoVaTen>")),
            "{name}"
        );
    }
}

#[test]
fn an_apostrophe_is_kept_where_the_route_keeps_it() {
    let form = RequestForm {
        name_key_rule: KeyRule::KeepApostrophe,
        ..form()
    };
    let request = look_up(&form, &query_named("H'Hen Niê"));
    assert!(request.contains("<dan:HoVaTen>H&apos;HENNIE</dan:HoVaTen>"));
}

#[test]
fn a_request_number_of_forty_characters_goes_out_whole() {
    let longest = "H".repeat(RequestNumber::MAX_LENGTH);
    let numbered = LookupCall {
        request_number: RequestNumber::new(longest.clone()).unwrap(),
        ..call()
    };
    let query = query();
    for operation in Operation::ALL {
        let request = form()
            .write(&question(*operation, &query, &numbered))
            .unwrap();
        let element = format!("<dan:MaYeuCau>{longest}</dan:MaYeuCau>");
        assert!(String::from_utf8(request).unwrap().contains(&element));
    }
    assert!(RequestNumber::new("H".repeat(41)).is_none());
}
