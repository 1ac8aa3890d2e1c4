//! How the invented year gets into a gateway.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use jiff::civil::Date;
use lienthong::clock::SystemClock;
use lienthong::demo::messages::OFFICER;
use lienthong::demo::province::{Plan, Province, compare};
use lienthong::demo::year::{FILES, InventedYear};
use lienthong_adapters::store::{SqliteAudit, SqliteOutbox};
use lienthong_core::clock::Clock as _;
use lienthong_core::evidence::{EvidenceClass, EvidenceDraft};
use lienthong_core::ports::audit::AuditLog as _;
use lienthong_core::wire_time::local_date;
use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1;
use lienthong_tests::bulk;
use lienthong_tests::lives::Event;
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use tempfile::TempDir;
use tonic::Request;

/// Longer than a check of a year takes in a build that nobody optimised.
const PATIENCE: Duration = Duration::from_mins(2);

/// Streams on which the dossiers are recorded at once.
const STREAMS: usize = 4;

/// Look-ups that are recorded at once.
const AT_ONCE: usize = 512;

/// The keys under which the operator's files are named.
const KEYS: [&str; 4] = ["list_file", "calendar_file", "agencies_file", "totals_file"];

/// The invented year, and what its operator hands the gateway.
pub(super) struct Year {
    invented: InventedYear,
    files: TempDir,
}

impl Year {
    pub(super) fn invent() -> Result<Self> {
        let invented = InventedYear::before(local_date(SystemClock.now()))?;
        let files = tempfile::tempdir()?;
        invented.write_files(files.path())?;
        Ok(Self { invented, files })
    }

    fn province(&self) -> Result<Province<'_>> {
        Ok(self.invented.province()?)
    }

    pub(super) fn plan(&self) -> Result<Plan> {
        Ok(self.province()?.plan()?)
    }

    /// A gateway whose record already holds the year's look-ups and comparisons with the
    /// portal, which is away.
    pub(super) async fn looked_up(&self) -> Result<Stage> {
        let mut settings = Settings::default()
            .with("services.recorders", "[\"igate\"]")
            .with("services.unit", "H60")
            .with("services.observe_every", "1s")
            .with("services.check_at", "off")
            .with("sync.breaker.pause", "1h")
            .with("sync.breaker.longest_pause", "1h");
        for (key, file) in KEYS.iter().zip(FILES) {
            let path = self.files.path().join(file);
            settings = settings.with(&format!("services.{key}"), path.display().to_string());
        }
        let mut stage = Stage::with(settings).await?;
        let away = stage.mocks().portal().script(away());
        ensure!(away.is_ok(), "the portal is not away");
        stage.stop_gateway().await;
        let record = SqliteAudit::open(stage.dir().join("audit.sqlite"))?;
        let province = self.province()?;
        let mut look_ups = Vec::new();
        for life in province.lives() {
            look_ups.extend(life?.accesses()?);
        }
        stream::iter(look_ups)
            .map(|access| record.record(access))
            .buffered(AT_ONCE)
            .try_for_each(|_| async { Ok(()) })
            .await?;
        record.close().await;
        let outbox = SqliteOutbox::open(stage.dir().join("outbox.sqlite"))?;
        compare(&province, &outbox).await?;
        outbox.close().await;
        stage.start_gateway().await?;
        Ok(stage)
    }

    /// Imports the year's documents, after a preview that records nothing.
    pub(super) async fn import_evidence(&self, stage: &Stage) -> Result<()> {
        let pieces = self.province()?.drafts();
        let wanted = pieces.len();
        let mut services = stage.plain_vendor().await?.services;
        let mut import = v1::ImportEvidenceRequest {
            pieces: pieces.into_iter().map(piece).collect::<Result<_>>()?,
            operator_id: OFFICER.to_owned(),
            preview: true,
        };
        for preview in [true, false] {
            import.preview = preview;
            let answer = services.import_evidence(import.clone()).await?.into_inner();
            let results = answer.results.iter();
            let refused: Vec<_> = results
                .flat_map(|result| &result.remarks)
                .filter(|remark| remark.refuses)
                .collect();
            ensure!(refused.is_empty(), "{refused:?}");
            ensure!(answer.recorded != preview && answer.results.len() == wanted);
        }
        Ok(())
    }

    /// Records every dossier's life, as a procedure system does.
    pub(super) async fn record_dossiers(&self, stage: &Stage) -> Result<()> {
        let province = self.province()?;
        let until = province.until();
        let mut shares: Vec<Vec<Vec<v1::RecordEventsRequest>>> = vec![Vec::new(); STREAMS];
        for (place, life) in province.lives().enumerate() {
            shares[place % STREAMS].push(life?.requests(until)?);
        }
        let dossiers = stage.plain_vendor().await?.dossiers;
        let streams = shares.into_iter().map(|share| {
            let events = share.into_iter().flatten();
            bulk::record_all(dossiers.clone(), events.filter_map(event))
        });
        futures_util::future::try_join_all(streams).await?;
        Ok(())
    }

    /// Waits until a check says that it looks at everything that is kept. It is asked about
    /// today: what is recorded now about days that are over is no gap of those days.
    pub(super) async fn observed(&self, stage: &Stage) -> Result<()> {
        let today = local_date(SystemClock.now());
        let mut services = stage.plain_vendor().await?.services;
        eventually("the year is observed", async || {
            let glance = v1::CheckServicesRequest {
                numbers: vec![24],
                window: Some(window(today, today)),
                ..v1::CheckServicesRequest::default()
            };
            let answer = services.check_services(glance).await?.into_inner();
            let behind = |warning: &v1::CheckWarning| warning.code == "OBSERVATION_LAG";
            Ok((!answer.warnings.iter().any(behind)).then_some(()))
        })
        .await
    }

    /// Checks all services over the whole year.
    pub(super) async fn check(&self, stage: &Stage) -> Result<v1::CheckServicesResponse> {
        let year = self.province()?.window();
        let mut request = Request::new(v1::CheckServicesRequest {
            window: Some(window(year.first(), year.last())),
            ..v1::CheckServicesRequest::default()
        });
        request.set_timeout(PATIENCE);
        let services = stage.plain_vendor().await?.services;
        let mut services = services.max_decoding_message_size(64 << 20);
        Ok(services.check_services(request).await?.into_inner())
    }
}

