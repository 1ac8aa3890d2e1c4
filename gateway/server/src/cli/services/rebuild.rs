//! `lienthong services rebuild`: the observations anew, through the running gateway.
//!
//! What a reader would get wrong: nothing is removed. What is kept of events and look-ups is
//! read again from the beginning; what retention has removed there stays as it is here.

use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::target::{Output, Target};
use super::super::words::moment;
use crate::client::call;
use crate::lang::Lang;

/// Arguments of `services rebuild`.
#[derive(Debug, clap::Args)]
pub(super) struct RebuildArguments {
    /// Mã cán bộ: who asks for it. No log has it.
    #[arg(long, env = "LIENTHONG_OPERATOR", hide_env_values = true)]
    operator: String,
    /// Lý do: why, 5 to 500 characters. No log has its words.
    #[arg(long)]
    reason: String,
}

/// Asks the gateway to begin anew.
pub(super) async fn run(
    target: &Target,
    arguments: RebuildArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let request = v1::RebuildObservationsRequest {
        operator_id: arguments.operator,
        reason: arguments.reason,
    };
    let client = target.connect(lang).await?;
    let answer = client
        .services()
        .rebuild_observations(call(request))
        .await?
        .into_inner();
    match target.output {
        Output::Json => say_json("RebuildObservationsResponse", &answer)?,
        Output::Table => say(&format!(
            "✔ {} ({})",
            lang.pick(
                "Gateway đang đọc lại toàn bộ sự kiện và lượt tra cứu còn lưu",
                "The gateway reads again all events and look-ups that are still kept"
            ),
            moment(answer.started_at.as_ref())
        )),
    }
    Ok(DONE)
}
