//! The conformance suite on SQLite, and what only a file in SQLite promises.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::{LookupFacts, ObservationRules};
use lienthong_core::ports::audit::AccessOutcome::{Matched, NotAnswered};
use lienthong_core::ports::observations::{Observations, RebuildCause, Source, Wanted};
use rusqlite::{Connection, params_from_iter};
use tempfile::TempDir;

use super::{SqliteObservations, fold, page};
use crate::store::conformance::observations::{
    Ground, Happened, at, everything, expected, fold as folded, log, lookup,
    observations_conformance, portion, received, state, stepped,
};
use crate::store::observations::{MOST_WORDS, Row, Scope, Words, write};
use crate::store::samples::number;
use crate::store::{OpenError, SqliteAudit};

struct Fresh(TempDir);

impl Fresh {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("observations.db")
    }

    fn store(&self) -> SqliteObservations {
        let rules = Arc::new(ObservationRules::shipped().unwrap());
        SqliteObservations::open(self.path(), rules).unwrap()
    }

    /// A second connection, as another program would have it.
    fn second(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }
}

#[async_trait]
impl Ground for Fresh {
    async fn open(&self) -> Arc<dyn Observations> {
        Arc::new(self.store())
    }

    async fn spoil(&self, number: &DossierNumber) {
        let spoilt = "UPDATE dossier SET facts = x'01ff' WHERE number = ?1";
        let spoilt = self.second().execute(spoilt, [number.as_str()]);
        assert_eq!(spoilt, Ok(1));
    }

    async fn names(&self) -> Vec<String> {
        let second = self.second();
        let mut names = second.prepare("SELECT text FROM word").unwrap();
        let names = names.query_map([], |row| row.get(0)).unwrap();
        names.collect::<Result<_, _>>().unwrap()
    }
}

observations_conformance!(Fresh::new());

/// What the planner means to do, line by line.
fn plan(conn: &Connection, sql: &str, values: Vec<rusqlite::types::Value>) -> String {
    let sql = format!("EXPLAIN QUERY PLAN {sql}");
    let mut statement = conn.prepare(&sql).unwrap();
    let rows = statement.query_map(params_from_iter(values), |row| row.get::<_, String>(3));
    let lines: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
    lines.join("\n")
}

#[tokio::test]
async fn a_page_goes_along_the_index_and_sorts_nothing() {
    let fresh = Fresh::new();
    let store = fresh.store();
    let begun = (1..=300).map(|index| state(1, 0, received(index, 0)));
    folded(&store, &Source::Events, begun.collect()).await;
    let conn = fresh.second();
    conn.execute_batch("ANALYZE").unwrap();
    let all = everything();
    let narrow = Wanted {
        unit: AgencyCode::parse("H22.12").ok(),
        procedures: vec!["1.001193".parse().unwrap(), "1.000656".parse().unwrap()],
        ..all.clone()
    };
    for wanted in [all, narrow] {
        for after in [None, Some(number(7))] {
            let (sql, values) = page::statement(&Scope::of(&wanted), after.as_ref(), 10);
            let plan = plan(&conn, &sql, values);
            assert!(
                plan.contains("COVERING INDEX dossier_scope (number>?)"),
                "{plan}"
            );
            assert!(
                plan.contains("SEARCH d USING PRIMARY KEY (number=?)"),
                "{plan}"
            );
            assert!(!plan.contains("TEMP B-TREE"), "{plan}");
        }
    }
    let over = plan(&conn, fold::OVER, vec![1.into(), 1.into()]);
    assert!(
        over.contains("USING COVERING INDEX dossier_ended (ended<?)"),
        "{over}"
    );
}

#[tokio::test]
async fn names_beyond_the_list_are_spelled() {
    let fresh = Fresh::new();
    let store = fresh.store();
    let fill = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
        INSERT INTO word (text) SELECT 'name ' || n FROM n";
    fresh.second().execute(fill, [MOST_WORDS]).unwrap();
    let events = vec![
        state(1, 0, received(1, 0)),
        stepped(1, 2, 1, "Phòng Tư pháp"),
    ];
    folded(&store, &Source::Events, events.clone()).await;
    let told = store.dossier(&number(1)).await.unwrap();
    assert_eq!(told, expected(&number(1), &events));
    let words = "SELECT count(*) FROM word";
    let words: i64 = fresh
        .second()
        .query_row(words, [], |row| row.get(0))
        .unwrap();
    assert_eq!(words, MOST_WORDS);
}

#[tokio::test]
async fn a_dossier_takes_little_room() {
    let fresh = Fresh::new();
    let store = fresh.store();
    let mut events = Vec::new();
    for index in 1..=1_000 {
        events.push(state(1, 0, received(index, 0)));
        for revision in 2..=7 {
            let department = format!("Phòng chuyên môn số {}", (index + 1) % 50);
            events.push(stepped(index, revision, 5, &department));
        }
    }
    folded(&store, &Source::Events, events).await;
    store.close().await;
    let size = std::fs::metadata(fresh.path()).unwrap().len();
    assert!(size < 350_000, "{size} bytes for 1,000 dossiers");
}

