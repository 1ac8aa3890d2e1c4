use lienthong_core::dossier::{Channel, Fee, FeeCollection, ResultPaper};
use serde_json::{Value, json};

use super::*;
use crate::portal::entry::samples::{dossier, step, text, url};

fn reference(id: Option<&str>) -> PortalReference {
    PortalReference {
        number: "G09.20-20260609-0092637".to_owned(),
        id: id.map(str::to_owned),
    }
}

fn uploaded(id: &str) -> Uploaded {
    Uploaded {
        id_tep_tin: id.to_owned(),
        hash_tep_tin: format!("hash-{id}"),
    }
}

fn new(dossier: &Dossier, files: &[Uploaded]) -> Value {
    let unit = "G09.20".parse().unwrap();
    let number = "G09.20-20260609-0092637";
    serde_json::to_value(NewDossier::of(dossier, number, &unit, files).unwrap()).unwrap()
}

#[test]
fn a_new_dossier_has_the_documented_fields_and_types() {
    assert_eq!(
        new(&dossier(), &[uploaded("f-001")]),
        json!({
            "MaHoSo": "G09.20-20260609-0092637", "MaTTHC": "1.004222",
            "MaDichVuCong": "1.004222", "ChuHoSo": "Lý Thị Thử Nghiệm", "LoaiDoiTuong": 0,
            "MaDonViTiepNhan": "G09.20", "NgayNop": "2025-07-14 08:15:02",
            "NgayTiepNhan": "2025-07-14 09:30:00",
            "ThanhPhanHoSo": [{
                "MaThanhPhanHoSo": "000.00.00.G01-KQ000001",
                "GiayToDinhKem": [{
                    "IdGiayTo": "f-001", "TenGiayTo": "CT01.pdf", "HashTepTin": "hash-f-001",
                }],
            }],
            "ThongTinNguoiNop": {
                "ThongTinChiTiet": {
                    "SoDienThoai": "0900000001", "Email": "thu.nghiem@example.com",
                    "TenChuHs": "Lý Thị Thử Nghiệm", "SoDinhDanhChuHs": "000199000001",
                },
            },
        })
    );
}

#[test]
fn what_is_not_known_is_left_out() {
    let mut dossier = dossier();
    dossier.channel = Channel::Direct;
    dossier.owner.kind = OwnerKind::Enterprise;
    dossier.owner.identities.clear();
    dossier.owner.email = None;
    dossier.owner.phone = None;
    let sent = new(&dossier, &[uploaded("f-001")]);
    assert_eq!(sent["LoaiDoiTuong"], 1);
    assert_eq!(
        sent["ThongTinNguoiNop"],
        json!({"ThongTinChiTiet": {"TenChuHs": "Lý Thị Thử Nghiệm"}})
    );
}

#[test]
fn an_owner_without_a_code_is_refused_and_not_guessed() {
    for kind in [OwnerKind::StateAgency, OwnerKind::OtherOrganisation] {
        let error = owner_kind(kind).unwrap_err();
        assert_eq!(error.upstream_code(), "LoaiDoiTuong");
        assert!(matches!(error, PortalError::FieldNotCarried { .. }));
    }
}

#[test]
fn papers_of_one_component_stand_together_and_withdrawn_ones_nowhere() {
    let mut dossier = dossier();
    let paper = |component: &str, name: &str, deleted: bool| Document {
        component: component.parse().unwrap(),
        name: text(name),
        deleted,
        ..dossier.documents[0].clone()
    };
    let (a, b) = ("000.00.00.G01-KQ000001", "000.00.00.G01-KQ000002");
    let mut papers = vec![
        paper(b, "1.pdf", false),
        paper(a, "2.pdf", false),
        paper(a, "3.pdf", true),
        paper(b, "4.pdf", false),
    ];
    papers[1].replaced_by_result = Some("KQ.G07.000122".parse().unwrap());
    dossier.documents = papers;
    let files = ["1", "2", "4"].map(uploaded);
    assert_eq!(
        new(&dossier, &files)["ThanhPhanHoSo"],
        json!([
            {
                "MaThanhPhanHoSo": b, "GiayToDinhKem": [
                    {"IdGiayTo": "1", "TenGiayTo": "1.pdf", "HashTepTin": "hash-1"},
                    {"IdGiayTo": "4", "TenGiayTo": "4.pdf", "HashTepTin": "hash-4"},
                ],
            },
            {
                "MaThanhPhanHoSo": a, "GiayToDinhKem": [{
                    "IdGiayTo": "2", "MaKetQua": "KQ.G07.000122", "TenGiayTo": "2.pdf",
                    "HashTepTin": "hash-2",
                }],
            },
        ])
    );
}

