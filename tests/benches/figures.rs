//! Figures of a run, as a table for people and as JSON for programs.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

/// Durations of many calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample(Vec<Duration>);

impl Sample {
    pub(crate) fn of(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self(durations)
    }

    /// Both samples as one.
    pub(crate) fn with(self, other: &Self) -> Self {
        Self::of(self.0.into_iter().chain(other.0.iter().copied()).collect())
    }

    /// The duration that `share` (0 to 1) of the calls did not exceed, in milliseconds.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank within a sample"
        )]
        let rank = (self.0.len() as f64 * share).ceil() as usize;
        let at = rank.clamp(1, self.0.len().max(1)) - 1;
        self.0
            .get(at)
            .map_or(f64::NAN, |duration| duration.as_secs_f64() * 1e3)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// One thing that was measured.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) what: String,
    pub(crate) figure: String,
    pub(crate) value: Value,
}

/// One promise, and whether it holds.
#[derive(Debug)]
pub(crate) struct Promise {
    pub(crate) text: &'static str,
    pub(crate) seen: String,
    pub(crate) holds: bool,
}

/// What a bench found.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) name: &'static str,
    pub(crate) lines: Vec<Line>,
    pub(crate) promises: Vec<Promise>,
}

impl Report {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            lines: Vec::new(),
            promises: Vec::new(),
        }
    }

    pub(crate) fn line(&mut self, what: impl Into<String>, figure: String, value: Value) {
        self.lines.push(Line {
            what: what.into(),
            figure,
            value,
        });
    }

    pub(crate) fn promise(&mut self, text: &'static str, seen: String, holds: bool) {
        self.promises.push(Promise { text, seen, holds });
    }

    pub(crate) fn holds(&self) -> bool {
        self.promises.iter().all(|promise| promise.holds)
    }

    pub(crate) fn json(&self) -> Value {
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| json!({"what": line.what, "value": line.value}))
            .collect();
        let promises: Vec<Value> = self
            .promises
            .iter()
            .map(|each| json!({"promise": each.text, "seen": each.seen, "holds": each.holds}))
            .collect();
        json!({"bench": self.name, "figures": lines, "promises": promises})
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "bench {}", self.name)?;
        let width = self
            .lines
            .iter()
            .map(|line| line.what.chars().count())
            .max();
        for Line { what, figure, .. } in &self.lines {
            writeln!(f, "  {what:<width$}  {figure}", width = width.unwrap_or(0))?;
        }
        for Promise { text, seen, holds } in &self.promises {
            let mark = if *holds { "holds" } else { "BROKEN" };
            writeln!(f, "  {mark}: {text} ({seen})")?;
        }
        Ok(())
    }
}
