//! Promises about which dossiers are told.

use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::event::EventBody;
use lienthong_core::observation::Window;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::ports::audit::AccessOutcome;
use lienthong_core::ports::observations::{Observation, Source, Wanted};
use lienthong_core::procedure::ProcedureCode;

use super::{
    Ground, Happened, ended, everything, expected, fold, log, lookup, received, state, told,
};
use crate::store::samples::number;

pub(crate) async fn pages_join_without_loss_in_the_order_of_numbers(ground: &dyn Ground) {
    let store = ground.open().await;
    let indices = [7, 3, 11, 1, 9, 2];
    let begun = indices.map(|index| state(1, 0, received(index, 0)));
    fold(&*store, &Source::Events, begun.to_vec()).await;
    let mut sorted = indices.map(|index| number(index).to_string());
    sorted.sort_unstable();
    for size in [1, 2, 5, 6, 100] {
        assert_eq!(told(&*store, &everything(), size).await, sorted, "{size}");
    }
    let page = store.page(&everything(), None, 9).await.unwrap().facts;
    assert_eq!(page[0], expected(&number(1), &begun).unwrap());
}

/// The days of July 2025 from one to another.
fn days(first: i8, last: i8) -> Window {
    let day = |day| jiff::civil::date(2025, 7, day);
    Window::new(day(first), day(last)).unwrap()
}

pub(crate) async fn what_was_in_hand_in_the_days_is_told(ground: &dyn Ground) {
    let store = ground.open().await;
    // Midnight in Việt Nam is 14 hours behind the first moment.
    let mut dossiers = vec![received(1, 0), received(2, 14), received(3, 13)];
    for (index, end) in (4..).zip([1, 13, 14, 15, 37, 38, 62, 200]) {
        dossiers.push(ended(index, 0, end));
    }
    let mut just_before = ended(90, 0, 14);
    just_before.dates.finished = Some("2025-07-14T16:59:59.999999Z".parse().unwrap());
    dossiers.push(just_before);
    let begun: Vec<_> = dossiers.into_iter().map(|it| state(1, 300, it)).collect();
    // The status would say when it ended, so the dates alone are told.
    let begun: Vec<_> = begun.into_iter().map(only_dated).collect();
    fold(&*store, &Source::Events, begun.clone()).await;
    for window in [
        days(14, 14),
        days(15, 15),
        days(15, 16),
        days(16, 16),
        days(1, 13),
        days(20, 31),
    ] {
        let wanted = Wanted {
            window,
            ..everything()
        };
        let mut in_hand: Vec<String> = begun
            .iter()
            .filter_map(|(number, _)| expected(number, &begun))
            .filter(|facts| window.in_hand(facts))
            .map(|facts| facts.number.to_string())
            .collect();
        in_hand.sort_unstable();
        assert_eq!(told(&*store, &wanted, 3).await, in_hand, "{window:?}");
    }
    let of_the_15th = Wanted {
        window: days(15, 15),
        ..everything()
    };
    assert_eq!(told(&*store, &of_the_15th, 50).await.len(), 9);
}

/// The same, but still at work by its status.
fn only_dated(mut happened: Happened) -> Happened {
    if let Observation::Event {
        body: EventBody::State(dossier),
        ..
    } = &mut happened.1
    {
        dossier.status = PortalStatus::Processing;
    }
    happened
}

pub(crate) async fn a_unit_is_told_with_what_is_below_it(ground: &dyn Ground) {
    let codes = [
        "H22",
        "H22.1",
        "H22.12",
        "H22.12.3",
        "H22.123",
        "H23.12",
        "G22.12",
        "H22.123.45.67",
        "000.00.00.H22",
        "000.00.12.H22",
        "000.05.12.H22",
        "001.05.12.H22",
        "000.10.00.H22",
        "000.00.12.H23",
    ];
    let agency = |code: &str| AgencyCode::parse(code).unwrap();
    let store = ground.open().await;
    let mut begun = Vec::new();
    for (index, code) in (1..).zip(codes) {
        let mut dossier = received(index, 0);
        dossier.receiving_unit = Some(agency(code));
        begun.push(state(1, 0, dossier));
    }
    fold(&*store, &Source::Events, begun).await;
    for wanted in codes {
        let unit = agency(wanted);
        let below: Vec<String> = (1..)
            .zip(codes)
            .filter(|(_, code)| unit.includes(&agency(code)))
            .map(|(index, _)| number(index).to_string())
            .collect();
        let wanted = Wanted {
            unit: Some(unit),
            ..everything()
        };
        let mut told = told(&*store, &wanted, 100).await;
        told.sort_unstable();
        assert_eq!(told, below, "{wanted:?}");
    }
}

pub(crate) async fn a_procedure_is_told_with_every_suffix(ground: &dyn Ground) {
    let store = ground.open().await;
    let codes = [
        "1.001193",
        "1.001193.H22",
        "1.001193.000.00.00.H22",
        "1.000656",
        "1.0011930",
    ];
    let begun = (1..).zip(codes).map(|(index, code)| {
        let mut dossier = received(index, 0);
        dossier.procedure = ProcedureCode::parse(code).unwrap();
        state(1, 0, dossier)
    });
    fold(&*store, &Source::Events, begun.collect()).await;
    let of = async |codes: &[&str]| {
        let codes = codes.iter().map(|code| ProcedureCode::parse(code).unwrap());
        let wanted = Wanted {
            procedures: codes.collect(),
            ..everything()
        };
        told(&*store, &wanted, 100).await.len()
    };
    assert_eq!(of(&["1.001193"]).await, 3);
    assert_eq!(of(&["1.000656", "1.001193"]).await, 4);
    assert_eq!(of(&["2.000200"]).await, 0);
    assert_eq!(of(&[]).await, 5);
    let facts = store.dossier(&number(3)).await.unwrap().unwrap();
    assert_eq!(facts.procedure.as_str(), codes[2], "as it was given");
}

pub(crate) async fn all_conditions_must_hold_together(ground: &dyn Ground) {
    let store = ground.open().await;
    let mut other_unit = received(2, 0);
    other_unit.receiving_unit = Some(AgencyCode::parse("H22.14").unwrap());
    let mut other_code = received(3, 0);
    other_code.procedure = ProcedureCode::parse("1.000656").unwrap();
    let begun = [received(1, 0), other_unit, other_code, received(4, 500)];
    let begun = begun.map(|dossier| state(1, 0, dossier));
    fold(&*store, &Source::Events, begun.to_vec()).await;
    let wanted = Wanted {
        window: days(14, 15),
        unit: Some(AgencyCode::parse("H22.12").unwrap()),
        procedures: vec![ProcedureCode::parse("1.001193").unwrap()],
    };
    assert_eq!(told(&*store, &wanted, 9).await, [number(1).to_string()]);
}

pub(crate) async fn a_dossier_of_which_only_lookups_are_known_is_not_told(ground: &dyn Ground) {
    let store = ground.open().await;
    let seen = vec![lookup(1, 0, AccessOutcome::Matched)];
    fold(&*store, &log("a"), seen).await;
    fold(&*store, &Source::Events, vec![state(1, 0, received(2, 0))]).await;
    assert_eq!(
        told(&*store, &everything(), 9).await,
        [number(2).to_string()]
    );
}
