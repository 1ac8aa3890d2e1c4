//! Promises about failures grouped by cause.

use std::collections::BTreeSet;

use lienthong_core::ports::ledger::{DossierFilter, FAILURE_GROUPS, FailureGroup};
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::outcome::{AttemptOutcome, NextStep};

use super::{Bench, Ground, REFUSED, at};
use crate::store::samples::{number, step_body};

const MISSING: AttemptOutcome = AttemptOutcome::Refused(Cause::MappingMissing);

fn any() -> DossierFilter {
    DossierFilter::default()
}

pub(crate) async fn failures_are_grouped_by_cause_and_code_the_largest_first(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, 1..=6).await;
    bench.step(1, 1, "B").await;
    bench.step(1, 1, "C").await;
    bench.step(1, 2, "B").await;
    let claims = bench.desk.claim(2).await;
    for (claim, (outcome, code)) in claims.iter().zip([
        (MISSING, "procedure 1"),
        (MISSING, "procedure 2"),
        (MISSING, "procedure 1"),
        (REFUSED, "-1"),
        (MISSING, "procedure 1"),
        (REFUSED, "-1"),
    ]) {
        bench
            .fail(claim, 3, (outcome, NextStep::Refuse), code)
            .await;
    }
    // All of each group, so that no store tells anything else.
    let group = |cause, code: &str, examples: &[u32], blocked_events| FailureGroup {
        cause,
        upstream_code: code.to_owned(),
        upstream_text: format!("text {code} 3"),
        dossiers: u64::try_from(examples.len()).unwrap(),
        blocked_events,
        first_failed_at: at(3),
        last_failed_at: at(3),
        examples: examples.iter().copied().map(number).collect(),
    };
    assert_eq!(
        bench.groups(&any()).await,
        [
            group(Cause::MappingMissing, "procedure 1", &[1, 3, 5], 2),
            group(Cause::FieldRejected, "-1", &[4, 6], 0),
            group(Cause::MappingMissing, "procedure 2", &[2], 1),
        ]
    );
}

pub(crate) async fn only_what_is_held_up_by_a_failure_is_counted(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    assert_eq!(bench.groups(&any()).await, []);
    bench.begin(0, 1..=6).await;
    let claims = bench.desk.claim(1).await;
    let outage = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
    let timeout = AttemptOutcome::Unknown(Cause::UpstreamTimeout);
    bench.desk.accept(&claims[0], 2, 1).await;
    for (claim, how) in claims[1..].iter().zip([
        (REFUSED, NextStep::Refuse),
        (outage, NextStep::SendAt(at(10))),
        (timeout, NextStep::AskAt(at(20))),
        (AttemptOutcome::AlreadyThere, NextStep::SendNow),
    ]) {
        bench.fail(claim, 2, how, "").await;
    }
    let causes = async || {
        let groups = bench.groups(&any()).await;
        groups.iter().map(|it| it.cause).collect::<BTreeSet<_>>()
    };
    let (refused, gone, late) = (
        Cause::FieldRejected,
        Cause::UpstreamUnavailable,
        Cause::UpstreamTimeout,
    );
    assert_eq!(causes().await, BTreeSet::from([refused, gone, late]));
    // Under way again: not held up.
    let claims = bench.desk.claim(10).await;
    assert_eq!(causes().await, BTreeSet::from([refused, late]));
    bench
        .fail(&claims[1], 11, (outage, NextStep::SendAt(at(30))), "")
        .await;
    assert_eq!(causes().await, BTreeSet::from([refused, gone, late]));
    bench.release(2, 12).await;
    assert_eq!(causes().await, BTreeSet::from([gone, late]));
}

pub(crate) async fn a_group_tells_its_first_and_latest_failure(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, 1..=3).await;
    let claims = bench.desk.claim(1).await;
    let outage = AttemptOutcome::NotApplied(Cause::UpstreamUnavailable);
    for (claim, second) in claims.iter().zip([30, 10, 20]) {
        let again = NextStep::SendAt(at(second + 30));
        bench.fail(claim, second, (outage, again), "503").await;
    }
    let group = async || bench.groups(&any()).await.remove(0);
    let told = group().await;
    assert_eq!(
        (told.first_failed_at, told.last_failed_at),
        (at(10), at(30))
    );
    assert_eq!(told.upstream_text, "text 503 30");
    let first = [number(2), number(3), number(1)];
    assert_eq!(told.examples, first, "in the order in which they failed");
    // The failure that holds a dossier up now is its latest.
    let claim = bench.desk.claim_one(40).await;
    bench
        .fail(&claim, 41, (outage, NextStep::SendAt(at(99))), "503")
        .await;
    let told = group().await;
    assert_eq!(
        (told.first_failed_at, told.last_failed_at),
        (at(20), at(41))
    );
    assert_eq!(told.upstream_text, "text 503 41");
}

