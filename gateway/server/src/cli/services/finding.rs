//! Findings, figures and warnings as blocks of text.

use lienthong_proto::v1;
use lienthong_proto::v1::criterion_finding::Verdict;

use super::super::words::{clean, width};
use super::COLUMNS;
use super::layout::{Column, Sheet, indented};
use super::words::{figure, short_verdict, verdict};
use crate::lang::Lang;

/// One finding with its reason, its evidence and its examples.
pub(super) fn block(finding: &v1::CriterionFinding, lang: Lang) -> String {
    let name = lang.pick(&finding.name_vi, &finding.name_en);
    let mark = match finding.verdict() {
        Verdict::Contradicted => "✘",
        Verdict::Consistent => "✔",
        Verdict::EvidenceExpired => "!",
        Verdict::Unspecified
        | Verdict::Undocumented
        | Verdict::Unproven
        | Verdict::NotApplicable
        | Verdict::CannotObserve => "·",
    };
    let head = format!(
        "{mark} {:<3} {}: {}",
        clean(&finding.criterion_id),
        clean(name),
        verdict(finding.verdict(), lang)
    );
    let mut lines = vec![indented(&head, 2, COLUMNS)];
    let mut more = |name: &str, text: &str| {
        if !text.is_empty() {
            let text = if name.is_empty() {
                text.to_owned()
            } else {
                format!("{name}: {text}")
            };
            lines.push(indented(&text, 8, COLUMNS));
        }
    };
    more("", lang.pick(&finding.reason_vi, &finding.reason_en));
    more(lang.pick("tài liệu", "documented"), &finding.documented);
    more(
        lang.pick("minh chứng", "evidence"),
        &finding.evidence_ids.join(", "),
    );
    more(
        lang.pick("ví dụ", "examples"),
        &finding.example_dossier_codes.join(", "),
    );
    lines.join("\n")
}

/// What the traffic shows.
pub(super) fn figures(figures: &[v1::ObservedFigure], lang: Lang) -> String {
    if figures.is_empty() {
        return String::new();
    }
    let mut sheet = Sheet::new([
        (Column::Prose(52), lang.pick("số liệu", "figure")),
        (Column::Number, lang.pick("số hồ sơ", "of")),
        (Column::Number, lang.pick("giá trị", "value")),
    ]);
    for told in figures {
        sheet.row(&[
            lang.pick(&told.name_vi, &told.name_en).to_owned(),
            sample(told),
            figure(told, lang),
        ]);
    }
    sheet.to_string()
}

fn sample(figure: &v1::ObservedFigure) -> String {
    if figure.value.is_some() || !figure.unit.is_empty() {
        figure.denominator.to_string()
    } else {
        format!("{}/{}", figure.numerator, figure.denominator)
    }
}

/// What keeps the answer from being whole.
pub(super) fn warnings(warnings: &[v1::CheckWarning], lang: Lang) -> String {
    let lines = warnings.iter().map(|warning| {
        let text = lang.pick(&warning.text_vi, &warning.text_en);
        let text = format!("! {text} ({})", warning.code);
        indented(&text, 0, COLUMNS)
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// How often each verdict was given, those that ask for something first.
pub(super) fn counts(findings: &[v1::CriterionFinding], lang: Lang) -> String {
    let order = [
        Verdict::Contradicted,
        Verdict::EvidenceExpired,
        Verdict::Consistent,
        Verdict::Undocumented,
        Verdict::Unproven,
        Verdict::CannotObserve,
        Verdict::NotApplicable,
    ];
    let counted = order.into_iter().filter_map(|verdict| {
        let of = findings.iter().filter(|it| it.verdict() == verdict).count();
        (of > 0).then(|| format!("{of} {}", short_verdict(verdict, lang)))
    });
    counted.collect::<Vec<_>>().join(", ")
}

/// Ids of the findings with this verdict.
pub(super) fn ids(findings: &[v1::CriterionFinding], verdict: Verdict) -> String {
    let ids = findings.iter().filter(|it| it.verdict() == verdict);
    let ids: Vec<&str> = ids.map(|it| it.criterion_id.as_str()).collect();
    debug_assert!(ids.iter().all(|id| width(id) <= 3));
    ids.join(" ")
}
