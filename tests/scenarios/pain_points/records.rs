//! Cases 7, 8 and 15: units that are no more, dirty data, and records with parts missing.

use lienthong_mocks::{Fault, FaultEffect, SampleCitizen};
use lienthong_proto::v1;
use lienthong_proto::v1::Verdict;
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use serde_json::json;

use super::codes;

#[tokio::test]
async fn case_7_old_records_keep_their_district_and_new_ones_need_none() {
    for profile in Profile::ALL {
        let row = profile.name();
        let stage = Stage::with(Settings::for_profile(profile)).await.unwrap();
        let desk = stage.desk(1).await.unwrap();
        for (kind, district) in [("with-district", "999"), ("plain", "")] {
            let citizen = stage.citizen(kind).unwrap();
            let found = desk
                .look_up(&citizen, &["permanent_address"])
                .await
                .expect(row);
            let place = found.citizen.unwrap().permanent_address.unwrap();
            assert_eq!(
                (place.province_code.as_str(), place.commune_code.as_str()),
                ("99", "99901")
            );
            assert_eq!(place.district_code, district, "{row}: {kind}");
            assert_eq!(place.country_code, "VN", "{row}: {kind}");
        }
        let found = desk
            .look_up(&stage.citizen("with-district").unwrap(), &[])
            .await
            .expect(row);
        let place = found.citizen.unwrap().permanent_address.unwrap();
        assert!(
            place.detail == "SỐ 1 ĐƯỜNG VÍ DỤ & NGÕ <2>",
            "{row}: another detail"
        );
    }
}

#[tokio::test]
async fn case_8_a_number_that_contradicts_the_record_is_asked_about_and_warned_of() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    for (kind, expected) in [
        ("birth-year-differs", vec!["BIRTH_YEAR_MISMATCH"]),
        // The question does not hold the sex, so there is nothing to contradict.
        ("sex-digit-differs", vec![]),
        ("sex-unknown", vec![]),
    ] {
        let answer = desk.verify(&stage.citizen(kind).unwrap()).await.unwrap();
        assert_eq!(answer.verdict(), Verdict::Match, "{kind}");
        assert_eq!(codes(&answer.warnings), expected, "{kind}");
    }
}

/// A true answer about `plain` with `rest` after number, name and birth.
fn answer_with(rest: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Header/><s:Body>\
         <c:CongdanCollection xmlns:c=\"http://www.mic.gov.vn/dancu/1.0\"><c:CongDan>\
         <c:SoDinhDanh>000185000001</c:SoDinhDanh><c:HoVaTen>TRẦN THỊ MẪU THỬ</c:HoVaTen>\
         <c:NgayThangNamSinh><c:NgayThangNam>19850213</c:NgayThangNam></c:NgayThangNamSinh>\
         {rest}</c:CongDan></c:CongdanCollection></s:Body></s:Envelope>"
    )
}

async fn answers(stage: &Stage, profile: Profile, soap: &str) -> v1::Citizen {
    let (content_type, body) = if profile == Profile::JsonWrapXml {
        (
            "application/json",
            json!({ "error_code": "0", "message": soap }).to_string(),
        )
    } else {
        ("application/xml", soap.to_owned())
    };
    let headers = [("content-type".to_owned(), content_type.to_owned())].into();
    let effect = FaultEffect::Status {
        code: 200,
        body,
        headers,
    };
    let fault = Fault::new(effect).on("037");
    stage.mocks().population().script(fault).unwrap();
    let plain = stage.citizen("plain").unwrap();
    let found = stage
        .desk(1)
        .await
        .unwrap()
        .look_up(&plain, &[])
        .await
        .unwrap();
    assert_eq!(found.verdict(), Verdict::Match);
    found.citizen.unwrap()
}

/// What is left of a record of which nothing but number, name and birth can be read.
fn bare() -> v1::Citizen {
    v1::Citizen {
        personal_number: "000185000001".to_owned(),
        full_name: "TRẦN THỊ MẪU THỬ".to_owned(),
        birth: Some(v1::BirthDate {
            value: Some(v1::birth_date::Value::Date("1985-02-13".to_owned())),
        }),
        ..v1::Citizen::default()
    }
}

const SEES_ALMOST_ALL: &str = "['personal_number', 'full_name', 'birth', 'sex', 'ethnic_group', \
    'religion', 'marital_status', 'blood_type', 'permanent_address', 'father', 'household_head']";

#[tokio::test]
async fn case_8_a_value_in_the_wrong_field_hides_neither_the_citizen_nor_the_other_fields() {
    let dirty = "<c:GioiTinh>NỮ</c:GioiTinh><c:TinhTrangHonNhan>99</c:TinhTrangHonNhan>\
        <c:NhomMau>THÔN MẪU</c:NhomMau><c:SoCMND>không có</c:SoCMND>";
    let soap_answers = Profile::ALL
        .into_iter()
        .filter(|it| *it != Profile::JsonFlat);
    for profile in soap_answers {
        let settings =
            Settings::for_profile(profile).with("access.grants.0.fields", SEES_ALMOST_ALL);
        let stage = Stage::with(settings).await.unwrap();
        let found = answers(&stage, profile, &answer_with(dirty)).await;
        assert!(found.full_name == bare().full_name && found.birth == bare().birth);
        assert_eq!(found.sex(), v1::Sex::Unspecified, "{}", profile.name());
        assert_eq!(
            found.blood_type(),
            v1::BloodType::Unspecified,
            "{}",
            profile.name()
        );
    }
}

#[tokio::test]
async fn case_15_missing_and_empty_elements_are_no_values() {
    let empty = "<c:SoCMND/><c:GioiTinh></c:GioiTinh><c:DanToc><c:MaDanToc/></c:DanToc><c:TonGiao> \
        </c:TonGiao><c:NhomMau/><c:ThuongTru><c:MaTinhThanh/><c:ChiTiet/></c:ThuongTru>\
        <c:Cha><c:HoVaTen/><c:SoDinhDanh/></c:Cha><c:ChuHo/>";
    let soap_answers = Profile::ALL
        .into_iter()
        .filter(|it| *it != Profile::JsonFlat);
    for profile in soap_answers {
        for rest in ["", empty] {
            let settings =
                Settings::for_profile(profile).with("access.grants.0.fields", SEES_ALMOST_ALL);
            let stage = Stage::with(settings).await.unwrap();
            let found = answers(&stage, profile, &answer_with(rest)).await;
            assert!(
                found == bare(),
                "{}: a value out of nothing",
                profile.name()
            );
        }
    }
}

#[tokio::test]
async fn case_15_a_record_without_a_birth_is_judged_by_what_the_database_compared() {
    for profile in Profile::ALL {
        let row = profile.name();
        let stage = Stage::with(Settings::for_profile(profile)).await.unwrap();
        let desk = stage.desk(1).await.unwrap();
        let citizen = stage.trap("no-birth").unwrap();
        let found = desk.look_up(&citizen, &[]).await.expect(row);
        assert_eq!(found.verdict(), Verdict::Match, "{row}");
        assert!(found.citizen.unwrap().birth.is_none(), "{row}: made up");
        let other = SampleCitizen {
            birth_date: Some("1982-11-21".to_owned()),
            ..citizen
        };
        let answer = desk.verify(&other).await.expect(row);
        assert_eq!(answer.verdict(), Verdict::NoMatch, "{row}");
    }
}
