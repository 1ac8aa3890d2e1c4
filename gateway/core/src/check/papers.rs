//! C1 and K1: papers that were cut or that data take the place of.
//!
//! What a reader would get wrong: a paper in a dossier is no contradiction where a look-up
//! failed or found nothing (Nghị quyết 66.7/2025/NQ-CP), nor where it was not asked of the
//! citizen but taken from the store or used again. Look-ups are seen in the population
//! database only, and it has citizens only: other papers and owners are not judged by them.

use super::case::{Case, Conclusion};
use super::claims::Statement;
use super::finding::Criterion;
use super::judgement::View;
use super::observed::Observed;
use super::plan::{Instead, PaperTerm};
use super::rules::ShareBound;
use super::tally::{Count, Examples};
use super::wording::Words;
use crate::dossier::{OwnerKind, Reuse};
use crate::observation::PaperFact;

#[derive(Debug, Clone, Default)]
pub(super) struct Papers {
    /// Of covered dossiers: they carry such a paper, and no look-up excuses it.
    carrying: Count,
    /// Not among the part of `carrying`: flagged as used again, with nothing behind the flag.
    flagged: u64,
    /// Of dossiers that documents speak of: only papers that no look-up is seen for.
    unseen: u64,
    /// Covered dossiers without one and with data in its place.
    paperless: Count,
    /// Covered dossiers that are not counted there: a look-up failed or found nothing, or the
    /// paper is one of another database, whose failures are not seen.
    excused: u64,
    carrying_in: Examples,
    not_paperless: Examples,
}

/// How a dossier carries a paper that was cut or replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Carried {
    No,
    /// With a reuse flag behind which no look-up stands: it may come from an earlier dossier,
    /// which C13 judges.
    Flagged,
    /// The citizen had to bring it.
    Asked,
}

fn carried(paper: &PaperFact, asked: bool) -> Carried {
    if paper.from_store || paper.replaced_by.is_some() {
        return Carried::No;
    }
    match (paper.reuse, asked) {
        (Reuse::None, _) => Carried::Asked,
        (_, true) => Carried::No,
        (_, false) => Carried::Flagged,
    }
}

impl Papers {
    pub(super) fn look(&mut self, case: &Case<'_>) {
        let facts = case.facts;
        let terms = || case.terms.papers(facts.received);
        if terms().next().is_none() {
            return;
        }
        let citizen = facts.owner == OwnerKind::Citizen;
        // The population database has citizens only, and of the others no look-up is seen.
        let is_judged = |term: &PaperTerm| match term.instead {
            Instead::Nothing => true,
            Instead::Population => citizen,
            Instead::OtherSource => false,
        };
        let most = |judged: bool| {
            let papers = facts.papers.iter().filter(|paper| {
                terms().any(|it| it.component == paper.component && is_judged(it) == judged)
            });
            let carried = papers.map(|paper| carried(paper, case.asked));
            carried.max().unwrap_or(Carried::No)
        };
        let carried = most(true);
        if terms().any(is_judged) {
            let unlawful = carried == Carried::Asked && !case.lawful;
            self.carrying.add(unlawful);
            self.flagged += u64::from(carried == Carried::Flagged && !case.lawful);
            if unlawful {
                self.carrying_in.note(&facts.number);
            }
        } else {
            self.unseen += 1;
        }
        if case.lawful || most(false) != Carried::No {
            self.excused += 1;
            return;
        }
        let replaced = |term: &PaperTerm| term.instead == Instead::Population;
        let data_expected = citizen && terms().any(replaced);
        let matched = case.happened(facts.lookups.first_matched_at).is_some();
        let paperless = carried == Carried::No && (!data_expected || matched);
        self.paperless.add(paperless);
        if !paperless {
            self.not_paperless.note(&facts.number);
        }
    }

    pub(super) fn conclude(&self, view: &View<'_>, out: &mut Conclusion) {
        out.figure(self.carrying.figure(
            "PAPERS_STILL_ASKED_SHARE",
            "Hồ sơ vẫn có giấy tờ đã cắt giảm hoặc thay thế",
            "Dossiers that still carry a paper that was cut or replaced",
        ));
        out.figure(self.paperless.figure(
            "PAPERLESS_SHARE",
            "Hồ sơ không có giấy tờ đó và có dữ liệu thay thế",
            "Dossiers without such a paper and with data in its place",
        ));
        let paper = view
            .service
            .paper(&[Statement::PapersCut, Statement::PapersReplaced]);
        let c1 = Criterion::C(1);
        if let Some((rule, bound)) = view.rule(c1).and_then(|it| it.bound.map(|b| (it, b))) {
            let observed = self.observed(bound);
            let judged = view.by_document(rule, &paper, false, observed);
            let figure = Some("PAPERS_STILL_ASKED_SHARE");
            out.find(c1, figure, judged, paper.clone(), &self.carrying_in);
        }
        let k1 = Criterion::K(1);
        if let Some((rule, bound)) = view.rule(k1).and_then(|it| it.bound.map(|b| (it, b))) {
            let observed = Observed::share_without(
                (self.excused, &Observed::unserved()),
                self.paperless,
                bound,
                "không còn giấy tờ đó và có dữ liệu thay thế",
                "come without such a paper and with data in its place",
            );
            let judged = view.by_document(rule, &paper, false, observed);
            let figure = Some("PAPERLESS_SHARE");
            out.find(k1, figure, judged, paper, &self.not_paperless);
        }
    }

    fn observed(&self, bound: ShareBound) -> Observed {
        let (flagged, unseen) = (self.flagged, self.unseen);
        if self.carrying.whole == 0 && unseen > 0 {
            return Observed::Hidden(Words::new(
                format!(
                    "{unseen} hồ sơ chỉ có giấy tờ được thay bằng dữ liệu mà cổng kết nối không \
                     quan sát được việc tra cứu"
                ),
                format!(
                    "in {unseen} dossiers data take the place of papers by look-ups that the \
                     gateway does not see"
                ),
            ));
        }
        let bad = Observed::share(
            self.carrying,
            bound,
            "vẫn có giấy tờ đã cắt giảm hoặc thay thế mà không có tra cứu không thành công hay không khớp",
            "carry a paper that was cut or replaced although no look-up failed or found no match",
        );
        let why = Words::new(
            format!(
                "{flagged} hồ sơ khác có giấy tờ đó kèm đánh dấu tái sử dụng mà không có tra cứu"
            ),
            format!("{flagged} others carry one with a reuse flag and no look-up"),
        );
        bad.or_with(flagged, &why, self.carrying, bound)
    }
}
