//! Evidence on a terminal.

use std::fmt::Write as _;

use lienthong_adapters::evidence_import::{ImportProblem, ImportedRow};
use lienthong_proto::v1;

use super::super::super::words::{clean, or_dash};
use super::super::words::{day, numbers};
use super::import::{language, readable};
use crate::lang::Lang;

/// A problem with its place, in one line.
pub(super) fn problem_line(sign: &str, problem: &ImportProblem, lang: Lang) -> String {
    let text = problem.text(language(lang));
    format!("{sign} {}", readable(&text, lang))
}

/// What became of one row, and what there is to say about it.
pub(super) fn result_lines(
    row: &ImportedRow,
    result: &v1::ImportedEvidenceResult,
    lang: Lang,
) -> String {
    let piece = result.evidence.clone().unwrap_or_default();
    let id = match (piece.evidence_id.as_str(), result.duplicate) {
        ("", _) => lang.pick("sẽ ghi mới", "new").to_owned(),
        (id, true) => format!("{} {id}", lang.pick("đã có", "there already:")),
        (id, false) => format!("{} {id}", lang.pick("đã ghi", "recorded as")),
    };
    let mut text = format!(
        "{} {}: {} {}, {}, {} {}: {id}",
        lang.pick("Dòng", "Row"),
        row.row,
        class_id(piece.class),
        or_dash(&clean(&piece.symbol)),
        day(&piece.issued_on, lang),
        lang.pick("dịch vụ", "services"),
        numbers(&piece.service_numbers),
    );
    for remark in &result.remarks {
        let said = lang.pick(&remark.text_vi, &remark.text_en);
        let sign = if remark.refuses { "✘" } else { "→" };
        // Writing to a text cannot fail.
        let _ = write!(text, "\n    {sign} {}", readable(said, lang));
    }
    text
}

/// How many there were.
pub(super) fn summary(answer: &v1::ImportEvidenceResponse, lang: Lang) -> String {
    let repeated = answer.results.iter().filter(|it| it.duplicate).count();
    let new = answer.results.len() - repeated;
    let done = if answer.recorded {
        lang.pick("minh chứng đã ghi", "pieces recorded")
    } else {
        lang.pick("minh chứng sẽ được ghi", "pieces would be recorded")
    };
    let before = lang.pick("đã có từ trước", "were there before");
    format!("{new} {done}, {repeated} {before}.")
}

/// `E1` to `E9`.
pub(super) fn class_id(class: i32) -> String {
    if (1..=9).contains(&class) {
        format!("E{class}")
    } else {
        "-".to_owned()
    }
}
