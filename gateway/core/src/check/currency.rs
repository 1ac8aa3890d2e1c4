//! C9 and C15: codes and units that were no longer in force when the dossier came in.
//!
//! What a reader would get wrong: the day of handing in decides. What came in on the last
//! valid evening is in order whenever it was received and however long it takes, and so is
//! every older dossier of a closed unit. A closing that nobody has verified contradicts nobody.

use std::collections::BTreeSet;

use super::case::{Case, Conclusion};
use super::finding::Criterion;
use super::judgement::{Paper, View};
use super::observed::Observed;
use super::tally::{Count, Examples};
use super::wording::{self, Words};
use crate::agency::AgencyCode;
use crate::document::short_date;

#[derive(Debug, Clone, Default)]
pub(super) struct Currency {
    old_code: Count,
    closed_unit: Count,
    /// The same for a unit whose closing nobody has verified.
    unverified: u64,
    /// Entries of the list by which units were closed.
    entries: BTreeSet<AgencyCode>,
    old_code_in: Examples,
    closed_unit_in: Examples,
}

impl Currency {
    pub(super) fn look(&mut self, case: &Case<'_>) {
        let facts = case.facts;
        if case.by_law(9) {
            let old_code = case.code_over;
            self.old_code.add(old_code);
            if old_code {
                self.old_code_in.note(&facts.number);
            }
        }
        if case.by_law(15) {
            let closing = case.closing.filter(|it| it.from <= case.came_in);
            let closed_unit = closing.is_some_and(|it| it.is_confirmed());
            self.closed_unit.add(closed_unit);
            self.unverified += u64::from(closing.is_some() && !closed_unit);
            if let Some(entry) = closing.and_then(|it| it.entry)
                && !self.entries.contains(&entry.code)
            {
                self.entries.insert(entry.code.clone());
            }
            if closed_unit {
                self.closed_unit_in.note(&facts.number);
            }
        }
    }

    pub(super) fn conclude(&self, view: &View<'_>, out: &mut Conclusion) {
        out.figure(self.old_code.figure(
            "REPEALED_CODE_SHARE",
            "Hồ sơ tiếp nhận theo mã thủ tục đã hết hiệu lực",
            "Dossiers received under a code that was no longer valid",
        ));
        out.figure(self.closed_unit.figure(
            "CLOSED_UNIT_SHARE",
            "Hồ sơ gửi tới đơn vị đã chấm dứt hoạt động",
            "Dossiers addressed to a unit that had ceased",
        ));
        let c9 = Criterion::C(9);
        if let Some(rule) = view.rule(c9) {
            let words = wording::counted(
                self.old_code,
                "nộp theo mã thủ tục đã bị bãi bỏ hoặc hết hiệu lực",
                "were handed in under a code that was repealed or no longer valid",
            );
            let judged = view.by_law(rule, Observed::none(self.old_code, words));
            let mut paper = Paper::none();
            paper.evidence.clone_from(&view.service.repeals);
            let figure = Some("REPEALED_CODE_SHARE");
            out.find(c9, figure, judged, paper, &self.old_code_in);
        }
        let c15 = Criterion::C(15);
        if let Some(rule) = view.rule(c15) {
            let words = wording::counted(
                self.closed_unit,
                "nộp cho đơn vị đã chấm dứt hoạt động trước ngày nộp",
                "are addressed to a unit that had ceased before they were handed in",
            )
            .and(&self.unverified())
            .and(&self.closed(view));
            let observed = if self.closed_unit.part == 0 && self.unverified > 0 {
                Observed::Doubtful(words)
            } else {
                Observed::none(self.closed_unit, words)
            };
            let judged = view.by_law(rule, observed);
            let figure = Some("CLOSED_UNIT_SHARE");
            out.find(c15, figure, judged, Paper::none(), &self.closed_unit_in);
        }
    }

    fn unverified(&self) -> Words {
        let unverified = self.unverified;
        if unverified == 0 {
            return Words::default();
        }
        Words::new(
            format!(
                "{unverified} hồ sơ nộp cho đơn vị mà việc chấm dứt hoạt động chưa được kiểm chứng, \
                 không tính là mâu thuẫn"
            ),
            format!(
                "{unverified} dossiers are addressed to a unit whose closing nobody has verified; \
                 they are not held against anybody"
            ),
        )
    }

    /// Which units ceased, when, who goes on, and by what source.
    fn closed(&self, view: &View<'_>) -> Words {
        let mut words = Words::default();
        let entries = view.ground.agencies.all();
        for entry in entries.filter(|it| self.entries.contains(&it.code)) {
            let (code, name, source) = (&entry.code, &entry.name, &entry.source);
            let (last_vi, last) = (short_date(entry.last_day), entry.last_day);
            let next = entry.successor.as_ref();
            let vi = next.map_or_else(String::new, |it| format!(", kế thừa bởi {it}"));
            let en = next.map_or_else(String::new, |it| format!(", succeeded by {it}"));
            let (known_vi, known_en) = if entry.is_confirmed() {
                ("", "")
            } else {
                (", chưa kiểm chứng", ", not verified")
            };
            words = words.and(&Words::new(
                format!("{code} ({name}) đến hết ngày {last_vi}{vi}; nguồn: {source}{known_vi}"),
                format!("{code} ({name}) until {last}{en}; source: {source}{known_en}"),
            ));
        }
        words
    }
}
