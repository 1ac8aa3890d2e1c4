//! `lienthong services show N`: one service, from its codes to its verdicts.

use std::fmt::Write as _;

use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::target::{Output, Target};
use super::COLUMNS;
use super::finding::{block, figures, warnings};
use super::layout::indented;
use super::scope::Scope;
use super::words::{certainty, day, days, ratio, role, state};
use crate::client::{LONG_CALL, call_within};
use crate::lang::Lang;

/// Arguments of `services show`.
#[derive(Debug, clap::Args)]
pub(super) struct ShowArguments {
    /// Number in the list, 1 to 25.
    number: i32,
    #[command(flatten)]
    scope: Scope,
}

/// Shows one service.
pub(super) async fn run(
    target: &Target,
    arguments: ShowArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let request = v1::GetServiceRequest {
        number: arguments.number,
        window: arguments.scope.window(),
        unit_code: arguments.scope.unit(),
    };
    let client = target.connect(lang).await?;
    let answer = client
        .services()
        .get_service(call_within(request, LONG_CALL))
        .await?
        .into_inner();
    match target.output {
        Output::Json => say_json("GetServiceResponse", &answer)?,
        Output::Table => say(&sheet(&answer, lang)),
    }
    Ok(DONE)
}

fn sheet(answer: &v1::GetServiceResponse, lang: Lang) -> String {
    let check = answer.check.clone().unwrap_or_default();
    let service = check.service.clone().unwrap_or_default();
    let mut text = indented(&format!("{}. {}", service.number, service.name), 0, COLUMNS);
    for part in [
        about(&service, lang),
        documented(&check.documented.clone().unwrap_or_default(), lang),
        seen(&check, lang),
        warnings(&answer.warnings, lang),
        figures(&check.figures, lang),
    ] {
        if !part.is_empty() {
            text.push_str("\n\n");
            text.push_str(&part);
        }
    }
    text.push_str("\n\n");
    text.push_str(lang.pick("Tiêu chí", "Criteria"));
    for finding in &check.findings {
        text.push('\n');
        text.push_str(&block(finding, lang));
    }
    text.push_str("\n\n");
    let rules = format!(
        "{}: {}",
        lang.pick("Phiên bản quy tắc", "Rule versions"),
        answer.rule_version
    );
    text.push_str(&indented(&rules, 0, COLUMNS));
    text
}

fn about(service: &v1::EssentialService, lang: Lang) -> String {
    let known = |text: &str, how_well: v1::Certainty| {
        if text.is_empty() {
            lang.pick("chưa biết", "unknown").to_owned()
        } else {
            format!("{text} ({})", certainty(how_well, lang))
        }
    };
    let mut lines = vec![
        line(
            lang.pick("cơ quan chủ quản", "owner"),
            &known(&service.owner, service.owner_certainty()),
        ),
        line(
            lang.pick("cấp thực hiện", "level"),
            &known(&service.level, service.level_certainty()),
        ),
    ];
    if service.outside_procedure_law {
        let text = lang.pick(
            "không phải thủ tục hành chính",
            "not a procedure under the law",
        );
        lines.push(line(lang.pick("loại", "kind"), text));
    } else if service.interlinked {
        let text = lang.pick(
            "nhóm liên thông: một hồ sơ, nhiều cơ quan",
            "interlinked group: one dossier, several agencies",
        );
        lines.push(line(lang.pick("loại", "kind"), text));
    }
    let codes = lang.pick("mã thủ tục", "codes");
    if service.procedures.is_empty() {
        lines.push(line(codes, lang.pick("chưa biết", "unknown")));
    }
    for (index, code) in service.procedures.iter().enumerate() {
        let head = if index == 0 { codes } else { "" };
        lines.push(line(head, &procedure(code, lang)));
    }
    if !service.note.is_empty() {
        lines.push(line(lang.pick("ghi chú", "note"), &service.note));
    }
    lines.join("\n")
}

fn procedure(code: &v1::ServiceProcedure, lang: Lang) -> String {
    let mut text = format!(
        "{} · {} · {}",
        code.procedure_code,
        role(&code.role, lang),
        certainty(code.certainty(), lang)
    );
    if !code.valid_from.is_empty() {
        let from = day(&code.valid_from, lang);
        let _ = write!(text, " · {} {from}", lang.pick("từ", "from"));
    }
    if !code.valid_to.is_empty() {
        let to = day(&code.valid_to, lang);
        let _ = write!(text, " · {} {to}", lang.pick("đến", "to"));
    }
    if !code.replaced_by.is_empty() {
        let _ = write!(text, " → {}", code.replaced_by);
    }
    for more in [&code.note, &code.source] {
        if !more.is_empty() {
            let _ = write!(text, " · {more}");
        }
    }
    text
}

fn documented(documented: &v1::DocumentedStatus, lang: Lang) -> String {
    let mut lines = vec![line(
        lang.pick("theo tài liệu", "documented"),
        &state(documented.state(), lang),
    )];
    let reason = lang.pick(&documented.reason_vi, &documented.reason_en);
    if !reason.is_empty() {
        lines.push(line(
            lang.pick("chưa đạt mức cao hơn vì", "no further because"),
            reason,
        ));
    }
    if !documented.evidence_ids.is_empty() {
        let ids = documented.evidence_ids.join(", ");
        lines.push(line(lang.pick("căn cứ", "rests on"), &ids));
    }
    lines.join("\n")
}

fn seen(check: &v1::ServiceCheck, lang: Lang) -> String {
    [
        line(
            lang.pick("hồ sơ tiếp nhận", "dossiers received"),
            &days(check.window.as_ref(), lang),
        ),
        line(
            lang.pick("hồ sơ ghi nhận", "dossiers seen"),
            &check.dossiers_seen.to_string(),
        ),
        line(
            lang.pick("độ bao phủ", "coverage"),
            &ratio(check.coverage, lang),
        ),
    ]
    .join("\n")
}

/// A name and what it holds, which goes on below itself.
fn line(name: &str, text: &str) -> String {
    const NAME: usize = 27;
    let rest = indented(text, NAME, COLUMNS);
    let padding = NAME.saturating_sub(super::super::words::width(name) + 2);
    format!("  {name}{}{}", " ".repeat(padding), rest.trim_start())
}
