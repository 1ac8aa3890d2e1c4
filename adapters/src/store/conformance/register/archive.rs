//! Promises about kept reports.

use std::sync::Arc;

use jiff::civil::date;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::agency::AgencyCode;
use lienthong_core::dossier::event::EventId;
use lienthong_core::observation::Window;
use lienthong_core::ports::reports::{
    ArchiveError, ContentHash, KeptReport, NewReport, ReportContents, ReportFilter, ReportId,
    UnitWanted,
};
use lienthong_core::publication::{Deed, DeedRefused, Place, ReportAct, Stage};
use lienthong_core::report::ReportKind;
use lienthong_core::text::Text;

use super::{Ground, Store};
use crate::store::conformance::outbox::at;

/// A list of late units in month `month` of 2026 with the hash `hash`.
fn list(month: i8, hash: u8) -> NewReport {
    NewReport {
        kind: ReportKind::LateUnits,
        unit: None,
        window: Window::new(date(2026, month, 1), date(2026, month, 28)).unwrap(),
        as_of: at(10),
        kept_at: at(20),
        client: ClientName::parse("igate").unwrap(),
        sha256: ContentHash([hash; 32]),
        contents: ReportContents {
            vietnamese: format!("{{\"vi\":\"trễ hạn {hash}\"}}"),
            english: "{\"en\":\"late\"}".to_owned(),
            checks: "[]".to_owned(),
        },
    }
}

fn unit() -> AgencyCode {
    AgencyCode::parse("H60.12").unwrap()
}

/// `deed`, done under the event id `event`. Published days are those of [`at`].
fn act(deed: Deed, event: &str) -> ReportAct {
    ReportAct {
        deed,
        client: ClientName::parse("igate").unwrap(),
        operator: OfficerId::parse("CB-07").unwrap(),
        event: EventId::parse(event).unwrap(),
        at: at(30),
    }
}

fn approve(hash: u8) -> Deed {
    Deed::Approved {
        sha256: ContentHash([hash; 32]),
    }
}

fn publish(place: Place) -> Deed {
    Deed::Published {
        place,
        address: Text::parse("https://tinh.example/cham-tre").unwrap(),
        on: lienthong_core::wire_time::local_date(at(30)),
    }
}

fn withdraw() -> Deed {
    Deed::Withdrawn {
        reason: Text::parse("Sai số liệu của một đơn vị").unwrap(),
    }
}

async fn kept(store: &Arc<dyn Store>, report: NewReport) -> ReportId {
    let kept = store.keep(report).await.unwrap();
    assert!(!kept.duplicate);
    kept.report.id
}

async fn stage(store: &Arc<dyn Store>, id: ReportId) -> Stage {
    store.report(id).await.unwrap().unwrap().0.stage()
}

pub(crate) async fn a_report_comes_back_with_its_content(ground: &impl Ground) {
    let store = ground.open().await;
    let given = list(9, 1);
    let id = kept(&store, given.clone()).await;
    assert_eq!(id, ReportId(1));
    drop(store);
    let store = ground.open().await;
    let (report, contents) = store.report(id).await.unwrap().unwrap();
    let expected = KeptReport {
        id,
        kind: given.kind,
        unit: given.unit,
        window: given.window,
        as_of: given.as_of,
        kept_at: given.kept_at,
        client: given.client,
        sha256: given.sha256,
        acts: Vec::new(),
    };
    assert_eq!(report, expected);
    assert_eq!(contents, given.contents);
    assert_eq!(store.report(ReportId(2)).await.unwrap(), None);
    assert_eq!(store.report(ReportId(u64::MAX)).await.unwrap(), None);
}

pub(crate) async fn the_same_report_is_kept_once_until_it_is_withdrawn(ground: &impl Ground) {
    let store = ground.open().await;
    let first = kept(&store, list(9, 1)).await;
    let again = NewReport {
        kept_at: at(99),
        ..list(9, 1)
    };
    let again = store.keep(again).await.unwrap();
    assert!(again.duplicate);
    assert_eq!((again.report.id, again.report.kept_at), (first, at(20)));
    let of_unit = NewReport {
        unit: Some(unit()),
        ..list(9, 1)
    };
    let board = NewReport {
        kind: ReportKind::Board,
        ..list(9, 1)
    };
    for other in [list(9, 2), list(10, 1), of_unit, board] {
        kept(&store, other).await;
    }
    store.act(first, act(withdraw(), "w")).await.unwrap();
    let anew = kept(&store, list(9, 1)).await;
    assert_eq!(anew, ReportId(6));
}

