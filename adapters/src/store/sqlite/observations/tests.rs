//! The conformance suite on SQLite, and what only a file in SQLite promises.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::observation::ObservationRules;
use lienthong_core::ports::observations::{Observations, Source, Wanted};
use rusqlite::{Connection, params_from_iter};
use tempfile::TempDir;

use super::{SqliteObservations, fold, page};
use crate::store::conformance::observations::{
    Ground, everything, expected, fold as folded, observations_conformance, received, state,
    stepped,
};
use crate::store::observations::{MOST_WORDS, Scope};
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
        over.contains("SCAN dossier USING COVERING INDEX dossier_scope"),
        "{over}"
    );
}

#[tokio::test]
async fn names_beyond_the_list_are_spelled() {
    let fresh = Fresh::new();
    let store = fresh.store();
    let fill = "INSERT INTO word (id, text) VALUES (?1, 'the last one')";
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
    assert_eq!(words, 1);
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
