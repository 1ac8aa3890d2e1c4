//! Which catalogue it is, how old, and what is wrong with it; and other words of this family.

use std::fmt::Write as _;

use lienthong_proto::v1;

use super::super::words::{clean, length, moment};
use crate::lang::Lang;

/// Digits of a version that are shown; enough to tell two apart.
const SHOWN: usize = 12;

/// The catalogue in one line, and a line for each thing that is wrong with it.
pub(super) fn standing(state: &v1::CatalogueState, lang: Lang) -> String {
    let mut text = if state.version.is_empty() {
        lang.pick("Chưa có danh mục thủ tục.", "There is no catalogue yet.")
            .to_owned()
    } else {
        format!(
            "{}: {} {}, {} {}, {} {} ({} {}), {}",
            lang.pick("Danh mục thủ tục", "Procedure catalogue"),
            state.procedures,
            lang.pick("thủ tục", "procedures"),
            lang.pick("phiên bản", "version"),
            version(&state.version),
            lang.pick("lấy lúc", "fetched"),
            moment(state.fetched_at.as_ref()),
            lang.pick("đã", "age"),
            length(state.age.as_ref(), lang),
            clean(&state.profile),
        )
    };
    if state.refreshing {
        let now = lang.pick("Đang lấy danh mục mới.", "A fetch is under way.");
        let _ = write!(text, "\n{now}");
    }
    for reason in &state.reasons {
        let message = lang.pick(&reason.message_vi, &reason.message_en);
        let _ = write!(text, "\n! {} ({})", clean(message), clean(&reason.code));
    }
    text
}

/// The beginning of a version.
pub(super) fn version(version: &str) -> String {
    clean(version).chars().take(SHOWN).collect()
}

/// Cấp thực hiện; `-` where none is known.
pub(super) fn levels(summary: &v1::ProcedureSummary, lang: Lang) -> String {
    let levels: Vec<&str> = summary.levels().map(|it| level(it, lang)).collect();
    if levels.is_empty() {
        "-".to_owned()
    } else {
        levels.join(", ")
    }
}

fn level(level: v1::ImplementationLevel, lang: Lang) -> &'static str {
    match level {
        v1::ImplementationLevel::Unspecified => lang.pick("không rõ", "unknown"),
        v1::ImplementationLevel::Ministry => lang.pick("bộ", "ministry"),
        v1::ImplementationLevel::Province => lang.pick("tỉnh", "province"),
        v1::ImplementationLevel::District => lang.pick("huyện", "district"),
        v1::ImplementationLevel::Commune => lang.pick("xã", "commune"),
    }
}
