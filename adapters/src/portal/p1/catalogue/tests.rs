use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::catalogue::{NamedCode, Procedure, SourceList};
use lienthong_core::clock::ManualClock;
use lienthong_core::ports::catalogue::CatalogueSource as _;
use lienthong_core::ports::portal::PortalError;
use lienthong_core::procedure::ProcedureCode;
use serde_json::{Value, json};
use wiremock::matchers::{body_json, body_partial_json, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::http::{BaseUrl, Limits};
use crate::portal::{P1Paths, P1Portal, P1Settings};

const BUDGET: Duration = Duration::from_secs(10);
const SESSION: &str = r#"{"error_code":"0","message":"Thành công","session":"s-1"}"#;
const EXPIRED: &str =
    r#"{"error_code":"-1","message":"Phiên làm việc (session) không hợp lệ hoặc đã hết hạn"}"#;

fn settings(server: &MockServer) -> P1Settings {
    let paths = P1Paths {
        login: "/login".to_owned(),
        integration: "/tichhop".to_owned(),
    };
    P1Settings {
        share_path: Some("/chiase".to_owned()),
        ..P1Settings::new(
            BaseUrl::parse(&server.uri()).unwrap(),
            paths,
            "h99_motcua".to_owned(),
            "mat-khau".into(),
            "000.00.00.H99".to_owned(),
        )
    }
}

fn portal(server: &MockServer) -> P1Portal {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    P1Portal::new(settings(server), clock).unwrap()
}

fn answer(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.to_owned(), "application/json")
}

/// A portal that answers to `service` at `at` with `body`.
async fn answering(at: &str, service: &str, body: &str) -> (MockServer, P1Portal) {
    let server = MockServer::start().await;
    Mock::given(path("/login"))
        .respond_with(answer(SESSION))
        .mount(&server)
        .await;
    Mock::given(path(at))
        .and(body_partial_json(json!({"service": service})))
        .respond_with(answer(body))
        .mount(&server)
        .await;
    let portal = portal(&server);
    (server, portal)
}

fn code(text: &str) -> ProcedureCode {
    ProcedureCode::parse(text).unwrap()
}

fn fine(result: &Value) -> String {
    json!({"error_code": "0", "message": "Thành công", "result": result}).to_string()
}

async fn listed(body: &str) -> Result<SourceList, PortalError> {
    let (_server, portal) = answering("/chiase", "LayDanhSachTTHC", body).await;
    portal.list(BUDGET).await
}

async fn detailed(body: &str) -> Result<Option<Procedure>, PortalError> {
    let (_server, portal) = answering("/tichhop", "LayThuTuc", body).await;
    portal.procedure(&code("1.004222"), BUDGET).await
}

fn problem<T: std::fmt::Debug>(result: &Result<T, PortalError>) -> &'static str {
    let Err(PortalError::Nonsense { problem, .. }) = result else {
        unreachable!("{result:?}");
    };
    problem
}

#[tokio::test]
async fn the_list_is_asked_for_at_the_shared_address_with_nothing_but_its_name() {
    let server = MockServer::start().await;
    Mock::given(path("/login"))
        .respond_with(answer(SESSION))
        .mount(&server)
        .await;
    Mock::given(path("/chiase"))
        .and(body_json(json!({
            "session": "s-1",
            "madonvi": "000.00.00.H99",
            "service": "LayDanhSachTTHC",
        })))
        .respond_with(answer(&fine(&json!([
            {"MATTHC": "1.004222", "TENTTHC": "Đăng ký thường trú"},
        ]))))
        .expect(1)
        .mount(&server)
        .await;
    let list = portal(&server).list(BUDGET).await.unwrap();
    assert_eq!(list.procedures[&code("1.004222")], "Đăng ký thường trú");
}

