//! Reports (báo cáo) as tables of values, before anybody draws them.
//!
//! What a reader would get wrong: a report is a function of its data. It holds no clock: made
//! twice from the same data it is the same to the byte, in every form. Forms (HTML, XLSX,
//! CSV, JSON) are drawn outside this crate, from this one model.

mod board;
mod changes;
mod counts;
mod expiring;
mod gathering;
mod index;
mod late;
mod material;
mod other_targets;
mod previous;
mod project06;
mod rates;
mod rules;
mod small;
mod table;
mod told;
mod unapologised;
mod words;

pub use counts::Counts;
pub use expiring::expiring;
pub use gathering::Gathering;
pub use index::counts_itself;
pub use material::{Material, Notice};
pub use previous::{InvalidPreviousReport, PreviousReport, PreviousService};
pub use rules::{ReportRules, ReportRulesProblem};
pub use table::{Cell, Column, ColumnKind, Language, Report, ReportKind, RuleVersion, Section};

/// Makes a report. What is not known is an empty cell and a remark, and so is what a table has
/// no room for; so there is no error.
#[must_use]
pub fn build(kind: ReportKind, material: &Material<'_>, language: Language) -> Report {
    let mut report = match kind {
        ReportKind::Board => board::build(material, language),
        ReportKind::Project06Month => project06::build(material, language),
        ReportKind::LateUnits => late::build(material, language),
        ReportKind::Unapologised => unapologised::build(material, language),
        ReportKind::ExpiringEvidence => expiring::build(material, language),
        ReportKind::Changes => changes::build(material, language),
        ReportKind::ServiceIndex => index::build(material, language),
    };
    for section in &mut report.sections {
        section.keep(material.rules.most_rows, language);
    }
    report
}

#[cfg(test)]
mod tests;
