mod doubts;
mod search;
mod wrappers;

use lienthong_core::ports::portal::{PortalAnswer, PortalError, Reading, Said};
use lienthong_core::sync::cause::Cause;
use proptest::prelude::*;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;

use self::search::search;
use super::{Envelope, Hidden, P1, P3_IS_UPDATING, P3_THREE_URLS, P4, Table, of_write};

const REFUSED_FIELD: Reading = Reading::Refused {
    cause: Cause::FieldRejected,
};
const NO_FILE: Reading = Reading::Refused {
    cause: Cause::FileUnreachable,
};
const REFUSED_CODE: Reading = Reading::Refused {
    cause: Cause::MappingMissing,
};

fn envelope(value: &Value) -> Envelope {
    Envelope::read(value.to_string().as_bytes()).unwrap()
}

fn write(code: impl Into<Value>, message: &str) -> Result<PortalAnswer, PortalError> {
    of_write(
        &P1,
        &envelope(&json!({ "error_code": code.into(), "message": message })),
        &Hidden::NOTHING,
    )
}

fn reading(code: impl Into<Value>, message: &str) -> Reading {
    write(code, message).unwrap().reading
}

/// Every row of the table, each by at least one sentence.
const ROWS: &[(&str, &str, Reading)] = &[
    ("0", "Hồ sơ đã tồn tại", Reading::AlreadyThere),
    (
        "3",
        "Mã hồ sơ H22.12-250714-0007 đã tồn tại trên hệ thống",
        Reading::AlreadyThere,
    ),
    ("-3", "ĐÃ  TỒN\u{a0}TẠI", Reading::AlreadyThere),
    (
        "-3",
        "Tệp đính kèm của hồ sơ đã tồn tại",
        Reading::NotUnderstood,
    ),
    ("-3", "Tài khoản đã tồn tại", Reading::NotUnderstood),
    ("0", "Đồng bộ không thành công", Reading::NotUnderstood),
    ("0", "Không đồng bộ thành công", Reading::NotUnderstood),
    ("0", "Không thể cập nhật thành công", Reading::NotUnderstood),
    ("0", "Chưa cập nhật thành công", Reading::NotUnderstood),
    ("0", "Thành công 9/10, 1 bước lỗi", Reading::NotUnderstood),
    ("0", "Đồng bộ thành công 0/1 hồ sơ", Reading::NotUnderstood),
    ("0", "Đồng bộ thành công 1/1 hồ sơ", Reading::Accepted),
    (
        "-1",
        "Thành công 9/10 bước, trường NguoiXuLy không hợp lệ",
        Reading::NotUnderstood,
    ),
    (
        "-1",
        "Không thành công: trường NguoiXuLy không hợp lệ",
        REFUSED_FIELD,
    ),
    ("-1", "Hồ sơ có quá nhiều tệp", REFUSED_FIELD),
    ("-1", "Nội dung quá nhiều ký tự", REFUSED_FIELD),
    ("-1", "Người xử lý không tồn tại", REFUSED_FIELD),
    ("-1", "Quận/huyện không tồn tại", REFUSED_FIELD),
    (
        "-1",
        "Người xử lý của hồ sơ không tồn tại",
        Reading::NotUnderstood,
    ),
    ("-1", "Không tồn tại", Reading::NotUnderstood),
    ("-1", "Tài khoản không tồn tại", Reading::NotUnderstood),
    ("0", "Cập nhật chưa thành công", Reading::NotUnderstood),
    (
        "0",
        "Thất bại, thử lại để thành công",
        Reading::NotUnderstood,
    ),
    ("0", "Đồng bộ thành công", Reading::Accepted),
    ("00", "THÀNH CÔNG", Reading::Accepted),
    ("0", "", Reading::Accepted),
    ("0", "  ", Reading::Accepted),
    ("0", "OK", Reading::NotUnderstood),
    ("0", "Hồ sơ không tồn tại", Reading::NotUnderstood),
    ("-1", "Mã thủ tục 1.004222 không tồn tại", REFUSED_CODE),
    ("-1", "MaTTHC không tìm thấy", REFUSED_CODE),
    ("-2", "Hồ sơ không tồn tại", Reading::NotThere),
    (
        "-2",
        "Hồ sơ chưa tồn tại, không cập nhật được tiến độ",
        Reading::NotThere,
    ),
    ("5", "Không tìm thấy hồ sơ", Reading::NotThere),
    ("-1", "NgayTiepNhan không hợp lệ", REFUSED_FIELD),
    ("-1", "Trường TrichYeuHoSo là bắt buộc", REFUSED_FIELD),
    ("-1", "NgayHenTra không đúng định dạng", REFUSED_FIELD),
    ("-1", "GhiChu vượt quá 2000 ký tự", REFUSED_FIELD),
    (
        "-1",
        "Lỗi hệ thống: NgayTiepNhan không hợp lệ",
        REFUSED_FIELD,
    ),
    (
        "-1",
        "Mã thủ tục bảo trì công trình không tồn tại",
        REFUSED_CODE,
    ),
    ("-1", "Hồ sơ đang tạm dừng xử lý", Reading::NotUnderstood),
    ("-1", "Đã quá thời gian nộp hồ sơ", Reading::NotUnderstood),
    (
        "0",
        "Đồng bộ thành công. Hệ thống đang nâng cấp",
        Reading::Accepted,
    ),
    ("-1", "Lỗi không xác định", Reading::NotUnderstood),
    ("-1", "Thành công", Reading::NotUnderstood),
    ("-1", "", Reading::NotUnderstood),
    ("", "Đồng bộ thành công", Reading::NotUnderstood),
    (
        "-1",
        "Hồ sơ H22.12-250714-0007 chưa có trên hệ thống",
        Reading::NotThere,
    ),
    (
        "-1",
        "Dữ liệu không hợp lệ: trường NguoiXuLy dài quá 50 ký tự",
        REFUSED_FIELD,
    ),
    ("-1", "Không tải được tệp đính kèm CT01.pdf", NO_FILE),
    ("-1", "DuongDanTaiTepTin: không truy cập được", NO_FILE),
    ("-1", "Tệp đính kèm không tồn tại", NO_FILE),
    (
        "-1",
        "Cán bộ không có quyền xử lý hồ sơ này",
        Reading::NotUnderstood,
    ),
];

