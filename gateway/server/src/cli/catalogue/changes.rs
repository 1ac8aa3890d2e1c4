//! `lienthong catalogue changes`: what fetches brought.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::Date;
use lienthong_core::wire_time::viet_nam;
use lienthong_proto::v1;
use lienthong_proto::v1::catalogue_change::Kind;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json};
use super::super::services::{role, time};
use super::super::table::Table;
use super::super::target::{Output, Target};
use super::super::words::{clean, or_dash};
use super::standing::version;
use crate::client::call;
use crate::lang::Lang;

/// Arguments of `catalogue changes`.
#[derive(Debug, clap::Args)]
pub(super) struct ChangesArguments {
    /// Only those seen from this day on, such as 2026-11-01, in the time of Viet Nam.
    #[arg(long)]
    since: Option<Date>,
    /// Only those of this procedure.
    #[arg(long, default_value = "", hide_default_value = true)]
    code: String,
    /// Most changes shown.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
    limit: u32,
}

/// Shows the changes.
pub(super) async fn run(
    target: &Target,
    arguments: ChangesArguments,
    lang: Lang,
) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    let request = v1::ListCatalogueChangesRequest {
        since: arguments.since.and_then(just_before),
        procedure_code: arguments.code,
        page_size: i32::try_from(arguments.limit).unwrap_or(i32::MAX),
        page_token: String::new(),
    };
    let mut catalogue = client.catalogue();
    let answer = catalogue.list_catalogue_changes(call(request)).await?;
    let answer = answer.into_inner();
    match target.output {
        Output::Json => say_json("ListCatalogueChangesResponse", &answer)?,
        Output::Table => say(&sheet(&answer, lang)),
    }
    Ok(DONE)
}

/// The last moment before a day: changes are asked for after a moment.
fn just_before(day: Date) -> Option<prost_types::Timestamp> {
    let begins = day.to_zoned(viet_nam()).ok()?.timestamp();
    let before = Timestamp::from_microsecond(begins.as_microsecond() - 1).ok()?;
    Some(prost_types::Timestamp {
        seconds: before
            .as_nanosecond()
            .div_euclid(1_000_000_000)
            .try_into()
            .ok()?,
        nanos: before
            .as_nanosecond()
            .rem_euclid(1_000_000_000)
            .try_into()
            .ok()?,
    })
}

fn sheet(answer: &v1::ListCatalogueChangesResponse, lang: Lang) -> String {
    let mut table = Table::new([
        lang.pick("nhận thấy lúc", "seen"),
        lang.pick("thay đổi", "change"),
        lang.pick("mã thủ tục", "code"),
        lang.pick("phiên bản", "version"),
        lang.pick("tên thủ tục", "name"),
        lang.pick("dịch vụ thiết yếu", "services"),
        lang.pick("chỗ khác", "what differs"),
    ]);
    for change in &answer.changes {
        table.row(&[
            time(change.seen_at.as_ref(), lang),
            kind(change.kind(), lang).to_owned(),
            change.procedure_code.clone(),
            version(&change.catalogue_version),
            or_dash(&change.name),
            or_dash(&numbers(change)),
            or_dash(&fields(&change.changed_fields, lang)),
        ]);
    }
    if table.is_empty() {
        return lang
            .pick("Không có thay đổi nào.", "Nothing has changed.")
            .to_owned();
    }
    let more = if answer.next_page_token.is_empty() {
        ""
    } else {
        lang.pick(
            "\nCòn nữa; tăng --limit hoặc dùng --since, --code.",
            "\nThere are more; raise --limit or use --since, --code.",
        )
    };
    let gone: String = gone(answer).filter_map(|it| touched(it, lang)).collect();
    format!("{table}{more}{gone}")
}

/// Withdrawals that no later change on the page took back; the newest changes come first.
fn gone(answer: &v1::ListCatalogueChangesResponse) -> impl Iterator<Item = &v1::CatalogueChange> {
    let mut seen = BTreeSet::new();
    let presence = answer
        .changes
        .iter()
        .filter(|it| it.kind() != Kind::Changed);
    let newest = presence.filter(move |it| seen.insert(it.procedure_code.as_str()));
    newest.filter(|it| it.kind() == Kind::Withdrawn)
}

/// The numbers of the services that the code belongs to.
fn numbers(change: &v1::CatalogueChange) -> String {
    let numbers = change.services.iter().map(|it| it.number.to_string());
    numbers.collect::<Vec<_>>().join(", ")
}

