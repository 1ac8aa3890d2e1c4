//! One round with one source: what is new is folded in, and what is told anew goes on.
//!
//! What a reader would get wrong: the place of the source is read first and its end second.
//! Both only rise, also by another gateway's work, so only a store that was put back from a
//! backup can end below. Once it has grown past the place again, what stands there is another
//! row.

use jiff::{SignedDuration, Timestamp};
use lienthong_core::ports::observations::{
    Anew, Fingerprint, Follower, RebuildCause, Source, Standing,
};

use super::source::Told;
use super::{ObserveError, Observer};

/// Dossiers whose facts, told anew, take their place in one step.
const TAKEN_AT_ONCE: u32 = 2_000;

/// Steps of telling anew in one round; what is new is looked at in between.
const STEPS: u32 = 50;

/// How often it is noted who follows a source.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// How often it is noted up to when a source is folded in, where nobody waits for it.
const COMPLETE_EVERY: SignedDuration = SignedDuration::from_secs(15);

/// What a round did with a source.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Round {
    /// Rows that were told.
    pub(super) followed: u64,
    /// Rows that are left.
    pub(super) behind: u64,
    /// There is more to do, and no reason to wait for it.
    pub(super) is_unfinished: bool,
}

impl Observer {
    /// Folds in what is new, and goes on with what is told anew.
    pub(super) async fn follow(
        &self,
        source: &Source,
        told: &dyn Told,
    ) -> Result<Round, ObserveError> {
        // What is kept later is not in it.
        let until = self.clock.now();
        let mut standing = self.standing(source).await?;
        let newest = told.newest().await?;
        self.be_noted(&standing, newest, told).await?;
        if self.begin_if_put_back(&standing, newest, told).await? {
            standing = self.standing(source).await?;
        }
        let mut round = Round::default();
        if standing.is_followed() {
            self.keep_up(&standing, newest, told, &mut round).await?;
        } else {
            round.behind = newest;
        }
        self.tell_anew(source, newest, told, &mut round).await?;
        self.note_complete(source, newest, until).await?;
        Ok(round)
    }

    pub(super) async fn standing(&self, source: &Source) -> Result<Standing, ObserveError> {
        let all = self.observations.standings().await?;
        let found = all.into_iter().find(|standing| standing.source == *source);
        Ok(found.unwrap_or_else(|| Standing::new(source.clone())))
    }

    /// Notes that this process follows the source. A log has one follower: whoever finds
    /// another one alive there has a copy of it, or is followed by one.
    async fn be_noted(
        &self,
        standing: &Standing,
        newest: u64,
        told: &dyn Told,
    ) -> Result<(), ObserveError> {
        let now = self.clock.now();
        let noted = standing.follower.as_ref();
        let other = noted.filter(|noted| noted.id != self.id);
        if let (Source::Lookups(log), Some(other)) = (&standing.source, other)
            && self.is_alive(other, now)
        {
            // Who is noted after this process is no earlier run of it; who folded in what does
            // not stand here is none either.
            let is_rival = self.has_followed(log)
                || self
                    .is_gone(standing.position, standing.fingerprint, newest, told)
                    .await?;
            if is_rival {
                return Err(self.refused(standing, log).await?);
            }
        }
        let is_fresh = noted.is_some_and(|noted| now.duration_since(noted.seen_at) < NOTED_EVERY);
        let is_own = noted.is_some() && other.is_none();
        if is_fresh && (is_own || standing.source == Source::Events) {
            return Ok(());
        }
        let follower = Follower {
            id: self.id.clone(),
            seen_at: now,
        };
        let instead_of = noted.map(|noted| &noted.id);
        let is_noted = self
            .observations
            .follow(&standing.source, &follower, instead_of)
            .await?;
        match &standing.source {
            Source::Lookups(log) if !is_noted => Err(self.refused(standing, log).await?),
            Source::Lookups(log) => {
                self.note_followed(log);
                Ok(())
            }
            // Whoever is noted there now folds them in as well.
            Source::Events => Ok(()),
        }
    }

    /// That another gateway follows a log of this name: noted, because nobody's facts hold what
    /// is recorded in this one.
    async fn refused(&self, standing: &Standing, log: &str) -> Result<ObserveError, ObserveError> {
        let now = self.clock.now();
        let noted = standing.rival.as_ref();
        let is_fresh = noted.is_some_and(|noted| {
            noted.id == self.id && now.duration_since(noted.seen_at) < NOTED_EVERY
        });
        if !is_fresh {
            let rival = Follower {
                id: self.id.clone(),
                seen_at: now,
            };
            self.observations
                .note_rival(&standing.source, &rival)
                .await?;
        }
        Ok(ObserveError::Rival {
            log: log.to_owned(),
        })
    }

