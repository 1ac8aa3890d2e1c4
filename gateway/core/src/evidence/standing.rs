//! Whether a piece of evidence counts, on a day and for somebody.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::register::is_same;
use super::{Evidence, EvidenceId, EvidenceRules, Register, Subject};
use crate::agency::AgencyCode;
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

    /// How it stands on the day `on`, as a whole: of several codes or agencies one that is
    /// gone takes nothing from the others, so it is out of date when all of them are.
    #[must_use]
    pub fn standing(&self, on: Date, register: &Register, rules: &EvidenceRules) -> Standing {
        self.standing_among(|_| true, None, on, register, rules)
    }

    /// How what it says of these codes, and of this agency, stands on the day `on`. Codes and
    /// agencies that it names besides do not matter; one that names none speaks of all.
    #[must_use]
    pub fn standing_among(
        &self,
        about: impl Fn(&ProcedureCode) -> bool,
        unit: Option<&AgencyCode>,
        on: Date,
        register: &Register,
        rules: &EvidenceRules,
    ) -> Standing {
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
        reasons.extend(self.changed_codes(about, on, register, rule.ends_with_publication));
        if let Some(last) = self.closed_units(unit, on, register) {
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
        about: impl Fn(&ProcedureCode) -> bool,
        on: Date,
        register: &Register,
        ends_with_publication: bool,
    ) -> Vec<OutOfDate> {
        let mut reasons = Vec::new();
        for code in self.codes.iter().filter(|code| about(code)) {
            // What was issued before a repeal does not come back with the code.
            let over = |(by, again): &(&Self, Option<&Self>)| {
                let came_back = again.is_some_and(|it| it.issued_on <= self.issued_on);
                by.id != self.id && !came_back
            };
            if let Some((by, _)) = register.repeals(code, on).find(over) {
                let (code, by) = (code.clone(), by.id.clone());
                reasons.push(OutOfDate::Repealed { code, by });
            } else if ends_with_publication
                && let Some(by) = register.publication(code, self.issued_on, on)
            {
                let (code, by) = (code.clone(), by.id.clone());
                reasons.push(OutOfDate::PublishedAnew { code, by });
            } else {
                return Vec::new();
            }
        }
        reasons
    }

    /// The day after which nobody was left whom it is about, or who issued it.
    fn closed_units(
        &self,
        unit: Option<&AgencyCode>,
        on: Date,
        register: &Register,
    ) -> Option<Date> {
        let closed = |it: &AgencyCode| register.closed(it, on);
        let asked =
            |it: &&AgencyCode| unit.is_none_or(|unit| it.includes(unit) || unit.includes(it));
        let units = self.units.iter().filter(asked);
        let ended: Option<Vec<Date>> = units.map(closed).collect();
        let all_gone = ended.and_then(|days| days.into_iter().max());
        let issuer = self.issuer_code.as_ref().and_then(closed);
        all_gone.into_iter().chain(issuer).min()
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
