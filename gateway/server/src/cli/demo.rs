//! `lienthong demo`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::print::{chain, complain, say};
use super::serve::{StopSignals, write_ready_file};
use super::{DONE, FAILED};
use crate::clock::SystemClock;
use crate::config::{Log, LogFormat};
use crate::demo::check::{self, Proof};
use crate::demo::day;
use crate::demo::first_calls::first_calls;
use crate::demo::world::{Ports, World, WorldError};
use crate::lang::Lang;

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub(super) struct DemoArguments {
    /// Runs the whole scenario once, prints what was proved, and ends with 0 or 1.
    #[arg(long)]
    check: bool,
    /// Writes the addresses as JSON to this file once all is serving.
    #[arg(long)]
    ready_file: Option<PathBuf>,
    /// Keeps keys and data in this folder; otherwise they go with the demonstration.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// 0 takes free ports instead of the documented ones.
    #[arg(long, value_parser = clap::value_parser!(u16).range(0..=0))]
    ports: Option<u16>,
}

/// Runs the demonstration.
pub(super) async fn run(arguments: DemoArguments, lang: Lang) -> u8 {
    super::logging::start(&Log {
        format: LogFormat::Text,
        filter: log_filter(&arguments),
    });
    let kept = match Folder::open(arguments.dir.as_deref()) {
        Ok(folder) => folder,
        Err(error) => {
            complain(&format!(
                "the demonstration's folder cannot be made: {error}"
            ));
            return FAILED;
        }
    };
    // A check runs beside whatever else runs on the machine.
    let ports = if arguments.check || arguments.ports.is_some() {
        Ports::Free
    } else {
        Ports::Default
    };
    match World::start(kept.path(), ports, Arc::new(SystemClock)).await {
        Ok(world) if arguments.check => prove(world, lang).await,
        Ok(world) => show(world, &arguments, lang).await,
        Err(error) => {
            complain(&chain(&error));
            if ports == Ports::Default {
                complain(lang.pick(
                    "Nếu cổng đang bận, thử: lienthong demo --ports 0",
                    "If a port is taken, try: lienthong demo --ports 0",
                ));
            }
            FAILED
        }
    }
}

/// During a check the outages are on purpose, and their warnings would only hide the
/// proofs.
fn log_filter(arguments: &DemoArguments) -> String {
    if arguments.check { "off" } else { "warn" }.to_owned()
}

async fn prove(mut world: World, lang: Lang) -> u8 {
    let (mut held, mut broken) = (0, 0);
    let all_held = check::run(&mut world, lang, |proof: &Proof| match &proof.result {
        Ok(seen) => {
            held += 1;
            say(&format!("✔ {}\n    {seen}", proof.promise));
        }
        Err(reason) => {
            broken += 1;
            say(&format!("✘ {}\n    {}", proof.promise, chain(reason)));
        }
    })
    .await;
    world.stop().await;
    say(&format!("demo: {held} passed, {broken} failed"));
    if all_held { DONE } else { FAILED }
}

async fn show(world: World, arguments: &DemoArguments, lang: Lang) -> u8 {
    let mut signals = match StopSignals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            complain(&format!("signals cannot be heard: {error}"));
            return FAILED;
        }
    };
    if let Err(error) = announce(&world, arguments, lang).await {
        complain(&chain(&error));
        world.stop().await;
        return FAILED;
    }
    let code = tokio::select! {
        () = signals.next() => DONE,
        () = world.broken() => FAILED,
    };
    say(lang.pick("Đang dừng…", "Stopping…"));
    tokio::select! {
        () = world.stop() => code,
        () = signals.next() => FAILED,
    }
}

async fn announce(world: &World, arguments: &DemoArguments, lang: Lang) -> Result<(), WorldError> {
    day::run(world).await?;
    let ready = world.ready()?;
    let text = |key: &str| ready[key].as_str().unwrap_or("-").to_owned();
    say(lang.pick(
        "lienthong demo — mọi dữ liệu đều là giả lập, chỉ phục vụ trên máy này.",
        "lienthong demo — all data are invented, served on this machine only.",
    ));
    for (vi, en, key) in [
        ("gRPC, TLS hai chiều", "gRPC, mutual TLS", "grpc_tls"),
        (
            "gRPC và JSON, không mã hoá",
            "gRPC and JSON, plain text",
            "grpc_plain",
        ),
        ("số liệu /metrics", "figures at /metrics", "console"),
        (
            "CSDL dân cư (giả lập)",
            "population database (mock)",
            "mock_population",
        ),
        (
            "Cổng DVCQG (giả lập)",
            "service portal (mock)",
            "mock_portal",
        ),
        ("điều khiển giả lập", "control of the mocks", "mock_control"),
        ("chứng thư CA", "CA certificate", "ca_cert"),
        ("chứng thư máy khách", "client certificate", "client_cert"),
        ("khoá máy khách", "client key", "client_key"),
    ] {
        say(&format!("  {:<28} {}", lang.pick(vi, en), text(key)));
    }
    tell_of_the_year(lang);
    say(lang.pick("\nGọi thử:", "\nFirst calls to try:"));
    // As it was called, so that a line can be tried as it stands.
    let program = std::env::args_os().next().map_or_else(
        || "lienthong".to_owned(),
        |program| program.to_string_lossy().into_owned(),
    );
    let (plain, control) = (text("grpc_plain"), text("mock_control"));
    for call in first_calls(world, &plain, &control, &program)? {
        say(&format!(
            "\n  # {}\n  {}",
            lang.pick(call.vi, call.en),
            call.command
        ));
    }
    say(lang.pick("\nDừng bằng Ctrl-C.", "\nStop with Ctrl-C."));
    if let Some(path) = &arguments.ready_file {
        write_ready_file(path, &ready).map_err(|source| WorldError::File {
            path: path.clone(),
            source,
        })?;
    }
    Ok(())
}

/// The one short cut of the demonstration is told before anybody takes it for traffic.
fn tell_of_the_year(lang: Lang) {
    say(lang.pick(
        "\nMột năm giả lập của tỉnh H60 (20.000 hồ sơ, lượt tra cứu và minh chứng của 25 dịch vụ) được ghi\n\
         thẳng vào kho trước khi cổng kết nối chạy, không qua Cổng DVCQG; ở Cổng DVCQG chỉ có hồ sơ của hôm nay.",
        "\nAn invented year of province H60 (20,000 dossiers, look-ups and evidence of the 25 services) was put\n\
         straight into the stores before the gateway started; only today's dossiers are at the portal.",
    ));
}

/// The demonstration's folder: one that stays, or one that goes.
enum Folder {
    Kept(PathBuf),
    Passing(tempfile::TempDir),
}

impl Folder {
    fn open(dir: Option<&Path>) -> std::io::Result<Self> {
        match dir {
            Some(dir) => {
                std::fs::create_dir_all(dir)?;
                Ok(Self::Kept(dir.to_owned()))
            }
            None => Ok(Self::Passing(
                tempfile::Builder::new()
                    .prefix("lienthong-demo-")
                    .tempdir()?,
            )),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Kept(dir) => dir,
            Self::Passing(dir) => dir.path(),
        }
    }
}
