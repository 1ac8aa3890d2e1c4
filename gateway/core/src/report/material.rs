//! What a report is made of, and what all reports have in common.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::words;
use super::{
    Cell, Column, ColumnKind, Gathering, Language, PreviousReport, Report, ReportKind, ReportRules,
    RuleVersion, Section,
};
use crate::agency::AgencyCode;
use crate::catalogue::CatalogueChange;
use crate::check::{CheckRules, ServiceCheck};
use crate::essential::{EssentialService, ServiceList, ServiceNumber};
use crate::evidence::{EvidenceRules, Register};
use crate::observation::Window;
use crate::service_index::{IndexRules, OutsideFigures};
use crate::target::TargetRegister;
use crate::wire_time::local_date;

/// A remark in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
    /// Whether it is about verdicts alone: a report without any has no use for it.
    pub of_verdicts: bool,
}

/// What reports are made of. All of it is about one window, one moment and one agency.
#[derive(Debug, Clone, Copy)]
pub struct Material<'a> {
    /// Days whose traffic the report is about.
    pub window: Window,
    /// What came after this moment is not in it.
    pub as_of: Timestamp,
    /// For which agency; `None`: the whole province.
    pub unit: Option<&'a AgencyCode>,
    /// The services.
    pub services: &'a ServiceList,
    /// What the check found; a report on services has those that stand here.
    pub checks: &'a [ServiceCheck],
    /// What was gathered from all dossiers of the agency.
    pub gathering: &'a Gathering,
    /// The evidence.
    pub register: &'a Register,
    /// When evidence counts.
    pub evidence_rules: &'a EvidenceRules,
    /// Targets of authorities.
    pub targets: &'a TargetRegister,
    /// The readings of Decision 766.
    pub index: &'a [IndexRules],
    /// Counts for them that the operator knows from elsewhere; a count that the gateway made
    /// itself stays.
    pub outside: &'a OutsideFigures,
    /// Rules of the reports.
    pub rules: &'a ReportRules,
    /// Rules of the checks.
    pub check_rules: &'a CheckRules,
    /// Versions of everything that was judged by, by stable ids, such as "services", "checks"
    /// and "calendar".
    pub versions: &'a BTreeMap<&'static str, String>,
    /// Names of agencies, as far as they are known.
    pub unit_names: &'a BTreeMap<AgencyCode, String>,
    /// Procedures of services that came to the national catalogue, went or came back, until
    /// `as_of`; `None` where no catalogue is known.
    pub catalogue_changes: Option<&'a [CatalogueChange]>,
    /// What a reader has to be told besides, e.g. a year without calendar.
    pub notices: &'a [Notice],
    /// The report before, for what changed.
    pub previous: Option<&'a PreviousReport>,
    /// Whether the report may leave the agency: then the tables that name dossiers or give
    /// full counts are left out, and the title says so.
    pub public: bool,
}

impl<'a> Material<'a> {
    /// The day on which documents are looked at: the last of the window, or the day of
    /// judging where that is earlier.
    pub(super) fn day(&self) -> Date {
        self.window.last().min(local_date(self.as_of))
    }

    /// The checks with their services, in the order of the list.
    pub(super) fn checked(&self) -> Vec<(&'a ServiceCheck, &'a EssentialService)> {
        let services = self.services.services().iter();
        services
            .filter_map(|service| {
                let check = self.checks.iter().find(|it| it.service == service.number)?;
                Some((check, service))
            })
            .collect()
    }

    /// Name of an agency; empty where it is not known.
    pub(super) fn unit_name(&self, unit: &AgencyCode) -> Cell {
        let name = self.unit_names.get(unit);
        name.map_or(Cell::Empty, |name| Cell::Text(name.clone()))
    }

    /// Name of a service of the list.
    pub(super) fn service_name(&self, number: ServiceNumber) -> Cell {
        let service = self.services.service(number);
        service.map_or(Cell::Empty, |it| Cell::Text(it.name.clone()))
    }

    /// A report with everything but its tables.
    pub(super) fn report(&self, kind: ReportKind, language: Language, title: String) -> Report {
        let rules = self.versions.iter().map(|(id, version)| RuleVersion {
            name: version_name(id, language).to_owned(),
            version: words::version(id, version, language),
        });
        let mut remarks = vec![
            language
                .of(
                    "Không phải số liệu chính thức: báo cáo chỉ nêu điều gì được ghi nhận bằng \
                     tài liệu nào, cổng kết nối quan sát được gì, và kết luận theo quy tắc nào.",
                    "No official figures: the report tells what is documented by which document, \
                     what the gateway observed, and what follows by which rule.",
                )
                .to_owned(),
        ];
        remarks.extend(self.audience(kind, language));
        let has_verdicts = match kind {
            ReportKind::Board | ReportKind::Project06Month | ReportKind::Changes => true,
            ReportKind::LateUnits
            | ReportKind::Unapologised
            | ReportKind::ExpiringEvidence
            | ReportKind::ServiceIndex => false,
        };
        let notices = self.notices.iter();
        let notices = notices.filter(|notice| has_verdicts || !notice.of_verdicts);
        remarks.extend(notices.map(|notice| language.of(&notice.vi, &notice.en).to_owned()));
        Report {
            kind,
            language,
            title,
            window: self.window,
            as_of: self.as_of,
            unit: self.unit.cloned(),
            rules: rules.collect(),
            dossiers_seen: Cell::Empty,
            coverage: Cell::Empty,
            remarks,
            sections: Vec::new(),
        }
    }

