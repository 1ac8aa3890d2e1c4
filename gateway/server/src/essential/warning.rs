//! What keeps a check from being whole.
//!
//! What a reader would get wrong: a warning never turns a verdict. It says what the verdicts
//! could not see, so that nobody takes the silence for a good sign.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use jiff::ToSpan as _;
use jiff::civil::Date;
use lienthong_core::calendar::CalendarGap;
use lienthong_core::check::ServiceCheck;
use lienthong_core::observation::{Coverage, coverage};
use lienthong_core::report::Notice;
use lienthong_core::wire_time::local_date;

use super::knowledge::Knowledge;
use super::question::Question;

/// Something that a check could not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckWarning {
    /// Which, from the closed list of the contract.
    pub code: &'static str,
    /// What is the matter and what to do, in Vietnamese.
    pub text_vi: String,
    /// The same in English.
    pub text_en: String,
}

/// Code of the warning that not all is looked at yet.
const LAG: &str = "OBSERVATION_LAG";

impl CheckWarning {
    /// Whether it is about this moment alone and passes by itself. Such a one stands in the
    /// answer to a call and in no report: the same days give the same report.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        self.code == LAG
    }

    /// For a report.
    pub(super) fn notice(&self) -> Notice {
        Notice {
            vi: self.text_vi.clone(),
            en: self.text_en.clone(),
        }
    }

    /// No reconciliation came to its end.
    pub(super) fn nothing_compared() -> Self {
        Self {
            code: "RECONCILIATION_MISSING",
            text_vi: "Chưa đối soát với Cổng Dịch vụ công quốc gia: tiêu chí C6 chưa đối chiếu \
                      trạng thái ở hai phía (lienthong sync reconcile)."
                .to_owned(),
            text_en: "Nothing was compared with the national portal yet: criterion C6 has not \
                      held the two sides' states against each other (lienthong sync reconcile)."
                .to_owned(),
        }
    }

    /// Not all that is kept is looked at yet.
    pub(super) fn behind() -> Self {
        Self {
            code: LAG,
            text_vi: "Chưa đọc hết các sự kiện hồ sơ và lượt tra cứu đã ghi nhận: số liệu còn \
                      thiếu phần mới nhất. Chờ ít phút rồi kiểm tra lại."
                .to_owned(),
            text_en: "Not all recorded dossier events and look-ups are read yet: the newest \
                      are missing from the figures. Wait some minutes and check again."
                .to_owned(),
        }
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
                    "Dịch vụ {number}: cổng kết nối thấy {seen} hồ sơ, tệp tổng số (services.totals_file) \
                     chỉ ghi {total}. Không tính được độ bao phủ; cần kiểm tra tệp."
                ),
                text_en: format!(
                    "Service {number}: the gateway saw {seen} dossiers, the file of totals \
                     (services.totals_file) says {total}. No coverage is given; check the file."
                ),
            })
            .collect()
    }

    fn of_calendar(year: i16) -> Self {
        Self {
            code: "CALENDAR_GAP",
            text_vi: format!(
                "THIẾU LỊCH LÀM VIỆC NĂM {year}: chưa có hoặc chưa công bố đủ ngày nghỉ. Không tính \
                 thời hạn nào rơi vào năm này. Bổ sung tệp lịch (services.calendar_file)."
            ),
            text_en: format!(
                "NO WORKING CALENDAR FOR {year}: it is missing, or not all its holidays are \
                 announced. No time limit that falls into it is computed. Supply a calendar \
                 (services.calendar_file)."
            ),
        }
    }
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
        years.into_iter().map(CheckWarning::of_calendar).collect()
    }
}
