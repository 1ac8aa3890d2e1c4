//! Where gateways died, and whether that is enough to show anything.
//!
//! What a reader would get wrong: a campaign whose points are never reached would still kill as
//! often as it was told to. So it fails when a place saw too few deaths, when most died idle,
//! and when the portal got nothing in between.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use lienthong_tests::control::Control;
use lienthong_tests::proof::Effects;
use lienthong_tests::relay::Moment;
use lienthong_tests::traced::WritePoint;

use crate::campaign::Tally;
use crate::seat::Wire;

/// Where a gateway dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// At a call of the system.
    Write(WritePoint),
    /// At bytes on their way to the portal or the store.
    Wire(Wire, Moment),
    /// At no place that was chosen.
    Anywhere,
}

impl Place {
    fn name(self) -> String {
        match self {
            Self::Write(point) => format!("{point:?}"),
            Self::Wire(Wire::Portal, Moment::Before) => "call lost".to_owned(),
            Self::Wire(Wire::Portal, Moment::After) => "answer lost".to_owned(),
            Self::Wire(Wire::Store, Moment::Before) => "commit lost".to_owned(),
            Self::Wire(Wire::Store, Moment::After) => "commit not answered".to_owned(),
            Self::Anywhere => "random moment".to_owned(),
        }
    }
}

/// One death.
#[derive(Debug, Clone, Copy)]
pub(super) struct Death {
    pub(super) place: Place,
    /// Whether it was serving, with events of callers taken and under way.
    pub(super) at_work: bool,
}

impl Death {
    pub(super) fn at_work(place: Place) -> Self {
        Self {
            place,
            at_work: true,
        }
    }

    pub(super) fn at_the_start(place: Place) -> Self {
        Self {
            place,
            at_work: false,
        }
    }
}

/// All deaths of a campaign.
#[derive(Debug, Default)]
pub(super) struct Deaths {
    at: BTreeMap<Place, u32>,
    all: u32,
    at_work: u32,
    /// Deaths before which the portal had got something since the one before.
    after_effects: u32,
    effects: u64,
}

impl Deaths {
    /// Adds one.
    pub(super) async fn add(&mut self, death: Death, control: &Control) -> Result<()> {
        *self.at.entry(death.place).or_default() += 1;
        self.all += 1;
        self.at_work += u32::from(death.at_work);
        let effects = Effects::counted(control).await?;
        self.after_effects += u32::from(effects > self.effects);
        self.effects = effects;
        Ok(())
    }

    /// Fails unless each of `places` saw `least` deaths, and half of all came while the
    /// gateway worked and the portal got something in between.
    pub(super) fn are_what_they_should(&self, places: &[Place], least: u32) -> Result<()> {
        for place in places {
            let seen = self.at.get(place).copied().unwrap_or(0);
            ensure!(
                seen >= least,
                "{seen} deaths at {}, {least} wanted: {self:?}",
                place.name()
            );
        }
        ensure!(2 * self.at_work >= self.all, "most died idle: {self:?}");
        ensure!(
            2 * self.after_effects >= self.all,
            "the portal got too little in between: {self:?}"
        );
        Ok(())
    }

    /// For the closing line.
    pub(super) fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for (place, deaths) in &self.at {
            for _ in 0..*deaths {
                tally.add(place.name());
            }
        }
        tally.note(format!("{} of them at work", self.at_work));
        tally
    }
}
