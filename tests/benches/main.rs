//! What the gateway promises in numbers, measured on this machine.
//!
//! What a reader would get wrong: a figure alone says nothing, because it is mostly the
//! machine's. Each bench runs its rival in the same run, turn by turn, and judges the
//! difference or the ratio.

mod backlog;
mod bare;
mod coalesce;
mod disk;
mod drain;
mod figures;
mod lookup;
mod memory;
mod pace;
mod record;
mod services;
mod subject;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};
use figures::Report;
use mimalloc::MiMalloc;

/// As in the gateway, so that what the cache costs here is what it costs there.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const USAGE: &str = "usage: bench lookup | coalesce | memory | record | drain | backlog [EVENTS] | \
                     services [DOSSIERS]";

#[tokio::main]
async fn main() -> Result<ExitCode> {
    // The direct rival's HTTP client looks for one of the process.
    let provider = rustls::crypto::aws_lc_rs::default_provider().install_default();
    ensure!(provider.is_ok(), "a crypto provider is installed already");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let report = match words.as_slice() {
        ["lookup"] => lookup::run().await?,
        ["coalesce"] => coalesce::run().await?,
        ["memory"] => memory::run().await?,
        ["record"] => record::run().await?,
        ["drain"] => drain::run().await?,
        ["backlog"] => backlog::run(backlog::MOST).await?,
        ["services"] => services::run(services::MOST).await?,
        ["services", dossiers] => services::run(dossiers.parse()?).await?,
        ["services-check", "--day", day, "--folder", folder] => {
            services::check(Path::new(folder), day.parse()?).await?;
            return Ok(ExitCode::SUCCESS);
        }
        ["backlog", most] => backlog::run(most.parse()?).await?,
        ["bare", "--ready-file", path] => {
            bare::serve(Path::new(path)).await?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => bail!(USAGE),
    };
    show(&report)?;
    Ok(if report.holds() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[expect(clippy::print_stdout, reason = "the table is what a bench is for")]
fn show(report: &Report) -> Result<()> {
    println!("{report}");
    let folder = target()?.join("bench");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{}.json", report.name));
    std::fs::write(&file, format!("{:#}\n", report.json()))?;
    println!("written: {}", file.display());
    Ok(())
}

/// Cargo's target folder, from where this program stands.
fn target() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().and_then(Path::parent);
    Ok(folder.context("no target folder")?.to_owned())
}
