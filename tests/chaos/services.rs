//! The essential services with two gateways on one PostgreSQL: events and look-ups at both, one
//! killed and back, and what comes of it is what one gateway alone would have seen.
//!
//! What a reader would get wrong: each gateway has a record of look-ups of its own. What stands
//! in that of a gateway that is dead is not seen before it is back, and is then counted once.

use anyhow::{Context as _, Result, ensure};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use lienthong::clock::SystemClock;
use lienthong::demo::messages;
use lienthong::demo::vendor::Vendor;
use lienthong_core::clock::Clock as _;
use lienthong_core::wire_time::local_date;
use lienthong_proto::v1;
use lienthong_proto::v1::PortalStatus;
use lienthong_proto::v1::evidence::Class;
use lienthong_tests::desk::plain;
use lienthong_tests::patience::eventually;
use lienthong_tests::postgres::Postgres;
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::plain_vendor;
use tonic::Code;

use super::campaign::settings;

/// Đăng ký thường trú, to which the invented dossiers belong.
const RESIDENCE: i32 = 3;

/// Its first procedure code.
const PROCEDURE: &str = "1.004222";

/// Dossiers before one gateway dies, while it is dead, and when it is back.
const BEFORE: std::ops::Range<u32> = 1..41;
const MEANWHILE: std::ops::Range<u32> = 41..61;
const AFTERWARDS: std::ops::Range<u32> = 61..81;

/// All of them. Each third one is looked up, and the first one later.
const DOSSIERS: u32 = AFTERWARDS.end - 1;
const LOOKED_UP: u32 = DOSSIERS / 3 + 1;

/// Looks while everything is told anew.
const LOOKS: u32 = 20;

/// Pairs of rivals that are recorded at once.
const RIVALS: i64 = 6;

fn observing() -> Settings {
    settings()
        .with("services.recorders", "['igate']")
        .with("services.observe_every", "50ms")
        .with("services.check_at", "off")
}

/// A running gateway and who speaks to it.
struct Seat {
    gateway: Process,
    vendor: Vendor,
}

/// Two gateways on one server, each with a record of look-ups of its own.
struct Ground {
    processes: Processes,
    server: Postgres,
}

impl Ground {
    async fn new() -> Result<Self> {
        let server = Postgres::start().await?;
        let settings = observing()
            .with("sync.store", "postgresql")
            .with("sync.postgresql_url", server.url());
        let processes = Processes::start(settings).await?;
        Ok(Self { processes, server })
    }

    async fn seat(&self, name: &str) -> Result<Seat> {
        let record = format!("{name}.sqlite");
        let settings = self.processes.settings().clone();
        seat(&self.processes, &settings.with("audit.database", record)).await
    }

    /// How often anything was told anew.
    async fn rebuilds(&self) -> Result<u64> {
        let count = "SELECT count(*) FROM lienthong.observed_rebuild";
        Ok(self.server.ask(count).await?.parse()?)
    }
}

async fn seat(processes: &Processes, settings: &Settings) -> Result<Seat> {
    let gateway = processes.serve_with(settings).await?;
    let address = gateway.address("grpc_plain")?.to_string();
    let vendor = plain_vendor(&address).await?;
    Ok(Seat { gateway, vendor })
}

/// What happens to a dossier, each part of it at the next of the gateways.
async fn live(gateways: &mut [&mut Vendor], number: u32, began: Timestamp) -> Result<()> {
    let citizen = plain();
    let code = messages::dossier_code(began, number);
    let mut statuses = vec![PortalStatus::Received, PortalStatus::Processing];
    if number.is_multiple_of(5) {
        // Sent back twice, which no dossier may be (criterion C7).
        let back = [PortalStatus::SupplementRequested, PortalStatus::Processing];
        statuses.extend(back.into_iter().cycle().take(4));
    }
    for (turn, status) in statuses.into_iter().enumerate() {
        let place = (number as usize + turn) % gateways.len();
        let at = began + SignedDuration::from_mins(i64::try_from(turn)?);
        let mut event = messages::state(&code, status, &citizen, began);
        event.event_id = format!("{code}/{turn}");
        event.occurred_at = Some(messages::timestamp(at));
        gateways[place].record_state(event).await?;
        if number.is_multiple_of(3) {
            let question = messages::verify(&citizen, &code);
            gateways[place].population.verify_citizen(question).await?;
        }
    }
    Ok(())
}

