//! Statements in one cell: a name and a value on each line, or between bars.

use std::collections::BTreeMap;

use super::problem::Reason;

/// Reads `text` into `statements`; what is wrong with it.
pub(super) fn read(text: &str, statements: &mut BTreeMap<String, String>) -> Vec<Reason> {
    let mut problems = Vec::new();
    for (line, part) in (1..).zip(text.split(['\n', '|'])) {
        if part.trim().is_empty() {
            continue;
        }
        let Some((name, value)) = part.split_once(['=', ':']) else {
            problems.push(Reason::StatementLine { line });
            continue;
        };
        let name = name.trim().to_owned();
        let value = value.trim().to_owned();
        if statements.insert(name.clone(), value).is_some() {
            problems.push(Reason::StatementAgain { name });
        }
    }
    problems
}
