//! What is said of each kind of store, and what is to be done once one was put back.

use lienthong_adapters::store::StoreKind;

use super::super::print::{complain, say};
use crate::lang::Lang;

/// Its name for programs.
pub(super) fn name(kind: StoreKind) -> &'static str {
    match kind {
        StoreKind::Outbox => "outbox",
        StoreKind::Audit => "audit",
        StoreKind::Register => "register",
        StoreKind::Catalogue => "catalogue",
        StoreKind::Observations => "observations",
    }
}

/// Its name for people.
pub(super) fn word(kind: StoreKind, lang: Lang) -> &'static str {
    match kind {
        StoreKind::Outbox => lang.pick("hồ sơ chờ đồng bộ", "outbox"),
        StoreKind::Audit => lang.pick("nhật ký tra cứu", "record of look-ups"),
        StoreKind::Register => lang.pick(
            "sổ minh chứng và báo cáo",
            "register of evidence and reports",
        ),
        StoreKind::Catalogue => lang.pick(
            "danh mục thủ tục và lịch sử thay đổi",
            "procedure catalogue and its changes",
        ),
        StoreKind::Observations => lang.pick("số liệu quan sát hồ sơ", "facts of dossiers"),
    }
}

/// Says what somebody has to do after a file of this kind was put back.
pub(super) fn say_what_follows(kind: StoreKind, questions: u64, lang: Lang) {
    match kind {
        StoreKind::Register => complain(lang.pick(
            "    → Minh chứng và báo cáo ghi sau thời điểm mới nhất ở trên không có trong bản sao: nhập lại tệp minh chứng.",
            "    → Evidence and reports recorded after the newest moment above are not in the copy: import the files again.",
        )),
        StoreKind::Catalogue => complain(lang.pick(
            "    → Thay đổi của danh mục sau thời điểm mới nhất ở trên không có trong bản sao: chạy `lienthong catalogue refresh`; chúng sẽ được ghi lại vào ngày lấy đó.",
            "    → Changes of the catalogue after the newest moment above are not in the copy: run `lienthong catalogue refresh`; they will be told with the day of that fetch.",
        )),
        StoreKind::Observations => complain(lang.pick(
            "    → Sự kiện và lượt tra cứu có sau bản sao sẽ tự được tổng hợp lại khi cổng kết nối chạy, nếu vẫn còn trong outbox và nhật ký.",
            "    → Events and look-ups that came after the copy are folded in by themselves once the gateway runs, as far as outbox and record still hold them.",
        )),
        StoreKind::Outbox | StoreKind::Audit => {
            let word = lang.pick(
                "sự kiện sẽ được hỏi cổng trước khi gửi",
                "events are asked about before they are sent",
            );
            say(&format!("{questions} {word}"));
            complain(lang.pick(
                "    → Sự kiện nhận sau thời điểm mới nhất ở trên không có trong bản sao: để hệ thống một cửa gửi lại.",
                "    → What was taken after the newest moment above is not in the copy: let the procedure systems send it again.",
            ));
        }
    }
}
