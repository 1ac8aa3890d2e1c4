//! Cases 6 and 14: dates, and the order of elements, as each route wants them.

use lienthong::demo::messages;
use lienthong_proto::v1;
use lienthong_tests::desk::failure;
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::violated;
use tonic::Code;

use super::{Overheard, somebody};

#[tokio::test]
async fn case_6_a_date_is_written_as_the_route_wants_it() {
    let (hyphens, compact) = ("1991-07-23", "19910723");
    for profile in Profile::ALL {
        let row = profile.name();
        let (usual, name, other) = match profile {
            Profile::SoapLgsp | Profile::JsonFlat => (hyphens, "yyyyMMdd", compact),
            Profile::SoapEsb | Profile::JsonWrapXml => (compact, "yyyy-MM-dd", hyphens),
        };
        let field = if profile == Profile::JsonFlat {
            "ngayThangNam"
        } else {
            "NgayThangNam"
        };
        let heard = Overheard::of(profile).await.asks(0, &somebody()).await;
        assert_eq!(heard.field(field).as_deref(), Some(usual), "{row}");
        let settings = Settings::for_profile(profile).with("population.date_format", name);
        let heard = Overheard::with(profile, settings)
            .await
            .asks(0, &somebody())
            .await;
        assert_eq!(heard.field(field).as_deref(), Some(other), "{row}");
    }
}

#[tokio::test]
async fn case_6_a_date_in_another_form_is_refused_by_the_caller_s_own_door() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let dates = [
        "23071991",
        "23/07/1991",
        "19910723",
        "1991-7-23",
        "1991-02-30",
        "1991",
        "1991-07",
        "",
    ];
    for date in dates {
        let question = v1::VerifyCitizenRequest {
            birth: Some(v1::BirthDate {
                value: Some(v1::birth_date::Value::Date(date.to_owned())),
            }),
            ..messages::verify(&somebody(), desk.dossier())
        };
        let refused = desk.ask(question).await;
        let expected = (Code::InvalidArgument, "INVALID_FIELD".to_owned());
        assert_eq!(failure(&refused), Some(expected), "{date}");
        assert_eq!(violated(&refused.unwrap_err()), ["birth.date"], "{date}");
    }
    assert_eq!(stage.asked(), []);
}

const LGSP: &str =
    "MaYeuCau MaDVC MaTichHop MaCanBo SoDinhDanh HoVaTen NgayThangNamSinh NgayThangNam";

/// Setting, value, and the elements in the order in which they went out.
#[rustfmt::skip] // A row a line.
const ORDERS: &[(&str, &str, &str)] = &[
    ("unit_element", "absent", LGSP),
    (
        "unit_element", "before-officer",
        "MaYeuCau MaDVC MaTichHop MaDonVi MaCanBo SoDinhDanh HoVaTen NgayThangNamSinh NgayThangNam",
    ),
    (
        "unit_element", "after-officer",
        "MaYeuCau MaDVC MaTichHop MaCanBo MaDonVi SoDinhDanh HoVaTen NgayThangNamSinh NgayThangNam",
    ),
    (
        "send_account", "true",
        "MaYeuCau MaDVC MaTichHop MaCanBo TaiKhoan SoDienThoai SoDinhDanh HoVaTen NgayThangNamSinh \
         NgayThangNam",
    ),
    (
        "fields",
        "['HoVaTen', 'NgayThangNamSinh', 'SoDinhDanh', 'MaCanBo', 'MaDVC', 'MaTichHop', 'MaYeuCau']",
        "MaYeuCau",
    ),
];

#[tokio::test]
async fn case_14_the_elements_and_their_order_are_a_setting() {
    for profile in Profile::ALL.into_iter().filter(|it| it.is_soap()) {
        let heard = Overheard::of(profile).await.asks(0, &somebody()).await;
        assert_eq!(heard.elements().join(" "), LGSP, "{}", profile.name());
        for (key, value, expected) in ORDERS {
            let key = format!("population.{key}");
            let settings = Settings::for_profile(profile).with(&key, *value);
            let heard = Overheard::with(profile, settings)
                .await
                .asks(0, &somebody())
                .await;
            let row = format!("{}: {key} = {value}", profile.name());
            assert_eq!(heard.elements().join(" "), *expected, "{row}");
            let place = |element: &str| heard.body.find(element).expect(&row);
            let last_is_first = key.ends_with("fields");
            assert_eq!(
                place("HoVaTen>") < place("MaYeuCau>"),
                last_is_first,
                "{row}"
            );
        }
    }
}

#[tokio::test]
async fn case_14_a_general_procedure_code_takes_the_place_of_the_procedure_s_own() {
    for profile in Profile::ALL {
        let row = profile.name();
        let field = if profile == Profile::JsonFlat {
            "maDVC"
        } else {
            "MaDVC"
        };
        let heard = Overheard::of(profile).await.asks(0, &somebody()).await;
        let usual = if profile == Profile::JsonWrapXml {
            "VPCP"
        } else {
            messages::PROCEDURE
        };
        assert_eq!(heard.field(field).as_deref(), Some(usual), "{row}");
        let settings = Settings::for_profile(profile).with("population.general_procedure", "CHUNG");
        let heard = Overheard::with(profile, settings)
            .await
            .asks(0, &somebody())
            .await;
        assert_eq!(heard.field(field).as_deref(), Some("CHUNG"), "{row}");
    }
}
