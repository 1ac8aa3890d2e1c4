use std::collections::HashMap;
use std::sync::Arc;

use lienthong_core::ports::population::{
    CitizenAnswer, HouseholdAnswer, LookupCall, Operation, PopulationError, PopulationRegistry,
};
use wiremock::matchers::{body_string_contains, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::SoapSettings;
use crate::http::SetupError;
use crate::population::samples::{OFFICER, call, clock, officer, port, query, route};
use crate::population::{
    AccessRecipe, OfferedOperation, OfficerCodes, OtherOfficers, RouteSettings,
};

fn answer(payload: &str) -> ResponseTemplate {
    let body = format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Header/>\
         <e:Body>{payload}</e:Body></e:Envelope>"
    );
    ResponseTemplate::new(200).set_body_raw(body, "text/xml; charset=utf-8")
}

/// A route that offers all four operations, each at a path of its own.
fn full_route(url: &str) -> RouteSettings {
    let mut route = route(url, AccessRecipe::None);
    let offered = |path: &str, code: &str| OfferedOperation {
        path: path.to_owned(),
        service_code: code.to_owned(),
    };
    route.operations.extend([
        (Operation::Confirm, OfferedOperation::confirm("/xacthuc")),
        (Operation::Household, offered("/hogiadinh", "038")),
        (Operation::Relatives, offered("/nhanthan", "039")),
    ]);
    route
}

fn registry(route: RouteSettings) -> Arc<dyn PopulationRegistry> {
    SoapSettings::esb(route).registry(port(&clock())).unwrap()
}

async fn upstream(at: &str, element: &str, payload: &str) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path(at))
        .and(body_string_contains(element))
        .respond_with(answer(payload))
        .expect(1)
        .mount(&server)
        .await;
    server
}

#[tokio::test]
async fn the_confirmation_says_yes_or_no() {
    for (text, value) in [("true", true), ("false", false), ("1", true), ("0", false)] {
        let payload = format!(
            "<KetQuaXacThucResponse xmlns=\"http://dancuquocgia.bca\"><TonTai>{text}</TonTai>\
             </KetQuaXacThucResponse>"
        );
        let element = "<dan:MaDichVu>033</dan:MaDichVu>";
        let server = upstream("/xacthuc", element, &payload).await;
        let registry = registry(full_route(&server.uri()));
        let observed = registry.confirm(&query(), &call()).await.unwrap();
        assert_eq!((observed.answer, observed.attempts), (value, 1));
    }
}

#[tokio::test]
async fn a_household_is_asked_for_and_read() {
    let payload = "<h:HoGiaDinh xmlns:h=\"http://www.mic.gov.vn/dancu/1.0\">\
        <h:ChuHo><h:SoDinhDanh>000185000001</h:SoDinhDanh><h:HoVaTen>TRẦN THỊ MẪU THỬ</h:HoVaTen></h:ChuHo>\
        <h:ThanhVien><h:SoDinhDanh>000210000002</h:SoDinhDanh><h:HoVaTen>LÊ VĂN VÍ DỤ</h:HoVaTen>\
        <h:QuanHe>CH99</h:QuanHe></h:ThanhVien></h:HoGiaDinh>";
    let element = "<dan:MaTichHop>038</dan:MaTichHop>";
    let server = upstream("/hogiadinh", element, payload).await;
    let registry = registry(full_route(&server.uri()));
    let observed = registry.household(&query(), &call()).await.unwrap();
    let HouseholdAnswer::One(household) = observed.answer else {
        panic!("no household")
    };
    assert!(household.head.is_some());
    assert_eq!(household.members.len(), 1);
}

#[tokio::test]
async fn an_empty_household_is_no_match() {
    let payload = "<HoGiaDinh xmlns=\"http://www.mic.gov.vn/dancu/1.0\"/>";
    let server = upstream("/hogiadinh", "CungCapThongTinHoGiaDinh", payload).await;
    let registry = registry(full_route(&server.uri()));
    let observed = registry.household(&query(), &call()).await.unwrap();
    assert!(matches!(observed.answer, HouseholdAnswer::NoMatch));
}

