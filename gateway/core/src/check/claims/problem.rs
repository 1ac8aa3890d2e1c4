//! What may be wrong with the statements of a piece of evidence.

use thiserror::Error;

use super::statement::Statement;
use crate::evidence::EvidenceClass;

/// One thing that is wrong with a statement. Statements are texts of published documents, so
/// what stands there is shown.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ClaimProblem {
    /// A document of this class cannot state it.
    #[error("{}: {} cannot state it; {} may", statement.name(), class.id(), ids(*statement))]
    Class {
        /// What is stated.
        statement: Statement,
        /// Class of the document.
        class: EvidenceClass,
    },
    /// Nothing stands there.
    #[error("{}: is empty; expected is {}", statement.name(), statement.syntax_en())]
    Empty {
        /// Which statement.
        statement: Statement,
    },
    /// Not of the form of the statement.
    #[error("{}: \"{found}\" is not of the form: {}", statement.name(), statement.syntax_en())]
    Form {
        /// Which statement.
        statement: Statement,
        /// The part that is wrong.
        found: String,
    },
    /// A percentage above 100.
    #[error("{}: \"{found}\" is more than 100 %", statement.name())]
    AboveHundred {
        /// Which statement.
        statement: Statement,
        /// What stands there.
        found: String,
    },
    /// A number outside its bounds.
    #[error("{}: {found} is not from {least} to {most}", statement.name())]
    Bounds {
        /// Which statement.
        statement: Statement,
        /// What stands there.
        found: String,
        /// The smallest.
        least: u64,
        /// The largest.
        most: u64,
    },
    /// A code that is none.
    #[error("{}: \"{found}\" is no code of that kind; expected is {}", statement.name(), statement.syntax_en())]
    Code {
        /// Which statement.
        statement: Statement,
        /// What stands there.
        found: String,
    },
    /// A field that the population database does not have.
    #[error("{}: the population database has no field \"{found}\"", statement.name())]
    Field {
        /// Which statement.
        statement: Statement,
        /// What stands there.
        found: String,
    },
    /// Something that stands twice in a list.
    #[error("{}: \"{found}\" stands there twice", statement.name())]
    Twice {
        /// Which statement.
        statement: Statement,
        /// What.
        found: String,
    },
    /// Not one hour figure for each step.
    #[error("step_hours: {hours} figures for {steps} steps")]
    StepHours {
        /// How many steps are stated.
        steps: usize,
        /// How many figures.
        hours: usize,
    },
}

impl ClaimProblem {
    /// The statement, or the first of two that do not fit.
    #[must_use]
    pub fn statement(&self) -> Statement {
        match self {
            Self::Class { statement, .. }
            | Self::Empty { statement }
            | Self::Form { statement, .. }
            | Self::AboveHundred { statement, .. }
            | Self::Bounds { statement, .. }
            | Self::Code { statement, .. }
            | Self::Field { statement, .. }
            | Self::Twice { statement, .. } => *statement,
            Self::StepHours { .. } => Statement::StepHours,
        }
    }

    /// The problem in Vietnamese, without the name of the statement.
    #[must_use]
    pub fn text_vi(&self) -> String {
        match self {
            Self::Class { statement, class } => format!(
                "loại minh chứng {} không được nêu nội dung này; chỉ {} được nêu",
                class.id(),
                ids(*statement)
            ),
            Self::Empty { statement } => format!("để trống; cần ghi {}", statement.syntax_vi()),
            Self::Form { statement, found } => {
                format!("“{found}” không đúng mẫu: {}", statement.syntax_vi())
            }
            Self::AboveHundred { found, .. } => format!("“{found}” vượt quá 100%"),
            Self::Bounds {
                found, least, most, ..
            } => format!("{found} không nằm trong khoảng từ {least} đến {most}"),
            Self::Code { statement, found } => {
                format!(
                    "“{found}” không phải là mã hợp lệ: {}",
                    statement.syntax_vi()
                )
            }
            Self::Field { found, .. } => {
                format!("CSDL quốc gia về dân cư không có trường “{found}”")
            }
            Self::Twice { found, .. } => format!("“{found}” xuất hiện hai lần"),
            Self::StepHours { steps, hours } => {
                format!("có {hours} số giờ cho {steps} bước")
            }
        }
    }
}

/// Classes that may state it: `E1, E3`.
fn ids(statement: Statement) -> String {
    let ids: Vec<&str> = statement.classes().iter().map(|it| it.id()).collect();
    ids.join(", ")
}
