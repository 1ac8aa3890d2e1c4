//! An operation and its items for people.

use std::fmt::Write as _;

use lienthong_proto::v1;

use crate::cli::table::Table;
use crate::cli::words::{cause, clean, moment};
use crate::lang::Lang;

/// Most failed items that a table shows.
const SHOWN: usize = 200;

/// An operation on one line.
pub(in crate::cli::sync) fn summary(operation: &v1::Operation, lang: Lang) -> String {
    let state = match operation.state() {
        v1::operation::State::Unspecified => "-",
        v1::operation::State::Running if operation.waiting => {
            lang.pick("đang chờ đến lượt", "waiting for its turn")
        }
        v1::operation::State::Running => lang.pick("đang chạy", "running"),
        v1::operation::State::Finished => lang.pick("đã xong", "finished"),
        v1::operation::State::Cancelled => lang.pick("đã dừng", "cancelled"),
        v1::operation::State::Failed => lang.pick("không chạy tiếp được", "failed"),
    };
    let kind = match operation.kind() {
        v1::operation::Kind::Unspecified => "-",
        v1::operation::Kind::Retry => lang.pick("Gửi lại", "Retry"),
        v1::operation::Kind::Reconciliation => lang.pick("Đối soát", "Reconciliation"),
        v1::operation::Kind::Repair => lang.pick("Sửa khác biệt", "Repair"),
    };
    let mut text = format!(
        "{kind} {}: {state}, {}/{} ({} {}, {} {}, {} {})",
        clean(&operation.operation_id),
        operation.done_items,
        operation.total_items,
        operation.succeeded_items,
        lang.pick("thành công", "succeeded"),
        operation.failed_items,
        lang.pick("lỗi", "failed"),
        operation.skipped_items,
        lang.pick("bỏ qua", "skipped"),
    );
    if !operation.failure_reason.is_empty() {
        text.push_str(": ");
        text.push_str(&clean(&operation.failure_reason));
    }
    text
}

/// What to do about an operation that could not go on; empty for any other.
pub(in crate::cli::sync) fn advice(operation: &v1::Operation, lang: Lang) -> String {
    let advice = lang.pick(&operation.failure_advice_vi, &operation.failure_advice_en);
    if advice.is_empty() {
        String::new()
    } else {
        format!("→ {}", clean(advice))
    }
}

/// An operation, and what to do where it failed.
pub(super) fn brief(operation: &v1::Operation, lang: Lang) -> String {
    let advice = advice(operation, lang);
    let told = summary(operation, lang);
    if advice.is_empty() {
        told
    } else {
        format!("{told}\n{advice}")
    }
}

/// An operation with who started and stopped it and why, and what to do where it failed.
pub(super) fn sheet(operation: &v1::Operation, lang: Lang) -> String {
    let mut lines = vec![summary(operation, lang)];
    let mut line = |vi, en, what: String| {
        lines.push(format!("  {:<12}{what}", lang.pick(vi, en)));
    };
    let started = by(&operation.started_by_operator, &operation.started_by_system);
    let begun = format!("{} {started}", moment(operation.started_at.as_ref()));
    line("bắt đầu", "started", begun.trim_end().to_owned());
    if !operation.reason.is_empty() {
        line("lý do", "reason", clean(&operation.reason));
    }
    if operation.ended_at.is_some() {
        let stopped = by(&operation.stopped_by_operator, &operation.stopped_by_system);
        let ended = format!("{} {stopped}", moment(operation.ended_at.as_ref()));
        line("kết thúc", "ended", ended.trim_end().to_owned());
    }
    if operation.expired {
        let gone = lang.pick(
            "chi tiết đã được xoá khi hết thời hạn lưu",
            "its details were removed when their time was over",
        );
        line("lưu ý", "note", gone.to_owned());
    }
    let advice = advice(operation, lang);
    if !advice.is_empty() {
        lines.push(advice);
    }
    lines.join("\n")
}

/// Who, and through which system.
fn by(operator: &str, system: &str) -> String {
    match (operator.is_empty(), system.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("({})", clean(system)),
        (false, true) => clean(operator),
        (false, false) => format!("{} ({})", clean(operator), clean(system)),
    }
}

fn revision(revision: i64) -> String {
    if revision > 0 {
        revision.to_string()
    } else {
        "-".to_owned()
    }
}

