//! Messages of the first calls as files, so that whoever tries them can read and change
//! them.

use std::path::PathBuf;

use lienthong_proto::v1::PortalStatus;
use prost::Message;

use super::messages;
use super::world::{World, WorldError};
use crate::client::json;

/// Sequence number of the dossier that whoever tries the calls records.
const SEQUENCE: u32 = 2;

/// The files, and the dossier that they are about.
#[derive(Debug)]
pub(super) struct Samples {
    /// Its number.
    pub(super) code: String,
    /// `RecordDossierRequest` in JSON.
    pub(super) state: PathBuf,
    /// `RecordProgressRequest` in JSON.
    pub(super) step: PathBuf,
}

impl Samples {
    /// Writes the files into the demonstration's folder. Those of an earlier demonstration
    /// in the same folder stay as long as they are of the same day: what they hold may be
    /// recorded already.
    ///
    /// # Errors
    /// [`WorldError`] when a file cannot be written.
    pub(super) fn write(world: &World) -> Result<Self, WorldError> {
        let now = world.clock().now();
        let code = messages::dossier_code(now, SEQUENCE);
        let people = world.citizens();
        let owner = people.first().ok_or(WorldError::Sample)?;
        let samples = Self {
            state: world.dir().join(format!("{code}-state.json")),
            step: world.dir().join(format!("{code}-step.json")),
            code,
        };
        let code = &samples.code;
        let state = messages::state(code, PortalStatus::Received, owner, now);
        keep(&samples.state, "RecordDossierRequest", &state)?;
        let step = messages::step(code, PortalStatus::Processing, "Thẩm định hồ sơ", now);
        keep(&samples.step, "RecordProgressRequest", &step)?;
        Ok(samples)
    }
}

fn keep<M: Message>(path: &std::path::Path, name: &str, message: &M) -> Result<(), WorldError> {
    if path.exists() {
        return Ok(());
    }
    let value = json::value(name, message).map_err(|_| WorldError::Sample)?;
    std::fs::write(path, format!("{value:#}\n")).map_err(|source| WorldError::File {
        path: path.to_owned(),
        source,
    })
}
