//! What a piece of evidence claims, read from its statements.
//!
//! What a reader would get wrong: a statement is a claim of a document and nothing that was
//! measured. Which class of document may make it is part of the table below: a cost sheet
//! (E8) plans, so it approves no process and promises no time (administration.md 3.4).

mod problem;
mod statement;
mod syntax;
#[cfg(test)]
mod tests;

pub use problem::ClaimProblem;
pub use statement::{Statement, Syntax};

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Time;

use crate::calendar::TimeLimit;
use crate::citizen::CitizenField;
use crate::evidence::{Evidence, EvidenceClass};
use crate::procedure::{ComponentCode, ResultCode};
use crate::share::Percent;

/// A paper that is cut, or that data take the place of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperClaim {
    /// Mã thành phần hồ sơ.
    pub component: ComponentCode,
    /// The database whose data take its place, as the document names it.
    pub source: Option<String>,
}

/// The value of one statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimValue {
    /// Yes or no.
    Flag(bool),
    /// Papers.
    Papers(Vec<PaperClaim>),
    /// Fields of the population database.
    Fields(BTreeSet<CitizenField>),
    /// A percentage.
    Percent(Percent),
    /// Thời hạn giải quyết.
    Limit(TimeLimit),
    /// A time of day.
    CutOff(Time),
    /// Departments in their order.
    Steps(Vec<String>),
    /// Hours of each step, in hundredths of an hour.
    StepHours(Vec<u32>),
    /// A count, a level or an amount in đồng.
    Number(u64),
    /// Mã giấy tờ kết quả.
    Results(BTreeSet<ResultCode>),
}

/// A statement that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its value.
    pub value: ClaimValue,
    /// As the document has it, trimmed.
    pub text: String,
}

/// Everything that a piece of evidence claims.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claims {
    said: BTreeMap<Statement, Claim>,
    unknown: Vec<String>,
}

impl Claims {
    /// The claims of a piece.
    ///
    /// # Errors
    /// Everything that is wrong with its statements, in the order of their names.
    pub fn of(evidence: &Evidence) -> Result<Self, Vec<ClaimProblem>> {
        Self::read(evidence.class, &evidence.statements)
    }

    /// The claims that a document of this class makes with these statements. Names that no
    /// rule reads are kept in [`Claims::unknown`] and are no problem.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the names.
    pub fn read(
        class: EvidenceClass,
        statements: &BTreeMap<String, String>,
    ) -> Result<Self, Vec<ClaimProblem>> {
        let mut claims = Self::default();
        let mut problems = Vec::new();
        for (name, text) in statements {
            let Some(statement) = Statement::from_name(name) else {
                claims.unknown.push(name.clone());
                continue;
            };
            if !statement.classes().contains(&class) {
                problems.push(ClaimProblem::Class { statement, class });
            }
            match syntax::read(statement, text) {
                Ok(value) => {
                    let text = text.trim().to_owned();
                    claims.said.insert(statement, Claim { value, text });
                }
                Err(problem) => problems.push(problem),
            }
        }
        problems.extend(claims.contradiction());
        if problems.is_empty() {
            Ok(claims)
        } else {
            Err(problems)
        }
    }

    /// What it says under this name.
    #[must_use]
    pub fn get(&self, statement: Statement) -> Option<&Claim> {
        self.said.get(&statement)
    }

    /// Every statement that was read, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (Statement, &Claim)> {
        self.said
            .iter()
            .map(|(statement, claim)| (*statement, claim))
    }

    /// Names that no rule reads: told as a warning, as they may be misspelt.
    #[must_use]
    pub fn unknown(&self) -> &[String] {
        &self.unknown
    }

    /// Statements of one document that do not fit each other.
    fn contradiction(&self) -> Option<ClaimProblem> {
        let value = |statement| self.get(statement).map(|it| &it.value);
        match (value(Statement::Steps), value(Statement::StepHours)) {
            (Some(ClaimValue::Steps(steps)), Some(ClaimValue::StepHours(hours)))
                if steps.len() != hours.len() =>
            {
                Some(ClaimProblem::StepHours {
                    steps: steps.len(),
                    hours: hours.len(),
                })
            }
            (_, _) => None,
        }
    }
}