#[test]
fn the_table_row_by_row() {
    for (code, message, expected) in ROWS {
        assert_eq!(&reading(*code, message), expected, "{code} {message}");
    }
}

#[test]
fn decomposed_letters_are_read_like_composed_ones() {
    for (code, message, expected) in ROWS {
        let decomposed: String = message.nfd().collect();
        assert_eq!(&reading(*code, &decomposed), expected, "{code} {message}");
    }
}

#[test]
fn overload_is_no_final_no() {
    for message in [
        "Hệ thống quá tải",
        "Quá nhiều yêu cầu",
        "Vượt quá số lượt gọi trong phút",
    ] {
        let error = write("-1", message).unwrap_err();
        let said = Some(Said::new("-1", message, &[]));
        let retry_after = None;
        assert_eq!(error, PortalError::Throttled { retry_after, said });
    }
}

/// Outages told in words.
const OUTAGES: &[(&str, &str)] = &[
    ("-1", "Hệ thống đang bảo trì"),
    ("99", "HỆ THỐNG ĐANG ĐƯỢC BẢO DƯỠNG, vui lòng thử lại sau"),
    ("-1", "Hệ thống đang bảo trì, dịch vụ không tồn tại"),
    ("1", "Bảo trì"),
    ("-1", "Cổng tạm dừng phục vụ"),
    ("-1", "Dịch vụ tạm ngừng"),
    ("-1", "Cổng đang nâng cấp"),
    ("-1", "Lỗi hệ thống"),
    ("500", "Quá thời gian chờ"),
    ("-1", "Connection timeout"),
    ("", "Hệ thống đang bảo trì"),
];

#[test]
fn an_outage_told_in_words_is_an_outage() {
    for (code, message) in OUTAGES {
        let said = Some(Said::new(code, message, &[]));
        let expected = PortalError::OutOfService { said };
        assert!(expected.cause().is_outage());
        assert_eq!(write(*code, message).unwrap_err(), expected, "{message}");
        let decomposed: String = message.nfd().collect();
        assert_eq!(
            write(*code, &decomposed).unwrap_err(),
            expected,
            "{message}"
        );
        let searched = search(&json!({ "error_code": code, "message": message })).unwrap_err();
        assert!(
            matches!(searched, PortalError::OutOfService { .. }),
            "{message}: {searched}"
        );
    }
    for message in [
        "Hệ thống đang bảo trì",
        "Không thành công, hệ thống đang bảo trì",
    ] {
        let error = write("0", message).unwrap_err();
        assert!(matches!(error, PortalError::OutOfService { .. }), "{error}");
    }
}

