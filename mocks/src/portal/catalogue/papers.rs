//! What the invented procedures ask for, take and give, with the oddities of the real ones.

use serde_json::{Value, json};

/// `CACHTHUCTHUCHIEN`: handed in at the counter and online; in turn with the time as a text
/// and as a number, and with a fee, one without an amount, and none at all.
pub(super) fn ways(index: usize) -> Value {
    let days = 1 + index % 15;
    let time = match index % 4 {
        0 => json!(days),
        1 => json!("Trong ngày làm việc"),
        _ => json!(days.to_string()),
    };
    let fees = match index % 3 {
        0 => {
            json!([{"MAPHILEPHI": format!("PLP{:02}", index % 90), "SOTIEN": (5_000 * days).to_string(),
                     "DONVI": "Đồng", "MOTA": "", "TENTEP": "", "URL": ""}])
        }
        1 => json!([{"MAPHILEPHI": "", "SOTIEN": "", "DONVI": "",
                     "MOTA": "Theo nghị quyết của Hội đồng nhân dân tỉnh"}]),
        _ => json!([]),
    };
    let limit = |fees: Value| json!([{"THOIGIANGIAIQUYET": time, "DONVITINH": "Ngày làm việc", "MOTA": "", "PHILEPHI": fees}]);
    let mut ways = vec![json!({"KENH": "1", "THOIGIAN": limit(fees.clone())})];
    if index % 5 != 4 {
        ways.push(json!({"KENH": 2, "THOIGIAN": limit(fees)}));
    }
    if index.is_multiple_of(2) {
        ways.push(json!({"KENH": "3", "THOIGIAN": []}));
    }
    Value::Array(ways)
}

/// `THANHPHANHOSO`: a form in two files, which the source repeats as two papers, and a paper
/// that is asked for in two cases; null of some procedures.
pub(super) fn papers(index: usize, ministry: &str) -> Value {
    if index % 17 == 16 {
        return Value::Null;
    }
    let code = |number: usize| format!("000.00.00.{ministry}-KQ{:06}", 1000 + 3 * index + number);
    let form = |file: &str| {
        json!({"MAGIAYTO": code(0), "TENGIAYTO": "Tờ khai theo mẫu", "SOBANCHINH": "1", "SOBANSAO": 0,
               "TENMAUDON": file, "URL": format!("https://mau.invalid/{index}/{file}"), "MA_KQ_THAYTHE": ""})
    };
    let proof = json!({"MAGIAYTO": code(1), "TENGIAYTO": "Giấy tờ chứng minh thông tin về cư trú",
                       "SOBANCHINH": "", "SOBANSAO": "1", "TENMAUDON": "", "URL": "",
                       "MA_KQ_THAYTHE": "KQ.G01.000001"});
    json!([
        {"TRUONGHOP": "", "GIAYTO": [form("mau.docx"), form("mau.pdf")]},
        {"TRUONGHOP": "Người nộp là cá nhân", "GIAYTO": [proof]},
        {"TRUONGHOP": "Người nộp là người đại diện", "GIAYTO": [proof,
            {"MAGIAYTO": code(2), "TENGIAYTO": "Văn bản ủy quyền", "SOBANCHINH": 1, "SOBANSAO": "0"}]},
    ])
}

/// `TRINHTUTHUCHIEN`.
pub(super) fn steps() -> Value {
    json!([{"TRUONGHOP": "", "TRINHTU": [
        {"TENTRINHTU": "Tổ chức, cá nhân nộp hồ sơ tại Bộ phận Một cửa hoặc trực tuyến."},
        {"TENTRINHTU": "Cán bộ tiếp nhận kiểm tra hồ sơ và khai thác cơ sở dữ liệu."},
        {"TENTRINHTU": "Cơ quan có thẩm quyền giải quyết và trả kết quả."},
    ]}])
}

/// `CANCUPHAPLY`, with a day in each of the two forms that are seen.
pub(super) fn legal_bases(index: usize) -> Value {
    let issued = if index.is_multiple_of(2) {
        "09/06/2025"
    } else {
        "2025-06-09"
    };
    json!([{"SOVANBAN": "118/2025/NĐ-CP",
            "TENVANBAN": "Nghị định về thực hiện thủ tục hành chính theo cơ chế một cửa",
            "NGAYBANHANH": issued, "NGAYHIEULUC": "01/07/2025", "COQUANBANHANH": "Chính phủ",
            "DIACHITRUYCAP": ""}])
}
