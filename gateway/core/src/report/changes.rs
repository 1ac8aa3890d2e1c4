//! What changed since the report before.
//!
//! What a reader would get wrong: a verdict may turn because a rule changed and not because
//! anybody did anything. So the rules that changed stand first.

mod codes;

use std::collections::BTreeSet;

use codes::codes;

use super::board::{Counted, coverage_of_all};
use super::material::{column, period, section, tell_coverage, text, version_name};
use super::told::Told;
use super::words;
use super::{Cell, ColumnKind, Language, Material, PreviousReport, Report, ReportKind, Section};
use crate::check::{Figure, ServiceCheck};
use crate::essential::{EssentialService, ServiceNumber};
use crate::share::Percent;

type Checked<'a> = (&'a ServiceCheck, &'a EssentialService);

/// Makes the report.
pub(super) fn build(material: &Material<'_>, language: Language) -> Report {
    let title = match language {
        Language::Vietnamese => format!(
            "Thay đổi so với báo cáo trước, {}",
            period(material.window, language)
        ),
        Language::English => format!(
            "Changes since the report before, {}",
            period(material.window, language)
        ),
    };
    let mut report = material.report(ReportKind::Changes, language, title);
    let checked = material.checked();
    let Counted { counts, all, .. } = Counted::of(material);
    let counts = counts.settle();
    report.dossiers_seen = counts.count(all);
    report.coverage = coverage_of_all(&checked, counts.tells(all));
    tell_coverage(&mut report);
    let Some(previous) = material.previous else {
        report.remarks.push(
            language
                .of(
                    "Chưa có báo cáo trước để so sánh.",
                    "There is no report before to compare with.",
                )
                .to_owned(),
        );
        return report;
    };
    report.remarks.push(match language {
        Language::Vietnamese => format!("Báo cáo trước: {}.", period(previous.window, language)),
        Language::English => format!("The report before: {}.", period(previous.window, language)),
    });
    report.sections = vec![
        rules(material, language, previous),
        verdicts(language, &checked, previous),
        states(language, &checked, previous),
        figures(material, language, &checked, previous),
        services(material, language, &checked, previous),
        codes(material, language, &checked, previous),
    ];
    report
}

fn rules(material: &Material<'_>, language: Language, previous: &PreviousReport) -> Section {
    let columns = vec![
        column(
            "rule",
            ColumnKind::Text,
            language,
            "Quy tắc, dữ liệu",
            "Rules, data",
        ),
        column("before", ColumnKind::Text, language, "Trước", "Before"),
        column("now", ColumnKind::Text, language, "Nay", "Now"),
    ];
    let ids: BTreeSet<&str> = material.versions.keys().copied().collect();
    let gone = previous.versions.keys().map(String::as_str);
    let changed = ids
        .into_iter()
        .chain(gone.filter(|id| !material.versions.contains_key(id)));
    let changed = changed.filter_map(|id| {
        let before = previous.versions.get(id).map_or("", String::as_str);
        let now = material.versions.get(id).map_or("", String::as_str);
        (before != now).then(|| {
            vec![
                text(version_name(id, language)),
                text(words::version(id, before, language)),
                text(words::version(id, now, language)),
            ]
        })
    });
    let heading = language.of("Quy tắc đã đổi", "Rules that changed");
    section("rules", heading, columns, changed.collect())
}

