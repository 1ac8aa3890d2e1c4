//! Which catalogue it is, how old, and what is wrong with it; and other words of this family.

use std::fmt::Write as _;

use lienthong_proto::v1;
use lienthong_proto::v1::catalogue_list_state::List;

use super::super::services::time;
use super::super::words::{clean, length};
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
            time(state.fetched_at.as_ref(), lang),
            lang.pick("đã", "age"),
            length(state.age.as_ref(), lang),
            clean(&state.profile),
        )
    };
    if let Some(lists) = lists(state, lang) {
        let _ = write!(text, "\n{lists}");
    }
    if state.refreshing {
        let now = lang.pick("Đang lấy danh mục mới.", "A fetch is under way.");
        let _ = write!(text, "\n{now}");
    }
    tell_reasons(&mut text, &state.reasons, lang);
    text
}

/// The lists beside the procedures in one line, with the age of those that have another one.
fn lists(state: &v1::CatalogueState, lang: Lang) -> Option<String> {
    let told = state.lists.iter().map(|list| {
        let entries = entries(list, lang);
        if list.fetched_at == state.fetched_at {
            entries
        } else {
            format!("{entries} ({})", list_age(list, lang))
        }
    });
    let told: Vec<String> = told.collect();
    let with = lang.pick("Kèm theo", "With it");
    (!told.is_empty()).then(|| format!("{with}: {}", told.join("; ")))
}

fn entries(list: &v1::CatalogueListState, lang: Lang) -> String {
    let noun = match list.list() {
        List::Unspecified => lang.pick("mục", "entries"),
        List::OnlineServices => lang.pick("dịch vụ công trực tuyến", "online services"),
        List::Units => lang.pick("đơn vị", "units"),
        List::Fields => lang.pick("lĩnh vực", "fields"),
    };
    format!("{} {noun}", list.entries)
}

fn list_age(list: &v1::CatalogueListState, lang: Lang) -> String {
    if list.fetched_at.is_none() {
        return lang
            .pick("chưa rõ lúc lấy", "when it was fetched is not known")
            .to_owned();
    }
    let stale = if list.stale {
        lang.pick(", đã cũ", ", old")
    } else {
        ""
    };
    format!(
        "{} {} ({} {}){stale}",
        lang.pick("lấy lúc", "fetched"),
        time(list.fetched_at.as_ref(), lang),
        lang.pick("đã", "age"),
        length(list.age.as_ref(), lang),
    )
}

/// How old a list beside the procedures is, and a line for each thing that is wrong with it.
pub(super) fn list_standing(list: &v1::CatalogueListState, lang: Lang) -> String {
    let name = match list.list() {
        List::Unspecified => lang.pick("Danh mục", "Catalogue"),
        List::OnlineServices => lang.pick("Danh sách dịch vụ công trực tuyến", "Online services"),
        List::Units => lang.pick("Danh mục đơn vị", "Catalogue of units"),
        List::Fields => lang.pick("Danh mục lĩnh vực", "Catalogue of fields"),
    };
    let mut text = format!("{name}: {}, {}", entries(list, lang), list_age(list, lang));
    tell_reasons(&mut text, &list.reasons, lang);
    text
}

fn tell_reasons(text: &mut String, reasons: &[v1::HealthReason], lang: Lang) {
    for reason in reasons {
        let message = lang.pick(&reason.message_vi, &reason.message_en);
        let _ = write!(text, "\n! {} ({})", clean(message), clean(&reason.code));
    }
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
