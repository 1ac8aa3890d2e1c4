//! The monthly list of units that handle dossiers late (administration.md 1.2, D4).
//!
//! What a reader would get wrong: being on the list is a count and no reproach. What follows
//! from it is said only where an authority has set a target for the unit, in the words of
//! that target; no citizen and no official stands here.

mod targets;

use self::targets::UnitTargets;
use super::gathering::other;
use super::material::{column, period, section, tell_coverage, text};
use super::small::{Id, Settled, Unsettled};
use super::words;
use super::{Cell, Column, ColumnKind, Language, Material, Report, ReportKind, Section};
use crate::agency::AgencyCode;
use crate::lateness::{LateReading, RateKind, Tally};

/// The counts behind the three rates.
#[derive(Clone, Copy)]
struct Row {
    all: Id,
    finished: Id,
    finished_late: Id,
    open: Id,
    overdue: Id,
    exposed: Id,
    not_in_time: Id,
}

/// A unit of the list.
struct Unit<'a> {
    code: &'a AgencyCode,
    tally: Tally,
    targets: UnitTargets<'a>,
}

/// Makes the list.
pub(super) fn build(material: &Material<'_>, language: Language) -> Report {
    let units = units(material);
    let all = material.gathering.all();
    let mut counts = Unsettled::new(material.rules.limit);
    let rows: Vec<Row> = units
        .iter()
        .map(|unit| Row::count(unit.tally, &mut counts))
        .collect();
    let total = Row::count(all.tally, &mut counts);
    total.sum(&rows, &mut counts);
    let otherwise = Row::count(all.tally_other, &mut counts);
    otherwise.beside(total, &mut counts);
    let seen = counts.printed(all.received);
    let counts = counts.settle();

    let period = period(material.window, language);
    let title = match language {
        Language::Vietnamese => {
            format!("Danh sách đơn vị giải quyết hồ sơ trễ hạn, {period}")
        }
        Language::English => format!("Units that handle dossiers late, {period}"),
    };
    let mut report = material.report(ReportKind::LateUnits, language, title);
    report.dossiers_seen = counts.count(seen);
    tell_coverage(&mut report);
    report.remarks.push(
        language
            .of(
                "Danh sách chỉ nêu đơn vị: không nêu người dân, không nêu cán bộ. Việc duyệt và \
                 hai lần công khai (trong cơ quan và trên trang thông tin điện tử) được ghi cùng \
                 bản lưu của danh sách.",
                "The list names units only: no citizens, no officials. Its approval and its two \
                 publications (inside the agency and on the website) are recorded with the kept \
                 copy.",
            )
            .to_owned(),
    );
    let of_units: Vec<&UnitTargets<'_>> = units.iter().map(|unit| &unit.targets).collect();
    report.sections = vec![
        unit_table(material, language, &units, &rows, total, &counts),
        rates(material, language),
        readings(material, language, [total, otherwise], &counts),
        targets::table(material, &of_units, language),
    ];
    report
}

/// Units with late dossiers: those that miss a target first, then by code.
fn units<'a>(material: &Material<'a>) -> Vec<Unit<'a>> {
    let late = material.gathering.units().filter(|(_, it)| it.late() > 0);
    let mut units: Vec<Unit<'a>> = late
        .map(|(code, counted)| {
            let rate = counted.tally.rate(material.rules.compared);
            Unit {
                code,
                tally: counted.tally,
                targets: UnitTargets::of(material, code, rate.share),
            }
        })
        .collect();
    units
        .sort_by(|one, next| (one.targets.rank(), one.code).cmp(&(next.targets.rank(), next.code)));
    units
}

impl Row {
    fn count(tally: Tally, counts: &mut Unsettled) -> Self {
        let share = |kind| tally.rate(kind).share;
        let all = counts.printed(tally.received_and_handled());
        let finished = counts.printed(tally.finished());
        let open = counts.printed(tally.open());
        counts.sum(all, vec![finished, open]);
        let finished_late = counts.part_of(finished, tally.finished_late);
        let overdue = counts.part_of(open, tally.open_overdue);
        let exposed = counts.part_of(all, share(RateKind::Exposure).part());
        counts.sum(exposed, vec![finished_late, overdue]);
        let not_in_time = counts.part_of(all, share(RateKind::Portal).part());
        counts.sum(not_in_time, vec![exposed]);
        Self {
            all,
            finished,
            finished_late,
            open,
            overdue,
            exposed,
            not_in_time,
        }
    }

    fn ids(self) -> [Id; 7] {
        [
            self.all,
            self.finished,
            self.finished_late,
            self.open,
            self.overdue,
            self.exposed,
            self.not_in_time,
        ]
    }

    /// Tells that this is the sum of `rows`, and of units that are not listed.
    fn sum(self, rows: &[Self], counts: &mut Unsettled) {
        for (index, whole) in self.ids().into_iter().enumerate() {
            let parts = rows.iter().filter_map(|row| row.ids().get(index).copied());
            counts.sum(whole, parts.collect());
        }
    }

    /// Tells that this is about the dossiers of `other`, so that each count is a part of the
    /// other one or the other way about.
    fn beside(self, other: Self, counts: &mut Unsettled) {
        for (one, other) in self.ids().into_iter().zip(other.ids()) {
            counts.sum(one, vec![other]);
            counts.sum(other, vec![one]);
        }
    }

