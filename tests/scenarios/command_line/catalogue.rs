//! `lienthong catalogue`: what an operator reads and does.

use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;

use super::caller::{OPERATOR, json, said};

/// A gateway that holds the catalogue of the mock portal.
async fn stage() -> Stage {
    let settings = Settings::default()
        .with("sync.operators", "['igate']")
        .with("procedures.calls_per_second", "1000");
    let stage = Stage::with(settings).await.unwrap();
    eventually("a catalogue", async || {
        let held = stage.figure("lienthong_catalogue_procedures").await?;
        Ok((held > 0).then_some(()))
    })
    .await
    .unwrap();
    stage
}

#[tokio::test]
async fn the_catalogue_is_listed_and_a_procedure_shown_with_what_is_not_known() {
    let stage = stage().await;
    let listed = said(&stage, &["catalogue", "list", "thuong tru"]).await;
    assert_eq!(listed.code, Some(0), "{}", listed.err);
    for text in ["1.004222", "Đăng ký thường trú", "120 procedures"] {
        assert!(listed.out.contains(text), "no {text}:\n{}", listed.out);
    }
    let all = json(&stage, &["catalogue", "list", "--limit", "500"]).await;
    assert_eq!(all["procedures"].as_array().unwrap().len(), 120);
    let shown = said(&stage, &["catalogue", "show", "1.002755"]).await;
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    assert!(
        shown.out.contains("fees unknown (not told)"),
        "{}",
        shown.out
    );
    let none = said(&stage, &["catalogue", "show", "9.999999"]).await;
    assert_eq!(none.code, Some(1), "{}", none.err);
    assert!(none.err.contains("PROCEDURE_NOT_FOUND"), "{}", none.err);
}

#[tokio::test]
async fn a_shrunken_catalogue_is_taken_only_by_an_operator_who_says_so() {
    let stage = stage().await;
    let nothing = said(&stage, &["catalogue", "changes"]).await;
    assert_eq!(nothing.out.trim(), "Nothing has changed.");
    stage.mocks().portal().halve_catalogue();
    let order = ["catalogue", "refresh", "--operator", OPERATOR];
    let refused = said(&stage, &order).await;
    assert_eq!(refused.code, Some(1), "{}", refused.out);
    assert!(refused.err.contains("CATALOGUE_SHRUNK"), "{}", refused.err);
    let listed = said(&stage, &["catalogue", "list"]).await;
    assert!(
        listed
            .out
            .contains("! The new catalogue has lost 60 of 120"),
        "{}",
        listed.out
    );
    let taken = said(&stage, &[&order[..], &["--accept-shrink"]].concat()).await;
    assert_eq!(taken.code, Some(0), "{}", taken.err);
    assert!(taken.out.contains("60 withdrawn"), "{}", taken.out);
    let changes = json(&stage, &["catalogue", "changes", "--limit", "500"]).await;
    assert_eq!(changes["changes"].as_array().unwrap().len(), 60);
    let wrong = said(&stage, &["catalogue", "refresh", "--operator", "cán bộ"]).await;
    assert_eq!(wrong.code, Some(2), "{}", wrong.err);
}
