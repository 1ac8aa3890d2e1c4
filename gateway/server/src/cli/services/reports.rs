//! `lienthong services reports`: kept reports, and what people do about them.
//!
//! What a reader would get wrong: the hash that an approval names is the one on the file that
//! was read, so that nobody approves what was made anew in between.

mod shown;

use clap::{Subcommand, ValueEnum};
use lienthong_proto::v1;
use lienthong_proto::v1::record_publication_request::Place as WirePlace;
use uuid::Uuid;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::target::{Output, Target};
use super::report::{Kind, Month, month};
use crate::client::{Client, call};
use crate::lang::Lang;
pub(super) use shown::stage;
use shown::{sheet, stands};

/// Arguments of `services reports`.
#[derive(Debug, clap::Args)]
pub(super) struct ReportsArguments {
    #[command(subcommand)]
    command: ReportsCommand,
}

#[derive(Debug, Subcommand)]
enum ReportsCommand {
    /// Kept reports, the newest first, with what was done about them.
    List(ListArguments),
    /// Duyệt: records that a kept list of late units was read and approved.
    Approve(ApproveArguments),
    /// Công khai: records where and when an approved list was published.
    Publish(PublishArguments),
    /// Thu hồi: takes a list back, with the reason; a corrected one is a report of its own.
    Withdraw(WithdrawArguments),
}

/// Arguments of `services reports list`.
#[derive(Debug, clap::Args)]
struct ListArguments {
    /// Of this kind only.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Mã đơn vị: for exactly this agency.
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
    /// About exactly this month, yyyy-MM.
    #[arg(long, value_name = "MONTH", value_parser = month)]
    month: Option<Month>,
    /// Most reports shown.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i32).range(1..=500))]
    limit: i32,
}

/// Arguments of `services reports approve`.
#[derive(Debug, clap::Args)]
struct ApproveArguments {
    /// Id of the kept report, such as BC-000007.
    id: String,
    /// Hash of the content that was read, as it stands on the file.
    #[arg(long, value_name = "HASH")]
    sha256: String,
    /// Mã cán bộ: who approves; recorded.
    #[arg(long, env = "LIENTHONG_OPERATOR", hide_env_values = true)]
    operator: String,
}

/// Arguments of `services reports publish`.
#[derive(Debug, clap::Args)]
struct PublishArguments {
    /// Id of the kept report, such as BC-000007.
    id: String,
    /// Where it was published.
    #[arg(long, value_enum)]
    place: Place,
    /// Address of the page, or the place where it hangs.
    #[arg(long)]
    address: String,
    /// Ngày công khai, yyyy-MM-dd.
    #[arg(long, value_name = "DAY")]
    on: String,
    /// Mã cán bộ: who records it; recorded.
    #[arg(long, env = "LIENTHONG_OPERATOR", hide_env_values = true)]
    operator: String,
}

/// Arguments of `services reports withdraw`.
#[derive(Debug, clap::Args)]
struct WithdrawArguments {
    /// Id of the kept report, such as BC-000007.
    id: String,
    /// Lý do: why, 5 to 500 characters; it stands on the list from then on.
    #[arg(long)]
    reason: String,
    /// Mã cán bộ: who withdraws it; recorded.
    #[arg(long, env = "LIENTHONG_OPERATOR", hide_env_values = true)]
    operator: String,
}

/// Where a list is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Place {
    /// Trong cơ quan, đơn vị.
    Inside,
    /// Trên trang thông tin điện tử.
    Website,
}

/// Runs a command of this family.
pub(super) async fn run(
    target: &Target,
    arguments: ReportsArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    match arguments.command {
        ReportsCommand::List(asked) => list(target, &client, asked, lang).await?,
        ReportsCommand::Approve(asked) => approve(target, &client, asked, lang).await?,
        ReportsCommand::Publish(asked) => publish(target, &client, asked, lang).await?,
        ReportsCommand::Withdraw(asked) => withdraw(target, &client, asked, lang).await?,
    }
    Ok(DONE)
}

async fn list(
    target: &Target,
    client: &Client,
    asked: ListArguments,
    lang: Lang,
) -> Result<(), Failure> {
    let request = v1::ListReportsRequest {
        kind: asked.kind.map_or(0, |kind| kind.wire().into()),
        unit_code: asked.unit.unwrap_or_default(),
        window: asked.month.map(Month::window),
        page_size: asked.limit,
        page_token: String::new(),
    };
    let answer = client.services().list_reports(call(request)).await?;
    let answer = answer.into_inner();
    match target.output {
        Output::Json => say_json("ListReportsResponse", &answer)?,
        Output::Table => say(&sheet(&answer, lang)),
    }
    Ok(())
}

async fn approve(
    target: &Target,
    client: &Client,
    asked: ApproveArguments,
    lang: Lang,
) -> Result<(), Failure> {
    let request = v1::ApproveReportRequest {
        report_id: asked.id,
        content_sha256: asked.sha256,
        operator_id: asked.operator,
        event_id: event(),
    };
    let answer = client.services().approve_report(call(request)).await?;
    let answer = answer.into_inner();
    match target.output {
        Output::Json => say_json("ApproveReportResponse", &answer)?,
        Output::Table => say(&stands(answer.report.as_ref(), lang)),
    }
    Ok(())
}

async fn publish(
    target: &Target,
    client: &Client,
    asked: PublishArguments,
    lang: Lang,
) -> Result<(), Failure> {
    let place = match asked.place {
        Place::Inside => WirePlace::Inside,
        Place::Website => WirePlace::Website,
    };
    let request = v1::RecordPublicationRequest {
        report_id: asked.id,
        place: place.into(),
        address: asked.address,
        published_on: asked.on,
        operator_id: asked.operator,
        event_id: event(),
    };
    let answer = client.services().record_publication(call(request)).await?;
    let answer = answer.into_inner();
    match target.output {
        Output::Json => say_json("RecordPublicationResponse", &answer)?,
        Output::Table => say(&stands(answer.report.as_ref(), lang)),
    }
    Ok(())
}

async fn withdraw(
    target: &Target,
    client: &Client,
    asked: WithdrawArguments,
    lang: Lang,
) -> Result<(), Failure> {
    let request = v1::WithdrawReportRequest {
        report_id: asked.id,
        reason: asked.reason,
        operator_id: asked.operator,
        event_id: event(),
    };
    let answer = client.services().withdraw_report(call(request)).await?;
    let answer = answer.into_inner();
    match target.output {
        Output::Json => say_json("WithdrawReportResponse", &answer)?,
        Output::Table => say(&stands(answer.report.as_ref(), lang)),
    }
    Ok(())
}

/// A name for one call: this command tries none twice.
fn event() -> String {
    Uuid::now_v7().to_string()
}
