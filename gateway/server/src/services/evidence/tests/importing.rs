//! The pieces of a file.

use lienthong_proto::v1;
use lienthong_proto::v1::evidence::Class;

use super::{Office, decision, violations};
use crate::status::ServerError;

#[tokio::test]
async fn an_import_is_previewed_and_recorded_as_a_whole_and_repeats_itself_without_harm() {
    let office = Office::open();
    let first = v1::Evidence {
        evidence_id: "row-2".to_owned(),
        ..decision("663/QĐ-TTPVHCC", "2026-05-13")
    };
    let second = v1::Evidence {
        evidence_id: "row-3".to_owned(),
        supersedes: vec!["663/QĐ-TTPVHCC".to_owned()],
        ..decision("664/QĐ-TTPVHCC", "2026-05-13")
    };
    let pieces = [("e1", first.clone()), ("e2", second)];
    let preview = office.import(&pieces, true).await.unwrap();
    assert!(!preview.recorded);
    let text = |response: &v1::ImportEvidenceResponse| -> Vec<String> {
        let remarks = response.results.iter().flat_map(|it| &it.remarks);
        remarks.map(|it| it.text_en.clone()).collect()
    };
    assert_eq!(
        text(&preview),
        ["row-2 counts no more: row-3 took its place"]
    );
    let any = v1::ListEvidenceRequest {
        include_invalid: true,
        ..v1::ListEvidenceRequest::default()
    };
    assert_eq!(
        office.ids(any.clone()).await,
        [""; 0],
        "nothing is recorded yet"
    );
    let done = office.import(&pieces, false).await.unwrap();
    assert!(done.recorded);
    assert_eq!(
        text(&done),
        ["MC-000001 counts no more: MC-000002 took its place"]
    );
    for preview in [true, false] {
        let again = office.import(&pieces, preview).await.unwrap();
        assert!(
            again
                .results
                .iter()
                .all(|it| it.duplicate && it.remarks.is_empty())
        );
    }
    assert_eq!(office.ids(any).await, ["MC-000002", "MC-000001"]);
    let rival = decision("665/QĐ-TTPVHCC", "2026-05-13");
    let pieces = [("e3", decision("9/QĐ-UBND", "2026-06-01")), ("e4", rival)];
    let refused = violations(office.import(&pieces, false).await.unwrap_err());
    let expected = ("pieces[1].evidence.supersedes".to_owned(), "RIVAL_DECISION");
    assert_eq!(refused, [expected]);
    let preview = office.import(&pieces, true).await.unwrap();
    assert!(preview.results[1].remarks[0].refuses);
}

#[tokio::test]
async fn rows_that_were_recorded_under_other_names_are_not_recorded_again() {
    let office = Office::open();
    let first = v1::Evidence {
        evidence_id: "row-2".to_owned(),
        ..decision("663/QĐ-TTPVHCC", "2026-05-13")
    };
    let mut sheet = v1::Evidence {
        evidence_id: "row-3".to_owned(),
        ..decision("9/BB-SKHCN", "2026-06-01")
    };
    sheet.class = Class::PapersSheet.into();
    let before = [("row-1a", first.clone()), ("row-1b", sheet.clone())];
    office.import(&before, false).await.unwrap();
    let more = v1::Evidence {
        evidence_id: "row-4".to_owned(),
        ..decision("700/QĐ-UBND", "2026-07-01")
    };
    let longer = [
        ("row1-a", first.clone()),
        ("row1-b", sheet),
        ("row1-c", more),
    ];
    for preview in [true, false] {
        let told = office.import(&longer, preview).await.unwrap();
        let duplicates: Vec<bool> = told.results.iter().map(|it| it.duplicate).collect();
        assert_eq!(duplicates, [true, true, false]);
    }
    assert_eq!(office.desk.evidence().version().await.unwrap(), 3);
    // A single piece is told instead: it is no list that grew.
    let refused = office.record(first, "row1-a").await.unwrap_err();
    assert!(matches!(refused, ServerError::Invalid(_)), "{refused:?}");
}

#[tokio::test]
async fn a_blank_behind_a_name_makes_no_other_name() {
    let office = Office::open();
    let named = |name: &str, symbol: &str| v1::Evidence {
        evidence_id: name.to_owned(),
        ..decision(symbol, "2026-05-13")
    };
    let pieces = [
        ("e1", named("a", "663/QĐ-TTPVHCC")),
        ("e2", named("a ", "664/QĐ-TTPVHCC")),
    ];
    let refused = violations(office.import(&pieces, false).await.unwrap_err());
    assert_eq!(
        refused[0],
        ("pieces[1].evidence.evidence_id".to_owned(), "NAME_IN_USE")
    );
}
