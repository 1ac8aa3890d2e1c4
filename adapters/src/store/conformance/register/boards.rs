//! Promises about boards: the last one, what was told of them, and what becomes of old ones.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use lienthong_core::access::ClientName;
use lienthong_core::agency::AgencyCode;
use lienthong_core::observation::Window;
use lienthong_core::ports::reports::{
    ArchiveError, ArchiveSize, ContentHash, NewReport, ReportContents, ReportId,
};
use lienthong_core::report::ReportKind;

use super::{Ground, Store};
use crate::store::conformance::outbox::at;

const AN_HOUR: i64 = 3_600;

/// The board about the seven days up to this one of 2026, which were over at hour `hour`.
fn board(last: &str, hour: i64) -> NewReport {
    let last: Date = format!("2026-{last}").parse().unwrap();
    let first = last.saturating_sub(jiff::Span::new().days(6));
    NewReport {
        kind: ReportKind::Board,
        unit: None,
        window: Window::new(first, last).unwrap(),
        as_of: at(hour * AN_HOUR),
        kept_at: at(hour * AN_HOUR + 1),
        client: ClientName::parse("lienthong").unwrap(),
        // Each another content: the same would be kept once.
        sha256: ContentHash([u8::try_from(hour).unwrap(); 32]),
        contents: ReportContents {
            vietnamese: "{\"vi\":\"bảng\"}".to_owned(),
            english: "{}".to_owned(),
            checks: "{}".to_owned(),
        },
    }
}

async fn kept(store: &Arc<dyn Store>, report: NewReport) -> ReportId {
    store.keep(report).await.unwrap().report.id
}

async fn is_gone(store: &Arc<dyn Store>, id: ReportId) -> bool {
    store.report(id).await.unwrap().unwrap().1.is_gone()
}

pub(crate) async fn the_last_report_before_a_moment_is_found(ground: &impl Ground) {
    let store = ground.open().await;
    let unit = AgencyCode::parse("H60.12").unwrap();
    let of_unit = NewReport {
        unit: Some(unit.clone()),
        ..board("10-03", 30)
    };
    let list = NewReport {
        kind: ReportKind::LateUnits,
        ..board("10-03", 35)
    };
    // More of them than anybody would look through.
    let mut newest = ReportId(0);
    for hour in 0..120 {
        newest = kept(&store, board("10-01", hour * 2)).await;
    }
    let (unit_board, _) = (kept(&store, of_unit).await, kept(&store, list).await);
    let ask = async |unit: Option<&AgencyCode>, before: Timestamp| {
        let found = store.last_before(ReportKind::Board, unit, before).await;
        found.unwrap().map(|report| report.id)
    };
    assert_eq!(ask(None, Timestamp::MAX).await, Some(newest));
    // At the very moment is not before it.
    assert_eq!(ask(None, at(4 * AN_HOUR)).await, Some(ReportId(2)));
    assert_eq!(ask(None, at(4 * AN_HOUR + 1)).await, Some(ReportId(3)));
    assert_eq!(ask(None, at(0)).await, None);
    assert_eq!(ask(Some(&unit), Timestamp::MAX).await, Some(unit_board));
    // Of two as of one moment the later one counts.
    let again = kept(&store, board("10-02", 4)).await;
    assert_eq!(ask(None, at(5 * AN_HOUR)).await, Some(again));
}

pub(crate) async fn what_turned_is_told_once_and_stays_told(ground: &impl Ground) {
    let store = ground.open().await;
    let (one, other) = (
        kept(&store, board("10-01", 1)).await,
        kept(&store, board("10-02", 2)).await,
    );
    assert_eq!(store.is_told(one).await, Ok(false));
    assert_eq!(store.tell(one, at(5)).await, Ok(true));
    assert_eq!(store.tell(one, at(6)).await, Ok(false));
    drop(store);
    let store = ground.open().await;
    assert_eq!(store.is_told(one).await, Ok(true));
    assert_eq!(store.is_told(other).await, Ok(false));
    let id = ReportId(9);
    let there_is_none = Err(ArchiveError::NotThere { id });
    assert_eq!(store.tell(id, at(5)).await, there_is_none);
    for statement in [
        "DELETE FROM report_told",
        "UPDATE report_told SET told_at = 0",
        "INSERT INTO report_told (report, told_at) VALUES (1, 0)",
    ] {
        assert!(!ground.run(statement).await, "{statement}");
    }
}

pub(crate) async fn old_boards_lose_their_content_and_the_last_of_each_month_keeps_it(
    ground: &impl Ground,
) {
    let store = ground.open().await;
    let unit = AgencyCode::parse("H60.12").unwrap();
    let of_unit = NewReport {
        unit: Some(unit),
        ..board("09-29", 3)
    };
    let list = NewReport {
        kind: ReportKind::LateUnits,
        ..board("09-28", 1)
    };
    let mut ids = Vec::new();
    for report in [
        list,
        board("09-28", 2),
        of_unit,
        board("09-30", 4),
        board("10-01", 5),
        board("10-02", 6),
        board("10-03", 7),
    ] {
        ids.push(kept(&store, report).await);
    }
    let before = store.report(ids[1]).await.unwrap().unwrap().0;
    // One at a time, and none that was judged as of the moment itself or later.
    let moment = at(6 * AN_HOUR);
    for emptied in [1, 1, 0] {
        assert_eq!(store.empty_boards(moment, 1).await, Ok(emptied));
    }
    let mut gone = Vec::new();
    for id in &ids {
        gone.push(is_gone(&store, *id).await);
    }
    assert_eq!(gone, [false, true, false, false, true, false, false]);
    // All else stands as it was.
    assert_eq!(store.report(ids[1]).await.unwrap().unwrap().0, before);
    // What has no content is not compared with.
    let found = store.last_before(ReportKind::Board, None, moment).await;
    assert_eq!(found.unwrap().unwrap().id, ids[3]);
    // And the numbers go on.
    assert_eq!(kept(&store, board("10-04", 8)).await, ReportId(8));
}

pub(crate) async fn nobody_empties_another_report(ground: &impl Ground) {
    let store = ground.open().await;
    let list = NewReport {
        kind: ReportKind::LateUnits,
        ..board("09-28", 1)
    };
    for report in [list, board("09-29", 2), board("09-30", 3)] {
        kept(&store, report).await;
    }
    drop(store);
    let empty = "UPDATE report SET vietnamese = '', english = '', checks = ''";
    for statement in [
        // The list, the last board of its month, and more than the content.
        format!("{empty} WHERE sequence = 1"),
        format!("{empty} WHERE sequence = 3"),
        format!("{empty}, kept_at = 0 WHERE sequence = 2"),
        "UPDATE report SET vietnamese = '' WHERE sequence = 2".to_owned(),
    ] {
        assert!(!ground.run(&statement).await, "{statement}");
    }
    assert!(ground.run(&format!("{empty} WHERE sequence = 2")).await);
}

pub(crate) async fn the_archive_is_measured(ground: &impl Ground) {
    let store = ground.open().await;
    assert_eq!(store.size().await, Ok(ArchiveSize::default()));
    kept(&store, board("09-29", 2)).await;
    let one = store.size().await.unwrap();
    kept(&store, board("09-30", 3)).await;
    let two = store.size().await.unwrap();
    assert_eq!((one.reports, two.reports), (1, 2));
    assert_eq!(two.bytes, one.bytes * 2);
    assert_eq!(store.empty_boards(at(9 * AN_HOUR), 9).await, Ok(1));
    let emptied = store.size().await.unwrap();
    assert_eq!(emptied.reports, 2);
    assert!(emptied.bytes < two.bytes);
}