#[tokio::test]
async fn codes_of_every_form_are_taken_and_what_is_none_is_counted() {
    let list = listed(&fine(&json!([
        {"MATTHC": "1.0133611", "TENTTHC": "Bảy chữ số"},
        {"MATTHC": " 1.000656.000.00.00.H29 ", "TENTTHC": "Của tỉnh"},
        {"MATTHC": "1.004222", "TENTTHC": ""},
        {"MATTHC": "1.004222", "TENTTHC": "Đăng ký thường trú"},
        {"MATTHC": "C08_XPHCDB", "TENTTHC": "Mã nội bộ"},
        {"TENTTHC": "Không có mã"},
    ])))
    .await
    .unwrap();
    let codes: Vec<_> = list.procedures.keys().map(ProcedureCode::as_str).collect();
    assert_eq!(codes, ["1.000656.000.00.00.H29", "1.004222", "1.0133611"]);
    assert_eq!(list.procedures[&code("1.004222")], "Đăng ký thường trú");
    assert_eq!((list.repeated, list.unreadable), (1, 2));
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_no_list() {
    let whole = fine(&json!([{"MATTHC": "1.004222", "TENTTHC": "A"}]));
    let cut = &whole[..whole.len() - 4];
    assert_eq!(
        problem(&listed(cut).await),
        "not a JSON object of the portal"
    );
}

#[tokio::test]
async fn something_else_in_the_place_of_a_list_is_no_list() {
    for result in [json!("bận"), json!(7), json!([1, 2]), json!({"data": "x"})] {
        let problem = problem(&listed(&fine(&result)).await);
        assert_eq!(problem, "something else in the place of a list", "{result}");
    }
}

#[tokio::test]
async fn an_empty_list_is_one_only_where_the_words_leave_no_doubt() {
    let empty = r#"{"error_code":"0","message":"Thành công","result":[]}"#;
    assert_eq!(listed(empty).await, Ok(SourceList::default()));
    let busy = r#"{"error_code":"0","message":"Hệ thống đang bảo trì","result":[]}"#;
    let busy = listed(busy).await;
    assert!(
        matches!(busy, Err(PortalError::OutOfService { .. })),
        "{busy:?}"
    );
    let unknown = r#"{"error_code":"0","message":"Chờ đến lượt","result":null}"#;
    assert_eq!(
        problem(&listed(unknown).await),
        "an empty answer with other words"
    );
}

#[tokio::test]
async fn a_refusal_gives_its_reason_and_never_a_list() {
    let denied = r#"{"error_code":"-1","message":"Đơn vị không có quyền truy cập"}"#;
    let denied = listed(denied).await;
    assert!(
        matches!(denied, Err(PortalError::AccessDenied { .. })),
        "{denied:?}"
    );
    let other = r#"{"error_code":"-1","message":"Lỗi 17"}"#;
    assert_eq!(
        problem(&listed(other).await),
        "a failure without a known reason"
    );
}

#[tokio::test]
async fn a_session_that_ended_is_renewed_once() {
    let server = MockServer::start().await;
    Mock::given(path("/login"))
        .respond_with(answer(SESSION))
        .expect(2)
        .mount(&server)
        .await;
    Mock::given(path("/chiase"))
        .respond_with(answer(EXPIRED))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/chiase"))
        .respond_with(answer(&fine(&json!([{"MATTHC": "1.004222"}]))))
        .mount(&server)
        .await;
    let list = portal(&server).list(BUDGET).await.unwrap();
    assert_eq!(list.procedures.len(), 1);
}

#[tokio::test]
async fn a_procedure_is_read_as_the_portal_publishes_it() {
    // The example of portal.md 13.1.
    let body = r#"{"error_code":"0","result":[{"MATTHC":"1.004222","TENTTHC":"Đăng ký thường trú",
        "TRANGTHAI":"1",
        "CAPTHUCHIEN":[{"CAPTHUCHIEN":"3","TENCAP":"Cấp Xã"}],
        "LINHVUCTHUCHIEN":[{"MALINHVUC":"G01-CA05","TENLINHVUC":"Đăng ký, quản lý cư trú"}],
        "CACHTHUCTHUCHIEN":[{"KENH":"2","THOIGIAN":[{"THOIGIANGIAIQUYET":"7",
          "DONVITINH":"Ngày làm việc","MOTA":"",
          "PHILEPHI":[{"MAPHILEPHI":"PLP01","SOTIEN":"10000","DONVI":"Đồng","MOTA":""}]}]}],
        "THANHPHANHOSO":[{"TRUONGHOP":"","GIAYTO":[{"MAGIAYTO":"000.00.00.G01-KQ000001",
          "TENGIAYTO":"Tờ khai CT01","SOBANCHINH":"1","SOBANSAO":"0","TENMAUDON":"CT01.docx",
          "URL":"https://example.invalid/ct01"}]}],
        "KETQUATHUCHIEN":[{"MAKETQUA":"KQ.G01.000001","TENKETQUA":"Thông báo"}]}]}"#;
    let found = detailed(body).await.unwrap().unwrap();
    assert_eq!(found.name, "Đăng ký thường trú");
    assert_eq!(found.levels[0].code, "3");
    assert_eq!(found.fields[0].code, "G01-CA05");
    let method = &found.methods[0];
    assert_eq!((&*method.channel, &*method.time), ("2", "7"));
    assert_eq!(method.fees[0].amount, "10000");
    assert_eq!(found.components[0].files[0].name, "CT01.docx");
    assert_eq!(found.results[0].code, "KQ.G01.000001");
}

