//! Invented reports.

use jiff::Timestamp;
use jiff::civil::date;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::check::Verdict;
use lienthong_core::dossier::event::EventId;
use lienthong_core::observation::Window;
use lienthong_core::ports::reports::{ContentHash, KeptReport, ReportId};
use lienthong_core::publication::{Deed, Place, ReportAct};
use lienthong_core::report::{
    Cell, Column, ColumnKind, Language, Report, ReportKind, RuleVersion, Section,
};
use lienthong_core::share::Share;
use lienthong_core::text::Text;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn words(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn column(name: &'static str, heading: &str, kind: ColumnKind) -> Column {
    Column {
        name,
        heading: heading.to_owned(),
        kind,
    }
}

fn share(part: u64, whole: u64) -> Cell {
    Cell::Share(Share::new(part, whole).unwrap())
}

fn frame(kind: ReportKind, language: Language, sections: Vec<Section>) -> Report {
    Report {
        kind,
        language,
        title: language
            .of("Báo cáo \"thử\" tháng 10 năm 2026", "A \"test\" report")
            .to_owned(),
        window: Window::new(date(2026, 10, 1), date(2026, 10, 31)).unwrap(),
        as_of: at("2026-10-31T17:00:00Z"),
        unit: None,
        rules: vec![RuleVersion {
            name: language
                .of("quy tắc kiểm tra", "rules of the checks")
                .to_owned(),
            version: "2026-11-22".to_owned(),
        }],
        dossiers_seen: Cell::Count(12_345),
        coverage: share(9_987, 10_000),
        remarks: vec![language.of("Số ước tính.", "An estimate.").to_owned()],
        sections,
    }
}

/// A board with every kind of cell.
pub(super) fn board(language: Language) -> Report {
    let services = Section {
        name: "services",
        heading: language.of("Dịch vụ", "Services").to_owned(),
        remarks: vec![
            language
                .of("Số dưới 5 được che.", "Small counts.")
                .to_owned(),
        ],
        columns: vec![
            column("number", "Số", ColumnKind::Code),
            column("name", "Dịch vụ", ColumnKind::Text),
            column("state", "Theo tài liệu", ColumnKind::Text),
            column("received", "Tiếp nhận", ColumnKind::Number),
            column("online", "Trực tuyến", ColumnKind::Number),
            column("looked_up", "Có tra cứu", ColumnKind::Number),
            column("median", "Trung vị", ColumnKind::Number),
            column("judged_on", "Ngày", ColumnKind::Moment),
            column("seen_at", "Lúc", ColumnKind::Moment),
            column("c3", "C3", ColumnKind::Text),
        ],
        rows: rows(language),
    };
    let findings = Section {
        name: "findings",
        heading: language.of("Phát hiện", "Findings").to_owned(),
        remarks: Vec::new(),
        columns: vec![
            column("criterion", "Tiêu chí", ColumnKind::Code),
            column("reason", "Lý do", ColumnKind::Prose),
        ],
        rows: Vec::new(),
    };
    frame(ReportKind::Board, language, vec![services, findings])
}

fn rows(language: Language) -> Vec<Vec<Cell>> {
    vec![
        vec![
            words("3"),
            words("Đăng ký thường trú"),
            words("Đã cấu hình"),
            Cell::Count(12_345),
            share(8_485, 12_345),
            Cell::FewerThan(5),
            Cell::Value(
                16.5,
                language.of("giờ làm việc", "working hours").to_owned(),
            ),
            Cell::Day(date(2026, 10, 31)),
            Cell::Moment(at("2026-10-31T17:00:00Z")),
            Cell::Verdict(Verdict::Contradicted),
        ],
        vec![
            words("17"),
            words("Tích hợp tính giảm trừ mức đóng"),
            Cell::Empty,
            Cell::Count(0),
            share(0, 0),
            Cell::Withheld,
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            Cell::Verdict(Verdict::NotApplicable),
        ],
    ]
}

/// A list of late units.
pub(super) fn late_units(language: Language) -> Report {
    let units = Section {
        name: "units",
        heading: language.of("Đơn vị", "Units").to_owned(),
        remarks: Vec::new(),
        columns: vec![
            column("unit", "Mã đơn vị", ColumnKind::Code),
            column("late", "Trễ hạn", ColumnKind::Number),
        ],
        rows: vec![vec![words("000.00.01.H60"), share(31, 400)]],
    };
    frame(ReportKind::LateUnits, language, vec![units])
}

fn act(event: &str, moment: &str, deed: Deed) -> ReportAct {
    ReportAct {
        deed,
        client: ClientName::parse("igate").unwrap(),
        operator: OfficerId::parse("CB-01").unwrap(),
        event: EventId::parse(event).unwrap(),
        at: at(moment),
    }
}

/// A list that is published inside the agency, and the withdrawn one before it.
pub(super) fn kept() -> (KeptReport, KeptReport) {
    let sha256 = ContentHash([1; 32]);
    let report = KeptReport {
        id: ReportId(8),
        kind: ReportKind::LateUnits,
        unit: None,
        window: Window::new(date(2026, 10, 1), date(2026, 10, 31)).unwrap(),
        as_of: at("2026-10-31T17:00:00Z"),
        kept_at: at("2026-11-02T01:00:00Z"),
        client: ClientName::parse("igate").unwrap(),
        sha256,
        acts: Vec::new(),
    };
    let withdrawn = KeptReport {
        id: ReportId(3),
        acts: vec![act(
            "w",
            "2026-11-03T01:00:00Z",
            Deed::Withdrawn {
                reason: Text::parse("nhầm đơn vị").unwrap(),
            },
        )],
        ..report.clone()
    };
    let published = KeptReport {
        acts: vec![
            act("a", "2026-11-05T01:00:00Z", Deed::Approved { sha256 }),
            act(
                "p",
                "2026-11-06T01:00:00Z",
                Deed::Published {
                    place: Place::Inside,
                    address: Text::parse("Bảng tin tầng 1").unwrap(),
                    on: date(2026, 11, 6),
                },
            ),
        ],
        ..report
    };
    (published, withdrawn)
}
