//! The check itself, in a process that has done nothing else.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use jiff::ToSpan as _;
use jiff::civil::Date;
use lienthong::clock::SystemClock;
use lienthong::essential::{DeskParts, EssentialDesk, NothingCompared, Question};
use lienthong_adapters::store::{SqliteObservations, SqliteRegister};
use lienthong_core::check::Verdict;
use lienthong_core::observation::{ObservationRules, Window};
use serde_json::json;

use super::{OBSERVATIONS, REGISTER, knowledge, told};

/// How often it is checked.
const TIMES: usize = 3;

/// Days that are looked at: all of the invented year.
const DAYS: i64 = 365;

/// Longer than any promise.
const PATIENCE: Duration = Duration::from_mins(10);

/// Checks what stands in `folder` as of the day `today`, and prints figures as JSON.
///
/// # Errors
/// When a store cannot be opened, or the desk refuses.
#[expect(clippy::print_stdout, reason = "this is what the other process reads")]
pub(crate) async fn check(folder: &Path, today: Date) -> Result<()> {
    let rules = Arc::new(told(ObservationRules::shipped())?);
    let observations = SqliteObservations::open(folder.join(OBSERVATIONS), rules)?;
    let evidence = SqliteRegister::open(folder.join(REGISTER))?;
    let desk = EssentialDesk::new(DeskParts {
        observations: Arc::new(observations),
        evidence: Arc::new(evidence),
        knowledge: Arc::new(knowledge(today)?),
        clock: Arc::new(SystemClock),
        mismatches: Arc::new(NothingCompared),
        following: None,
        window_days: 30,
    });
    let window = Window::new(today.checked_sub(DAYS.days())?, today.yesterday()?)?;
    let question = Question::about(window, desk.now());
    let (mut seconds, mut dossiers, mut contradicted) = (Vec::new(), 0, 0);
    for _ in 0..TIMES {
        let inspected = desk
            .inspect(&question, PATIENCE)
            .await
            .map_err(|error| anyhow!("{error:?}"))?;
        seconds.push(inspected.took.as_secs_f64());
        dossiers = inspected.dossiers;
        let findings = inspected.checks.iter().flat_map(|check| &check.findings);
        contradicted = findings
            .filter(|finding| finding.verdict == Verdict::Contradicted)
            .count();
    }
    let figures = json!({
        "seconds": seconds,
        "peak_bytes": peak()?,
        "dossiers": dossiers,
        "contradicted": contradicted,
    });
    println!("{figures}");
    Ok(())
}

/// Most memory that this process has held, in bytes.
fn peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let figure = line.and_then(|line| line.split_whitespace().nth(1));
    Ok(figure.context("no VmHWM")?.parse::<u64>()? * 1024)
}
