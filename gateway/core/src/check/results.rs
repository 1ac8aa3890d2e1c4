//! C8 and K7: the electronic result, and whether anybody uses it again.
//!
//! What a reader would get wrong: a result is used again by dossiers of other services too, so
//! every dossier is looked at for that, and not only those of the service. One use that was
//! seen is enough, however young the result is; that nobody uses a result is said only of
//! those that had the time to be used.

use std::collections::{BTreeMap, BTreeSet};

use super::case::{Case, Conclusion};
use super::claims::Statement;
use super::finding::{Criterion, Figure};
use super::judgement::{PaperStanding, View};
use super::observed::Observed;
use super::rules::CheckRule;
use super::tally::{Both, Examples};
use super::wording::Words;
use crate::observation::DossierFacts;
use crate::procedure::ResultCode;

/// How many dossiers name a result in the place of a paper, by its code.
#[derive(Debug, Clone, Default)]
pub(super) struct ReusedResults(BTreeMap<ResultCode, u64>);

impl ReusedResults {
    /// Looks at a dossier of any procedure.
    pub(super) fn look(&mut self, facts: &DossierFacts) {
        for paper in &facts.papers {
            let Some(code) = &paper.replaced_by else {
                continue;
            };
            match self.0.get_mut(code) {
                Some(count) => *count += 1,
                None => {
                    self.0.insert(code.clone(), 1);
                }
            }
        }
    }
}

/// Results that a service issued.
#[derive(Debug, Clone, Default)]
struct Issued {
    codes: BTreeSet<ResultCode>,
    dossiers: u64,
    /// Of these, given out so long ago that nobody seems to use them.
    ripe: u64,
    without_code: u64,
    examples: Examples,
}

impl Issued {
    fn look(&mut self, facts: &DossierFacts, ripe: bool) {
        let mut coded = false;
        for code in facts.results.iter().filter_map(|it| it.code.as_ref()) {
            coded = true;
            if !self.codes.contains(code) {
                self.codes.insert(code.clone());
            }
        }
        if coded {
            self.dossiers += 1;
            if ripe {
                self.ripe += 1;
                self.examples.note(&facts.number);
            }
        } else if !facts.results.is_empty() {
            self.without_code += 1;
        }
    }

