//! Maintenance, rate, quota and places, as agreed with who runs the database.

use jiff::SignedDuration;
use tokio::task::JoinSet;

use super::*;

fn window(stage_now: jiff::Timestamp, from: i64, until: i64) -> String {
    let from = stage_now + SignedDuration::from_mins(from);
    let until = stage_now + SignedDuration::from_mins(until);
    format!("[{{from = \"{from:.0}\", until = \"{until:.0}\"}}]")
}

fn now() -> jiff::Timestamp {
    use lienthong_core::clock::Clock as _;
    lienthong::clock::SystemClock.now()
}

#[tokio::test]
async fn during_announced_maintenance_nothing_is_sent_and_callers_hear_until_when() {
    let settings = forgetful().with("population.maintenance", window(now(), -10, 30));
    let stage = Stage::with(settings).await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let status = refused_at_once(&desk, &plain).await;
    let wait = check(&status, (Code::Unavailable, "UPSTREAM_MAINTENANCE"));
    assert!((28 * 60..=30 * 60).contains(&wait.as_secs()), "{wait:?}");
    assert_eq!(stage.asked(), []);
    let health = health(&stage).await;
    assert_eq!(health.condition(), Condition::Lagging, "it was announced");
    assert_eq!(reasons(&health), ["MAINTENANCE"]);
}

#[tokio::test]
async fn before_and_after_a_window_look_ups_go_on() {
    for (from, until) in [(-30, -10), (10, 30)] {
        let settings = forgetful().with("population.maintenance", window(now(), from, until));
        let stage = Stage::with(settings).await.unwrap();
        let plain = stage.citizen("plain").unwrap();
        let answer = stage.desk(1).await.unwrap().verify(&plain).await;
        assert_eq!(
            answer.unwrap().verdict(),
            Verdict::Match,
            "{from} to {until}"
        );
    }
}

#[tokio::test]
async fn no_more_is_sent_in_a_second_than_was_agreed() {
    let settings = forgetful()
        .with("population.protection.rate", "1")
        .with("population.protection.burst", "2");
    let stage = Stage::with(settings).await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let started = Instant::now();
    let (mut matched, mut refused) = (0, 0);
    for _ in 0..30 {
        match desk.verify(&plain).await {
            Ok(_) => matched += 1,
            Err(status) => {
                let wait = check(&status, (Code::ResourceExhausted, "RATE_LIMITED"));
                assert!(wait <= Duration::from_secs(1), "{wait:?}");
                refused += 1;
            }
        }
    }
    let most = 2 + started.elapsed().as_secs() + 1;
    assert!(
        (2..=most).contains(&matched),
        "{matched} in {:?}",
        started.elapsed()
    );
    assert!(refused > 0);
    assert_eq!(asked(&stage) as u64, matched);
    eventually("the next second", async || {
        Ok(desk.verify(&plain).await.ok())
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_days_quota_is_kept_also_across_a_restart() {
    let settings = Settings::default()
        .with("population.protection.daily_quota", "4")
        .with("population.protection.quota_warning", "50");
    let mut stage = Stage::with(settings).await.unwrap();
    let people: Vec<_> = stage.mocks().population().citizens();
    let desk = stage.desk(1).await.unwrap();
    let quota = async |stage: &Stage| {
        let health = health(stage).await;
        assert_eq!(health.quota_limit, 4);
        let reasons: Vec<_> = reasons(&health).into_iter().map(str::to_owned).collect();
        (health.quota_used, reasons)
    };
    assert_eq!(quota(&stage).await, (0, vec![]));
    desk.verify(&people[0]).await.unwrap();
    desk.verify(&people[0]).await.unwrap();
    assert_eq!(
        quota(&stage).await,
        (1, vec![]),
        "from memory costs nothing"
    );
    desk.verify(&people[1]).await.unwrap();
    assert_eq!(
        quota(&stage).await,
        (2, vec!["QUOTA_NEARLY_SPENT".to_owned()])
    );

    stage.stop_gateway().await;
    stage.start_gateway().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    assert_eq!(quota(&stage).await.0, 2);
    desk.verify(&people[2]).await.unwrap();
    // What failed after it was sent counts too.
    script(&stage, FaultEffect::status(500), 1);
    desk.verify(&people[3]).await.unwrap_err();
    let status = refused_at_once(&desk, &people[4]).await;
    let wait = check(&status, (Code::ResourceExhausted, "QUOTA_SPENT"));
    assert!(wait <= Duration::from_hours(24), "{wait:?}");
    assert_eq!(quota(&stage).await, (4, vec!["QUOTA_SPENT".to_owned()]));

    stage.stop_gateway().await;
    stage.start_gateway().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let status = refused_at_once(&desk, &people[4]).await;
    check(&status, (Code::ResourceExhausted, "QUOTA_SPENT"));
    assert_eq!(asked(&stage), 4);
}

/// One place, for which `wait` is waited.
async fn one_place(wait: &str) -> Stage {
    let settings = forgetful()
        .with("population.protection.parallel", "1")
        .with("population.protection.wait", wait);
    Stage::with(settings).await.unwrap()
}

#[tokio::test]
async fn when_every_place_is_taken_a_caller_hears_soon() {
    let stage = one_place("50ms").await;
    let desk = stage.desk(1).await.unwrap();
    let (plain, other) = (
        stage.citizen("plain").unwrap(),
        stage.citizen("year-only").unwrap(),
    );
    script(&stage, late(1_500), 1);
    let first = {
        let (desk, plain) = (desk.clone(), plain.clone());
        tokio::spawn(async move { desk.verify(&plain).await })
    };
    eventually("a question at the database", async || {
        Ok((asked(&stage) == 1).then_some(()))
    })
    .await
    .unwrap();
    let status = refused_at_once(&desk, &other).await;
    check(&status, (Code::ResourceExhausted, "UPSTREAM_BUSY"));
    assert_eq!(asked(&stage), 1);
    assert_eq!(first.await.unwrap().unwrap().verdict(), Verdict::Match);
    assert_eq!(desk.verify(&other).await.unwrap().verdict(), Verdict::Match);
}

#[tokio::test]
async fn a_place_that_becomes_free_in_time_is_taken() {
    let stage = one_place("30s").await;
    let desk = stage.desk(1).await.unwrap();
    let people = stage.mocks().population().citizens();
    script(&stage, late(100), 5);
    let mut asking = JoinSet::new();
    for person in people.into_iter().take(5) {
        let desk = desk.clone();
        asking.spawn(async move { desk.verify(&person).await });
    }
    for answer in asking.join_all().await {
        assert_eq!(answer.unwrap().verdict(), Verdict::Match);
    }
    assert_eq!(asked(&stage), 5);
}
