//! Which catalogue is held, how old it and its lists are, and what is wrong with them.

use lienthong_core::catalogue::{SideList, SideState};
use lienthong_proto::v1;
use lienthong_proto::v1::catalogue_list_state::List;

use super::super::{to_duration, to_timestamp};
use super::{count, reasons};
use crate::catalogue::{Keeper, Trouble};

/// Which catalogue `keeper` holds, and what is wrong with it.
pub(crate) fn state(keeper: &Keeper) -> v1::CatalogueState {
    let now = keeper.now();
    let troubles = keeper.troubles();
    let stale = troubles
        .iter()
        .any(|trouble| matches!(trouble, Trouble::Stale { .. }));
    let told = v1::CatalogueState {
        stale,
        reasons: troubles.iter().map(reasons::reason).collect(),
        refreshing: keeper.is_fetching(),
        last_tried_at: keeper.last().map(|last| to_timestamp(last.at)),
        lists: list_states(keeper, &troubles),
        ..v1::CatalogueState::default()
    };
    let Some(held) = keeper.held() else {
        return told;
    };
    let which = &held.state;
    v1::CatalogueState {
        version: which.version.clone(),
        fetched_at: Some(to_timestamp(which.fetched_at)),
        age: Some(to_duration(now.duration_since(which.fetched_at))),
        profile: which.profile.clone(),
        procedures: count(which.procedures),
        ..told
    }
}

/// How the list `wanted` stands; empty while nothing is held.
pub(crate) fn list_state(keeper: &Keeper, wanted: SideList) -> Option<v1::CatalogueListState> {
    let held = keeper.held()?;
    let side = held.sides.iter().find(|it| it.list == wanted)?;
    Some(side_state(keeper, side, &keeper.troubles()))
}

fn list_states(keeper: &Keeper, troubles: &[Trouble]) -> Vec<v1::CatalogueListState> {
    let held = keeper.held();
    let sides = held.iter().flat_map(|held| held.sides.iter());
    sides
        .map(|side| side_state(keeper, side, troubles))
        .collect()
}

fn side_state(keeper: &Keeper, side: &SideState, troubles: &[Trouble]) -> v1::CatalogueListState {
    let now = keeper.now();
    let list = match side.list {
        SideList::OnlineServices => List::OnlineServices,
        SideList::Units => List::Units,
        SideList::Fields => List::Fields,
    };
    let own = troubles.iter().filter(|it| match it {
        Trouble::Side(kept) => kept.list == side.list,
        Trouble::Missing
        | Trouble::Stale { .. }
        | Trouble::Shrunk(_)
        | Trouble::Empty
        | Trouble::Failed { .. }
        | Trouble::NotListed(_) => false,
    });
    v1::CatalogueListState {
        list: list.into(),
        fetched_at: side.fetched_at.map(to_timestamp),
        age: side
            .fetched_at
            .map(|at| to_duration(now.duration_since(at))),
        entries: count(side.entries),
        stale: side.is_stale(&keeper.rules().plan, now),
        reasons: own.map(reasons::reason).collect(),
    }
}
