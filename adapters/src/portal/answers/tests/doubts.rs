//! Every word that casts a doubt, over every table.

use lienthong_core::ports::portal::Reading;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use unicode_normalization::UnicodeNormalization as _;

use super::envelope;
use crate::portal::answers::success::DOUBTS;
use crate::portal::answers::{Envelope, Hidden, P1, P3_IS_UPDATING, P3_THREE_URLS, P4, of_write};

proptest! {
    #[test]
    fn a_success_with_a_doubt_is_accepted_by_no_table(
        table in select(vec![&P1, &P3_IS_UPDATING, &P3_THREE_URLS, &P4]),
        verb in select(vec!["đồng bộ", "cập nhật", "thêm mới hồ sơ", "Cập nhật tiến độ", ""]),
        doubt in select(DOUBTS),
        filler in select(vec!["", "thể", "được", "1 bước", ",", "hồ sơ H22.12-250714-0007"]),
        first in any::<bool>(),
        upper in any::<bool>(),
        decomposed in any::<bool>(),
        form in 0..4,
    ) {
        let sentence = if first {
            format!("{verb} {doubt} {filler} thành công")
        } else {
            format!("{verb} thành công {filler} {doubt}")
        };
        let sentence = if upper { sentence.to_uppercase() } else { sentence };
        let sentence: String = if decomposed { sentence.nfd().collect() } else { sentence };
        let typed = json!({"code": 200, "message": sentence, "data": {}}).to_string();
        let read = match form {
            0 => envelope(&json!({"error_code": 0, "message": sentence})),
            1 => envelope(&json!({"error_code": "00", "message": sentence})),
            2 => Envelope::of_text(&sentence),
            _ => Envelope::read_typed(typed.as_bytes(), true).unwrap(),
        };
        let read = of_write(table, &read, &Hidden::NOTHING).map(|answer| answer.reading);
        prop_assert_ne!(&read, &Ok(Reading::Accepted), "{}", sentence);
        // Nor for refused: a part may have been applied.
        let refused = matches!(read, Ok(Reading::Refused { .. }));
        prop_assert!(!refused, "{}", sentence);
    }

    #[test]
    fn part_of_a_success_is_never_a_refusal(
        table in select(vec![&P1, &P3_IS_UPDATING, &P3_THREE_URLS, &P4]),
        fault in select(vec![
            "NguoiXuLy không hợp lệ", "thiếu trường bắt buộc NoiDungXuLy",
            "mã thủ tục không tồn tại", "hồ sơ không tồn tại", "không tải được tệp",
            "quá nhiều yêu cầu", "đơn vị không có quyền",
        ]),
        part in 1_u32..10,
        text in any::<bool>(),
    ) {
        let sentence = format!("Thành công {part}/10 bước, bước {}: {fault}", part + 1);
        let read = if text {
            Envelope::of_text(&sentence)
        } else {
            envelope(&json!({"error_code": "-1", "message": sentence}))
        };
        let read = of_write(table, &read, &Hidden::NOTHING).map(|answer| answer.reading);
        prop_assert_eq!(read, Ok(Reading::NotUnderstood), "{}", sentence);
    }
}
