//! Promises about a store that cannot keep anything for a while.

use lienthong_core::ports::audit::{AccessFilter, AuditError};

use super::{Ground, access, numbers};

/// Whether this is the error of a store that cannot be used at present.
fn unavailable<T>(result: &Result<T, AuditError>) -> bool {
    matches!(result, Err(AuditError::Unavailable { .. }))
}

pub(crate) async fn a_log_that_cannot_be_written_is_not_ready_until_it_can_be(ground: &dyn Ground) {
    let log = ground.open().await;
    log.ready().await.unwrap();
    log.record(access(1, 0)).await.unwrap();
    ground.break_it().await;
    log.ready().await.expect("nothing has failed yet");
    assert!(unavailable(&log.record(access(2, 0)).await));
    for _ in 0..2 {
        assert!(unavailable(&log.ready().await));
    }
    ground.mend_it().await;
    log.ready().await.unwrap();
    log.record(access(3, 0)).await.unwrap();
    // And a record that is kept shows by itself that the trouble is over.
    ground.break_it().await;
    assert!(unavailable(&log.record(access(4, 0)).await));
    ground.mend_it().await;
    log.record(access(5, 0)).await.unwrap();
    ground.break_it().await;
    log.ready().await.expect("the last write has worked");
}

pub(crate) async fn a_log_is_not_ready_before_it_was_shown_to_be(ground: &dyn Ground) {
    let log = ground.open().await;
    ground.break_it().await;
    assert!(unavailable(&log.ready().await));
    ground.mend_it().await;
    log.ready().await.unwrap();
}

pub(crate) async fn a_record_that_was_not_kept_leaves_no_gap(ground: &dyn Ground) {
    let log = ground.open().await;
    assert_eq!(log.record(access(1, 0)).await, Ok(1));
    ground.break_it().await;
    for index in 2..5 {
        assert!(unavailable(&log.record(access(index, 0)).await));
    }
    ground.mend_it().await;
    log.ready().await.unwrap();
    assert_eq!(log.record(access(5, 0)).await, Ok(2));
    assert_eq!(numbers(&*log, &AccessFilter::default()).await, [2, 1]);
}

pub(crate) async fn a_log_that_cannot_be_written_can_still_be_read(ground: &dyn Ground) {
    let log = ground.open().await;
    log.record(access(1, 0)).await.unwrap();
    ground.break_it().await;
    assert!(unavailable(&log.record(access(2, 0)).await));
    assert_eq!(numbers(&*log, &AccessFilter::default()).await, [1]);
}
