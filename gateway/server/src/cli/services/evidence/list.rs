//! `lienthong services evidence list`: what is recorded, and whether it counts.

use clap::ValueEnum;
use lienthong_proto::v1;

use super::super::super::DONE;
use super::super::super::failure::Failure;
use super::super::super::print::{say, say_json};
use super::super::super::target::{Output, Target};
use super::super::super::words::or_dash;
use super::super::layout::{Column, Sheet};
use super::super::words::{day, numbers};
use super::shown::class_id;
use crate::client::call;
use crate::lang::Lang;

/// Arguments of `services evidence list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListArguments {
    /// Of this service only, by its number in the list.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..))]
    service: Option<i32>,
    /// Of this class only.
    #[arg(long, value_enum, ignore_case = true)]
    class: Option<Class>,
    /// Judged on this day, yyyy-MM-dd; today unless given.
    #[arg(long, value_name = "DAY")]
    as_of: Option<String>,
    /// Also what does not count on that day, with the reason.
    #[arg(long)]
    all: bool,
    /// Most pieces shown.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i32).range(1..=500))]
    limit: i32,
}

/// Class of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Class {
    /// Quyết định phê duyệt phương án tái cấu trúc.
    E1,
    /// Quyết định công bố thủ tục.
    E2,
    /// Quyết định phê duyệt quy trình.
    E3,
    /// Bảng ánh xạ dữ liệu.
    E4,
    /// Bảng giấy tờ.
    E5,
    /// Biên bản kết nối.
    E6,
    /// Biên bản kiểm thử.
    E7,
    /// Bảng chi phí, thời gian.
    E8,
    /// Ảnh chụp, trích xuất từ cổng.
    E9,
}

impl Class {
    fn wire(self) -> v1::evidence::Class {
        match self {
            Self::E1 => v1::evidence::Class::OptionDecision,
            Self::E2 => v1::evidence::Class::PublicationDecision,
            Self::E3 => v1::evidence::Class::ProcessDecision,
            Self::E4 => v1::evidence::Class::DataMapping,
            Self::E5 => v1::evidence::Class::PapersSheet,
            Self::E6 => v1::evidence::Class::ConnectionMinutes,
            Self::E7 => v1::evidence::Class::TestMinutes,
            Self::E8 => v1::evidence::Class::CostSheet,
            Self::E9 => v1::evidence::Class::PortalExtract,
        }
    }
}

/// Shows the list.
pub(super) async fn run(
    target: &Target,
    arguments: ListArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let class = arguments
        .class
        .map_or(v1::evidence::Class::Unspecified, Class::wire);
    let request = v1::ListEvidenceRequest {
        service_number: arguments.service.unwrap_or(0),
        class: class.into(),
        as_of: arguments.as_of.unwrap_or_default(),
        include_invalid: arguments.all,
        page_size: arguments.limit,
        page_token: String::new(),
    };
    let client = target.connect(lang).await?;
    let answer = client.services().list_evidence(call(request)).await?;
    let answer = answer.into_inner();
    match target.output {
        Output::Json => say_json("ListEvidenceResponse", &answer)?,
        Output::Table => say(&sheet(&answer, lang)),
    }
    Ok(DONE)
}

fn sheet(answer: &v1::ListEvidenceResponse, lang: Lang) -> String {
    if answer.evidence.is_empty() {
        return lang
            .pick("Không có minh chứng nào.", "No evidence.")
            .to_owned();
    }
    let mut sheet = Sheet::new([
        (Column::Narrow, lang.pick("mã", "id")),
        (Column::Narrow, lang.pick("loại", "class")),
        (Column::Prose(20), lang.pick("số, ký hiệu", "symbol")),
        (Column::Narrow, lang.pick("ban hành", "issued")),
        (Column::Prose(10), lang.pick("dịch vụ", "services")),
        (Column::Narrow, lang.pick("đến hết", "until")),
        (Column::Prose(30), lang.pick("hiệu lực", "validity")),
    ]);
    for judged in &answer.evidence {
        let piece = judged.evidence.clone().unwrap_or_default();
        let validity = if judged.valid {
            lang.pick("✔ còn hiệu lực", "✔ counts").to_owned()
        } else {
            format!("✘ {}", lang.pick(&judged.reason_vi, &judged.reason_en))
        };
        sheet.row(&[
            piece.evidence_id.clone(),
            class_id(piece.class),
            or_dash(&piece.symbol),
            day(&piece.issued_on, lang),
            numbers(&piece.service_numbers),
            or_dash(&day(&piece.valid_to, lang)),
            validity,
        ]);
    }
    let mut text = sheet.to_string();
    if !answer.next_page_token.is_empty() {
        text.push('\n');
        text.push_str(lang.pick("… còn nữa: tăng --limit.", "… and more: raise --limit."));
    }
    text
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;

    use super::sheet;
    use crate::lang::Lang;

    #[test]
    fn a_piece_takes_one_row_with_why_it_does_not_count() {
        let piece = v1::Evidence {
            evidence_id: "MC-000001".to_owned(),
            class: v1::evidence::Class::ProcessDecision.into(),
            service_numbers: vec![3, 4],
            symbol: "663/QĐ-TTPVHCC".to_owned(),
            issued_on: "2026-05-13".to_owned(),
            ..v1::Evidence::default()
        };
        let judged = v1::JudgedEvidence {
            evidence: Some(piece),
            valid: false,
            reason_vi: "được thay thế bằng MC-000002".to_owned(),
            reason_en: "MC-000002 took its place".to_owned(),
            recorded_at: None,
        };
        let answer = v1::ListEvidenceResponse {
            evidence: vec![judged],
            next_page_token: String::new(),
        };
        insta::assert_snapshot!(sheet(&answer, Lang::Vi), @r"
        mã         loại  số, ký hiệu     ban hành    dịch vụ  đến hết  hiệu lực
        MC-000001  E3    663/QĐ-TTPVHCC  13/05/2026  3, 4     -        ✘ được thay thế bằng MC-000002
        ");
    }
}
