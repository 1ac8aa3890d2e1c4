//! C5 and K3: the approved electronic process against the trail of steps.
//!
//! What a reader would get wrong: only trails that can be compared are. A dossier that waited,
//! was reopened or got an apology has more steps for a lawful reason, one whose steps name no
//! department shows nothing, and a department that is neither approved nor in the table of the
//! rules may be an approved one in other words (administration.md 6.1).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::case::{Case, Conclusion};
use super::claims::Statement;
use super::finding::{Criterion, Figure};
use super::judgement::View;
use super::observed::Observed;
use super::rules::{CheckRules, ShareBound};
use super::tally::{Count, Examples, Histogram};
use super::wording::{self, Words};
use crate::name::spelling_key;

/// Most spellings of departments whose key is remembered; the others are worked out anew.
const MOST_SPELLINGS: usize = 20_000;

/// A department: its role by the table of the rules, else the key of its name.
pub(super) type Department = Arc<str>;

/// Departments by their names.
#[derive(Debug, Clone)]
pub(super) struct Departments<'a> {
    table: &'a BTreeMap<String, String>,
    /// Roles of the table.
    roles: BTreeSet<&'a str>,
    spellings: BTreeMap<String, Department>,
}

impl<'a> Departments<'a> {
    pub(super) fn new(rules: &'a CheckRules) -> Self {
        let table = rules.departments();
        Self {
            table,
            roles: table.values().map(String::as_str).collect(),
            spellings: BTreeMap::new(),
        }
    }

    pub(super) fn named(&mut self, name: &str) -> Department {
        if let Some(known) = self.spellings.get(name) {
            return Arc::clone(known);
        }
        let key = spelling_key(name);
        let role = self.table.get(&key).unwrap_or(&key);
        let department: Department = Arc::from(role.as_str());
        if self.spellings.len() < MOST_SPELLINGS {
            let kept = Arc::clone(&department);
            self.spellings.insert(name.to_owned(), kept);
        }
        department
    }

    /// Whether the table knows it, so that it cannot be another one in other words.
    fn knows(&self, department: &str) -> bool {
        self.roles.contains(department)
    }
}

#[derive(Debug, Clone, Default)]
pub(super) struct Processes {
    /// Covered trails that are not the approved process.
    other: Count,
    /// Covered trails with a department that is neither approved nor in the table.
    unclear: u64,
    /// Trails that are not shorter than before.
    not_fewer: Count,
    all_runs: Histogram<()>,
    covered_runs: Histogram<()>,
    /// Finished dossiers whose steps name no department.
    unnamed: u64,
    other_in: Examples,
    not_fewer_in: Examples,
}

impl Processes {
    pub(super) fn look(&mut self, case: &Case<'_>, departments: &mut Departments<'_>) {
        let facts = case.facts;
        let plain =
            facts.pauses.is_empty() && facts.reopened_at.is_none() && facts.apologised_at.is_none();
        if case.finished.is_none() || !plain {
            return;
        }
        let Some(runs) = runs(case, departments).filter(|runs| !runs.is_empty()) else {
            self.unnamed += 1;
            return;
        };
        let count = i64::try_from(runs.len()).unwrap_or(i64::MAX);
        self.all_runs.add((), count);
        if let Some(approved) = case.terms.process(facts.received) {
            let known = |it: &Department| approved.runs.contains(it) || departments.knows(it);
            if runs.iter().all(known) {
                let other = runs != approved.runs;
                self.other.add(other);
                if other {
                    self.other_in.note(&facts.number);
                }
            } else {
                self.unclear += 1;
            }
        }
        let Some(before) = case.terms.steps_before(facts.received) else {
            return;
        };
        let too_many = count >= i64::try_from(before).unwrap_or(i64::MAX);
        self.covered_runs.add((), count);
        self.not_fewer.add(too_many);
        if too_many {
            self.not_fewer_in.note(&facts.number);
        }
    }

    pub(super) fn conclude(&self, view: &View<'_>, out: &mut Conclusion) {
        out.figure(self.other.figure(
            "OTHER_PROCESS_SHARE",
            "Hồ sơ không đi đúng quy trình điện tử đã phê duyệt",
            "Dossiers that did not take the approved process",
        ));
        self.conclude_k3(view, out);
        self.conclude_c5(view, out);
    }

    fn conclude_c5(&self, view: &View<'_>, out: &mut Conclusion) {
        let c5 = Criterion::C(5);
        let Some((rule, bound)) = view.rule(c5).and_then(|it| it.bound.map(|b| (it, b))) else {
            return;
        };
        let hours = view.service.paper(&[Statement::StepHours]);
        let planned = hours.is_documented();
        let paper = view.service.paper(&[Statement::Steps]).with(hours);
        let observed = self.observed(self.compared(bound));
        let mut judged = view.by_document(rule, &paper, false, observed);
        if planned && paper.is_documented() {
            judged.words = judged.words.and(&Words::new(
                "số giờ từng bước là dự kiến của tài liệu, không được so với dữ liệu",
                "the hours of each step are planned figures and are not held against anything",
            ));
        }
        let figure = Some("OTHER_PROCESS_SHARE");
        out.find(c5, figure, judged, paper, &self.other_in);
    }

