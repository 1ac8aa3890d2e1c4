//! What a log promises to whoever follows its look-ups.

use lienthong_core::ports::audit::{AccessOutcome, AuditLog as _};
use lienthong_core::ports::observations::{FollowedLookup, LookupFeed as _};

use super::Fresh;
use crate::store::conformance::audit::{access, at, denied};
use crate::store::samples::number;
use crate::store::sqlite::audit::SCHEMA;
use crate::store::sqlite::audit::feed::BEHIND;

#[tokio::test]
async fn lookups_are_told_in_their_order_and_pages_join() {
    let fresh = Fresh::new();
    let log = fresh.log();
    assert_eq!(log.newest_position().await, Ok(0));
    for index in 1..=4 {
        log.record(access(index, i64::from(index))).await.unwrap();
    }
    log.record(denied(9, 5)).await.unwrap();
    assert_eq!(log.newest_position().await, Ok(5));
    for most in [1, 2, 5, 100] {
        let mut heard: Vec<FollowedLookup> = Vec::new();
        loop {
            let position = heard.last().map_or(0, |lookup| lookup.position);
            let page = log.lookups_after(position, most).await.unwrap();
            if page.reached == position {
                assert_eq!((page.told, page.fingerprint), (Vec::new(), None));
                break;
            }
            assert_eq!(page.told.last().unwrap().position, page.reached);
            assert_eq!(
                page.fingerprint,
                log.fingerprint(page.reached).await.unwrap()
            );
            heard.extend(page.told);
        }
        let positions: Vec<u64> = heard.iter().map(|lookup| lookup.position).collect();
        assert_eq!(positions, [1, 2, 3, 4, 5], "{most}");
        let second = &heard[1].seen;
        assert_eq!((&second.dossier, second.asked_at), (&number(2), at(2)));
        assert_eq!(second.outcome, AccessOutcome::Matched);
        assert_eq!(second.fields, ["full_name", "birth"]);
        let last = &heard[4].seen;
        assert_eq!(last.outcome, AccessOutcome::Denied);
        assert!(last.fields.is_empty());
    }
}

#[tokio::test]
async fn whom_a_lookup_was_about_and_who_asked_is_not_told() {
    let fresh = Fresh::new();
    let log = fresh.log();
    log.record(access(1, 1)).await.unwrap();
    let told = format!("{:?}", log.lookups_after(0, 9).await.unwrap());
    for secret in ["canbo", "k1", "igate"] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[tokio::test]
async fn a_record_that_cannot_be_read_holds_up_nothing() {
    let fresh = Fresh::new();
    let log = fresh.log();
    for index in 1..=3 {
        log.record(access(index, 1)).await.unwrap();
    }
    let spoil = "DROP TRIGGER access_unchanged;
        UPDATE access SET dossier = 'no number' WHERE sequence < 3";
    fresh.second().execute_batch(spoil).unwrap();
    let first = log.lookups_after(0, 1).await.unwrap();
    assert_eq!(
        (first.told, first.reached, first.unreadable),
        (Vec::new(), 1, 1)
    );
    let all = log.lookups_after(0, 9).await.unwrap();
    let told: Vec<u64> = all.told.iter().map(|lookup| lookup.position).collect();
    assert_eq!((told, all.reached, all.unreadable), (vec![3], 3, 2));
}

#[tokio::test]
async fn what_stands_at_a_number_is_known_in_a_copy_and_told_from_another() {
    let fresh = Fresh::new();
    let log = fresh.log();
    for second in [1, 2] {
        log.record(access(1, second)).await.unwrap();
    }
    let other = Fresh::new();
    let copied = other.log();
    for second in [1, 3] {
        copied.record(access(1, second)).await.unwrap();
    }
    let (one, two) = (
        log.fingerprint(1).await.unwrap(),
        log.fingerprint(2).await.unwrap(),
    );
    assert!(one.is_some() && two.is_some() && one != two);
    assert_eq!(copied.fingerprint(1).await.unwrap(), one);
    assert_ne!(copied.fingerprint(2).await.unwrap(), two);
    for none in [0, 3, u64::MAX] {
        assert_eq!(log.fingerprint(none).await, Ok(None), "{none}");
    }
}

#[tokio::test]
async fn a_log_keeps_its_name_and_no_other_has_it() {
    let (fresh, other) = (Fresh::new(), Fresh::new());
    let name = fresh.log().name().await.unwrap();
    assert_eq!(name.len(), 24);
    assert_eq!(fresh.log().name().await, Ok(name.clone()));
    assert_ne!(other.log().name().await, Ok(name));
    for sql in ["UPDATE log_name SET name = 'x'", "DELETE FROM log_name"] {
        assert!(fresh.second().execute(sql, []).is_err(), "{sql}");
    }
}

#[tokio::test]
async fn a_log_of_the_first_version_gets_a_name_and_keeps_its_records() {
    let fresh = Fresh::new();
    let conn = fresh.second();
    conn.execute_batch(SCHEMA.migrations[0]).unwrap();
    conn.pragma_update(None, "application_id", SCHEMA.application_id)
        .unwrap();
    conn.pragma_update(None, "user_version", 1).unwrap();
    let row = "
        INSERT INTO access (asked_at, client, officer, unit, procedure, dossier, purpose,
                            question, requested, returned, withheld, outcome, reason, attempts,
                            profile, latency, person_key, person_hash)
        VALUES (1, 'igate', 'canbo.01', 'H22.12', '1.001193', 'H22.12-250714-0001',
                'DOSSIER_INTAKE', 'LOOK_UP', '[]', '[\"birth\"]', '[]', 'MATCHED', '', 1,
                'soap-lgsp', 5, 'k1', zeroblob(32))";
    conn.execute_batch(row).unwrap();
    drop(conn);
    let log = fresh.log();
    assert_eq!(log.name().await.unwrap().len(), 24);
    let told = log.lookups_after(0, 9).await.unwrap();
    assert_eq!(told.told[0].seen.fields, ["birth"]);
    assert_eq!(log.record(access(2, 2)).await, Ok(2));
}

#[tokio::test]
async fn a_follower_goes_along_the_numbers() {
    let fresh = Fresh::new();
    let _log = fresh.log();
    let sql = format!("EXPLAIN QUERY PLAN {BEHIND}");
    let conn = fresh.second();
    let plan: String = conn.query_row(&sql, [1, 1], |row| row.get(3)).unwrap();
    assert_eq!(plan, "SEARCH access USING INTEGER PRIMARY KEY (rowid>?)");
}
