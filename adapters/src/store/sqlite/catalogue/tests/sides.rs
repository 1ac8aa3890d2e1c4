//! The lists beside the procedures, and fetches that were refused.

use lienthong_core::catalogue::{
    ChangeKind, Loss, NamedCode, NotTakenSide, SideFetch, SideList, SideState,
};
use lienthong_core::ports::catalogue::{
    CatalogueField, CatalogueStore as _, CatalogueUnit, ChangeFilter, FetchOutcome, FetchRecord,
    NextCatalogue,
};
use rusqlite::Connection;

use super::super::{SCHEMA, SqliteCatalogue};
use super::{Fresh, at, change, kept, next, row, taken};

const LOSS: Loss = Loss {
    held: 10,
    offered: 5,
    lost: 5,
};

fn unit(code: &str) -> CatalogueUnit {
    CatalogueUnit {
        code: code.to_owned(),
        name: "Đơn vị".to_owned(),
        level: "1".to_owned(),
    }
}

fn field() -> CatalogueField {
    CatalogueField {
        field: NamedCode {
            code: "G15-TP07".to_owned(),
            name: "Hộ tịch".to_owned(),
        },
        sector: "G15".to_owned(),
    }
}

fn with(
    units: SideFetch<Vec<CatalogueUnit>>,
    fields: SideFetch<Vec<CatalogueField>>,
) -> NextCatalogue {
    NextCatalogue {
        online: SideFetch::Taken(7),
        units,
        fields,
        ..next(vec![row("1.004222", 0)], Vec::new())
    }
}

async fn units_of(store: &SqliteCatalogue) -> SideState {
    let sides = store.sides().await.unwrap();
    let units = sides.into_iter().find(|it| it.list == SideList::Units);
    units.unwrap()
}

#[tokio::test]
async fn units_and_fields_are_replaced_as_a_whole_or_stay() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let units = SideFetch::Taken(vec![unit("H60"), unit("G01")]);
    let first = with(units, SideFetch::Taken(vec![field()]));
    store.replace(first, taken(0)).await.unwrap();
    store.replace(with(kept(), kept()), taken(1)).await.unwrap();
    let codes =
        |units: Vec<CatalogueUnit>| -> Vec<_> { units.into_iter().map(|it| it.code).collect() };
    assert_eq!(codes(store.units().await.unwrap()), ["G01", "H60"]);
    assert_eq!(store.fields().await.unwrap(), [field()]);
    let later = with(SideFetch::Taken(vec![unit("H99")]), kept());
    store.replace(later, taken(2)).await.unwrap();
    assert_eq!(codes(store.units().await.unwrap()), ["H99"]);
}

#[tokio::test]
async fn each_list_has_an_age_of_its_own_after_a_restart_too() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let units = SideFetch::Taken(vec![unit("H60"), unit("G01")]);
    let first = with(units, SideFetch::Taken(vec![field()]));
    store.replace(first, taken(0)).await.unwrap();
    store
        .replace(with(kept(), kept()), taken(24))
        .await
        .unwrap();
    store.close().await;
    let sides = fresh.open().sides().await.unwrap();
    let seen: Vec<_> = sides
        .iter()
        .map(|it| (it.list, it.fetched_at, it.entries, it.kept.len()))
        .collect();
    assert_eq!(
        seen,
        [
            (SideList::OnlineServices, Some(at(24)), 7, 0),
            (SideList::Units, Some(at(0)), 2, 1),
            (SideList::Fields, Some(at(0)), 1, 1),
        ]
    );
}

#[tokio::test]
async fn a_refused_list_stays_refused_through_a_failure_until_one_is_taken() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let shrunk = || NotTakenSide::Shrunk(LOSS);
    let refused = with(SideFetch::Kept(shrunk()), kept());
    store.replace(refused, taken(0)).await.unwrap();
    store.replace(with(kept(), kept()), taken(1)).await.unwrap();
    let state = units_of(&store).await;
    assert_eq!((state.fetched_at, state.kept.len()), (None, 2));
    assert_eq!(state.kept[0], shrunk());
    let empty = with(SideFetch::Kept(NotTakenSide::Empty), kept());
    store.replace(empty, taken(2)).await.unwrap();
    assert_eq!(units_of(&store).await.kept, [NotTakenSide::Empty]);
    let whole = with(SideFetch::Taken(vec![unit("H60")]), kept());
    store.replace(whole, taken(3)).await.unwrap();
    assert_eq!(units_of(&store).await.kept, []);
}

