//! What keeps a check from being whole.
//!
//! What a reader would get wrong: a warning never turns a verdict. It says what the verdicts
//! could not see, so that nobody takes the silence for a good sign.

mod sources;
mod unit;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use jiff::ToSpan as _;
use jiff::civil::Date;
use lienthong_core::calendar::CalendarGap;
use lienthong_core::check::ServiceCheck;
use lienthong_core::observation::{Coverage, coverage};
use lienthong_core::report::{Language, Notice};
use lienthong_core::wire_time::local_date;

use super::knowledge::Knowledge;
use super::question::Question;

/// Something that a check could not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckWarning {
    /// Which, from the closed list of the contract.
    pub code: &'static str,
    /// What is not in the figures, in Vietnamese: fit for a printed report.
    pub text_vi: String,
    /// The same in English.
    pub text_en: String,
    /// What an operator does about it, in Vietnamese. It names commands and settings, and so
    /// stands in answers and in no report; empty where there is nothing to do.
    pub advice_vi: String,
    /// The same in English.
    pub advice_en: String,
}

/// Code of the warning that a criterion had nothing to compare.
const NOT_COMPARED: &str = "RECONCILIATION_MISSING";

impl CheckWarning {
    /// Whether it is about this moment alone and passes by itself. Such a one stands in the
    /// answer to a call and in no report: the same days give the same report.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self.code, sources::LAG | sources::REBUILDING)
    }

    /// What is the matter and what to do: for an operator.
    #[must_use]
    pub fn told(&self, language: Language) -> String {
        let (text, advice) = match language {
            Language::Vietnamese => (&self.text_vi, &self.advice_vi),
            Language::English => (&self.text_en, &self.advice_en),
        };
        if advice.is_empty() {
            text.clone()
        } else {
            format!("{text} {advice}")
        }
    }

    /// For a report.
    pub(super) fn notice(&self) -> Notice {
        Notice {
            vi: self.text_vi.clone(),
            en: self.text_en.clone(),
            of_verdicts: self.code == NOT_COMPARED,
        }
    }

    /// No reconciliation that saw statuses came to its end since the window began.
    pub(super) fn nothing_compared() -> Self {
        Self {
            code: NOT_COMPARED,
            text_vi: "Chưa đối soát trạng thái với Cổng Dịch vụ công quốc gia kể từ đầu khoảng \
                      thời gian này: tiêu chí C6 chưa đối chiếu trạng thái ở hai phía."
                .to_owned(),
            text_en: "No states were compared with the national portal since these days began: \
                      criterion C6 has not held the two sides' states against each other."
                .to_owned(),
            advice_vi: "Chạy đối soát: lienthong sync reconcile.".to_owned(),
            advice_en: "Compare the two sides: lienthong sync reconcile.".to_owned(),
        }
    }

    /// Services whose coverage is not known though there are totals: of other days.
    pub(super) fn of_totals(
        knowledge: &Knowledge,
        question: &Question,
        checks: &[ServiceCheck],
    ) -> Option<Self> {
        let unit = question.unit.as_ref();
        let without = checks.iter().filter(|check| {
            let (number, seen) = (check.service, check.dossiers_seen);
            let mut totals = knowledge.totals.iter();
            totals.any(|it| it.service == number && it.unit.as_ref() == unit)
                && coverage(&knowledge.totals, number, unit, check.window, seen)
                    == Coverage::Unknown
        });
        let numbers: Vec<String> = without.map(|it| it.service.to_string()).collect();
        if numbers.is_empty() {
            return None;
        }
        let numbers = numbers.join(", ");
        Some(Self {
            code: "NO_TOTAL_FOR_WINDOW",
            text_vi: format!(
                "Dịch vụ {numbers}: chỉ có tổng số của những ngày khác, nên không tính độ bao phủ \
                 trong khoảng thời gian này; độ bao phủ thấp không được xét tới."
            ),
            text_en: format!(
                "Service {numbers}: there are totals of other days only, so no coverage of these \
                 days is given, and a low one is not considered."
            ),
            advice_vi: "Ghi tổng số theo từng tháng dương lịch (services.totals_file) và kiểm tra \
                        trọn các tháng đó."
                .to_owned(),
            advice_en: "Give totals by calendar month (services.totals_file) and check whole \
                        months."
                .to_owned(),
        })
    }

    /// Services of which the gateway saw more dossiers than there are said to be.
    pub(super) fn of_coverage(
        knowledge: &Knowledge,
        question: &Question,
        checks: &[ServiceCheck],
    ) -> Vec<Self> {
        let unit = question.unit.as_ref();
        let of = |check: &ServiceCheck| {
            let (number, seen) = (check.service, check.dossiers_seen);
            coverage(&knowledge.totals, number, unit, check.window, seen)
        };
        let above = checks.iter().filter_map(|check| match of(check) {
            Coverage::Above { seen, total } => Some((check.service, seen, total)),
            Coverage::Unknown | Coverage::Known { .. } => None,
        });
        above
            .map(|(number, seen, total)| Self {
                code: "COVERAGE_ABOVE_WHOLE",
                text_vi: format!(
                    "Dịch vụ {number}: cổng kết nối ghi nhận nhiều hồ sơ hơn tổng số được cung \
                     cấp, nên không tính độ bao phủ."
                ),
                text_en: format!(
                    "Service {number}: the gateway saw more dossiers than there are said to be, \
                     so no coverage is given."
                ),
                // The numbers may be small, and the text stands in reports that are published.
                advice_vi: format!(
                    "Đã thấy {seen} hồ sơ, tệp tổng số (services.totals_file) chỉ ghi {total}: \
                     kiểm tra tệp."
                ),
                advice_en: format!(
                    "{seen} were seen, the file of totals (services.totals_file) says {total}: \
                     check the file."
                ),
            })
            .collect()
    }

    /// A run of years without calendar.
    fn of_calendar(first: i16, last: i16) -> Self {
        let (years_vi, years_en) = if first == last {
            (format!("NĂM {first}"), first.to_string())
        } else {
            (format!("CÁC NĂM {first}–{last}"), format!("{first}–{last}"))
        };
        Self {
            code: "CALENDAR_GAP",
            text_vi: format!(
                "THIẾU LỊCH LÀM VIỆC {years_vi}: chưa có hoặc chưa công bố đủ ngày nghỉ. Không tính \
                 thời hạn nào rơi vào thời gian này."
            ),
            text_en: format!(
                "NO WORKING CALENDAR FOR {years_en}: it is missing, or not all its holidays are \
                 announced. No time limit that falls into this time is computed."
            ),
            advice_vi: "Bổ sung tệp lịch (services.calendar_file).".to_owned(),
            advice_en: "Supply a calendar (services.calendar_file).".to_owned(),
        }
    }
}

