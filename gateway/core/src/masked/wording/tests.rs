use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

use super::{masked_text, masked_text_without};

#[test]
fn numbers_of_people_are_masked_in_every_usual_grouping() {
    for (text, masked) in [
        (
            "Số định danh 000199000001 không khớp",
            "Số định danh *** không khớp",
        ),
        ("CMND 000 199 001, sai", "CMND ***, sai"),
        ("0900.000.001", "***"),
        ("000-199-000001.", "***."),
        ("CCCD000199000001", "CCCD***"),
    ] {
        assert_eq!(masked_text(text), masked);
    }
}

#[test]
fn short_numbers_codes_and_dossier_numbers_stay() {
    for text in [
        "GhiChu vượt quá 2000 ký tự",
        "Mã thủ tục 1.004222 không tồn tại",
        "Mã hồ sơ H22.12-250714-0007 đã tồn tại",
        "Đơn vị 000.00.00.H22 chưa khai báo",
        "12345678",
    ] {
        assert_eq!(masked_text(text), text);
    }
}

#[test]
fn a_number_behind_a_dossier_number_is_still_masked() {
    assert_eq!(
        masked_text("H22.12-250714-0007 000199000001"),
        "H22.12-250714-0007 ***"
    );
    assert_eq!(
        masked_text("1 H22.12-250714-0007."),
        "1 H22.12-250714-0007."
    );
}

#[test]
fn addresses_are_masked() {
    assert_eq!(
        masked_text(
            "Gửi thu.nghiem@example.com, xem HTTPS://h22.example/f?n=1 hoặc www.h22.example"
        ),
        "Gửi *** xem *** hoặc ***"
    );
}

#[test]
fn a_name_behind_a_form_of_address_is_masked() {
    for (text, masked) in [
        (
            "Công dân Lý Thị Thử không tồn tại",
            "Công dân *** không tồn tại",
        ),
        ("công dân ông LÝ VĂN THỬ, sai", "công dân ông ***, sai"),
        ("Họ và tên: \"Lý Thị Thử Nghiệm\"", "Họ và tên: \"***\""),
        ("Chủ hồ sơ là bà Lý Thị Thử.", "Chủ hồ sơ là bà ***."),
        ("ông (bà) Lý Thử đã nộp", "ông (bà) *** đã nộp"),
        ("ChuHoSo = Ly Thi Thu", "ChuHoSo = ***"),
    ] {
        assert_eq!(masked_text(text), masked);
        let decomposed: String = text.nfd().collect();
        assert_eq!(masked_text(&decomposed), masked, "decomposed");
    }
}

#[test]
fn words_that_name_nobody_stay() {
    for text in [
        "Chủ hồ sơ không hợp lệ",
        "Ông bà vui lòng thử lại",
        "Hệ Thống Đang Bảo Trì",
        "không. Anh",
        "họ tên",
        "",
    ] {
        assert_eq!(masked_text(text), text);
    }
}

#[test]
fn a_value_that_is_known_is_masked_in_any_spelling() {
    let name = "Lý Thị Thử Nghiệm";
    for (text, masked) in [
        ("LÝ THỊ  THỬ NGHIỆM đã có", "*** đã có"),
        ("của ly thi thu nghiem.", "của ***."),
        ("Lý Thị Thử Nghiệma", "Lý Thị Thử Nghiệma"),
        ("Lý Thị Thử", "Lý Thị Thử"),
    ] {
        assert_eq!(masked_text_without(text, &[name]), masked);
        let decomposed: String = name.nfd().collect();
        assert_eq!(masked_text_without(text, &[&decomposed, "", " "]), masked);
    }
    assert_eq!(masked_text_without("số 12345 có", &["12345"]), "số *** có");
}

proptest! {
    #[test]
    fn a_number_never_comes_through(
        before in "\\PC{0,20}", number in "[0-9]{9,12}", after in "\\PC{0,20}",
    ) {
        let masked = masked_text(&format!("{before} {number} {after}"));
        prop_assert!(!masked.contains(&number), "{}", masked);
    }

    #[test]
    fn a_known_name_never_comes_through(before in "[a-zA-Z0-9 .,:]{0,20}", after in "\\PC{0,20}") {
        let name = "Lý Thị Thử Nghiệm";
        let masked = masked_text_without(&format!("{before} {name} {after}"), &[name]);
        prop_assert!(!masked.contains(name), "{}", masked);
    }
}
