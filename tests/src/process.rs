//! The real binary in a process of its own: started, watched, killed.
//!
//! What a reader would get wrong: what is started is the binary that was built last, which
//! `cargo test -p lienthong-tests` alone does not do.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::control::Control;
use crate::patience::eventually;
use crate::settings::Settings;

/// The binary `lienthong` of this build.
///
/// # Errors
/// When it has not been built.
pub fn binary() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    // A test stands one folder deeper than the binaries.
    let folders = own.ancestors().skip(1).take(2);
    folders
        .map(|folder| folder.join("lienthong"))
        .find(|binary| binary.exists())
        .context("`lienthong` is not built: run `cargo build --workspace` first")
}

/// What a command said before it ended.
#[derive(Debug)]
pub struct Said {
    /// Its exit code; `None` after a signal.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs the binary to its end in `dir`.
///
/// # Errors
/// When it cannot be started.
pub async fn run(dir: &Path, arguments: &[&str], settings: &Settings) -> Result<Said> {
    let output = Command::new(binary()?)
        .args(arguments)
        .envs(settings.variables())
        .current_dir(dir)
        .output()
        .await?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Said {
        code: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    })
}

/// A running binary.
#[derive(Debug)]
pub struct Process {
    child: Child,
    ready: Value,
    log: PathBuf,
}

/// What became of a program that was started.
#[derive(Debug)]
pub enum Started {
    /// It serves.
    Serving(Box<Process>),
    /// It ended before.
    Ended {
        /// How.
        status: ExitStatus,
        /// What it had said.
        log: String,
    },
}

static STARTED: AtomicUsize = AtomicUsize::new(0);

impl Process {
    /// Starts the binary in `dir` and waits until its ready file is there.
    ///
    /// # Errors
    /// When it ends before, with what it said.
    pub async fn start(dir: &Path, arguments: &[&str], settings: &Settings) -> Result<Self> {
        Self::start_program(&binary()?, dir, arguments, settings).await
    }

    /// Starts another program that takes `--ready-file` in the same way.
    ///
    /// # Errors
    /// As [`Process::start`].
    pub async fn start_program(
        program: &Path,
        dir: &Path,
        arguments: &[&str],
        settings: &Settings,
    ) -> Result<Self> {
        match Self::launch(program, dir, arguments, settings).await? {
            Started::Serving(process) => Ok(*process),
            Started::Ended { status, log } => {
                bail!("{arguments:?} ended with {status}: {log}")
            }
        }
    }

    /// As [`Process::start_program`], for a program that may end before it serves.
    ///
    /// # Errors
    /// When it cannot be started, or does neither.
    pub async fn launch(
        program: &Path,
        dir: &Path,
        arguments: &[&str],
        settings: &Settings,
    ) -> Result<Started> {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let ready_file = dir.join(format!("ready-{number}.json"));
        let log = dir.join(format!("log-{number}.txt"));
        let written = File::create(&log)?;
        let mut child = Command::new(program)
            .args(arguments)
            .arg("--ready-file")
            .arg(&ready_file)
            .envs(settings.variables())
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(written.try_clone()?)
            .stderr(written)
            .kill_on_drop(true)
            .spawn()?;
        let ready = eventually("the ready file", async || {
            if let Ok(content) = std::fs::read(&ready_file) {
                return Ok(Some(Ok(serde_json::from_slice(&content)?)));
            }
            Ok(child.try_wait()?.map(Err))
        })
        .await?;
        Ok(match ready {
            Ok(ready) => Started::Serving(Box::new(Self { child, ready, log })),
            Err(status) => Started::Ended {
                status,
                log: std::fs::read_to_string(&log)?,
            },
        })
    }

    /// An address of the ready file (`grpc_plain`, `console` and so on).
    ///
    /// # Errors
    /// When the ready file has none of that name.
    pub fn address(&self, name: &str) -> Result<SocketAddr> {
        let text = self.ready[name]
            .as_str()
            .with_context(|| format!("no {name}"))?;
        Ok(text.parse()?)
    }

