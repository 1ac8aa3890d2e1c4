//! `lienthong sync failures`: why dossiers are held up, group by group.

use std::fmt::Write as _;

use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::table::Table;
use super::super::target::{Output, Target};
use super::super::words::{cause, clean, moment, or_dash, yes_no};
use super::filter::Filter;
use crate::client::call;
use crate::lang::Lang;

/// Shows the failures of the chosen dossiers.
pub(super) async fn show(target: &Target, filter: Filter, lang: Lang) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    let request = v1::ListFailureCausesRequest {
        filter: Some(filter.into_message()),
    };
    let mut sync = client.sync();
    let answer = sync.list_failure_causes(call(request)).await?.into_inner();
    match target.output {
        Output::Json => say_json("ListFailureCausesResponse", &answer)?,
        Output::Table if answer.groups.is_empty() => say(lang.pick(
            "Không có hồ sơ nào bị lỗi.",
            "No dossier is held up by a failure.",
        )),
        Output::Table => say(&sheet(&answer.groups, lang)),
    }
    Ok(DONE)
}

/// The groups as a table, and below it what to do about each.
pub(super) fn sheet(groups: &[v1::FailureGroup], lang: Lang) -> String {
    let mut table = Table::new([
        "#",
        lang.pick("nguyên nhân", "cause"),
        lang.pick("mã của cổng", "portal code"),
        lang.pick("hồ sơ", "dossiers"),
        lang.pick("sự kiện", "events"),
        lang.pick("bị chặn", "blocked"),
        lang.pick("từ", "since"),
        lang.pick("gần nhất", "latest"),
        lang.pick("gửi lại có ích", "retry helps"),
    ]);
    for (number, group) in groups.iter().enumerate() {
        table.row(&[
            (number + 1).to_string(),
            cause(group.cause(), lang),
            or_dash(&group.upstream_code),
            group.dossiers.to_string(),
            group.events.to_string(),
            group.blocked_events.to_string(),
            moment(group.first_failed_at.as_ref()),
            moment(group.last_failed_at.as_ref()),
            yes_no(group.retry_may_help, lang).to_owned(),
        ]);
    }
    let mut text = table.to_string();
    for (number, group) in groups.iter().enumerate() {
        text.push_str("\n\n");
        text.push_str(&what_to_do(number + 1, group, lang));
    }
    text
}

fn what_to_do(number: usize, group: &v1::FailureGroup, lang: Lang) -> String {
    let advice = lang.pick(&group.advice_vi, &group.advice_en);
    let mut text = format!(
        "{number}. {}: {}",
        cause(group.cause(), lang),
        clean(advice)
    );
    if !group.upstream_text.is_empty() {
        let says = lang.pick("Cổng trả lời", "The portal says");
        let _ = write!(text, "\n   {says}: {}", clean(&group.upstream_text));
    }
    if !group.example_dossier_codes.is_empty() {
        let such = lang.pick("Ví dụ", "Such as");
        let codes = group.example_dossier_codes.join(", ");
        let _ = write!(text, "\n   {such}: {}", clean(&codes));
    }
    text
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;

    use super::sheet;
    use crate::lang::Lang;

    #[test]
    fn each_group_tells_its_cause_and_what_to_do() {
        let moment = |seconds: i64| {
            Some(prost_types::Timestamp {
                seconds: 1_782_864_000 + seconds,
                nanos: 0,
            })
        };
        let missing = v1::FailureGroup {
            cause: v1::Cause::MappingMissing.into(),
            upstream_code: "procedure 1.004222".to_owned(),
            dossiers: 120,
            events: 120,
            blocked_events: 31,
            first_failed_at: moment(0),
            last_failed_at: moment(60),
            advice_vi: "Bổ sung mã còn thiếu.".to_owned(),
            example_dossier_codes: vec!["000.00.00.H00-260701-0001".to_owned()],
            ..v1::FailureGroup::default()
        };
        let timeout = v1::FailureGroup {
            cause: v1::Cause::UpstreamTimeout.into(),
            upstream_text: "Hệ thống bận".to_owned(),
            dossiers: 3,
            events: 3,
            first_failed_at: moment(10),
            last_failed_at: moment(20),
            advice_vi: "Hệ thống tra cứu trước khi gửi lại.".to_owned(),
            retry_may_help: true,
            ..v1::FailureGroup::default()
        };
        insta::assert_snapshot!(sheet(&[missing, timeout], Lang::Vi));
    }
}
