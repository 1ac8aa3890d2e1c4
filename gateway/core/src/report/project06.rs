//! The monthly form of Đề án 06 (administration.md 2.4).
//!
//! What a reader would get wrong: a column that stays empty is not forgotten. How many people
//! benefit and what is to be done cannot be seen in the traffic, so an official fills it in.

use super::board::{coverage_of_all, is_open};
use super::material::{column, period, section, tell_coverage, text};
use super::small::{Id, Unsettled};
use super::{Cell, Column, ColumnKind, Language, Material, Report, ReportKind};
use crate::check::ServiceCheck;
use crate::essential::{EssentialService, ServiceNumber};
use crate::evidence::{EvidenceClass, EvidenceId, Standing};

/// The counts of a row.
#[derive(Clone, Copy)]
struct Row {
    received: Id,
    online: Id,
    looked_up: Id,
}

/// Makes the form.
pub(super) fn build(material: &Material<'_>, language: Language) -> Report {
    let checked = material.checked();
    let mut counts = Unsettled::new(material.rules.limit);
    let rows: Vec<Row> = checked
        .iter()
        .map(|(check, _)| {
            let gathered = material.gathering.service(check.service);
            let [received, online, looked_up] =
                gathered.map_or([0; 3], |it| [it.received, it.online, it.looked_up]);
            row(&mut counts, received, [online, looked_up])
        })
        .collect();
    let of = |one: fn(&super::Counts) -> u64| -> u64 {
        let numbers = checked.iter().map(|(check, _)| check.service);
        let gathered = numbers.filter_map(|number| material.gathering.service(number));
        gathered.map(one).sum()
    };
    let sums = [of(|it| it.online), of(|it| it.looked_up)];
    let total = row(&mut counts, of(|it| it.received), sums);
    counts.sum(total.received, rows.iter().map(|it| it.received).collect());
    counts.sum(total.online, rows.iter().map(|it| it.online).collect());
    counts.sum(
        total.looked_up,
        rows.iter().map(|it| it.looked_up).collect(),
    );
    let counts = counts.settle();

    let mut cells = Vec::new();
    for ((check, service), row) in checked.iter().zip(&rows) {
        cells.push(vec![
            Cell::Count(u64::from(service.number.get())),
            text(&service.name),
            counts.count(row.received),
            counts.count(row.online),
            counts.share(row.online, row.received),
            counts.share(row.looked_up, row.received),
            sources(material, service.number, language),
            Cell::Empty,
            shortcomings(check, language),
            Cell::Empty,
        ]);
    }
    let mut sum_row = vec![
        Cell::Empty,
        text(language.of("Tổng cộng", "Total")),
        counts.count(total.received),
        counts.count(total.online),
        counts.share(total.online, total.received),
        counts.share(total.looked_up, total.received),
    ];
    sum_row.extend([const { Cell::Empty }; 4]);
    cells.push(sum_row);
    finish(
        material,
        language,
        &checked,
        counts.count(total.received),
        cells,
    )
}

fn row(counts: &mut Unsettled, received: u64, [online, looked_up]: [u64; 2]) -> Row {
    let received = counts.printed(received);
    Row {
        received,
        online: counts.part_of(received, online),
        looked_up: counts.part_of(received, looked_up),
    }
}

fn finish(
    material: &Material<'_>,
    language: Language,
    checked: &[(&ServiceCheck, &EssentialService)],
    seen: Cell,
    rows: Vec<Vec<Cell>>,
) -> Report {
    let period = period(material.window, language);
    let title = match language {
        Language::Vietnamese => {
            format!("Biểu báo cáo Đề án 06: các dịch vụ công thiết yếu, {period}")
        }
        Language::English => format!("Project 06 form: the essential services, {period}"),
    };
    let mut report = material.report(ReportKind::Project06Month, language, title);
    report.coverage = coverage_of_all(checked, matches!(seen, Cell::Count(_)));
    report.dossiers_seen = seen;
    tell_coverage(&mut report);
    let heading = language.of("Kết quả theo dịch vụ", "By service");
    let mut services = section("services", heading, columns(language), rows);
    let explained = language.of(
        "Số hồ sơ là số cổng kết nối quan sát được. Cột “Người dân được hưởng lợi” và cột “Giải \
         pháp” để trống cho cán bộ ghi: không suy ra được từ hồ sơ.",
        "The numbers are what the gateway saw. “People who benefit” and “Remedies” are left for \
         the official: they cannot be derived from dossiers.",
    );
    services.remarks.push(explained.to_owned());
    services.remarks.extend(material.small_remark(language));
    report.sections = vec![services];
    report
}

