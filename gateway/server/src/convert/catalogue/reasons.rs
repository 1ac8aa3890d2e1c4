//! What is wrong with the catalogue, in words and with what to do about it.

use jiff::Timestamp;
use lienthong_core::catalogue::{NotTakenSide, SideList, UnlistedCode};
use lienthong_core::wire_time::viet_nam;
use lienthong_proto::v1;

use crate::catalogue::{KeptSide, Trouble};

/// How a cut list beside the procedures is taken.
const TAKE_VI: &str = "nếu trên Cổng đúng như vậy, làm mới với --accept-shrink";
const TAKE_EN: &str = "where the portal is right, refresh with --accept-shrink";

/// A trouble in the words of the contract.
pub(super) fn reason(trouble: &Trouble) -> v1::HealthReason {
    let (code, message_vi, message_en) = match trouble {
        Trouble::Missing => (
            "CATALOGUE_MISSING",
            "Chưa lấy được danh mục thủ tục nào từ Cổng DVCQG.".to_owned(),
            "No procedure catalogue was fetched from the portal yet.".to_owned(),
        ),
        Trouble::Stale { fetched_at } => (
            "CATALOGUE_STALE",
            format!("Danh mục thủ tục đã cũ: lấy lúc {}.", local(*fetched_at)),
            format!(
                "The procedure catalogue is old: fetched {}.",
                local(*fetched_at)
            ),
        ),
        Trouble::Shrunk(loss) => (
            "CATALOGUE_SHRUNK",
            format!(
                "Danh mục mới mất {} trong {} thủ tục nên không được nhận; vẫn giữ danh mục cũ. \
                 Kiểm tra trên Cổng DVCQG; nếu đúng, làm mới với --accept-shrink.",
                loss.lost, loss.held
            ),
            format!(
                "The new catalogue has lost {} of {} procedures and is refused; the old one \
                 stays. Look at the portal; if it is right, refresh with --accept-shrink.",
                loss.lost, loss.held
            ),
        ),
        Trouble::Empty => (
            "CATALOGUE_EMPTY",
            "Danh mục mới trống nên không được nhận; vẫn giữ danh mục cũ.".to_owned(),
            "The new catalogue lists nothing and is refused; the old one stays.".to_owned(),
        ),
        Trouble::Failed { reason } => (
            "FETCH_FAILED",
            format!(
                "Lần lấy danh mục gần nhất không thành công; vẫn giữ danh mục cũ. Chi tiết kỹ thuật: \
                 {reason}."
            ),
            format!("The last fetch failed; what is held stays. Why: {reason}."),
        ),
        Trouble::Side(kept) => side(kept),
        Trouble::NotListed(codes) => not_listed(codes),
    };
    v1::HealthReason {
        code: code.to_owned(),
        message_vi,
        message_en,
    }
}

fn side(kept: &KeptSide) -> (&'static str, String, String) {
    let list = kept.list;
    let vi = match list {
        SideList::OnlineServices => "Danh sách dịch vụ công trực tuyến",
        SideList::Units => "Danh mục đơn vị",
        SideList::Fields => "Danh mục lĩnh vực",
    };
    let (why_vi, why_en) = match &kept.why {
        NotTakenSide::Failed { reason } => (
            format!("không lấy được (chi tiết kỹ thuật: {reason})"),
            format!("did not come ({reason})"),
        ),
        NotTakenSide::Empty => (
            "lấy về trống nên không được nhận".to_owned(),
            "came empty and is refused".to_owned(),
        ),
        // Of a list that is not empty only the levels can be lost altogether.
        NotTakenSide::Shrunk(loss) if loss.offered == 0 => (
            format!(
                "mới không còn mức độ nào (đang giữ {} dịch vụ có mức độ) nên không được nhận; \
                 {TAKE_VI}",
                loss.held
            ),
            format!(
                "came without any level ({} services have one now) and is refused; {TAKE_EN}",
                loss.held
            ),
        ),
        NotTakenSide::Shrunk(loss) => (
            format!(
                "mới mất {} trong {} mục nên không được nhận; {TAKE_VI}",
                loss.lost, loss.held
            ),
            format!(
                "came without {} of {} entries and is refused; {TAKE_EN}",
                loss.lost, loss.held
            ),
        ),
    };
    let (stale_vi, stale_en) = if kept.is_stale {
        (", đã cũ", ", which is old")
    } else {
        ("", "")
    };
    let (held_vi, held_en) = match kept.fetched_at {
        Some(at) => (
            format!("vẫn giữ bản lấy lúc {}{stale_vi}", local(at)),
            format!("that of {} stays{stale_en}", local(at)),
        ),
        None => (
            "chưa biết lúc lấy bản đang giữ".to_owned(),
            "when what is held was fetched is not known".to_owned(),
        ),
    };
    (
        "CATALOGUE_PART_KEPT",
        format!("{vi} {why_vi}; {held_vi}."),
        format!("Of the catalogue, {list} {why_en}; {held_en}."),
    )
}

fn not_listed(codes: &[UnlistedCode]) -> (&'static str, String, String) {
    let of = |word: &str| {
        let codes = codes.iter();
        let codes: Vec<String> = codes
            .map(|it| format!("{} ({word} {})", it.code, it.service))
            .collect();
        codes.join(", ")
    };
    (
        "SERVICE_CODE_NOT_LISTED",
        format!(
            "Danh mục không có mã của dịch vụ công thiết yếu: {}. Tìm quyết định công bố, rồi cập \
             nhật danh sách dịch vụ.",
            of("dịch vụ số")
        ),
        format!(
            "The catalogue does not list codes of essential services: {}. Look for the decision, \
             then bring the list of services up to date.",
            of("service")
        ),
    )
}

fn local(moment: Timestamp) -> String {
    let local = moment.to_zoned(viet_nam());
    local.strftime("%H:%M %d/%m/%Y").to_string()
}
