//! Rules of P4.

use std::time::Duration;

use lienthong_mocks::{LookupAnswer, Mocks, MocksConfig, Outcome};
use serde_json::{Value, json};

use crate::caller::{client, mocks};

/// A caller with a token.
struct Caller<'a> {
    mocks: &'a Mocks,
    token: String,
}

impl<'a> Caller<'a> {
    async fn new(mocks: &'a Mocks) -> Self {
        let token = String::new();
        let mut caller = Self { mocks, token };
        let account = json!({"client_id": "demo-client", "client_secret": "demo-only"});
        let (status, answer) = caller.post("token", &account).await;
        assert_eq!((status, &answer["code"]), (200, &json!(200)));
        assert_eq!(answer["data"]["expires_in"], json!(900));
        answer["data"]["access_token"]
            .as_str()
            .unwrap()
            .clone_into(&mut caller.token);
        caller
    }

    fn url(&self, path: &str) -> String {
        format!("{}/dvcsync/{path}", self.mocks.portal_url())
    }

    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let request = client().post(self.url(path)).bearer_auth(&self.token);
        let answer = request.json(body).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn number(&self) -> String {
        let (status, answer) = self.post("number", &json!({"code": "000.00.00.H99"})).await;
        assert_eq!(status, 200);
        answer["value"].as_str().unwrap().to_owned()
    }

    /// Uploads one file by hand and gives its id and hash.
    async fn upload(&self) -> (String, String) {
        let body = "--XX\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.pdf\"\r\n\
                    Content-Type: application/pdf\r\n\r\n%PDF\r\n--XX--\r\n";
        let answer = client()
            .post(self.url("upload"))
            .bearer_auth(&self.token)
            .header("content-type", "multipart/form-data; boundary=XX")
            .body(body)
            .send()
            .await
            .unwrap();
        let answer: Value = answer.json().await.unwrap();
        let file = &answer["data"][0];
        let text = |name: &str| file[name].as_str().unwrap().to_owned();
        (text("IdTepTin"), text("HashTepTin"))
    }
}

/// The dossier of portal.md 9 under another number.
fn dossier(number: &str, file: &(String, String)) -> Value {
    json!({
        "MaHoSo": number, "MaTTHC": "1.005129", "MaDichVuCong": "1.005129",
        "ChuHoSo": "Công ty TNHH Ví Dụ", "LoaiDoiTuong": 1, "MaDonViTiepNhan": "G09.20",
        "NgayNop": "2026-06-09 08:00:00", "NgayTiepNhan": "2026-06-09 08:30:00",
        "ThanhPhanHoSo": [{
            "MaThanhPhanHoSo": "000.00.00.G09-KQ002269", "TenThanhPhanHoSo": "Tài liệu chứng minh",
            "SoLuong": 1, "LoaiBan": 2,
            "GiayToDinhKem": [{"IdGiayTo": file.0, "MaKetQua": "KQ.G07.000122",
                               "TenGiayTo": "giay-to.pdf", "HashTepTin": file.1}]
        }],
        "ThongTinNguoiNop": {
            "LoaiDoiTuong": 1, "IdDoiTuong": "00000000-1111-4222-8333-444444444444",
            "ThongTinChiTiet": {"TenNguoiNop": "Phạm Văn Mẫu", "SoDinhDanh": "000090000002",
                                "NgaySinh": "19900101000000"}
        }
    })
}

fn step(id: &str, number: &str) -> Value {
    json!({
        "IDHoSo": id, "MaHoSo": number, "NguoiXuLy": "Trần Văn Mẫu",
        "ThoiDiemXuLy": "2026-06-10T08:00:00.000", "PhongBanXuLy": "Bộ phận chuyên môn",
        "NoiDungXuLy": "Thẩm định hồ sơ", "TrangThai": 4,
        "NgayBatDau": "2026-06-10T08:00:00.000", "NgayKetThucTheoQuyDinh": ""
    })
}

#[tokio::test]
async fn a_dossier_goes_through_all_six_steps_and_is_found() {
    let mocks = mocks().await;
    let caller = Caller::new(&mocks).await;
    let number = caller.number().await;
    assert!(
        number.starts_with("000.00.00.H99-") && number.len() == 30,
        "{number}"
    );
    assert_ne!(number, caller.number().await);
    let sent = dossier(&number, &caller.upload().await);
    let (status, answer) = caller.post("noihoso", &sent).await;
    assert_eq!((status, &answer["code"]), (200, &json!(200)), "{answer}");
    assert_eq!(answer["data"]["maHoSo"], json!(number));
    let id = answer["data"]["idHoSo"].as_str().unwrap().to_owned();
    let progress = step(&id, &number);
    let (status, answer) = caller.post("tientrinh", &json!([progress])).await;
    assert_eq!((status, &answer["code"]), (200, &json!(200)), "{answer}");
    let change = json!({"IdHoSo": id, "MaHoSo": number, "TrangThai": 9, "NoiDungYKien": "Xong",
        "DanhSachLePhi": [{"TenPhiLePhi": "Lệ phí", "Gia": 20000, "HinhThucThu": "1"}],
        "DanhSachGiayToKetQua": [{"TenGiayTo": "Giấy phép"}]});
    let (status, _) = caller.post("trangthai", &json!([change])).await;
    assert_eq!(status, 200);
    let question = json!({"IdHoSo": id, "MaHoSo": number});
    let (_, found) = caller.post("tracuu", &question).await;
    assert_eq!(found["data"]["TrangThai"], json!(9));
    assert_eq!(found["data"]["DanhSachTienTrinh"], json!([progress]));
    assert_eq!(
        found["data"]["DanhSachGiayToKetQua"][0]["TenGiayTo"],
        "Giấy phép"
    );
    let held = mocks.portal().dossier(&number).unwrap();
    assert_eq!((held.status(), held.id.as_deref()), (Some("9"), Some(&*id)));
    mocks.portal().show_lookups(LookupAnswer::CodeOnly);
    let (_, found) = caller.post("tracuu", &question).await;
    assert_eq!(found["data"], json!({"IdHoSo": id, "MaHoSo": number}));
}

