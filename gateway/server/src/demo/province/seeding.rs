//! Puts the invented year straight into the stores of a gateway that is not running yet.
//!
//! What a reader would get wrong: this is a short cut that no procedure system has. It goes
//! through the same fold as what is recorded, but past the door, the outbox and the record
//! of look-ups, because a demonstration cannot wait for 20,000 dossiers to be sent.

use std::sync::Arc;

use jiff::Timestamp;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::dossier::event::EventId;
use lienthong_core::dossier_number::DossierNumber;
use lienthong_core::evidence::Evidence;
use lienthong_core::ports::evidence::{EvidenceError, EvidenceRegister, NewEvidence};
use lienthong_core::ports::observations::{
    LookupSeen, Observation, ObservationError, Observations, Portion, Source,
};
use lienthong_core::ports::outbox::OutboxError;
use lienthong_core::wire_time::local_date;
use thiserror::Error;

use super::life::Life;
use super::telling::CLIENT;
use super::{InventError, Province};

/// The source under which the invented year stands in the observations.
const SOURCE: &str = "invented-province";

/// Observations of one transaction.
const BATCH: usize = 5_000;

/// Stores of a gateway.
pub struct Stores {
    /// Facts of dossiers.
    pub observations: Arc<dyn Observations>,
    /// The register of evidence.
    pub evidence: Arc<dyn EvidenceRegister>,
}

/// Why the year could not be put into the stores.
#[derive(Debug, Error)]
pub enum SeedError {
    /// Something invented is not valid.
    #[error(transparent)]
    Invent(#[from] InventError),
    /// An invented document is refused.
    #[error("the invented document {document} is refused")]
    Document {
        /// Its name.
        document: String,
    },
    /// The observations refuse.
    #[error("the invented dossiers were not kept")]
    Observations(#[from] ObservationError),
    /// The register refuses.
    #[error("the invented evidence was not kept")]
    Evidence(#[from] EvidenceError),
    /// The outbox refuses.
    #[error("the invented comparisons with the portal were not kept")]
    Compared(#[from] OutboxError),
}

/// Puts the year into the stores, as far as it does not stand there from an earlier
/// demonstration.
///
/// # Errors
/// [`SeedError`].
pub async fn seed(province: &Province<'_>, stores: &Stores) -> Result<(), SeedError> {
    let source = Source::Lookups(SOURCE.to_owned());
    fold(province, stores.observations.as_ref(), &source).await?;
    if stores.evidence.version().await? == 0 {
        stores.evidence.record(pieces(province)?).await?;
    }
    Ok(())
}

/// Goes on where an earlier demonstration stopped: the same batches come out each time.
async fn fold(
    province: &Province<'_>,
    observations: &dyn Observations,
    source: &Source,
) -> Result<(), SeedError> {
    let stands = observations.position(source).await?;
    let (mut position, mut batch) = (0, Vec::with_capacity(BATCH));
    let mut lives = province.lives();
    loop {
        let life = lives.next().transpose()?;
        let over = life.is_none();
        if let Some(life) = life {
            batch.extend(observed(&life, province.until())?);
        }
        if over || batch.len() >= BATCH {
            let happened = std::mem::replace(&mut batch, Vec::with_capacity(BATCH));
            if position >= stands {
                let portion = Portion {
                    before: position,
                    after: position + 1,
                    happened,
                    ..Portion::default()
                };
                observations.observe(source, portion).await?;
            }
            position += 1;
        }
        if over {
            return Ok(());
        }
    }
}

/// What was observed of a dossier before `until`.
///
/// # Errors
/// [`InventError`] when something invented is not valid.
pub fn observed(
    life: &Life,
    until: Timestamp,
) -> Result<Vec<(DossierNumber, Observation)>, InventError> {
    let mut all: Vec<(DossierNumber, Observation)> = Vec::new();
    for (revision, event) in (1..).zip(life.events(until)?) {
        let observation = Observation::Event {
            revision,
            occurred_at: event.occurred_at,
            body: event.body,
        };
        all.push((life.number.clone(), observation));
    }
    for access in life.accesses()? {
        let seen = LookupSeen {
            dossier: access.context.dossier,
            asked_at: access.asked_at,
            outcome: access.outcome,
            fields: access.returned,
        };
        all.push((life.number.clone(), Observation::Lookup(seen)));
    }
    Ok(all)
}

/// The documents as pieces of evidence, recorded on the day after the year.
///
/// # Errors
/// [`SeedError::Document`] when one is refused.
pub fn evidence(province: &Province<'_>) -> Result<Vec<Evidence>, SeedError> {
    let today = local_date(province.until());
    let drafts = province.drafts().into_iter();
    let read = drafts.map(|draft| {
        draft.read(today).map_err(|_| SeedError::Document {
            document: draft.name.clone(),
        })
    });
    read.collect()
}

fn pieces(province: &Province<'_>) -> Result<Vec<NewEvidence>, SeedError> {
    let client = ClientName::parse(CLIENT).ok_or(InventError::Value("client"))?;
    let operator = OfficerId::parse("000180000009").ok_or(InventError::Value("officer"))?;
    let all = evidence(province)?.into_iter();
    let pieces = all.map(|evidence| {
        let event = EventId::parse(evidence.id.as_str()).ok_or(InventError::Value("event"))?;
        Ok(NewEvidence {
            evidence,
            event,
            client: client.clone(),
            operator: operator.clone(),
            at: province.until(),
        })
    });
    pieces.collect()
}