    /// How many papers the code of one of these results took the place of: codes name the
    /// kind of a result, so whose result it was is not seen.
    fn used(&self, reused: &ReusedResults) -> u64 {
        let counts = self.codes.iter().filter_map(|code| reused.0.get(code));
        counts.sum()
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Results {
    with_file: Both,
    without_file_in: Examples,
    all: Issued,
    covered: Issued,
}

impl Results {
    pub(super) fn look(&mut self, case: &Case<'_>) {
        let facts = case.facts;
        let Some(finished) = case.finished else {
            return;
        };
        let electronic = case.terms.electronic_result(facts.received);
        if electronic != Some(false) {
            let defined = electronic == Some(true) || case.terms.defines_result(facts.received);
            let has_file = case.has_electronic_result();
            self.with_file.add(defined, has_file);
            if defined && !has_file {
                self.without_file_in.note(&facts.number);
            }
        }
        let as_of = case.ground.as_of;
        let old_enough = finished.checked_add(case.limits.reuse);
        if old_enough.is_ok_and(|expected| expected < as_of) {
            let ripe = finished.checked_add(case.limits.never);
            let ripe = ripe.is_ok_and(|expected| expected <= as_of);
            self.all.look(facts, ripe);
            if case.terms.result_reuse(facts.received) == Some(true) {
                self.covered.look(facts, ripe);
            }
        }
    }

    pub(super) fn conclude(&self, view: &View<'_>, reused: &ReusedResults, out: &mut Conclusion) {
        let electronic = view.service.paper(&[Statement::ElectronicResult]);
        let k7_paper = match electronic.standing {
            // A code of the result is no promise of a file where the file is denied.
            PaperStanding::Denies => electronic,
            PaperStanding::Says | PaperStanding::Expired | PaperStanding::Silent => view
                .service
                .paper(&[Statement::ResultCodes, Statement::ElectronicResult]),
        };
        let with_file = self.with_file.of(k7_paper.is_documented());
        out.figure(with_file.figure(
            "ELECTRONIC_RESULT_SHARE",
            "Hồ sơ đã giải quyết có kết quả điện tử",
            "Finished dossiers with an electronic result",
        ));
        let k7 = Criterion::K(7);
        if let Some((rule, bound)) = view.rule(k7).and_then(|it| it.bound.map(|b| (it, b))) {
            let observed = Observed::share(
                with_file,
                bound,
                "đã giải quyết có kết quả điện tử (không xét được chữ ký số)",
                "that are finished have an electronic result (signatures cannot be seen)",
            );
            let judged = view.by_document(rule, &k7_paper, true, observed);
            let figure = Some("ELECTRONIC_RESULT_SHARE");
            out.find(k7, figure, judged, k7_paper, &self.without_file_in);
        }
        let paper = view.service.paper(&[Statement::ResultReuse]);
        let issued = if paper.is_documented() {
            &self.covered
        } else {
            &self.all
        };
        let used = issued.used(reused);
        let value = u32::try_from(used).map_or(f64::INFINITY, f64::from);
        out.figure(Figure {
            code: "RESULT_REUSE",
            name_vi: "Số giấy tờ được thay bằng mã kết quả của dịch vụ".to_owned(),
            name_en: "Papers whose place the code of such a result takes".to_owned(),
            numerator: used,
            denominator: issued.dossiers,
            value: Some((value, "uses")),
        });
        let c8 = Criterion::C(8);
        if let Some(rule) = view.rule(c8) {
            let observed = observed(issued, used, view.unit, rule, paper.is_documented());
            let judged = view.by_document(rule, &paper, true, observed);
            out.find(c8, Some("RESULT_REUSE"), judged, paper, &issued.examples);
        }
    }
}

fn observed(
    issued: &Issued,
    used: u64,
    one_unit: bool,
    rule: &CheckRule,
    documented: bool,
) -> Observed {
    let Issued { dossiers, ripe, .. } = *issued;
    if one_unit && used == 0 {
        return Observed::Hidden(Words::new(
            "chỉ xét hồ sơ của một đơn vị; kết quả có thể được dùng lại ở đơn vị khác",
            "only the dossiers of one agency were looked at; another one may use its results",
        ));
    }
    if dossiers == 0 && issued.without_code > 0 {
        return Observed::Hidden(Words::new(
            "kết quả không ghi mã giấy tờ nên không đối chiếu được việc tái sử dụng",
            "the results carry no code, so their reuse cannot be followed",
        ));
    }
    let least = rule.least_sample;
    if used == 0 && dossiers >= least && ripe < least {
        let days = rule.least_days_for_never.unwrap_or_default();
        let words = Words::new(
            format!(
                "chưa thấy kết quả nào được dùng lại, nhưng chỉ {ripe}/{dossiers} hồ sơ đã trả \
                 kết quả từ {days} ngày trở lên, cần ít nhất {least}"
            ),
            format!(
                "no result was seen to be used again, but only {ripe} of {dossiers} dossiers \
                 issued theirs {days} days before or earlier, at least {least} needed"
            ),
        );
        // Without a claim there is nothing to observe.
        return if documented {
            Observed::Hidden(words)
        } else {
            Observed::Doubtful(words)
        };
    }
    Observed::Counted {
        sample: if used > 0 || dossiers < least {
            dossiers
        } else {
            ripe
        },
        good: used > 0,
        by_one: false,
        words: Words::new(
            format!(
                "{dossiers} hồ sơ đã trả kết quả có mã; mã kết quả xuất hiện trong {used} giấy tờ thay thế"
            ),
            format!(
                "{dossiers} dossiers issued a coded result; its code takes the place of {used} papers"
            ),
        ),
    }
}
