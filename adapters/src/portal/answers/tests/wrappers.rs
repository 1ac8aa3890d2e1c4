use lienthong_core::ports::portal::{PortalError, Reading};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;

use super::{REFUSED_FIELD, envelope};
use crate::portal::answers::{Envelope, Hidden, P3_IS_UPDATING, P3_THREE_URLS, P4, of_write};

/// A plain text by the table of the wrapper with three addresses.
fn told(text: &str) -> Result<Reading, PortalError> {
    of_write(&P3_THREE_URLS, &Envelope::of_text(text), &Hidden::NOTHING)
        .map(|answer| answer.reading)
}

#[test]
fn a_plain_text_is_a_success_only_where_nothing_in_it_says_otherwise() {
    for (text, expected) in [
        ("Cập nhật tiến độ thành công", Reading::Accepted),
        ("THÀNH CÔNG", Reading::Accepted),
        ("Hồ sơ đã tồn tại", Reading::AlreadyThere),
        ("Thành công 9 bước, 1 bước lỗi", Reading::NotUnderstood),
        (
            "Thành công 9 bước, 1 bước không hợp lệ",
            Reading::NotUnderstood,
        ),
        ("Không đồng bộ thành công", Reading::NotUnderstood),
        (
            "Không thành công: hồ sơ chưa có trên hệ thống",
            Reading::NotThere,
        ),
        ("Hồ sơ H22 chưa có trên hệ thống", Reading::NotThere),
        (
            "Dữ liệu không hợp lệ: thiếu trường bắt buộc NoiDungXuLy",
            REFUSED_FIELD,
        ),
        ("Cập nhật không thành công", Reading::NotUnderstood),
        ("OK", Reading::NotUnderstood),
        ("Thanh cong", Reading::NotUnderstood),
        ("", Reading::NotUnderstood),
    ] {
        assert_eq!(told(text), Ok(expected.clone()), "{text}");
        let decomposed: String = text.nfd().collect();
        assert_eq!(told(&decomposed), Ok(expected), "{text}");
    }
    let session = told("Phiên làm việc không hợp lệ").unwrap_err();
    assert!(matches!(session, PortalError::SessionRefused { .. }));
    let down = told("Hệ thống đang bảo trì").unwrap_err();
    assert!(matches!(down, PortalError::OutOfService { .. }));
}

#[test]
fn the_wrapper_with_three_addresses_demands_the_word() {
    let silent = envelope(&json!({"error_code": "0", "message": ""}));
    for (table, expected) in [
        (&P3_IS_UPDATING, Reading::Accepted),
        (&P3_THREE_URLS, Reading::NotUnderstood),
    ] {
        assert_eq!(
            of_write(table, &silent, &Hidden::NOTHING).unwrap().reading,
            expected
        );
    }
}

#[test]
fn a_typed_answer_is_fine_with_nought_or_two_hundred_and_a_fine_status() {
    for (code, fine, expected) in [
        (json!(0), true, Reading::Accepted),
        (json!(200), true, Reading::Accepted),
        (json!("200"), true, Reading::Accepted),
        (json!(200), false, Reading::NotUnderstood),
        (json!(201), true, Reading::NotUnderstood),
        (Value::Null, true, Reading::NotUnderstood),
    ] {
        let body = json!({"code": code, "message": "Thành công", "data": {}});
        let envelope = Envelope::read_typed(body.to_string().as_bytes(), fine).unwrap();
        let answer = of_write(&P4, &envelope, &Hidden::NOTHING).unwrap();
        assert_eq!(answer.reading, expected, "{code} {fine}");
    }
}

#[test]
fn an_object_is_the_portals_own_in_all_its_parts() {
    for (body, own) in [
        (
            json!({"code": 502, "message": "Không kết nối được", "data": null}),
            true,
        ),
        (
            json!({"message": "An invalid response was received"}),
            false,
        ),
        (
            json!({"code": "502", "message": "Bad gateway", "data": null}),
            false,
        ),
        (json!({"code": 502, "message": "Bad gateway"}), false),
        (
            json!({"code": 101_503, "message": "x", "data": null}),
            false,
        ),
        (json!({}), false),
    ] {
        let envelope = Envelope::read_typed(body.to_string().as_bytes(), false).unwrap();
        assert_eq!(envelope.is_own(502), own, "{body}");
    }
}
