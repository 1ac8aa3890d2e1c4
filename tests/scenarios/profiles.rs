//! The same question gets the same answer, whatever bus the province has.
//!
//! What a reader would get wrong: a case knows nothing of profiles. Where a profile has less
//! to offer, the gateway says so, and the test of that operation says what follows.

mod cases;
mod form;
mod operations;
mod shapes;

use std::sync::atomic::{AtomicU32, Ordering};

use lienthong::clock::SystemClock;
use lienthong::demo::messages;
use lienthong_core::clock::Clock as _;
use lienthong_mocks::SampleCitizen;
use lienthong_tests::desk::Desk;
use lienthong_tests::profile::Profile;
use lienthong_tests::stage::Stage;

/// A gateway with one profile.
struct Site {
    profile: Profile,
    desk: Desk,
    dossiers: AtomicU32,
}

impl Site {
    fn new(profile: Profile, desk: Desk) -> Self {
        Self {
            profile,
            desk,
            dossiers: AtomicU32::new(1),
        }
    }

    async fn of(stage: &Stage, profile: Profile) -> Self {
        Self::new(profile, stage.desk(1).await.unwrap())
    }

    /// The desk at a dossier for which nothing was asked yet, so that nothing is kept.
    fn desk(&self) -> Desk {
        let sequence = self.dossiers.fetch_add(1, Ordering::Relaxed);
        self.desk
            .at(messages::dossier_code(SystemClock.now(), sequence))
    }
}

/// Somebody to ask about. A number of nine digits is an old card's, and a birth of four
/// digits the year alone.
fn person(number: &str, name: &str, birth: &str) -> SampleCitizen {
    let has_old_card = number.len() == 9;
    SampleCitizen {
        personal_number: (!has_old_card).then(|| number.to_owned()),
        old_id_card_number: has_old_card.then(|| number.to_owned()),
        full_name: name.to_owned(),
        birth_date: (birth.len() > 4).then(|| birth.to_owned()),
        birth_year: birth[..4].parse().unwrap(),
        sex: "unknown",
        kind: "asked about",
    }
}

fn plain() -> SampleCitizen {
    person("000185000001", "Trần Thị Mẫu Thử", "1985-02-13")
}

fn child() -> SampleCitizen {
    person("000215000003", "Lê Mẫu Nhi", "2015-06-30")
}