    /// Whether a source no more holds what was folded in up to `position`.
    async fn is_gone(
        &self,
        position: u64,
        fingerprint: Option<Fingerprint>,
        newest: u64,
        told: &dyn Told,
    ) -> Result<bool, ObserveError> {
        if newest < position {
            return Ok(true);
        }
        let Some(stood) = fingerprint else {
            return Ok(false);
        };
        // A row that is gone by itself says nothing.
        let stands = told.stands(position).await?;
        Ok(stands.is_some_and(|stands| stands != stood))
    }

    /// Has a source told anew whose store was put back from a backup; whether it was.
    async fn begin_if_put_back(
        &self,
        standing: &Standing,
        newest: u64,
        told: &dyn Told,
    ) -> Result<bool, ObserveError> {
        let mut places = Vec::new();
        if standing.is_followed() {
            places.push((standing.position, standing.fingerprint));
        }
        if let Some(Anew::Telling {
            position,
            fingerprint,
        }) = standing.anew
        {
            places.push((position, fingerprint));
        }
        for (position, fingerprint) in places {
            if self.is_gone(position, fingerprint, newest, told).await? {
                let cause = RebuildCause::PutBack {
                    source: standing.source.clone(),
                    position,
                };
                let now = self.clock.now();
                if self.observations.begin_anew(now, &cause).await?.is_some() {
                    tracing::warn!(
                        source = ?standing.source,
                        "what was observed does not stand where it stood, so it was put back \
                         from a backup; this source is observed anew"
                    );
                }
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Folds in what is new, up to where the source ended when it was asked: under steady
    /// writing there would be no end otherwise.
    async fn keep_up(
        &self,
        standing: &Standing,
        newest: u64,
        told: &dyn Told,
        round: &mut Round,
    ) -> Result<(), ObserveError> {
        let mut position = standing.position;
        while position < newest {
            round.behind = newest - position;
            self.note_behind(&standing.source, round.behind);
            let batch = told.after(position, self.settings.batch.get()).await?;
            // Nothing told is not nothing there: a store may hold back what is in flight.
            if batch.reached == position {
                return Ok(());
            }
            let (reached, count) = (batch.reached, batch.count);
            let portion = batch.portion(position);
            let source = &standing.source;
            if !self.observations.observe(source, portion).await? {
                // Another gateway was quicker, and goes on with it.
                return Ok(());
            }
            round.followed += count;
            position = reached;
        }
        round.behind = 0;
        Ok(())
    }

    /// Goes on with a source that is told anew.
    async fn tell_anew(
        &self,
        source: &Source,
        newest: u64,
        told: &dyn Told,
        round: &mut Round,
    ) -> Result<(), ObserveError> {
        let standing = self.standing(source).await?;
        let mut position = match standing.anew {
            None => return Ok(()),
            Some(Anew::Taking) => return self.take_anew(source, round).await,
            Some(Anew::Telling { position, .. }) => position,
        };
        // Up to where it stands, and where its store was put back up to the end of that.
        let goal = if standing.is_lost {
            newest
        } else {
            standing.position
        };
        let mut steps = 0;
        while position < goal {
            if steps == STEPS {
                round.is_unfinished = true;
                return Ok(());
            }
            steps += 1;
            let left = u32::try_from(goal - position).unwrap_or(u32::MAX);
            let most = self.settings.batch.get().min(left);
            let batch = told.after(position, most).await?;
            if batch.reached == position {
                break;
            }
            let count = batch.count;
            let portion = if standing.is_lost {
                batch.portion_of_all(position)
            } else {
                batch.portion_up_to(position, goal, standing.fingerprint)
            };
            let reached = portion.after;
            if !self.observations.observe_anew(source, portion).await? {
                return Ok(());
            }
            round.followed += count;
            position = reached;
        }
        // What the store holds back is still to be told.
        if position < goal {
            return Ok(());
        }
        if self.observations.told_anew(source, position).await? {
            self.take_anew(source, round).await?;
        }
        Ok(())
    }

    async fn take_anew(&self, source: &Source, round: &mut Round) -> Result<(), ObserveError> {
        for _ in 0..STEPS {
            if self.observations.take_anew(source, TAKEN_AT_ONCE).await? {
                tracing::info!(source = ?source, "a source was observed anew");
                // What was past its time was told as well.
                self.forget_soon();
                return Ok(());
            }
        }
        round.is_unfinished = true;
        Ok(())
    }

    /// Notes up to when everything is folded in, where it is.
    async fn note_complete(
        &self,
        source: &Source,
        newest: u64,
        until: Timestamp,
    ) -> Result<(), ObserveError> {
        let standing = self.standing(source).await?;
        if standing.is_lost || standing.position < newest {
            return Ok(());
        }
        let noted = standing.complete_until;
        let is_fresh = noted.is_some_and(|noted| until.duration_since(noted) < COMPLETE_EVERY);
        if is_fresh && !self.is_awaited() {
            return Ok(());
        }
        self.observations
            .complete(source, standing.position, until)
            .await?;
        Ok(())
    }
}
