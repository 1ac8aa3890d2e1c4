//! The real binary, killed (SIGKILL) when it makes its n-th system call of one kind.
//!
//! What a reader would get wrong: the call itself is not made any more. A process that dies
//! at its n-th write has written n - 1 times, so the n-th sync dies with the writes before
//! it in the kernel's hands and no promise about them.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use tokio::process::{Child, Command};

use crate::patience::eventually;
use crate::process::{Process, Started, binary};
use crate::settings::Settings;

/// A kind of write at which a process may die.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WritePoint {
    /// Before a page of the outbox's log is written: in the middle of a transaction.
    LogWrite,
    /// Before the log is synced: the commit is written and not promised yet.
    LogSync,
    /// Before a page of the outbox's own file is written: the log is being folded in.
    FileWrite,
    /// Before the file is synced: folded in, and the log not yet free.
    FileSync,
    /// Before bytes leave for a caller, the portal or a database server.
    NetworkWrite,
    /// Before bytes of a caller, the portal or a database server are taken in.
    NetworkRead,
}

impl WritePoint {
    /// Those of a gateway with its outbox in a file.
    pub const OF_A_FILE: [Self; 6] = [
        Self::LogWrite,
        Self::LogSync,
        Self::FileWrite,
        Self::FileSync,
        Self::NetworkWrite,
        Self::NetworkRead,
    ];

    /// Those of a gateway whose outbox is a server's.
    pub const OF_A_SERVER: [Self; 2] = [Self::NetworkWrite, Self::NetworkRead];

    /// Whether a gateway comes to it at its end, and otherwise hardly ever.
    #[must_use]
    pub fn is_of_the_end(self) -> bool {
        match self {
            Self::FileWrite | Self::FileSync => true,
            Self::LogWrite | Self::LogSync | Self::NetworkWrite | Self::NetworkRead => false,
        }
    }

    fn calls(self) -> &'static str {
        match self {
            Self::LogWrite | Self::FileWrite => "pwrite64",
            Self::LogSync | Self::FileSync => "fdatasync,fsync",
            Self::NetworkWrite => "sendto,sendmsg,writev",
            Self::NetworkRead => "recvfrom",
        }
    }

    fn file(self) -> Option<&'static str> {
        match self {
            Self::LogWrite | Self::LogSync => Some("outbox.sqlite-wal"),
            Self::FileWrite | Self::FileSync => Some("outbox.sqlite"),
            Self::NetworkWrite | Self::NetworkRead => None,
        }
    }
}

/// Whether processes can be traced on this machine.
///
/// # Errors
/// When `strace` is not installed or not allowed.
pub async fn possible() -> Result<()> {
    let ended = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .status()
        .await
        .context("strace is not installed")?;
    anyhow::ensure!(ended.success(), "strace is not allowed to trace: {ended}");
    Ok(())
}

/// Starts the binary in `dir` so that it dies at its `nth` call of this kind.
///
/// # Errors
/// When it cannot be started, or ends by itself.
pub async fn start(
    dir: &Path,
    arguments: &[&str],
    settings: &Settings,
    point: WritePoint,
    nth: u32,
) -> Result<Started> {
    let mut own = vec!["-D".to_owned()];
    own.extend(orders(dir, point, nth));
    own.push(binary()?.display().to_string());
    let all: Vec<&str> = own
        .iter()
        .map(String::as_str)
        .chain(arguments.iter().copied())
        .collect();
    Process::launch(Path::new("strace"), dir, &all, settings).await
}

/// Has a gateway that runs in `dir` die at the `nth` call of this kind that one of its threads
/// makes from now on. The tracer ends with it.
///
/// # Errors
/// When the tracer does not get hold of it.
pub async fn attach(dir: &Path, gateway: &Process, point: WritePoint, nth: u32) -> Result<Child> {
    let pid = gateway.pid()?.to_string();
    let tracer = Command::new("strace")
        .args(orders(dir, point, nth))
        .args(["-p", &pid])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    eventually("the tracer has hold of it", async || {
        // Gone already: it came to its point as soon as it was held.
        let Ok(status) = std::fs::read_to_string(format!("/proc/{pid}/status")) else {
            return Ok(Some(()));
        };
        let free = status.lines().any(|line| line == "TracerPid:\t0");
        let dead = status.lines().any(|line| line.starts_with("State:\tZ"));
        Ok((!free || dead).then_some(()))
    })
    .await?;
    Ok(tracer)
}

/// What the tracer is told.
fn orders(dir: &Path, point: WritePoint, nth: u32) -> Vec<String> {
    let calls = point.calls();
    let mut orders: Vec<String> = ["-f", "-qq", "-o", "/dev/null"].map(str::to_owned).into();
    if let Some(file) = point.file() {
        orders.extend(["-P".to_owned(), dir.join(file).display().to_string()]);
    }
    orders.extend(["-e".to_owned(), format!("trace={calls}")]);
    let death = format!("inject={calls}:signal=SIGKILL:when={nth}");
    orders.extend(["-e".to_owned(), death]);
    orders
}
