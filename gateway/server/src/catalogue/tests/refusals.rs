//! Catalogues that are not to be taken.

use lienthong_core::catalogue::Loss;

use super::{Bench, RefreshError, Trouble, code, keeper, operator};

#[tokio::test]
async fn a_catalogue_that_lost_half_is_refused_until_an_operator_takes_it() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    bench
        .source
        .tell(|told| told.procedures.retain(|it, _| *it < code(20)));
    bench.next_night();
    assert!(bench.keeper.run_due().await);
    let loss = Loss {
        held: 40,
        offered: 20,
        lost: 20,
    };
    assert_eq!(bench.listed(), 40, "the old one stays");
    assert_eq!(bench.keeper.troubles()[0], Trouble::Shrunk(loss));
    assert!(!bench.keeper.run_due().await, "it would say the same again");
    let refused = bench.keeper.refresh(operator(false)).await;
    assert_eq!(refused, Err(RefreshError::Shrunk(loss)));
    let taken = bench.keeper.refresh(operator(true)).await.unwrap();
    assert_eq!((taken.counts.withdrawn, bench.listed()), (20, 20));
    assert_eq!((taken.left_out, taken.repeated), (2, 1));
    let record = bench.keeper.store().last_fetch().await.unwrap().unwrap();
    assert_eq!((record.by.expose(), record.accept_shrink), ("CB-07", true));
    assert!(!bench.keeper.troubles().contains(&Trouble::Shrunk(loss)));
}

#[tokio::test]
async fn an_empty_catalogue_is_never_taken_whoever_asks() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    bench.source.tell(|told| told.procedures.clear());
    for force in [false, true] {
        let refused = bench.keeper.refresh(operator(force)).await;
        assert_eq!(refused, Err(RefreshError::Empty));
    }
    assert_eq!(bench.listed(), 40);
    assert_eq!(bench.keeper.troubles()[0], Trouble::Empty);
}

#[tokio::test]
async fn a_refusal_stays_in_view_through_a_failure_and_a_restart_until_one_is_taken() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    bench
        .source
        .tell(|told| told.procedures.retain(|it, _| *it < code(20)));
    bench.next_night();
    bench.keeper.run_due().await;
    bench.source.tell(|told| told.list_fails = true);
    bench.next_night();
    bench.keeper.run_due().await;
    let shrunk = Trouble::Shrunk(Loss {
        held: 40,
        offered: 20,
        lost: 20,
    });
    let is_failed = |it: &Trouble| matches!(it, Trouble::Failed { .. });
    let troubles = bench.keeper.troubles();
    assert_eq!(troubles[0], shrunk);
    assert!(is_failed(&troubles[1]), "{troubles:?}");
    let Bench {
        folder,
        source,
        clock,
        keeper: before,
    } = bench;
    drop(before);
    let again = keeper(&folder, &source, &clock).await;
    assert_eq!(again.troubles(), troubles);
    source.tell(|told| told.list_fails = false);
    again.refresh(operator(true)).await.unwrap();
    let troubles = again.troubles();
    assert!(!troubles.contains(&shrunk) && !troubles.iter().any(is_failed));
}
