use proptest::prelude::*;

use super::*;

const EARLIER: Timestamp = Timestamp::UNIX_EPOCH;

fn now() -> Timestamp {
    "2026-11-02T01:00:00+07:00".parse().unwrap()
}

fn code(text: &str) -> ProcedureCode {
    ProcedureCode::parse(text).unwrap()
}

fn procedure(text: &str, requirements: &str) -> Procedure {
    Procedure {
        requirements: requirements.to_owned(),
        ..Procedure::named(code(text), format!("Thủ tục {text}"))
    }
}

fn held(text: &str) -> Listing {
    Listing {
        code: code(text),
        name: format!("Thủ tục {text}"),
        fields: Vec::new(),
        levels: Vec::new(),
        withdrawn_at: None,
        changed_at: EARLIER,
        detail: DetailStanding::Fresh,
    }
}

fn list<const N: usize>(codes: [&str; N]) -> SourceList {
    let row = |text: &str| (code(text), format!("Thủ tục {text}"));
    SourceList {
        procedures: codes.into_iter().map(row).collect(),
        ..SourceList::default()
    }
}

fn kinds(step: &Step) -> Vec<(&str, ChangeKind)> {
    let changes = step.changes.iter();
    changes.map(|it| (it.code.as_str(), it.kind)).collect()
}

fn row<'s>(step: &'s Step, text: &str) -> &'s NextRow {
    step.rows
        .iter()
        .find(|it| it.code.as_str() == text)
        .unwrap()
}

#[test]
fn new_changed_and_withdrawn_procedures_are_told_and_the_others_are_not() {
    let before = [held("1.000001"), held("1.000002"), held("1.000003")];
    let old = procedure("1.000001", "");
    let details = BTreeMap::from([
        (
            code("1.000001"),
            Detail::of(Some(&old), procedure("1.000001", "mới")),
        ),
        (code("1.000002"), Detail::Same),
        (
            code("1.000004"),
            Detail::of(None, procedure("1.000004", "")),
        ),
    ]);
    let step = advance(
        &before,
        &list(["1.000001", "1.000002", "1.000004"]),
        details,
        now(),
    );
    assert_eq!(
        kinds(&step),
        [
            ("1.000001", ChangeKind::Changed),
            ("1.000003", ChangeKind::Withdrawn),
            ("1.000004", ChangeKind::Added),
        ]
    );
    assert_eq!(step.changes[0].fields, ["requirements"]);
    assert_eq!(row(&step, "1.000002").changed_at, EARLIER);
    assert_eq!(row(&step, "1.000003").withdrawn_at, Some(now()));
    let counts = step.counts;
    assert_eq!((counts.added, counts.changed, counts.withdrawn), (1, 1, 1));
}

#[test]
fn the_first_catalogue_counts_what_it_has_and_tells_no_changes() {
    let step = advance(&[], &list(["1.000001", "1.000002"]), BTreeMap::new(), now());
    assert_eq!((step.counts.added, step.changes.len()), (2, 0));
    assert_eq!(row(&step, "1.000001").detail, DetailStanding::Missing);
}

#[test]
fn details_that_did_not_come_are_kept_marked_and_no_change() {
    let step = advance(
        &[held("1.000001")],
        &list(["1.000001"]),
        BTreeMap::new(),
        now(),
    );
    assert!(step.changes.is_empty());
    let kept = row(&step, "1.000001");
    assert_eq!((kept.detail, &kept.content), (DetailStanding::Older, &None));
    assert_eq!(step.counts.not_fetched, 1);
}

#[test]
fn details_that_come_for_the_first_time_are_no_change_at_the_source() {
    let before = Listing {
        detail: DetailStanding::Missing,
        ..held("1.000001")
    };
    let first = Detail::of(None, procedure("1.000001", ""));
    let details = BTreeMap::from([(code("1.000001"), first)]);
    let step = advance(&[before], &list(["1.000001"]), details, now());
    assert!(step.changes.is_empty());
    assert!(row(&step, "1.000001").content.is_some());
}

