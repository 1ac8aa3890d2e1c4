//! `lienthong services check`: documents against traffic, service by service.
//!
//! What a reader would get wrong: a contradiction is a result and no failure, so a check
//! that was carried through ends with 0 whatever it found. A script that wants to stop on
//! one asks for that with `--fail-on-contradiction`.

use lienthong_proto::v1;
use lienthong_proto::v1::criterion_finding::Verdict;

use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::target::{Output, Target};
use super::super::{DONE, FAILED};
use super::COLUMNS;
use super::finding::{block, counts, ids, warnings};
use super::layout::{Column, Sheet, indented};
use super::scope::Scope;
use super::words::{days, ratio, state, time};
use crate::client::{LONG_CALL, call_within};
use crate::lang::Lang;

/// Arguments of `services check`.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    /// Numbers in the list, such as 3,9,15; all unless given.
    #[arg(long, value_name = "N", value_delimiter = ',')]
    numbers: Vec<i32>,
    #[command(flatten)]
    scope: Scope,
    /// Shows every finding, not only what is contradicted or expired.
    #[arg(long)]
    all: bool,
    /// Ends with 1 when anything is contradicted.
    #[arg(long)]
    fail_on_contradiction: bool,
}

/// Checks, and shows what was found.
pub(super) async fn run(
    target: &Target,
    arguments: CheckArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let request = v1::CheckServicesRequest {
        numbers: arguments.numbers,
        window: arguments.scope.window(),
        unit_code: arguments.scope.unit(),
    };
    let client = target.connect(lang).await?;
    let answer = client
        .services()
        .check_services(call_within(request, LONG_CALL))
        .await?
        .into_inner();
    match target.output {
        Output::Json => say_json("CheckServicesResponse", &answer)?,
        Output::Table => say(&sheet(&answer, arguments.all, lang)),
    }
    let contradicted = of(&answer, Verdict::Contradicted) > 0;
    Ok(if contradicted && arguments.fail_on_contradiction {
        FAILED
    } else {
        DONE
    })
}

/// How many findings have this verdict.
fn of(answer: &v1::CheckServicesResponse, verdict: Verdict) -> usize {
    let findings = answer.checks.iter().flat_map(|check| &check.findings);
    findings.filter(|it| it.verdict() == verdict).count()
}

fn sheet(answer: &v1::CheckServicesResponse, all: bool, lang: Lang) -> String {
    let mut parts = vec![heading(answer, lang)];
    let warned = warnings(&answer.warnings, lang);
    if !warned.is_empty() {
        parts.push(warned);
    }
    parts.push(board(answer, lang));
    for check in &answer.checks {
        let findings: Vec<&v1::CriterionFinding> = check
            .findings
            .iter()
            .filter(|it| all || asks_for_something(it.verdict()))
            .collect();
        if findings.is_empty() {
            continue;
        }
        let service = check.service.clone().unwrap_or_default();
        let name = format!("{}. {}", service.number, service.name);
        let mut part = indented(&name, 0, COLUMNS);
        for finding in findings {
            part.push('\n');
            part.push_str(&block(finding, lang));
        }
        parts.push(part);
    }
    parts.push(footer(answer, lang));
    parts.join("\n\n")
}

fn asks_for_something(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Contradicted | Verdict::EvidenceExpired => true,
        Verdict::Unspecified
        | Verdict::Consistent
        | Verdict::Undocumented
        | Verdict::Unproven
        | Verdict::NotApplicable
        | Verdict::CannotObserve => false,
    }
}

fn heading(answer: &v1::CheckServicesResponse, lang: Lang) -> String {
    let window = answer
        .checks
        .first()
        .and_then(|check| check.window.as_ref());
    let text = format!(
        "{} · {} {} · {} {}",
        lang.pick(
            "Đối chiếu tài liệu với hồ sơ thực tế của dịch vụ công thiết yếu",
            "Documents and traffic of the essential services"
        ),
        lang.pick("hồ sơ tiếp nhận", "received"),
        days(window, lang),
        lang.pick("tính đến", "as of"),
        time(answer.checked_at.as_ref(), lang)
    );
    indented(&text, 0, COLUMNS)
}

fn board(answer: &v1::CheckServicesResponse, lang: Lang) -> String {
    let mut sheet = Sheet::new([
        (Column::Number, lang.pick("số", "no.")),
        (Column::Prose(30), lang.pick("dịch vụ", "service")),
        (Column::Prose(14), lang.pick("theo tài liệu", "documented")),
        (Column::Number, lang.pick("hồ sơ", "seen")),
        (Column::Number, lang.pick("bao phủ", "coverage")),
        (Column::Prose(12), lang.pick("mâu thuẫn", "contradicted")),
        (Column::Prose(10), lang.pick("hết hạn", "expired")),
    ]);
    for check in &answer.checks {
        let service = check.service.clone().unwrap_or_default();
        let documented = check.documented.clone().unwrap_or_default();
        let dash = |text: String| {
            if text.is_empty() {
                "-".to_owned()
            } else {
                text
            }
        };
        sheet.row(&[
            service.number.to_string(),
            service.name,
            state(documented.state(), lang),
            check.dossiers_seen.to_string(),
            ratio(check.coverage, lang),
            dash(ids(&check.findings, Verdict::Contradicted)),
            dash(ids(&check.findings, Verdict::EvidenceExpired)),
        ]);
    }
    sheet.to_string()
}

fn footer(answer: &v1::CheckServicesResponse, lang: Lang) -> String {
    let findings: Vec<v1::CriterionFinding> = answer
        .checks
        .iter()
        .flat_map(|check| check.findings.iter().cloned())
        .collect();
    let lines = [
        format!(
            "{}: {}",
            lang.pick("Tổng cộng", "In all"),
            counts(&findings, lang)
        ),
        format!(
            "{}: {}",
            lang.pick("Phiên bản quy tắc", "Rule versions"),
            answer.rule_version
        ),
        lang.pick(
            "Số liệu tính từ hồ sơ đi qua cổng kết nối, không phải số liệu chính thức.",
            "Figures are counted from the gateway's traffic; none is official.",
        )
        .to_owned(),
    ];
    let lines = lines.iter().map(|line| indented(line, 0, COLUMNS));
    lines.collect::<Vec<_>>().join("\n")
}
