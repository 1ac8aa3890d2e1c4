//! How far the observations of some days are, over all sources that are known.
//!
//! What a reader would get wrong: this gateway's own log says nothing about the others'. A
//! dossier whose look-ups another gateway has not told yet would be judged as one without any.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use lienthong_core::observation::Window;
use lienthong_core::ports::observations::{Follower, Source, Standing};

/// What other gateways may lag behind where days are asked about that are not over: they note
/// how far they are now and then.
const OTHERS_LAG: SignedDuration = SignedDuration::from_mins(2);

/// How the events are called among the sources.
const EVENTS: &str = "events";

/// How far the observations of some days are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reached {
    /// Sources of which something kept in those days may not be folded in: `events`, or the
    /// name of a log of look-ups.
    pub missing: Vec<String>,
    /// Logs that nobody has followed for long, and that ended in those days: what was recorded
    /// there behind their end is not known.
    pub retired: Vec<String>,
    /// Whether a source is told anew at present.
    pub is_rebuilding: bool,
    /// Rows of all sources that could not be read.
    pub unreadable: u64,
}

impl Reached {
    /// Where nothing can be told.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            missing: vec![EVENTS.to_owned()],
            ..Self::default()
        }
    }

    /// Whether everything is folded in that was kept in those days.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.missing.is_empty()
    }

    /// Whether the events or the look-ups of this log are missing.
    pub(super) fn lacks(&self, log: &Source) -> bool {
        let lacks = |source: &Source| self.missing.contains(&name(source));
        lacks(&Source::Events) || lacks(log)
    }
}

/// What is asked.
pub(super) struct Days<'a> {
    pub(super) window: &'a Window,
    /// When it was asked: nothing later is meant.
    pub(super) asked_at: Timestamp,
    /// The log of this gateway.
    pub(super) own: &'a Source,
    /// How long a log is waited for that nobody follows.
    pub(super) retire_after: SignedDuration,
    /// Whether this gateway's own log is not observed, because another one follows a copy.
    pub(super) has_rival: bool,
    /// Whether a follower is at work.
    pub(super) is_alive: &'a dyn Fn(&Follower) -> bool,
}

impl Days<'_> {
    /// How far they are, by how the sources stand.
    pub(super) fn reached(&self, standings: &[Standing]) -> Reached {
        let mut reached = Reached::default();
        for source in [&Source::Events, self.own] {
            if !standings.iter().any(|standing| standing.source == *source) {
                reached.missing.push(name(source));
            }
        }
        for standing in standings {
            self.look(standing, &mut reached);
            self.look_at_rival(standing, &mut reached);
        }
        if self.has_rival {
            reached.missing.push(name(self.own));
        }
        for names in [&mut reached.missing, &mut reached.retired] {
            let mut seen = BTreeSet::new();
            names.retain(|name| seen.insert(name.clone()));
        }
        reached
    }

    fn look(&self, standing: &Standing, reached: &mut Reached) {
        reached.unreadable = reached.unreadable.saturating_add(standing.unreadable);
        let until = self.window.ends().min(self.asked_at);
        let complete = |until| {
            let complete = standing.complete_until;
            complete.is_some_and(|complete| until <= complete)
        };
        let own = standing.source == Source::Events || standing.source == *self.own;
        // A source that nobody ever followed was given, and waits for nobody.
        let Some(follower) = &standing.follower else {
            if own && !complete(until) {
                reached.missing.push(name(&standing.source));
            }
            return;
        };
        if standing.anew.is_some() && (own || (self.is_alive)(follower)) {
            reached.is_rebuilding = true;
        }
        let silent = self.asked_at.duration_since(follower.seen_at);
        if own {
            if !complete(until) {
                reached.missing.push(name(&standing.source));
            }
        } else if silent > self.retire_after {
            // Its folding may have failed for long before it fell silent.
            let end = standing.complete_until.max(Some(follower.seen_at));
            let end = end.unwrap_or(follower.seen_at);
            let complete = standing.complete_until.unwrap_or(Timestamp::MIN);
            if self.window.begins() <= end && complete < until {
                reached.retired.push(name(&standing.source));
            }
        } else {
            let is_over = self.window.ends() <= self.asked_at;
            let lag = self.asked_at.checked_sub(OTHERS_LAG);
            let lag = lag.ok().filter(|_| !is_over).unwrap_or(until);
            if !complete(until.min(lag)) {
                reached.missing.push(name(&standing.source));
            }
        }
    }

    /// What is recorded in a copy of a log is in no fact, at no gateway.
    fn look_at_rival(&self, standing: &Standing, reached: &mut Reached) {
        let Some(rival) = &standing.rival else { return };
        if self.window.ends() <= rival.since || rival.seen_at < self.window.begins() {
            return;
        }
        let silent = self.asked_at.duration_since(rival.seen_at);
        let names = if silent > self.retire_after {
            &mut reached.retired
        } else {
            &mut reached.missing
        };
        names.push(name(&standing.source));
    }
}

fn name(source: &Source) -> String {
    match source {
        Source::Events => EVENTS.to_owned(),
        Source::Lookups(log) => log.clone(),
    }
}

#[cfg(test)]
mod tests {
    use lienthong_core::ports::observations::{Anew, FollowerId, Rival};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn log(name: &str) -> Source {
        Source::Lookups(name.to_owned())
    }

    fn standing(source: Source, complete: &str, seen: &str) -> Standing {
        Standing {
            complete_until: Some(at(complete)),
            follower: Some(Follower {
                id: FollowerId("f".to_owned()),
                seen_at: at(seen),
            }),
            ..Standing::new(source)
        }
    }

