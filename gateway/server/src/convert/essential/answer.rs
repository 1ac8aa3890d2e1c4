//! What a check found.

use lienthong_core::check::{Figure, Finding, ServiceCheck, Verdict};
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::evidence::EvidenceId;
use lienthong_core::observation::Window;
use lienthong_core::report::Language;
use lienthong_core::share::Share;
use lienthong_proto::v1;

use super::service::{documented, service};
use crate::convert::{to_timestamp, whole};
use crate::essential::{CheckWarning, Inspected};

/// The answer about many services. The digest stays empty: it is that of a file.
pub(crate) fn check_response(inspected: &Inspected) -> v1::CheckServicesResponse {
    let checks = inspected.checks.iter();
    v1::CheckServicesResponse {
        checks: checks.map(|found| check(found, inspected)).collect(),
        rule_version: inspected.rule_version(),
        checked_at: Some(to_timestamp(inspected.question.as_of)),
        warnings: inspected.warnings.iter().map(warning).collect(),
        ..v1::CheckServicesResponse::default()
    }
}

/// The answer about one service.
pub(crate) fn get_response(inspected: &Inspected) -> v1::GetServiceResponse {
    let found = inspected.checks.first();
    v1::GetServiceResponse {
        check: found.map(|found| check(found, inspected)),
        rule_version: inspected.rule_version(),
        checked_at: Some(to_timestamp(inspected.question.as_of)),
        warnings: inspected.warnings.iter().map(warning).collect(),
    }
}

/// What keeps a check from being whole.
pub(crate) fn warning(warning: &CheckWarning) -> v1::CheckWarning {
    v1::CheckWarning {
        code: warning.code.to_owned(),
        text_vi: warning.told(Language::Vietnamese),
        text_en: warning.told(Language::English),
    }
}

fn check(found: &ServiceCheck, inspected: &Inspected) -> v1::ServiceCheck {
    let on = inspected.question.judged_on();
    let listed = inspected.knowledge.services.service(found.service);
    v1::ServiceCheck {
        service: listed.map(|listed| service(listed, on)),
        documented: Some(documented(&found.documented, &inspected.register)),
        figures: found.figures.iter().map(figure).collect(),
        findings: found.findings.iter().map(finding).collect(),
        window: Some(window(found.window)),
        dossiers_seen: whole(found.dossiers_seen),
        coverage: found.coverage.and_then(ratio),
    }
}

fn window(window: Window) -> v1::ObservationWindow {
    v1::ObservationWindow {
        first_day: window.first().to_string(),
        last_day: window.last().to_string(),
    }
}

fn figure(figure: &Figure) -> v1::ObservedFigure {
    let (value, unit) = figure.value.unzip();
    v1::ObservedFigure {
        code: figure.code.to_owned(),
        name_vi: figure.name_vi.clone(),
        name_en: figure.name_en.clone(),
        numerator: whole(figure.numerator),
        denominator: whole(figure.denominator),
        value,
        unit: unit.unwrap_or_default().to_owned(),
    }
}

fn finding(finding: &Finding) -> v1::CriterionFinding {
    let ids = finding.evidence.iter().map(EvidenceId::as_str);
    let examples = finding.examples.iter().map(DossierNumber::as_str);
    v1::CriterionFinding {
        criterion_id: finding.criterion.id(),
        name_vi: finding.name_vi.clone(),
        name_en: finding.name_en.clone(),
        verdict: verdict(finding.verdict).into(),
        documented: finding.documented.clone(),
        evidence_ids: ids.map(str::to_owned).collect(),
        figure_code: finding.figure.unwrap_or_default().to_owned(),
        reason_vi: finding.reason_vi.clone(),
        reason_en: finding.reason_en.clone(),
        example_dossier_codes: examples.map(str::to_owned).collect(),
    }
}

fn verdict(verdict: Verdict) -> v1::criterion_finding::Verdict {
    use v1::criterion_finding::Verdict as Told;
    match verdict {
        Verdict::Consistent => Told::Consistent,
        Verdict::Contradicted => Told::Contradicted,
        Verdict::Undocumented => Told::Undocumented,
        Verdict::Unproven => Told::Unproven,
        Verdict::EvidenceExpired => Told::EvidenceExpired,
        Verdict::NotApplicable => Told::NotApplicable,
        Verdict::CannotObserve => Told::CannotObserve,
    }
}

/// A share between 0 and 1, to two decimals of a per cent; none of nothing.
fn ratio(share: Share) -> Option<f64> {
    let hundredths = share
        .part()
        .saturating_mul(10_000)
        .checked_div(share.whole())?;
    u32::try_from(hundredths)
        .ok()
        .map(|it| f64::from(it) / 10_000.0)
}
