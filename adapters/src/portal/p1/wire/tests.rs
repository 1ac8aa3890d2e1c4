use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::{
    Channel, Document, Dossier, DossierDates, Fee, FeeCollection, FileUrl, OnlinePayment,
    OtherAttachment, Owner, OwnerKind, ResultPaper, ReturnMethod, Reuse, Step, SubmissionPlace,
};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::identity::{OldIdCardNumber, PersonalNumber};
use lienthong_core::masked::Masked;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::portal::SubmissionMode;
use lienthong_core::text::Text;
use serde_json::{Value, json};

use super::super::FieldSet;
use super::{Steps, Submission};

fn text<const MAX: usize>(raw: &str) -> Text<MAX> {
    Text::parse(raw).unwrap()
}

fn url(name: &str) -> FileUrl {
    FileUrl::parse(&format!("https://files.h22.example/f/{name}")).unwrap()
}

/// The dossier of portal.md 5.6.
pub(in crate::portal::p1) fn dossier() -> Dossier {
    Dossier {
        number: DossierNumber::parse("H22.12-250714-0007").unwrap(),
        procedure: "1.004222".parse().unwrap(),
        procedure_name: text("Đăng ký thường trú"),
        field: "G01-CA05".parse().unwrap(),
        field_name: text("Đăng ký, quản lý cư trú"),
        receipt_number: None,
        channel: Channel::Online,
        owner: Owner {
            kind: OwnerKind::Citizen,
            name: text("Lý Thị Thử Nghiệm"),
            identities: vec![PersonalNumber::parse("000199000001").unwrap().into()],
            tech_id: Some(text("00000000-1111-4222-8333-444444444444")),
            email: Some(Masked::new("thu.nghiem@example.com".to_owned())),
            fax: None,
            phone: Some(Masked::new("0900000001".to_owned())),
        },
        summary: text("Đăng ký thường trú vào chỗ ở hợp pháp"),
        note: None,
        other_information: None,
        dates: DossierDates {
            submitted: "2025-07-14T01:15:02Z".parse().unwrap(),
            received: "2025-07-14T02:30:00Z".parse().unwrap(),
            due: Some("2025-07-23T10:00:00Z".parse().unwrap()),
            finished: None,
            returned: None,
            refused: None,
        },
        status: PortalStatus::Received,
        return_method: ReturnMethod::Direct,
        return_information: None,
        receiving_unit: Some(AgencyCode::parse("H22.12").unwrap()),
        processing_unit_name: text("Trung tâm Phục vụ hành chính công phường Thử"),
        submitted_at_place: SubmissionPlace::LocalSystem,
        has_digitised_components: true,
        vneid_verified_account: true,
        online_payment: OnlinePayment::None,
        connected_databases: vec![text("1")],
        documents: vec![Document {
            id: None,
            name: text("CT01.pdf"),
            deleted: false,
            component: "000.00.00.G01-KQ000001".parse().unwrap(),
            url: url("0d0d"),
            digitised: true,
            reuse: Reuse::None,
            from_national_store: false,
            replaced_by_result: None,
        }],
        fees: Vec::new(),
        other_attachments: Vec::new(),
        results: Vec::new(),
    }
}

fn submission(dossier: &Dossier, mode: SubmissionMode, fields: FieldSet) -> Value {
    serde_json::to_value(Submission::of(dossier, mode, fields)).unwrap()
}

