//! Whether a piece of evidence counts, on a day and for somebody.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::register::is_same;
use super::{Evidence, EvidenceId, EvidenceRules, Register, Subject};
use crate::procedure::ProcedureCode;

/// How a piece of evidence stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Valid,
    /// Its first day is still to come.
    NotYet {
        /// That day.
        from: Date,
    },
    /// It does not count any more; every reason, at least one.
    OutOfDate(Vec<OutOfDate>),
}

/// Why a piece of evidence does not count any more (administration.md 3.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutOfDate {
    /// Its stated end has passed.
    Ended {
        /// Its last day.
        last: Date,
    },
    /// Documents of its class count for some months only.
    TooOld {
        /// Its last day by that rule.
        last: Date,
    },
    /// Another piece took its place.
    Superseded {
        /// Which.
        by: EvidenceId,
    },
    /// The code was repealed.
    Repealed {
        /// Which code.
        code: ProcedureCode,
        /// By what.
        by: EvidenceId,
    },
    /// The procedure was published anew after it.
    PublishedAnew {
        /// Which code.
        code: ProcedureCode,
        /// By what.
        by: EvidenceId,
    },
    /// Who issued it, or whom it is about, ceased.
    UnitClosed {
        /// Its last day.
        last: Date,
    },
    /// Nobody has looked at it for longer than the province allows.
    NotReviewed {
        /// When it was last looked at.
        since: Date,
    },
}

/// Whether a piece of evidence is about somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// It is.
    Covers,
    /// It is about other services.
    OtherService,
    /// It is about other codes of the service.
    OtherCode,
    /// It is about other agencies.
    OtherUnit,
}

impl Evidence {
    /// Whether it is about `subject`.
    #[must_use]
    pub fn scope(&self, subject: &Subject<'_>) -> Scope {
        if !self.services.contains(&subject.service.number) {
            return Scope::OtherService;
        }
        let about = |code: &&ProcedureCode| subject.code.is_some_and(|it| is_same(code, it));
        if !self.codes.is_empty() && self.codes.iter().find(about).is_none() {
            return Scope::OtherCode;
        }
        let below = |unit| self.units.iter().any(|covered| covered.includes(unit));
        if self.units.is_empty() || subject.unit.is_some_and(below) {
            Scope::Covers
        } else {
            Scope::OtherUnit
        }
    }

    /// How it stands on the day `on`.
    #[must_use]
    pub fn standing(&self, on: Date, register: &Register, rules: &EvidenceRules) -> Standing {
        if on < self.valid_from {
            let from = self.valid_from;
            return Standing::NotYet { from };
        }
        let mut reasons = Vec::new();
        if let Some(last) = self.valid_to.filter(|last| *last < on) {
            reasons.push(OutOfDate::Ended { last });
        }
        let rule = rules.class(self.class);
        let last = |months| last_day(self.valid_from, months);
        if let Some(last) = rule.valid_months.map(last).filter(|last| *last < on) {
            reasons.push(OutOfDate::TooOld { last });
        }
        if let Some(by) = register.successor(&self.id, on) {
            let by = by.id.clone();
            reasons.push(OutOfDate::Superseded { by });
        }
        self.changed_codes(on, register, rule.ends_with_publication, &mut reasons);
        let units = self.units.iter().chain(&self.issuer_code);
        let mut closed: Vec<Date> = units.filter_map(|it| register.closed(it, on)).collect();
        closed.sort_unstable();
        if let Some(last) = closed.into_iter().next() {
            reasons.push(OutOfDate::UnitClosed { last });
        }
        let since = self.compared.as_ref().map_or(self.issued_on, |it| it.on);
        let late = |months| last_day(since, months) < on;
        if rule.review_months.is_some_and(late) {
            reasons.push(OutOfDate::NotReviewed { since });
        }
        if reasons.is_empty() {
            Standing::Valid
        } else {
            Standing::OutOfDate(reasons)
        }
    }

    fn changed_codes(
        &self,
        on: Date,
        register: &Register,
        ends_with_publication: bool,
        reasons: &mut Vec<OutOfDate>,
    ) {
        for code in &self.codes {
            if let Some(by) = register.repeal(code, on).filter(|by| by.id != self.id) {
                let (code, by) = (code.clone(), by.id.clone());
                reasons.push(OutOfDate::Repealed { code, by });
            } else if ends_with_publication
                && let Some(by) = register.publication(code, self.issued_on, on)
            {
                let (code, by) = (code.clone(), by.id.clone());
                reasons.push(OutOfDate::PublishedAnew { code, by });
            }
        }
    }
}

/// The last day of so many months from `first` on.
fn last_day(first: Date, months: u16) -> Date {
    let months: Span = i32::from(months).months();
    first
        .checked_add(months)
        .and_then(Date::yesterday)
        .unwrap_or(Date::MAX)
}
