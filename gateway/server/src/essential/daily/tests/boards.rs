//! Which of the kept boards is taken for the one of these days, and which is compared with.

use lienthong_core::ports::reports::ReportId;

use super::archive::Flaky;
use super::*;
use crate::essential::question::{Question, last_days};

/// Keeps the board of the last `days` days at `now`.
async fn kept_of(office: &Office, now: Timestamp, days: u32) -> ReportId {
    let question = Question::about(last_days(now, days), now);
    let inspected = office.desk.inspect_daily(&question, WITHIN).await.unwrap();
    let archive = &*office.register;
    let (board, duplicate) = reports::keep_board(inspected, archive, now).await.unwrap();
    assert!(!duplicate);
    board.report.id
}

fn pages(office: &Office) -> u64 {
    office.facts.pages.load(Ordering::Relaxed)
}

/// It checks once, and then looks at no dossier.
async fn checks_once(office: &Office, daily: &Daily) -> Turns {
    let turns = turns(daily.run_due().await.unwrap());
    assert_eq!(
        daily.board.window(),
        Some(office.desk.usual_question().window)
    );
    let before = pages(office);
    assert_eq!(daily.run_due().await.unwrap(), Looked::NotDue);
    assert_eq!(pages(office), before);
    turns
}

#[tokio::test]
async fn a_board_of_days_to_come_does_not_stand_for_these() {
    let office = Office::with(bad());
    kept_of(&office, at("2036-05-01T03:00:00Z"), 30).await;
    checks_once(&office, &daily(&office)).await;
    let office = office.restarted(bad()).await;
    let daily = daily(&office);
    assert_eq!(daily.run_due().await.unwrap(), Looked::NotDue);
    assert_eq!(pages(&office), 0);
    office.clock.advance(A_DAY);
    checks_once(&office, &daily).await;
}

#[tokio::test]
async fn a_clock_that_is_set_back_has_the_days_checked_once() {
    let office = Office::with(bad());
    let ahead = SignedDuration::from_hours(24 * 400);
    office.clock.advance(ahead);
    let daily = daily(&office);
    assert!(matches!(daily.run_due().await.unwrap(), Looked::Checked(_)));
    office.clock.advance(-ahead);
    checks_once(&office, &daily).await;
}

#[tokio::test]
async fn a_board_of_more_days_is_not_the_one_of_these_and_not_compared_with() {
    let office = Office::with(Fixed::of(vec![birth(1, at(RECEIVED))]));
    kept_of(&office, at(NOW), 90).await;
    let office = office.restarted(bad()).await;
    let found = checks_once(&office, &daily(&office)).await;
    assert_eq!((found.count(), found.first_found), (0, 1));
    // One of more days that is kept behind it does not hide it from the next process.
    kept_of(&office, at(NOW), 90).await;
    let office = office.restarted(bad()).await;
    assert_eq!(daily(&office).run_due().await.unwrap(), Looked::NotDue);
    assert_eq!(pages(&office), 0);
}

#[tokio::test]
async fn what_is_found_after_days_without_a_dossier_has_not_turned() {
    let office = Office::with(Fixed::default());
    let empty = checks_once(&office, &daily(&office)).await;
    assert_eq!(empty, Turns::default());
    let office = office.restarted(bad()).await;
    office.clock.advance(A_DAY);
    let found = checks_once(&office, &daily(&office)).await;
    assert_eq!((found.count(), found.first_found), (0, 1));
}

#[tokio::test]
async fn a_board_that_cannot_be_read_does_not_hide_what_turned() {
    let office = Office::with(Fixed::of(vec![birth(1, at(RECEIVED))]));
    checks_once(&office, &daily(&office)).await;
    office.clock.advance(A_DAY);
    let garbled = kept_of(&office, office.desk.now(), 30).await;
    let office = office.restarted(bad()).await;
    let daily = Daily {
        archive: Arc::new(Flaky {
            register: Arc::clone(&office.register),
            is_out: false.into(),
            garbled: Some(garbled),
        }),
        ..daily(&office)
    };
    // The days of that board are checked again: nobody can say what it said.
    checks_once(&office, &daily).await;
    office.clock.advance(A_DAY);
    let standing = daily.board.standing();
    assert_eq!((standing.turned_told, standing.first_told), (1, 0));
    assert_eq!(checks_once(&office, &daily).await, Turns::default());
}

#[tokio::test]
async fn of_the_same_board_kept_by_two_gateways_one_tells() {
    let office = Office::with(bad());
    let one = daily(&office);
    assert!(matches!(one.run_due().await.unwrap(), Looked::Checked(_)));
    let question = office.desk.usual_question();
    let inspected = office.desk.inspect_daily(&question, WITHIN).await.unwrap();
    let (archive, now) = (&*office.register, office.desk.now());
    let (board, duplicate) = reports::keep_board(inspected, archive, now).await.unwrap();
    assert!(duplicate);
    assert_eq!(one.board.report(), Some(board.report.id));
    let other = daily(&office);
    office.clock.advance(TELLING);
    assert_eq!(other.run_due().await.unwrap(), Looked::NotDue);
    let told = |daily: &Daily| daily.board.standing().first_told;
    assert_eq!((told(&one), told(&other)), (1, 0));
}
