//! The shapes of an answer, and the people whose answer is a trap.

use lienthong_mocks::{
    AddressLayout, AnswerShape, CodeLayout, DateFormat, Mocks, NameLayout, NotFoundForm,
};
use serde_json::{Value, json};

use crate::caller::{ask, client, lookup, mocks, plain_lookup};

async fn asked(mocks: &Mocks, operation: &str) -> String {
    let answer = ask(mocks, "/tracuu", operation).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.text().await.unwrap()
}

async fn shaped(shape: AnswerShape, operation: &str) -> String {
    let mocks = mocks().await;
    mocks.population().shape_answers(shape).unwrap();
    asked(&mocks, operation).await
}

fn trap(number: &str, name: &str) -> String {
    lookup(("SoDinhDanh", number), name, ("NgayThangNam", "1982-11-20"))
}

#[tokio::test]
async fn the_shape_of_qcvn_109_differs_in_names_codes_dates_and_addresses() {
    let shape = AnswerShape {
        names: NameLayout::ThreeParts,
        relative_names: NameLayout::ThreeParts,
        codes: CodeLayout::Structure,
        dates: DateFormat::Dashed,
        addresses: AddressLayout::UnitCode,
        ..AnswerShape::default()
    };
    let body = shaped(shape, &plain_lookup()).await;
    for part in [
        "<ns1:Ho>TRẦN</ns1:Ho><ns1:ChuDem>THỊ MẪU</ns1:ChuDem><ns1:Ten>THỬ</ns1:Ten>",
        "<ns1:DanToc><ns1:MaDanToc>01</ns1:MaDanToc><ns1:TenGoi>Kinh</ns1:TenGoi></ns1:DanToc>",
        "<ns1:TonGiao><ns1:MaTonGiao>00</ns1:MaTonGiao></ns1:TonGiao>",
        "<ns1:NgayThangNam>1985-02-13</ns1:NgayThangNam>",
        "<ns1:ThuongTru><ns1:MaDonViHanhChinh>99901</ns1:MaDonViHanhChinh><ns1:ChiTiet>",
    ] {
        assert!(body.contains(part), "{part} is not in {body}");
    }
    assert!(!body.contains("MaTinhThanh"), "{body}");
}

#[tokio::test]
async fn a_name_may_be_plain_text_and_a_district_may_be_missing() {
    let shape = AnswerShape {
        names: NameLayout::PlainText,
        addresses: AddressLayout::NoDistrict,
        counted: true,
        ..AnswerShape::default()
    };
    let body = shaped(shape, &plain_lookup()).await;
    assert!(
        body.contains("<ns1:HoVaTen>TRẦN THỊ MẪU THỬ</ns1:HoVaTen>"),
        "{body}"
    );
    assert!(
        body.contains("<ns1:MaTinhThanh>99</ns1:MaTinhThanh><ns1:MaPhuongXa>"),
        "{body}"
    );
    assert!(body.contains("<ns1:SoLuongCongDan>1</ns1:SoLuongCongDan>"));
}

#[tokio::test]
async fn any_prefix_or_none_may_stand_for_the_namespace() {
    for (prefix, root) in [
        (
            "",
            r#"<CongdanCollection xmlns="http://www.mic.gov.vn/dancu/1.0"><CongDan>"#,
        ),
        (
            "dc",
            r#"<dc:CongdanCollection xmlns:dc="http://www.mic.gov.vn/dancu/1.0"><dc:CongDan>"#,
        ),
    ] {
        let shape = AnswerShape {
            prefix: prefix.to_owned(),
            ..AnswerShape::default()
        };
        let body = shaped(shape, &plain_lookup()).await;
        assert!(body.contains(root), "{body}");
    }
}

