//! What comes in at the gateway is what a check shows.

use lienthong::demo::messages;
use lienthong_proto::v1::criterion_finding::Verdict;

use super::ground::{ago, finding, received, seen, sent_back_twice, share, stage};

#[tokio::test]
async fn dossiers_and_look_ups_stand_in_the_figures_joined_by_the_dossiers_number() {
    let stage = stage().await;
    received(&stage, 1..5, 2).await;
    let citizen = stage.citizen("plain").unwrap();
    let desk = stage.desk(1).await.unwrap();
    for number in [1, 2] {
        let code = messages::dossier_code(ago(&stage, 2), number);
        desk.at(code).verify(&citizen).await.unwrap();
    }
    // For a dossier that never comes: it counts for none.
    desk.at(stage.dossier_code(999))
        .verify(&citizen)
        .await
        .unwrap();
    let check = seen(&stage, 4).await;
    assert_eq!(share(&check, "LOOKUP_SHARE"), (2, 4));
    assert_eq!(share(&check, "ONLINE_SHARE"), (4, 4));
    assert_eq!(check.findings.len(), 24);
    assert_eq!(check.coverage, None, "nobody has said how many there are");
}

#[tokio::test]
async fn a_dossier_that_was_sent_back_twice_contradicts_without_any_document() {
    let stage = stage().await;
    received(&stage, 1..3, 20).await;
    let code = sent_back_twice(&stage, 3, 20).await;
    let check = seen(&stage, 3).await;
    let found = finding(&check, "C7");
    assert_eq!(
        found.verdict(),
        Verdict::Contradicted,
        "{}",
        found.reason_en
    );
    assert_eq!(found.example_dossier_codes, [code]);
    assert!(found.reason_vi.contains('3'), "{}", found.reason_vi);
    assert_ne!(finding(&check, "C9").verdict(), Verdict::Contradicted);
}