#[tokio::test]
async fn a_second_dossier_under_a_number_is_said_to_be_there() {
    let mocks = mocks().await;
    let caller = Caller::new(&mocks).await;
    let sent = dossier(&caller.number().await, &caller.upload().await);
    let (_, first) = caller.post("noihoso", &sent).await;
    let (status, second) = caller.post("noihoso", &sent).await;
    assert_eq!((status, &second["code"]), (200, &json!(409)));
    assert!(second["message"].as_str().unwrap().contains("đã tồn tại"));
    assert_eq!(second["data"], first["data"]);
    assert_eq!(mocks.portal().counts().refused_duplicates, 1);
}

#[tokio::test]
async fn missing_fields_are_listed_all_at_once() {
    let mocks = mocks().await;
    let caller = Caller::new(&mocks).await;
    let (status, answer) = caller.post("noihoso", &json!({"MaTTHC": "1.005129"})).await;
    assert_eq!(status, 400);
    assert_eq!(
        answer["message"],
        "Thiếu trường: MaHoSo, ChuHoSo, LoaiDoiTuong, MaDonViTiepNhan, NgayNop, NgayTiepNhan"
    );
    let (status, answer) = caller.post("number", &json!({})).await;
    assert_eq!(
        (status, &answer["message"]),
        (400, &json!("Thiếu trường: code"))
    );
}

#[tokio::test]
async fn each_wrong_value_is_refused_by_name() {
    let mocks = mocks().await;
    let caller = Caller::new(&mocks).await;
    let good = dossier(&caller.number().await, &caller.upload().await);
    for (field, value) in [
        ("MaHoSo", json!("H22.12-250714-0007")),
        ("LoaiDoiTuong", json!("1")),
        ("LoaiDoiTuong", json!(3)),
        ("NgayNop", json!("20260609080000")),
        ("NgayTiepNhan", json!("2026-06-09T08:30:00.000")),
        ("MaDonViTiepNhan", json!("phường Thử")),
        ("hồ sơ", json!("x")),
    ] {
        let mut wrong = good.clone();
        let name = if field == "hồ sơ" {
            "TrangThaiHoSo"
        } else {
            field
        };
        wrong[name] = value;
        let (status, answer) = caller.post("noihoso", &wrong).await;
        let message = answer["message"].as_str().unwrap();
        assert!(
            status == 400 && message.contains(field),
            "{field}: {answer}"
        );
    }
    let mut stranger = good.clone();
    stranger["ThanhPhanHoSo"][0]["GiayToDinhKem"][0]["IdGiayTo"] = json!("f-001");
    let (status, answer) = caller.post("noihoso", &stranger).await;
    assert!(status == 400 && answer["message"].as_str().unwrap().contains("IdGiayTo"));
    assert_eq!(mocks.portal().dossier_count(), 0);
}

#[tokio::test]
async fn steps_and_changes_of_status_know_their_spelling_and_their_dossier() {
    let mut config = MocksConfig::on_free_ports();
    config.portal_settings.noi_ho_so.id_required = true;
    let mocks = Mocks::start(config).await.unwrap();
    let caller = Caller::new(&mocks).await;
    let number = caller.number().await;
    let (_, early) = caller.post("tientrinh", &json!([step("x", &number)])).await;
    assert_eq!(early["code"], json!(404));
    let sent = dossier(&number, &caller.upload().await);
    let (_, answer) = caller.post("noihoso", &sent).await;
    let id = answer["data"]["idHoSo"].as_str().unwrap();
    let mut spelt = step(id, &number);
    spelt["IdHoSo"] = spelt["IDHoSo"].take();
    let (status, _) = caller.post("tientrinh", &json!([spelt])).await;
    assert_eq!(status, 400);
    let (_, answer) = caller.post("tientrinh", &json!([step("x", &number)])).await;
    assert_eq!(answer["code"], json!(404), "an id of another dossier");
    let (status, _) = caller.post("tientrinh", &json!([step("", &number)])).await;
    assert_eq!(status, 400);
    let fees = json!([{"IdHoSo": id, "MaHoSo": number, "TrangThai": 4,
                       "DanhSachLePhi": [{"Gia": "1000"}]}]);
    let (status, answer) = caller.post("trangthai", &fees).await;
    assert!(
        status == 400
            && answer["message"]
                .as_str()
                .unwrap()
                .contains("DanhSachLePhi")
    );
    assert_eq!(mocks.portal().counts().steps, 0);
}

#[tokio::test]
async fn a_token_is_demanded_and_ends() {
    let mocks = mocks().await;
    let caller = Caller::new(&mocks).await;
    mocks.advance(Duration::from_mins(15));
    let code = json!({"code": "000.00.00.H99"});
    let (status, answer) = caller.post("number", &code).await;
    assert_eq!((status, &answer["code"]), (401, &json!(401)));
    let account = json!({"client_id": "demo-client", "client_secret": "wrong"});
    assert_eq!(caller.post("token", &account).await.0, 401);
    let last = mocks.portal().journal().pop().unwrap();
    assert!(matches!(last.outcome, Outcome::Unauthenticated(_)));
    assert_eq!(mocks.portal().tokens_issued(), 1);
}
