//! The portal's own account of what it was made to do, held against what was recorded.
//!
//! What a reader would get wrong: a state that arrives a second time and changes nothing is
//! no second effect. A step that arrives a second time is, and so is a second create.

use std::collections::HashMap;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::control::Control;
use crate::lives::{Life, Seen};

/// Effects in one page.
const PAGE: usize = 5_000;

/// Everything that had an effect at the portal, by dossier, in order.
#[derive(Debug, Default)]
pub struct Effects {
    by_dossier: HashMap<String, Vec<Effect>>,
    last: u64,
    fresh: u64,
}

#[derive(Debug, Clone)]
struct Effect {
    kind: Kind,
    seen: Seen,
    repeated: bool,
    replayed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Created,
    Updated,
    Step,
    Forgotten,
}

impl Effects {
    /// Reads all that came since the last reading.
    ///
    /// # Errors
    /// When the mocks do not tell.
    pub async fn follow(&mut self, control: &Control) -> Result<()> {
        loop {
            let path = format!("/portal/effects?after={}&limit={PAGE}", self.last);
            let page = control.get(&path).await?.context("no effects")?;
            let effects = page["effects"].as_array().context("effects")?;
            for effect in effects {
                let code = effect["code"].as_str().context("code")?.to_owned();
                let read = read(effect).with_context(|| format!("{code}: {effect}"))?;
                self.fresh += u64::from(!read.repeated && !read.replayed);
                self.by_dossier.entry(code).or_default().push(read);
                self.last = effect["sequence"].as_u64().context("sequence")?;
            }
            if effects.len() < PAGE {
                return Ok(());
            }
        }
    }

    /// How many effects the portal has seen so far, of all dossiers.
    ///
    /// # Errors
    /// When the mocks do not tell.
    pub async fn counted(control: &Control) -> Result<u64> {
        let page = control.get("/portal/effects?after=0&limit=0").await?;
        let counts = page.context("no effects")?["counts"].clone();
        let of = |name: &str| counts[name].as_u64().unwrap_or_default();
        Ok(of("created") + of("updated") + of("steps"))
    }

    /// Everything so far.
    ///
    /// # Errors
    /// As [`Effects::follow`].
    pub async fn read(control: &Control) -> Result<Self> {
        let mut effects = Self::default();
        effects.follow(control).await?;
        Ok(effects)
    }

    /// Dossiers that were ever made there.
    #[must_use]
    pub fn dossiers(&self) -> usize {
        self.by_dossier.len()
    }

    /// Number of the newest effect.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// How many effects changed something: the same told again is none of them.
    #[must_use]
    pub fn fresh(&self) -> u64 {
        self.fresh
    }

    /// What the portal has seen of a dossier: each thing once, however often it was told
    /// the same state.
    ///
    /// # Errors
    /// When something had its effect twice.
    pub fn of(&self, code: &str) -> Result<Vec<Seen>> {
        let effects = self.by_dossier.get(code);
        seen(code, effects.map_or(&[][..], Vec::as_slice))
    }

    /// Whether the portal has seen the whole life, once and in order.
    ///
    /// # Errors
    /// Where it has not, with what it has seen.
    pub fn prove(&self, life: &Life) -> Result<()> {
        self.prove_first(life, life.events.len())
    }

    /// Whether the portal has seen the first `events` of a life, once and in order.
    ///
    /// # Errors
    /// Where it has not, with what it has seen.
    pub fn prove_first(&self, life: &Life, events: usize) -> Result<()> {
        let (seen, wanted) = (self.of(&life.code)?, life.wanted_of(events));
        ensure!(
            seen == wanted,
            "{}: seen {seen:?}, wanted {wanted:?}, effects {:?}",
            life.code,
            self.by_dossier.get(&life.code)
        );
        Ok(())
    }

    /// As [`Effects::prove`], for a portal that issues the numbers and is told the status
    /// apart from the dossier (P4): what it holds under `number` has seen every step of
    /// `life` once and in order, and the newest status last.
    ///
    /// # Errors
    /// Where it is not so, with what was seen.
    pub fn prove_under(&self, number: &str, life: &Life) -> Result<()> {
        let (seen, wanted) = (self.of(number)?, life.wanted());
        ensure!(
            steps(&seen) == steps(&wanted) && seen.last() == wanted.last(),
            "{number}: seen {seen:?}, wanted {wanted:?}"
        );
        Ok(())
    }

    /// As [`Effects::prove`], for a portal that has lost its memory in between: what it has
    /// seen of `life` since then is every step once and in order, and the newest status last.
    /// The states before it are gone with the memory; nobody sends them again.
    ///
    /// # Errors
    /// Where it is not so, with what was seen.
    pub fn prove_anew(&self, life: &Life) -> Result<()> {
        let all = self.by_dossier.get(&life.code);
        let all = all.map_or(&[][..], Vec::as_slice);
        let forgotten = all.iter().rposition(|each| each.kind == Kind::Forgotten);
        let Some(forgotten) = forgotten else {
            return self.prove(life);
        };
        let seen = seen(&life.code, &all[forgotten + 1..])?;
        let wanted = life.wanted();
        ensure!(
            steps(&seen) == steps(&wanted) && seen.last() == wanted.last(),
            "{}: seen {seen:?} since it was forgotten, wanted {wanted:?}",
            life.code
        );
        Ok(())
    }

    /// The numbers under which dossiers were ever made there.
    pub fn numbers(&self) -> impl Iterator<Item = &str> {
        self.by_dossier.keys().map(String::as_str)
    }
}

/// What these effects show: each thing once, however often the same state was told.
fn seen(code: &str, effects: &[Effect]) -> Result<Vec<Seen>> {
    let mut seen: Vec<Seen> = Vec::new();
    let mut there = false;
    for effect in effects.iter().filter(|effect| !effect.replayed) {
        match effect.kind {
            Kind::Forgotten => {
                there = false;
                continue;
            }
            Kind::Created => {
                ensure!(!there, "{code}: created twice");
                there = true;
            }
            Kind::Updated => {}
            Kind::Step => ensure!(
                !effect.repeated && !seen.contains(&effect.seen),
                "{code}: {:?} twice",
                effect.seen
            ),
        }
        if seen.last() != Some(&effect.seen) {
            seen.push(effect.seen.clone());
        }
    }
    Ok(seen)
}

fn steps(seen: &[Seen]) -> Vec<&Seen> {
    let steps = seen.iter().filter(|each| matches!(each, Seen::Step(_)));
    steps.collect()
}

fn read(effect: &Value) -> Result<Effect> {
    let text = |name: &str| effect[name].as_str().unwrap_or_default().to_owned();
    let kind = match text("kind").as_str() {
        "created" => Kind::Created,
        "updated" => Kind::Updated,
        "step" => Kind::Step,
        "forgotten" => Kind::Forgotten,
        other => bail!("an effect of kind {other}"),
    };
    let seen = match kind {
        Kind::Step => Seen::Step(text("content")),
        Kind::Created | Kind::Updated | Kind::Forgotten => Seen::State(text("status")),
    };
    Ok(Effect {
        kind,
        seen,
        repeated: effect["repeated"].as_bool().unwrap_or_default(),
        replayed: effect["replayed"].as_bool().unwrap_or_default(),
    })
}
