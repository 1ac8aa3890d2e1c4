//! `lienthong services reports`: kept reports, and what people do about them.
//!
//! What a reader would get wrong: the hash that an approval names is the one on the file that
//! was read, so that nobody approves what was made anew in between.

use clap::{Subcommand, ValueEnum};
use lienthong_proto::v1;
use lienthong_proto::v1::kept_report::Stage;
use lienthong_proto::v1::record_publication_request::Place as WirePlace;
use lienthong_proto::v1::report_act::Deed;
use uuid::Uuid;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::target::{Output, Target};
use super::super::words::{clean, moment};
use super::layout::{Column, Sheet};
use super::report::{Kind, Month, month};
use super::words::days;
use crate::client::{Client, call};
use crate::lang::Lang;

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

fn stands(report: Option<&v1::KeptReport>, lang: Lang) -> String {
    let report = report.cloned().unwrap_or_default();
    format!(
        "✔ {}: {}",
        clean(&report.report_id),
        stage(report.stage(), lang)
    )
}

fn sheet(answer: &v1::ListReportsResponse, lang: Lang) -> String {
    if answer.reports.is_empty() {
        return lang
            .pick("Chưa có bản lưu nào.", "No report is kept.")
            .to_owned();
    }
    let mut sheet = Sheet::new([
        (Column::Narrow, lang.pick("bản lưu", "kept as")),
        (Column::Prose(22), lang.pick("báo cáo", "report")),
        (Column::Prose(12), lang.pick("kỳ", "days")),
        (Column::Narrow, lang.pick("đơn vị", "agency")),
        (Column::Prose(30), lang.pick("trạng thái", "state")),
    ]);
    for report in &answer.reports {
        let unit = if report.unit_code.is_empty() {
            lang.pick("toàn tỉnh", "province").to_owned()
        } else {
            report.unit_code.clone()
        };
        sheet.row(&[
            report.report_id.clone(),
            kind(report.kind(), lang).to_owned(),
            days(report.window.as_ref(), lang),
            unit,
            stage(report.stage(), lang).to_owned(),
        ]);
    }
    let mut parts = vec![sheet.to_string()];
    parts.extend(answer.reports.iter().map(|report| details(report, lang)));
    if !answer.next_page_token.is_empty() {
        parts.push(
            lang.pick(
                "Còn bản lưu cũ hơn: tăng --limit.",
                "There are older ones: raise --limit.",
            )
            .to_owned(),
        );
    }
    parts.join("\n\n")
}

/// The hash of a report, and what was done about it.
fn details(report: &v1::KeptReport, lang: Lang) -> String {
    let mut lines = vec![format!(
        "{}  SHA-256 {}",
        clean(&report.report_id),
        clean(&report.content_sha256)
    )];
    for act in &report.acts {
        let what = match act.deed() {
            Deed::Unspecified => "-",
            Deed::Approve => lang.pick("duyệt", "approved"),
            Deed::PublishInside => {
                lang.pick("công khai trong cơ quan", "published inside the agency")
            }
            Deed::PublishOnWebsite => lang.pick(
                "công khai trên trang thông tin điện tử",
                "published on the website",
            ),
            Deed::Withdraw => lang.pick("thu hồi", "withdrawn"),
        };
        let told = [&act.address, &act.published_on, &act.reason];
        let told: Vec<String> = told
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(|text| clean(text))
            .collect();
        lines.push(
            format!(
                "    {}  {what}  {}",
                moment(act.recorded_at.as_ref()),
                told.join(" · ")
            )
            .trim_end()
            .to_owned(),
        );
    }
    lines.join("\n")
}

/// What a report is called.
fn kind(kind: v1::ReportKind, lang: Lang) -> &'static str {
    match kind {
        v1::ReportKind::Unspecified => "-",
        v1::ReportKind::Board => lang.pick("bảng 25 dịch vụ", "board"),
        v1::ReportKind::Project06Month => lang.pick("biểu tháng Đề án 06", "project-06-month"),
        v1::ReportKind::LateUnits => lang.pick("danh sách đơn vị trễ hạn", "late-units"),
        v1::ReportKind::Unapologised => lang.pick("quá hạn chưa xin lỗi", "unapologised"),
        v1::ReportKind::ExpiringEvidence => {
            lang.pick("minh chứng sắp hết hiệu lực", "expiring-evidence")
        }
        v1::ReportKind::Changes => lang.pick("thay đổi", "changes"),
        v1::ReportKind::ServiceIndex => lang.pick("chỉ số 766 ước tính", "service-index"),
    }
}

/// How far a report came.
pub(super) fn stage(stage: Stage, lang: Lang) -> &'static str {
    match stage {
        Stage::Unspecified => "-",
        Stage::Kept => lang.pick("bản lưu", "kept"),
        Stage::Draft => lang.pick("dự thảo", "draft"),
        Stage::Approved => lang.pick("đã duyệt, chưa công khai", "approved, not published"),
        Stage::PublishedInside => lang.pick(
            "đã công khai trong cơ quan, chưa công khai trên trang thông tin điện tử",
            "published inside, not on the website",
        ),
        Stage::PublishedOnWebsite => lang.pick(
            "đã công khai trên trang thông tin điện tử, chưa công khai trong cơ quan",
            "published on the website, not inside",
        ),
        Stage::PublishedBoth => lang.pick("đã công khai đủ hai nơi", "published at both places"),
        Stage::Withdrawn => lang.pick("ĐÃ THU HỒI", "WITHDRAWN"),
    }
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;

    use super::{Deed, Stage, sheet, stands};
    use crate::lang::Lang;

    fn report() -> v1::KeptReport {
        v1::KeptReport {
            report_id: "BC-000007".to_owned(),
            kind: v1::ReportKind::LateUnits.into(),
            window: Some(v1::ObservationWindow {
                first_day: "2026-10-01".to_owned(),
                last_day: "2026-10-31".to_owned(),
            }),
            content_sha256: "ab".repeat(32),
            stage: Stage::PublishedInside.into(),
            acts: vec![v1::ReportAct {
                deed: Deed::PublishInside.into(),
                operator_id: "001234567890".to_owned(),
                address: "Bảng tin tầng 1".to_owned(),
                published_on: "2026-11-06".to_owned(),
                ..v1::ReportAct::default()
            }],
            ..v1::KeptReport::default()
        }
    }

    #[test]
    fn a_kept_report_is_shown_with_its_hash_and_what_was_done() {
        let answer = v1::ListReportsResponse {
            reports: vec![report()],
            next_page_token: String::new(),
        };
        let text = sheet(&answer, Lang::Vi);
        for wanted in [
            "BC-000007",
            "danh sách đơn vị trễ",
            "toàn tỉnh",
            "công khai trong cơ quan  Bảng tin tầng 1 · 2026-11-06",
            &"ab".repeat(32),
        ] {
            assert!(text.contains(wanted), "{wanted} in\n{text}");
        }
        assert!(!text.contains("001234567890"), "a person's number");
        assert_eq!(
            sheet(&v1::ListReportsResponse::default(), Lang::En),
            "No report is kept."
        );
    }

    #[test]
    fn what_was_recorded_is_told_on_one_line() {
        assert_eq!(
            stands(Some(&report()), Lang::En),
            "✔ BC-000007: published inside, not on the website"
        );
    }
}