/// What a code that is not listed any more was to which service, and what took its place.
fn touched(change: &v1::CatalogueChange, lang: Lang) -> Option<String> {
    if change.services.is_empty() {
        return None;
    }
    let mut text = format!(
        "\n! {} {}",
        clean(&change.procedure_code),
        lang.pick(
            "không còn trong danh mục, là mã của dịch vụ công thiết yếu:",
            "is not listed any more, and is a code of essential services:"
        ),
    );
    for service in &change.services {
        let role = role(&service.role, lang);
        let name = clean(&service.name);
        let _ = write!(text, "\n    {} {name} ({role})", service.number);
    }
    let next = if change.replaced_by.is_empty() {
        lang.pick(
            "Chưa biết mã thay thế; tìm quyết định công bố, rồi cập nhật danh sách dịch vụ.",
            "No code is known to take its place; look for the decision, then bring the list of \
             services up to date.",
        )
        .to_owned()
    } else {
        let by = lang.pick("Mã thay thế", "Replaced by");
        format!("{by}: {}", clean(&change.replaced_by))
    };
    let _ = write!(text, "\n    {next}");
    Some(text)
}

fn kind(kind: Kind, lang: Lang) -> &'static str {
    match kind {
        Kind::Unspecified => "-",
        Kind::Added => lang.pick("mới", "new"),
        Kind::Changed => lang.pick("sửa nội dung", "changed"),
        Kind::Withdrawn => lang.pick("không còn", "withdrawn"),
        Kind::Restored => lang.pick("có lại", "restored"),
    }
}

/// The first paths that differ, and how many more there are.
fn fields(paths: &[String], lang: Lang) -> String {
    const SHOWN: usize = 3;
    let shown = paths.iter().take(SHOWN).cloned().collect::<Vec<_>>();
    let left = paths.len().saturating_sub(SHOWN);
    if left == 0 {
        return shown.join(", ");
    }
    let more = lang.pick("chỗ nữa", "more");
    format!("{}, +{left} {more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_with_the_paths_that_differ() {
        let change = |kind: Kind, code: &str, paths: &[&str]| v1::CatalogueChange {
            procedure_code: code.to_owned(),
            name: "Đăng ký thường trú".to_owned(),
            kind: kind.into(),
            changed_fields: paths.iter().map(|it| (*it).to_owned()).collect(),
            seen_at: Some(prost_types::Timestamp {
                seconds: 1_793_556_000,
                nanos: 0,
            }),
            catalogue_version: "0123456789abcdef".to_owned(),
            ..v1::CatalogueChange::default()
        };
        let service = |number, name: &str, role: &str| v1::ChangedService {
            number,
            name: name.to_owned(),
            role: role.to_owned(),
        };
        let paths = ["requirements", "methods[0].fees", "steps[1]", "components"];
        let answer = v1::ListCatalogueChangesResponse {
            changes: vec![
                v1::CatalogueChange {
                    services: vec![service(5, "Khai báo tạm vắng", "main")],
                    ..change(Kind::Withdrawn, "1.003677", &[])
                },
                v1::CatalogueChange {
                    services: vec![service(16, "Liên thông khai tử", "predecessor")],
                    replaced_by: "2.002913".to_owned(),
                    ..change(Kind::Withdrawn, "2.002622", &[])
                },
                change(Kind::Changed, "1.004222", &paths),
                change(Kind::Restored, "1.004222", &[]),
                v1::CatalogueChange {
                    services: vec![service(3, "Đăng ký thường trú", "main")],
                    ..change(Kind::Withdrawn, "1.004222", &[])
                },
            ],
            next_page_token: String::new(),
        };
        insta::assert_snapshot!(sheet(&answer, Lang::Vi), @r"
        nhận thấy lúc          thay đổi      mã thủ tục  phiên bản     tên thủ tục         dịch vụ thiết yếu  chỗ khác
        01:00 ngày 02/11/2026  không còn     1.003677    0123456789ab  Đăng ký thường trú                  5  -
        01:00 ngày 02/11/2026  không còn     2.002622    0123456789ab  Đăng ký thường trú                 16  -
        01:00 ngày 02/11/2026  sửa nội dung  1.004222    0123456789ab  Đăng ký thường trú                  -  requirements, methods[0].fees, steps[1], +1 chỗ nữa
        01:00 ngày 02/11/2026  có lại        1.004222    0123456789ab  Đăng ký thường trú                  -  -
        01:00 ngày 02/11/2026  không còn     1.004222    0123456789ab  Đăng ký thường trú                  3  -
        ! 1.003677 không còn trong danh mục, là mã của dịch vụ công thiết yếu:
            5 Khai báo tạm vắng (mã chính)
            Chưa biết mã thay thế; tìm quyết định công bố, rồi cập nhật danh sách dịch vụ.
        ! 2.002622 không còn trong danh mục, là mã của dịch vụ công thiết yếu:
            16 Liên thông khai tử (mã cũ)
            Mã thay thế: 2.002913
        ");
    }

    #[test]
    fn a_day_begins_at_its_first_moment_in_viet_nam() {
        let before = just_before("2026-11-02".parse().unwrap()).unwrap();
        // 2026-11-01T17:00:00Z is the midnight before 2 November there.
        assert_eq!(before.seconds, 1_793_552_399);
        assert_eq!(before.nanos, 999_999_000);
    }
}
