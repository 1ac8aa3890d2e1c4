//! Group commit: many commands, one fsync.
//!
//! Nobody is answered before the commit, and when it fails everybody in the group
//! hears so, also those whose command had done its part.

use rusqlite::Connection;

use super::fold::Bell;
use super::lane::{Command, LaneError, Queue, run_guarded};
use super::place::Place;

/// Commands in one transaction: enough to share an fsync among everybody who waits,
/// few enough that the first does not wait long for the last.
const GROUP_LIMIT: usize = 512;

/// What the writer looks at around its commits.
pub(super) struct Watch {
    /// Whether the file is still in its place.
    pub(super) place: Place,
    /// Who folds the log, where that is not the commit.
    pub(super) bell: Option<Bell>,
}

/// Commits groups until the queue is closed and empty.
pub(super) fn serve_writes(conn: &Connection, queue: &mut Queue, watch: &mut Watch) {
    let mut group = Vec::with_capacity(GROUP_LIMIT);
    while queue.blocking_recv_many(&mut group, GROUP_LIMIT) > 0 {
        // Before it, so that nothing is written into a file that is gone; and after it,
        // so that nothing is acknowledged that was.
        let committed = watch
            .place
            .check()
            .and_then(|()| commit_together(conn, &mut group))
            .and_then(|()| watch.place.check());
        if committed.is_err() {
            make_room(conn);
        }
        for command in group.drain(..) {
            command.answer(committed.clone());
        }
        if let Some(bell) = &mut watch.bell {
            bell.committed(conn);
        }
    }
}

/// What can be done after a group that was not committed.
fn make_room(conn: &Connection) {
    if !conn.is_autocommit() {
        // What is left of the group must not become part of the next one. When even this
        // fails, the next BEGIN fails too, and says so.
        drop(conn.execute_batch("ROLLBACK"));
    }
    // A log that can grow no further begins anew once it is folded, in the room that it
    // has. Where that fails too, the next group tells.
    drop(conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())));
}

/// Answers reads one by one until the queue is closed and empty.
pub(super) fn serve_reads(conn: &Connection, queue: &mut Queue) {
    while let Some(mut command) = queue.blocking_recv() {
        let read = read_at_one_moment(conn, &mut *command);
        command.answer(read.map_err(|error| LaneError::database(&error)));
    }
}

/// One transaction, so that the statements of one command see the same state.
fn read_at_one_moment(conn: &Connection, command: &mut dyn Command) -> rusqlite::Result<()> {
    execute(conn, "BEGIN DEFERRED")?;
    run_guarded(command, conn);
    execute(conn, "ROLLBACK")
}

fn commit_together(conn: &Connection, group: &mut [Box<dyn Command>]) -> Result<(), LaneError> {
    let database = |error: rusqlite::Error| LaneError::database(&error);
    // IMMEDIATE: waiting for another program happens here, not half way through.
    execute(conn, "BEGIN IMMEDIATE").map_err(database)?;
    for command in group {
        // A savepoint for each, so that one failure takes only its own changes back.
        execute(conn, "SAVEPOINT command").map_err(database)?;
        if !run_guarded(&mut **command, conn) {
            // Some failures (disk full, input or output) end the whole transaction
            // by themselves, and with it the changes of everybody before.
            if conn.is_autocommit() {
                return Err(LaneError::Ended);
            }
            execute(conn, "ROLLBACK TO command").map_err(database)?;
        }
        execute(conn, "RELEASE command").map_err(database)?;
    }
    execute(conn, "COMMIT").map_err(database)
}