async fn lives(
    gateways: &mut [&mut Vendor],
    numbers: std::ops::Range<u32>,
    began: Timestamp,
) -> Result<()> {
    for number in numbers {
        live(gateways, number, began).await?;
    }
    Ok(())
}

/// What a gateway finds of the service in the last month.
async fn look(vendor: &mut Vendor) -> Result<v1::CheckServicesResponse> {
    let today = local_date(SystemClock.now());
    let request = v1::CheckServicesRequest {
        numbers: vec![RESIDENCE],
        window: Some(v1::ObservationWindow {
            first_day: today.saturating_sub(30.days()).to_string(),
            last_day: today.to_string(),
        }),
        ..v1::CheckServicesRequest::default()
    };
    Ok(vendor.services.check_services(request).await?.into_inner())
}

/// Whether nothing waits to be looked at and nothing is looked at anew.
fn is_whole(answer: &v1::CheckServicesResponse) -> bool {
    let passing = ["OBSERVATION_LAG", "REBUILDING"];
    let mut warnings = answer.warnings.iter();
    !warnings.any(|it| passing.contains(&it.code.as_str()))
}

/// The check once nothing waits and so many dossiers are seen, so many of them with a look-up:
/// what another gateway has recorded last is not missed at once.
async fn seen(vendor: &mut Vendor, dossiers: u32, looked_up: u32) -> Result<v1::ServiceCheck> {
    let wanted = Some((i64::from(looked_up), i64::from(dossiers)));
    eventually(&format!("{wanted:?} are observed"), async || {
        let answer = look(vendor).await?;
        let is_whole = is_whole(&answer);
        let check = answer.checks.into_iter().next().context("no check")?;
        Ok((share(&check) == wanted && is_whole).then_some(check))
    })
    .await
}

/// How many dossiers were looked up, of how many.
fn share(check: &v1::ServiceCheck) -> Option<(i64, i64)> {
    let mut figures = check.figures.iter();
    let figure = figures.find(|it| it.code == "LOOKUP_SHARE")?;
    Some((figure.numerator, figure.denominator))
}

/// A look-up for the first dossier, which none was made for before.
async fn late(vendor: &mut Vendor, began: Timestamp) -> Result<()> {
    let question = messages::verify(&plain(), &messages::dossier_code(began, 1));
    vendor.population.verify_citizen(question).await?;
    Ok(())
}

/// What one gateway with its stores in files makes of the same.
async fn alone(began: Timestamp) -> Result<v1::ServiceCheck> {
    let processes = Processes::start(observing()).await?;
    let mut only = seat(&processes, processes.settings()).await?;
    lives(&mut [&mut only.vendor], 1..AFTERWARDS.end, began).await?;
    late(&mut only.vendor, began).await?;
    seen(&mut only.vendor, DOSSIERS, LOOKED_UP).await
}

/// Both gateways see what one alone sees.
async fn agree(first: &mut Vendor, second: &mut Vendor, by_one: &v1::ServiceCheck) -> Result<()> {
    for vendor in [first, second] {
        let check = seen(vendor, DOSSIERS, LOOKED_UP).await?;
        ensure!(check == *by_one, "{check:#?} {by_one:#?}");
    }
    Ok(())
}

async fn one_dies() -> Result<()> {
    let ground = Ground::new().await?;
    let began = SystemClock.now() - SignedDuration::from_hours(3);
    let mut first = ground.seat("first").await?;
    let mut second = ground.seat("second").await?;
    let both = &mut [&mut first.vendor, &mut second.vendor];
    lives(both, BEFORE, began).await?;
    // The look-ups of each third dossier went to both.
    let dossiers = BEFORE.end - 1;
    seen(&mut first.vendor, dossiers, dossiers / 3).await?;
    seen(&mut second.vendor, dossiers, dossiers / 3).await?;

    // What stands in its record may not be folded in yet when it dies.
    late(&mut first.vendor, began).await?;
    first.gateway.kill().await?;
    lives(&mut [&mut second.vendor], MEANWHILE, began).await?;
    eventually("the other one goes on", async || {
        let checks = look(&mut second.vendor).await?.checks;
        let seen = checks.first().map(|it| it.dossiers_seen);
        Ok((seen == Some(i64::from(MEANWHILE.end - 1))).then_some(()))
    })
    .await?;
    let mut first = ground.seat("first").await?;
    let both = &mut [&mut first.vendor, &mut second.vendor];
    lives(both, AFTERWARDS, began).await?;
    let by_one = alone(began).await?;
    agree(&mut first.vendor, &mut second.vendor, &by_one).await?;
    let rebuilds = ground.rebuilds().await?;
    ensure!(
        rebuilds == 0,
        "{rebuilds} times something was told anew by itself"
    );

    all_anew(&ground, first, second, &by_one).await
}

