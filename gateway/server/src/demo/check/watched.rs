//! Proof that whoever watches a dossier sees it arrive.

use jiff::Timestamp;
use lienthong_mocks::PortalDossier;
use lienthong_proto::v1;
use lienthong_proto::v1::PortalStatus;
use tokio::time::timeout;
use tonic::Streaming;

use super::dossiers::{LIFE, at_portal, whole};
use super::{Broken, PATIENCE, citizen, code, expect};
use crate::demo::messages;
use crate::demo::vendor::Vendor;
use crate::demo::world::World;

/// Sequence number of the dossier of this proof.
const WATCHED: u32 = 9051;
/// A state and a step for each status.
const EVENTS: usize = LIFE.len() * 2;

/// A dossier is watched from before its first event until all of it is at the portal.
pub(super) async fn a_life_with_results(world: &World) -> Result<String, Broken> {
    let code = code(world, WATCHED);
    let mut vendor = world.vendor().await?;
    let request = v1::WatchDossierRequest {
        dossier_code: code.clone(),
    };
    let watching = vendor.dossiers.watch_dossier(request).await?.into_inner();
    let (recorded, seen) = tokio::join!(
        record(world, &mut vendor, &code),
        timeout(PATIENCE, until_arrived(watching))
    );
    recorded?;
    let seen = seen.map_err(|_| Broken::TooLate {
        what: "the watched dossier at the portal",
        seconds: PATIENCE.as_secs(),
    })??;
    let dossier = at_portal(world, &code)?;
    whole(&dossier)?;
    expect(&Some(messages::RESULT_URL), &result_file(&dossier))?;
    Ok(format!("{}; {}", seen.join(" → "), messages::RESULT_URL))
}

async fn record(world: &World, vendor: &mut Vendor, code: &str) -> Result<(), Broken> {
    let owner = citizen(world, "plain")?;
    for (status, content) in LIFE {
        let now = world.clock().now();
        let mut state = messages::state(code, status, &owner, now);
        if let Some(dossier) = &mut state.dossier {
            end(dossier, status, now);
        }
        vendor.record_state(state).await?;
        let step = messages::step(code, status, content, now);
        vendor.record_step(step).await?;
    }
    Ok(())
}

/// What a dossier has from the moment on at which it is done.
fn end(dossier: &mut v1::Dossier, status: PortalStatus, now: Timestamp) {
    let now = Some(messages::timestamp(now));
    let is_returned = status == PortalStatus::Returned;
    if is_returned || status == PortalStatus::Processed {
        dossier.finished_at = now;
        dossier.results = vec![messages::result_paper()];
    }
    if is_returned {
        dossier.returned_at = now;
    }
}

/// The states seen until every event is at the portal, each once in a row.
async fn until_arrived(
    mut watching: Streaming<v1::WatchDossierResponse>,
) -> Result<Vec<&'static str>, Broken> {
    let mut seen = Vec::new();
    while let Some(next) = watching.message().await? {
        let sync = next.sync.unwrap_or_default();
        let has_arrived = sync.state() == v1::SyncState::Accepted;
        let name = match sync.state() {
            v1::SyncState::Unspecified => "NOT_RECORDED",
            state => state.as_str_name(),
        };
        if seen.last() != Some(&name) {
            seen.push(name);
        }
        if has_arrived && sync.timeline.len() == EVENTS {
            return Ok(seen);
        }
    }
    Err(Broken::Otherwise {
        expected: "a stream that goes on".to_owned(),
        seen: format!("its end after {}", seen.join(" → ")),
    })
}

/// Where the portal fetches the first result paper.
fn result_file(dossier: &PortalDossier) -> Option<&str> {
    let papers = dossier.fields.get("DanhSachGiayToKetQua")?;
    papers.get(0)?.get("DuongDanTepTinKetQua")?.as_str()
}