#[test]
fn a_session_in_a_sentence_about_a_field_refuses_the_call() {
    for (message, expected) in [
        ("ThongTinKhac không hợp lệ: chứa từ session", true),
        ("Tài khoản đăng nhập vượt quá 50 ký tự", true),
        ("Tên đăng nhập không hợp lệ", false),
        ("Session đã hết hạn hoặc không hợp lệ", false),
        ("Session ID không hợp lệ", false),
        ("Session hết hạn hoặc không đúng định dạng", false),
        (
            "Phiên làm việc (session) không hợp lệ hoặc đã hết hạn",
            false,
        ),
        ("Bắt buộc đăng nhập", false),
        ("Session expired", false),
        ("Trường session là bắt buộc", false),
    ] {
        let answer = envelope(&json!({ "error_code": "-1", "message": message }));
        assert_eq!(answer.refuses_call(), expected, "{message}");
    }
}

#[test]
fn the_code_is_read_as_integer_and_as_string() {
    for code in [json!(0), json!("0"), json!("00"), json!(" 0 ")] {
        assert_eq!(reading(code, ""), Reading::Accepted);
    }
    for code in [json!(-2), json!("-2")] {
        assert_eq!(reading(code, "hồ sơ không tồn tại"), Reading::NotThere);
    }
}

#[test]
fn an_answer_without_code_or_message_is_not_a_success() {
    for answer in [
        json!({}),
        json!({"message": "thành công"}),
        json!({"error_code": null}),
    ] {
        let answer = of_write(&P1, &envelope(&answer), &Hidden::NOTHING).unwrap();
        assert_eq!(
            (answer.reading, answer.code.as_str()),
            (Reading::NotUnderstood, "")
        );
    }
    let null = json!({"error_code": 0, "message": null, "result": null, "session": null});
    assert_eq!(
        of_write(&P1, &envelope(&null), &Hidden::NOTHING)
            .unwrap()
            .reading,
        Reading::Accepted
    );
}

#[test]
fn the_answer_is_kept_for_the_operator_but_not_without_end() {
    let answer = write(-7, &"ồ".repeat(1000)).unwrap();
    assert_eq!(answer.code, "-7");
    assert_eq!(answer.text.chars().count(), PortalAnswer::TEXT_LIMIT);
}

#[test]
fn only_a_failure_that_speaks_of_the_session_refuses_it() {
    for (code, message, expected) in [
        (
            "-1",
            "Phiên làm việc (session) không hợp lệ hoặc đã hết hạn",
            true,
        ),
        ("2", "SESSION expired", true),
        ("-1", "Vui lòng đăng nhập lại", true),
        ("-1", "Phiên làm việc không hợp lệ", true),
        ("-1", "Lỗi hệ thống", false),
        ("-1", "Tên đăng nhập không hợp lệ", false),
        ("-1", "Tên đăng nhập: phải đăng nhập", true),
        ("0", "Gia hạn session thành công", false),
        ("", "session", false),
    ] {
        let answer = envelope(&json!({ "error_code": code, "message": message }));
        assert_eq!(answer.refuses_session(), expected, "{message}");
        let decomposed: String = message.nfd().collect();
        let answer = envelope(&json!({ "error_code": code, "message": decomposed }));
        assert_eq!(answer.refuses_session(), expected, "{message}");
    }
}

#[test]
fn what_is_no_object_of_the_portal_is_nonsense() {
    let deep = format!("{{\"error_code\":0,\"result\":{}", "[".repeat(100_000));
    for body in [
        "",
        "null",
        "[]",
        "[0,\"thành công\",[],\"s\"]",
        "\"thành công\"",
        "<html>Request Rejected</html>",
        "{\"error_code\":0",
        "{\"error_code\":{}}",
        "{\"error_code\":true}",
        "{\"error_code\":0,\"message\":{}}",
        "{\"error_code\":0,\"error_code\":1}",
        &deep,
    ] {
        let error = Envelope::read(body.as_bytes()).err();
        assert!(
            matches!(error, Some(PortalError::Nonsense { .. })),
            "{}",
            &body[..body.len().min(60)]
        );
    }
    assert!(Envelope::read(b"{\"error_code\":0,\"message\":\"th\xe0nh\"}").is_err());
    assert!(Envelope::read(b"\xef\xbb\xbf {\"error_code\":0}").is_ok());
}

