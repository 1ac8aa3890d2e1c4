//! C2 and K2: fields that come from the population database.
//!
//! What a reader would get wrong: dossiers whose every look-up failed or found nothing are not
//! "without a look-up". They are not counted at all, so that an outage lowers no share.

use std::collections::BTreeSet;

use super::case::{Case, Conclusion};
use super::claims::Statement;
use super::finding::Criterion;
use super::judgement::View;
use super::observed::Observed;
use super::tally::{Both, Count, Examples, Targets};
use super::wording::{self, Words};
use crate::citizen::CitizenField;
use crate::dossier::OwnerKind;

#[derive(Debug, Clone, Default)]
pub(super) struct Lookups {
    /// Whether there was a dossier of a citizen.
    citizens: bool,
    with_match: Both,
    at_intake: Both,
    /// Dossiers of citizens that are not counted: every look-up failed or found nothing.
    excused: Both,
    /// Those of K2: a look-up at the intake was not answered or found nothing.
    excused_at_intake: Both,
    targets: Targets,
    /// Fields that the documents of covered dossiers name.
    promised: BTreeSet<CitizenField>,
    /// Of all dossiers, those with a look-up that was not answered.
    failed: Count,
    /// Fields that look-ups of covered dossiers brought.
    brought: BTreeSet<CitizenField>,
    without_match: Examples,
    not_at_intake: Examples,
}

impl Lookups {
    pub(super) fn look(&mut self, case: &Case<'_>) {
        let facts = case.facts;
        let lookups = &facts.lookups;
        let failed = lookups.failed > 0 && lookups.paper_was_lawful(case.ground.as_of);
        self.failed.add(failed);
        if facts.owner != OwnerKind::Citizen {
            return;
        }
        self.citizens = true;
        let matched_at = case.happened(lookups.first_matched_at);
        let matched = matched_at.is_some();
        let asked_at = case.happened(lookups.first_asked_at);
        let fields = case.terms.fields(facts.received);
        let covered = fields.is_some();
        if covered {
            let target = case.terms.target(Statement::LookupTarget, facts.received);
            self.targets.note(target);
        }
        let latest = facts.received.checked_add(case.limits.intake);
        let latest = latest.unwrap_or(facts.received);
        let at_intake = matched_at.is_some_and(|at| at <= latest);
        let asked_at_intake = asked_at.is_some_and(|at| at <= latest);
        if case.asked && !matched {
            self.excused.add(covered, true);
            self.excused_at_intake.add(covered, true);
            return;
        }
        self.with_match.add(covered, matched);
        // A look-up that an outage put off is not one that nobody thought of at the intake.
        let excused_at_intake = !at_intake && asked_at_intake && case.lawful;
        if excused_at_intake {
            self.excused_at_intake.add(covered, true);
        } else {
            self.at_intake.add(covered, at_intake);
        }
        for field in fields.into_iter().flatten() {
            if !self.promised.contains(field) {
                self.promised.insert(*field);
            }
            if !self.brought.contains(field) && lookups.fields.contains(field.path()) {
                self.brought.insert(*field);
            }
        }
        if covered && !matched {
            self.without_match.note(&facts.number);
        }
        if covered && !at_intake && !excused_at_intake {
            self.not_at_intake.note(&facts.number);
        }
    }

    pub(super) fn conclude(&self, view: &View<'_>, out: &mut Conclusion) {
        let paper = view.service.paper(&[Statement::FieldsFromPopulation]);
        let with_match = self.with_match.of(paper.is_documented());
        let at_intake = self.at_intake.of(paper.is_documented());
        let excused = self.excused.of(paper.is_documented()).whole;
        let late = self.excused_at_intake.of(paper.is_documented()).whole;
        out.figure(with_match.figure(
            "LOOKUP_SHARE",
            "Hồ sơ của công dân có tra cứu dân cư khớp",
            "Dossiers of citizens with a look-up that matched",
        ));
        out.figure(at_intake.figure(
            "LOOKUP_AT_INTAKE_SHARE",
            "Hồ sơ có tra cứu dân cư khớp trước hoặc khi tiếp nhận",
            "Dossiers with a look-up that matched before or at the intake",
        ));
        out.figure(self.failed.figure(
            "LOOKUP_FAILED_SHARE",
            "Hồ sơ có tra cứu dân cư không được trả lời",
            "Dossiers with a look-up that was not answered",
        ));
        let c2 = Criterion::C(2);
        if let Some((rule, bound)) = view.rule(c2).and_then(|it| it.bound.map(|b| (it, b))) {
            let (bound, whose) = self.targets.bound(bound);
            let observed = self.observed(Observed::share_without(
                (excused, &Observed::unserved()),
                with_match,
                bound,
                "của công dân có tra cứu dân cư khớp (không tính hồ sơ mà tra cứu không thành công hoặc không khớp)",
                "of citizens have a look-up that matched (without those whose look-ups failed or found no match)",
            ));
            let mut judged = view.by_document(rule, &paper, true, observed);
            if paper.is_documented() {
                judged.words = judged.words.and(&whose).and(&self.never_brought());
            }
            let figure = Some("LOOKUP_SHARE");
            out.find(c2, figure, judged, paper.clone(), &self.without_match);
        }
        let k2 = Criterion::K(2);
        if let Some((rule, bound)) = view.rule(k2).and_then(|it| it.bound.map(|b| (it, b))) {
            let observed = self.observed(Observed::share_without(
                (late, &Observed::unserved()),
                at_intake,
                bound,
                "của công dân có tra cứu dân cư khớp trước hoặc khi tiếp nhận",
                "of citizens have a look-up that matched before or at the intake",
            ));
            let judged = view.by_document(rule, &paper, true, observed);
            let figure = Some("LOOKUP_AT_INTAKE_SHARE");
            out.find(k2, figure, judged, paper, &self.not_at_intake);
        }
    }

    fn observed(&self, counted: Observed) -> Observed {
        if self.citizens {
            return counted;
        }
        Observed::Nothing(Words::new(
            "không có hồ sơ nào của công dân; CSDL quốc gia về dân cư chỉ có công dân",
            "no dossier is a citizen's; the population database has citizens only",
        ))
    }

    /// Documented fields that no look-up brought: told, and no verdict of its own.
    fn never_brought(&self) -> Words {
        let missing: Vec<CitizenField> = self.promised.difference(&self.brought).copied().collect();
        if missing.is_empty() {
            return Words::default();
        }
        let names = missing.iter().map(|it| wording::field_vi(*it));
        let (vi, en): (Vec<&str>, Vec<&str>) =
            names.zip(missing.iter().map(|it| it.path())).unzip();
        Words::new(
            format!(
                "trường có trong tài liệu mà chưa tra cứu nào trả về: {}",
                vi.join(", ")
            ),
            format!(
                "documented fields that no look-up brought: {}",
                en.join(", ")
            ),
        )
    }
}
