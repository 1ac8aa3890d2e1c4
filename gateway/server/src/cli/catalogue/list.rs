//! `lienthong catalogue list`: what the catalogue lists.

use clap::ValueEnum;
use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::table::Table;
use super::super::target::{Output, Target};
use super::super::words::or_dash;
use super::standing::{levels, standing};
use crate::client::{Client, call};
use crate::lang::Lang;

/// Most procedures of one page (contract.md).
const PAGE: u32 = 500;

/// Arguments of `catalogue list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListArguments {
    /// Words of the name, or the beginning of the code; accents and case do not count.
    #[arg(default_value = "")]
    query: String,
    /// Mã lĩnh vực, such as G01-CA05.
    #[arg(long, default_value = "", hide_default_value = true)]
    field: String,
    /// Cấp thực hiện.
    #[arg(long, value_enum)]
    level: Option<LevelName>,
    /// Also those that the source no longer lists.
    #[arg(long)]
    withdrawn: bool,
    /// Most procedures shown.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// Cấp thực hiện.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LevelName {
    /// Cấp bộ.
    Ministry,
    /// Cấp tỉnh.
    Province,
    /// Cấp huyện, in old records.
    District,
    /// Cấp xã.
    Commune,
}

impl LevelName {
    fn message(self) -> v1::ImplementationLevel {
        match self {
            Self::Ministry => v1::ImplementationLevel::Ministry,
            Self::Province => v1::ImplementationLevel::Province,
            Self::District => v1::ImplementationLevel::District,
            Self::Commune => v1::ImplementationLevel::Commune,
        }
    }
}

/// Shows what fits.
pub(super) async fn run(
    target: &Target,
    arguments: ListArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    let answer = gather(&client, &arguments).await?;
    match target.output {
        Output::Json => say_json("ListProceduresResponse", &answer)?,
        Output::Table => say(&sheet(&answer, lang)),
    }
    Ok(DONE)
}

/// The pages up to the limit, as one answer.
async fn gather(
    client: &Client,
    arguments: &ListArguments,
) -> Result<v1::ListProceduresResponse, Failure> {
    let mut gathered = v1::ListProceduresResponse::default();
    let mut left = arguments.limit;
    loop {
        let request = v1::ListProceduresRequest {
            query: arguments.query.clone(),
            field_code: arguments.field.clone(),
            level: arguments.level.map_or(0, |level| level.message().into()),
            include_withdrawn: arguments.withdrawn,
            page_size: i32::try_from(left.min(PAGE)).unwrap_or(i32::MAX),
            page_token: gathered.next_page_token.clone(),
        };
        let page = client.catalogue().list_procedures(call(request)).await?;
        let page = page.into_inner();
        let shown = u32::try_from(page.procedures.len()).unwrap_or(u32::MAX);
        left = left.saturating_sub(shown);
        gathered.procedures.extend(page.procedures);
        gathered.next_page_token = page.next_page_token;
        gathered.catalogue = page.catalogue;
        if left == 0 || shown == 0 || gathered.next_page_token.is_empty() {
            return Ok(gathered);
        }
    }
}

fn sheet(answer: &v1::ListProceduresResponse, lang: Lang) -> String {
    let mut table = Table::new([
        lang.pick("mã thủ tục", "code"),
        lang.pick("cấp", "level"),
        lang.pick("lĩnh vực", "field"),
        lang.pick("tên thủ tục", "name"),
    ]);
    for procedure in &answer.procedures {
        let gone = lang.pick("không còn trong danh mục", "no longer listed");
        let name = if procedure.withdrawn {
            format!("{} [{gone}]", procedure.name)
        } else {
            procedure.name.clone()
        };
        table.row(&[
            procedure.procedure_code.clone(),
            levels(procedure, lang),
            or_dash(&procedure.field_code),
            or_dash(&name),
        ]);
    }
    let state = standing(&answer.catalogue.clone().unwrap_or_default(), lang);
    let more = if answer.next_page_token.is_empty() {
        ""
    } else {
        lang.pick(
            "\nCòn nữa; tăng --limit hoặc thu hẹp điều kiện.",
            "\nThere are more; raise --limit or narrow the conditions.",
        )
    };
    if table.is_empty() {
        let none = lang.pick("Không có thủ tục nào phù hợp.", "No procedure fits.");
        return format!("{none}\n\n{state}");
    }
    format!("{table}{more}\n\n{state}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn procedures_are_shown_with_the_age_of_the_catalogue_and_what_is_wrong() {
        let procedure = |code: &str, name: &str, withdrawn| v1::ProcedureSummary {
            procedure_code: code.to_owned(),
            name: name.to_owned(),
            field_code: "G01-CA05".to_owned(),
            levels: vec![v1::ImplementationLevel::Commune.into()],
            withdrawn,
            ..v1::ProcedureSummary::default()
        };
        let answer = v1::ListProceduresResponse {
            procedures: vec![
                procedure("1.004222", "Đăng ký thường trú", false),
                procedure("2.002621", "Liên thông khai sinh", true),
            ],
            next_page_token: "x".to_owned(),
            catalogue: Some(v1::CatalogueState {
                version: "0123456789abcdef0123456789abcdef".to_owned(),
                fetched_at: Some(prost_types::Timestamp {
                    seconds: 1_793_556_000,
                    nanos: 0,
                }),
                age: Some(prost_types::Duration {
                    seconds: 7_260,
                    nanos: 0,
                }),
                profile: "p2".to_owned(),
                procedures: 120,
                reasons: vec![v1::HealthReason {
                    code: "CATALOGUE_SHRUNK".to_owned(),
                    message_vi: "Danh mục mới mất 60 trong 120 thủ tục.".to_owned(),
                    message_en: String::new(),
                }],
                ..v1::CatalogueState::default()
            }),
        };
        insta::assert_snapshot!(sheet(&answer, Lang::Vi), @r"
        mã thủ tục  cấp  lĩnh vực  tên thủ tục
        1.004222    xã   G01-CA05  Đăng ký thường trú
        2.002621    xã   G01-CA05  Liên thông khai sinh [không còn trong danh mục]
        Còn nữa; tăng --limit hoặc thu hẹp điều kiện.

        Danh mục thủ tục: 120 thủ tục, phiên bản 0123456789ab, lấy lúc 01:00 ngày 02/11/2026 (đã 2 giờ 1 phút), p2
        ! Danh mục mới mất 60 trong 120 thủ tục. (CATALOGUE_SHRUNK)
        ");
    }
}
