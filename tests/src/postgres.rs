//! A PostgreSQL server of a test's own: started, stopped, killed.
//!
//! What a reader would get wrong: nobody but this test uses it, so it may be stopped at any
//! moment. `fsync` is off: it saves a test's time, and a server that is stopped keeps what
//! it had committed all the same.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;
use tokio::process::Command;

use crate::relay::Relay;

/// Where Debian keeps the programs, one folder a version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// A running or stopped server, reached by a socket only.
#[derive(Debug)]
pub struct Postgres {
    dir: TempDir,
    programs: PathBuf,
    as_root: bool,
}

impl Postgres {
    /// Makes a cluster and starts it.
    ///
    /// # Errors
    /// When the programs are not installed, or it does not start.
    pub async fn start() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let own = said(Command::new("id").arg("-u")).await?;
        let server = Self {
            programs: programs()?,
            as_root: own.trim() == "0",
            dir,
        };
        let home = server.home();
        std::fs::create_dir(&home)?;
        if server.as_root {
            // PostgreSQL refuses to run as root.
            said(Command::new("chmod").arg("711").arg(server.dir.path())).await?;
            said(Command::new("chown").arg("postgres").arg(&home)).await?;
        }
        let data = home.join("data");
        let mut initdb = server.program("initdb");
        initdb.arg("--pgdata").arg(&data);
        initdb.args(["--username=lienthong", "--auth=trust", "--encoding=UTF8"]);
        initdb.args(["--locale=C.UTF-8", "--no-sync"]);
        said(&mut initdb).await?;
        server.resume().await?;
        Ok(server)
    }

    /// Address of its one database.
    #[must_use]
    pub fn url(&self) -> String {
        let home = self.home();
        format!(
            "postgresql:///postgres?host={}&user=lienthong",
            home.display()
        )
    }

    /// The socket that it listens on.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.home().join(".s.PGSQL.5432")
    }

    /// The one value that a question to its one database gives.
    ///
    /// # Errors
    /// The server's.
    pub async fn ask(&self, question: &str) -> Result<String> {
        let mut psql = self.program("psql");
        psql.args(["--no-psqlrc", "--tuples-only", "--no-align", "--quiet"]);
        psql.args(["--dbname", &self.url(), "--command", question]);
        Ok(said(&mut psql).await?.trim().to_owned())
    }

    /// Address of its one database for somebody who comes over a stretch of network.
    #[must_use]
    pub fn url_over(relay: &Relay) -> String {
        format!(
            "postgresql://lienthong@{}/postgres?sslmode=disable",
            relay.address()
        )
    }

    /// Stops it as a crash would; what was committed stays.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn stop(&self) -> Result<()> {
        let mut stop = self.control();
        stop.args(["stop", "--mode=immediate", "--silent", "--wait"]);
        said(&mut stop).await.map(drop)
    }

    /// Starts it again.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn resume(&self) -> Result<()> {
        let home = self.home();
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c fsync=off",
            home.display()
        );
        let mut start = self.control();
        start.args(["start", "--wait", "--silent"]);
        start.arg("--log").arg(home.join("log"));
        start.arg("--options").arg(options);
        said(&mut start).await.map(drop)
    }

    fn home(&self) -> PathBuf {
        self.dir.path().join("server")
    }

    fn control(&self) -> Command {
        let mut control = self.program("pg_ctl");
        control.arg("--pgdata").arg(self.home().join("data"));
        control
    }

    fn program(&self, name: &str) -> Command {
        let path = self.programs.join(name);
        let mut command = if self.as_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(self.home());
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let mut stop = self.control();
        stop.args(["stop", "--mode=immediate", "--silent"]);
        stop.stdout(Stdio::null()).stderr(Stdio::null());
        drop(stop.as_std_mut().status());
    }
}

/// The folder of the newest programs.
fn programs() -> Result<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).context("PostgreSQL is not installed")?;
    let mut folders: Vec<PathBuf> = versions
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .filter(|folder| Path::exists(&folder.join("initdb")))
        .collect();
    folders.sort();
    folders
        .pop()
        .context("PostgreSQL's server is not installed")
}

/// Runs a command to its end. What `pg_ctl` starts keeps its output, so only files may
/// take it.
async fn said(command: &mut Command) -> Result<String> {
    let output = tempfile::NamedTempFile::new()?;
    let ended = command
        .stdin(Stdio::null())
        .stdout(output.reopen()?)
        .stderr(output.reopen()?)
        .status()
        .await?;
    let text = std::fs::read_to_string(output.path())?;
    ensure!(ended.success(), "{command:?}: {ended}: {text}");
    Ok(text)
}