    fn conclude_k3(&self, view: &View<'_>, out: &mut Conclusion) {
        let agencies = view
            .service
            .paper(&[Statement::AgencyCount, Statement::AgencyCountBefore]);
        let planned = agencies.is_documented();
        let paper = view.service.paper(&[Statement::StepsBefore]);
        let paper = paper.with(view.service.paper(&[Statement::Steps]));
        let paper = paper.with(agencies);
        let runs = if paper.is_documented() {
            &self.covered_runs
        } else {
            &self.all_runs
        };
        out.figures.extend(steps(runs));
        let k3 = Criterion::K(3);
        let Some(rule) = view.rule(k3) else {
            return;
        };
        let mut words = wording::counted(
            self.not_fewer,
            "đã giải quyết không có ít bước hơn",
            "that are finished took no fewer steps",
        );
        if let Some(((), _, median)) = runs.median() {
            words = words.and(&Words::new(
                format!("trung vị {median} bước"),
                format!("median {median} steps"),
            ));
        }
        if planned && paper.is_documented() {
            words = words.and(&Words::new(
                "số cơ quan tham gia là dự kiến của tài liệu, không đếm được từ dữ liệu",
                "the number of agencies is a planned figure that the traffic does not show",
            ));
        }
        let observed = self.observed(Observed::Counted {
            sample: self.not_fewer.whole,
            good: self.not_fewer.part * 2 <= self.not_fewer.whole,
            by_one: false,
            words,
        });
        let judged = view.by_document(rule, &paper, false, observed);
        out.find(k3, Some("STEPS"), judged, paper, &self.not_fewer_in);
    }

    /// Trails that could not be compared hide the process where they could turn it.
    fn compared(&self, bound: ShareBound) -> Observed {
        let unclear = self.unclear;
        let share = Observed::share(
            self.other,
            bound,
            "đã giải quyết đi qua các bước khác với quy trình đã phê duyệt",
            "that are finished took other steps than the approved process",
        );
        if unclear == 0 {
            return share;
        }
        let why = Words::new(
            format!(
                "tên bộ phận trong tiến trình của {unclear} hồ sơ chưa được đối chiếu với quy trình"
            ),
            format!("the trails of {unclear} dossiers name departments that stand in no table"),
        );
        let with = |part| Count {
            part: self.other.part + part,
            whole: self.other.whole + unclear,
        };
        let keeps = |count: Count| bound.keeps(count.share()).unwrap_or(true);
        let (Observed::Counted { words, .. }, true) =
            (&share, keeps(with(0)) == keeps(with(unclear)))
        else {
            let counted = match share {
                Observed::Counted { words, .. } => words,
                Observed::Nothing(words) | Observed::Hidden(words) | Observed::Doubtful(words) => {
                    words
                }
            };
            return Observed::Hidden(counted.and(&why));
        };
        Observed::Counted {
            sample: self.other.whole,
            good: keeps(with(0)),
            by_one: false,
            words: words.clone().and(&why),
        }
    }

    /// Trails without departments hide the process; they do not contradict it.
    fn observed(&self, counted: Observed) -> Observed {
        if self.all_runs.median().is_some() || self.unnamed == 0 {
            return counted;
        }
        let unnamed = self.unnamed;
        Observed::Hidden(Words::new(
            format!("tiến trình của {unnamed} hồ sơ không ghi phòng ban xử lý"),
            format!("the trails of {unnamed} dossiers name no department"),
        ))
    }
}

/// The departments that a dossier went through by the moment of judging, neighbours that are
/// equal once; `None` where a step names none.
fn runs(case: &Case<'_>, departments: &mut Departments<'_>) -> Option<Vec<Department>> {
    let mut runs: Vec<Department> = Vec::new();
    for step in &case.facts.steps {
        if case.happened(Some(step.handled_at)).is_none() {
            continue;
        }
        let department = departments.named(step.department.as_deref()?);
        if runs.last() != Some(&department) {
            runs.push(department);
        }
    }
    Some(runs)
}

fn steps(runs: &Histogram<()>) -> Option<Figure> {
    let ((), seen, median) = runs.median()?;
    let median = f64::from(i32::try_from(median).ok()?);
    Some(Figure {
        code: "STEPS",
        name_vi: "Trung vị số bước xử lý".to_owned(),
        name_en: "Median number of steps".to_owned(),
        numerator: 0,
        denominator: seen,
        value: Some((median, "steps")),
    })
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;

    #[test]
    fn departments_are_the_same_in_every_spelling_of_their_letters() {
        let rules = CheckRules::shipped().unwrap();
        let mut departments = Departments::new(&rules);
        let one = departments.named("Văn hóa - Xã hội");
        assert_eq!(departments.named("VĂN HOÁ -  XÃ HỘI"), one);
        let decomposed: String = "Văn hóa - Xã hội".nfd().collect();
        assert_eq!(departments.named(&decomposed), one);
        let desk = departments.named("Bộ phận Một cửa");
        assert_eq!(departments.named("Một cửa"), desk, "by the table");
        assert!(departments.knows(&desk) && !departments.knows(&one));
    }

    #[test]
    fn more_spellings_than_are_remembered_are_told_apart_all_the_same() {
        let rules = CheckRules::shipped().unwrap();
        let mut departments = Departments::new(&rules);
        for number in 0..MOST_SPELLINGS {
            departments.named(&format!("phòng {number}"));
        }
        let one = departments.named("Phòng A");
        assert_eq!(departments.named("phòng a"), one);
        assert_ne!(departments.named("phòng b"), one);
    }
}