fn verdicts(language: Language, checked: &[Checked<'_>], previous: &PreviousReport) -> Section {
    use ColumnKind::{Code, Prose, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    let columns = vec![
        of("number", Code, "STT", "No."),
        of("service", Prose, "Dịch vụ", "Service"),
        of("criterion", Code, "Tiêu chí", "Criterion"),
        of("name", Text, "Nội dung", "About"),
        of("before", Text, "Trước", "Before"),
        of("now", Text, "Nay", "Now"),
    ];
    let mut rows = Vec::new();
    for (check, service) in checked {
        let Some(before) = previous.services.get(&check.service) else {
            continue;
        };
        for finding in &check.findings {
            let verdict = before.verdicts.get(&finding.criterion).copied();
            if verdict == Some(finding.verdict) {
                continue;
            }
            rows.push(vec![
                Cell::Count(u64::from(service.number.get())),
                text(&service.name),
                text(finding.criterion.id()),
                text(language.of(&finding.name_vi, &finding.name_en)),
                verdict.map_or(Cell::Empty, Cell::Verdict),
                Cell::Verdict(finding.verdict),
            ]);
        }
    }
    let heading = language.of("Kết luận đã đổi", "Verdicts that turned");
    section("verdicts", heading, columns, rows)
}

fn states(language: Language, checked: &[Checked<'_>], previous: &PreviousReport) -> Section {
    let columns = vec![
        column("number", ColumnKind::Code, language, "STT", "No."),
        column("service", ColumnKind::Prose, language, "Dịch vụ", "Service"),
        column("before", ColumnKind::Text, language, "Trước", "Before"),
        column("now", ColumnKind::Text, language, "Nay", "Now"),
    ];
    let moved = checked.iter().filter_map(|(check, service)| {
        let before = previous.services.get(&check.service)?.state;
        let now = check.documented.state;
        (before != now).then(|| {
            vec![
                Cell::Count(u64::from(service.number.get())),
                text(&service.name),
                text(words::state(before, language)),
                text(words::state(now, language)),
            ]
        })
    });
    let heading = language.of(
        "Mức tài liệu ghi nhận đã đổi",
        "Documented states that moved",
    );
    section("states", heading, columns, moved.collect())
}

fn figures(
    material: &Material<'_>,
    language: Language,
    checked: &[Checked<'_>],
    previous: &PreviousReport,
) -> Section {
    use ColumnKind::{Code, Number, Prose, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    let columns = vec![
        of("number", Code, "STT", "No."),
        of("service", Prose, "Dịch vụ", "Service"),
        of("figure", Code, "Mã số liệu", "Figure"),
        of("name", Text, "Số liệu", "About"),
        of("before", Number, "Trước", "Before"),
        of("now", Number, "Nay", "Now"),
        of("points", Number, "Thay đổi (điểm %)", "Change (points)"),
    ];
    let told = Told::of(material);
    let mut rows = Vec::new();
    for (check, service) in checked {
        let Some(before) = previous.services.get(&check.service) else {
            continue;
        };
        for figure in &check.figures {
            let then = before.figures.get(figure.code).copied();
            let Some((then, now)) = then.zip(told.percent(check.service, figure)) else {
                continue;
            };
            let moved = then.hundredths().abs_diff(now.hundredths());
            if moved <= material.rules.tolerance.hundredths() {
                continue;
            }
            rows.push(vec![
                Cell::Count(u64::from(service.number.get())),
                text(&service.name),
                text(figure.code),
                text(name(figure, language)),
                value(then),
                value(now),
                points(then, now, language),
            ]);
        }
    }
    let heading = language.of("Số liệu đã đổi", "Figures that moved");
    let mut section = section("figures", heading, columns, rows);
    let tolerance = material.rules.tolerance;
    section.remarks.push(match language {
        Language::Vietnamese => format!(
            "Chỉ nêu thay đổi trên {} điểm phần trăm của các tỷ lệ không làm lộ số nhỏ.",
            tolerance.to_string().replace('.', ",")
        ),
        Language::English => {
            format!("Only changes of more than {tolerance} points, of shares that give no small count away.")
        }
    });
    section
}

fn name(figure: &Figure, language: Language) -> &str {
    match language {
        Language::Vietnamese => &figure.name_vi,
        Language::English => &figure.name_en,
    }
}

/// A percentage without its counts.
fn value(percent: Percent) -> Cell {
    Cell::Value(f64::from(percent.hundredths()) / 100.0, "%".to_owned())
}

fn points(then: Percent, now: Percent, language: Language) -> Cell {
    let moved = f64::from(now.hundredths()) - f64::from(then.hundredths());
    let unit = language.of("điểm %", "points");
    Cell::Value(moved / 100.0, unit.to_owned())
}

fn services(
    material: &Material<'_>,
    language: Language,
    checked: &[Checked<'_>],
    previous: &PreviousReport,
) -> Section {
    let columns = vec![
        column("number", ColumnKind::Code, language, "STT", "No."),
        column("service", ColumnKind::Prose, language, "Dịch vụ", "Service"),
        column("change", ColumnKind::Text, language, "Thay đổi", "Change"),
    ];
    let now: BTreeSet<ServiceNumber> = checked.iter().map(|(check, _)| check.service).collect();
    let before: BTreeSet<ServiceNumber> = previous.services.keys().copied().collect();
    let rows = now.symmetric_difference(&before).map(|number| {
        let change = if now.contains(number) {
            language.of("mới có trong báo cáo", "new in the report")
        } else {
            language.of("không còn trong báo cáo", "not in the report any more")
        };
        vec![
            Cell::Count(u64::from(number.get())),
            material.service_name(*number),
            text(change),
        ]
    });
    let heading = language.of("Dịch vụ thêm, bớt", "Services new and gone");
    section("services", heading, columns, rows.collect())
}
