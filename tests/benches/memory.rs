//! What a long stream and a full cache hold of memory.

use anyhow::{Context as _, Result, bail, ensure};
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_tests::settings::Settings;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::ReceiverStream;

use crate::figures::Report;
use crate::subject::{Subject, question};

const ITEMS: u32 = 1_000_000;
/// From here on caches, pools and the allocator have their size.
const WARM: u32 = 200_000;
/// Verifications of one dossier.
const PER_DOSSIER: u32 = 50;
const MIB: f64 = 1024.0 * 1024.0;

mod cache;

/// Runs the bench.
///
/// # Errors
/// When something does not start, or a call fails.
pub(crate) async fn run() -> Result<Report> {
    let mut report = Report::new("memory");
    cache::measure(&mut report)?;
    stream(&mut report).await?;
    Ok(report)
}

async fn stream(report: &mut Report) -> Result<()> {
    let subject = Subject::start(Settings::default()).await?;
    let mut client = subject.client().await?;
    let (asking, questions) = ask(subject.citizens.clone());
    let begun = tokio::time::Instant::now();
    let mut answers = client
        .verify_citizens(ReceiverStream::new(questions))
        .await?
        .into_inner();
    let mut sizes = Vec::new();
    let mut count = 0;
    while let Some(answer) = answers.message().await? {
        match answer.result.context("an answer without a result")? {
            v1::verify_citizens_response::Result::Answer(_) => count += 1,
            v1::verify_citizens_response::Result::Error(error) => {
                bail!(
                    "item {}: {} {}",
                    answer.correlation_id,
                    error.reason,
                    error.message
                )
            }
        }
        if count % 50_000 == 0 {
            sizes.push((count, subject.gateway.memory()?));
        }
    }
    asking.await??;
    ensure!(count == ITEMS, "{count} answers");
    let seconds = begun.elapsed().as_secs_f64();
    report.line(
        "stream",
        format!("{count} verifications in {seconds:.0} s"),
        json!({"items": count, "seconds": seconds}),
    );
    judge(report, &sizes);
    Ok(())
}

/// Sends the questions as fast as they are taken.
fn ask(
    citizens: Vec<SampleCitizen>,
) -> (
    JoinHandle<Result<()>>,
    mpsc::Receiver<v1::VerifyCitizensRequest>,
) {
    let (send, questions) = mpsc::channel(64);
    let asking = tokio::spawn(async move {
        for number in 0..ITEMS {
            let citizen = &citizens[number as usize % citizens.len()];
            let look_up = question(citizen, number / PER_DOSSIER);
            let item = v1::VerifyCitizensRequest {
                correlation_id: number.to_string(),
                request: Some(v1::VerifyCitizenRequest {
                    context: look_up.context,
                    identity: look_up.identity,
                    full_name: look_up.full_name,
                    birth: look_up.birth,
                    freshness: None,
                }),
            };
            if send.send(item).await.is_err() {
                bail!("the stream ended early");
            }
        }
        Ok(())
    });
    (asking, questions)
}

/// Whether the memory stayed flat once warm.
fn judge(report: &mut Report, sizes: &[(u32, u64)]) {
    #[expect(clippy::cast_precision_loss, reason = "bytes, shown in MiB")]
    let mebibytes = |size: u64| size as f64 / MIB;
    let warm: Vec<f64> = sizes
        .iter()
        .filter(|(count, _)| *count >= WARM)
        .map(|(_, size)| mebibytes(*size))
        .collect();
    let least = warm.iter().copied().fold(f64::INFINITY, f64::min);
    let most = warm.iter().copied().fold(0.0, f64::max);
    let curve: Vec<String> = sizes
        .iter()
        .step_by(4)
        .map(|(_, size)| format!("{:.0}", mebibytes(*size)))
        .collect();
    report.line(
        "resident memory of the gateway",
        format!("{} MiB", curve.join(" ")),
        json!(sizes),
    );
    report.promise(
        "a stream of 1,000,000 verifications holds memory flat within 20 MB",
        format!("{least:.1} to {most:.1} MiB once warm"),
        (most - least) * MIB <= 20e6,
    );
}
