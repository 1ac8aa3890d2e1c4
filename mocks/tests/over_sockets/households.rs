//! Households and relatives, whose forms are assumptions or rest on one mock (population.md 4, 5).

use lienthong_mocks::{AnswerShape, Mocks, Outcome};

use crate::caller::{ask, mocks};

async fn asked(mocks: &Mocks, path: &str, operation: &str) -> (u16, String) {
    let answer = ask(mocks, path, operation).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn household(number: (&str, &str), name: &str, year: &str) -> String {
    format!(
        "<dan:CungCapThongTinHoGiaDinh><dan:MaYeuCau>H99-3</dan:MaYeuCau><dan:MaDVC>1.001193</dan:MaDVC>\
         <dan:MaTichHop>000</dan:MaTichHop><dan:MaDonVi>H99.1</dan:MaDonVi><dan:MaCanBo>000180000009</dan:MaCanBo>\
         <dan:{0}>{1}</dan:{0}><dan:HoVaTen>{name}</dan:HoVaTen><dan:NgayThangNamSinh>\
         <dan:Nam>{year}</dan:Nam></dan:NgayThangNamSinh></dan:CungCapThongTinHoGiaDinh>",
        number.0, number.1
    )
}

fn relatives(number: &str, name: &str, birth: &str) -> String {
    format!(
        "<q:XacMinhThongTinNhanThan xmlns:q=\"http://gtel.vn/qldc\"><q:MaYeuCau>H99-4</q:MaYeuCau>\
         <q:MaDVC>1.001193</q:MaDVC><q:MaTichHop>000</q:MaTichHop><q:MaDonVi>H99.1</q:MaDonVi>\
         <q:MaCanBo>000180000009</q:MaCanBo><q:SoDinhDanh>{number}</q:SoDinhDanh><q:SoCMND/>\
         <q:HoVaTen>{name}</q:HoVaTen><q:NgayThangNamSinh>{birth}</q:NgayThangNamSinh>\
         </q:XacMinhThongTinNhanThan>"
    )
}

const HEAD: (&str, &str) = ("SoDinhDanh", "000185000001");

#[tokio::test]
async fn a_household_has_a_head_and_members_and_the_head_is_not_repeated() {
    let mocks = mocks().await;
    let (status, body) = asked(
        &mocks,
        "/hogiadinh",
        &household(HEAD, "TRANTHIMAUTHU", "1985"),
    )
    .await;
    assert_eq!(status, 200);
    let head = "<ns1:ChuHo><ns1:SoDinhDanh>000185000001</ns1:SoDinhDanh>\
                <ns1:HoVaTen>TRẦN THỊ MẪU THỬ</ns1:HoVaTen></ns1:ChuHo>";
    assert!(body.contains(head), "{body}");
    assert_eq!(body.matches("<ns1:ThanhVien>").count(), 3);
    assert_eq!(body.matches("000185000001").count(), 1);
    let grandparent = "<ns1:NgayThangNamSinh><ns1:Nam>1945</ns1:Nam></ns1:NgayThangNamSinh>";
    assert!(body.contains(grandparent), "{body}");
    let entry = mocks.population().journal().pop().unwrap();
    assert_eq!(
        (entry.operation.as_str(), entry.key(), &entry.outcome),
        ("household", Some("H99-3"), &Outcome::Matched)
    );
    let shape = AnswerShape {
        head_among_members: true,
        ..AnswerShape::default()
    };
    mocks.population().shape_answers(shape).unwrap();
    let (_, body) = asked(
        &mocks,
        "/hogiadinh",
        &household(HEAD, "TRANTHIMAUTHU", "1985"),
    )
    .await;
    assert_eq!(body.matches("<ns1:ThanhVien>").count(), 4);
    assert_eq!(body.matches("000185000001").count(), 2);
}

#[tokio::test]
async fn one_may_head_a_household_alone_and_a_member_may_have_no_number() {
    let mocks = mocks().await;
    let alone = household(("SoDinhDanh", "000190000010"), "THAO", "1990");
    let (_, body) = asked(&mocks, "/hogiadinh", &alone).await;
    assert!(
        body.contains("<ns1:ChuHo>") && !body.contains("ThanhVien"),
        "{body}"
    );
    let by_card = household(("SoCMND", "000100013"), "HOANGVANCU", "1958");
    let (_, body) = asked(&mocks, "/hogiadinh", &by_card).await;
    let member = "<ns1:ThanhVien><ns1:SoDinhDanh/><ns1:HoVaTen>HOÀNG VĂN CŨ</ns1:HoVaTen>";
    assert!(body.contains(member), "{body}");
}

#[tokio::test]
async fn nobody_and_somebody_without_a_household_get_the_same_empty_answer() {
    let mocks = mocks().await;
    let (_, nobody) = asked(&mocks, "/hogiadinh", &household(HEAD, "AIDO", "1985")).await;
    let homeless = household(("SoDinhDanh", "000082000019"), "TRINHVANTRONG", "1982");
    let (status, body) = asked(&mocks, "/hogiadinh", &homeless).await;
    assert_eq!((status, &body), (200, &nobody));
    let empty = r#"<ns1:HoGiaDinh xmlns:ns1="http://www.mic.gov.vn/dancu/1.0"/>"#;
    assert!(body.contains(empty), "{body}");
}

#[tokio::test]
async fn relatives_are_asked_in_another_namespace_and_name_father_and_mother() {
    let mocks = mocks().await;
    let child = relatives("000215000003", "LEMAUNHI", "2015-06-30");
    let (status, body) = asked(&mocks, "/nhanthan", &child).await;
    assert_eq!(status, 200);
    assert!(body.contains(r#" SoCongDan="1" GhiChu="""#), "{body}");
    let father = "<ns1:Cha><ns1:SoDinhDanh>000080000002</ns1:SoDinhDanh><ns1:QuocTich>VN</ns1:QuocTich>\
                  <ns1:HoVaTen><ns1:Ho/><ns1:ChuDem/><ns1:Ten>LÊ VĂN VÍ DỤ</ns1:Ten></ns1:HoVaTen></ns1:Cha>";
    assert!(body.contains(father) && body.contains("<ns1:Me>"), "{body}");
    assert!(body.contains("<ns1:NgayThangNam>20150630</ns1:NgayThangNam>"));
    let by_year = relatives("000145000004", "PHAMTHINAM", "1945");
    let (_, body) = asked(&mocks, "/nhanthan", &by_year).await;
    assert!(
        body.contains("<ns1:CongDan>") && !body.contains("<ns1:Cha>"),
        "{body}"
    );
    let nobody = relatives("000215000003", "LEMAUNHI", "2014-06-30");
    let (_, body) = asked(&mocks, "/nhanthan", &nobody).await;
    assert!(
        body.contains(r#"SoCongDan="0""#) && !body.contains("CongDan>"),
        "{body}"
    );
}

#[tokio::test]
async fn a_relatives_request_in_the_usual_namespace_or_order_is_refused() {
    let mocks = mocks().await;
    let good = relatives("000215000003", "LEMAUNHI", "2015-06-30");
    let moved = good.replace("<q:MaDonVi>H99.1</q:MaDonVi>", "").replace(
        "<q:SoDinhDanh>",
        "<q:MaDonVi>H99.1</q:MaDonVi><q:SoDinhDanh>",
    );
    let wrong = [
        good.replace("http://gtel.vn/qldc", "http://dancuquocgia.bca"),
        moved,
        good.replace("2015-06-30", "20150630"),
        good.replace(">000<", ">00<"),
    ];
    for operation in wrong {
        let (status, body) = asked(&mocks, "/nhanthan", &operation).await;
        assert!(
            status == 500 && body.contains("<soapenv:Fault>"),
            "{operation}: {body}"
        );
    }
    let other = asked(&mocks, "/hogiadinh", &good).await;
    assert_eq!(other.0, 500, "relatives are not served at the household");
}
