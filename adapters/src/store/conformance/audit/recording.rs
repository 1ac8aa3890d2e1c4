//! Promises about what is kept.

use std::sync::Arc;

use lienthong_core::access::{ClientName, OfficerId, Purpose};
use lienthong_core::lookup::AnswerSource;
use lienthong_core::ports::audit::{
    AccessFilter, AccessOutcome, AccessRecord, AuditReading, Question,
};
use lienthong_core::ports::population::Operation;
use lienthong_core::text::Text;
use tokio::task::JoinSet;

use super::{Ground, access, at, denied, found, numbers, whole};

pub(crate) async fn a_record_comes_back_whole(ground: &dyn Ground) {
    comes_back(ground, access(1, 0)).await;
}

pub(crate) async fn a_record_without_answer_comes_back_without_one(ground: &dyn Ground) {
    comes_back(ground, denied(1, 0)).await;
}

async fn comes_back(ground: &dyn Ground, access: AccessRecord) {
    let log = ground.open().await;
    assert_eq!(log.record(access.clone()).await, Ok(1));
    let found = found(&*log, &AccessFilter::default()).await;
    assert_eq!((found.len(), found[0].sequence), (1, 1));
    assert_eq!(whole(&found[0].access), whole(&access));
}

pub(crate) async fn every_name_of_a_closed_list_comes_back(ground: &dyn Ground) {
    let log = ground.open().await;
    let mut accesses = Vec::new();
    let mut variant = |change: &dyn Fn(&mut AccessRecord)| {
        let mut access = access(1, 0);
        change(&mut access);
        accesses.push(access);
    };
    for &question in Question::ALL {
        variant(&|access| access.question = question);
    }
    for &outcome in AccessOutcome::ALL {
        variant(&|access| access.outcome = outcome);
    }
    for &operation in Operation::ALL {
        variant(&|access| access.operation = Some(operation));
    }
    for &source in AnswerSource::ALL {
        variant(&|access| access.source = Some(source));
    }
    for purpose in [
        Purpose::DossierIntake,
        Purpose::DossierProcessing,
        Purpose::ResultDelivery,
        Purpose::DataCleaning,
        Purpose::Inspection,
    ] {
        variant(&|access| access.context.purpose = purpose);
    }
    for access in &accesses {
        log.record(access.clone()).await.unwrap();
    }
    let mut found = found(&*log, &AccessFilter::default()).await;
    found.reverse();
    let found: Vec<_> = found.iter().map(|found| whole(&found.access)).collect();
    let given: Vec<_> = accesses.iter().map(whole).collect();
    assert_eq!(found, given);
}

pub(crate) async fn what_was_recorded_survives_a_restart(ground: &dyn Ground) {
    let log = ground.open().await;
    log.record(access(1, 0)).await.unwrap();
    drop(log);
    let log = ground.open().await;
    assert_eq!(log.record(access(2, 0)).await, Ok(2));
    assert_eq!(numbers(&*log, &AccessFilter::default()).await, [2, 1]);
}

pub(crate) async fn two_hundred_records_at_once_get_numbers_without_gaps(ground: &dyn Ground) {
    let log = ground.open().await;
    let mut recorders = JoinSet::new();
    for index in 1..=200 {
        let log = Arc::clone(&log);
        recorders.spawn(async move { (log.record(access(index, 0)).await.unwrap(), index) });
    }
    let mut answered = recorders.join_all().await;
    answered.sort_unstable();
    assert!(answered.iter().map(|(number, _)| *number).eq(1..=200));
    // Each number is that of the caller's own record.
    let mut found = found(&*log, &AccessFilter::default()).await;
    found.reverse();
    for ((number, index), found) in answered.into_iter().zip(&found) {
        assert_eq!(found.sequence, number);
        assert_eq!(whole(&found.access), whole(&access(index, 0)));
    }
}

pub(crate) async fn that_the_log_was_read_is_kept(ground: &dyn Ground) {
    let log = ground.open().await;
    log.record(access(1, 0)).await.unwrap();
    for shown in [1, 2] {
        let reading = AuditReading {
            at: at(1),
            client: ClientName::parse("inspection").unwrap(),
            reader: OfficerId::parse("thanhtra.02").unwrap(),
            reason: Text::parse("Thanh tra").unwrap(),
            conditions: vec!["dossier", "from"],
            shown,
        };
        log.record_reading(reading).await.unwrap();
    }
    let kept = [1, 2].map(|shown| format!(r#"thanhtra.02 Thanh tra ["dossier","from"] {shown}"#));
    assert_eq!(ground.readings().await, kept);
    // A reading is no access: it takes no number.
    assert_eq!(log.record(access(2, 0)).await, Ok(2));
}
