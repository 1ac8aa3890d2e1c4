//! The words of findings, in Vietnamese and in English.
//!
//! What a reader would get wrong: a reason says what was counted and what was allowed, and
//! claims nothing beyond that: no service is called lawful, nobody guilty
//! (administration.md 10).

use jiff::civil::Date;

use super::rules::ShareBound;
use super::tally::Count;
use crate::calendar::CalendarGap;
use crate::citizen::CitizenField;
use crate::document::short_date;
use crate::evidence::OutOfDate;
use crate::share::Share;
use crate::target::Operator;

/// One text in both languages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) vi: String,
    pub(super) en: String,
}

impl Words {
    pub(super) fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            vi: vi.into(),
            en: en.into(),
        }
    }

    /// Both, one after the other, without what is said already: the parts between semicolons.
    pub(super) fn and_new(self, other: &Self) -> Self {
        let new = |one: &str, other: &str| {
            let said: Vec<&str> = one.split("; ").collect();
            let parts = other.split("; ").filter(|part| !said.contains(part));
            parts.collect::<Vec<_>>().join("; ")
        };
        let left = Self::new(new(&self.vi, &other.vi), new(&self.en, &other.en));
        self.and(&left)
    }

    /// Both, one after the other.
    pub(super) fn and(self, other: &Self) -> Self {
        let join = |one: String, other: &str| match (one.is_empty(), other.is_empty()) {
            (_, true) => one,
            (true, false) => other.to_owned(),
            (false, false) => format!("{one}; {other}"),
        };
        Self {
            vi: join(self.vi, &other.vi),
            en: join(self.en, &other.en),
        }
    }
}

/// `12/340 hồ sơ (3,53%) có nộp …`.
pub(super) fn counted(count: Count, vi: &str, en: &str) -> Words {
    let (part, whole) = (count.part, count.whole);
    let share = percent(count.share());
    Words::new(
        format!("{part}/{whole} hồ sơ{} {vi}", share.vi),
        format!("{part} of {whole} dossiers{} {en}", share.en),
    )
}

/// ` (3,53%)`; nothing for a share of nothing.
fn percent(share: Share) -> Words {
    let shown = share.percent();
    shown.map_or_else(Words::default, |it| {
        Words::new(format!(" ({})", it.text_vi()), format!(" ({it} %)"))
    })
}

/// A bound, which is the province's or a document's own: not what a law allows.
pub(super) fn bound(bound: ShareBound) -> Words {
    let (vi, en) = (bound.percent.text_vi(), bound.percent.to_string());
    match bound.operator {
        Operator::AtMost => Words::new(
            format!("ngưỡng: tối đa {vi}"),
            format!("bound: at most {en} %"),
        ),
        Operator::LessThan => Words::new(
            format!("ngưỡng: dưới {vi}"),
            format!("bound: less than {en} %"),
        ),
        Operator::AtLeast => Words::new(
            format!("ngưỡng: tối thiểu {vi}"),
            format!("bound: at least {en} %"),
        ),
        Operator::MoreThan => Words::new(
            format!("ngưỡng: trên {vi}"),
            format!("bound: more than {en} %"),
        ),
        Operator::Exactly => Words::new(
            format!("ngưỡng: đúng {vi}"),
            format!("bound: exactly {en} %"),
        ),
    }
}

/// A share without its counts.
pub(super) fn share(share: Share) -> Words {
    let shown = share.percent();
    shown.map_or_else(
        || Words::new("chưa biết", "unknown"),
        |it| Words::new(it.text_vi(), format!("{it} %")),
    )
}

/// Why a date could not be computed.
pub(super) fn gap(gap: CalendarGap) -> Words {
    match gap {
        CalendarGap::Year { year } => Words::new(
            format!("lịch làm việc chưa có năm {year}"),
            format!("the working calendar has no year {year}"),
        ),
        CalendarGap::NotAnnounced { year } => Words::new(
            format!("lịch nghỉ năm {year} chưa được công bố đầy đủ"),
            format!("the holidays of {year} are not announced in full"),
        ),
        CalendarGap::Hours { date } => Words::new(
            format!(
                "lịch làm việc chưa có giờ làm việc ngày {}",
                short_date(date)
            ),
            format!("the working calendar has no office hours for {date}"),
        ),
        CalendarGap::TooFar => Words::new(
            "thời hạn vượt quá lịch làm việc",
            "the time limit ends beyond the working calendar",
        ),
    }
}

/// Why evidence does not count any more.
pub(super) fn out_of_date(reason: &OutOfDate) -> Words {
    let until = |last: &Date| Words::new(short_date(*last), last.to_string());
    match reason {
        OutOfDate::Ended { last } => {
            let last = until(last);
            Words::new(
                format!("hết hiệu lực sau ngày {}", last.vi),
                format!("ended after {}", last.en),
            )
        }
        OutOfDate::TooOld { last } => {
            let last = until(last);
            Words::new(
                format!("chỉ có giá trị đến hết ngày {}", last.vi),
                format!("counted until {}", last.en),
            )
        }
        OutOfDate::Superseded { by } => Words::new(
            format!("được thay thế bởi {by}"),
            format!("superseded by {by}"),
        ),
        OutOfDate::Repealed { code, by } => Words::new(
            format!("mã {code} bị bãi bỏ bởi {by}"),
            format!("code {code} repealed by {by}"),
        ),
        OutOfDate::PublishedAnew { code, by } => Words::new(
            format!("mã {code} được công bố lại bởi {by}"),
            format!("code {code} published anew by {by}"),
        ),
        OutOfDate::UnitClosed { last } => {
            let last = until(last);
            Words::new(
                format!("đơn vị chấm dứt hoạt động sau ngày {}", last.vi),
                format!("the unit ceased after {}", last.en),
            )
        }
        OutOfDate::NotReviewed { since } => {
            let since = until(since);
            Words::new(
                format!("chưa được rà soát lại từ ngày {}", since.vi),
                format!("not reviewed since {}", since.en),
            )
        }
    }
}

/// A field of the population database as a Vietnamese reader calls it.
pub(super) fn field_vi(field: CitizenField) -> &'static str {
    match field {
        CitizenField::PersonalNumber => "số định danh cá nhân",
        CitizenField::OldIdCardNumber => "số CMND",
        CitizenField::FullName => "họ và tên",
        CitizenField::Sex => "giới tính",
        CitizenField::EthnicGroup => "dân tộc",
        CitizenField::Religion => "tôn giáo",
        CitizenField::MaritalStatus => "tình trạng hôn nhân",
        CitizenField::BloodType => "nhóm máu",
        CitizenField::Birth => "ngày, tháng, năm sinh",
        CitizenField::BirthRegistrationPlace => "nơi đăng ký khai sinh",
        CitizenField::NativePlace => "quê quán",
        CitizenField::PermanentAddress => "nơi thường trú",
        CitizenField::CurrentAddress => "nơi ở hiện tại",
        CitizenField::Nationality => "quốc tịch",
        CitizenField::Father => "cha",
        CitizenField::Mother => "mẹ",
        CitizenField::Spouse => "vợ hoặc chồng",
        CitizenField::Representative => "người đại diện",
        CitizenField::HouseholdHead => "chủ hộ",
        CitizenField::HouseholdBookNumber => "số sổ hộ khẩu",
    }
}