fn window(first: Date, last: Date) -> v1::ObservationWindow {
    v1::ObservationWindow {
        first_day: first.to_string(),
        last_day: last.to_string(),
    }
}

/// A portal that answers nothing but its regrets, however often it is asked.
fn away() -> Fault {
    let status = FaultEffect::Status {
        code: 503,
        body: String::new(),
        headers: BTreeMap::new(),
    };
    Fault::new(status).times(u32::MAX)
}

fn event(request: v1::RecordEventsRequest) -> Option<Event> {
    use v1::record_events_request::Event as Item;
    Some(match request.event? {
        Item::Dossier(state) => Event::State(Box::new(state)),
        Item::Progress(step) => Event::Step(Box::new(step)),
    })
}

fn piece(draft: EvidenceDraft) -> Result<v1::ImportedEvidence> {
    let class = EvidenceClass::from_id(&draft.class);
    let class = class.with_context(|| draft.class.clone())?;
    let place = EvidenceClass::ALL
        .iter()
        .position(|it| *it == class)
        .context("no such class")?;
    let numbers = draft.services.iter().map(|number| number.parse());
    let statements: BTreeMap<String, String> = draft.statements;
    Ok(v1::ImportedEvidence {
        event_id: draft.name.clone(),
        evidence: Some(v1::Evidence {
            evidence_id: draft.name,
            // The contract numbers the classes in their order, from 1.
            class: i32::try_from(place)? + 1,
            service_numbers: numbers.collect::<Result<_, _>>()?,
            procedure_codes: draft.codes,
            unit_codes: draft.units,
            symbol: draft.symbol,
            title: draft.title,
            issuer: draft.issuer,
            issuer_code: draft.issuer_code,
            issued_on: draft.issued_on,
            valid_from: draft.valid_from,
            valid_to: draft.valid_to,
            supersedes: draft.supersedes,
            repealed_procedure_codes: draft.repeals,
            sha256: draft.sha256,
            statements: statements.into_iter().collect(),
            ..v1::Evidence::default()
        }),
    })
}