fn execute(conn: &Connection, sql: &str) -> rusqlite::Result<()> {
    conn.prepare_cached(sql)?.execute([]).map(drop)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::{Sender, channel};

    use rusqlite::Connection;
    use tempfile::TempDir;
    use tokio::task::JoinHandle;

    use super::{Place, Queue, Watch, serve_writes};
    use crate::store::sqlite::engine::lane::{Lane, LaneError};
    use crate::store::sqlite::engine::open::open;
    use crate::store::sqlite::engine::schema::Schema;

    /// Why a work failed.
    #[derive(Debug, PartialEq, Eq)]
    enum Failure {
        Own(&'static str),
        Lane(LaneError),
    }

    impl From<LaneError> for Failure {
        fn from(error: LaneError) -> Self {
            Self::Lane(error)
        }
    }

    type Work = Box<dyn FnOnce(&Connection) -> Result<(), Failure> + Send>;

    const SCHEMA: Schema = Schema {
        name: "bench",
        application_id: 7,
        migrations: &["CREATE TABLE parent (id INTEGER PRIMARY KEY);
             CREATE TABLE row (n INTEGER PRIMARY KEY, parent INTEGER
                REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);"],
        log_pages: 1000,
        log_bound: None,
    };

    struct Bench {
        lane: Arc<Lane>,
        second: Connection,
        _dir: TempDir,
    }

    impl Bench {
        fn new() -> Self {
            let dir = TempDir::new().unwrap();
            let path = dir.path().join("bench.db");
            let connections = open(&path, &SCHEMA).unwrap();
            let mut watch = Watch {
                place: Place::of(&path),
                bell: None,
            };
            let name = "bench-writer".to_owned();
            let serve = move |conn: &Connection, queue: &mut Queue| {
                serve_writes(conn, queue, &mut watch);
            };
            let lane = Lane::start(name, connections.writer, serve).unwrap();
            Self {
                lane: Arc::new(lane),
                second: connections.reader,
                _dir: dir,
            }
        }

        /// Queues one command after the other behind a held thread, so that they
        /// become one group; returns who waits for them, and the key to let go.
        async fn one_group(
            &self,
            commands: Vec<Work>,
        ) -> (Vec<JoinHandle<Result<(), Failure>>>, Sender<()>) {
            let (hold, released) = channel::<()>();
            let (busy, is_busy) = tokio::sync::oneshot::channel();
            let lane = Arc::clone(&self.lane);
            let holding = tokio::spawn(async move {
                lane.call(move |_| {
                    busy.send(()).unwrap();
                    released.recv().unwrap();
                    Ok::<(), Failure>(())
                })
                .await
            });
            is_busy.await.unwrap();
            let mut waiting = vec![holding];
            for command in commands {
                let lane = Arc::clone(&self.lane);
                let (queued, is_queued) = tokio::sync::oneshot::channel();
                waiting.push(tokio::spawn(async move {
                    let call = lane.call(command);
                    queued.send(()).unwrap();
                    call.await
                }));
                // On this single-threaded runtime the task goes on from its signal to
                // the queue without a pause.
                is_queued.await.unwrap();
            }
            (waiting, hold)
        }

        fn rows(&self) -> Vec<i64> {
            let mut statement = self.second.prepare("SELECT n FROM row ORDER BY n").unwrap();
            statement
                .query_map([], |row| row.get(0))
                .unwrap()
                .map(Result::unwrap)
                .collect()
        }
    }

    fn insert(n: i64) -> Work {
        Box::new(move |conn| {
            conn.execute("INSERT INTO row (n) VALUES (?1)", [n])
                .map(drop)
                .map_err(|_| Failure::Own("not inserted"))
        })
    }

    fn sql(text: &'static str) -> Work {
        Box::new(move |conn| {
            conn.execute_batch(text)
                .map_err(|_| Failure::Own("not executed"))
        })
    }

    async fn answers(waiting: Vec<JoinHandle<Result<(), Failure>>>) -> Vec<Result<(), Failure>> {
        let mut answers = Vec::new();
        for caller in waiting.into_iter().skip(1) {
            answers.push(caller.await.unwrap());
        }
        answers
    }

    #[tokio::test]
    async fn one_failing_command_does_not_harm_the_others_of_its_group() {
        let bench = Bench::new();
        let half_done = sql("INSERT INTO row (n) VALUES (7); INSERT INTO row (n) VALUES (1)");
        let commands = vec![insert(1), half_done, insert(2)];
        let (waiting, hold) = bench.one_group(commands).await;
        hold.send(()).unwrap();
        let answers = answers(waiting).await;
        assert_eq!(answers[0], Ok(()));
        assert_eq!(answers[1], Err(Failure::Own("not executed")));
        assert_eq!(answers[2], Ok(()));
        assert_eq!(bench.rows(), [1, 2]);
    }

    #[tokio::test]
    async fn a_crashed_command_loses_only_itself_and_the_thread_goes_on() {
        let bench = Bench::new();
        let crash: Work = Box::new(|conn| {
            conn.execute("INSERT INTO row (n) VALUES (8)", []).unwrap();
            panic!("a command that breaks off");
        });
        let (waiting, hold) = bench.one_group(vec![insert(1), crash, insert(2)]).await;
        hold.send(()).unwrap();
        let answers = answers(waiting).await;
        assert_eq!(answers[0], Ok(()));
        assert_eq!(answers[1], Err(LaneError::BrokeOff.into()));
        assert_eq!(answers[2], Ok(()));
        let next: Result<(), Failure> = bench.lane.call(insert(3)).await;
        assert_eq!(next, Ok(()));
        assert_eq!(bench.rows(), [1, 2, 3]);
    }

    #[tokio::test]
    async fn when_the_commit_fails_the_whole_group_hears_it_and_nothing_is_kept() {
        let bench = Bench::new();
        // A deferred foreign key is checked by COMMIT only.
        let orphan = sql("INSERT INTO row (n, parent) VALUES (9, 404)");
        let (waiting, hold) = bench.one_group(vec![insert(1), orphan, insert(2)]).await;
        hold.send(()).unwrap();
        for answer in answers(waiting).await {
            let failed =
                |error: &Failure| matches!(error, Failure::Lane(LaneError::Database { .. }));
            assert!(answer.is_err_and(|error| failed(&error)));
        }
        assert_eq!(bench.rows(), [0; 0]);
        let next: Result<(), Failure> = bench.lane.call(insert(3)).await;
        assert_eq!(next, Ok(()));
        assert_eq!(bench.rows(), [3]);
    }

    #[tokio::test]
    async fn when_a_failure_ends_the_transaction_the_whole_group_hears_it() {
        let bench = Bench::new();
        let ended = sql("ROLLBACK; INSERT INTO no_such_table VALUES (1)");
        let (waiting, hold) = bench.one_group(vec![insert(1), ended, insert(2)]).await;
        hold.send(()).unwrap();
        let answers = answers(waiting).await;
        assert_eq!(answers[0], Err(LaneError::Ended.into()));
        assert_eq!(
            answers[1],
            Err(Failure::Own("not executed")),
            "why it ended"
        );
        assert_eq!(answers[2], Err(LaneError::Ended.into()));
        assert_eq!(bench.rows(), [0; 0]);
        let next: Result<(), Failure> = bench.lane.call(insert(3)).await;
        assert_eq!(next, Ok(()));
        assert_eq!(bench.rows(), [3]);
    }

    #[tokio::test]
    async fn nobody_is_answered_while_the_group_is_not_committed() {
        let bench = Bench::new();
        let (gate, opened) = channel::<()>();
        let (reached, is_reached) = tokio::sync::oneshot::channel();
        let pause: Work = Box::new(move |_| {
            reached.send(()).unwrap();
            opened.recv().unwrap();
            Ok(())
        });
        let (waiting, hold) = bench.one_group(vec![insert(1), pause]).await;
        hold.send(()).unwrap();
        is_reached.await.unwrap();
        // The first command has done its part, and is neither kept nor answered.
        tokio::task::yield_now().await;
        assert!(!waiting[1].is_finished());
        assert_eq!(bench.rows(), [0; 0]);
        gate.send(()).unwrap();
        assert_eq!(answers(waiting).await, [Ok(()), Ok(())]);
        assert_eq!(bench.rows(), [1]);
    }

    #[tokio::test]
    async fn what_was_queued_before_the_end_is_done_and_nothing_after_it() {
        let bench = Bench::new();
        let (waiting, hold) = bench.one_group(vec![insert(1), insert(2)]).await;
        hold.send(()).unwrap();
        let lane = Arc::clone(&bench.lane);
        tokio::task::spawn_blocking(move || lane.finish())
            .await
            .unwrap();
        assert_eq!(answers(waiting).await, [Ok(()), Ok(())]);
        assert_eq!(bench.rows(), [1, 2]);
        let refused: Result<(), Failure> = bench.lane.call(insert(3)).await;
        assert_eq!(refused, Err(LaneError::Closed.into()));
    }
}