/// The items that failed, as a table; empty when none did.
pub(super) fn failed_items(items: &[v1::OperationItem], lang: Lang) -> String {
    let failed = || {
        items
            .iter()
            .filter(|item| item.result() == v1::operation_item::Result::ItemFailed)
    };
    let mut table = Table::new([
        lang.pick("mã hồ sơ", "dossier"),
        lang.pick("sự kiện", "event"),
        lang.pick("nguyên nhân", "cause"),
        lang.pick("lúc", "at"),
    ]);
    for item in failed().take(SHOWN) {
        table.row(&[
            item.dossier_code.clone(),
            revision(item.revision),
            cause(item.cause(), lang),
            moment(item.ended_at.as_ref()),
        ]);
    }
    if table.is_empty() {
        return String::new();
    }
    let more = failed().count().saturating_sub(SHOWN);
    let mut text = table.to_string();
    if more > 0 {
        let word = lang.pick("hồ sơ nữa (xem --output json)", "more (see --output json)");
        let _ = write!(text, "\n… {more} {word}");
    }
    let mut causes: Vec<v1::Cause> = failed().map(v1::OperationItem::cause).collect();
    causes.sort_unstable();
    causes.dedup();
    for each in causes {
        let item = failed().find(|item| item.cause() == each);
        let advice = item.map_or("", |item| lang.pick(&item.advice_vi, &item.advice_en));
        if !advice.is_empty() {
            let _ = write!(text, "\n→ {}: {}", cause(each, lang), clean(advice));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;
    use lienthong_proto::v1::operation::{Kind, State};

    use super::{failed_items, sheet, summary};
    use crate::lang::Lang;

    fn operation(state: State, failed: i64) -> v1::Operation {
        v1::Operation {
            operation_id: "r-1".to_owned(),
            kind: Kind::Retry.into(),
            state: state.into(),
            total_items: 10,
            done_items: 7,
            succeeded_items: 7 - failed,
            failed_items: failed,
            ..v1::Operation::default()
        }
    }

    #[test]
    fn an_operation_is_told_on_one_line() {
        assert_eq!(
            summary(&operation(State::Running, 2), Lang::En),
            "Retry r-1: running, 7/10 (5 succeeded, 2 failed, 0 skipped)"
        );
        let mut failed = operation(State::Failed, 0);
        failed.failure_reason = "INTERRUPTED".to_owned();
        assert_eq!(
            summary(&failed, Lang::Vi),
            "Gửi lại r-1: không chạy tiếp được, 7/10 (7 thành công, 0 lỗi, 0 bỏ qua): INTERRUPTED"
        );
    }

    #[test]
    fn who_did_what_and_why_is_told_with_what_to_do() {
        let failed = v1::Operation {
            started_at: Some(prost_types::Timestamp {
                seconds: 1_782_864_000,
                nanos: 0,
            }),
            ended_at: Some(prost_types::Timestamp {
                seconds: 1_782_864_060,
                nanos: 0,
            }),
            started_by_operator: "CB-01".to_owned(),
            started_by_system: "console".to_owned(),
            stopped_by_operator: "CB-02".to_owned(),
            reason: "Đã sửa mã".to_owned(),
            failure_advice_en: "Start it again.".to_owned(),
            ..operation(State::Cancelled, 0)
        };
        assert_eq!(
            sheet(&failed, Lang::En),
            "Retry r-1: cancelled, 7/10 (7 succeeded, 0 failed, 0 skipped)\n  \
             started     2026-07-01 07:00:00 CB-01 (console)\n  \
             reason      Đã sửa mã\n  \
             ended       2026-07-01 07:01:00 CB-02\n\
             → Start it again."
        );
    }

    #[test]
    fn an_operation_without_a_place_is_waiting() {
        let mut waiting = operation(State::Running, 0);
        waiting.waiting = true;
        let told = summary(&waiting, Lang::En);
        assert!(
            told.starts_with("Retry r-1: waiting for its turn, "),
            "{told}"
        );
    }

    #[test]
    fn only_failed_items_are_listed() {
        let item = |code: &str, result: v1::operation_item::Result| v1::OperationItem {
            dossier_code: code.to_owned(),
            result: result.into(),
            cause: v1::Cause::FieldRejected.into(),
            revision: 7,
            advice_en: "Correct the field.".to_owned(),
            ..v1::OperationItem::default()
        };
        let items = [
            item("A", v1::operation_item::Result::Succeeded),
            item("B", v1::operation_item::Result::ItemFailed),
            item("C", v1::operation_item::Result::Skipped),
        ];
        let listed = failed_items(&items, Lang::En);
        let lines: Vec<&str> = listed.lines().collect();
        let [_, failed, advice] = lines.as_slice() else {
            panic!("{listed}");
        };
        assert!(failed.starts_with('B') && failed.contains('7'), "{listed}");
        assert_eq!(*advice, "→ FIELD_REJECTED: Correct the field.");
        assert_eq!(failed_items(&items[..1], Lang::En), "");
    }
}
