//! Figures of the catalogue for `/metrics`.
//!
//! What a reader would get wrong: they are made when they are asked for, and a gateway that
//! keeps no catalogue shows none of them.

use std::sync::atomic::AtomicI64;

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::held::Trouble;
use super::keeper::Keeper;

/// Figures of the catalogue.
#[derive(Debug, Clone, Default)]
pub(crate) struct CatalogueFigures {
    procedures: Gauge<i64, AtomicI64>,
    age: Gauge<i64, AtomicI64>,
    condition: Gauge<i64, AtomicI64>,
    not_listed: Gauge<i64, AtomicI64>,
}

impl CatalogueFigures {
    /// Figures that are read from `registry`.
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let figures = Self::default();
        registry.register(
            "lienthong_catalogue_procedures",
            "Procedures in the catalogue that is held",
            figures.procedures.clone(),
        );
        registry.register_with_unit(
            "lienthong_catalogue_age",
            "Age of the catalogue that is held",
            Unit::Seconds,
            figures.age.clone(),
        );
        registry.register(
            "lienthong_catalogue_condition",
            "Condition of the catalogue: 0 well, 1 stale, not fetched or only in part, 2 missing or refused",
            figures.condition.clone(),
        );
        registry.register(
            "lienthong_catalogue_service_codes_not_listed",
            "Codes of essential services that the catalogue does not list",
            figures.not_listed.clone(),
        );
        figures
    }

    /// Takes stock of what `keeper` holds.
    pub(crate) fn set(&self, keeper: &Keeper) {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        if let Some(held) = keeper.held() {
            self.procedures.set(whole(held.state.procedures));
            let age = keeper.now().duration_since(held.state.fetched_at);
            self.age.set(age.as_secs().max(0));
        }
        let troubles = keeper.troubles();
        self.condition
            .set(troubles.iter().map(weight).max().unwrap_or(0));
        let codes = troubles.iter().map(|trouble| match trouble {
            Trouble::NotListed(codes) => codes.len() as u64,
            Trouble::Missing
            | Trouble::Stale { .. }
            | Trouble::Shrunk(_)
            | Trouble::Empty
            | Trouble::Failed { .. }
            | Trouble::Side(_) => 0,
        });
        self.not_listed.set(whole(codes.sum()));
    }
}

fn weight(trouble: &Trouble) -> i64 {
    match trouble {
        Trouble::Missing | Trouble::Shrunk(_) | Trouble::Empty => 2,
        Trouble::Stale { .. } | Trouble::Failed { .. } | Trouble::Side(_) => 1,
        Trouble::NotListed(_) => 0,
    }
}