#[test]
fn a_dossier_is_the_published_example() {
    let published = r#"{
        "isUpdating": "False",
        "data": [{
            "MaHoSo": "H22.12-250714-0007", "MaTTHC": "1.004222", "TenTTHC": "Đăng ký thường trú",
            "MaLinhVuc": "G01-CA05", "TenLinhVuc": "Đăng ký, quản lý cư trú",
            "SoBienNhan": "",
            "KenhThucHien": "2", "NoiNopHoSo": "2", "SoGiayToChuHoSo": "000199000001",
            "ChuHoSo": "Lý Thị Thử Nghiệm", "LoaiDoiTuong": "1",
            "MaDoiTuong": "00000000-1111-4222-8333-444444444444",
            "Email": "thu.nghiem@example.com", "Fax": "", "SoDienThoai": "0900000001",
            "TrichYeuHoSo": "Đăng ký thường trú vào chỗ ở hợp pháp", "ThongTinKhac": "",
            "NgayNopHoSo": "20250714081502", "NgayTiepNhan": "20250714093000",
            "NgayHenTra": "20250723170000",
            "TrangThaiHoSo": "2", "NgayTra": "", "ThongTinTra": "", "HinhThuc": "0",
            "NgayKetThucXuLy": "", "NgayTuChoi": "",
            "DonViXuLy": "Trung tâm Phục vụ hành chính công phường Thử", "GhiChu": "",
            "HoSoCoThanhPhanSoHoa": "1", "TaiKhoanDuocXacThucVoiVNeID": "1",
            "DuocThanhToanTrucTuyen": "0",
            "DinhDanhCHS": [{"LoaiDinhDanh": "1", "SoDinhDanh": "000199000001"}],
            "DSKetNoiCSDL": [{"MaCSDL": "1"}],
            "TaiLieuNop": [{
                "TepDinhKemId": "", "TenTepDinhKem": "CT01.pdf", "IsDeleted": "False",
                "MaThanhPhanHoSo": "000.00.00.G01-KQ000001",
                "DuongDanTaiTepTin": "https://files.h22.example/f/0d0d",
                "DuocSoHoa": "1", "DuocTaiSuDung": "0", "DuocLayTuKhoDMQG": "0",
                "MaKetQuaThayThe": ""
            }],
            "DanhSachLePhi": [], "DanhSachTepDinhKemKhac": [], "DanhSachHoSoBoSung": [],
            "DanhSachGiayToKetQua": []
        }]
    }"#;
    let published: Value = serde_json::from_str(published).unwrap();
    assert_eq!(
        submission(&dossier(), SubmissionMode::Create, FieldSet::P2),
        published
    );
}

#[test]
fn an_update_says_so_in_a_string() {
    let update = submission(&dossier(), SubmissionMode::Update, FieldSet::P2);
    assert_eq!(update["isUpdating"], "True");
}

#[test]
fn the_first_generation_knows_nothing_of_the_fields_of_the_second() {
    let mut dossier = dossier();
    dossier.results = vec![result_paper()];
    let first = submission(&dossier, SubmissionMode::Create, FieldSet::P1);
    let entry = first["data"][0].as_object().unwrap();
    for field in [
        "KenhThucHien",
        "SoGiayToChuHoSo",
        "NoiNopHoSo",
        "HoSoCoThanhPhanSoHoa",
        "TaiKhoanDuocXacThucVoiVNeID",
        "DuocThanhToanTrucTuyen",
        "NgayTuChoi",
        "NgayNopHoSo",
        "DinhDanhCHS",
        "DSKetNoiCSDL",
    ] {
        assert!(!entry.contains_key(field), "{field}");
    }
    assert_eq!(entry.len(), 28);
    let document = entry["TaiLieuNop"][0].as_object().unwrap();
    assert_eq!(document.len(), 5);
    assert_eq!(
        entry["DanhSachGiayToKetQua"][0].as_object().unwrap().len(),
        4
    );
}

#[test]
fn the_portal_account_is_sent_for_an_online_dossier_only() {
    for (channel, code, sent) in [
        (Channel::Direct, "1", ""),
        (Channel::Online, "2", "00000000-1111-4222-8333-444444444444"),
        (Channel::Postal, "3", ""),
    ] {
        let dossier = Dossier {
            channel,
            ..dossier()
        };
        let entry = &submission(&dossier, SubmissionMode::Create, FieldSet::P2)["data"][0];
        assert_eq!(
            (&entry["KenhThucHien"], &entry["MaDoiTuong"]),
            (&json!(code), &json!(sent))
        );
    }
}

#[test]
fn an_identity_that_was_not_given_is_not_made_up() {
    let mut dossier = dossier();
    dossier.owner.identities = vec![OldIdCardNumber::parse("000185001").unwrap().into()];
    let entry = &submission(&dossier, SubmissionMode::Create, FieldSet::P2)["data"][0];
    assert_eq!(
        entry["DinhDanhCHS"],
        json!([{"LoaiDinhDanh": "2", "SoDinhDanh": "000185001"}])
    );
    dossier.owner.identities.clear();
    let entry = &submission(&dossier, SubmissionMode::Create, FieldSet::P2)["data"][0];
    assert_eq!(entry["DinhDanhCHS"], json!([]));
    assert_eq!(entry["SoGiayToChuHoSo"], "");
}

fn result_paper() -> ResultPaper {
    ResultPaper {
        name: text("Thông báo"),
        component: None,
        id: Some(text("KQ1")),
        result: Some("KQ.G07.000122".parse().unwrap()),
        url: Some(url("kq")),
    }
}

