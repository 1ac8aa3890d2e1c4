//! Codes of the services that the national procedure catalogue lists no longer.
//!
//! What a reader would get wrong: a code that is not listed is not repealed. The table is a
//! reason to look for the document, and says so.

use super::Checked;
use crate::catalogue::{CatalogueChange, VanishedCode, codes_that_vanished};
use crate::essential::CodeRole;
use crate::report::material::{column, section, text};
use crate::report::{Cell, Column, ColumnKind, Language, Material, PreviousReport, Section};
use crate::wire_time::local_date;

/// The codes that went between the report before and this one.
pub(super) fn codes(
    material: &Material<'_>,
    language: Language,
    checked: &[Checked<'_>],
    previous: &PreviousReport,
) -> Section {
    let columns = columns(language);
    let heading = language.of(
        "Mã thủ tục không còn trong danh mục quốc gia",
        "Codes that the national catalogue lists no longer",
    );
    let Some(changes) = material.catalogue_changes else {
        let mut section = section("codes", heading, columns, Vec::new());
        section.remarks.push(
            language
                .of(
                    "Không có danh mục thủ tục để so sánh.",
                    "There is no procedure catalogue to compare with.",
                )
                .to_owned(),
        );
        return section;
    };
    let between = changes
        .iter()
        .filter(|change| change.seen_at > previous.as_of && change.seen_at <= material.as_of);
    let between: Vec<CatalogueChange> = between.cloned().collect();
    let gone = codes_that_vanished(&between, material.services);
    let rows = checked.iter().flat_map(|(_, service)| {
        let own = gone.iter().flat_map(|code| {
            let uses = code.services.iter();
            let uses = uses.filter(|(number, _)| *number == service.number);
            uses.map(move |(_, role)| (code, *role))
        });
        own.map(|(code, role)| {
            let mut row = vec![
                Cell::Count(u64::from(service.number.get())),
                text(&service.name),
            ];
            row.extend(told(code, role, language));
            row
        })
    });
    let mut section = section("codes", heading, columns, rows.collect());
    if !section.rows.is_empty() {
        section.remarks.push(
            language
                .of(
                    "Mã không còn trong danh mục chưa có nghĩa là thủ tục bị bãi bỏ: cần tìm \
                     quyết định công bố.",
                    "A code that is not listed is not repealed by that: look for the decision.",
                )
                .to_owned(),
        );
    }
    section
}

fn columns(language: Language) -> Vec<Column> {
    use ColumnKind::{Code, Moment, Prose, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    vec![
        of("number", Code, "STT", "No."),
        of("service", Prose, "Dịch vụ", "Service"),
        of("code", Code, "Mã thủ tục", "Procedure code"),
        of("name", Prose, "Tên thủ tục", "Procedure"),
        of("role", Text, "Vai trò của mã", "Role of the code"),
        of("missed", Moment, "Không còn từ", "Not listed since"),
        of("replaced-by", Code, "Mã thay thế", "Replaced by"),
    ]
}

fn told(gone: &VanishedCode, role: CodeRole, language: Language) -> [Cell; 5] {
    let replaced_by = gone.replaced_by.as_ref();
    [
        text(gone.code.as_str()),
        text(&gone.name),
        text(role_text(role, language)),
        Cell::Day(local_date(gone.seen_at)),
        replaced_by.map_or(Cell::Empty, |code| text(code.as_str())),
    ]
}

fn role_text(role: CodeRole, language: Language) -> &'static str {
    match role {
        CodeRole::Main => language.of("mã chính", "main"),
        CodeRole::Linked => language.of("thủ tục con", "linked"),
        CodeRole::Predecessor => language.of("mã cũ", "predecessor"),
        CodeRole::Related => language.of("mã liên quan, không tính", "related, not counted"),
    }
}
