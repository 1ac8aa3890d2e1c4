//! Forgetting what is past its time: dossiers each hour, and names that none needs each day.

use std::sync::PoisonError;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::ports::observations::{Anew, Source};

use super::{ObserveError, Observer};

/// Dossiers that are forgotten, or looked through for names, in one step.
const AT_ONCE: u32 = 5_000;

/// How often it is looked for what is to be forgotten.
const EVERY: SignedDuration = SignedDuration::from_hours(1);

/// How often all dossiers are looked through for names.
const NAMES_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// When it was last looked.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Forgotten {
    ended: Option<Timestamp>,
    names: Option<Timestamp>,
}

impl Observer {
    /// Forgets what came to its end too long ago, once in a while.
    pub(super) async fn forget(&self) -> Result<(), ObserveError> {
        let now = self.clock.now();
        let is_due = |last: Option<Timestamp>, every| {
            last.is_none_or(|last| now.duration_since(last) >= every)
        };
        let last = *self
            .forgotten
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if is_due(last.ended, EVERY) {
            self.forget_ended(now).await?;
            self.note_forgotten(|it| it.ended = Some(now));
        }
        if is_due(last.names, NAMES_EVERY) {
            self.give_up(now).await?;
            while !self.observations.forget_names(AT_ONCE).await? {}
            self.note_forgotten(|it| it.names = Some(now));
        }
        Ok(())
    }

    /// Ends the telling anew of logs whose gateway is gone for good: nothing else would.
    async fn give_up(&self, now: Timestamp) -> Result<(), ObserveError> {
        for standing in self.observations.standings().await? {
            let source = &standing.source;
            if *source == Source::Events || !self.is_unfollowed(&standing, now) {
                continue;
            }
            match standing.anew {
                None => {}
                Some(Anew::Telling { .. }) => self.observations.give_up_anew(source).await?,
                Some(Anew::Taking) => while !self.observations.take_anew(source, AT_ONCE).await? {},
            }
        }
        Ok(())
    }

    async fn forget_ended(&self, now: Timestamp) -> Result<(), ObserveError> {
        let keep = SignedDuration::try_from(self.settings.keep).unwrap_or(SignedDuration::MAX);
        // Before time began there was nothing.
        let Ok(before) = now.checked_sub(keep) else {
            return Ok(());
        };
        loop {
            let forgotten = self.observations.forget_ended(before, AT_ONCE).await?;
            if forgotten > 0 {
                tracing::info!(
                    dossiers = forgotten,
                    "facts of dossiers past their time were removed"
                );
            }
            if forgotten < AT_ONCE {
                return Ok(());
            }
        }
    }

    /// Has the next round look again.
    pub(super) fn forget_soon(&self) {
        self.note_forgotten(|it| it.ended = None);
    }

    fn note_forgotten(&self, note: impl FnOnce(&mut Forgotten)) {
        note(
            &mut self
                .forgotten
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }
}