    /// Who may read the report, and what is not to lie beside it.
    fn audience(&self, kind: ReportKind, language: Language) -> Vec<String> {
        let (has_internal, has_counts) = match kind {
            ReportKind::Board => (true, true),
            ReportKind::Unapologised => (true, false),
            ReportKind::ExpiringEvidence => (false, false),
            ReportKind::Project06Month
            | ReportKind::LateUnits
            | ReportKind::Changes
            | ReportKind::ServiceIndex => (false, true),
        };
        let audience = match (has_internal, self.public) {
            (true, true) => Some(language.of(
                "Bản công khai: không có các bảng nêu mã hồ sơ và số lượng đầy đủ.",
                "For publication: the tables that name dossiers and give full counts are left out.",
            )),
            (true, false) => Some(language.of(
                "Bản dùng trong cơ quan, có mã hồ sơ và số lượng đầy đủ: không công khai.",
                "For use inside the agency, with numbers of dossiers and full counts: not for \
                 publication.",
            )),
            (false, true | false) => None,
        };
        // Whoever has the province and all of its units but one can subtract.
        let beside = self.rules.limit > 1 && has_counts && (self.public || !has_internal);
        let beside = beside.then_some(language.of(
            "Số nhỏ được che trong từng báo cáo. Không công khai báo cáo toàn tỉnh cùng báo cáo \
             của từng đơn vị, hoặc báo cáo của các kỳ chồng nhau: lấy hiệu có thể làm lộ số nhỏ.",
            "Small counts are hidden within each report. Do not publish the report of the province \
             beside those of its units, nor reports on days that overlap: their differences can \
             give small counts away.",
        ));
        let remarks = audience.into_iter().chain(beside);
        remarks.map(str::to_owned).collect()
    }

    /// The remark about small counts.
    pub(super) fn small_remark(&self, language: Language) -> Option<String> {
        let limit = self.rules.limit;
        (limit > 1).then(|| match language {
            Language::Vietnamese => format!(
                "Số từ 1 đến {} được ghi là “dưới {limit}”; số và tỷ lệ có thể làm lộ các số \
                 đó được ghi là “–”.",
                limit - 1
            ),
            Language::English => format!(
                "Counts from 1 to {} are shown as “fewer than {limit}”; counts and shares that \
                 would give them away are shown as “–”.",
                limit - 1
            ),
        })
    }
}

/// Says that the coverage is not known, where it is not.
pub(super) fn tell_coverage(report: &mut Report) {
    if report.coverage != Cell::Empty {
        return;
    }
    let seen_only = report.language.of(
        "Chưa xác định được độ bao phủ vì chưa có tổng số hồ sơ để so sánh. Số liệu chỉ gồm hồ \
         sơ đi qua cổng kết nối.",
        "The coverage is not known, because there is no number of all dossiers to compare \
         with. The figures are of the dossiers that went through the gateway only.",
    );
    report.remarks.push(seen_only.to_owned());
}

/// What a version is of.
pub(super) fn version_name(id: &str, language: Language) -> &'static str {
    let names = [
        (
            "services",
            "Danh mục dịch vụ công thiết yếu",
            "List of services",
        ),
        ("evidence", "Quy tắc minh chứng", "Rules of evidence"),
        ("checks", "Quy tắc kiểm tra", "Rules of checks"),
        ("calendar", "Lịch làm việc", "Working calendar"),
        ("targets", "Chỉ tiêu", "Targets"),
        (
            "index",
            "Cách đọc Quyết định 766",
            "Readings of Decision 766",
        ),
        ("reports", "Quy tắc báo cáo", "Rules of reports"),
        ("late", "Cách tính trễ hạn", "Rule of lateness"),
        ("observation", "Quy tắc quan sát", "Rules of observation"),
        ("agencies", "Danh mục đơn vị", "List of agencies"),
        ("totals", "Tệp tổng số hồ sơ", "Totals of dossiers"),
        (
            "outside",
            "Số liệu ngoài cổng kết nối cho chỉ số 766",
            "Counts from outside for index 766",
        ),
        ("unit-names", "Tệp tên đơn vị", "Names of agencies"),
    ];
    let found = names.into_iter().find(|(known, _, _)| *known == id);
    found.map_or("", |(_, vi, en)| language.of(vi, en))
}

/// The days of a window, as they stand in a title: a month, or from when to when.
pub(super) fn period(window: Window, language: Language) -> String {
    let (first, last) = (window.first(), window.last());
    if first == first.first_of_month() && last == first.last_of_month() {
        let (month, year) = (first.month(), first.year());
        return match language {
            Language::Vietnamese => format!("tháng {month:02}/{year}"),
            Language::English => format!("{year}-{month:02}"),
        };
    }
    match language {
        Language::Vietnamese => format!("từ ngày {} đến ngày {}", day_vi(first), day_vi(last)),
        Language::English => format!("{first} to {last}"),
    }
}

/// `dd/MM/yyyy`.
fn day_vi(day: Date) -> String {
    format!("{:02}/{:02}/{}", day.day(), day.month(), day.year())
}

/// A column.
pub(super) fn column(
    name: &'static str,
    kind: ColumnKind,
    language: Language,
    vi: &str,
    en: &str,
) -> Column {
    Column {
        name,
        heading: language.of(vi, en).to_owned(),
        kind,
    }
}

/// A table without remarks.
pub(super) fn section(
    name: &'static str,
    heading: &str,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
) -> Section {
    Section {
        name,
        heading: heading.to_owned(),
        remarks: Vec::new(),
        columns,
        rows,
    }
}

/// A text; empty for none.
pub(super) fn text(text: impl Into<String>) -> Cell {
    let text = text.into();
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text)
    }
}

/// Texts of a list, one after another.
pub(super) fn listed<T: ToString>(items: impl IntoIterator<Item = T>) -> Cell {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    text(items.join(", "))
}
