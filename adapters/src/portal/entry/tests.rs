use lienthong_core::dossier::{
    Channel, Dossier, Fee, FeeCollection, OtherAttachment, ResultPaper, Reuse,
};
use lienthong_core::identity::OldIdCardNumber;
use serde_json::{Value, json};

use super::samples::{dossier, text, url};
use super::{DossierEntry, FieldSet};

fn entry_of(dossier: &Dossier, fields: FieldSet) -> Value {
    serde_json::to_value(DossierEntry::of(dossier, fields)).unwrap()
}

#[test]
fn the_first_generation_knows_nothing_of_the_fields_of_the_second() {
    let mut dossier = dossier();
    dossier.results = vec![result_paper()];
    let first = entry_of(&dossier, FieldSet::P1);
    let entry = first.as_object().unwrap();
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
        let entry = &entry_of(&dossier, FieldSet::P2);
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
    let entry = &entry_of(&dossier, FieldSet::P2);
    assert_eq!(
        entry["DinhDanhCHS"],
        json!([{"LoaiDinhDanh": "2", "SoDinhDanh": "000185001"}])
    );
    dossier.owner.identities.clear();
    let entry = &entry_of(&dossier, FieldSet::P2);
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
    let entry = &entry_of(&dossier, FieldSet::P2);
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
    check(&entry_of(&dossier(), FieldSet::P2));
}
