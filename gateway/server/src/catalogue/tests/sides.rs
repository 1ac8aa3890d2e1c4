//! Lists beside the procedures that come empty, cut or not at all; and a list without end.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use lienthong_core::catalogue::{Loss, NotTakenSide, SideList};
use lienthong_core::clock::Clock as _;

use super::super::KeptSide;
use super::{Bench, Keeper, RefreshError, Trouble, code, online, operator, procedure};

/// The lists beside the procedures that the last catalogue came without.
fn kept(keeper: &Keeper) -> Vec<(SideList, NotTakenSide)> {
    let troubles = keeper.troubles().into_iter();
    let sides = troubles.filter_map(|trouble| match trouble {
        Trouble::Side(KeptSide { list, why, .. }) => Some((list, why)),
        Trouble::Missing
        | Trouble::Stale { .. }
        | Trouble::Shrunk(_)
        | Trouble::Empty
        | Trouble::Failed { .. }
        | Trouble::NotListed(_) => None,
    });
    sides.collect()
}

#[tokio::test]
async fn empty_lists_of_units_fields_and_online_services_keep_what_is_held() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    assert_eq!(kept(&bench.keeper), []);
    let version = bench.keeper.held().unwrap().state.version.clone();
    bench.source.tell(|told| {
        told.online = Some(BTreeMap::new());
        (told.units, told.fields) = (Vec::new(), Vec::new());
    });
    // No word of an operator makes them a catalogue either.
    bench.keeper.refresh(operator(true)).await.unwrap();
    let empty = |list| (list, NotTakenSide::Empty);
    let lists = [SideList::OnlineServices, SideList::Units, SideList::Fields];
    assert_eq!(kept(&bench.keeper), lists.map(empty));
    let store = bench.keeper.store();
    assert_eq!(store.units().await.unwrap().len(), 10);
    assert_eq!(store.fields().await.unwrap().len(), 10);
    assert_eq!(bench.keeper.held().unwrap().state.version, version);
    assert!(bench.kinds().await.is_empty(), "nothing changed");
    bench.source.tell(|told| {
        told.online = Some((0..10).map(online).collect());
        (told.units, told.fields) = ((0..11).collect(), (0..11).collect());
    });
    bench.keeper.refresh(operator(false)).await.unwrap();
    assert_eq!(kept(&bench.keeper), []);
    assert_eq!(bench.keeper.store().units().await.unwrap().len(), 11);
}

#[tokio::test]
async fn side_lists_that_lost_half_wait_for_an_operator() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    bench.source.tell(|told| {
        told.online = Some((5..15).map(online).collect());
        (told.units, told.fields) = ((0..5).collect(), (0..6).collect());
    });
    bench.keeper.refresh(operator(false)).await.unwrap();
    let shrunk = |held, offered, lost| {
        NotTakenSide::Shrunk(Loss {
            held,
            offered,
            lost,
        })
    };
    let expected = [
        (SideList::OnlineServices, shrunk(10, 10, 5)),
        (SideList::Units, shrunk(10, 5, 5)),
    ];
    assert_eq!(kept(&bench.keeper), expected);
    assert!(bench.kinds().await.is_empty());
    assert_eq!(bench.keeper.store().fields().await.unwrap().len(), 6);
    bench.keeper.refresh(operator(true)).await.unwrap();
    assert_eq!(kept(&bench.keeper), []);
    assert_eq!(bench.keeper.store().units().await.unwrap().len(), 5);
    assert_eq!(bench.kinds().await.len(), 10);
}

#[tokio::test]
async fn online_services_that_lost_their_levels_are_not_taken() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    bench.source.tell(|told| {
        let all = told.online.iter_mut().flat_map(BTreeMap::values_mut);
        all.flatten().for_each(|service| service.level.clear());
    });
    bench.keeper.refresh(operator(false)).await.unwrap();
    let loss = Loss {
        held: 10,
        offered: 0,
        lost: 10,
    };
    let expected = [(SideList::OnlineServices, NotTakenSide::Shrunk(loss))];
    assert_eq!(kept(&bench.keeper), expected);
    assert!(bench.kinds().await.is_empty());
    // The portal may have stopped to tell them, which only a person can find out.
    bench.keeper.refresh(operator(true)).await.unwrap();
    assert_eq!(kept(&bench.keeper), []);
    assert_eq!(bench.kinds().await.len(), 10);
}

#[tokio::test]
async fn an_operator_who_takes_the_procedures_does_not_take_a_loss_that_nobody_has_seen() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    bench
        .source
        .tell(|told| told.procedures.retain(|it, _| *it < code(20)));
    let refused = bench.keeper.refresh(operator(false)).await;
    assert!(matches!(refused, Err(RefreshError::Shrunk(_))));
    // Cut in the very fetch that the operator asks for.
    bench.source.tell(|told| {
        told.online = Some((0..4).map(online).collect());
        told.units = (0..4).collect();
    });
    bench.keeper.refresh(operator(true)).await.unwrap();
    assert_eq!(bench.listed(), 20);
    let lists: Vec<SideList> = kept(&bench.keeper).iter().map(|(it, _)| *it).collect();
    assert_eq!(lists, [SideList::OnlineServices, SideList::Units]);
    assert_eq!(bench.kinds().await.len(), 20, "no services were lost");
    bench.keeper.refresh(operator(true)).await.unwrap();
    assert_eq!(kept(&bench.keeper), []);
}

#[tokio::test]
async fn a_list_longer_than_any_catalogue_is_not_asked_through() {
    let bench = Bench::new().await;
    bench
        .source
        .tell(|told| told.procedures = (0..50_001).map(procedure).collect());
    let refused = bench.keeper.refresh(operator(false)).await;
    assert!(matches!(refused, Err(RefreshError::Failed { .. })));
    let most = bench.source.most_at_once.load(Ordering::SeqCst);
    assert_eq!(most, 0, "no details were asked for");
}

#[tokio::test]
async fn a_list_that_does_not_come_tells_how_old_what_is_held_is() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    let first = bench.clock.now();
    bench.source.tell(|told| told.online = None);
    let held = |bench: &Bench| bench.keeper.held().unwrap().sides[0].fetched_at;
    for night in 1..=4 {
        bench.next_night();
        bench.keeper.run_due().await;
        assert_eq!(held(&bench), Some(first));
        let troubles = bench.keeper.troubles();
        let told = troubles.iter().find_map(|trouble| match trouble {
            Trouble::Side(kept) => Some((kept.list, kept.fetched_at, kept.is_stale)),
            Trouble::Missing
            | Trouble::Stale { .. }
            | Trouble::Shrunk(_)
            | Trouble::Empty
            | Trouble::Failed { .. }
            | Trouble::NotListed(_) => None,
        });
        // From the first night at ten it is three days to the fourth at one.
        let expected = (SideList::OnlineServices, Some(first), night == 4);
        assert_eq!(told, Some(expected), "night {night}");
    }
    bench
        .source
        .tell(|told| told.online = Some((0..10).map(online).collect()));
    bench.next_night();
    bench.keeper.run_due().await;
    assert_eq!(held(&bench), Some(bench.clock.now()));
    assert_eq!(kept(&bench.keeper), []);
}
