//! Many callers with one question.

use std::time::Duration;

use anyhow::{Result, ensure};
use lienthong_proto::v1;
use lienthong_tests::settings::Settings;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::figures::{Report, Sample};
use crate::subject::{Subject, question};

const CALLERS: u32 = 10_000;
const CONNECTIONS: u32 = 100;

/// Runs the bench.
///
/// # Errors
/// When something does not start, or a call fails.
pub(crate) async fn run() -> Result<Report> {
    let settings = Settings::default()
        .with("listen.limits.concurrent_requests", "20000")
        .with("listen.limits.connections", "2000");
    let subject = Subject::start(settings).await?;
    let citizen = subject.plain()?;
    // The answer takes long enough for everybody to ask before it is there.
    let late = json!({"operation": "037", "effect": {"kind": "delay", "ms": 8000}});
    subject
        .processes
        .control()?
        .script("population", &late)
        .await?;
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        clients.push(subject.client().await?);
    }
    let begun = Instant::now();
    let mut calls = JoinSet::new();
    for caller in 0..CALLERS {
        let mut client = clients[(caller % CONNECTIONS) as usize].clone();
        let request = question(&citizen, 1);
        calls.spawn(async move {
            let asked = Instant::now();
            let answer = client.lookup_citizen(request).await?.into_inner();
            ensure!(answer.verdict() == v1::Verdict::Match, "no match");
            anyhow::Ok((asked.elapsed(), answer.provenance.unwrap_or_default()))
        });
    }
    let mut durations = Vec::new();
    let mut senders = 0;
    while let Some(done) = calls.join_next().await {
        let (duration, provenance) = done??;
        durations.push(duration);
        senders += provenance.attempts;
    }
    let whole = begun.elapsed();
    let received = subject.received("037").await?;
    let late = Duration::from_secs(8);
    let sample = Sample::of(durations);
    let mut report = Report::new("coalesce");
    report.line(
        "answered",
        format!("{} calls in {:.2} s", sample.len(), whole.as_secs_f64()),
        json!({"calls": sample.len(), "seconds": whole.as_secs_f64()}),
    );
    let after = whole.saturating_sub(late);
    report.line(
        "after the answer of the database",
        format!("{:.2} s for everybody", after.as_secs_f64()),
        json!(after.as_secs_f64()),
    );
    report.promise(
        "10,000 equal look-ups at once make 1 call of the population database",
        format!("{received} received, {senders} told to callers"),
        received == 1,
    );
    Ok(report)
}
