//! The binary as somebody calls a running gateway with it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use lienthong::demo::messages;
use lienthong_proto::v1::PortalStatus;
use lienthong_tests::process::{Said, binary, run};
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::json_of;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Officer who does what an operator does.
pub(super) const OPERATOR: &str = messages::OFFICER;
/// Why.
pub(super) const REASON: &str = "Đã sửa ở hệ thống một cửa";

/// A gateway whose plain callers may do what operators do.
pub(super) async fn stage() -> Stage {
    let settings = Settings::default()
        .impatient()
        .with("sync.operators", "['igate']")
        .with("sync.questions_per_minute", "6000")
        .with("sync.retry_per_minute", "6000");
    Stage::with(settings).await.unwrap()
}

fn plain(stage: &Stage) -> SocketAddr {
    stage.addresses().unwrap().plain.unwrap()
}

/// Runs a command in English against the gateway of `stage`, to its end.
pub(super) async fn said(stage: &Stage, arguments: &[&str]) -> Said {
    let server = plain(stage).to_string();
    let all = [&["--lang", "en"], arguments, &["--server", &server]].concat();
    let nothing = Settings::default().without("listen.plain_client");
    run(stage.dir(), &all, &nothing).await.unwrap()
}

/// The same with JSON as its answer.
pub(super) async fn json(stage: &Stage, arguments: &[&str]) -> Value {
    let said = said(stage, &[arguments, &["--output", "json"]].concat()).await;
    assert_eq!(
        said.code,
        Some(0),
        "{arguments:?}: {}{}",
        said.out,
        said.err
    );
    serde_json::from_str(&said.out)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", said.out))
}

/// A command that goes on, with its lines as they come.
pub(super) struct Going {
    lines: Lines<BufReader<ChildStdout>>,
    child: Child,
}

impl Going {
    /// Starts a command in English against the gateway of `stage`.
    pub(super) fn start(stage: &Stage, arguments: &[&str]) -> Self {
        let mut child = Command::new(binary().unwrap())
            .args(["--lang", "en"])
            .args(arguments)
            .args(["--server", &plain(stage).to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let out = child.stdout.take().unwrap();
        Self {
            lines: BufReader::new(out).lines(),
            child,
        }
    }

    /// Its next line.
    pub(super) async fn line(&mut self) -> String {
        let next = tokio::time::timeout(lienthong_tests::patience::LIMIT, self.lines.next_line());
        next.await.unwrap().unwrap().expect("it has ended")
    }

    /// Its exit code, once it ends by itself.
    pub(super) async fn code(mut self) -> Option<i32> {
        let ended = tokio::time::timeout(lienthong_tests::patience::LIMIT, self.child.wait());
        ended.await.unwrap().unwrap().code()
    }
}

/// The state of a dossier as the JSON of a `RecordDossierRequest`.
pub(super) fn state(stage: &Stage, code: &str, status: PortalStatus) -> Value {
    let owner = stage.citizen("plain").unwrap();
    let request = messages::state(code, status, &owner, stage.now());
    json_of("lienthong.v1.RecordDossierRequest", &request).unwrap()
}

/// A step as the JSON of a `RecordProgressRequest`.
pub(super) fn step(stage: &Stage, code: &str, content: &str) -> Value {
    let request = messages::step(code, PortalStatus::Processing, content, stage.now());
    json_of("lienthong.v1.RecordProgressRequest", &request).unwrap()
}

/// Writes a file of this name into the folder of `stage`.
pub(super) fn write(stage: &Stage, name: &str, content: &str) -> PathBuf {
    let path = stage.dir().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

/// Events as JSON lines.
pub(super) fn lines(events: &[Value]) -> String {
    let lines: Vec<String> = events.iter().map(Value::to_string).collect();
    lines.join("\n") + "\n"
}