#[tokio::test]
async fn a_refused_catalogue_is_remembered_through_failures_until_one_is_taken() {
    let fresh = Fresh::new();
    let store = fresh.open();
    let note = async |hour: i64, outcome: FetchOutcome| {
        let record = FetchRecord {
            outcome,
            ..taken(hour)
        };
        store.note(record.clone()).await.unwrap();
        record
    };
    let failed = || FetchOutcome::Failed {
        reason: "the portal cannot be reached".to_owned(),
    };
    assert_eq!(store.refusals().await.unwrap(), []);
    note(0, FetchOutcome::Shrunk(LOSS)).await;
    let empty = note(1, FetchOutcome::Empty).await;
    let shrunk = note(2, FetchOutcome::Shrunk(LOSS)).await;
    note(3, failed()).await;
    assert_eq!(store.refusals().await.unwrap(), [shrunk, empty]);
    let whole = with(kept(), kept());
    store.replace(whole, taken(4)).await.unwrap();
    note(5, failed()).await;
    assert_eq!(store.refusals().await.unwrap(), []);
}

#[tokio::test]
async fn who_asks_what_came_and_went_is_not_told_what_was_edited() {
    let fresh = Fresh::new();
    let store = fresh.open();
    for (hour, kind) in (0..).zip(ChangeKind::ALL) {
        let changes = vec![change("1.004222", kind)];
        let rows = vec![row("1.004222", hour)];
        let next = next(rows, changes);
        store.replace(next, taken(hour)).await.unwrap();
    }
    let presence = ChangeFilter {
        presence: true,
        ..ChangeFilter::default()
    };
    let found = store.changes(&presence, None, 10).await.unwrap();
    let kinds: Vec<ChangeKind> = found.into_iter().map(|(_, it)| it.kind).collect();
    assert_eq!(
        kinds,
        [
            ChangeKind::Restored,
            ChangeKind::Withdrawn,
            ChangeKind::Added
        ]
    );
}

#[tokio::test]
async fn a_file_of_an_earlier_version_keeps_its_lists_and_tells_no_age_of_them() {
    let fresh = Fresh::new();
    let earlier = Connection::open(fresh.path()).unwrap();
    for migration in &SCHEMA.migrations[..2] {
        earlier.execute_batch(migration).unwrap();
    }
    let marks = format!(
        "PRAGMA application_id = {}; PRAGMA user_version = 2;
         INSERT INTO unit VALUES ('H60', 'Tuyên Quang', '1');
         INSERT INTO procedure (code, name, fields, levels, detail, withdrawn_at, changed_at,
                                digest, content)
         VALUES ('1.000001', '', '[]', '[]', 'FRESH', NULL, 0, zeroblob(32),
                 '{{\"online\": [{{\"code\": \"a\"}}, {{\"code\": \"b\"}}, {{\"code\": \"b\"}}]}}'),
                ('1.000002', '', '[]', '[]', 'FRESH', NULL, 0, zeroblob(32),
                 '{{\"online\": [{{\"code\": \"a\"}}]}}'),
                ('1.000003', '', '[]', '[]', 'FRESH', NULL, 0, zeroblob(32), '{{}}'),
                ('1.000004', '', '[]', '[]', 'FRESH', 1, 0, zeroblob(32),
                 '{{\"online\": [{{\"code\": \"a\"}}]}}'),
                ('1.000005', '', '[]', '[]', 'MISSING', NULL, 0, NULL, NULL)",
        SCHEMA.application_id
    );
    earlier.execute_batch(&marks).unwrap();
    drop(earlier);
    let store = fresh.open();
    let units = units_of(&store).await;
    assert_eq!((units.fetched_at, units.entries), (None, 1));
    assert_eq!(
        (units.kept, store.units().await.unwrap().len()),
        (vec![], 1)
    );
    let online = store.sides().await.unwrap().remove(0);
    assert_eq!(
        (online.list, online.fetched_at, online.entries),
        (SideList::OnlineServices, None, 3),
        "those of listed procedures, each once"
    );
}
