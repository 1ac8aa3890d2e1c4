//! Observations that are made anew, and what is kept about that.

use lienthong_core::access::ClientName;
use lienthong_core::ports::observations::{Rebuild, RebuildCause, Source, Standing};
use lienthong_proto::v1;

use crate::convert::essential::read_rebuild;
use crate::convert::to_timestamp;
use crate::essential::{EssentialDesk, Observer};
use crate::status::{EssentialFailure, ServerError};

/// Most rebuilds that are told.
const MOST: u32 = 100;

/// Has the observations made anew.
pub(super) async fn rebuild(
    desk: &EssentialDesk,
    observer: &Observer,
    client: &ClientName,
    message: &v1::RebuildObservationsRequest,
) -> Result<v1::RebuildObservationsResponse, ServerError> {
    let (operator, reason) = read_rebuild(message)?;
    let reason_characters = reason.as_str().chars().count();
    let cause = RebuildCause::Asked {
        operator,
        client: client.clone(),
        reason,
    };
    let begun = observer.begin_anew(&cause).await;
    begun.map_err(EssentialFailure::from)?;
    // Who it was stands in no log: an official's code is personal, and people write names into
    // reasons. Both are kept with the observations.
    tracing::warn!(
        client = client.as_str(),
        reason_characters,
        "the observations are made anew"
    );
    Ok(v1::RebuildObservationsResponse {
        started_at: Some(to_timestamp(desk.now())),
    })
}

/// What was made anew, and how far the sources are.
pub(super) async fn list(
    desk: &EssentialDesk,
    observer: &Observer,
) -> Result<v1::ListRebuildsResponse, ServerError> {
    let (observations, now) = (desk.observations(), desk.now());
    let rebuilds = observations.rebuilds(MOST).await;
    let rebuilds = rebuilds.map_err(EssentialFailure::from)?;
    let standings = observations.standings().await;
    let standings = standings.map_err(EssentialFailure::from)?;
    Ok(v1::ListRebuildsResponse {
        rebuilds: rebuilds.into_iter().map(told).collect(),
        sources: standings
            .into_iter()
            .map(|standing| {
                let unfollowed = observer.is_unfollowed(&standing, now);
                stands(standing, unfollowed)
            })
            .collect(),
    })
}

fn told(rebuild: Rebuild) -> v1::Rebuild {
    let mut message = v1::Rebuild {
        number: whole(rebuild.number),
        started_at: Some(to_timestamp(rebuild.at)),
        ..v1::Rebuild::default()
    };
    match rebuild.cause {
        RebuildCause::Asked {
            operator,
            client,
            reason,
        } => {
            operator.expose().clone_into(&mut message.operator_id);
            client.as_str().clone_into(&mut message.client);
            reason.as_str().clone_into(&mut message.reason);
        }
        RebuildCause::PutBack { source, .. } => message.source = name(source),
    }
    message
}

fn stands(standing: Standing, unfollowed: bool) -> v1::ObservedSource {
    v1::ObservedSource {
        complete_until: standing.complete_until.map(to_timestamp),
        followed_at: standing.follower.map(|it| to_timestamp(it.seen_at)),
        rebuilding: standing.anew.is_some(),
        unreadable: whole(standing.unreadable),
        name: name(standing.source),
        unfollowed,
    }
}

fn name(source: Source) -> String {
    match source {
        Source::Events => "events".to_owned(),
        Source::Lookups(log) => log,
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
