//! C4 and K4: the time that is promised and the time that is taken.
//!
//! What a reader would get wrong: a time is counted in the unit of the approved limit, as two
//! working days promised on a Friday are not 96 hours. Where the calendar has no answer none
//! is guessed, and the criterion is judged only if those dossiers could not turn it
//! (administration.md 5.1).

mod days;

pub(super) use days::DayTable;

use jiff::Timestamp;

use super::case::{Case, Conclusion};
use super::claims::Statement;
use super::finding::{Criterion, Figure};
use super::judgement::View;
use super::observed::Observed;
use super::tally::{Count, Examples, Histogram};
use super::wording::{self, Words};
use crate::calendar::{CalendarGap, TimeLimit, TimeRule};
use crate::wire_time::local_date;

/// How a time is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Measure {
    /// Ngày làm việc.
    WorkingDays,
    /// Giờ làm việc, in minutes.
    WorkingMinutes,
    /// Giờ, in minutes.
    Minutes,
    /// Ngày.
    Days,
}

/// A time between two moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Measured {
    pub(super) measure: Measure,
    pub(super) value: i64,
    /// Whether it is longer than the limit.
    pub(super) exceeds: bool,
}

/// Times of one kind.
#[derive(Debug, Clone, Default)]
struct Spans {
    all: Histogram<Measure>,
    covered: Histogram<Measure>,
    /// Of those with a limit, the longer ones.
    longer: Count,
    /// With a limit, and without an answer of the calendar.
    unknown: u64,
    gap: Option<CalendarGap>,
    examples: Examples,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Times {
    promised: Spans,
    elapsed: Spans,
}

/// The gap that is told of several: the first by kind and day.
fn first_gap(one: Option<CalendarGap>, other: Option<CalendarGap>) -> Option<CalendarGap> {
    let order = |gap: &CalendarGap| match *gap {
        CalendarGap::Year { year } => (0, i64::from(year)),
        CalendarGap::NotAnnounced { year } => (1, i64::from(year)),
        CalendarGap::Hours { date } => (
            2,
            i64::from(date.year()) * 400 + i64::from(date.day_of_year()),
        ),
        CalendarGap::TooFar => (3, 0),
    };
    one.into_iter().chain(other).min_by_key(order)
}

/// The time from `from` to `to` without `pauses`, in the unit of the limit.
pub(super) fn measure(
    days: &DayTable<'_>,
    rule: &TimeRule,
    from: Timestamp,
    to: Timestamp,
    pauses: impl Iterator<Item = (Timestamp, Timestamp)>,
) -> Result<Measured, CalendarGap> {
    let start = rule.received(from, days.calendar())?;
    let last = local_date(to);
    let of = |measure, value: i64, exceeds| Measured {
        measure,
        value: value.max(0),
        exceeds,
    };
    match rule.limit {
        TimeLimit::WorkingHours(hours) => {
            let mut seconds = days.working_seconds(start.at, to)?;
            for (from, to) in pauses {
                seconds -= days.working_seconds(from, to)?;
            }
            let exceeds = seconds > i64::from(hours) * 3_600;
            Ok(of(Measure::WorkingMinutes, seconds / 60, exceeds))
        }
        TimeLimit::WorkingDays(limit) => {
            let mut counted = days.working_days(start.on, last)?;
            for (from, to) in pauses {
                counted -= days.working_days(local_date(from), local_date(to))?;
            }
            // The same day means the first working day where the dossier came on a day off.
            let same_day_moves = limit == 0 && !days.is_working(start.on)?;
            let allowed = i64::from(limit) + i64::from(same_day_moves);
            Ok(of(Measure::WorkingDays, counted, counted > allowed))
        }
        TimeLimit::Hours(hours) => {
            let mut seconds = to.duration_since(start.at).as_secs();
            for (from, to) in pauses {
                seconds -= to.duration_since(from).as_secs();
            }
            let exceeds = seconds > i64::from(hours) * 3_600;
            Ok(of(Measure::Minutes, seconds / 60, exceeds))
        }
        TimeLimit::CalendarDays(_) | TimeLimit::Months(_) => {
            let mut counted = days::days_between(start.on, last);
            for (from, to) in pauses {
                counted -= days::days_between(local_date(from), local_date(to));
            }
            let allowed = days.last_day(start.on, rule.limit)?;
            let exceeds = counted > days::days_between(start.on, allowed);
            Ok(of(Measure::Days, counted, exceeds))
        }
    }
}

impl Spans {
    fn look(
        &mut self,
        case: &Case<'_>,
        to: Timestamp,
        pauses: impl Iterator<Item = (Timestamp, Timestamp)>,
    ) {
        let from = case.facts.received;
        let rule = case.terms.limit(from);
        let counted_by = rule.unwrap_or(&case.limits.unlimited);
        let measured = measure(case.days, counted_by, from, to, pauses);
        match (measured, rule.is_some()) {
            (Ok(it), limited) => {
                self.all.add(it.measure, it.value);
                if limited {
                    self.covered.add(it.measure, it.value);
                    self.longer.add(it.exceeds);
                    if it.exceeds {
                        self.examples.note(&case.facts.number);
                    }
                }
            }
            (Err(gap), true) => {
                self.unknown += 1;
                self.gap = first_gap(self.gap, Some(gap));
            }
            (Err(_), false) => {}
        }
    }

