//! `lienthong sync retry`: refused and dead events once more, as an operator decides.
//!
//! What a reader would get wrong: what starts is what the preview showed, by its token; a
//! dossier that changed between the two is skipped by the gateway.

use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{ask, can_ask, complain, say, say_json};
use super::super::target::{Output, Target};
use super::super::words::length;
use super::failures;
use super::filter::Filter;
use super::operation::{follow_and_show, goes_on, summary};
use super::order;
use crate::client::call;
use crate::lang::Lang;

/// Arguments of `sync retry`.
#[derive(Debug, clap::Args)]
pub(super) struct RetryArguments {
    #[command(flatten)]
    filter: Filter,
    /// Lý do: why, 5 to 500 characters; recorded.
    #[arg(long, required_unless_present = "preview")]
    reason: Option<String>,
    /// Mã cán bộ: who starts it; recorded.
    #[arg(
        long,
        env = "LIENTHONG_OPERATOR",
        hide_env_values = true,
        required_unless_present = "preview"
    )]
    operator: Option<String>,
    /// Most events a minute; the gateway's configured bound unless given.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..1_000_000))]
    per_minute: Option<u32>,
    /// Shows what would be done, and does nothing.
    #[arg(long)]
    preview: bool,
    /// Starts without asking.
    #[arg(long)]
    yes: bool,
    /// Starts it and does not wait for its end.
    #[arg(long, conflicts_with = "preview")]
    detach: bool,
}

/// Shows, asks, starts and follows.
pub(super) async fn run(
    target: &Target,
    arguments: RetryArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let (reason, operator) = (arguments.reason.as_deref(), arguments.operator.as_deref());
    order::check(reason, operator, lang)?;
    let client = target.connect(lang).await?;
    let mut sync = client.sync();
    let request = v1::PreviewRetryRequest {
        filter: Some(arguments.filter.into_message()),
        events_per_minute: per_minute(arguments.per_minute),
    };
    let preview = sync.preview_retry(call(request)).await?.into_inner();
    if target.output == Output::Table {
        say(&sheet(&preview, lang));
    } else if arguments.preview {
        say_json("PreviewRetryResponse", &preview)?;
    }
    if arguments.preview {
        return Ok(DONE);
    }
    if preview.dossiers == 0 {
        if target.output == Output::Json {
            say_json("PreviewRetryResponse", &preview)?;
        }
        return Ok(DONE);
    }
    if !arguments.yes && !confirmed(lang).await? {
        return Ok(DONE);
    }
    let request = v1::StartRetryRequest {
        preview_token: preview.preview_token,
        reason: arguments.reason.unwrap_or_default(),
        operator_id: arguments.operator.unwrap_or_default(),
    };
    let started = sync.start_retry(call(request)).await?.into_inner();
    let operation = started.operation.clone().unwrap_or_default();
    if arguments.detach {
        match target.output {
            Output::Json => say_json("StartRetryResponse", &started)?,
            Output::Table => {
                say(&summary(&operation, lang));
                say(&goes_on(&operation.operation_id, lang));
            }
        }
        return Ok(DONE);
    }
    follow_and_show(&client, operation.operation_id, target.output, lang).await
}

/// A rate as the contract carries it; zero leaves it to the gateway.
pub(super) fn per_minute(rate: Option<u32>) -> i32 {
    rate.and_then(|rate| i32::try_from(rate).ok()).unwrap_or(0)
}

/// Whether the operator says yes; without one there, `--yes` has to be given.
pub(super) async fn confirmed(lang: Lang) -> Result<bool, Failure> {
    if !can_ask() {
        return Err(nobody_to_ask(lang));
    }
    let question = lang.pick("Thực hiện? [c/K]", "Do it? [y/N]").to_owned();
    let yes = ask(question).await;
    if !yes {
        complain(lang.pick("Không thực hiện gì.", "Nothing was done."));
    }
    Ok(yes)
}

