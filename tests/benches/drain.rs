//! How many calls a second the portal gets from a full outbox.
//!
//! What a reader would get wrong: the portal's ceiling is made. It serves so many calls at
//! once and takes so long for each, as a portal somewhere else does; without that, the two
//! cores of this machine would be what is measured.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use lienthong::clock::SystemClock;
use lienthong_core::clock::Clock as _;
use lienthong_proto::v1::dossier_service_client::DossierServiceClient;
use lienthong_tests::bulk;
use lienthong_tests::control::Control;
use lienthong_tests::lives::{self, Life};
use lienthong_tests::process::Processes;
use lienthong_tests::settings::Settings;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};
use tonic::transport::Endpoint;

use crate::figures::Report;
use crate::pace::closed_loop;

/// The portal's time for one call, in milliseconds.
const SERVICE_MS: u32 = 20;

/// Lives in a run: each is one create and one update.
const LIVES: u32 = 1_500;

/// How long the rival sends.
const RUSH: Duration = Duration::from_secs(5);

/// Least share of the portal's own ceiling.
const SHARE: f64 = 0.9;

/// Runs the bench.
///
/// # Errors
/// When something does not start, or the outbox is not drained.
pub(crate) async fn run() -> Result<Report> {
    let mut report = Report::new("drain");
    // The configured parallelism, and four times as much.
    let share = at(&mut report, 8).await?;
    at(&mut report, 32).await?;
    report.promise(
        "draining reaches at least 0.9 of the portal's ceiling at the configured parallelism",
        format!("{share:.2} with 8 calls at once"),
        share >= SHARE,
    );
    Ok(report)
}

/// Drains a full outbox with so many calls at once; the share of the ceiling.
async fn at(report: &mut Report, parallel: u32) -> Result<f64> {
    let settings = Settings::default()
        .with("sync.parallel", parallel.to_string())
        .with("sync.breaker.pause", "500ms");
    let processes = Processes::start(settings).await?;
    let control = processes.control()?;
    let pace =
        json!({"at_once": parallel, "service_ms": SERVICE_MS, "jitter_ms": 0, "over": "queue"});
    control.put("/portal/pace", &pace).await?;
    control.pause("portal").await?;
    let gateway = processes.serve().await?;
    let address = gateway.address("grpc_plain")?;
    let channel = Endpoint::from_shared(format!("http://{address}"))?
        .connect()
        .await?;
    let end = SystemClock.now();
    let events = (0..LIVES).flat_map(move |number| Life::new(number, 0, end).events);
    let recorded = bulk::record_all(DossierServiceClient::new(channel), events).await?;
    control.resume("portal").await?;
    let ours = drained(&control, recorded).await?;
    drop(gateway);
    let ceiling = rival(&processes, &control, parallel).await?;
    let share = ours / ceiling;
    report.line(
        format!("{parallel} calls at once"),
        format!(
            "gateway {ours:.0}/s, portal's ceiling {ceiling:.0}/s: {share:.2} ({SERVICE_MS} ms a call)"
        ),
        json!({"gateway": ours, "ceiling": ceiling, "share": share, "service_ms": SERVICE_MS}),
    );
    Ok(share)
}

/// Waits until everything is there, and tells the pace of the middle of it: at the ends
/// the breaker is in the way, and there is not work for everybody.
async fn drained(control: &Control, wanted: usize) -> Result<f64> {
    let end = Instant::now() + Duration::from_mins(3);
    let mut moments: Vec<Timestamp> = Vec::new();
    let mut last = 0;
    while moments.len() < wanted {
        ensure!(
            Instant::now() < end,
            "{} of {wanted} drained",
            moments.len()
        );
        sleep(Duration::from_millis(500)).await;
        let page = control
            .get(&format!("/portal/effects?after={last}"))
            .await?;
        let page = page.context("no effects")?;
        for effect in page["effects"].as_array().context("effects")? {
            let at = effect["at"].as_str().context("at")?;
            moments.push(at.parse()?);
            last = effect["sequence"].as_u64().context("sequence")?;
        }
    }
    let (from, to) = (wanted / 10, wanted * 9 / 10);
    let time = moments[to].duration_since(moments[from]).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a count of calls")]
    let calls = (to - from) as f64;
    Ok(calls / time)
}

/// Calls a second of a client that does nothing but send new dossiers, as many at once.
async fn rival(processes: &Processes, control: &Control, parallel: u32) -> Result<f64> {
    let ca = std::fs::read(processes.dir().join("pki/ca.pem"))?;
    let http = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&ca)?])
        .tcp_nodelay(true)
        .build()?;
    let base = format!("https://{}", processes.address("mock_portal")?);
    let base = base.replace("127.0.0.1", "localhost");
    let account = json!({"username": "h99_motcua", "password": "demo-only"});
    let session = answer(&http, &format!("{base}/mapi/login"), &account).await?;
    let held = control
        .get(&format!("/portal/dossiers/{}", lives::code(0)))
        .await?;
    let fields = held.context("no dossier to copy")?["fields"].clone();
    let call = Arc::new(json!({
        "session": session["session"],
        "madonvi": "000.00.00.H99",
        "service": "DongBoHoSoMC",
        "isUpdating": "False",
        "data": [fields],
    }));
    let next = Arc::new(AtomicU32::new(LIVES));
    closed_loop(parallel, RUSH, move |_| {
        let (http, url, call) = (http.clone(), format!("{base}/mapi/g"), Arc::clone(&call));
        let number = next.fetch_add(1, Ordering::Relaxed);
        async move {
            let mut call = Value::clone(&call);
            call["data"][0]["MaHoSo"] = Value::from(lives::code(number));
            let said = answer(&http, &url, &call).await?;
            ensure!(said["error_code"] == "0", "the portal says {said}");
            Ok(())
        }
    })
    .await
}

async fn answer(http: &reqwest::Client, url: &str, call: &Value) -> Result<Value> {
    let answer = http.post(url).body(call.to_string());
    let answer = answer
        .header("content-type", "application/json")
        .send()
        .await?;
    Ok(answer.json().await?)
}
