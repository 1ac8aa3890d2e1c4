//! Reports (báo cáo) as tables of values, before anybody draws them.
//!
//! What a reader would get wrong: a report is a function of its data. It holds no clock: made
//! twice from the same data it is the same to the byte, in every form. Forms (HTML, XLSX,
//! CSV, JSON) are drawn outside this crate, from this one model.

mod table;

pub use table::{Cell, Column, ColumnKind, Language, Report, ReportKind, RuleVersion, Section};