pub(crate) async fn at_most_five_examples_are_given(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, 1..=9).await;
    for claim in bench.desk.claim(1).await {
        bench
            .fail(&claim, 2, (REFUSED, NextStep::Refuse), "-1")
            .await;
    }
    let group = bench.groups(&any()).await.remove(0);
    assert_eq!(group.dossiers, 9);
    let first: Vec<_> = (1..=5).map(number).collect();
    assert_eq!(
        group.examples, first,
        "of those that failed at once by number"
    );
}

pub(crate) async fn a_filter_narrows_the_groups(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, 1..=4).await;
    let claims = bench.desk.claim(1).await;
    bench
        .fail(&claims[0], 2, (REFUSED, NextStep::Refuse), "-1")
        .await;
    bench
        .fail(&claims[1], 2, (REFUSED, NextStep::Refuse), "-2")
        .await;
    bench
        .fail(&claims[2], 2, (MISSING, NextStep::GiveUp), "-1")
        .await;
    let body = step_body(3, "B");
    bench.desk.record("late", 5, body).await.unwrap();
    let told = async |filter: DossierFilter| {
        let groups = bench.groups(&filter).await;
        let told = groups.into_iter().map(|it| (it.upstream_code, it.dossiers));
        told.collect::<BTreeSet<_>>()
    };
    let group = |code: &str, dossiers| (code.to_owned(), dossiers);
    let rejected = DossierFilter {
        causes: BTreeSet::from([Cause::FieldRejected]),
        ..any()
    };
    assert_eq!(
        told(rejected).await,
        BTreeSet::from([group("-1", 1), group("-2", 1)])
    );
    let code = DossierFilter {
        upstream_code: Some("-2".to_owned()),
        ..any()
    };
    assert_eq!(told(code).await, BTreeSet::from([group("-2", 1)]));
    let named = DossierFilter {
        dossiers: vec![number(3), number(4)],
        ..any()
    };
    assert_eq!(told(named).await, BTreeSet::from([group("-1", 1)]));
    let later = DossierFilter {
        recorded_from: Some(at(1)),
        ..any()
    };
    assert_eq!(told(later).await, BTreeSet::new());
}

pub(crate) async fn groups_of_one_size_come_by_their_names(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    bench.begin(0, 1..=5).await;
    // By bytes, as a machine's language knows no other order than another one's.
    let codes = ["b", "B", "_", "ă", "a"];
    for (claim, code) in bench.desk.claim(1).await.iter().zip(codes) {
        bench
            .fail(claim, 2, (REFUSED, NextStep::Refuse), code)
            .await;
    }
    let groups = bench.groups(&any()).await;
    let told: Vec<_> = groups.iter().map(|it| it.upstream_code.as_str()).collect();
    assert_eq!(told, ["B", "_", "a", "b", "ă"]);
}

pub(crate) async fn the_largest_groups_are_told_when_there_are_too_many(ground: &dyn Ground) {
    let bench = Bench::open(ground).await;
    let all = u32::try_from(FAILURE_GROUPS).unwrap() + 10;
    bench.begin(0, 1..=all).await;
    let mut failed = 0;
    while failed < all {
        for claim in bench.desk.claim(1).await {
            failed += 1;
            // A portal that puts its own number into every code; the last two are of one.
            let code = format!("trace-{}", failed.min(all - 1));
            bench
                .fail(&claim, 2, (REFUSED, NextStep::Refuse), &code)
                .await;
        }
    }
    let groups = bench.groups(&any()).await;
    assert_eq!(groups.len(), FAILURE_GROUPS);
    let first = (groups[0].dossiers, groups[0].upstream_code.clone());
    assert_eq!(first, (2, format!("trace-{}", all - 1)));
}
