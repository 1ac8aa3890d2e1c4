//! `lienthong catalogue units` and `catalogue fields`: the catalogues beside the procedures.
//!
//! What a reader would get wrong: they have ages of their own. A catalogue of this night may
//! carry the units of last month, so their own age stands under them.

use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::table::Table;
use super::super::target::{Output, Target};
use super::super::words::or_dash;
use super::standing::list_standing;
use crate::client::call;
use crate::lang::Lang;

/// Most entries of one page (contract.md).
const PAGE: u32 = 500;

/// Arguments of `catalogue units`.
#[derive(Debug, clap::Args)]
pub(super) struct UnitsArguments {
    /// Words of the name, or a part of the code; accents and case do not count.
    #[arg(default_value = "", hide_default_value = true)]
    query: String,
    /// Cấp đơn vị, exactly as the portal writes it, such as 1.
    #[arg(long, default_value = "", hide_default_value = true)]
    level: String,
    /// Most units shown.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// Arguments of `catalogue fields`.
#[derive(Debug, clap::Args)]
pub(super) struct FieldsArguments {
    /// Words of the name, or a part of the code; accents and case do not count.
    #[arg(default_value = "", hide_default_value = true)]
    query: String,
    /// Mã ngành, exactly as the portal writes it, such as G15.
    #[arg(long, default_value = "", hide_default_value = true)]
    sector: String,
    /// Most fields shown.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// Shows units.
pub(super) async fn units(
    target: &Target,
    arguments: UnitsArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    let mut gathered = v1::ListCatalogueUnitsResponse::default();
    let mut left = arguments.limit;
    loop {
        let request = v1::ListCatalogueUnitsRequest {
            query: arguments.query.clone(),
            level_code: arguments.level.clone(),
            page_size: page_size(left),
            page_token: gathered.next_page_token.clone(),
        };
        let page = client
            .catalogue()
            .list_catalogue_units(call(request))
            .await?;
        let page = page.into_inner();
        left = left.saturating_sub(shown(page.units.len()));
        let is_last = left == 0 || page.units.is_empty() || page.next_page_token.is_empty();
        gathered.units.extend(page.units);
        gathered.next_page_token = page.next_page_token;
        gathered.list = page.list;
        if is_last {
            break;
        }
    }
    match target.output {
        Output::Json => say_json("ListCatalogueUnitsResponse", &gathered)?,
        Output::Table => say(&units_sheet(&gathered, lang)),
    }
    Ok(DONE)
}

/// Shows fields.
pub(super) async fn fields(
    target: &Target,
    arguments: FieldsArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    let mut gathered = v1::ListCatalogueFieldsResponse::default();
    let mut left = arguments.limit;
    loop {
        let request = v1::ListCatalogueFieldsRequest {
            query: arguments.query.clone(),
            sector_code: arguments.sector.clone(),
            page_size: page_size(left),
            page_token: gathered.next_page_token.clone(),
        };
        let page = client
            .catalogue()
            .list_catalogue_fields(call(request))
            .await?;
        let page = page.into_inner();
        left = left.saturating_sub(shown(page.fields.len()));
        let is_last = left == 0 || page.fields.is_empty() || page.next_page_token.is_empty();
        gathered.fields.extend(page.fields);
        gathered.next_page_token = page.next_page_token;
        gathered.list = page.list;
        if is_last {
            break;
        }
    }
    match target.output {
        Output::Json => say_json("ListCatalogueFieldsResponse", &gathered)?,
        Output::Table => say(&fields_sheet(&gathered, lang)),
    }
    Ok(DONE)
}

fn page_size(left: u32) -> i32 {
    i32::try_from(left.min(PAGE)).unwrap_or(i32::MAX)
}

fn shown(entries: usize) -> u32 {
    u32::try_from(entries).unwrap_or(u32::MAX)
}

fn units_sheet(answer: &v1::ListCatalogueUnitsResponse, lang: Lang) -> String {
    let mut table = Table::new([
        lang.pick("mã đơn vị", "code"),
        lang.pick("cấp", "level"),
        lang.pick("tên đơn vị", "name"),
    ]);
    for unit in &answer.units {
        table.row(&[
            unit.unit_code.clone(),
            or_dash(&unit.level_code),
            or_dash(&unit.name),
        ]);
    }
    let none = lang.pick("Không có đơn vị nào phù hợp.", "No unit fits.");
    sheet(
        &table,
        none,
        &answer.next_page_token,
        answer.list.as_ref(),
        lang,
    )
}

fn fields_sheet(answer: &v1::ListCatalogueFieldsResponse, lang: Lang) -> String {
    let mut table = Table::new([
        lang.pick("mã lĩnh vực", "code"),
        lang.pick("mã ngành", "sector"),
        lang.pick("tên lĩnh vực", "name"),
    ]);
    for field in &answer.fields {
        table.row(&[
            field.field_code.clone(),
            or_dash(&field.sector_code),
            or_dash(&field.name),
        ]);
    }
    let none = lang.pick("Không có lĩnh vực nào phù hợp.", "No field fits.");
    sheet(
        &table,
        none,
        &answer.next_page_token,
        answer.list.as_ref(),
        lang,
    )
}

fn sheet(
    table: &Table,
    none: &str,
    next_page_token: &str,
    list: Option<&v1::CatalogueListState>,
    lang: Lang,
) -> String {
    let more = if next_page_token.is_empty() {
        ""
    } else {
        lang.pick(
            "\nCòn nữa; tăng --limit hoặc thu hẹp điều kiện.",
            "\nThere are more; raise --limit or narrow the conditions.",
        )
    };
    let standing = list.map(|list| list_standing(list, lang));
    let standing = standing.unwrap_or_default();
    if table.is_empty() {
        return format!("{none}\n\n{standing}");
    }
    format!("{table}{more}\n\n{standing}")
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1::catalogue_list_state::List;

    use super::*;

    #[test]
    fn units_are_shown_with_their_own_age_and_why_newer_ones_were_not_taken() {
        let unit = |code: &str, name: &str, level: &str| v1::CatalogueUnit {
            unit_code: code.to_owned(),
            name: name.to_owned(),
            level_code: level.to_owned(),
        };
        let answer = v1::ListCatalogueUnitsResponse {
            units: vec![
                unit("000.00.12.H60", "Sở Tư pháp", "1"),
                unit("G15", "", "0"),
            ],
            next_page_token: "x".to_owned(),
            list: Some(v1::CatalogueListState {
                list: List::Units.into(),
                fetched_at: Some(prost_types::Timestamp {
                    seconds: 1_793_556_000,
                    nanos: 0,
                }),
                age: Some(prost_types::Duration {
                    seconds: 266_400,
                    nanos: 0,
                }),
                entries: 5,
                stale: true,
                reasons: vec![v1::HealthReason {
                    code: "CATALOGUE_PART_KEPT".to_owned(),
                    message_vi: "Danh mục đơn vị lấy về trống nên không được nhận.".to_owned(),
                    message_en: String::new(),
                }],
            }),
        };
        insta::assert_snapshot!(units_sheet(&answer, Lang::Vi), @r"
        mã đơn vị      cấp  tên đơn vị
        000.00.12.H60    1  Sở Tư pháp
        G15              0  -
        Còn nữa; tăng --limit hoặc thu hẹp điều kiện.

        Danh mục đơn vị: 5 đơn vị, lấy lúc 01:00 ngày 02/11/2026 (đã 3 ngày 2 giờ), đã cũ
        ! Danh mục đơn vị lấy về trống nên không được nhận. (CATALOGUE_PART_KEPT)
        ");
    }

    #[test]
    fn nothing_that_fits_is_said_in_words() {
        let answer = v1::ListCatalogueFieldsResponse {
            list: Some(v1::CatalogueListState {
                list: List::Fields.into(),
                ..v1::CatalogueListState::default()
            }),
            ..v1::ListCatalogueFieldsResponse::default()
        };
        insta::assert_snapshot!(fields_sheet(&answer, Lang::En), @r"
        No field fits.

        Catalogue of fields: 0 fields, when it was fetched is not known
        ");
    }
}
