//! A filter as a condition, with its values.

use std::fmt::Write as _;

use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::procedure::ProcedureCode;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::state::SyncState;
use tokio_postgres::types::ToSql;

use crate::store::postgres::column::{micros, storable};
use crate::store::unit::{BEHIND_OLD_FORM, UnitNumbers};

/// A value of a statement.
pub(super) type Value = Box<dyn ToSql + Send + Sync>;

/// States of a dossier, those that hold it up first.
const STATES: [SyncState; 7] = [
    SyncState::Refused,
    SyncState::Dead,
    SyncState::Unknown,
    SyncState::Waiting,
    SyncState::Sending,
    SyncState::Pending,
    SyncState::Accepted,
];

/// The condition on dossiers `d`, all but their states.
pub(super) struct Condition {
    sql: String,
    values: Vec<Value>,
}

impl Condition {
    /// The condition of `filter`; its first value is `$first`.
    pub(super) fn of(filter: &DossierFilter, first: usize) -> Self {
        let mut condition = Self {
            sql: String::new(),
            values: Vec::new(),
        };
        if !filter.causes.is_empty() {
            let causes: Vec<&'static str> =
                filter.causes.iter().copied().map(Cause::name).collect();
            condition.and(first, "d.cause = ANY (?)", [Box::new(causes)]);
        }
        if let Some(unit) = &filter.unit {
            condition.unit(first, UnitNumbers::of(unit));
        }
        if let Some(procedure) = &filter.procedure {
            let code = ProcedureCode::as_str(procedure).to_owned();
            condition.and(first, "d.procedure = ?", [Box::new(code)]);
        }
        for (moment, sql) in [
            (filter.unsent_since, "d.unsent_at <= ?"),
            (filter.recorded_from, "d.first_recorded_at >= ?"),
            (filter.recorded_before, "d.first_recorded_at < ?"),
            (filter.touched_from, "d.touched_at >= ?"),
        ] {
            if let Some(moment) = moment {
                condition.and(first, sql, [Box::new(micros(moment))]);
            }
        }
        if !filter.dossiers.is_empty() {
            let codes: Vec<String> = filter
                .dossiers
                .iter()
                .map(|number| DossierNumber::as_str(number).to_owned())
                .collect();
            condition.and(first, "d.code = ANY (?)", [Box::new(codes)]);
        }
        if let Some(code) = &filter.upstream_code {
            // A code is told of a failure, and only of that.
            let sql = "d.cause IS NOT NULL AND d.upstream_code = ?";
            let code = storable(code, code.chars().count());
            condition.and(first, sql, [Box::new(code)]);
        }
        condition
    }

    fn unit(&mut self, first: usize, numbers: UnitNumbers) {
        match numbers {
            UnitNumbers::Range { from, before } => {
                self.and(first, "d.code >= ?", [Box::new(from)]);
                self.and(first, "d.code < ?", [Box::new(before)]);
            }
            UnitNumbers::Part { start, text } => {
                let length = i32::try_from(text.len()).unwrap_or(i32::MAX);
                let start = i32::try_from(start).unwrap_or(i32::MAX);
                self.and(
                    first,
                    "d.code < ? AND substr(d.code, ?, ?) = ?",
                    [
                        Box::new(BEHIND_OLD_FORM) as Value,
                        Box::new(start),
                        Box::new(length),
                        Box::new(text),
                    ],
                );
            }
        }
    }

    /// Adds a part, in which each question mark stands for the next value.
    fn and<const N: usize>(&mut self, first: usize, part: &str, values: [Value; N]) {
        self.sql.push_str(" AND ");
        let mut pieces = part.split('?');
        self.sql.push_str(pieces.next().unwrap_or_default());
        for (piece, value) in pieces.zip(values) {
            let place = first + self.values.len();
            // Writing to a string cannot fail.
            let _written = write!(self.sql, "${place}");
            self.sql.push_str(piece);
            self.values.push(value);
        }
    }

    /// Text that follows another condition; empty, or begins with "AND".
    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    /// Its values, in order.
    pub(super) fn values(&self) -> impl Iterator<Item = &(dyn ToSql + Sync)> {
        self.values
            .iter()
            .map(|value| &**value as &(dyn ToSql + Sync))
    }
}

/// The states that dossiers of `filter` can be in.
pub(super) fn states(filter: &DossierFilter) -> Vec<SyncState> {
    STATES
        .into_iter()
        .filter(|state| filter.states.is_empty() || filter.states.contains(state))
        .filter(|state| *state != SyncState::Accepted || !filter.is_about_unsent())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::Timestamp;
    use lienthong_core::ports::ledger::DossierFilter;
    use lienthong_core::sync::cause::Cause;
    use lienthong_core::sync::state::SyncState;

    use super::{Condition, states};

    #[test]
    fn values_are_counted_from_the_first_free_place() {
        let filter = DossierFilter {
            causes: BTreeSet::from([Cause::Session]),
            recorded_from: Some(Timestamp::UNIX_EPOCH),
            ..DossierFilter::default()
        };
        let condition = Condition::of(&filter, 3);
        assert_eq!(
            condition.sql(),
            " AND d.cause = ANY ($3) AND d.first_recorded_at >= $4"
        );
        assert_eq!(condition.values().count(), 2);
        assert_eq!(Condition::of(&DossierFilter::default(), 1).sql(), "");
    }

    #[test]
    fn what_only_unsent_dossiers_have_is_not_looked_for_among_the_accepted() {
        let any = DossierFilter::default();
        assert!(states(&any).contains(&SyncState::Accepted));
        let refused = DossierFilter {
            states: BTreeSet::from([SyncState::Refused, SyncState::Accepted]),
            causes: BTreeSet::from([Cause::Session]),
            ..any
        };
        assert_eq!(states(&refused), [SyncState::Refused]);
    }
}