    /// The cells of the three rates.
    fn rates(self, counts: &Settled) -> [Cell; 3] {
        [
            counts.share(self.finished_late, self.finished),
            counts.share(self.not_in_time, self.all),
            counts.share(self.exposed, self.all),
        ]
    }

    /// The counts and rates, as they stand in the table.
    fn cells(self, counts: &Settled) -> Vec<Cell> {
        let mut cells: Vec<Cell> = [
            self.all,
            self.finished,
            self.finished_late,
            self.open,
            self.overdue,
        ]
        .map(|id| counts.count(id))
        .into();
        cells.extend(self.rates(counts));
        cells
    }
}

fn unit_table(
    material: &Material<'_>,
    language: Language,
    units: &[Unit<'_>],
    rows: &[Row],
    total: Row,
    counts: &Settled,
) -> Section {
    let mut table = Vec::new();
    for (unit, row) in units.iter().zip(rows) {
        let mut cells = vec![text(unit.code.as_str()), material.unit_name(unit.code)];
        cells.extend(row.cells(counts));
        cells.push(unit.targets.cell(language));
        table.push(cells);
    }
    let mut cells = vec![Cell::Empty, text(language.of("Tất cả đơn vị", "All units"))];
    cells.extend(total.cells(counts));
    cells.push(Cell::Empty);
    table.push(cells);
    let heading = language.of("Đơn vị có hồ sơ trễ hạn", "Units with late dossiers");
    let mut section = section("units", heading, unit_columns(language), table);
    let compared = material.rules.compared;
    section.remarks.push(match language {
        Language::Vietnamese => format!(
            "Tỷ lệ được so với chỉ tiêu: {}. Không đơn vị nào ngoài danh sách có hồ sơ trễ hạn.",
            compared.code()
        ),
        Language::English => format!(
            "Rate held against the targets: {}. No unit outside the list has late dossiers.",
            compared.code()
        ),
    });
    section.remarks.extend(material.small_remark(language));
    section
}

fn unit_columns(language: Language) -> Vec<Column> {
    use ColumnKind::{Code, Number, Prose, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    vec![
        of("unit", Code, "Mã đơn vị", "Unit"),
        of("name", Text, "Đơn vị", "Name"),
        of(
            "counted",
            Number,
            "Đã và đang giải quyết",
            "Finished and open",
        ),
        of("finished", Number, "Đã giải quyết", "Finished"),
        of("finished_late", Number, "Trong đó trễ hạn", "Of these late"),
        of("open", Number, "Đang giải quyết", "Open"),
        of("overdue", Number, "Trong đó quá hạn", "Of these overdue"),
        of("r1", Number, "R1", "R1"),
        of("r2", Number, "R2", "R2"),
        of("r3", Number, "R3", "R3"),
        of("targets", Prose, "Theo chỉ tiêu", "By the targets"),
    ]
}

/// The three rates by name, and which one is compared.
fn rates(material: &Material<'_>, language: Language) -> Section {
    let columns = vec![
        column("rate", ColumnKind::Code, language, "Tỷ lệ", "Rate"),
        column("name", ColumnKind::Text, language, "Tên", "Name"),
        column(
            "formula",
            ColumnKind::Prose,
            language,
            "Công thức",
            "Formula",
        ),
        column(
            "compared",
            ColumnKind::Text,
            language,
            "So với chỉ tiêu",
            "Held against targets",
        ),
    ];
    let rows = RateKind::ALL.map(|rate| {
        let compared = if rate == material.rules.compared {
            language.of("có", "yes")
        } else {
            language.of("không", "no")
        };
        vec![
            text(rate.code()),
            text(words::rate_name(rate, language)),
            text(words::rate_formula(rate, language)),
            text(compared),
        ]
    });
    let heading = language.of("Ba tỷ lệ trễ hạn", "The three late rates");
    section("rates", heading, columns, rows.into())
}

/// All units together by both readings of the late rule.
fn readings(
    material: &Material<'_>,
    language: Language,
    rows: [Row; 2],
    counts: &Settled,
) -> Section {
    let reading = material.rules.reading;
    let used = [
        (reading, language.of("có", "yes")),
        (other(reading), language.of("không", "no")),
    ];
    let columns = vec![
        column("reading", ColumnKind::Text, language, "Cách đọc", "Reading"),
        column(
            "meaning",
            ColumnKind::Prose,
            language,
            "Nội dung",
            "Meaning",
        ),
        column("used", ColumnKind::Text, language, "Được dùng", "Used"),
        column("r1", ColumnKind::Number, language, "R1", "R1"),
        column("r2", ColumnKind::Number, language, "R2", "R2"),
        column("r3", ColumnKind::Number, language, "R3", "R3"),
    ];
    let rows = used.into_iter().zip(rows).map(|((reading, used), row)| {
        let name = match reading {
            LateReading::WhileWaiting => language.of("khi còn chờ bổ sung", "while it waits"),
            LateReading::ForGood => language.of("hẳn", "for good"),
        };
        let meaning = words::reading_text(reading, language);
        let mut cells = vec![text(name), text(meaning), text(used)];
        cells.extend(row.rates(counts));
        cells
    });
    let heading = language.of(
        "Hai cách đọc điểm 4 của chỉ số 2.1 (yêu cầu bổ sung lần hai)",
        "Two readings of point 4 of indicator 2.1 (second request for supplements)",
    );
    section("readings", heading, columns, rows.collect())
}
