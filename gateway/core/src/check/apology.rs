//! C14: an apology (văn bản xin lỗi, Mẫu 04) for each dossier that is late.
//!
//! What a reader would get wrong: the portal calls a dossier late as well that was sent back
//! twice. An apology is owed once the appointment has passed, not before, and only where that
//! does not rest on a wait that may halt the legal clock (administration.md 5.4).

use super::case::{Case, Conclusion};
use super::finding::Criterion;
use super::judgement::{Paper, View};
use super::observed::Observed;
use super::tally::{Count, Examples};
use super::wording::{self, Words};
use crate::lateness::{ApologyDuty, Standing, judge};

#[derive(Debug, Clone, Default)]
pub(super) struct Apologies {
    late: Count,
    /// Of all dossiers: late for longer than allowed, and no apology.
    without: Count,
    /// Late without an apology unless a wait for a fee or a stop halted the legal clock.
    unsettled: u64,
    without_in: Examples,
}

impl Apologies {
    pub(super) fn look(&mut self, case: &Case<'_>) {
        if !case.by_law(14) {
            return;
        }
        let facts = case.facts;
        let as_of = case.ground.as_of;
        let judgement = judge(&facts.times(), as_of, case.ground.late_reading);
        let late = match judgement.standing {
            Standing::FinishedLate | Standing::OpenOverdue => true,
            Standing::FinishedInTime
            | Standing::OpenInTime
            | Standing::Undetermined { .. }
            | Standing::NotCounted(_) => false,
        };
        self.late.add(late);
        let duty = facts.apology_duty(case.limits.apology, as_of);
        let silent = !facts.is_apologised(as_of);
        let (owed, unsettled) = match duty {
            ApologyDuty::Owed => (true, false),
            ApologyDuty::Unsettled => (false, true),
            ApologyDuty::NotOwed => (false, false),
        };
        self.unsettled += u64::from(unsettled && silent);
        let without = owed && silent;
        self.without.add(without);
        if without {
            self.without_in.note(&facts.number);
        }
    }

    pub(super) fn conclude(&self, view: &View<'_>, out: &mut Conclusion) {
        out.figure(self.late.figure(
            "LATE_SHARE",
            "Hồ sơ trễ hạn hoặc quá hạn",
            "Dossiers that are late or overdue",
        ));
        out.figure(self.without.figure(
            "UNAPOLOGISED_SHARE",
            "Hồ sơ trễ hạn chưa có văn bản xin lỗi",
            "Late dossiers without an apology",
        ));
        let c14 = Criterion::C(14);
        if let Some(rule) = view.rule(c14) {
            let late = self.late.part;
            let (reading_vi, reading_en) = view.ground.late_reading.texts();
            let words = wording::counted(
                self.without,
                "trễ hạn mà chưa có văn bản xin lỗi",
                "are late and have no apology",
            )
            .and(&Words::new(
                format!(
                    "{late} hồ sơ trễ hạn theo cách tính của Cổng DVCQG (quy tắc 2.1: {reading_vi})"
                ),
                format!("{late} dossiers are late by the portal's rule 2.1 ({reading_en})"),
            ))
            .and(&self.waited());
            let observed = if self.without.part == 0 && self.unsettled > 0 {
                Observed::Doubtful(words)
            } else {
                Observed::none(self.without, words)
            };
            let judged = view.by_law(rule, observed);
            let figure = Some("UNAPOLOGISED_SHARE");
            out.find(c14, figure, judged, Paper::none(), &self.without_in);
        }
    }

    /// Dossiers of which nobody can say from the traffic whether their time was over.
    fn waited(&self) -> Words {
        let unsettled = self.unsettled;
        if unsettled == 0 {
            return Words::default();
        }
        Words::new(
            format!(
                "{unsettled} hồ sơ khác chưa có văn bản xin lỗi đã chờ nghĩa vụ tài chính hoặc tạm \
                 dừng, chưa xác định được có quá hạn hay không"
            ),
            format!(
                "{unsettled} other dossiers without an apology waited for a fee or were stopped, \
                 so that it is not known whether their time was over"
            ),
        )
    }
}
