//! What has gone wrong with look-ups elsewhere, case by case (population.md, Part D): each
//! is survived here.
//!
//! What a reader would get wrong: some of the cases are promises of their own and have a
//! file of theirs. Case 15 (both shapes of a field) is `profiles/shapes.rs`, case 16 (an
//! exception where a code should be) `population_faults/words.rs`, case 12 (clock and
//! hash) also `population_faults/access.rs`. Two are not the look-ups' matter: of case 8,
//! "pending, ask again later" belongs to the issue of numbers, which this service does not
//! have; of case 13, "verified once, then locked" is a state that the calling system keeps.

mod licences;
mod names;
mod numbers;
mod outages;
mod records;
mod slips;
mod wire;

use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_tests::desk::Desk;
use lienthong_tests::eavesdropper::Eavesdropper;
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;

/// A gateway whose every request is seen as it is on the wire.
struct Overheard {
    ear: Eavesdropper,
    stage: Stage,
    desk: Desk,
}

impl Overheard {
    async fn with(profile: Profile, settings: Settings) -> Self {
        let ear = Eavesdropper::start(profile).await.unwrap();
        let settings = settings.with("population.base_url", ear.url());
        let stage = Stage::with(settings).await.unwrap();
        let desk = stage.desk(1).await.unwrap();
        Self { ear, stage, desk }
    }

    async fn of(profile: Profile) -> Self {
        Self::with(profile, Settings::for_profile(profile)).await
    }

    /// A desk at another dossier for each of `sequence`, so that nothing is kept.
    fn desk(&self, sequence: usize) -> Desk {
        let sequence = u32::try_from(sequence).unwrap() + 1;
        self.desk.at(self.stage.dossier_code(sequence))
    }

    /// Asks about somebody whom nobody knows, and returns what went out.
    async fn asks(
        &self,
        sequence: usize,
        citizen: &SampleCitizen,
    ) -> lienthong_tests::eavesdropper::Heard {
        let answer = self.desk(sequence).verify(citizen).await.unwrap();
        assert_eq!(answer.verdict(), v1::Verdict::NoMatch);
        self.ear.look_ups().pop().unwrap()
    }
}

fn codes(warnings: &[v1::Warning]) -> Vec<&str> {
    warnings
        .iter()
        .map(|warning| warning.code.as_str())
        .collect()
}

/// Somebody whom no mock knows.
fn somebody() -> SampleCitizen {
    SampleCitizen {
        personal_number: Some("000191234567".to_owned()),
        old_id_card_number: None,
        full_name: "Quách Thị Vô Danh".to_owned(),
        birth_date: Some("1991-07-23".to_owned()),
        birth_year: 1991,
        sex: "female",
        kind: "nobody",
    }
}

fn named(name: &str) -> SampleCitizen {
    SampleCitizen {
        full_name: name.to_owned(),
        ..somebody()
    }
}
