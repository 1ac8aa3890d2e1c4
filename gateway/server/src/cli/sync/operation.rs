//! `lienthong sync follow` and `sync cancel`: work that runs in the gateway.
//!
//! What a reader would get wrong: to stop following stops nothing. The operation goes on
//! in the gateway until it is done or cancelled there.

use std::fmt::Write as _;
use std::time::Duration;

use lienthong_proto::v1;

use super::super::failure::Failure;
use super::super::print::{Progress, complain, say, say_json};
use super::super::table::Table;
use super::super::target::{Output, Target};
use super::super::words::{cause, clean, moment, or_dash};
use super::super::{DONE, FAILED};
use crate::client::refusal::Refusal;
use crate::client::{Client, call};
use crate::lang::Lang;

/// Pause between two looks at an operation.
const GLANCE: Duration = Duration::from_millis(500);
/// Looks without an answer before a gateway that does not answer is given up. An operation
/// outlives a restart of its gateway, and so does whoever follows it.
const UNANSWERED: u32 = 20;
/// Most items of one page, as the contract bounds it.
const PAGE: i32 = 500;
/// Most failed items that a table shows.
const SHOWN: usize = 200;

/// Follows the operation with this id and shows its result.
pub(super) async fn follow_one(target: &Target, id: String, lang: Lang) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    follow_and_show(&client, id, target.output, lang).await
}

/// Stops the operation with this id.
pub(super) async fn cancel(
    target: &Target,
    operation_id: String,
    operator_id: String,
    lang: Lang,
) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    let request = v1::CancelOperationRequest {
        operation_id,
        operator_id,
    };
    let mut sync = client.sync();
    let answer = sync.cancel_operation(call(request)).await?.into_inner();
    match target.output {
        Output::Json => say_json("CancelOperationResponse", &answer)?,
        Output::Table => say(&summary(&answer.operation.unwrap_or_default(), lang)),
    }
    Ok(DONE)
}

/// Follows an operation until it ends, and shows it with its items.
pub(super) async fn follow_and_show(
    client: &Client,
    id: String,
    output: Output,
    lang: Lang,
) -> Result<u8, Failure> {
    let Some(ended) = follow(client, &id, lang).await? else {
        return Ok(FAILED);
    };
    let answer = with_items(client, id).await?;
    match output {
        Output::Json => say_json("GetOperationResponse", &answer)?,
        Output::Table => {
            say(&summary(&ended, lang));
            let failed = failed_items(&answer.items, lang);
            if !failed.is_empty() {
                say(&failed);
            }
        }
    }
    Ok(exit_code(&ended))
}

/// 0 when everything that was touched succeeded.
pub(super) fn exit_code(operation: &v1::Operation) -> u8 {
    let finished = operation.state() == v1::operation::State::Finished;
    if finished && operation.failed_items == 0 {
        DONE
    } else {
        FAILED
    }
}

/// Looks at an operation until it ends; `None` when the user had enough of it.
pub(super) async fn follow(
    client: &Client,
    id: &str,
    lang: Lang,
) -> Result<Option<v1::Operation>, Failure> {
    let mut progress = Progress::new();
    let mut sync = client.sync();
    let mut unanswered = 0;
    loop {
        let request = v1::GetOperationRequest {
            operation_id: id.to_owned(),
            ..v1::GetOperationRequest::default()
        };
        match sync.get_operation(call(request)).await {
            Ok(answer) => {
                unanswered = 0;
                let operation = answer.into_inner().operation.unwrap_or_default();
                if !is_under_way(&operation) {
                    return Ok(Some(operation));
                }
                progress.show(&summary(&operation, lang));
            }
            Err(status) if unanswered < UNANSWERED && Refusal::from(&status).is_outage() => {
                unanswered += 1;
            }
            Err(status) => return Err(status.into()),
        }
        tokio::select! {
            () = tokio::time::sleep(GLANCE) => {}
            _ = tokio::signal::ctrl_c() => {
                progress.clear();
                complain(&goes_on(id, lang));
                return Ok(None);
            }
        }
    }
}

/// How to come back to an operation.
pub(super) fn goes_on(id: &str, lang: Lang) -> String {
    format!(
        "{}\n    lienthong sync follow {id}\n    lienthong sync cancel {id} --operator …",
        lang.pick(
            "Công việc vẫn chạy trong gateway. Theo dõi hoặc dừng bằng:",
            "It goes on in the gateway. Follow or stop it with:",
        )
    )
}

/// States that an operation leaves by itself. A state that this program does not know is
/// the end of following, so that it never follows for ever.
fn is_under_way(operation: &v1::Operation) -> bool {
    match operation.state() {
        v1::operation::State::Running => true,
        v1::operation::State::Unspecified
        | v1::operation::State::Finished
        | v1::operation::State::Cancelled
        | v1::operation::State::Failed => false,
    }
}

async fn with_items(client: &Client, id: String) -> Result<v1::GetOperationResponse, Failure> {
    let mut sync = client.sync();
    let mut whole = v1::GetOperationResponse::default();
    loop {
        let request = v1::GetOperationRequest {
            operation_id: id.clone(),
            page_size: PAGE,
            page_token: std::mem::take(&mut whole.next_page_token),
        };
        let page = sync.get_operation(call(request)).await?.into_inner();
        whole.operation = page.operation;
        whole.items.extend(page.items);
        whole.next_page_token = page.next_page_token;
        if whole.next_page_token.is_empty() {
            return Ok(whole);
        }
    }
}

/// An operation on one line.
pub(super) fn summary(operation: &v1::Operation, lang: Lang) -> String {
    let state = match operation.state() {
        v1::operation::State::Unspecified => "-",
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

/// The items that failed, as a table; empty when none did.
fn failed_items(items: &[v1::OperationItem], lang: Lang) -> String {
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
            or_dash(&item.event_id),
            cause(item.cause()),
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
    text
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;
    use lienthong_proto::v1::operation::{Kind, State};

    use super::{exit_code, failed_items, summary};
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
    fn only_a_finished_operation_without_failures_ends_well() {
        assert_eq!(exit_code(&operation(State::Finished, 0)), 0);
        assert_eq!(exit_code(&operation(State::Finished, 1)), 1);
        assert_eq!(exit_code(&operation(State::Cancelled, 0)), 1);
        assert_eq!(exit_code(&operation(State::Failed, 0)), 1);
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
    fn only_failed_items_are_listed() {
        let item = |code: &str, result: v1::operation_item::Result| v1::OperationItem {
            dossier_code: code.to_owned(),
            result: result.into(),
            cause: v1::Cause::FieldRejected.into(),
            ..v1::OperationItem::default()
        };
        let items = [
            item("A", v1::operation_item::Result::Succeeded),
            item("B", v1::operation_item::Result::ItemFailed),
            item("C", v1::operation_item::Result::Skipped),
        ];
        let listed = failed_items(&items, Lang::En);
        assert_eq!(listed.lines().count(), 2, "{listed}");
        assert!(listed.contains('B') && listed.contains("FIELD_REJECTED"));
        assert_eq!(failed_items(&items[..1], Lang::En), "");
    }
}
