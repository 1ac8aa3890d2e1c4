//! A filter as conditions of a query on dossiers.
//!
//! What a reader would get wrong: values are always bound. Only our own words become
//! part of the text of a query.

use lienthong_core::ports::ledger::DossierFilter;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::state::SyncState;
use rusqlite::types::Value;

use crate::store::sqlite::outbox::column::micros;
use crate::store::unit::{BEHIND_OLD_FORM, UnitNumbers};

/// Conditions, all of which must hold, and the values that they bind in their order.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    text: String,
    values: Vec<Value>,
}

impl Conditions {
    /// All conditions of `filter` but the named dossiers.
    pub(super) fn of(filter: &DossierFilter) -> Self {
        let mut all = Self::default();
        if !filter.states.is_empty() {
            let states = filter.states.iter().copied().map(SyncState::name);
            all.one_of("d.head_state", states);
        }
        if !filter.causes.is_empty() {
            let causes = filter.causes.iter().copied().map(Cause::name);
            all.one_of("d.head_cause", causes);
        }
        if let Some(code) = &filter.upstream_code {
            all.add(
                "d.head_cause IS NOT NULL AND d.head_code = ?",
                [code.clone().into()],
            );
        }
        if let Some(procedure) = &filter.procedure {
            all.add("d.procedure = ?", [procedure.as_str().to_owned().into()]);
        }
        if let Some(at) = filter.unsent_since {
            all.add("d.unsent_at <= ?", [micros(at).into()]);
        }
        if let Some(at) = filter.recorded_from {
            all.add("d.recorded_at >= ?", [micros(at).into()]);
        }
        if let Some(at) = filter.recorded_before {
            all.add("d.recorded_at < ?", [micros(at).into()]);
        }
        if let Some(at) = filter.touched_from {
            all.add("d.touched_at >= ?", [micros(at).into()]);
        }
        match filter.unit.as_ref().map(UnitNumbers::of) {
            None => {}
            Some(UnitNumbers::Range { from, before }) => {
                all.add("d.code >= ? AND d.code < ?", [from.into(), before.into()]);
            }
            Some(UnitNumbers::Part { start, text }) => {
                let start = i64::try_from(start).unwrap_or(i64::MAX);
                let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
                all.add(
                    "d.code < ? AND substr(d.code, ?, ?) = ?",
                    [
                        BEHIND_OLD_FORM.to_owned().into(),
                        start.into(),
                        length.into(),
                        text.into(),
                    ],
                );
            }
        }
        all
    }

    /// One more condition, with a `?` for each of `values`.
    pub(super) fn add<const N: usize>(&mut self, condition: &str, values: [Value; N]) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
        self.values.extend(values);
    }

    fn one_of(&mut self, column: &str, names: impl Iterator<Item = &'static str>) {
        let names: Vec<Value> = names.map(|name| name.to_owned().into()).collect();
        let places = vec!["?"; names.len()].join(", ");
        self.text.push_str(" AND ");
        self.text.push_str(column);
        self.text.push_str(" IN (");
        self.text.push_str(&places);
        self.text.push(')');
        self.values.extend(names);
    }

    /// The conditions, each with ` AND ` before it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// What is bound.
    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }
}
