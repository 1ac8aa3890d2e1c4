//! A whole invented year through the real door: what was planted is found, and nothing else.
//!
//! What a reader would get wrong: the dossiers are recorded by a procedure system over gRPC
//! and the documents are imported, but the look-ups and the comparisons with the
//! portal are put into their stores before the gateway starts, because what is asked now is
//! recorded now. The portal is away all the while: what a check says must not wait for it.

mod year;

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use lienthong::demo::province::{Plan, Spot};
use lienthong_core::check::Criterion;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::essential::ServiceNumber;
use lienthong_proto::v1;
use lienthong_proto::v1::criterion_finding::Verdict;

use year::Year;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorded_year_shows_what_was_planted_and_nothing_else() {
    let year = Year::invent().unwrap();
    let stage = year.looked_up().await.unwrap();
    year.import_evidence(&stage).await.unwrap();
    year.record_dossiers(&stage).await.unwrap();
    year.observed(&stage).await.unwrap();
    let plan = year.plan().unwrap();
    let answer = year.check(&stage).await.unwrap();
    let seen: i64 = answer.checks.iter().map(|check| check.dossiers_seen).sum();
    assert_eq!(seen, i64::from(lienthong::demo::province::DOSSIERS));
    assert_eq!(answer.checks.len(), 25);
    let found = contradicted(&answer).unwrap();
    assert_eq!(
        found,
        plan.spots(),
        "found on the left, planted on the right"
    );
    examples_are_planted(&answer, &plan).unwrap();
    // Made twice, it says the same.
    let again = year.check(&stage).await.unwrap();
    assert_eq!(again.checks, answer.checks);
}

fn spot(check: &v1::ServiceCheck, finding: &v1::CriterionFinding) -> Result<Spot> {
    let number = check.service.as_ref().context("no service")?.number;
    let number = u16::try_from(number).ok().and_then(ServiceNumber::new);
    let criterion = Criterion::from_id(&finding.criterion_id);
    Ok((
        number.context("no number")?,
        criterion.with_context(|| finding.criterion_id.clone())?,
    ))
}

fn findings(
    answer: &v1::CheckServicesResponse,
) -> impl Iterator<Item = (&v1::ServiceCheck, &v1::CriterionFinding)> {
    let checks = answer.checks.iter();
    let all = checks.flat_map(|check| check.findings.iter().map(move |it| (check, it)));
    all.filter(|(_, finding)| finding.verdict() == Verdict::Contradicted)
}

fn contradicted(answer: &v1::CheckServicesResponse) -> Result<BTreeSet<Spot>> {
    findings(answer)
        .map(|(check, finding)| spot(check, finding))
        .collect()
}

fn examples_are_planted(answer: &v1::CheckServicesResponse, plan: &Plan) -> Result<()> {
    for (check, finding) in findings(answer) {
        let spot = spot(check, finding)?;
        let planted = plan.planted.get(&spot).context("not planted")?;
        let first = planted.iter().take(5).map(DossierNumber::as_str);
        let first: Vec<&str> = first.collect();
        ensure!(
            finding.example_dossier_codes == first,
            "{spot:?}: {:?} instead of {first:?}",
            finding.example_dossier_codes
        );
    }
    Ok(())
}