#[tokio::test]
async fn nobody_is_told_in_three_documented_forms() {
    let nobody = lookup(("SoDinhDanh", "000185000001"), "AIDO", ("Nam", "1985"));
    for (not_found, part) in [
        (NotFoundForm::EmptyCollection, "dancu/1.0\"/>"),
        (
            NotFoundForm::ZeroCount,
            "<ns1:CongDan><ns1:SoLuongCongDan>0</ns1:SoLuongCongDan></ns1:CongDan>",
        ),
        (
            NotFoundForm::EmptyName,
            "<ns1:Ten/></ns1:HoVaTen></ns1:CongDan>",
        ),
    ] {
        let shape = AnswerShape {
            not_found,
            ..AnswerShape::default()
        };
        let body = shaped(shape, &nobody).await;
        assert!(body.contains(part), "{body}");
    }
}

#[tokio::test]
async fn the_shape_is_set_over_the_control_api_and_an_unusable_prefix_changes_nothing() {
    let mocks = mocks().await;
    let url = format!("{}/population/answer-shape", mocks.control_url());
    let put = async |shape: Value| {
        let answer = client().put(&url).json(&shape).send().await.unwrap();
        answer.status().as_u16()
    };
    assert_eq!(put(json!({"names": "three_parts"})).await, 204);
    assert_eq!(
        mocks.population().answer_shape().names,
        NameLayout::ThreeParts
    );
    assert_eq!(put(json!({"prefix": "a b"})).await, 400);
    assert_eq!(put(json!({"nams": "three_parts"})).await, 400);
    let now: Value = client()
        .get(&url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        (&now["names"], &now["prefix"]),
        (&json!("three_parts"), &json!("ns1"))
    );
}

#[tokio::test]
async fn every_trap_answers_with_what_its_kind_says() {
    let mocks = mocks().await;
    let other = asked(&mocks, &trap("000082000026", "LYVANLAC")).await;
    assert!(
        other.contains("<ns1:SoDinhDanh>000185000001<") && !other.contains("000082000026"),
        "{other}"
    );
    let several = asked(&mocks, &trap("000082000027", "MACVANDOI")).await;
    assert_eq!(several.matches("<ns1:CongDan>").count(), 2);
    let sparse = asked(&mocks, &trap("000082000028", "TAVANVANG")).await;
    assert!(
        sparse.contains("<ns1:SoDinhDanh>000082000028<") && !sparse.contains("GioiTinh"),
        "{sparse}"
    );
    for (number, name, missing) in [
        ("000082000029", "TOVANKHUYET", "NgayThangNamSinh"),
        ("000082000030", "CUVANAN", "HoVaTen"),
        ("000082000031", "LAVANTRONG", "SoDinhDanh"),
    ] {
        let body = asked(&mocks, &trap(number, name)).await;
        assert!(
            body.contains("<ns1:CongDan>") && !body.contains(missing),
            "{missing}: {body}"
        );
    }
}

#[tokio::test]
async fn traps_are_told_apart_from_the_citizens() {
    let mocks = mocks().await;
    let traps = mocks.population().traps();
    assert_eq!(traps.len(), 6);
    let citizens = mocks.population().citizens();
    assert!(traps.iter().all(|trap| !citizens.contains(trap)));
    let url = format!("{}/population/traps", mocks.control_url());
    let told: Value = client()
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(told[0]["kind"], json!("wrong-number"));
}

#[tokio::test]
async fn a_full_record_holds_every_documented_element() {
    let mocks = mocks().await;
    let operation = lookup(("SoDinhDanh", "000182000025"), "CAOTHIDU", ("Nam", "1982"));
    let body = asked(&mocks, &operation).await;
    for element in [
        "SoCMND",
        "NhomMau",
        "NoiDangKyKhaiSinh",
        "QueQuan",
        "ThuongTru",
        "NoiOHienTai",
        "QuocTich",
        "Cha",
        "Me",
        "VoChong",
        "NguoiDaiDien",
        "SoSoHoKhau",
    ] {
        assert!(body.contains(&format!("<ns1:{element}>")), "{element}");
    }
}