    /// Asked at noon of 20/10 UTC, this gateway's own sources being complete.
    fn reached(first: &str, last: &str, others: Vec<Standing>) -> Reached {
        let now = "2026-10-20T12:00:00Z";
        let window = Window::new(first.parse().unwrap(), last.parse().unwrap()).unwrap();
        let mut standings = vec![
            standing(Source::Events, now, now),
            standing(log("own"), now, now),
        ];
        standings.extend(others);
        let days = Days {
            window: &window,
            asked_at: at(now),
            own: &log("own"),
            retire_after: SignedDuration::from_hours(7 * 24),
            has_rival: false,
            is_alive: &|follower| {
                at(now).duration_since(follower.seen_at) < SignedDuration::from_mins(5)
            },
        };
        days.reached(&standings)
    }

    #[test]
    fn days_that_are_over_wait_for_the_look_ups_of_every_gateway() {
        let over = |complete| {
            let other = standing(log("other"), complete, "2026-10-19T18:00:00Z");
            reached("2026-10-01", "2026-10-19", vec![other])
        };
        // The 19th ends at 17:00 UTC.
        assert_eq!(over("2026-10-19T16:59:59Z").missing, ["other"]);
        assert!(over("2026-10-19T17:00:00Z").is_whole());
    }

    #[test]
    fn today_waits_for_another_gateway_no_longer_than_it_takes_to_note() {
        let today = |complete| {
            let other = standing(log("other"), complete, complete);
            reached("2026-10-20", "2026-10-20", vec![other]).is_whole()
        };
        assert!(today("2026-10-20T11:58:00Z"));
        assert!(!today("2026-10-20T11:57:59Z"));
    }

    #[test]
    fn a_log_that_is_silent_for_long_is_told_where_it_ended_in_those_days() {
        let silent = |complete| {
            let other = standing(log("old"), complete, "2026-10-10T00:00:00Z");
            reached("2026-10-05", "2026-10-19", vec![other])
        };
        let within = silent("2026-10-09T00:00:00Z");
        assert_eq!((within.retired.len(), within.is_whole()), (1, true));
        // Its folding failed until it fell silent: what it recorded meanwhile is missing.
        let failed = silent("2026-10-01T00:00:00Z");
        assert_eq!((failed.retired.len(), failed.is_whole()), (1, true));
        let other = standing(log("old"), "2026-10-01T00:00:00Z", "2026-10-04T00:00:00Z");
        let later = reached("2026-10-05", "2026-10-19", vec![other]);
        assert_eq!(later, Reached::default());
    }

    #[test]
    fn days_that_are_just_over_wait_for_all_of_them() {
        let complete = |complete| {
            let other = standing(log("other"), complete, "2026-10-20T16:59:30Z");
            let now = at("2026-10-20T17:00:00Z");
            let own = [Source::Events, log("own")];
            let own =
                own.map(|source| standing(source, "2026-10-20T17:00:00Z", "2026-10-20T17:00:00Z"));
            let day = "2026-10-20".parse().unwrap();
            let days = Days {
                window: &Window::new(day, day).unwrap(),
                asked_at: now,
                own: &log("own"),
                retire_after: SignedDuration::from_hours(24),
                has_rival: false,
                is_alive: &|_| true,
            };
            days.reached(&[&own[..], &[other]].concat()).is_whole()
        };
        assert!(!complete("2026-10-20T16:59:59Z"));
        assert!(complete("2026-10-20T17:00:00Z"));
    }

    #[test]
    fn a_copy_of_a_log_is_missing_in_its_days_and_told_once_it_is_silent() {
        let copied = |since, seen| {
            let other = Standing {
                rival: Some(Rival {
                    id: FollowerId("r".to_owned()),
                    since: at(since),
                    seen_at: at(seen),
                }),
                ..standing(log("other"), "2026-10-20T11:59:00Z", "2026-10-20T11:59:00Z")
            };
            reached("2026-10-05", "2026-10-19", vec![other])
        };
        let at_work = copied("2026-10-19T10:00:00Z", "2026-10-20T11:59:00Z");
        assert_eq!(
            (at_work.missing, at_work.retired.len()),
            (vec!["other".to_owned()], 0)
        );
        let silent = copied("2026-10-05T10:00:00Z", "2026-10-06T10:00:00Z");
        assert_eq!((silent.is_whole(), silent.retired.len()), (true, 1));
        assert!(copied("2026-10-20T10:00:00Z", "2026-10-20T11:59:00Z").is_whole());
        let before = copied("2026-10-01T10:00:00Z", "2026-10-04T10:00:00Z");
        assert_eq!(before, Reached::default());
    }

    #[test]
    fn what_is_told_anew_is_said_where_somebody_is_at_work() {
        let anew = |seen| {
            let other = Standing {
                anew: Some(Anew::Taking),
                ..standing(log("other"), "2026-10-20T11:59:00Z", seen)
            };
            reached("2026-10-20", "2026-10-20", vec![other]).is_rebuilding
        };
        assert!(anew("2026-10-20T11:59:00Z"));
        assert!(!anew("2026-10-19T11:59:00Z"));
    }

    #[test]
    fn a_source_of_which_nothing_is_known_is_missing_and_one_that_was_given_is_not() {
        let window = Window::new("2026-10-01".parse().unwrap(), "2026-10-02".parse().unwrap());
        let window = window.unwrap();
        let days = Days {
            window: &window,
            asked_at: at("2026-10-20T12:00:00Z"),
            own: &log("own"),
            retire_after: SignedDuration::from_hours(1),
            has_rival: false,
            is_alive: &|_| true,
        };
        let given = Standing {
            unreadable: 3,
            ..Standing::new(log("given"))
        };
        let reached = days.reached(&[given]);
        assert_eq!(reached.missing, ["events", "own"]);
        assert_eq!(reached.unreadable, 3);
    }
}
