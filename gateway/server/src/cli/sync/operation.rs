//! `lienthong sync follow` and `sync cancel`: work that runs in the gateway.
//!
//! What a reader would get wrong: to stop following stops nothing. The operation goes on
//! in the gateway until it is done or cancelled there.

mod shown;

use std::time::Duration;

use lienthong_proto::v1;

use super::super::failure::Failure;
use super::super::print::{Progress, complain, say, say_json};
use super::super::target::{Output, Target};
use super::super::{DONE, FAILED};
use crate::client::refusal::Refusal;
use crate::client::{Client, call};
use crate::lang::Lang;
pub(super) use shown::{advice, summary};
use shown::{brief, failed_items, sheet};

/// Pause between two looks at an operation.
const GLANCE: Duration = Duration::from_millis(500);
/// Looks without an answer before a gateway that does not answer is given up. An operation
/// outlives a restart of its gateway, and so does whoever follows it.
const UNANSWERED: u32 = 20;
/// Most items of one page, as the contract bounds it.
const PAGE: i32 = 500;

/// Follows the operation with this id and shows its result.
pub(super) async fn follow_one(target: &Target, id: String, lang: Lang) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    show_ended(&client, id, target.output, sheet, lang).await
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
        Output::Table => say(&sheet(&answer.operation.unwrap_or_default(), lang)),
    }
    Ok(DONE)
}

/// Follows an operation until it ends, and shows it with its items. Who started it is not
/// told: whoever reads this has just done it.
pub(super) async fn follow_and_show(
    client: &Client,
    id: String,
    output: Output,
    lang: Lang,
) -> Result<u8, Failure> {
    show_ended(client, id, output, brief, lang).await
}

async fn show_ended(
    client: &Client,
    id: String,
    output: Output,
    told: fn(&v1::Operation, Lang) -> String,
    lang: Lang,
) -> Result<u8, Failure> {
    let Some(ended) = follow(client, &id, lang).await? else {
        return Ok(FAILED);
    };
    let answer = with_items(client, id).await?;
    match output {
        Output::Json => say_json("GetOperationResponse", &answer)?,
        Output::Table => {
            say(&told(&ended, lang));
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
            "Công việc vẫn chạy trong cổng kết nối. Theo dõi hoặc dừng bằng:",
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

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;
    use lienthong_proto::v1::operation::{Kind, State};

    use super::exit_code;

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
}
