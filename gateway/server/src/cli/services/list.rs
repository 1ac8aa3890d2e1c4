//! `lienthong services list`: the services with their owners, codes and documented states.

use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::target::{Output, Target};
use super::layout::{Column, Sheet};
use super::words::{day, state};
use crate::client::call;
use crate::lang::Lang;

/// Behind what nobody has verified.
const DOUBTED: &str = "(?)";

/// Arguments of `services list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListArguments {
    /// Judged on this day, yyyy-MM-dd; today unless given.
    #[arg(long, value_name = "DAY")]
    as_of: Option<String>,
    /// Mã đơn vị: judged for this agency; the whole province unless given.
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
}

/// Shows the list.
pub(super) async fn run(
    target: &Target,
    arguments: ListArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let request = v1::ListServicesRequest {
        as_of: arguments.as_of.unwrap_or_default(),
        unit_code: arguments.unit.unwrap_or_default(),
    };
    let client = target.connect(lang).await?;
    let answer = client.services().list_services(call(request)).await?;
    let answer = answer.into_inner();
    match target.output {
        Output::Json => say_json("ListServicesResponse", &answer)?,
        Output::Table => say(&sheet(&answer, lang)),
    }
    Ok(DONE)
}

fn sheet(answer: &v1::ListServicesResponse, lang: Lang) -> String {
    let mut sheet = Sheet::new([
        (Column::Number, lang.pick("số", "no.")),
        (Column::Prose(36), lang.pick("dịch vụ", "service")),
        (Column::Prose(16), lang.pick("cơ quan chủ quản", "owner")),
        (Column::Prose(12), lang.pick("mã thủ tục", "codes")),
        (Column::Prose(22), lang.pick("theo tài liệu", "documented")),
    ]);
    for summary in &answer.services {
        let service = summary.service.clone().unwrap_or_default();
        let documented = summary.documented.clone().unwrap_or_default();
        sheet.row(&[
            service.number.to_string(),
            service.name.clone(),
            owner(&service, lang),
            codes(&service, &answer.as_of, lang),
            state(documented.state(), lang),
        ]);
    }
    let heading = format!(
        "{} · {} {} · {} {}",
        lang.pick("Dịch vụ công thiết yếu", "Essential public services"),
        lang.pick("danh mục", "list"),
        answer.list_version,
        lang.pick("tính đến", "as of"),
        day(&answer.as_of, lang)
    );
    let mut text = format!("{heading}\n\n{sheet}");
    if text.contains(DOUBTED) {
        text.push_str("\n\n");
        let legend = lang.pick("chưa xác minh", "nobody has verified it");
        text.push_str(DOUBTED);
        text.push_str(": ");
        text.push_str(legend);
    }
    text
}

/// The owner now; marked where nobody has verified it.
fn owner(service: &v1::EssentialService, lang: Lang) -> String {
    let unknown = lang.pick("chưa biết", "unknown");
    match (service.owner.is_empty(), service.owner_certainty()) {
        (true, _) => unknown.to_owned(),
        (false, v1::Certainty::Unverified) => format!("{} {DOUBTED}", service.owner),
        (false, v1::Certainty::Unspecified | v1::Certainty::Seen | v1::Certainty::Inferred) => {
            service.owner.clone()
        }
    }
}

/// Codes under which a dossier of this day is one of the service.
fn codes(service: &v1::EssentialService, on: &str, lang: Lang) -> String {
    let counts = |it: &&v1::ServiceProcedure| {
        let (from, to) = (it.valid_from.as_str(), it.valid_to.as_str());
        matches!(it.role.as_str(), "main" | "predecessor")
            // Days are written so that their letters sort as they do.
            && (from.is_empty() || from <= on)
            && (to.is_empty() || on <= to)
    };
    let codes: Vec<&str> = service
        .procedures
        .iter()
        .filter(counts)
        .map(|it| it.procedure_code.as_str())
        .collect();
    if codes.is_empty() {
        lang.pick("chưa biết", "unknown").to_owned()
    } else {
        codes.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_without_a_known_code_says_so() {
        let service = |number, name: &str, codes: &[(&str, &str, &str)]| {
            let procedures = codes
                .iter()
                .map(|(code, role, valid_to)| v1::ServiceProcedure {
                    procedure_code: (*code).to_owned(),
                    role: (*role).to_owned(),
                    valid_to: (*valid_to).to_owned(),
                    ..v1::ServiceProcedure::default()
                });
            v1::EssentialServiceSummary {
                service: Some(v1::EssentialService {
                    number,
                    name: name.to_owned(),
                    owner: "Bộ Công an".to_owned(),
                    owner_certainty: v1::Certainty::Unverified.into(),
                    procedures: procedures.collect(),
                    ..v1::EssentialService::default()
                }),
                documented: Some(v1::DocumentedStatus {
                    state: v1::documented_status::State::NotReviewed.into(),
                    ..v1::DocumentedStatus::default()
                }),
            }
        };
        let answer = v1::ListServicesResponse {
            services: vec![
                service(
                    3,
                    "Đăng ký thường trú",
                    &[("1.004222", "main", ""), ("1.002755", "related", "")],
                ),
                service(
                    7,
                    "Đăng ký, cấp biển số mô tô, xe gắn máy",
                    &[("1.000001", "main", "2024-12-31")],
                ),
            ],
            list_version: "2026-11-1".to_owned(),
            as_of: "2026-11-22".to_owned(),
        };
        insta::assert_snapshot!(sheet(&answer, Lang::Vi), @r"
        Dịch vụ công thiết yếu · danh mục 2026-11-1 · tính đến 22/11/2026

        số  dịch vụ                             cơ quan chủ quản  mã thủ tục  theo tài liệu
         3  Đăng ký thường trú                  Bộ Công an (?)    1.004222    chưa rà soát
         7  Đăng ký, cấp biển số mô tô, xe gắn  Bộ Công an (?)    chưa biết   chưa rà soát
            máy

        (?): chưa xác minh
        ");
    }
}