    fn figure(&self, documented: bool, code: &'static str, vi: &str, en: &str) -> Option<Figure> {
        let times = if documented { &self.covered } else { &self.all };
        let (measure, seen, median) = times.median()?;
        let median = f64::from(i32::try_from(median).ok()?);
        let value = match measure {
            Measure::WorkingDays => (median, "working_days"),
            Measure::WorkingMinutes => (median / 60.0, "working_hours"),
            Measure::Minutes => (median / 60.0, "hours"),
            Measure::Days => (median, "days"),
        };
        Some(Figure {
            code,
            name_vi: vi.to_owned(),
            name_en: en.to_owned(),
            numerator: 0,
            denominator: seen,
            value: Some(value),
        })
    }

    fn observed(&self, vi: &str, en: &str) -> Observed {
        let Count { part, whole } = self.longer;
        let mut words = wording::counted(self.longer, vi, en).and(&median(&self.covered));
        if let Some(gap) = self.gap {
            let unknown = self.unknown;
            let why = wording::gap(gap);
            words = words.and(&Words::new(
                format!(
                    "CẢNH BÁO: không tính được ngày của {unknown} hồ sơ vì {}",
                    why.vi
                ),
                format!(
                    "WARNING: no date was computed for {unknown} dossiers: {}",
                    why.en
                ),
            ));
        }
        let all = whole + self.unknown;
        // More than half longer: then the median is longer, whatever the others are.
        let surely_longer = part * 2 > all;
        let surely_not = (part + self.unknown) * 2 <= all;
        if all > 0 && !surely_longer && !surely_not {
            return Observed::Hidden(words);
        }
        Observed::Counted {
            sample: whole,
            good: !surely_longer,
            by_one: false,
            words,
        }
    }
}

/// `trung vị 3 ngày làm việc`.
fn median(times: &Histogram<Measure>) -> Words {
    let Some((measure, _, value)) = times.median() else {
        return Words::default();
    };
    let (vi, en) = match measure {
        Measure::WorkingDays => ("ngày làm việc", "working days"),
        Measure::WorkingMinutes => ("giờ làm việc", "working hours"),
        Measure::Minutes => ("giờ", "hours"),
        Measure::Days => ("ngày", "days"),
    };
    let hours = || (value / 60, value % 60);
    let (shown_vi, shown_en) = match (measure, hours()) {
        (Measure::WorkingDays | Measure::Days, _) | (_, (_, 0)) => {
            let whole = match measure {
                Measure::WorkingDays | Measure::Days => value,
                Measure::WorkingMinutes | Measure::Minutes => value / 60,
            };
            (format!("{whole} {vi}"), format!("{whole} {en}"))
        }
        (Measure::WorkingMinutes | Measure::Minutes, (hours, minutes)) => (
            format!("{hours} {vi} {minutes} phút"),
            format!("{hours} {en} {minutes} minutes"),
        ),
    };
    Words::new(format!("trung vị {shown_vi}"), format!("median {shown_en}"))
}

impl Times {
    pub(super) fn look(&mut self, case: &Case<'_>) {
        let facts = case.facts;
        if let Some(due) = facts.first_due.or(facts.due) {
            self.promised.look(case, due, std::iter::empty());
        }
        let Some(finished) = case.finished else {
            return;
        };
        let pauses = facts.pauses.iter().map(|pause| {
            let until = pause.until.unwrap_or(finished).min(finished);
            (pause.from.min(until), until)
        });
        self.elapsed.look(case, finished, pauses);
    }

    pub(super) fn conclude(&self, view: &View<'_>, out: &mut Conclusion) {
        let paper = view.service.paper(&[Statement::TimeLimit]);
        let documented = paper.is_documented();
        let figures = [
            self.promised.figure(
                documented,
                "PROMISED_TIME",
                "Trung vị thời gian hẹn trả kể từ khi tiếp nhận",
                "Median time from receipt to the first appointment",
            ),
            self.elapsed.figure(
                documented,
                "ELAPSED_TIME",
                "Trung vị thời gian giải quyết thực tế, không tính thời gian tạm dừng",
                "Median time taken, without pauses",
            ),
        ];
        figures.into_iter().flatten().for_each(|it| out.figure(it));
        let c4 = Criterion::C(4);
        if let Some(rule) = view.rule(c4) {
            let observed = self.promised.observed(
                "được hẹn trả muộn hơn thời hạn đã phê duyệt",
                "were promised later than the approved limit",
            );
            let judged = view.by_document(rule, &paper, false, observed);
            let examples = &self.promised.examples;
            out.find(c4, Some("PROMISED_TIME"), judged, paper.clone(), examples);
        }
        let k4 = Criterion::K(4);
        if let Some(rule) = view.rule(k4) {
            let paper = view
                .service
                .paper(&[Statement::TimeLimit])
                .with(view.service.paper(&[Statement::TimeLimitBefore]));
            let observed = self.elapsed.observed(
                "được giải quyết lâu hơn thời hạn đã phê duyệt, trừ mọi thời gian tạm dừng",
                "took longer than the approved limit, without any time of waiting",
            );
            let judged = view.by_document(rule, &paper, false, observed);
            let examples = &self.elapsed.examples;
            out.find(k4, Some("ELAPSED_TIME"), judged, paper, examples);
        }
    }
}