pub(crate) async fn the_largest_number_comes_first_and_each_condition_selects(
    ground: &impl Ground,
) {
    let store = ground.open().await;
    let board = NewReport {
        kind: ReportKind::Board,
        ..list(9, 1)
    };
    let of_unit = NewReport {
        unit: Some(unit()),
        ..list(9, 1)
    };
    for report in [list(9, 1), board, of_unit, list(10, 1)] {
        kept(&store, report).await;
    }
    let ask = async |filter: ReportFilter, before: Option<u64>, most| -> Vec<u64> {
        let before = before.map(ReportId);
        let found = store.reports(&filter, before, most).await.unwrap();
        assert!(found.iter().all(|report| filter.admits(report)));
        found.into_iter().map(|report| report.id.0).collect()
    };
    let any = ReportFilter::default();
    assert_eq!(ask(any.clone(), None, 10).await, [4, 3, 2, 1]);
    assert_eq!(ask(any.clone(), None, 2).await, [4, 3]);
    assert_eq!(ask(any.clone(), Some(3), 2).await, [2, 1]);
    let of_kind = ReportFilter {
        kind: Some(ReportKind::LateUnits),
        ..any.clone()
    };
    assert_eq!(ask(of_kind.clone(), None, 10).await, [4, 3, 1]);
    let province = ReportFilter {
        unit: UnitWanted::Province,
        ..of_kind.clone()
    };
    assert_eq!(ask(province, None, 10).await, [4, 1]);
    let agency = ReportFilter {
        unit: UnitWanted::Agency(unit()),
        ..any
    };
    assert_eq!(ask(agency, None, 10).await, [3]);
    let days = ReportFilter {
        window: Some(list(10, 1).window),
        ..of_kind
    };
    assert_eq!(ask(days, None, 10).await, [4]);
}

pub(crate) async fn every_deed_comes_back_as_it_was_done(ground: &impl Ground) {
    let store = ground.open().await;
    let id = kept(&store, list(9, 1)).await;
    let acts = [
        (act(approve(1), "a"), Stage::Approved),
        (act(publish(Place::Inside), "i"), Stage::PublishedInside),
        (act(publish(Place::Website), "p"), Stage::Published),
        (act(withdraw(), "w"), Stage::Withdrawn),
    ];
    for (act, reached) in &acts {
        let told = store.act(id, act.clone()).await.unwrap();
        assert!(!told.duplicate);
        assert_eq!(told.report.stage(), *reached);
    }
    drop(store);
    let store = ground.open().await;
    let (report, _) = store.report(id).await.unwrap().unwrap();
    assert_eq!(report.acts, acts.map(|(act, _)| act));
    let listed = store.reports(&ReportFilter::default(), None, 1).await;
    assert_eq!(listed.unwrap(), [report]);
}

pub(crate) async fn a_deed_is_recorded_once_and_an_event_id_serves_one_report(
    ground: &impl Ground,
) {
    let store = ground.open().await;
    let (one, other) = (
        kept(&store, list(9, 1)).await,
        kept(&store, list(10, 1)).await,
    );
    let refused = |why| Err(ArchiveError::Refused(why));
    assert!(
        !store
            .act(one, act(approve(1), "a"))
            .await
            .unwrap()
            .duplicate
    );
    let later = ReportAct {
        at: at(99),
        ..act(approve(1), "a")
    };
    let again = store.act(one, later).await.unwrap();
    assert!(again.duplicate);
    assert_eq!(again.report.acts.len(), 1);
    let other_content = refused(DeedRefused::OtherContent);
    assert_eq!(store.act(one, act(withdraw(), "a")).await, other_content);
    assert_eq!(store.act(other, act(approve(1), "a")).await, other_content);
    assert_eq!(stage(&store, other).await, Stage::Draft);
    let absent = ReportId(7);
    let there_is_none = Err(ArchiveError::NotThere { id: absent });
    assert_eq!(store.act(absent, act(approve(1), "b")).await, there_is_none);
}

pub(crate) async fn two_lists_of_the_same_days_are_not_both_approved(ground: &impl Ground) {
    let store = ground.open().await;
    let (first, second) = (
        kept(&store, list(9, 1)).await,
        kept(&store, list(9, 2)).await,
    );
    let (here, there) = (Arc::clone(&store), Arc::clone(&store));
    let one = tokio::spawn(async move { here.act(first, act(approve(1), "a")).await });
    let two = tokio::spawn(async move { there.act(second, act(approve(2), "b")).await });
    let results = [one.await.unwrap(), two.await.unwrap()];
    let done = results.iter().filter(|it| it.is_ok()).count();
    assert_eq!(done, 1, "{results:?}");
    let in_force = [stage(&store, first).await, stage(&store, second).await];
    assert_eq!(in_force.iter().filter(|it| it.is_in_force()).count(), 1);
}

pub(crate) async fn nobody_changes_what_was_kept(ground: &impl Ground) {
    let store = ground.open().await;
    let id = kept(&store, list(9, 1)).await;
    store.act(id, act(approve(1), "a")).await.unwrap();
    let before = store.report(id).await.unwrap();
    drop(store);
    for statement in [
        "UPDATE report SET vietnamese = '{}'",
        "DELETE FROM report_act",
        "UPDATE report_act SET kind = 'WITHDRAWN'",
        "DELETE FROM report",
    ] {
        assert!(!ground.run(statement).await, "{statement}");
    }
    assert_eq!(ground.open().await.report(id).await.unwrap(), before);
}
