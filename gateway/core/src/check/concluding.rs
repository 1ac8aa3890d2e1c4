//! From what was counted of one service to its check.
//!
//! What a reader would get wrong: every criterion has a finding, also one that nothing is held
//! against. A service without a known code, or outside of the law on procedures, has no figures.

use super::case::Conclusion;
use super::documents::documented;
use super::finding::{Criterion, Finding, ServiceCheck, Verdict};
use super::judgement::{Judged, Outcome, Paper, View};
use super::plan::{Plan, ServicePlan};
use super::results::ReusedResults;
use super::themes::Tally;
use super::wording::Words;
use crate::observation::{Coverage, coverage};

/// What was found of one service.
pub(super) fn conclude(
    plan: &Plan<'_>,
    service: &ServicePlan<'_>,
    tally: &Tally,
    reused: &ReusedResults,
) -> ServiceCheck {
    let ground = &plan.ground;
    let number = service.service.number;
    let unit = plan.unit.as_ref();
    let view = View {
        ground,
        service,
        window: plan.window,
        seen: tally.seen,
        unit: plan.unit.is_some(),
        coverage: coverage(ground.totals, number, unit, plan.window, tally.seen),
    };
    let aside = set_aside(service);
    let conclusion = match aside {
        Some(_) => Conclusion::default(),
        None => tally.conclude(&view, reused),
    };
    let mut outcomes = conclusion.outcomes;
    let findings = Criterion::all()
        .map(|criterion| match &aside {
            Some(judged) => finding(&view, criterion, None, Some(judged)),
            None => finding(&view, criterion, outcomes.remove(&criterion), None),
        })
        .collect();
    let rules = ground.evidence_rules;
    ServiceCheck {
        service: number,
        documented: documented(
            service.service,
            ground.register,
            rules,
            unit,
            plan.judged_on,
        ),
        figures: conclusion.figures,
        findings,
        window: plan.window,
        dossiers_seen: tally.seen,
        coverage: match view.coverage {
            Coverage::Known(share) => Some(share),
            Coverage::Unknown | Coverage::Above { .. } => None,
        },
    }
}

/// Why nothing is held against the service at all.
fn set_aside(service: &ServicePlan<'_>) -> Option<Judged> {
    if service.service.outside_procedure_law {
        let words = Words::new(
            "không phải thủ tục hành chính theo luật",
            "not a procedure under the law on administrative procedures",
        );
        return Some(Judged::new(Verdict::NotApplicable, words));
    }
    let mut codes = service.service.codes.iter();
    let known = codes.any(|code| code.role.is_the_service());
    (!known).then(|| {
        let words = Words::new(
            "chưa biết mã thủ tục",
            "the code of the procedure is not known",
        );
        Judged::new(Verdict::CannotObserve, words)
    })
}

fn finding(
    view: &View<'_>,
    criterion: Criterion,
    outcome: Option<Outcome>,
    aside: Option<&Judged>,
) -> Finding {
    let unseen = || {
        let words = Words::new(
            "dữ liệu qua cổng kết nối không cho thấy; chỉ có thể khảo sát",
            "the traffic does not show it; only a survey could",
        );
        Judged::new(Verdict::CannotObserve, words)
    };
    let outcome = outcome.unwrap_or_else(|| Outcome {
        criterion,
        figure: None,
        judged: aside.cloned().unwrap_or_else(unseen),
        paper: Paper::none(),
        examples: Vec::new(),
    });
    let rule = view.rule(outcome.criterion);
    let reason = outcome.judged.words.and(&view.tail());
    Finding {
        criterion,
        name_vi: rule.map_or_else(String::new, |it| it.name_vi.clone()),
        name_en: rule.map_or_else(String::new, |it| it.name_en.clone()),
        verdict: outcome.judged.verdict,
        documented: outcome.paper.text,
        evidence: outcome.paper.evidence,
        figure: outcome.figure,
        reason_vi: reason.vi,
        reason_en: reason.en,
        examples: outcome.examples,
    }
}
