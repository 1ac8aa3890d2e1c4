use std::time::Duration;

use lienthong_core::access::OfficerId;
use lienthong_core::agency::AgencyCode;
use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::CitizenQuery;
use lienthong_core::identity::{OldIdCardNumber, PersonalNumber};
use lienthong_core::name::{FullName, KeyRule};
use lienthong_core::ports::population::{LookupCall, RequestNumber};
use lienthong_core::procedure::ProcedureCode;

use super::RequestForm;
use crate::population::soap::read::tree_of_request;
use crate::population::soap_lgsp::{UnitElement, WireDateFormat};

fn query() -> CitizenQuery {
    CitizenQuery {
        identity: PersonalNumber::parse("000185000001").unwrap().into(),
        name: FullName::parse("Trần Thị Mẫu Thử").unwrap(),
        birth: BirthDate::parse("1985-02-13").unwrap(),
    }
}

fn call() -> LookupCall {
    LookupCall {
        request_number: RequestNumber::new("H99-20261007-01J9ZK4Q3T").unwrap(),
        officer: OfficerId::parse("000180000009").unwrap(),
        officer_account: None,
        unit: AgencyCode::parse("H99.1").unwrap(),
        procedure: ProcedureCode::parse("1.001193").unwrap(),
        budget: Duration::from_secs(5),
    }
}

fn form() -> RequestForm {
    RequestForm {
        lookup_service_code: "037".to_owned(),
        confirm_service_code: "033".to_owned(),
        date_format: WireDateFormat::Compact,
        unit_element: UnitElement::Absent,
        name_key_rule: KeyRule::LettersAndDigits,
    }
}

fn look_up(form: &RequestForm, query: &CitizenQuery) -> String {
    String::from_utf8(form.look_up(query, &call()).unwrap()).unwrap()
}

#[test]
fn the_look_up_is_the_published_example() {
    let published = r#"
        <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:dan="http://dancuquocgia.bca">
          <soapenv:Header/>
          <soapenv:Body>
            <dan:TraCuuThongTinCongDan>
              <dan:MaYeuCau>H99-20261007-01J9ZK4Q3T</dan:MaYeuCau>
              <dan:MaDVC>1.001193</dan:MaDVC>
              <dan:MaTichHop>037</dan:MaTichHop>
              <dan:MaCanBo>000180000009</dan:MaCanBo>
              <dan:SoDinhDanh>000185000001</dan:SoDinhDanh>
              <dan:HoVaTen>TRANTHIMAUTHU</dan:HoVaTen>
              <dan:NgayThangNamSinh><dan:NgayThangNam>19850213</dan:NgayThangNam></dan:NgayThangNamSinh>
            </dan:TraCuuThongTinCongDan>
          </soapenv:Body>
        </soapenv:Envelope>"#;
    let published: String = published.lines().map(str::trim).collect();
    assert_eq!(look_up(&form(), &query()), published);
}

#[test]
fn the_confirmation_is_the_published_example() {
    let published = r#"
        <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:dan="http://dancuquocgia.bca">
          <soapenv:Header/>
          <soapenv:Body>
            <dan:XacThucThongTinCongDan>
              <dan:MaYeuCau>H99-20261007-01J9ZK4Q3T</dan:MaYeuCau>
              <dan:MaDichVu>033</dan:MaDichVu>
              <dan:MaCanBo>000180000009</dan:MaCanBo>
              <dan:SoDinhDanh>000185000001</dan:SoDinhDanh>
              <dan:SoCMND/>
              <dan:HoVaTen>TRANTHIMAUTHU</dan:HoVaTen>
            </dan:XacThucThongTinCongDan>
          </soapenv:Body>
        </soapenv:Envelope>"#;
    let published: String = published.lines().map(str::trim).collect();
    let request = form().confirm(&query(), &call()).unwrap();
    assert_eq!(String::from_utf8(request).unwrap(), published);
}