    /// Everything that it wrote so far.
    ///
    /// # Errors
    /// The file system's.
    pub fn log(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&std::fs::read(&self.log)?).into_owned())
    }

    /// Kills it as a crash would (SIGKILL), and waits until it is gone.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }

    /// Asks it to stop (SIGTERM).
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn terminate(&self) -> Result<()> {
        self.signal("TERM").await
    }

    /// Sends it a signal (`HUP`).
    ///
    /// # Errors
    /// When it is gone already.
    pub async fn signal(&self, name: &str) -> Result<()> {
        let pid = self.pid()?.to_string();
        let sent = Command::new("sh")
            .args(["-c", "kill -s \"$0\" \"$1\"", name, &pid])
            .status()
            .await?;
        ensure!(sent.success(), "kill: {sent}");
        Ok(())
    }

    /// Its process id.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn pid(&self) -> Result<u32> {
        self.child.id().context("it has ended")
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        Ok(tokio::time::timeout(crate::patience::LIMIT, self.child.wait()).await??)
    }

    /// Whether it still runs.
    ///
    /// # Errors
    /// The operating system's.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Memory that it holds at present, in bytes.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn memory(&self) -> Result<u64> {
        resident_memory(self.pid()?)
    }
}

/// Memory that a process holds at present, in bytes.
///
/// # Errors
/// When the operating system does not tell.
pub fn resident_memory(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .context("no VmRSS")?;
    let kibibytes = line.split_whitespace().nth(1).context("no figure")?;
    Ok(kibibytes.parse::<u64>()? * 1024)
}

/// The government side and a gateway, each in a process of its own.
#[derive(Debug)]
pub struct Processes {
    dir: TempDir,
    mocks: Process,
    settings: Settings,
}

impl Processes {
    /// Makes keys and configuration and starts the government side; no gateway yet.
    ///
    /// # Errors
    /// What did not start.
    pub async fn start(settings: Settings) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let nothing = Settings::default().without("listen.plain_client");
        let made = run(dir.path(), &["pki", "dev", "pki"], &nothing).await?;
        ensure!(made.code == Some(0), "pki dev: {}", made.err);
        Settings::write_file(dir.path())?;
        let free = "127.0.0.1:0";
        let arguments = [
            "mocks",
            "--pki",
            "pki",
            "--population",
            free,
            "--portal",
            free,
            "--control",
            free,
        ];
        let mocks = Process::start(dir.path(), &arguments, &nothing).await?;
        let url = |name| {
            mocks
                .address(name)
                .map(|address| format!("https://{address}"))
        };
        let settings = settings
            .with("population.base_url", url("mock_population")?)
            .with("portal.base_url", url("mock_portal")?);
        Ok(Self {
            dir,
            mocks,
            settings,
        })
    }

    /// Starts a gateway on the one outbox of these processes.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn serve(&self) -> Result<Process> {
        self.serve_with(&self.settings).await
    }

    /// Starts a gateway with settings of its own.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn serve_with(&self, settings: &Settings) -> Result<Process> {
        let arguments = ["serve", "--config", crate::settings::FILE];
        Process::start(self.dir.path(), &arguments, settings).await
    }

    /// The government side's control interface.
    ///
    /// # Errors
    /// When the ready file does not tell it.
    pub fn control(&self) -> Result<Control> {
        self.mocks.address("mock_control").map(Control::at)
    }

    /// Settings of the gateways, with the addresses of the government side.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes one setting for gateways that are started from now on.
    pub fn set(&mut self, key: &str, value: &str) {
        self.settings = self.settings.clone().with(key, value);
    }

    /// An address of the government side (`mock_population` and so on).
    ///
    /// # Errors
    /// When the ready file does not tell it.
    pub fn address(&self, name: &str) -> Result<SocketAddr> {
        self.mocks.address(name)
    }

    /// The folder of keys, configuration and outbox.
    #[must_use]
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }
}
