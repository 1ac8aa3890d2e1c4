//! The rules that fields break, in Vietnamese.

/// What a field has to be, by the stable name of its rule; `None` for a rule whose words hold
/// more than its name tells.
pub(super) fn vietnamese(rule: &str) -> Option<&'static str> {
    RULES
        .iter()
        .find(|(name, _)| *name == rule)
        .map(|(_, text)| *text)
}

const RULES: [(&str, &str); 37] = [
    ("REQUIRED", "bắt buộc phải có"),
    ("UNKNOWN_VALUE", "không phải giá trị được chấp nhận"),
    ("UNKNOWN_FIELD", "không có trường này"),
    ("NO_SUCH_MOMENT", "không phải thời điểm có thật"),
    ("IN_FUTURE", "ở tương lai"),
    (
        "NOT_KEPT_ANY_MORE",
        "là ngày mà hồ sơ không còn được lưu đủ",
    ),
    ("NOT_A_DURATION", "phải là khoảng thời gian lớn hơn 0"),
    ("INTERVAL", "phải từ 1 giây đến 1 giờ"),
    (
        "OFFICER_ID",
        "phải gồm 1 đến 20 chữ cái không dấu, chữ số, dấu _, - hoặc dấu chấm",
    ),
    (
        "EVENT_ID",
        "phải gồm 1 đến 64 ký tự ASCII, không có dấu cách",
    ),
    (
        "FILE_URL",
        "phải là địa chỉ http hoặc https, tối đa 2000 ký tự",
    ),
    ("EMAIL", "phải là địa chỉ thư điện tử, tối đa 200 ký tự"),
    (
        "PHONE",
        "phải gồm 3 đến 20 chữ số, dấu cách, +, -, dấu chấm hoặc dấu ngoặc",
    ),
    ("EMPTY_RANGE", "phải sau thời điểm bắt đầu"),
    ("DAYS_BACKWARDS", "không được trước ngày đầu"),
    (
        "REVISION",
        "phải là số thứ tự của một sự kiện, không trước sự kiện được nói đến",
    ),
    ("MUST_BE_ABSENT", "không được có ở đây"),
    ("CORRELATION_ID", "tối đa 64 ký tự"),
    (
        "CORRELATION_ID_IN_USE",
        "đang dùng cho một câu hỏi khác chưa được trả lời",
    ),
    (
        "PAGE_TOKEN",
        "phải là mã trang của trang trước, hỏi với cùng điều kiện",
    ),
    ("OPERATION_ID", "phải là mã của một tác vụ"),
    (
        "REQUEST_ID",
        "phải gồm 8 đến 64 ký tự ASCII, không có dấu cách",
    ),
    (
        "PREVIEW_TOKEN",
        "phải là mã xem trước trong 15 phút vừa qua",
    ),
    (
        "DIFFERENCE_ID",
        "phải là mã của một chênh lệch trong lần đối soát này",
    ),
    ("CLIENT_NAME", "phải là tên của một hệ thống gọi đến"),
    ("REASON", "phải có 5 đến 500 ký tự"),
    ("REPORT_ID", "phải là số của một bản lưu, ví dụ BC-000007"),
    ("CONTENT_HASH", "phải gồm 64 chữ số thập lục phân"),
    (
        "DAY",
        "phải là một ngày có thật, dạng năm-tháng-ngày (yyyy-MM-dd)",
    ),
    (
        "SERVICE_NUMBER",
        "không phải số thứ tự của dịch vụ trong danh mục",
    ),
    (
        "NAME_IN_USE",
        "trùng tên với minh chứng khác trong cùng lần gọi",
    ),
    ("PERSONAL_NUMBER", "không phải số định danh cá nhân"),
    ("OLD_ID_CARD_NUMBER", "không phải số chứng minh nhân dân"),
    ("NAME", "không phải họ và tên"),
    ("BIRTH", "không phải ngày sinh hoặc năm sinh"),
    ("AGENCY_CODE", "không phải mã định danh đơn vị"),
    ("DOSSIER_NUMBER", "không phải mã hồ sơ"),
];

#[cfg(test)]
mod tests {
    use super::{RULES, vietnamese};
    use crate::convert::InvalidField;

    #[test]
    fn every_rule_that_is_told_here_is_one_of_the_gateway_and_stands_here_once() {
        let known: Vec<&str> = [
            InvalidField::Missing,
            InvalidField::Reason,
            InvalidField::Day,
            InvalidField::DaysBackwards,
            InvalidField::ServiceNumber,
            InvalidField::ReportId,
            InvalidField::ContentHash,
            InvalidField::NameInUse,
            InvalidField::OfficerId,
            InvalidField::EventId,
            InvalidField::PageToken,
            InvalidField::NotKeptAnyMore,
        ]
        .map(|rule| rule.at("field").reason)
        .to_vec();
        for rule in known {
            assert!(vietnamese(rule).is_some(), "{rule}");
        }
        let mut names: Vec<&str> = RULES.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RULES.len());
        assert_eq!(vietnamese("NO_SUCH_RULE"), None);
    }
}
