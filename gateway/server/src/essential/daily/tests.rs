mod archive;
mod boards;

use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use jiff::civil::time;
use lienthong_core::check::{Criterion, Verdict};
use lienthong_core::essential::ServiceNumber;
use lienthong_core::ports::reports::ReportFilter;

use super::*;
use crate::essential::doubles::{Fixed, NOW, Office, at, birth, sent_back_twice};

const RECEIVED: &str = "2026-11-10T05:00:00Z";

fn daily(office: &Office) -> Daily {
    Daily {
        desk: office.desk.clone(),
        archive: Arc::clone(&office.register) as _,
        following: Arc::clone(&office.following) as _,
        board: Arc::default(),
        schedule: Some(Schedule {
            at: time(5, 30, 0, 0),
            since: at(NOW),
        }),
        keep_boards: SignedDuration::from_hours(100 * 24),
    }
}

fn bad() -> Fixed {
    Fixed::of(vec![sent_back_twice(1, at(RECEIVED))])
}

fn c7(daily: &Daily) -> Option<Verdict> {
    let place = (ServiceNumber::new(9).unwrap(), Criterion::C(7));
    daily.board.standing().verdicts.get(&place).copied()
}

/// What a check told, where it was made.
fn turns(looked: Looked) -> Turns {
    match looked {
        Looked::Checked(turns) => turns,
        other => panic!("nothing was checked: {other:?}"),
    }
}

/// The services and criteria that turned.
fn places(turns: &Turns) -> Vec<(u16, Criterion)> {
    let turned = turns.turned.iter();
    turned.map(|it| (it.service.get(), it.criterion)).collect()
}

const A_DAY: SignedDuration = SignedDuration::from_hours(24);

#[tokio::test]
async fn the_days_that_are_over_are_checked_once() {
    let office = Office::with(bad());
    let daily = daily(&office);
    assert!(matches!(daily.run_due().await.unwrap(), Looked::Checked(_)));
    assert_eq!(c7(&daily), Some(Verdict::Contradicted));
    assert_eq!(daily.run_due().await.unwrap(), Looked::NotDue);
    // The next morning it is due again, and what stood so has not turned.
    office.clock.advance(A_DAY);
    assert_eq!(turns(daily.run_due().await.unwrap()), Turns::default());
    assert_eq!(daily.board.standing().turned_told, 0);
}

#[tokio::test]
async fn what_a_new_installation_finds_has_not_turned() {
    let office = Office::with(bad());
    let daily = daily(&office);
    let found = turns(daily.run_due().await.unwrap());
    assert_eq!((places(&found), found.first_found), (Vec::new(), 1));
    let standing = daily.board.standing();
    assert_eq!((standing.turned_told, standing.first_told), (0, 1));
}