#[tokio::test]
async fn relatives_are_asked_for_and_read() {
    let payload = "<n:CongdanCollection xmlns:n=\"http://www.mic.gov.vn/dancu/1.0\" SoCongDan=\"1\">\
        <n:CongDan><n:SoDinhDanh>000185000001</n:SoDinhDanh>\
        <n:HoVaTen><n:Ho>TRẦN</n:Ho><n:ChuDem>THỊ MẪU</n:ChuDem><n:Ten>THỬ</n:Ten></n:HoVaTen>\
        <n:Cha><n:HoVaTen><n:Ho>TRẦN</n:Ho><n:ChuDem>VĂN</n:ChuDem><n:Ten>CHA</n:Ten></n:HoVaTen></n:Cha>\
        </n:CongDan></n:CongdanCollection>";
    let element = "<dan:MaTichHop>039</dan:MaTichHop>";
    let server = upstream("/nhanthan", element, payload).await;
    let registry = registry(full_route(&server.uri()));
    let observed = registry.relatives(&query(), &call()).await.unwrap();
    let CitizenAnswer::One(citizen) = observed.answer else {
        panic!("no citizen")
    };
    assert!(citizen.father.is_some() && citizen.mother.is_none());
}

#[tokio::test]
async fn an_answer_to_another_operation_is_never_taken() {
    let payload = "<HoGiaDinh xmlns=\"http://www.mic.gov.vn/dancu/1.0\"/>";
    for (at, element) in [
        ("/tracuu", "TraCuuThongTinCongDan"),
        ("/xacthuc", "XacThucThongTinCongDan"),
    ] {
        let server = upstream(at, element, payload).await;
        let registry = registry(full_route(&server.uri()));
        let (query, call) = (query(), call());
        let unanswered = if at == "/tracuu" {
            registry.look_up(&query, &call).await.map(drop)
        } else {
            registry.confirm(&query, &call).await.map(drop)
        };
        let error = unanswered.unwrap_err().error;
        assert!(matches!(error, PopulationError::Nonsense(_)), "{error:?}");
    }
}

#[tokio::test]
async fn the_officer_is_mapped_shared_or_refused_as_the_province_has_it() {
    for (others, other) in [
        (OtherOfficers::OwnCode, Some("canbo-2")),
        (
            OtherOfficers::SharedCode(officer("VPUB_H99")),
            Some("VPUB_H99"),
        ),
        (OtherOfficers::Refused, None),
    ] {
        let mut route = route("http://127.0.0.1:1", AccessRecipe::None);
        route.officers = OfficerCodes {
            mapped: HashMap::from([(officer(OFFICER), officer("TK_01"))]),
            others,
        };
        for (asks, code) in [(OFFICER, Some("TK_01")), ("canbo-2", other)] {
            let server = MockServer::start().await;
            let mut route = route.clone();
            route.base_url = crate::http::BaseUrl::parse(&server.uri()).unwrap();
            let payload = "<CongdanCollection xmlns=\"http://www.mic.gov.vn/dancu/1.0\"/>";
            let look_ups = Mock::given(path("/tracuu")).respond_with(answer(payload));
            look_ups.mount(&server).await;
            let call = LookupCall {
                officer: officer(asks),
                ..call()
            };
            let looked_up = registry(route).look_up(&query(), &call).await;
            let sent = server.received_requests().await.unwrap();
            let Some(code) = code else {
                let unmapped = PopulationError::OfficerNotMapped;
                assert_eq!(looked_up.unwrap_err(), unmapped.into());
                assert!(sent.is_empty());
                continue;
            };
            looked_up.unwrap();
            let body = String::from_utf8(sent[0].body.clone()).unwrap();
            assert!(body.contains(&format!("<dan:MaCanBo>{code}</dan:MaCanBo>")));
        }
    }
}

#[test]
fn the_two_profiles_differ_in_name_and_date() {
    use crate::population::WireDateFormat;
    let route = route("http://127.0.0.1:1", AccessRecipe::None);
    let lgsp = SoapSettings::lgsp(route.clone());
    let esb = SoapSettings::esb(route);
    assert_eq!(lgsp.date_format, WireDateFormat::Hyphens);
    assert_eq!(esb.date_format, WireDateFormat::Compact);
    assert_eq!(lgsp.fields, esb.fields);
    let registry = |settings: SoapSettings| settings.registry(port(&clock())).unwrap();
    assert_eq!(registry(lgsp).profile(), "soap-lgsp");
    assert_eq!(registry(esb).profile(), "soap-esb");
}

#[test]
fn a_service_code_that_no_server_takes_is_refused_at_set_up() {
    for code in ["", "03x", "123456789012345678901"] {
        let mut route = full_route("http://127.0.0.1:1");
        let household = OfferedOperation {
            path: "/hogiadinh".to_owned(),
            service_code: code.to_owned(),
        };
        route.operations.insert(Operation::Household, household);
        let set_up = SoapSettings::lgsp(route).registry(port(&clock())).map(drop);
        let expected = matches!(set_up, Err(SetupError::ServiceCode { name: "household" }));
        assert!(expected, "{code}");
    }
}