#[test]
fn a_procedure_that_stays_away_keeps_the_day_on_which_it_went_and_may_come_back() {
    let gone = Listing {
        withdrawn_at: Some(EARLIER),
        ..held("1.000001")
    };
    let other = held("1.000002");
    let away = advance(
        &[gone.clone(), other.clone()],
        &list(["1.000002"]),
        BTreeMap::from([(code("1.000002"), Detail::Same)]),
        now(),
    );
    assert!(away.changes.is_empty());
    assert_eq!(row(&away, "1.000001").withdrawn_at, Some(EARLIER));
    let back = advance(
        &[gone, other],
        &list(["1.000001", "1.000002"]),
        BTreeMap::new(),
        now(),
    );
    assert_eq!(kinds(&back), [("1.000001", ChangeKind::Restored)]);
    assert_eq!(row(&back, "1.000001").withdrawn_at, None);
}

#[test]
fn another_name_in_the_list_is_a_change_even_without_details() {
    let mut named = list(["1.000001"]);
    named
        .procedures
        .insert(code("1.000001"), "Tên mới".to_owned());
    let step = advance(&[held("1.000001")], &named, BTreeMap::new(), now());
    assert_eq!(step.changes[0].fields, ["summary.name"]);
    assert_eq!(row(&step, "1.000001").name, "Tên mới");
}

#[test]
fn a_row_without_a_name_whose_details_did_not_come_keeps_its_name_and_is_no_change() {
    let unnamed = SourceList {
        procedures: BTreeMap::from([(code("1.000001"), String::new())]),
        ..SourceList::default()
    };
    let step = advance(&[held("1.000001")], &unnamed, BTreeMap::new(), now());
    assert_eq!(step.changes, []);
    assert_eq!(row(&step, "1.000001").name, "Thủ tục 1.000001");
}

#[test]
fn a_rename_is_told_once_also_where_its_details_come_later() {
    let renamed = SourceList {
        procedures: BTreeMap::from([(code("1.000001"), "Tên mới".to_owned())]),
        ..SourceList::default()
    };
    let first = advance(&[held("1.000001")], &renamed, BTreeMap::new(), now());
    assert_eq!(first.changes[0].fields, ["summary.name"]);
    let before = Listing {
        name: row(&first, "1.000001").name.clone(),
        ..held("1.000001")
    };
    let old = procedure("1.000001", "");
    let fetched = Procedure {
        name: "Tên mới".to_owned(),
        ..old.clone()
    };
    let detail = Detail::of(Some(&old), fetched);
    let details = BTreeMap::from([(code("1.000001"), detail)]);
    let second = advance(&[before], &renamed, details, now());
    assert_eq!(second.changes, []);
    let content = row(&second, "1.000001").content.as_ref();
    assert_eq!(content.unwrap().name, "Tên mới");
}

proptest! {
    #[test]
    fn nothing_is_lost_and_every_change_is_counted(
        before in proptest::collection::btree_set(0u32..30, 0..20),
        after in proptest::collection::btree_set(0u32..30, 0..20),
    ) {
        let text = |number: &u32| format!("1.{number:06}");
        let held: Vec<Listing> = before.iter().map(|it| held(&text(it))).collect();
        let list = SourceList {
            procedures: after
                .iter()
                .map(|it| (code(&text(it)), format!("Thủ tục {}", text(it))))
                .collect(),
            ..SourceList::default()
        };
        let step = advance(&held, &list, BTreeMap::new(), now());
        prop_assert_eq!(step.rows.len(), before.union(&after).count());
        let listed = step.rows.iter().filter(|it| it.withdrawn_at.is_none());
        prop_assert_eq!(listed.count(), after.len());
        let counts = step.counts;
        prop_assert_eq!(counts.added, after.difference(&before).count() as u64);
        prop_assert_eq!(counts.withdrawn, before.difference(&after).count() as u64);
        let told = counts.added + counts.changed + counts.withdrawn + counts.restored;
        if !before.is_empty() {
            prop_assert_eq!(told, step.changes.len() as u64);
        }
    }
}
