//! What the invented province is made of.

mod plan;

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::essential::{Knowledge, KnowledgeFile};
use jiff::civil::date;
use lienthong_core::ports::observations::Observations as _;

/// The day on which the tests look back on the year.
fn today() -> Date {
    date(2026, 11, 22)
}

fn knowledge() -> Knowledge {
    let shipped = Knowledge::shipped().unwrap();
    let province = province(&shipped);
    let files = BTreeMap::from([
        (KnowledgeFile::List, province.list_file()),
        (KnowledgeFile::Agencies, province.agencies_file()),
        (KnowledgeFile::Totals, province.totals_file().unwrap()),
    ]);
    Knowledge::with(&files).unwrap()
}

fn province(knowledge: &Knowledge) -> Province<'_> {
    Province::invent(&Grounds {
        today: today(),
        calendar: &knowledge.calendar,
        seed: SEED,
        dossiers: DOSSIERS,
    })
    .unwrap()
}

#[test]
fn another_run_makes_the_same_province() {
    let knowledge = Knowledge::shipped().unwrap();
    let plan = || province(&knowledge).plan().unwrap();
    assert_eq!(plan(), plan());
    let one = province(&knowledge).lives().nth(7_777).unwrap().unwrap();
    let again = province(&knowledge).lives().nth(7_777).unwrap().unwrap();
    assert_eq!(format!("{one:?}"), format!("{again:?}"));
}

#[test]
fn every_event_and_document_is_one_that_the_gateway_takes() {
    let knowledge = knowledge();
    let province = province(&knowledge);
    let client = lienthong_core::access::ClientName::parse(CLIENT).unwrap();
    let mut numbers = BTreeSet::new();
    for life in province.lives() {
        let life = life.unwrap();
        assert!(
            numbers.insert(life.number.clone()),
            "{:?} twice",
            life.number
        );
        if numbers.len() % 20 != 0 {
            continue;
        }
        for request in life.requests(province.until()).unwrap() {
            use lienthong_proto::v1::record_events_request::Event as Item;
            let until = province.until();
            let read = match request.event.unwrap() {
                Item::Dossier(state) => {
                    crate::convert::dossier::read_state(&state, client.clone(), until)
                }
                Item::Progress(step) => {
                    crate::convert::dossier::read_progress(&step, client.clone(), until)
                }
            };
            assert!(read.is_ok(), "{:?}: {read:?}", life.number);
        }
    }
    assert_eq!(numbers.len(), DOSSIERS as usize);
    assert!(evidence(&province).unwrap().len() > 40);
}

#[tokio::test]
async fn a_year_that_stands_in_the_stores_is_not_put_there_again() {
    let folder = tempfile::tempdir().unwrap();
    let year = crate::demo::year::InventedYear::kept_in(folder.path(), today()).unwrap();
    year.seed(folder.path()).await.unwrap();
    // Another day: the folder keeps the year that it began with.
    let later = crate::demo::year::InventedYear::kept_in(folder.path(), date(2026, 12, 1));
    let later = later.unwrap();
    assert_eq!(
        later.province().unwrap().window(),
        year.province().unwrap().window()
    );
    later.seed(folder.path()).await.unwrap();
    let rules = lienthong_core::observation::ObservationRules::shipped().unwrap();
    let path = folder.path().join("observations.sqlite");
    let store = lienthong_adapters::store::SqliteObservations::open(path, rules.into()).unwrap();
    let province = year.province().unwrap();
    let wanted = lienthong_core::ports::observations::Wanted {
        window: province.window(),
        unit: None,
        procedures: Vec::new(),
    };
    let all = store.page(&wanted, None, DOSSIERS + 1).await.unwrap().facts;
    assert_eq!(all.len(), DOSSIERS as usize);
    let one = province.lives().nth(4_321).unwrap().unwrap();
    let facts = all.iter().find(|facts| facts.number == one.number).unwrap();
    let events = one.events(province.until()).unwrap().len();
    assert_eq!(usize::try_from(facts.revision), Ok(events));
    store.close().await;
}