#[tokio::test]
async fn numbers_come_as_numbers_texts_or_not_at_all_and_are_kept_as_they_came() {
    let found = detailed(&fine(&json!({
        "MATTHC": "1.004222",
        "CACHTHUCTHUCHIEN": {"KENH": 1, "THOIGIAN": [
            {"THOIGIANGIAIQUYET": 7, "DONVITINH": "Ngày", "PHILEPHI": []},
            {"THOIGIANGIAIQUYET": "trong ngày", "PHILEPHI": [{"SOTIEN": null, "MOTA": "theo biểu"}]},
            {"THOIGIANGIAIQUYET": 0.5, "PHILEPHI": [{"SOTIEN": 0}]},
        ]},
        "THANHPHANHOSO": null,
        "KETQUATHUCHIEN": "",
    })))
    .await
    .unwrap()
    .unwrap();
    let times: Vec<_> = found.methods.iter().map(|it| &*it.time).collect();
    assert_eq!(times, ["7", "trong ngày", "0.5"]);
    assert!(
        found.methods[0].fees.is_empty(),
        "no fee is not a fee of zero"
    );
    assert_eq!(found.methods[1].fees[0].amount, "");
    assert_eq!(found.methods[1].fees[0].description, "theo biểu");
    assert_eq!(found.methods[2].fees[0].amount, "0");
    assert!(found.components.is_empty() && found.results.is_empty());
}

#[tokio::test]
async fn a_repeated_paper_is_one_with_all_its_forms_and_stays_in_each_case() {
    let paper = |file: &str| {
        json!({"MAGIAYTO": "000.00.00.G01-KQ000001", "TENGIAYTO": "Tờ khai",
        "SOBANCHINH": "1", "SOBANSAO": "", "TENMAUDON": file})
    };
    let found = detailed(&fine(&json!([{"MATTHC": "1.004222", "THANHPHANHOSO": [
        {"TRUONGHOP": "Nhập hộ", "GIAYTO": [paper("a.docx"), paper("b.pdf")]},
        {"TRUONGHOP": "Lập hộ mới", "GIAYTO": [paper("a.docx")]},
    ]}])))
    .await
    .unwrap()
    .unwrap();
    let papers: Vec<_> = found
        .components
        .iter()
        .map(|it| (&*it.case, it.files.len()))
        .collect();
    assert_eq!(papers, [("Nhập hộ", 2), ("Lập hộ mới", 1)]);
}

#[tokio::test]
async fn linked_procedures_come_as_codes_or_as_objects() {
    let found = detailed(&fine(&json!([{"MATTHC": "1.004222",
        "TTHCLIENTHONG": ["1.001193", {"MATTHC": "1.000656"}, "", {}]}])))
    .await
    .unwrap()
    .unwrap();
    assert_eq!(found.linked, ["1.001193", "1.000656"]);
}

#[tokio::test]
async fn papers_that_are_no_list_spoil_the_procedure_and_do_not_empty_it() {
    let broken = fine(&json!([{"MATTHC": "1.004222", "THANHPHANHOSO": "đang cập nhật"}]));
    assert_eq!(
        problem(&detailed(&broken).await),
        "something else in the place of a list"
    );
}

#[tokio::test]
async fn the_details_of_another_procedure_are_not_taken() {
    let other = fine(&json!([{"MATTHC": "1.004194", "TENTTHC": "Đăng ký tạm trú"}]));
    assert_eq!(
        problem(&detailed(&other).await),
        "the details of another procedure"
    );
    assert_eq!(detailed(&fine(&json!([]))).await, Ok(None));
}

