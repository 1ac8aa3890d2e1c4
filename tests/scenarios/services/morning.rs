//! The check of every day: made by itself, kept, and seen by whoever watches the figures.

use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;

use super::ground::{seen, sent_back_twice, stage};

#[tokio::test]
async fn a_contradiction_is_found_by_itself_and_stands_in_the_figures() {
    let mut stage = stage().await;
    // Yesterday, wherever the clock stands: the days that are over are looked at.
    sent_back_twice(&stage, 1, 30).await;
    seen(&stage, 1).await;
    assert_eq!(
        stage.figure("lienthong_service_verdicts{").await.unwrap(),
        0
    );
    stage.stop_gateway().await;
    stage.set("services.check_at", "00:00");
    stage.start_gateway().await.unwrap();
    let contradicted =
        r#"lienthong_service_verdicts{service="3",criterion="C7",verdict="CONTRADICTED"}"#;
    let told = eventually("the daily check is made", async || {
        let found = stage.figure(contradicted).await?;
        Ok((found > 0).then_some(found))
    });
    assert_eq!(told.await.unwrap(), 1);
    // Nothing was judged before, so nothing has turned.
    let turned = "lienthong_service_verdict_turned_total";
    let found = "lienthong_service_verdicts_first_found_total";
    assert_eq!(stage.figure(turned).await.unwrap(), 0);
    assert_eq!(stage.figure(found).await.unwrap(), 1);
    let checks = stage.figure("lienthong_service_verdicts{").await.unwrap();
    assert_eq!(
        checks,
        25 * 24,
        "one verdict for each service and criterion"
    );
    assert_eq!(
        stage
            .figure("lienthong_service_check_failing")
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        stage.figure("lienthong_observation_failing").await.unwrap(),
        0
    );
    // What was found is kept: after a restart it is known at once, and told no second time.
    stage.stop_gateway().await;
    stage.start_gateway().await.unwrap();
    let kept = eventually("the kept check is shown", async || {
        let found = stage.figure(contradicted).await?;
        Ok((found > 0).then_some(found))
    });
    kept.await.unwrap();
    assert_eq!(stage.figure(turned).await.unwrap(), 0);
    assert_eq!(stage.figure(found).await.unwrap(), 0);
}

#[tokio::test]
async fn a_list_with_mistakes_keeps_the_gateway_from_starting() {
    let processes = lienthong_tests::process::Processes::start(Settings::default());
    let processes = processes.await.unwrap();
    let list = processes.dir().join("services.toml");
    std::fs::write(&list, "version = \"1\"\n[[service]]\nnumber = 0\n").unwrap();
    let settings = processes
        .settings()
        .clone()
        .with("services.list_file", list.display().to_string());
    let arguments = [
        "check",
        "--offline",
        "--config",
        lienthong_tests::settings::FILE,
    ];
    let said = lienthong_tests::process::run(processes.dir(), &arguments, &settings);
    let said = said.await.unwrap();
    assert_eq!(said.code, Some(64), "{}", said.err);
    assert!(said.err.contains("SERVICES__LIST_FILE"), "{}", said.err);
}
