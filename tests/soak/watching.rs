//! What the portal is seen to have, as it comes.
//!
//! What a reader would get wrong: dossiers are counted that are there whole, and only what
//! changes something is a movement. The same state told a hundred times is neither.

use std::collections::VecDeque;
use std::time::Duration;

use anyhow::{Result, bail};
use jiff::Timestamp;
use lienthong_tests::control::Control;
use lienthong_tests::lives::Life;
use lienthong_tests::proof::Effects;
use tokio::time::Instant;

use super::{STEPS, tell};

/// Longest time in which nothing changes at the portal before the run is given up.
const STANDSTILL: Duration = Duration::from_mins(3);

/// Pause between two lines about how far it is.
const REPORT: Duration = Duration::from_secs(30);

/// Dossiers that are looked at in one look.
const LOOK: usize = 20_000;

/// Watches the portal.
pub(crate) struct Watching {
    control: Control,
    effects: Effects,
    /// Dossiers not yet seen whole, those looked at longest ago first.
    missing: VecDeque<u32>,
    dossiers: u32,
    end: Timestamp,
    begun: Instant,
    moved: Instant,
    told: Instant,
}

impl Watching {
    pub(crate) fn begin(control: Control, dossiers: u32, end: Timestamp, begun: Instant) -> Self {
        let now = Instant::now();
        Self {
            control,
            effects: Effects::default(),
            missing: (0..dossiers).collect(),
            dossiers,
            end,
            begun,
            moved: now,
            told: now,
        }
    }

    /// Reads on.
    ///
    /// Fails when nothing has changed there for too long.
    pub(crate) async fn look(&mut self) -> Result<()> {
        let before = self.effects.fresh();
        self.effects.follow(&self.control).await?;
        if self.effects.fresh() > before {
            self.moved = Instant::now();
        }
        for _ in 0..self.missing.len().min(LOOK) {
            if let Some(number) = self.missing.pop_front()
                && self.prove(number).is_err()
            {
                self.missing.push_back(number);
            }
        }
        if self.told.elapsed() > REPORT {
            self.told = Instant::now();
            tell(&format!(
                "soak: {} s: {} dossiers proved, {} effects at the portal",
                self.begun.elapsed().as_secs(),
                self.proved(),
                self.effects.last()
            ));
        }
        if self.moved.elapsed() > STANDSTILL
            && let Some(number) = self.missing.front()
        {
            let proved = self.proved();
            let state = format!(
                "nothing moves: {proved} of {} dossiers proved",
                self.dossiers
            );
            return self.prove(*number).map_err(|error| error.context(state));
        }
        Ok(())
    }

    fn proved(&self) -> usize {
        self.dossiers as usize - self.missing.len()
    }

    /// Whether so much is there that it needs no more faults.
    pub(crate) fn nearly_done(&self) -> bool {
        self.missing.len() <= self.dossiers as usize / 10
    }

    /// Whether every dossier has been seen whole.
    pub(crate) fn done(&self) -> bool {
        self.missing.is_empty()
    }

    /// Looks at all of them once more: what came a second time came later. How many dossiers
    /// the portal has.
    pub(crate) fn prove_all(&self) -> Result<usize> {
        for number in 0..self.dossiers {
            self.prove(number)?;
        }
        if self.dossiers == 0 {
            bail!("nothing was to be done");
        }
        Ok(self.effects.dossiers())
    }

    fn prove(&self, number: u32) -> Result<()> {
        self.effects.prove(&Life::new(number, STEPS, self.end))
    }
}