#[tokio::test]
async fn nobody_takes_back_who_asked_for_a_rebuild() {
    let fresh = Fresh::new();
    let store = fresh.store();
    folded(&store, &Source::Events, Vec::new()).await;
    let cause = RebuildCause::PutBack {
        source: Source::Events,
        position: 0,
    };
    let begun = store.begin_anew(at(0), &cause).await;
    assert_eq!(begun, Ok(Some(1)));
    for sql in [
        "UPDATE rebuild SET at = 0",
        "DELETE FROM rebuild",
        "REPLACE INTO rebuild (number, at, cause, source, position)
             VALUES (1, 0, 'PUT_BACK', 'events', 0)",
        "INSERT INTO rebuild (number, at, cause) VALUES (2, 0, 'ASKED')",
    ] {
        assert!(fresh.second().execute(sql, []).is_err(), "{sql}");
    }
}

/// The file as the first version wrote it, with look-ups of nobody knows which log.
fn of_version_1(fresh: &Fresh) {
    let conn = fresh.second();
    conn.execute_batch(include_str!("0001_observations.sql"))
        .unwrap();
    conn.execute_batch(
        "PRAGMA application_id = 0x4C54686F;
         PRAGMA user_version = 1;
         INSERT INTO source (name, position) VALUES ('events', 1), ('lookups:a', 3);",
    )
    .unwrap();
    let seen = sum(&[lookup(1, 1, NotAnswered), lookup(1, 2, Matched)]);
    let row = Row {
        lookups: [(String::new(), seen)].into(),
        ..Row::default()
    };
    let written = write(&row, &Words::new()).unwrap().lookups.unwrap();
    // Version 2 has one more byte for how many logs there are, one for the name, and at the
    // end when a look-up first served nobody.
    let (sum, unserved) = written.split_at(written.len() - 2);
    assert_eq!((&sum[..3], unserved), (&[2, 1, 0][..], &[1, 0][..]));
    let written = [&[1], &sum[3..]].concat();
    let insert = "INSERT INTO dossier (number, ended, event_generation, lookup_generation, lookups)
         VALUES (?1, 5, 1, 1, ?2)";
    conn.execute(insert, rusqlite::params![number(1).as_str(), written])
        .unwrap();
}

fn sum(seen: &[Happened]) -> LookupFacts {
    let mut row = Row::default();
    for (_, one) in seen {
        row.observe("a", one, &ObservationRules::shipped().unwrap());
    }
    row.lookups.remove("a").unwrap()
}

#[tokio::test]
async fn a_file_of_the_first_version_keeps_what_it_knew() {
    let fresh = Fresh::new();
    of_version_1(&fresh);
    let store = fresh.store();
    assert_eq!(store.position(&log("a")).await, Ok(3));
    let begun = vec![state(1, 0, received(1, 0))];
    folded(&store, &Source::Events, begun).await;
    let more = vec![lookup(1, 3, Matched)];
    folded(&store, &log("a"), more.clone()).await;
    let facts = store.dossier(&number(1)).await.unwrap().unwrap();
    assert_eq!((facts.lookups.failed, facts.lookups.matched), (1, 2));
    // Told anew, the log is told apart, and nothing counts twice.
    let cause = RebuildCause::PutBack {
        source: log("a"),
        position: 4,
    };
    store.begin_anew(at(0), &cause).await.unwrap().unwrap();
    let whole = vec![
        lookup(1, 1, NotAnswered),
        lookup(1, 2, Matched),
        more[0].clone(),
    ];
    let told = store
        .observe_anew(&log("a"), portion(0, whole.clone()))
        .await;
    assert_eq!(told, Ok(true));
    assert_eq!(store.told_anew(&log("a"), 3).await, Ok(true));
    assert_eq!(store.take_anew(&log("a"), 9).await, Ok(true));
    let facts = store.dossier(&number(1)).await.unwrap().unwrap();
    // That a failure of an unknown moment is not taken back leaves the first moment open.
    let expected = LookupFacts {
        first_unserved_at: None,
        ..sum(&whole)
    };
    assert_eq!(facts.lookups, expected);
}

#[test]
fn the_file_of_another_store_is_refused() {
    let fresh = Fresh::new();
    drop(SqliteAudit::open(fresh.path()).unwrap());
    let rules = Arc::new(ObservationRules::shipped().unwrap());
    let refused = SqliteObservations::open(fresh.path(), rules).map(drop);
    assert!(matches!(
        refused,
        Err(OpenError::OtherFile {
            expected: "observations"
        })
    ));
}