#[test]
fn nested_lists_are_strings_throughout() {
    let mut dossier = dossier();
    dossier.fees = vec![Fee {
        name: text("Lệ phí"),
        code: text("LP1"),
        collected: FeeCollection::AtReturn,
        amount: 150_000,
        kind: text("1"),
    }];
    dossier.other_attachments = vec![OtherAttachment {
        name: text("Ảnh"),
        quantity: 2,
        kind: text("1"),
    }];
    dossier.results = vec![result_paper()];
    dossier.documents[0].deleted = true;
    dossier.documents[0].reuse = Reuse::Result;
    dossier.documents[0].replaced_by_result = Some("KQ.G07.000122".parse().unwrap());
    let entry = &submission(&dossier, SubmissionMode::Create, FieldSet::P2)["data"][0];
    assert_eq!(
        entry["DanhSachLePhi"],
        json!([{
            "TenPhiLePhi": "Lệ phí", "MaPhiLePhi": "LP1", "HinhThucThu": "4",
            "Gia": "150000", "LoaiPhiLePhi": "1",
        }])
    );
    assert_eq!(
        entry["DanhSachTepDinhKemKhac"],
        json!([{"TenGiayTo": "Ảnh", "SoLuong": "2", "LoaiGiayTo": "1"}])
    );
    assert_eq!(
        entry["DanhSachGiayToKetQua"],
        json!([{
            "TenGiayTo": "Thông báo", "MaThanhPhanHoSo": "", "GiayToId": "KQ1",
            "DuongDanTepTinKetQua": "https://files.h22.example/f/kq",
            "MaGiayToKetQua": "KQ.G07.000122",
        }])
    );
    let document = &entry["TaiLieuNop"][0];
    assert_eq!(
        (&document["IsDeleted"], &document["DuocTaiSuDung"]),
        (&json!("True"), &json!("2"))
    );
    assert_eq!(document["MaKetQuaThayThe"], "KQ.G07.000122");
}

#[test]
fn every_scalar_is_a_string() {
    fn check(value: &Value) {
        match value {
            Value::String(_) => {}
            Value::Array(items) => items.iter().for_each(check),
            Value::Object(fields) => fields.values().for_each(check),
            other => panic!("{other}"),
        }
    }
    check(&submission(
        &dossier(),
        SubmissionMode::Create,
        FieldSet::P2,
    ));
}

/// The step of portal.md 6.
pub(in crate::portal::p1) fn step() -> Step {
    Step {
        handler_name: text("Trần Văn Mẫu"),
        handler_title: Some(text("Chuyên viên")),
        handled_at: "2025-07-15T03:15:00Z".parse().unwrap(),
        department: Some(text("Bộ phận chuyên môn")),
        content: text("Thẩm định hồ sơ"),
        status: PortalStatus::Processing,
        started_at: Some("2025-07-14T07:00:00Z".parse().unwrap()),
        due_at: Some("2025-07-18T10:00:00Z".parse().unwrap()),
    }
}

#[test]
fn steps_are_the_published_example_in_the_order_given() {
    let number = dossier().number;
    let bare = Step {
        handler_title: None,
        department: None,
        started_at: None,
        due_at: None,
        status: PortalStatus::ResultReturned,
        ..step()
    };
    let steps = [step(), bare];
    let published = json!({"data": [
        {
            "MaHoSo": "H22.12-250714-0007", "NguoiXuLy": "Trần Văn Mẫu", "ChucDanh": "Chuyên viên",
            "ThoiDiemXuLy": "20250715101500", "PhongBanXuLy": "Bộ phận chuyên môn",
            "NoiDungXuLy": "Thẩm định hồ sơ", "TrangThai": "4", "NgayBatDau": "20250714140000",
            "NgayKetThucTheoQuyDinh": "20250718170000",
        },
        {
            "MaHoSo": "H22.12-250714-0007", "NguoiXuLy": "Trần Văn Mẫu", "ChucDanh": "",
            "ThoiDiemXuLy": "20250715101500", "PhongBanXuLy": "",
            "NoiDungXuLy": "Thẩm định hồ sơ", "TrangThai": "10", "NgayBatDau": "",
            "NgayKetThucTheoQuyDinh": "",
        },
    ]});
    assert_eq!(
        serde_json::to_value(Steps::of(&number, &steps)).unwrap(),
        published
    );
}
