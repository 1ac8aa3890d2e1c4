//! Rules of the population database.

use std::time::Duration;

use lienthong_mocks::{DateFormat, Mocks, MocksConfig, Outcome};
use reqwest::Client;

use crate::caller::{
    APPLICATION, ask, client, envelope, lookup, mocks, officer, plain_lookup, token,
};

async fn text(mocks: &Mocks, path: &str, operation: &str) -> (u16, String) {
    let answer = ask(mocks, path, operation).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn verify(number: &str, card: &str, name: &str) -> String {
    format!(
        "<dan:XacThucThongTinCongDan><dan:MaYeuCau>H99-2</dan:MaYeuCau><dan:MaDichVu>033</dan:MaDichVu>\
         <dan:MaCanBo>000180000009</dan:MaCanBo><dan:SoDinhDanh>{number}</dan:SoDinhDanh>\
         <dan:SoCMND>{card}</dan:SoCMND><dan:HoVaTen>{name}</dan:HoVaTen></dan:XacThucThongTinCongDan>"
    )
}

#[tokio::test]
async fn the_plain_citizen_is_answered_in_the_live_shape() {
    let mocks = mocks().await;
    let (status, body) = text(&mocks, "/tracuu", &plain_lookup()).await;
    assert_eq!(status, 200);
    for part in [
        r#"<ns1:CongdanCollection xmlns:ns1="http://www.mic.gov.vn/dancu/1.0"><ns1:CongDan>"#,
        "<ns1:SoDinhDanh>000185000001</ns1:SoDinhDanh><ns1:SoCMND/>",
        "<ns1:HoVaTen><ns1:Ho/><ns1:ChuDem/><ns1:Ten>TRẦN THỊ MẪU THỬ</ns1:Ten></ns1:HoVaTen>",
        "<ns1:GioiTinh>2</ns1:GioiTinh><ns1:DanToc>01</ns1:DanToc><ns1:TonGiao>00</ns1:TonGiao>",
        "<ns1:Nam>1985</ns1:Nam><ns1:NgayThangNam>19850213</ns1:NgayThangNam>",
        "<ns1:MaTinhThanh>99</ns1:MaTinhThanh><ns1:MaQuanHuyen/><ns1:MaPhuongXa>99901</ns1:MaPhuongXa>",
        "<ns1:ChuHo><ns1:QuanHe>CH01</ns1:QuanHe>",
    ] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    let entry = mocks.population().journal().pop().unwrap();
    assert_eq!(
        (entry.operation.as_str(), entry.key()),
        ("037", Some("H99-1"))
    );
    assert_eq!(entry.outcome, Outcome::Matched);
    for header in [
        "authhash",
        "authorization",
        "content-type",
        "lgspaccesstoken",
    ] {
        assert!(
            entry.headers.iter().any(|name| name == header),
            "{header}: {entry:?}"
        );
    }
}

#[tokio::test]
async fn a_citizen_who_is_not_there_and_one_whose_data_differ_get_the_same_empty_answer() {
    let mocks = mocks().await;
    let number = ("SoDinhDanh", "000185000001");
    let nobody = lookup(
        ("SoDinhDanh", "000185999999"),
        "TRANTHIMAUTHU",
        ("Nam", "1985"),
    );
    let (status, empty) = text(&mocks, "/tracuu", &nobody).await;
    assert_eq!(status, 200);
    assert!(
        empty.contains("CongdanCollection") && !empty.contains("<ns1:CongDan>"),
        "{empty}"
    );
    for operation in [
        lookup(number, "TRANTHIMAU", ("Nam", "1985")),
        lookup(number, "TRẦN THỊ MẪU THỬ", ("Nam", "1985")),
        lookup(number, "TRANTHIMAUTHU", ("Nam", "1986")),
        lookup(number, "TRANTHIMAUTHU", ("NgayThangNam", "1985-02-14")),
    ] {
        assert_eq!(
            text(&mocks, "/tracuu", &operation).await,
            (200, empty.clone())
        );
    }
}

#[tokio::test]
async fn every_awkward_citizen_can_be_found_by_what_the_sample_says() {
    let mocks = mocks().await;
    let keys = [
        ("apostrophe", "HHENNIE"),
        ("ede-name", "YBHAMNIEKDAM"),
        ("old-tone-placement", "NGUYENTHIHOA"),
        ("two-word-name", "DANGTHUY"),
        ("single-word-name", "THAO"),
        ("only-old-card", "HOANGVANCU"),
        ("year-only", "PHAMTHINAM"),
        ("sex-digit-differs", "DOTHIKHAC"),
    ];
    let citizens = mocks.population().citizens();
    for (kind, key) in keys {
        let citizen = citizens
            .iter()
            .find(|citizen| citizen.kind == kind)
            .unwrap();
        let number = match (&citizen.personal_number, &citizen.old_id_card_number) {
            (Some(number), _) => ("SoDinhDanh", number.as_str()),
            (None, card) => ("SoCMND", card.as_deref().unwrap()),
        };
        let year = citizen.birth_year.to_string();
        let birth = match &citizen.birth_date {
            Some(day) => ("NgayThangNam", day.as_str()),
            None => ("Nam", year.as_str()),
        };
        let (status, body) = text(&mocks, "/tracuu", &lookup(number, key, birth)).await;
        assert!(
            status == 200 && body.contains("<ns1:CongDan>"),
            "{kind}: {body}"
        );
        assert_eq!(
            body.contains("<ns1:NgayThangNam>"),
            citizen.birth_date.is_some(),
            "{kind}"
        );
    }
}

#[tokio::test]
async fn names_ethnic_groups_and_districts_come_in_both_documented_shapes() {
    let mocks = mocks().await;
    let ask = async |number, key| {
        text(
            &mocks,
            "/tracuu",
            &lookup(("SoDinhDanh", number), key, ("Nam", "1982")),
        )
        .await
        .1
    };
    let parts = ask("000082000020", "NGUYENVANBA").await;
    assert!(
        parts.contains("<ns1:Ho>NGUYỄN</ns1:Ho><ns1:ChuDem>VĂN</ns1:ChuDem><ns1:Ten>BA</ns1:Ten>")
    );
    let structure = ask("000082000021", "NONGVANTHU").await;
    assert!(
        structure
            .contains("<ns1:DanToc><ns1:MaDanToc>02</ns1:MaDanToc><ns1:TenGoi>Tày</ns1:TenGoi>")
    );
    let district = ask("000082000018", "PHANVANHUYEN").await;
    assert!(district.contains("<ns1:MaQuanHuyen>999</ns1:MaQuanHuyen>"));
    assert!(
        district.contains("SỐ 1 ĐƯỜNG VÍ DỤ &amp; NGÕ &lt;2&gt;"),
        "{district}"
    );
    assert!(
        !ask("000082000019", "TRINHVANTRONG")
            .await
            .contains("ThuongTru")
    );
}

#[tokio::test]
async fn verification_answers_yes_or_no_and_does_not_ask_for_the_birth_date() {
    let mocks = mocks().await;
    let (status, body) = text(
        &mocks,
        "/xacthuc",
        &verify("000185000001", "", "TRANTHIMAUTHU"),
    )
    .await;
    assert_eq!(status, 200);
    let yes = r#"<dan:KetQuaXacThucResponse xmlns:dan="http://dancuquocgia.bca"><dan:TonTai>true</dan:TonTai>"#;
    assert!(body.contains(yes), "{body}");
    let (_, body) = text(&mocks, "/xacthuc", &verify("", "000100013", "HOANGVANCU")).await;
    assert!(body.contains("<dan:TonTai>true"), "{body}");
    let (status, body) = text(&mocks, "/xacthuc", &verify("000185000001", "", "AIDO")).await;
    assert!(
        status == 200 && body.contains("<dan:TonTai>false"),
        "{body}"
    );
    let alias = verify("000185000001", "", "TRANTHIMAUTHU")
        .replace("XacThucThongTinCongDan>", "XacThucThongTinCongDanRequest>");
    assert!(
        text(&mocks, "/xacthuc", &alias)
            .await
            .1
            .contains("<dan:TonTai>true")
    );
}

#[tokio::test]
async fn a_request_that_breaks_the_sequence_or_a_format_gets_a_soap_fault() {
    let mocks = mocks().await;
    let good = plain_lookup();
    let swapped = good.replace("<dan:MaDVC>1.001193</dan:MaDVC>", "").replace(
        "<dan:SoDinhDanh>",
        "<dan:MaDVC>1.001193</dan:MaDVC><dan:SoDinhDanh>",
    );
    let wrong = [
        ("order", swapped, "MaDVC"),
        ("namespace", good.replace("dan:", "soapenv:"), "operation"),
        ("service", good.replace(">037<", ">033<"), "MaTichHop"),
        (
            "compact date",
            good.replace("1985-02-13", "19850213"),
            "NgayThangNamSinh",
        ),
        (
            "number",
            good.replace("000185000001", "00018500000"),
            "SoDinhDanh",
        ),
        (
            "long",
            good.replace("H99-1<", &format!("{}<", "1".repeat(41))),
            "MaYeuCau",
        ),
        ("empty", good.replace("TRANTHIMAUTHU", ""), "HoVaTen"),
        (
            "extra",
            good.replace("</dan:TraCuu", "<dan:TaiKhoan>x</dan:TaiKhoan></dan:TraCuu"),
            "last",
        ),
        ("not xml", good.replace("</dan:HoVaTen>", ""), "well-formed"),
    ];
    for (case, operation, field) in wrong {
        let (status, body) = text(&mocks, "/tracuu", &operation).await;
        assert_eq!(status, 500, "{case}: {body}");
        assert!(
            body.contains("<soapenv:Fault>") && body.contains(field),
            "{case}: {body}"
        );
        assert!(
            !body.contains("TRANTHIMAUTHU") && !body.contains("000185"),
            "{case}: {body}"
        );
    }
    let both = verify("000185000001", "000100013", "TRANTHIMAUTHU");
    assert_eq!(text(&mocks, "/xacthuc", &both).await.0, 500);
    assert_eq!(
        text(&mocks, "/xacthuc", &verify("", "", "TRANTHIMAUTHU"))
            .await
            .0,
        500
    );
    assert_eq!(text(&mocks, "/xacthuc", &good).await.0, 500);
}

#[tokio::test]
async fn the_agency_may_stand_before_the_officer_but_not_after() {
    let mocks = mocks().await;
    let unit = "<dan:MaDonVi>H99.1</dan:MaDonVi>";
    let before = plain_lookup().replace("<dan:MaCanBo>", &format!("{unit}<dan:MaCanBo>"));
    let after = plain_lookup().replace("<dan:SoDinhDanh>", &format!("{unit}<dan:SoDinhDanh>"));
    assert_eq!(text(&mocks, "/tracuu", &before).await.0, 200);
    assert_eq!(text(&mocks, "/tracuu", &after).await.0, 500);
}

#[tokio::test]
async fn the_compact_date_is_taken_when_it_is_the_agreed_one() {
    let mut config = MocksConfig::on_free_ports();
    config.population_settings.date_format = DateFormat::Compact;
    let mocks = Mocks::start(config).await.unwrap();
    let compact = plain_lookup().replace("1985-02-13", "19850213");
    assert!(
        text(&mocks, "/tracuu", &compact)
            .await
            .1
            .contains("<ns1:CongDan>")
    );
    assert_eq!(text(&mocks, "/tracuu", &plain_lookup()).await.0, 500);
}

async fn status_with(
    client: &Client,
    mocks: &Mocks,
    bearer: &str,
    application: &str,
    officer: &str,
    content_type: &str,
) -> u16 {
    let request = client
        .post(format!("{}/tracuu", mocks.population_url()))
        .bearer_auth(bearer)
        .header("lgspaccesstoken", application)
        .header("AuthHash", officer)
        .header("Content-Type", content_type)
        .body(envelope(&plain_lookup()));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn each_of_the_three_credentials_is_checked() {
    let (mocks, client) = (mocks().await, client());
    let token = token(&client, &mocks).await;
    let officer = officer();
    let xml = "application/xml";
    assert_eq!(
        status_with(&client, &mocks, &token, APPLICATION, &officer, xml).await,
        200
    );
    assert_eq!(
        status_with(&client, &mocks, "other", APPLICATION, &officer, xml).await,
        401
    );
    assert_eq!(
        status_with(&client, &mocks, &token, "e30=", &officer, xml).await,
        401
    );
    assert_eq!(
        status_with(&client, &mocks, &token, APPLICATION, "b3RoZXI6", xml).await,
        401
    );
    assert_eq!(
        status_with(&client, &mocks, &token, APPLICATION, &officer, "text/xml").await,
        415
    );
    let outcomes: Vec<_> = mocks
        .population()
        .journal()
        .into_iter()
        .map(|e| e.outcome)
        .collect();
    let refused = outcomes
        .iter()
        .filter(|o| matches!(o, Outcome::Unauthenticated(_)))
        .count();
    assert_eq!(refused, 3, "{outcomes:?}");
}

#[tokio::test]
async fn a_token_ends_with_time_and_can_be_forgotten() {
    let (mocks, client) = (mocks().await, client());
    let officer = officer();
    let status = async |token: &str| {
        status_with(
            &client,
            &mocks,
            token,
            APPLICATION,
            &officer,
            "application/xml",
        )
        .await
    };
    let first = token(&client, &mocks).await;
    mocks.advance(Duration::from_secs(3599));
    assert_eq!(status(&first).await, 200);
    mocks.advance(Duration::from_secs(1));
    assert_eq!(status(&first).await, 401);
    let second = token(&client, &mocks).await;
    assert_eq!(status(&second).await, 200);
    mocks.population().forget_tokens();
    assert_eq!(status(&second).await, 401);
    assert_eq!(mocks.population().tokens_issued(), 2);
}

#[tokio::test]
async fn a_token_needs_the_application_and_the_right_grant() {
    let (mocks, client) = (mocks().await, client());
    let status = async |application: &str, grant: &str| {
        let request = client
            .post(format!("{}/token", mocks.population_url()))
            .header("lgspaccesstoken", application)
            .form(&[("grant_type", grant)]);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(status("e30=", "client_credentials").await, 401);
    assert_eq!(status(APPLICATION, "password").await, 400);
    assert_eq!(mocks.population().tokens_issued(), 0);
}

#[tokio::test]
async fn a_request_number_may_come_again_and_is_journaled_again() {
    let mocks = mocks().await;
    for _ in 0..2 {
        assert_eq!(text(&mocks, "/tracuu", &plain_lookup()).await.0, 200);
    }
    let journal = mocks.population().journal();
    assert_eq!(
        journal
            .iter()
            .filter(|entry| entry.concerns("H99-1"))
            .count(),
        2
    );
}
