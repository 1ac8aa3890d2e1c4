//! What claims, lists and the console cost does not depend on how much is stored.

use rusqlite::Connection;

use super::Fresh;
use crate::store::conformance::outbox::Desk;
use crate::store::samples::{state, step_body};
use crate::store::sqlite::outbox::claim::DUE_HEADS;
use crate::store::sqlite::outbox::feed::BEHIND;
use crate::store::sqlite::outbox::ledger::{
    ACCEPTED_ORDER, CAUSE_ORDER, CHOICE_ORDER, FINISHED, STATE_ORDER, UNFINISHED, columns,
    counted_failures,
};
use crate::store::sqlite::outbox::operations::OVER;
use crate::store::sqlite::outbox::read::{NEXT_DUE, OLDEST_UNSENT};

/// What the planner means to do, line by line.
fn plan(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let parameters = statement.parameter_count();
    let values = vec![1_i64; parameters];
    let rows = statement
        .query_map(rusqlite::params_from_iter(values), |row| row.get(3))
        .unwrap();
    rows.map(Result::unwrap).collect()
}

/// An outbox with some dossiers, seen by a second connection.
async fn filled(fresh: &Fresh) -> Connection {
    let desk = Desk::open(fresh).await;
    for index in 1..=50 {
        let bodies = vec![
            state(index, "A"),
            step_body(index, "B"),
            step_body(index, "C"),
        ];
        desk.record_all(&format!("d{index}-"), 0, bodies).await;
    }
    fresh.second()
}

#[tokio::test]
async fn claiming_and_watching_cost_the_same_with_any_backlog() {
    let fresh = Fresh::new();
    let conn = filled(&fresh).await;
    // With and without statistics on the tables.
    for analyse in ["", "ANALYZE"] {
        conn.execute_batch(analyse).unwrap();
        for (sql, index) in [
            (DUE_HEADS, "SEARCH e USING INDEX event_due (due_at<?)"),
            (
                OLDEST_UNSENT,
                "SEARCH d USING COVERING INDEX dossier_unsent (head_state=?",
            ),
            (NEXT_DUE, "event USING COVERING INDEX event_due"),
        ] {
            let plan = plan(&conn, sql);
            assert!(plan[0].contains(index), "{plan:?}");
            // Everything else is met by its key: the dossier, and the state whose content goes
            // in place of a refused one's.
            let by_key = [
                "SEARCH d USING INTEGER PRIMARY KEY",
                "CORRELATED SCALAR SUBQUERY",
                "SEARCH c USING INDEX sqlite_autoindex_event_2 (dossier=? AND revision=?)",
            ];
            let rest = |line: &String| by_key.iter().any(|it| line.starts_with(it));
            assert!(plan[1..].iter().all(rest), "{plan:?}");
            sorts_nothing(&plan);
        }
    }
}

#[tokio::test]
async fn each_part_of_a_list_lies_in_the_order_of_an_index() {
    let fresh = Fresh::new();
    let conn = filled(&fresh).await;
    let behind = " AND (d.unsent_at, d.code) > (?, ?) ORDER BY d.unsent_at, d.code LIMIT ?";
    let first = " ORDER BY d.unsent_at, d.code LIMIT ?";
    let by_number = " AND d.code > ? ORDER BY d.code LIMIT ?";
    for analyse in ["", "ANALYZE"] {
        conn.execute_batch(analyse).unwrap();
        for (part, rest, index) in [
            (
                STATE_ORDER,
                behind,
                "dossier_unsent (head_state=? AND (unsent_at,code)>(?,?))",
            ),
            (STATE_ORDER, first, "dossier_unsent (head_state=?"),
            (
                CAUSE_ORDER,
                behind,
                "dossier_failing (head_cause=? AND (unsent_at,code)>(?,?))",
            ),
            (CAUSE_ORDER, first, "dossier_failing (head_cause=?"),
            (
                ACCEPTED_ORDER,
                by_number,
                "sqlite_autoindex_dossier_1 (code>?",
            ),
        ] {
            let plan = plan(&conn, &columns(part, rest));
            assert!(plan[0].contains(index), "{plan:?}");
            let head = "SEARCH h USING INDEX sqlite_autoindex_event_2 (dossier=? AND revision=?)";
            assert!(plan[1].starts_with(head), "{plan:?}");
            sorts_nothing(&plan);
        }
    }
}

#[tokio::test]
async fn retention_finds_what_is_over_without_a_search() {
    let fresh = Fresh::new();
    let conn = filled(&fresh).await;
    let finished = plan(&conn, FINISHED);
    let index = "SEARCH d USING INDEX dossier_finished (touched_at<?)";
    assert_eq!(finished, [index]);
    let unfinished = plan(&conn, UNFINISHED);
    let index = "SEARCH d USING INDEX dossier_kept (recorded_at<?)";
    assert_eq!(unfinished, [index]);
    let operations = plan(&conn, OVER);
    let index = "SEARCH o USING INDEX operation_ended (ended_at<?)";
    assert_eq!(operations[0], index);
    sorts_nothing(&operations);
}

#[tokio::test]
async fn a_choice_of_days_walks_one_index_whatever_is_meant() {
    let fresh = Fresh::new();
    let conn = filled(&fresh).await;
    for analyse in ["", "ANALYZE"] {
        conn.execute_batch(analyse).unwrap();
        for meant in [
            "",
            " AND d.procedure = ?",
            " AND d.code >= ? AND d.code < ?",
        ] {
            let sql = format!("SELECT d.recorded_at, d.code, (1{meant}){CHOICE_ORDER}");
            let plan = plan(&conn, &sql);
            assert_eq!(plan.len(), 1, "{plan:?}");
            let index = "INDEX dossier_recorded ((recorded_at,code)>(?,?) AND recorded_at<?)";
            assert!(plan[0].contains(index), "{plan:?}");
        }
    }
}

#[tokio::test]
async fn failures_are_counted_among_what_failed() {
    let fresh = Fresh::new();
    let conn = filled(&fresh).await;
    for analyse in ["", "ANALYZE"] {
        conn.execute_batch(analyse).unwrap();
        let plan = plan(&conn, &counted_failures(""));
        assert!(plan[0].contains("USING INDEX dossier_failed"), "{plan:?}");
        // The groups are sorted, and nothing else.
        assert_eq!(plan.len(), 2, "{plan:?}");
    }
}

fn sorts_nothing(plan: &[String]) {
    let sorted = plan.iter().any(|line| line.contains("TEMP B-TREE"));
    assert!(!sorted, "{plan:?}");
}

#[tokio::test]
async fn a_follower_goes_along_the_numbers() {
    let fresh = Fresh::new();
    let conn = filled(&fresh).await;
    let plan = plan(&conn, BEHIND);
    let expected = [
        "SEARCH e USING INTEGER PRIMARY KEY (rowid>?)",
        "SEARCH d USING INTEGER PRIMARY KEY (rowid=?)",
    ];
    assert_eq!(plan, expected);
}
