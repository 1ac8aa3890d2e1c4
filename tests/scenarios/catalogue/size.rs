//! A catalogue of the size that the national one has (portal.md 13.3).

use tokio::time::Instant;

use lienthong_proto::v1;
use lienthong_proto::v1::catalogue_list_state::List;

use super::ground::Ground;

/// The national catalogue in September 2026, and the provinces since July 2025.
const PROCEDURES: usize = 6_302;
const PROVINCES: usize = 34;

#[tokio::test]
async fn a_catalogue_of_real_size_is_fetched_whole() {
    let ground = Ground::start().await;
    let portal = ground.stage.mocks().portal();
    portal.grow_catalogue(PROCEDURES, PROVINCES);
    let bytes = portal.online_services_size();
    assert!(
        bytes > 8 << 20,
        "{bytes} bytes are no catalogue of real size"
    );
    let began = Instant::now();
    let brought = ground.refresh(false).await.unwrap();
    println!(
        "{PROCEDURES} procedures and {bytes} bytes of online services were fetched in {:?}",
        began.elapsed()
    );
    let state = ground.state().await;
    assert_eq!(state.procedures, 6_302);
    assert_eq!((brought.added, brought.details_not_fetched), (6_182, 0));
    assert!(state.reasons.is_empty(), "{:?}", state.reasons);
    let online = ground.get("1.004222").await.online_services;
    assert_eq!(online.len(), PROVINCES);
    let began = Instant::now();
    let again = ground.refresh(false).await.unwrap();
    println!("they were fetched again in {:?}", began.elapsed());
    assert_eq!((again.added, again.changed, again.withdrawn), (0, 0, 0));
}

#[tokio::test]
async fn an_answer_above_the_bound_costs_that_list_and_is_told() {
    let ground = Ground::with("procedures.answer_size", "'1MiB'").await;
    let portal = ground.stage.mocks().portal();
    portal.grow_catalogue(400, 99);
    assert!(portal.online_services_size() > 1 << 20);
    ground.refresh(false).await.unwrap();
    let state = ground.state().await;
    assert_eq!(state.procedures, 400);
    let [reason] = state.reasons.as_slice() else {
        panic!("{:?}", state.reasons);
    };
    assert_eq!(reason.code, "CATALOGUE_PART_KEPT");
    assert!(reason.message_vi.contains("dịch vụ công trực tuyến"));
    let old = |it: &&v1::CatalogueListState| it.fetched_at != state.fetched_at;
    let old: Vec<List> = state
        .lists
        .iter()
        .filter(old)
        .map(v1::CatalogueListState::list)
        .collect();
    assert_eq!(old, [List::OnlineServices]);
}