fn columns(language: Language) -> Vec<Column> {
    use ColumnKind::{Code, Number, Prose, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    vec![
        of("number", Code, "STT", "No."),
        of("service", Prose, "Dịch vụ công", "Service"),
        of("received", Number, "Tổng số hồ sơ", "Dossiers"),
        of("online", Number, "Trực tuyến", "Online"),
        of("online_share", Number, "Tỷ lệ (%)", "Share (%)"),
        of(
            "looked_up_share",
            Number,
            "Có tra cứu CSDLQG về dân cư (%)",
            "With population look-up (%)",
        ),
        of(
            "sources",
            Text,
            "Nguồn dữ liệu kết nối, chia sẻ",
            "Sources connected and shared",
        ),
        of(
            "people",
            Number,
            "Người dân được hưởng lợi (cán bộ ghi)",
            "People who benefit (to be filled in)",
        ),
        of("shortcomings", Prose, "Tồn tại", "Shortcomings"),
        of(
            "remedies",
            Prose,
            "Giải pháp (cán bộ ghi)",
            "Remedies (to be filled in)",
        ),
    ]
}

/// The population database, where look-ups or valid connection minutes show it. Other
/// sources are not known to the gateway.
fn sources(material: &Material<'_>, number: ServiceNumber, language: Language) -> Cell {
    let gathered = material.gathering.service(number);
    let observed = gathered.is_some_and(|it| it.looked_up > 0);
    let documented = connection(material, number);
    let name = language.of("CSDL quốc gia về dân cư", "National population database");
    let how = match (observed, documented, language) {
        (false, None, _) => return Cell::Empty,
        (true, None, Language::Vietnamese) => {
            "có tra cứu; chưa có biên bản kết nối còn hiệu lực".to_owned()
        }
        (true, None, Language::English) => "looked up; no valid connection minutes".to_owned(),
        (true, Some(id), Language::Vietnamese) => format!("có tra cứu; biên bản kết nối {id}"),
        (true, Some(id), Language::English) => format!("looked up; connection minutes {id}"),
        (false, Some(id), Language::Vietnamese) => {
            format!("biên bản kết nối {id}; không quan sát được tra cứu")
        }
        (false, Some(id), Language::English) => {
            format!("connection minutes {id}; no look-up seen")
        }
    };
    text(format!("{name} ({how})"))
}

/// Valid connection minutes for the service, the last issued.
fn connection<'a>(material: &Material<'a>, number: ServiceNumber) -> Option<&'a EvidenceId> {
    let register = material.register;
    let valid = |standing| standing == Standing::Valid;
    let mut pieces = register.pieces().iter().rev();
    let minutes = pieces.find(|it| {
        it.class == EvidenceClass::ConnectionMinutes
            && it.services.contains(&number)
            && valid(it.standing(material.day(), register, material.evidence_rules))
    });
    minutes.map(|it| &it.id)
}

/// What the check found, by the names of the criteria: the numbers stand in the board.
fn shortcomings(check: &ServiceCheck, language: Language) -> Cell {
    let found = check.findings.iter().filter(|it| is_open(it));
    let found: Vec<String> = found
        .map(|it| {
            let name = language.of(&it.name_vi, &it.name_en);
            let verdict = language.of(it.verdict.name_vi(), it.verdict.name_en());
            format!("{} {name}: {verdict}", it.criterion.id())
        })
        .collect();
    text(found.join("; "))
}
