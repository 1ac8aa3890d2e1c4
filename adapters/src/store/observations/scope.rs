//! Which rows are wanted, in conditions that a database can decide.

use lienthong_core::agency::{AgencyCode, AgencyForm};
use lienthong_core::ports::observations::Wanted;

/// The conditions of a [`Wanted`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) struct Scope {
    /// The first moment of the days, in microseconds.
    pub(in crate::store) begins: i64,
    /// The first moment behind them.
    pub(in crate::store) ends: i64,
    /// Which units, where not all.
    pub(in crate::store) unit: Option<UnitScope>,
    /// Codes without a suffix; empty: all.
    pub(in crate::store) procedures: Vec<String>,
}

/// An agency and what is below it ([`AgencyCode::includes`]), by the letters of codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum UnitScope {
    /// A whole ministry or province, in either form.
    Level1(String),
    /// In the new form: this code, and codes that begin with it and a point.
    Branch(String),
    /// In the old form: codes that end so.
    Ending(String),
}

impl Scope {
    /// The conditions of `wanted`.
    pub(in crate::store) fn of(wanted: &Wanted) -> Self {
        let procedures = wanted.procedures.iter();
        Self {
            begins: wanted.window.begins().as_microsecond(),
            ends: wanted.window.ends().as_microsecond(),
            unit: wanted.unit.as_ref().map(UnitScope::of),
            procedures: procedures.map(|code| code.national().to_owned()).collect(),
        }
    }
}

impl UnitScope {
    fn of(unit: &AgencyCode) -> Self {
        let code = unit.as_str();
        match unit.form() {
            AgencyForm::New if code == unit.level1() => Self::Level1(code.to_owned()),
            AgencyForm::New => Self::Branch(code.to_owned()),
            AgencyForm::Old => {
                // The last group names the ministry or province; groups of zeros in front
                // name nobody.
                let mut groups: Vec<&str> = code.split('.').collect();
                while groups.len() > 1 && groups[0].bytes().all(|byte| byte == b'0') {
                    groups.remove(0);
                }
                match groups[..] {
                    [level1] => Self::Level1(level1.to_owned()),
                    _ => Self::Ending(groups.join(".")),
                }
            }
        }
    }

    /// The condition on the column `unit`, and the value of its only parameter, which is
    /// written as `parameter`. The same words in SQLite and PostgreSQL.
    pub(in crate::store) fn condition(&self, parameter: &str) -> (String, &str) {
        let p = parameter;
        match self {
            // Codes of the old form are 13 letters long and begin with a digit, and only
            // they do.
            Self::Level1(code) => (
                format!("(substr(unit, 1, 3) = {p} OR (unit < ':' AND substr(unit, 11, 3) = {p}))"),
                code,
            ),
            // The slash is next to the point.
            Self::Branch(code) => (
                format!("(unit = {p} OR (unit >= {p} || '.' AND unit < {p} || '/'))"),
                code,
            ),
            Self::Ending(code) => {
                let begin = 13 - code.len() + 1;
                (
                    format!("(unit < ':' AND substr(unit, {begin}) = {p})"),
                    code,
                )
            }
        }
    }
}