#[test]
fn a_step_names_the_dossier_in_its_own_spelling_and_date_form() {
    let sent = serde_json::to_value(Progress::of(&step(), &reference(Some("77")))).unwrap();
    assert_eq!(
        sent,
        json!({
            "IDHoSo": "77", "MaHoSo": "G09.20-20260609-0092637", "NguoiXuLy": "Trần Văn Mẫu",
            "ThoiDiemXuLy": "2025-07-15T10:15:00.000", "PhongBanXuLy": "Bộ phận chuyên môn",
            "NoiDungXuLy": "Thẩm định hồ sơ", "TrangThai": 4,
            "NgayBatDau": "2025-07-14T14:00:00.000",
            "NgayKetThucTheoQuyDinh": "2025-07-18T17:00:00.000",
        })
    );
    let bare = Step {
        department: None,
        started_at: None,
        due_at: None,
        ..step()
    };
    let sent = serde_json::to_value(Progress::of(&bare, &reference(None))).unwrap();
    assert_eq!(sent.as_object().unwrap().len(), 5);
}

/// The sample with a fee and a result.
fn with_lists() -> Dossier {
    let mut dossier = dossier();
    dossier.note = Some(text("Đã thu lệ phí"));
    dossier.fees = vec![Fee {
        name: text("Lệ phí"),
        code: text("LP1"),
        collected: FeeCollection::AtReturn,
        amount: 150_000,
        kind: text("1"),
    }];
    dossier.results = vec![ResultPaper {
        name: text("Thông báo"),
        component: None,
        id: None,
        result: Some("KQ.G07.000122".parse().unwrap()),
        url: Some(url("kq")),
    }];
    dossier
}

#[test]
fn results_that_would_never_arrive_are_refused_with_their_name() {
    let mut dossier = with_lists();
    for status in PortalStatus::ALL {
        dossier.status = status;
        let refused = results_find_room(&dossier).is_err();
        assert_eq!(refused, [3, 7, 8, 10].contains(&status.code()), "{status}");
    }
    let error = results_find_room(&dossier).unwrap_err();
    assert_eq!(error.upstream_code(), "DanhSachGiayToKetQua");
    dossier.results.clear();
    assert_eq!(results_find_room(&dossier), Ok(()));
}

#[test]
fn whatever_no_call_carries_is_named() {
    let mut dossier = with_lists();
    for (status, lists) in [(4, false), (9, true), (10, false)] {
        dossier.status = status.try_into().unwrap();
        let left_out = left_out_of_update(&dossier);
        for name in ["DanhSachLePhi", "DanhSachGiayToKetQua"] {
            assert_eq!(!left_out.contains(&name), lists, "{status} {name}");
        }
        assert!(left_out.contains(&"NgayHenTra") && left_out.contains(&"TaiLieuNop"));
        assert!(!left_out_of_create(&dossier).contains(&"TaiLieuNop"));
    }
}

#[test]
fn fees_and_results_go_with_three_states_only() {
    let mut dossier = with_lists();
    for status in PortalStatus::ALL {
        dossier.status = status;
        let reference = reference(Some("77"));
        let sent = serde_json::to_value(StatusChange::of(&dossier, &reference)).unwrap();
        let bare = json!({
            "IdHoSo": "77", "MaHoSo": "G09.20-20260609-0092637",
            "TrangThai": status.code(), "NoiDungYKien": "Đã thu lệ phí",
        });
        if [5, 6, 9].contains(&status.code()) {
            let fees = json!([{
                "TenPhiLePhi": "Lệ phí", "MaPhiLePhi": "LP1", "HinhThucThu": "4",
                "Gia": "150000", "LoaiPhiLePhi": "1",
            }]);
            assert_eq!(sent["DanhSachLePhi"], fees);
            let papers = json!([{
                "TenGiayTo": "Thông báo", "MaThanhPhanHoSo": "", "GiayToId": "",
                "DuongDanTepTinKetQua": "https://files.h22.example/f/kq",
                "MaGiayToKetQua": "KQ.G07.000122",
            }]);
            assert_eq!(sent["DanhSachGiayToKetQua"], papers);
        } else {
            assert_eq!(sent, bare);
        }
    }
}
