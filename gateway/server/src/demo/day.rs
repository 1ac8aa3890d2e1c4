//! A day of invented dossiers, so that a demonstration has something to show: also one that
//! the portal refuses, which waits for a person.

use lienthong_mocks::{Fault, FaultEffect, SampleCitizen};
use lienthong_proto::v1::PortalStatus;
use tonic::Code;

use super::messages;
use super::vendor::Vendor;
use super::world::{World, WorldError};

/// Dossiers of the day.
pub const DOSSIERS: u32 = 24;

/// Sequence number of the first; smaller ones are left to whoever tries the first
/// calls.
const FIRST: u32 = 1001;

/// Sequence number of the one that the portal refuses once.
pub const REFUSED: u32 = FIRST + 2;

/// How far the dossiers of the day have come, one after another.
const PATHS: [&[(PortalStatus, &str)]; 4] = [
    &[(PortalStatus::Received, "Tiếp nhận hồ sơ")],
    &[
        (PortalStatus::Received, "Tiếp nhận hồ sơ"),
        (PortalStatus::Processing, "Thẩm định hồ sơ"),
    ],
    &[
        (PortalStatus::Received, "Tiếp nhận hồ sơ"),
        (PortalStatus::Processing, "Thẩm định hồ sơ"),
        (
            PortalStatus::Processed,
            "Chuyển kết quả cho bộ phận một cửa",
        ),
    ],
    &[
        (PortalStatus::Received, "Tiếp nhận hồ sơ"),
        (PortalStatus::Processing, "Thẩm định hồ sơ"),
        (
            PortalStatus::Processed,
            "Chuyển kết quả cho bộ phận một cửa",
        ),
        (PortalStatus::Returned, "Trả kết quả cho công dân"),
    ],
];

/// Lets the procedure system verify people and record their dossiers.
///
/// # Errors
/// [`WorldError`] when the gateway cannot be reached, or the gateway's refusal.
pub async fn run(world: &World) -> Result<(), WorldError> {
    let mut vendor = world.vendor().await?;
    let people = world.citizens();
    let refusal = Fault::new(FaultEffect::error_text("-1", messages::REFUSAL))
        .on("DongBoHoSoMC")
        .for_key(messages::dossier_code(world.clock().now(), REFUSED));
    if world.mocks().portal().script(refusal).is_err() {
        tracing::warn!("the portal of the invented day refuses nothing");
    }
    for (sequence, owner) in (FIRST..FIRST + DOSSIERS).zip(people.iter().cycle()) {
        let path = PATHS[sequence as usize % PATHS.len()];
        let ended = one_dossier(world, &mut vendor, sequence, owner, path).await;
        // In a folder that is kept the day stands already, with other moments.
        if let Err(refusal) = ended
            && refusal.code() != Code::AlreadyExists
        {
            tracing::warn!(code = ?refusal.code(), "a dossier of the invented day was refused");
        }
    }
    Ok(())
}

async fn one_dossier(
    world: &World,
    vendor: &mut Vendor,
    sequence: u32,
    owner: &SampleCitizen,
    path: &[(PortalStatus, &str)],
) -> Result<(), tonic::Status> {
    let code = messages::dossier_code(world.clock().now(), sequence);
    vendor
        .population
        .verify_citizen(messages::verify(owner, &code))
        .await?;
    for (status, content) in path {
        let now = world.clock().now();
        vendor
            .record_state(messages::state(&code, *status, owner, now))
            .await?;
        vendor
            .record_step(messages::step(&code, *status, content, now))
            .await?;
    }
    Ok(())
}