#[tokio::test]
async fn online_services_are_found_by_procedure_with_one_entry_for_each_agency() {
    let body = fine(&json!({"data": [
        {"MADVC": "1.004222.01", "TENDVC": "Đăng ký thường trú", "MATTHC": "1.004222",
         "APDUNGDVC": [{"MACOQUANTHUCHIEN": "G01.2", "MUCDO": 4},
                       {"MACOQUANTHUCHIEN": "G01.1", "MUCDO": "3"}]},
        {"MADVC": "1.004222.02", "TENDVC": "Khác", "MATTHC": "1.004222", "APDUNGDVC": []},
        {"MADVC": "x", "MATTHC": "không phải mã"},
    ]}));
    let (_server, portal) = answering("/tichhop", "LayDVC", &body).await;
    let found = portal.online_services(BUDGET).await.unwrap();
    assert_eq!(found.len(), 1);
    let own: Vec<_> = found[&code("1.004222")]
        .iter()
        .map(|it| (&*it.code, &*it.agency_code, &*it.level))
        .collect();
    assert_eq!(
        own,
        [
            ("1.004222.01", "G01.1", "3"),
            ("1.004222.01", "G01.2", "4"),
            ("1.004222.02", "", ""),
        ]
    );
}

#[tokio::test]
async fn units_and_fields_are_told_once_each_in_the_order_of_their_codes() {
    let body = fine(&json!([
        {"MADONVI": "H60", "TENDONVI": "UBND tỉnh Tuyên Quang", "CAPDONVI": 1},
        {"MADONVI": "G01", "TENDONVI": "Bộ Công an", "CAPDONVI": "0"},
        {"MADONVI": "H60", "TENDONVI": "lặp lại"},
        {"TENDONVI": "không mã"},
    ]));
    let (_server, portal) = answering("/chiase", "LayDanhMucCoQuan", &body).await;
    let units = portal.units(BUDGET).await.unwrap();
    let codes: Vec<_> = units.iter().map(|it| (&*it.code, &*it.level)).collect();
    assert_eq!(codes, [("G01", "0"), ("H60", "1")]);

    let body = fine(&json!([
        {"MALINHVUC": "G15-TP07", "TENLINHVUC": "Hộ tịch", "MANGANH": "G15"},
    ]));
    let (_server, portal) = answering("/chiase", "LayDanhMucLinhVuc", &body).await;
    let fields = portal.fields(BUDGET).await.unwrap();
    let wanted = NamedCode {
        code: "G15-TP07".to_owned(),
        name: "Hộ tịch".to_owned(),
    };
    assert_eq!(fields[0].field, wanted);
}

/// The list of online services with an offer by each of 34 provinces.
fn offers(services: usize) -> String {
    let offer =
        |number: usize| json!({"MACOQUANTHUCHIEN": format!("000.00.00.H{number:02}"), "MUCDO": 4});
    let offers: Vec<Value> = (1..=34).map(offer).collect();
    let service = |number: usize| {
        json!({
            "MADVC": format!("1.{number:06}.01"),
            "TENDVC": format!("Dịch vụ công số {number}"),
            "MATTHC": format!("1.{number:06}"),
            "APDUNGDVC": offers,
        })
    };
    let services: Vec<Value> = (0..services).map(service).collect();
    fine(&json!({"data": services}))
}

#[tokio::test]
async fn online_services_of_the_real_size_are_read_though_no_dossier_may_be_so_large() {
    let body = offers(5_000);
    let bound = Limits::portal().max_body;
    assert!(body.len() > 2 * bound, "{} bytes", body.len());
    let (_server, portal) = answering("/tichhop", "LayDVC", &body).await;
    let online = portal.online_services(BUDGET).await.unwrap();
    assert_eq!(online.len(), 5_000);
    assert_eq!(online[&code("1.004222")].len(), 34);
}

#[tokio::test]
async fn an_answer_above_the_bound_of_the_catalogue_is_not_read() {
    let (server, _) = answering("/tichhop", "LayDVC", &offers(100)).await;
    let settings = P1Settings {
        list_limits: Limits {
            max_body: 64 << 10,
            ..Limits::portal_lists()
        },
        ..settings(&server)
    };
    let clock = Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH));
    let portal = P1Portal::new(settings, clock).unwrap();
    let refused = portal.online_services(BUDGET).await;
    assert!(
        matches!(refused, Err(PortalError::Nonsense { .. })),
        "{refused:?}"
    );
}
