//! A content as a file: for print, for a spreadsheet, for a program.
//!
//! What a reader would get wrong: drawing knows no clock and no order but that of the content.
//! The same content in the same state gives the same bytes, in every form.

mod csv;
mod html;
mod json;
mod xlsx;

use lienthong_proto::v1;
use thiserror::Error;

use super::content::Content;
use super::state::State;

/// Form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Comma-separated values.
    Csv,
    /// Spreadsheet.
    Xlsx,
    /// Page.
    Html,
    /// JSON.
    Json,
}

impl Form {
    /// The form of the contract; `None` of none.
    pub(super) fn of(format: v1::ReportFormat) -> Option<Self> {
        match format {
            v1::ReportFormat::Unspecified => None,
            v1::ReportFormat::Csv => Some(Self::Csv),
            v1::ReportFormat::Xlsx => Some(Self::Xlsx),
            v1::ReportFormat::Html => Some(Self::Html),
            v1::ReportFormat::Json => Some(Self::Json),
        }
    }

    /// Its media type.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Html => "text/html; charset=utf-8",
            Self::Json => "application/json",
        }
    }

    /// End of its file's name.
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Html => "html",
            Self::Json => "json",
        }
    }
}

/// Why a content cannot be drawn.
#[derive(Debug, Error)]
pub(super) enum DrawError {
    /// It has no such table.
    #[error("the report has no such table")]
    NoSuchSection,
    /// The form has not room for all rows of a table.
    #[error("the report has more rows than this form holds")]
    TooLarge,
    /// A fault of this program: the library of the form refused what it was given.
    #[error("the report cannot be drawn: {0}")]
    Broken(String),
}

/// What is drawn.
#[derive(Debug, Clone)]
pub(super) struct Drawing {
    /// The content.
    pub(super) content: Content,
    /// How far the report came.
    pub(super) state: Option<State>,
    /// The one table that is wanted, for CSV; `None`: all.
    pub(super) section: Option<String>,
    /// The check, for the JSON of the board.
    pub(super) checks: Option<serde_json::Value>,
}

impl Drawing {
    /// The file in `form`.
    ///
    /// # Errors
    /// [`DrawError`].
    pub(super) fn draw(&self, form: Form) -> Result<Vec<u8>, DrawError> {
        match form {
            Form::Csv => csv::draw(self),
            Form::Xlsx => xlsx::draw(self),
            Form::Html => html::draw(self),
            Form::Json => Ok(json::draw(self)),
        }
    }

    /// A name for the file.
    pub(super) fn file_name(&self, form: Form) -> String {
        let content = &self.content;
        let (first, last) = (content.first_day, content.last_day);
        let unit = content.unit.as_deref().map(|unit| format!("-{unit}"));
        let section = self.section.as_deref().filter(|_| form == Form::Csv);
        let section = section.map(|section| format!("-{section}"));
        format!(
            "lienthong-{}{}-{first}-{last}{}-{}.{}",
            content.kind,
            section.unwrap_or_default(),
            unit.unwrap_or_default(),
            content.language,
            form.extension()
        )
    }
}

/// Whether a spreadsheet would take `text` for a formula when it reads or edits it.
fn looks_like_formula(text: &str) -> bool {
    let signs = [
        '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ];
    text.trim_start().starts_with(signs)
}
