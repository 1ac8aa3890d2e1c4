use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::portal::{
    PortalDetails, PortalError, PortalView, StepMark, StepStatus, StepsThere,
};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;

use super::envelope;
use crate::portal::answers::words::{NO_RIGHT, OUT_OF_SERVICE, OUTAGE, OVERLOAD, SESSION_GONE};
use crate::portal::answers::{Envelope, of_search};

pub(super) fn search(answer: &Value) -> Result<PortalView, PortalError> {
    of_search(
        &envelope(answer),
        &DossierNumber::parse("H22.12-250714-0007").unwrap(),
    )
}

#[test]
fn a_search_without_a_result_finds_nothing() {
    for answer in [
        json!({"error_code": 0, "result": []}),
        json!({"error_code": "0", "message": "Thành công", "result": null}),
        json!({"error_code": "00"}),
        json!({"error_code": 0, "result": {}}),
        json!({"error_code": -1, "message": "Không tìm thấy hồ sơ"}),
        json!({"error_code": "5", "message": "Hồ sơ không tồn tại"}),
        json!({"error_code": 0, "message": "Không tìm thấy hồ sơ", "result": []}),
        json!({"error_code": 0, "message": "Không có dữ liệu", "result": null}),
        json!({"error_code": 0, "message": "OK", "result": []}),
        json!({"error_code": 0, "message": "Hồ sơ H22.12-250714-0007 không tồn tại"}),
        json!({"error_code": 0, "message": "H22.12-250714-0007: không tìm thấy", "result": {}}),
        json!({"error_code": 0, "message": "Không tìm thấy dữ liệu phù hợp.", "result": []}),
        json!({"error_code": 0, "message": "Tra cứu thành công, không có kết quả"}),
    ] {
        assert_eq!(search(&answer), Ok(PortalView::Absent), "{answer}");
    }
}

#[test]
fn a_search_that_failed_says_nothing_about_the_dossier() {
    for answer in [
        json!({"error_code": -1, "message": "Lỗi không xác định"}),
        json!({"error_code": -1, "message": "Mã đơn vị không tồn tại"}),
        json!({"error_code": -1, "message": "Không tìm thấy dịch vụ TraCuu"}),
        json!({"error_code": -1, "message": "", "result": []}),
        json!({"error_code": -1, "message": "Người xử lý hồ sơ không tồn tại"}),
        json!({"error_code": -1, "message": "Tài khoản tra cứu hồ sơ không tồn tại"}),
        json!({"error_code": 0, "message": "Chưa tra cứu được", "result": []}),
        json!({"error_code": 0, "message": "Lỗi kết nối", "result": null}),
        json!({"error_code": 0, "message": "Không tìm thấy tài khoản", "result": null}),
        json!({"error_code": 0, "message": "Đang xử lý yêu cầu", "result": null}),
        json!({"error_code": 0, "message": "Hồ sơ đã tồn tại", "result": null}),
        json!({"error_code": 0, "message": "Người dùng không có quyền", "result": null}),
        json!({"error_code": 0, "message": "Không tìm thấy dịch vụ", "result": null}),
        json!({"error_code": 0, "message": "Không tìm thấy dịch vụ tra cứu hồ sơ"}),
        json!({"error_code": 0, "message": "Không có dữ liệu trả về từ trục", "result": []}),
        json!({"error_code": 0, "message": "Không có thông tin đăng nhập", "result": []}),
        json!({"error_code": 0, "message": "???", "result": []}),
        json!({"result": []}),
        json!({"error_code": 0, "result": "không rõ"}),
        json!({"error_code": 0, "result": [1, "x"]}),
        json!({"error_code": 0, "result": [{"MaHoSo": "H22.12-250714-0008"}]}),
    ] {
        let error = search(&answer).unwrap_err();
        assert!(
            matches!(error, PortalError::Nonsense { .. }),
            "{answer}: {error:?}"
        );
    }
    let busy = json!({"error_code": -1, "message": "Hệ thống quá tải"});
    let error = search(&busy).unwrap_err();
    assert!(matches!(error, PortalError::Throttled { .. }), "{error:?}");
}

#[test]
fn no_word_for_a_portal_that_did_not_look_becomes_a_dossier_that_is_not_there() {
    let lists = [OVERLOAD, OUTAGE, OUT_OF_SERVICE, SESSION_GONE, NO_RIGHT];
    for words in lists.into_iter().flatten() {
        for message in [
            (*words).to_owned(),
            words.to_uppercase().nfd().collect(),
            format!("Không tìm thấy hồ sơ: {words}"),
            format!("Không có dữ liệu, {words}"),
            format!("{words} thành công"),
        ] {
            for result in [Value::Null, json!([]), json!({})] {
                let answer = json!({"error_code": 0, "message": message, "result": result});
                let error = search(&answer).unwrap_err();
                assert!(!matches!(error, PortalError::Nonsense { .. }), "{answer}");
            }
            let answer = json!({"error_code": -1, "message": message});
            assert!(search(&answer).is_err(), "{answer}");
        }
    }
    let message = "Phiên làm việc đã hết hạn";
    let error = search(&json!({"error_code": 0, "message": message})).unwrap_err();
    assert!(matches!(error, PortalError::SessionRefused { .. }));
}

