//! Papers are lawful when the population database could not be asked: an outage is never
//! turned into a contradiction (Nghị quyết 66.7/2025/NQ-CP).

use lienthong::demo::messages;
use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1::criterion_finding::Verdict;
use lienthong_proto::v1::evidence::Class;

use super::ground::{PAPER, ago, evidence, finding, received, record, seen, share, stage};

/// More than a criterion wants to see.
const DOSSIERS: u32 = 40;

#[tokio::test]
async fn papers_that_were_taken_in_an_outage_contradict_nobody() {
    let stage = stage().await;
    let mapping = [("fields_from_population", "full_name; birth")];
    record(&stage, "e4", evidence(&stage, Class::DataMapping, &mapping)).await;
    let papers = [("papers_cut", PAPER)];
    record(&stage, "e5", evidence(&stage, Class::PapersSheet, &papers)).await;
    let outage = Fault::new(FaultEffect::status(503)).times(100_000);
    stage.mocks().population().script(outage).unwrap();
    let citizen = stage.citizen("plain").unwrap();
    let desk = stage.desk(1).await.unwrap();
    for number in 1..=DOSSIERS {
        let code = messages::dossier_code(ago(&stage, 2), number);
        desk.at(code).verify(&citizen).await.unwrap_err();
    }
    received(&stage, 1..DOSSIERS + 1, 2).await;
    let check = seen(&stage, i64::from(DOSSIERS)).await;
    let all = i64::from(DOSSIERS);
    assert_eq!(share(&check, "LOOKUP_FAILED_SHARE"), (all, all));
    for id in ["C1", "C2", "C13"] {
        let found = finding(&check, id);
        assert_ne!(
            found.verdict(),
            Verdict::Contradicted,
            "{id}: {}",
            found.reason_en
        );
    }
    // Dossiers that nobody even tried to look up are another matter.
    received(&stage, 500..500 + 2 * DOSSIERS, 2).await;
    let check = seen(&stage, 3 * all).await;
    for id in ["C1", "C2"] {
        let found = finding(&check, id);
        assert_eq!(
            found.verdict(),
            Verdict::Contradicted,
            "{id}: {}",
            found.reason_en
        );
    }
}
