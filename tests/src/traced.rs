//! The real binary, killed (SIGKILL) when it makes its n-th system call of one kind.
//!
//! What a reader would get wrong: the call itself is not made any more. A process that dies
//! at its n-th write has written n - 1 times, so the n-th sync dies with the writes before
//! it in the kernel's hands and no promise about them.

use std::path::Path;

use anyhow::{Context as _, Result};
use tokio::process::Command;

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
    let calls = point.calls();
    let mut own: Vec<String> = ["-D", "-f", "-qq", "-o", "/dev/null"]
        .map(str::to_owned)
        .into();
    if let Some(file) = point.file() {
        own.extend(["-P".to_owned(), dir.join(file).display().to_string()]);
    }
    own.extend(["-e".to_owned(), format!("trace={calls}")]);
    own.extend([
        "-e".to_owned(),
        format!("inject={calls}:signal=SIGKILL:when={nth}"),
    ]);
    own.push(binary()?.display().to_string());
    let all: Vec<&str> = own
        .iter()
        .map(String::as_str)
        .chain(arguments.iter().copied())
        .collect();
    Process::launch(Path::new("strace"), dir, &all, settings).await
}