#[test]
fn a_dossier_that_is_there_is_told_with_what_the_answer_carries() {
    for (result, status) in [
        (
            json!([{"MaHoSo": "H22.12-250714-0007", "TrangThaiHoSo": "4"}]),
            Some(PortalStatus::Processing),
        ),
        (
            json!([{"TrangThaiHoSo": 10}]),
            Some(PortalStatus::ResultReturned),
        ),
        (
            json!([{"MaHoSo": "H22.12-250714-0008", "TrangThaiHoSo": "1"}, {"MaHoSo": "H22.12-250714-0007"}]),
            None,
        ),
        (json!([{"TrangThaiHoSo": ""}]), None),
        (json!({"MaHoSo": "H22.12-250714-0007"}), None),
    ] {
        let view = search(&json!({"error_code": 0, "result": result})).unwrap();
        assert_eq!(
            view,
            PortalView::Present {
                status,
                steps: StepsThere::NotCarried,
                details: Box::default(),
            },
            "{result}"
        );
    }
}

#[test]
fn steps_are_told_whole_or_not_at_all() {
    let step = json!({
        "ThoiDiemXuLy": "20250715101500", "TrangThai": "4",
        "NoiDungXuLy": " Thẩm định hồ sơ ".nfd().collect::<String>(),
    });
    let mark = StepMark {
        handled_at: "2025-07-15T03:15:00Z".parse().unwrap(),
        status: PortalStatus::Processing.into(),
        content: "Thẩm định hồ sơ".to_owned(),
    };
    let odd = |status: &str| {
        let mut odd = step.clone();
        odd["TrangThai"] = json!(status);
        odd
    };
    let other = |status: &str| StepMark {
        status: StepStatus::Other(status.to_owned()),
        ..mark.clone()
    };
    for (steps, expected) in [
        (json!([]), StepsThere::Listed(vec![])),
        (
            json!([step, step]),
            StepsThere::Listed(vec![mark.clone(), mark.clone()]),
        ),
        (json!([odd("11")]), StepsThere::Listed(vec![other("11")])),
        (json!([odd("0")]), StepsThere::Listed(vec![other("0")])),
        (
            json!([{"ThoiDiemXuLy": "15/07/2025"}]),
            StepsThere::Unreadable,
        ),
        (json!(""), StepsThere::NotCarried),
        (json!({}), StepsThere::Unreadable),
        (json!([step, {"TrangThai": "4"}]), StepsThere::Unreadable),
        (json!([step, 1]), StepsThere::Unreadable),
        (json!("x"), StepsThere::Unreadable),
        (Value::Null, StepsThere::NotCarried),
    ] {
        let entry = json!({"MaHoSo": "H22.12-250714-0007", "DanhSachTienDo": steps});
        let view = search(&json!({"error_code": 0, "result": [entry]})).unwrap();
        assert_eq!(
            view,
            PortalView::Present {
                status: None,
                steps: expected,
                details: Box::default(),
            },
            "{steps}"
        );
    }
}

#[test]
fn a_portal_that_did_not_look_has_found_nothing_out() {
    let answer = json!({"error_code": "0", "message": "Hệ thống đang bảo trì", "result": null});
    let error = search(&answer).unwrap_err();
    assert!(matches!(error, PortalError::OutOfService { .. }), "{error}");
    let answer = json!({"error_code": "0", "message": "Tra cứu không thành công", "result": []});
    let error = search(&answer).unwrap_err();
    assert!(matches!(error, PortalError::Nonsense { .. }), "{error}");
}

#[test]
fn a_search_tells_dates_results_and_an_unknown_status_as_they_came() {
    let entry = json!({
        "MaHoSo": "H22.12-250714-0007", "TrangThaiHoSo": "11",
        "NgayTiepNhan": "20250714093000", "NgayHenTra": "", "NgayTra": "14/07/2025",
        "DanhSachGiayToKetQua": [
            {"TenGiayTo": "Thông báo", "DuongDanTepTinKetQua": "https://files.h22.example/f/kq"},
            {"TenGiayTo": "Quyết định", "DuongDanTepTinKetQua": ""},
        ],
    });
    let view = search(&json!({"error_code": 0, "result": [entry]})).unwrap();
    let details = PortalDetails {
        received: Some(Some("2025-07-14T02:30:00Z".parse().unwrap())),
        due: Some(None),
        finished: None,
        // What cannot be read cannot be compared.
        returned: None,
        results: Some(vec![true, false]),
        raw_status: Some("11".to_owned()),
    };
    let expected = PortalView::Present {
        status: None,
        steps: StepsThere::NotCarried,
        details: Box::new(details),
    };
    assert_eq!(view, expected);
}

#[test]
fn a_status_without_end_is_not_kept_whole() {
    let entry = json!({"TrangThaiHoSo": "9".repeat(1000)});
    let view = search(&json!({"error_code": 0, "result": [entry]})).unwrap();
    let PortalView::Present { details, .. } = view else {
        panic!("{view:?}");
    };
    assert_eq!(details.raw_status.unwrap().len(), 50);
}

#[test]
fn a_failed_search_keeps_no_name_that_the_portal_repeats() {
    for message in [
        "Hồ sơ của lý thị thử nghiệm: lỗi không xác định",
        "Không có quyền truy cập hồ sơ của Lý Thị Thử Nghiệm",
        "HỆ THỐNG ĐANG BẢO TRÌ, LÝ THỊ THỬ NGHIỆM",
    ] {
        let error = search(&json!({"error_code": "-1", "message": message})).unwrap_err();
        let text = error.said().unwrap().text().to_lowercase();
        assert!(text.contains('…') && !text.contains("thử"), "{text}");
    }
}

#[test]
fn a_search_without_words_and_without_success_ends_one_day() {
    let envelope = Envelope::under_status(Envelope::read(b"<html>"), 400);
    let number = DossierNumber::parse("H22.12-250714-0007").unwrap();
    let rejected = PortalError::Rejected { status: 400 };
    assert_eq!(of_search(&envelope, &number), Err(rejected));
}