proptest! {
    #[test]
    fn any_bytes_are_answered_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let _ = Envelope::read(&bytes);
    }

    #[test]
    fn only_a_zero_code_is_ever_accepted(code in "\\PC{0,4}", message in "\\PC{0,20}(thành công)?") {
        let answer = write(code.clone(), &message);
        if let Ok(PortalAnswer { reading: Reading::Accepted, .. }) = answer {
            prop_assert!(code.trim().bytes().all(|byte| byte == b'0'));
        }
    }
}

#[test]
fn an_owner_called_success_is_no_success() {
    let name = "Nguyễn Thành Công";
    let told = |message: &str| {
        let envelope = envelope(&json!({"error_code": 0, "message": message}));
        let hidden = Hidden::Values(vec![name]);
        of_write(&P1, &envelope, &hidden).unwrap().reading
    };
    for message in [
        "Đang xử lý hồ sơ của Nguyễn Thành Công",
        "ĐÃ NHẬN: NGUYỄN THÀNH CÔNG",
    ] {
        assert_eq!(told(message), Reading::NotUnderstood, "{message}");
    }
    let done = "Đồng bộ hồ sơ của Nguyễn Thành Công thành công";
    assert_eq!(told(done), Reading::Accepted);
}

#[test]
fn an_answer_under_a_status_that_is_no_success_is_read_by_its_words_only() {
    for (body, expected, code) in [
        (
            r#"{"error_code":0,"message":"Đồng bộ thành công"}"#,
            Reading::NotUnderstood,
            "0",
        ),
        (
            r#"{"error_code":"-3","message":"Hồ sơ đã tồn tại"}"#,
            Reading::AlreadyThere,
            "-3",
        ),
        (
            r#"{"message":"Trường MaTTHC là bắt buộc"}"#,
            REFUSED_FIELD,
            "HTTP 409",
        ),
        ("<html>409</html>", Reading::NotUnderstood, "HTTP 409"),
        ("", Reading::NotUnderstood, "HTTP 409"),
    ] {
        let envelope = Envelope::under_status(Envelope::read(body.as_bytes()), 409);
        let answer = of_write(&P1, &envelope, &Hidden::NOTHING).unwrap();
        assert_eq!(
            (answer.reading, answer.code.as_str()),
            (expected, code),
            "{body}"
        );
    }
}

#[test]
fn a_procedure_about_upgrades_is_a_missing_code_and_no_outage() {
    for procedure in [
        "nâng cấp hệ thống cấp nước",
        "đang nâng cấp",
        "hệ thống đang bảo trì",
    ] {
        let message = format!("Mã thủ tục {procedure} không tồn tại");
        let reading = write("-1", &message).unwrap().reading;
        let cause = Cause::MappingMissing;
        assert_eq!(reading, Reading::Refused { cause }, "{message}");
    }
}

#[test]
fn a_system_that_is_not_let_in_is_told_apart_from_a_refused_dossier() {
    for message in [
        "Đơn vị không có quyền gửi hồ sơ",
        "Không có quyền truy cập dịch vụ",
        "Access denied",
    ] {
        let said = Some(Said::new("-1", message, &[]));
        let expected = PortalError::AccessDenied { said };
        assert_eq!(write("-1", message).unwrap_err(), expected);
        let searched = search(&json!({"error_code": "-1", "message": message})).unwrap_err();
        assert!(
            matches!(searched, PortalError::AccessDenied { .. }),
            "{searched}"
        );
    }
}

/// A table as an operator would read it.
fn page(table: &Table) -> String {
    let rows: Vec<String> = table.rows().map(ToString::to_string).collect();
    rows.join("\n")
}

#[test]
fn the_table_of_p1_and_p2() {
    insta::assert_snapshot!(page(&P1));
}

#[test]
fn the_table_of_the_wrapper_with_is_updating() {
    assert_eq!(page(&P3_IS_UPDATING), page(&P1));
}

#[test]
fn the_table_of_the_wrapper_with_three_addresses() {
    insta::assert_snapshot!(page(&P3_THREE_URLS));
}

#[test]
fn the_table_of_noi_ho_so() {
    insta::assert_snapshot!(page(&P4));
}