#[tokio::test]
async fn a_verdict_that_turned_is_told_with_what_it_was_and_a_dossier() {
    let office = Office::with(Fixed::of(vec![birth(1, at(RECEIVED))]));
    assert_eq!(
        turns(daily(&office).run_due().await.unwrap()),
        Turns::default()
    );
    let office = office.restarted(bad()).await;
    let daily = daily(&office);
    office.clock.advance(A_DAY);
    let told = turns(daily.run_due().await.unwrap());
    assert_eq!(places(&told), [(9, Criterion::C(7))]);
    assert_ne!(told.turned[0].before, Verdict::Contradicted);
    assert_eq!(told.turned[0].examples, [birth(1, at(RECEIVED)).number]);
    let standing = daily.board.standing();
    assert_eq!((standing.turned_told, standing.turns.count()), (1, 1));
    // Told once; that it turned is shown until the next check.
    office.clock.advance(A_DAY);
    assert_eq!(turns(daily.run_due().await.unwrap()), Turns::default());
    let standing = daily.board.standing();
    assert_eq!((standing.turned_told, standing.turns.count()), (1, 0));
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
        schedule: None,
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
async fn while_the_observations_are_made_anew_no_dossier_is_looked_at() {
    let office = Office::with(bad());
    office.following.1.store(true, Ordering::Relaxed);
    let daily = daily(&office);
    assert_eq!(daily.run_due().await.unwrap(), Looked::Behind);
    assert_eq!(daily.run_due().await.unwrap(), Looked::Behind);
    assert_eq!(office.facts.pages.load(Ordering::Relaxed), 0);
    office.following.1.store(false, Ordering::Relaxed);
    assert!(matches!(daily.run_due().await.unwrap(), Looked::Checked(_)));
}

#[tokio::test]
async fn a_word_that_cannot_be_recorded_is_said_once_and_fails_no_check() {
    let office = Office::with(bad());
    let archive = Arc::new(archive::Flaky {
        register: Arc::clone(&office.register),
        is_out: true.into(),
        garbled: None,
    });
    let daily = Daily {
        archive: Arc::clone(&archive) as _,
        ..daily(&office)
    };
    // An earlier look that failed is over with it.
    assert!(daily.board.failed());
    assert!(matches!(daily.run_due().await.unwrap(), Looked::Checked(_)));
    assert_eq!(daily.run_due().await.unwrap(), Looked::NotDue);
    let standing = daily.board.standing();
    assert_eq!((standing.failing, standing.telling_fails), (false, true));
    assert_eq!(standing.first_told, 1);
    let report = standing.report.unwrap();
    assert!(!office.register.is_told(report).await.unwrap());
    archive.is_out.store(false, Ordering::Relaxed);
    assert_eq!(daily.run_due().await.unwrap(), Looked::NotDue);
    let standing = daily.board.standing();
    assert_eq!((standing.first_told, standing.telling_fails), (1, false));
    assert!(office.register.is_told(report).await.unwrap());
}

#[tokio::test]
async fn a_failure_that_is_over_is_not_shown_until_the_next_board() {
    let office = Office::with(bad());
    let daily = daily(&office);
    assert!(matches!(daily.run_due().await.unwrap(), Looked::Checked(_)));
    assert!(daily.board.failed());
    assert_eq!(daily.run_due().await.unwrap(), Looked::NotDue);
    assert!(!daily.board.standing().failing);
}

#[tokio::test]
async fn after_a_restart_the_day_is_not_checked_again_and_nothing_is_told_again() {
    let office = Office::with(bad());
    let first = daily(&office);
    assert!(matches!(first.run_due().await.unwrap(), Looked::Checked(_)));
    drop(first);
    let office = office.restarted(bad()).await;
    office.clock.advance(TELLING);
    let second = daily(&office);
    assert_eq!(second.run_due().await.unwrap(), Looked::NotDue);
    assert_eq!(c7(&second), Some(Verdict::Contradicted));
    assert_eq!(second.board.standing().first_told, 0);
    assert_eq!(office.facts.pages.load(Ordering::Relaxed), 0);
    office.clock.advance(A_DAY);
    assert_eq!(turns(second.run_due().await.unwrap()), Turns::default());
}

/// Keeps today's board as a gateway does that is killed before it says a word.
async fn kept_by_one_that_is_gone(office: &Office) {
    let question = office.desk.usual_question();
    let inspected = office.desk.inspect_daily(&question, WITHIN).await.unwrap();
    let now = office.desk.now();
    let archive = &*office.register;
    reports::keep_board(inspected, archive, now).await.unwrap();
}

#[tokio::test]
async fn what_a_killed_gateway_kept_and_did_not_tell_is_told_once() {
    let office = Office::with(Fixed::of(vec![birth(1, at(RECEIVED))]));
    assert_eq!(
        turns(daily(&office).run_due().await.unwrap()),
        Turns::default()
    );
    let office = office.restarted(bad()).await;
    office.clock.advance(A_DAY);
    kept_by_one_that_is_gone(&office).await;
    let (one, other) = (daily(&office), daily(&office));
    // Whoever kept it might still be telling.
    assert_eq!(one.run_due().await.unwrap(), Looked::NotDue);
    assert_eq!(one.board.standing().turned_told, 0);
    office.clock.advance(TELLING);
    assert_eq!(one.run_due().await.unwrap(), Looked::NotDue);
    assert_eq!(other.run_due().await.unwrap(), Looked::NotDue);
    let told = |daily: &Daily| daily.board.standing().turned_told;
    assert_eq!((told(&one), told(&other)), (1, 0));
    // Both show that it turned.
    assert_eq!(other.board.standing().turns.count(), 1);
}

#[tokio::test]
async fn old_boards_lose_their_content_and_the_last_of_each_month_keeps_it() {
    let office = Office::with(bad());
    let daily = Daily {
        keep_boards: SignedDuration::from_hours(7 * 24),
        ..daily(&office)
    };
    // The boards are about the days up to 21 November, and so on to 16 December.
    for _ in 0..26 {
        assert!(matches!(daily.run_due().await.unwrap(), Looked::Checked(_)));
        office.clock.advance(A_DAY);
    }
    let archive: &dyn ReportArchive = &*office.register;
    let mut kept = Vec::new();
    for board in archive
        .reports(&ReportFilter::default(), None, 99)
        .await
        .unwrap()
    {
        let (_, contents) = archive.report(board.id).await.unwrap().unwrap();
        if !contents.is_gone() {
            kept.push(board.window.last().to_string());
        }
    }
    let within_a_week = (10..=16).rev().map(|day| format!("2026-12-{day}"));
    let expected: Vec<_> = within_a_week.chain(["2026-11-30".to_owned()]).collect();
    assert_eq!(kept, expected);
    let size = daily.board.standing().archive;
    assert_eq!(size.reports, 26);
    assert!(size.bytes > 0);
}

#[tokio::test]
async fn of_two_gateways_on_one_archive_one_checks() {
    let office = Office::with(bad());
    let (one, other) = (daily(&office), daily(&office));
    assert!(matches!(one.run_due().await.unwrap(), Looked::Checked(_)));
    office.clock.advance(A_DAY);
    // The second one knew yesterday's check when the first one made today's.
    assert!(matches!(other.run_due().await.unwrap(), Looked::Checked(_)));
    assert_eq!(one.board.standing().archive.reports, 1);
    assert_eq!(one.run_due().await.unwrap(), Looked::Adopted);
    assert_eq!(c7(&one), Some(Verdict::Contradicted));
    // It shows how much is kept, also of what it did not keep itself.
    assert_eq!(one.board.standing().archive.reports, 2);
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