/// Years that follow each other, as runs from a first to a last one.
fn runs(years: &[i16]) -> impl Iterator<Item = (i16, i16)> {
    let runs = years.chunk_by(|one, next| one.saturating_add(1) == *next);
    runs.filter_map(|run| Some((*run.first()?, *run.last()?)))
}

/// Tells a gap of the calendar once in the log, and every time in the answer.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    logged: Mutex<BTreeSet<i16>>,
}

impl Warnings {
    /// Years without calendar among those in which time limits of the question may lie.
    pub(super) fn of_calendar(
        &self,
        knowledge: &Knowledge,
        question: &Question,
    ) -> Vec<CheckWarning> {
        let calendar = &knowledge.calendar;
        let first = question.window.first();
        // Time limits that run now reach some weeks ahead.
        let last = local_date(question.as_of).saturating_add(1.month());
        let days = (first.year()..=last.year()).map(|year| {
            if year == first.year() {
                first
            } else {
                Date::constant(year, 1, 1)
            }
        });
        let unit = question.unit.as_ref().or(knowledge.home.as_ref());
        let calendar = unit.map_or_else(|| calendar.national(), |unit| calendar.of(unit));
        let years: Vec<i16> = days
            .filter(|day| match calendar.day(*day) {
                Err(CalendarGap::Year { .. } | CalendarGap::NotAnnounced { .. }) => true,
                Err(CalendarGap::Hours { .. } | CalendarGap::TooFar) | Ok(_) => false,
            })
            .map(Date::year)
            .collect();
        for year in &years {
            let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
            if logged.insert(*year) {
                tracing::warn!(
                    year,
                    "the working calendar has no such year: time limits in it are not computed; \
                     supply it in services.calendar_file"
                );
            }
        }
        runs(&years)
            .map(|(first, last)| CheckWarning::of_calendar(first, last))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_without_calendar_that_follow_each_other_are_one_warning() {
        let told: Vec<_> = runs(&[2022, 2023, 2024, 2027]).collect();
        assert_eq!(told, [(2022, 2024), (2027, 2027)]);
        let warning = CheckWarning::of_calendar(2022, 2024);
        assert!(warning.text_vi.contains("CÁC NĂM 2022–2024"));
        assert!(warning.text_en.contains("FOR 2022–2024:"));
        assert!(
            CheckWarning::of_calendar(2027, 2027)
                .text_vi
                .contains("NĂM 2027")
        );
    }
}
