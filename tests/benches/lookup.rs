//! What the gateway adds to a look-up.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_tests::process::Process;
use lienthong_tests::settings::Settings;
use serde_json::json;

use crate::disk::Disk;
use crate::figures::{Report, Sample};
use crate::pace::{closed_loop, open_loop};
use crate::subject::{Client, Direct, Subject, bare, client, question};

/// Calls a second, and how long each subject is called in a round.
const RATE: u32 = 200;
const ROUND: u32 = 5 * RATE;
const ROUNDS: u32 = 6;

/// Answers a second are counted for so long, with so many calls at once.
const RUSH: Duration = Duration::from_secs(4);
const IN_FLIGHT: u32 = 64;

/// What is called, in the order of a round.
const SUBJECTS: [&str; 5] = [
    "direct call of the mock",
    "uncached look-up",
    "cached look-up",
    "bare tonic",
    "one durable page",
];

/// Runs the bench.
///
/// # Errors
/// When something does not start, or a call fails.
pub(crate) async fn run() -> Result<Report> {
    let parts = Parts::start().await?;
    parts.round(0, 200).await?;
    let mut pooled = [const { None }; SUBJECTS.len()];
    let mut added = Vec::new();
    for round in 1..=ROUNDS {
        let samples = parts.round(round, ROUND).await?;
        added.push(samples[1].quantile(0.5) - samples[0].quantile(0.5));
        for (pool, sample) in pooled.iter_mut().zip(samples) {
            let together = match pool.take() {
                Some(before) => sample.with(&before),
                None => sample,
            };
            *pool = Some(together);
        }
    }
    let rushes = parts.rushes().await?;
    let pooled = pooled.map(Option::unwrap_or_default);
    Ok(report(&pooled, &added, rushes))
}

struct Parts {
    subject: Subject,
    _bare: Process,
    citizen: SampleCitizen,
    direct: Arc<Direct>,
    disk: Arc<Disk>,
    gateway: Client,
    rival: Client,
}

impl Parts {
    async fn start() -> Result<Self> {
        let subject = Subject::start(Settings::default()).await?;
        let rival_process = bare(subject.processes.dir()).await?;
        let citizen = subject.plain()?;
        Ok(Self {
            disk: Arc::new(Disk::new(subject.processes.dir())?),
            direct: Arc::new(Direct::new(&subject, &citizen).await?),
            gateway: subject.client().await?,
            rival: client(rival_process.address("grpc_plain")?).await?,
            _bare: rival_process,
            citizen,
            subject,
        })
    }

    /// Calls each subject `count` times in turn.
    async fn round(&self, round: u32, count: u32) -> Result<[Sample; SUBJECTS.len()]> {
        let before = self.subject.received("037").await?;
        let direct = Arc::clone(&self.direct);
        let direct = open_loop(RATE, count, move |call| {
            let direct = Arc::clone(&direct);
            async move { direct.ask(round * ROUND + call).await }
        })
        .await?;
        let uncached = open_loop(RATE, count, self.asking(&self.gateway, round, true)).await?;
        let after = self.subject.received("037").await?;
        // The journal keeps the last 10,000 only.
        ensure!(
            after >= 10_000 || after - before == 2 * count as usize,
            "the mock saw {} calls",
            after - before
        );
        let cached = open_loop(RATE, count, self.asking(&self.gateway, 0, false)).await?;
        let rival = open_loop(RATE, count, self.asking(&self.rival, 0, false)).await?;
        let disk = Arc::clone(&self.disk);
        let disk = open_loop(RATE, count, move |call| {
            let disk = Arc::clone(&disk);
            async move { disk.write(call).await }
        })
        .await?;
        Ok([direct, uncached, cached, rival, disk])
    }

    /// A look-up that asks the source anew, for a dossier of its own; or always the same.
    fn asking(
        &self,
        client: &Client,
        round: u32,
        anew: bool,
    ) -> impl Fn(u32) -> futures_util::future::BoxFuture<'static, Result<()>> + Send + Sync + 'static
    {
        let (client, citizen) = (client.clone(), self.citizen.clone());
        move |call| {
            let mut client = client.clone();
            let dossier = if anew { round * ROUND + call } else { 0 };
            let mut request = question(&citizen, dossier);
            request.freshness = anew.then_some(v1::Freshness {
                max_age: None,
                refresh: true,
            });
            Box::pin(async move {
                let answer = client.lookup_citizen(request).await?.into_inner();
                ensure!(answer.verdict() == v1::Verdict::Match, "no match");
                Ok(())
            })
        }
    }

    /// Answers a second of cached look-ups and of the rival.
    async fn rushes(&self) -> Result<[f64; 2]> {
        let cached = closed_loop(IN_FLIGHT, RUSH, self.asking(&self.gateway, 0, false)).await?;
        let rival = closed_loop(IN_FLIGHT, RUSH, self.asking(&self.rival, 0, false)).await?;
        Ok([cached, rival])
    }
}

fn report(pooled: &[Sample], added: &[f64], rushes: [f64; 2]) -> Report {
    let mut report = Report::new("lookup");
    for (what, sample) in SUBJECTS.iter().zip(pooled) {
        let [median, p99, worst] = [0.5, 0.99, 1.0].map(|share| sample.quantile(share));
        report.line(
            *what,
            format!(
                "median {median:.3} ms, p99 {p99:.3} ms, worst {worst:.3} ms ({} calls, {RATE}/s)",
                sample.len()
            ),
            json!({"median_ms": median, "p99_ms": p99, "worst_ms": worst, "calls": sample.len()}),
        );
    }
    let [cached, rival] = rushes;
    report.line(
        "answers a second",
        format!(
            "cached {cached:.0}, bare tonic {rival:.0}: {:.2}",
            cached / rival
        ),
        json!({"cached": cached, "bare": rival, "ratio": cached / rival}),
    );
    let floor = pooled[3].quantile(0.5) + pooled[4].quantile(0.5);
    report.line(
        "floor of what is added",
        format!("median {floor:.3} ms: the bare hop and one durable page, with nothing of ours"),
        json!({"median_ms": floor}),
    );
    let of = |share| pooled[1].quantile(share) - pooled[0].quantile(share);
    let (median, p99) = (of(0.5), of(0.99));
    let least = added.iter().copied().fold(f64::INFINITY, f64::min);
    let most = added.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    report.promise(
        "an uncached look-up adds at most 0.3 ms to the median of a direct call",
        format!("{median:.3} ms; {least:.3} to {most:.3} in {ROUNDS} rounds"),
        median <= 0.3,
    );
    report.promise(
        "and at most 1 ms to its 99th percentile",
        format!("{p99:.3} ms"),
        p99 <= 1.0,
    );
    report
}
