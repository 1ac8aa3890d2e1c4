//! The model of a report.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::agency::AgencyCode;
use crate::check::Verdict;
use crate::observation::Window;
use crate::share::Share;

/// Language of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// Tiếng Việt.
    Vietnamese,
    /// English.
    English,
}

impl Language {
    /// The text in this language.
    #[must_use]
    pub fn of<'t>(self, vietnamese: &'t str, english: &'t str) -> &'t str {
        match self {
            Self::Vietnamese => vietnamese,
            Self::English => english,
        }
    }
}

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ReportKind {
    /// Bảng 25 dịch vụ công thiết yếu: documented state, figures and verdicts.
    Board,
    /// Biểu báo cáo tháng Đề án 06 (administration.md 2.4).
    Project06Month,
    /// Danh sách đơn vị giải quyết hồ sơ trễ hạn trong tháng (administration.md 1.2, D4).
    LateUnits,
    /// Hồ sơ quá hạn chưa có văn bản xin lỗi (administration.md 1.2, D9).
    Unapologised,
    /// Minh chứng sắp hết hiệu lực trong 30, 60 và 90 ngày.
    ExpiringEvidence,
    /// Thay đổi so với báo cáo trước.
    Changes,
    /// Chỉ số 766 ước tính (administration.md 4).
    ServiceIndex,
}

impl ReportKind {
    /// Every report.
    pub const ALL: [Self; 7] = [
        Self::Board,
        Self::Project06Month,
        Self::LateUnits,
        Self::Unapologised,
        Self::ExpiringEvidence,
        Self::Changes,
        Self::ServiceIndex,
    ];

    /// Name on the command line and in file names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Project06Month => "project-06-month",
            Self::LateUnits => "late-units",
            Self::Unapologised => "unapologised",
            Self::ExpiringEvidence => "expiring-evidence",
            Self::Changes => "changes",
            Self::ServiceIndex => "service-index",
        }
    }

    /// The report with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Version of a file of rules or data that a report rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleVersion {
    /// What it is, in the language of the report.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Which.
    pub kind: ReportKind,
    /// In which language.
    pub language: Language,
    /// Title.
    pub title: String,
    /// Days whose traffic it is about.
    pub window: Window,
    /// Judged as of this moment: what came later is not in it.
    pub as_of: Timestamp,
    /// For which agency; `None`: the whole province.
    pub unit: Option<AgencyCode>,
    /// Versions of the rules.
    pub rules: Vec<RuleVersion>,
    /// Dossiers that the gateway saw in the window: a [`Cell::Count`], or a
    /// [`Cell::FewerThan`] where they are too few to be told.
    pub dossiers_seen: Cell,
    /// The same against all dossiers: a [`Cell::Share`], [`Cell::Withheld`], or
    /// [`Cell::Empty`] where their number is not known.
    pub coverage: Cell,
    /// Remarks that belong under the title, e.g. "ước tính".
    pub remarks: Vec<String>,
    /// The tables.
    pub sections: Vec<Section>,
}

/// One table.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Stable name, for sheets, CSV and JSON.
    pub name: &'static str,
    /// Heading.
    pub heading: String,
    /// Remarks under the table.
    pub remarks: Vec<String>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, each with one cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

impl Section {
    /// Keeps at most so many rows, the first ones, and says how many are left out.
    pub(super) fn keep(&mut self, most: usize, language: Language) {
        let left_out = self.rows.len().saturating_sub(most);
        if left_out == 0 {
            return;
        }
        self.rows.truncate(most);
        self.remarks.push(match language {
            Language::Vietnamese => format!(
                "Còn {left_out} dòng không nêu vì bảng có tối đa {most} dòng. Để xem đủ, chọn ít \
                 ngày hơn hoặc lập cho từng đơn vị."
            ),
            Language::English => format!(
                "Left out: {left_out} rows; the table has at most {most}. For all of them choose \
                 fewer days, or one unit at a time."
            ),
        });
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Stable name, for CSV and JSON.
    pub name: &'static str,
    /// Heading.
    pub heading: String,
    /// What it holds.
    pub kind: ColumnKind,
}

/// What a column holds, for its width and alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// A few characters: a number in a list, a code.
    Code,
    /// A short text.
    Text,
    /// A long text that is broken into lines.
    Prose,
    /// A number, a share, a value.
    Number,
    /// A day or a moment.
    Moment,
}

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing to say.
    Empty,
    /// A text.
    Text(String),
    /// A count.
    Count(u64),
    /// A count that is too small to be shown: fewer than this.
    FewerThan(u64),
    /// A count or a share that is known and not shown, because a small count could be
    /// computed from it.
    Withheld,
    /// A share.
    Share(Share),
    /// A value with its unit, e.g. 16.5 and "giờ làm việc".
    Value(f64, String),
    /// A day.
    Day(Date),
    /// A moment.
    Moment(Timestamp),
    /// A verdict.
    Verdict(Verdict),
}
