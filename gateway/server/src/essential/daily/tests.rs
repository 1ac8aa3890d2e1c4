use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use jiff::civil::time;
use lienthong_core::check::Criterion;
use lienthong_core::essential::ServiceNumber;

use super::*;
use crate::essential::doubles::{Fixed, Office, at, birth, sent_back_twice};

const RECEIVED: &str = "2026-11-10T05:00:00Z";

fn daily(office: &Office) -> Daily {
    Daily {
        desk: office.desk.clone(),
        archive: Arc::clone(&office.register) as _,
        following: Arc::clone(&office.following) as _,
        board: Arc::default(),
        at: Some(time(5, 30, 0, 0)),
    }
}

fn bad() -> Fixed {
    Fixed::of(vec![sent_back_twice(1, at(RECEIVED))])
}

fn c7(daily: &Daily) -> Option<Verdict> {
    let place = (ServiceNumber::new(9).unwrap(), Criterion::C(7));
    daily.board.standing().verdicts.get(&place).copied()
}

#[tokio::test]
async fn the_days_that_are_over_are_checked_once() {
    let office = Office::with(bad());
    let daily = daily(&office);
    let Looked::Checked(turned) = daily.run_due().await.unwrap() else {
        panic!("nothing was checked");
    };
    let turned: Vec<_> = turned
        .iter()
        .map(|it| (it.service.get(), it.criterion))
        .collect();
    assert_eq!(turned, [(9, Criterion::C(7))]);
    assert_eq!(c7(&daily), Some(Verdict::Contradicted));
    assert_eq!(daily.board.standing().turned, 1);
    assert_eq!(daily.run_due().await.unwrap(), Looked::NotDue);
    // The next morning it is due again, and what stood so has not turned.
    office.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(daily.run_due().await.unwrap(), Looked::Checked(Vec::new()));
    assert_eq!(daily.board.standing().turned, 1);
}

#[tokio::test]
async fn before_the_hour_nothing_is_checked() {
    let office = Office::with(bad());
    let daily = daily(&office);
    // One at night in Hà Nội, of the next day.
    office.clock.advance(SignedDuration::from_hours(15));
    assert_eq!(daily.run_due().await.unwrap(), Looked::NotDue);
    assert_eq!(daily.board.window(), None);
    office.clock.advance(SignedDuration::from_hours(5));
    assert!(matches!(daily.run_due().await.unwrap(), Looked::Checked(_)));
}

#[tokio::test]
async fn a_check_that_nobody_wants_is_not_made() {
    let office = Office::with(bad());
    let daily = Daily {
        at: None,
        ..daily(&office)
    };
    assert_eq!(daily.run_due().await.unwrap(), Looked::NotDue);
}

#[tokio::test]
async fn what_is_not_looked_at_yet_is_waited_for() {
    let office = Office::with(bad());
    office.following.0.store(false, Ordering::Relaxed);
    let daily = daily(&office);
    assert_eq!(daily.run_due().await.unwrap(), Looked::Behind);
    office.clock.advance(SignedDuration::from_mins(59));
    assert_eq!(daily.run_due().await.unwrap(), Looked::Behind);
    // That it waits too long is told, and it goes on waiting.
    office.clock.advance(SignedDuration::from_mins(1));
    assert!(matches!(daily.run_due().await, Err(DailyError::Behind)));
    office.following.0.store(true, Ordering::Relaxed);
    assert!(matches!(daily.run_due().await.unwrap(), Looked::Checked(_)));
}

#[tokio::test]
async fn after_a_restart_the_day_is_not_checked_again_and_nothing_turns() {
    let office = Office::with(bad());
    let first = daily(&office);
    assert!(matches!(first.run_due().await.unwrap(), Looked::Checked(_)));
    drop(first);
    let office = office.restarted(bad()).await;
    let second = daily(&office);
    assert_eq!(second.run_due().await.unwrap(), Looked::NotDue);
    assert_eq!(c7(&second), Some(Verdict::Contradicted));
    assert_eq!(office.facts.pages.load(Ordering::Relaxed), 0);
    office.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(second.run_due().await.unwrap(), Looked::Checked(Vec::new()));
}

#[tokio::test]
async fn what_turns_over_a_restart_is_told() {
    let office = Office::with(Fixed::of(vec![birth(1, at(RECEIVED))]));
    let first = daily(&office);
    assert_eq!(first.run_due().await.unwrap(), Looked::Checked(Vec::new()));
    drop(first);
    let office = office.restarted(bad()).await;
    let second = daily(&office);
    assert_eq!(second.run_due().await.unwrap(), Looked::NotDue);
    office.clock.advance(SignedDuration::from_hours(24));
    let Looked::Checked(turned) = second.run_due().await.unwrap() else {
        panic!("nothing was checked");
    };
    assert_eq!(turned.len(), 1);
    assert_ne!(turned[0].before, None);
}

#[tokio::test]
async fn of_two_gateways_on_one_archive_one_checks() {
    let office = Office::with(bad());
    let (one, other) = (daily(&office), daily(&office));
    assert!(matches!(one.run_due().await.unwrap(), Looked::Checked(_)));
    office.clock.advance(SignedDuration::from_hours(24));
    // The second one knew yesterday's check when the first one made today's.
    assert!(matches!(other.run_due().await.unwrap(), Looked::Checked(_)));
    assert_eq!(one.run_due().await.unwrap(), Looked::Adopted);
    assert_eq!(c7(&one), Some(Verdict::Contradicted));
}

#[tokio::test]
async fn a_check_that_fails_is_made_when_the_store_is_back() {
    let office = Office::with(bad());
    let daily = daily(&office);
    office.facts.out.store(true, Ordering::Relaxed);
    assert!(matches!(daily.run_due().await, Err(DailyError::Inspect(_))));
    assert!(daily.board.failed());
    assert!(daily.board.standing().failing);
    office.facts.out.store(false, Ordering::Relaxed);
    assert!(matches!(daily.run_due().await.unwrap(), Looked::Checked(_)));
    assert!(!daily.board.standing().failing);
}