#[test]
fn an_old_number_goes_into_its_own_element() {
    let old = OldIdCardNumber::parse("000185001").unwrap();
    let query = CitizenQuery {
        identity: old.into(),
        ..query()
    };
    let request = look_up(&form(), &query);
    assert!(request.contains("</dan:MaCanBo><dan:SoCMND>000185001</dan:SoCMND><dan:HoVaTen>"));
    assert!(!request.contains("SoDinhDanh"));
    let request = form().confirm(&query, &call()).unwrap();
    let request = String::from_utf8(request).unwrap();
    assert!(request.contains("<dan:SoDinhDanh/><dan:SoCMND>000185001</dan:SoCMND>"));
}

#[test]
fn a_year_alone_is_sent_as_a_year() {
    let query = CitizenQuery {
        birth: BirthDate::Year(1950),
        ..query()
    };
    for date_format in [WireDateFormat::Compact, WireDateFormat::Hyphens] {
        let request = look_up(
            &RequestForm {
                date_format,
                ..form()
            },
            &query,
        );
        assert!(request.contains("<dan:NgayThangNamSinh><dan:Nam>1950</dan:Nam></dan:Ngay"));
        assert!(!request.contains("NgayThangNam>"));
    }
}

#[test]
fn the_date_is_written_as_the_route_wants_it() {
    let form = RequestForm {
        date_format: WireDateFormat::Hyphens,
        ..form()
    };
    assert!(look_up(&form, &query()).contains("<dan:NgayThangNam>1985-02-13</dan:NgayThangNam>"));
}

#[test]
fn the_unit_stands_where_the_province_has_it() {
    let unit = "<dan:MaDonVi>H99.1</dan:MaDonVi>";
    let officer = "<dan:MaCanBo>000180000009</dan:MaCanBo>";
    for (unit_element, sequence) in [
        (UnitElement::BeforeOfficer, format!("{unit}{officer}")),
        (UnitElement::AfterOfficer, format!("{officer}{unit}")),
    ] {
        assert!(
            look_up(
                &RequestForm {
                    unit_element,
                    ..form()
                },
                &query()
            )
            .contains(&sequence)
        );
    }
    assert!(!look_up(&form(), &query()).contains("MaDonVi"));
}

#[test]
fn the_mark_of_a_province_is_not_sent_with_the_procedure() {
    let call = LookupCall {
        procedure: ProcedureCode::parse("1.001193.000.00.00.H99").unwrap(),
        ..call()
    };
    let request = String::from_utf8(form().look_up(&query(), &call).unwrap()).unwrap();
    assert!(request.contains("<dan:MaDVC>1.001193</dan:MaDVC>"));
}

#[test]
fn a_name_cannot_write_elements() {
    let name = FullName::parse("Trần</dan:HoVaTen> & <dan:SoCMND x='1' y=\"2\">").unwrap();
    for name_key_rule in [KeyRule::LettersAndDigits, KeyRule::KeepApostrophe] {
        let form = RequestForm {
            name_key_rule,
            ..form()
        };
        let query = CitizenQuery {
            name: name.clone(),
            ..query()
        };
        let names = tree_of_request(form.look_up(&query, &call()).unwrap().as_slice());
        let expected = tree_of_request(form.look_up(&self::query(), &call()).unwrap().as_slice());
        assert_eq!(names, expected, "{name_key_rule:?}");
    }
}

#[test]
fn what_is_special_in_xml_arrives_escaped() {
    let form = RequestForm {
        lookup_service_code: "<&\"'>".to_owned(),
        ..form()
    };
    let request = look_up(&form, &query());
    assert!(request.contains("<dan:MaTichHop>&lt;&amp;&quot;&apos;&gt;</dan:MaTichHop>"));
}

#[test]
fn an_apostrophe_is_kept_where_the_route_keeps_it() {
    let query = CitizenQuery {
        name: FullName::parse("H'Hen Niê").unwrap(),
        ..query()
    };
    assert!(look_up(&form(), &query).contains("<dan:HoVaTen>HHENNIE</dan:HoVaTen>"));
    let form = RequestForm {
        name_key_rule: KeyRule::KeepApostrophe,
        ..form()
    };
    assert!(look_up(&form, &query).contains("<dan:HoVaTen>H&apos;HENNIE</dan:HoVaTen>"));
}