/// What is said where a yes is needed and nobody can give it.
pub(super) fn nobody_to_ask(lang: Lang) -> Failure {
    Failure::usage(lang.pick(
        "Không có ai để hỏi; thêm --yes nếu đúng là muốn thực hiện.",
        "There is nobody to ask; add --yes to do it.",
    ))
}

fn sheet(preview: &v1::PreviewRetryResponse, lang: Lang) -> String {
    if preview.dossiers == 0 {
        return format!(
            "{} ({} {})\n{}",
            lang.pick(
                "Không có hồ sơ nào cần gửi lại.",
                "There is nothing to send again."
            ),
            preview.untouched_dossiers,
            lang.pick(
                "hồ sơ đã chọn không cần động đến",
                "chosen dossiers are left alone"
            ),
            lang.pick(
                "→ Chỉ hồ sơ REFUSED và DEAD được gửi lại; hồ sơ CANNOT_BE_ASKED thì kiểm tra trên \
                 cổng rồi dùng `lienthong sync resolve`.",
                "→ Only REFUSED and DEAD dossiers are brought back; for those that are \
                 CANNOT_BE_ASKED look at the portal, then use `lienthong sync resolve`."
            ),
        );
    }
    let line = |vi, en, what: String| format!("{:<32}{what}", lang.pick(vi, en));
    let mut lines = vec![
        line(
            "Hồ sơ sẽ gửi lại",
            "Dossiers to be tried again",
            preview.dossiers.to_string(),
        ),
        line(
            "Sự kiện sẽ gửi lại",
            "Events to be tried again",
            preview.events.to_string(),
        ),
        line(
            "Sự kiện chờ phía sau",
            "Events that follow them",
            preview.blocked_events.to_string(),
        ),
        line(
            "Hồ sơ không động đến",
            "Dossiers left alone",
            preview.untouched_dossiers.to_string(),
        ),
        line(
            "Tốc độ (sự kiện/phút)",
            "Rate (events a minute)",
            preview.events_per_minute.to_string(),
        ),
        line(
            "Thời gian dự kiến",
            "Expected duration",
            length(preview.estimated_duration.as_ref(), lang),
        ),
    ];
    if !preview.groups.is_empty() {
        lines.push(String::new());
        lines.push(failures::sheet(&preview.groups, lang));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;

    use super::{per_minute, sheet};
    use crate::lang::Lang;

    #[test]
    fn a_preview_tells_how_many_why_and_how_long() {
        let preview = v1::PreviewRetryResponse {
            dossiers: 12,
            events: 12,
            blocked_events: 5,
            groups: vec![v1::FailureGroup {
                cause: v1::Cause::FileUnreachable.into(),
                upstream_code: "-1".to_owned(),
                dossiers: 12,
                events: 12,
                blocked_events: 5,
                advice_en: "Check its address from outside.".to_owned(),
                retry_may_help: true,
                ..v1::FailureGroup::default()
            }],
            untouched_dossiers: 3,
            events_per_minute: 6,
            estimated_duration: Some(prost_types::Duration {
                seconds: 120,
                nanos: 0,
            }),
            preview_token: "token".to_owned(),
        };
        insta::assert_snapshot!(sheet(&preview, Lang::En));
        let nothing = v1::PreviewRetryResponse {
            untouched_dossiers: 3,
            ..v1::PreviewRetryResponse::default()
        };
        let told = sheet(&nothing, Lang::En);
        let first = "There is nothing to send again. (3 chosen dossiers are left alone)\n";
        assert!(told.starts_with(first), "{told}");
        assert!(told.contains("`lienthong sync resolve`"), "{told}");
    }

    #[test]
    fn a_rate_that_is_not_given_is_left_to_the_gateway() {
        assert_eq!(per_minute(None), 0);
        assert_eq!(per_minute(Some(60)), 60);
    }
}