/// Everything is told anew, and whoever was asked for it dies of it.
async fn all_anew(
    ground: &Ground,
    mut first: Seat,
    mut second: Seat,
    by_one: &v1::ServiceCheck,
) -> Result<()> {
    let request = v1::RebuildObservationsRequest {
        operator_id: messages::OFFICER.to_owned(),
        reason: "Kiểm tra lại số liệu".to_owned(),
    };
    first.vendor.services.rebuild_observations(request).await?;
    first.gateway.kill().await?;
    // Meanwhile nobody reads a half of it.
    for _ in 0..LOOKS {
        let check = look(&mut second.vendor).await?.checks;
        ensure!(check.first() == Some(by_one), "{check:#?} {by_one:#?}");
    }
    let mut first = ground.seat("first").await?;
    agree(&mut first.vendor, &mut second.vendor, by_one).await?;
    let rebuilds = ground.rebuilds().await?;
    ensure!(rebuilds == 1, "{rebuilds} times something was told anew");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL's programs"]
async fn two_gateways_on_one_database_see_what_one_alone_would_have_seen() {
    one_dies().await.unwrap_or_else(|error| panic!("{error:?}"));
}

/// A decision of so many days ago about the code of the service.
fn decision(symbol: &str, days: i64) -> v1::RecordEvidenceRequest {
    let issued_on = local_date(SystemClock.now()).saturating_sub(days.days());
    v1::RecordEvidenceRequest {
        evidence: Some(v1::Evidence {
            class: Class::OptionDecision.into(),
            service_numbers: vec![RESIDENCE],
            procedure_codes: vec![PROCEDURE.to_owned()],
            symbol: symbol.to_owned(),
            title: "Phương án tái cấu trúc quy trình đăng ký thường trú".to_owned(),
            issuer: "Trung tâm Phục vụ hành chính công".to_owned(),
            issued_on: issued_on.to_string(),
            sha256: "ab".repeat(32),
            ..v1::Evidence::default()
        }),
        operator_id: messages::OFFICER.to_owned(),
        event_id: symbol.replace("/QĐ-UBND", ""),
    }
}

/// Symbols of what stands in the register, as a gateway tells it.
async fn registered(vendor: &mut Vendor) -> Result<Vec<String>> {
    let all = v1::ListEvidenceRequest {
        include_invalid: true,
        page_size: 100,
        ..v1::ListEvidenceRequest::default()
    };
    let listed = vendor.services.list_evidence(all).await?.into_inner();
    let pieces = listed.evidence.into_iter().filter_map(|it| it.evidence);
    Ok(pieces.map(|it| it.symbol).collect())
}

async fn one_register() -> Result<()> {
    let ground = Ground::new().await?;
    let mut first = ground.seat("first").await?;
    let mut second = ground.seat("second").await?;
    let mut kept = 0;
    for round in 1..=RIVALS {
        // A later decision takes the place of an earlier one; two of one day are rivals.
        let days = 30 - round;
        let (one, other) = (format!("{round}1/QĐ-UBND"), format!("{round}2/QĐ-UBND"));
        let (by_first, by_second) = tokio::join!(
            first.vendor.services.record_evidence(decision(&one, days)),
            second
                .vendor
                .services
                .record_evidence(decision(&other, days)),
        );
        let (symbol, refused) = match (by_first, by_second) {
            (Ok(_), Err(refused)) => (one, refused),
            (Err(refused), Ok(_)) => (other, refused),
            both => anyhow::bail!("one of two rivals has to be refused: {both:?}"),
        };
        ensure!(refused.code() == Code::InvalidArgument, "{refused:?}");
        kept += 1;
        for seat in [&mut first, &mut second] {
            let symbols = registered(&mut seat.vendor).await?;
            ensure!(symbols.first() == Some(&symbol), "{symbols:?}");
            ensure!(symbols.len() == kept, "{symbols:?}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL's programs"]
async fn of_two_rivals_that_are_recorded_at_two_gateways_at_once_one_is_refused() {
    one_register()
        .await
        .unwrap_or_else(|error| panic!("{error:?}"));
}
