//! The index of Decision 766, estimated in all its readings (administration.md 4).
//!
//! What a reader would get wrong: these are never points that anybody was given. What the
//! gateway cannot count, and what no text tells, keeps all its points open: the estimate has
//! a lower and an upper end.

mod known;

use std::collections::BTreeSet;

use self::known::{Known, Origin};
use super::material::{column, period, section, tell_coverage, text};
use super::{Cell, Column, ColumnKind, Language, Material, Report, ReportKind, Section};
use crate::places::SourceCertainty;
use crate::service_index::{Band, Component, Estimate, IndexRules, NoPoints, RuleStatus};

pub use self::known::counts_itself;

/// Makes the estimate.
pub(super) fn build(material: &Material<'_>, language: Language) -> Report {
    let known = Known::of(material);
    let period = period(material.window, language);
    let title = match language {
        Language::Vietnamese => format!("Chỉ số theo Quyết định 766/QĐ-TTg (ước tính), {period}"),
        Language::English => format!("Index of Decision 766/QD-TTg (estimate), {period}"),
    };
    let mut report = material.report(ReportKind::ServiceIndex, language, title);
    if let Some((id, _)) = known.ids.get("dossiers_received") {
        report.dossiers_seen = known.counts.count(*id);
    }
    tell_coverage(&mut report);
    report.remarks.push(
        language
            .of(
                "Điểm ước tính từ số liệu cổng kết nối quan sát được; không phải điểm do Cổng \
                 Dịch vụ công quốc gia công bố và không thay thế điểm đó. Thành phần chưa biết \
                 cách tính hoặc thiếu số liệu để trống từ 0 đến điểm tối đa.",
                "Points estimated from what the gateway saw; not the points that the National \
                 Public Service Portal publishes, and no substitute for them. A component whose \
                 rule or counts are not known is open from 0 to its most.",
            )
            .to_owned(),
    );
    let estimates: Vec<Estimate<'_>> = material
        .index
        .iter()
        .map(|rules| rules.estimate(&known.figures))
        .collect();
    report.sections = vec![
        readings(material, language, &estimates, &known),
        components(material, language, &estimates, &known),
        figures(material, language, &known),
    ];
    report
}

fn readings(
    material: &Material<'_>,
    language: Language,
    estimates: &[Estimate<'_>],
    known: &Known<'_>,
) -> Section {
    let rows = material.index.iter().zip(estimates);
    let rows = rows.map(|(rules, estimate)| reading(rules, estimate, known, language));
    let heading = language.of("Các cách đọc", "The readings");
    let mut section = section(
        "readings",
        heading,
        reading_columns(language),
        rows.collect(),
    );
    let remark = bands_remark(material, language);
    section.remarks.extend(remark.map(str::to_owned));
    section
}

fn reading(
    rules: &IndexRules,
    estimate: &Estimate<'_>,
    known: &Known<'_>,
    language: Language,
) -> Vec<Cell> {
    let with_points = || {
        let components = estimate.components.iter();
        components.filter(|it| it.points.is_ok())
    };
    let told = with_points().all(|it| known.tells(&it.component.figures()));
    let (least, most, band) = if told {
        (
            points(estimate.least, language),
            points(estimate.most, language),
            text(bands(estimate, language)),
        )
    } else {
        (Cell::Withheld, Cell::Withheld, Cell::Withheld)
    };
    vec![
        text(rules.id()),
        text(rules.name()),
        text(rules.source()),
        Cell::Count(with_points().count() as u64),
        Cell::Count(estimate.components.len() as u64),
        least,
        most,
        band,
    ]
}

fn reading_columns(language: Language) -> Vec<Column> {
    use ColumnKind::{Code, Number, Prose, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    vec![
        of("reading", Code, "Cách đọc", "Reading"),
        of("name", Prose, "Tên", "Name"),
        of("source", Prose, "Nguồn", "Source"),
        of(
            "estimated",
            Number,
            "Thành phần ước tính được",
            "Components estimated",
        ),
        of("components", Number, "Số thành phần", "Components"),
        of(
            "least",
            Number,
            "Điểm ước tính, ít nhất",
            "Estimate, at least",
        ),
        of(
            "most",
            Number,
            "Điểm ước tính, nhiều nhất",
            "Estimate, at most",
        ),
        of("band", Text, "Xếp loại ước tính", "Estimated band"),
    ]
}

fn components(
    material: &Material<'_>,
    language: Language,
    estimates: &[Estimate<'_>],
    known: &Known<'_>,
) -> Section {
    use ColumnKind::{Code, Number, Prose, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    let columns = vec![
        of("reading", Code, "Cách đọc", "Reading"),
        of("component", Code, "Thành phần", "Component"),
        of("name", Prose, "Tên chỉ số", "Indicator"),
        of("group", Text, "Nhóm", "Group"),
        of("status", Text, "Cách tính", "Rule is"),
        of("most", Number, "Điểm tối đa", "Most"),
        of("points", Number, "Điểm ước tính", "Estimate"),
        of("why", Prose, "Vì sao không có điểm", "Why there is none"),
    ];
    let mut rows = Vec::new();
    for (rules, estimate) in material.index.iter().zip(estimates) {
        for it in &estimate.components {
            let component = it.component;
            let group = rules.groups().iter().find(|it| it.id == component.group);
            let (worth, why) = match &it.points {
                Ok(_) if !known.tells(&component.figures()) => (Cell::Withheld, Cell::Empty),
                Ok(found) => (points(*found, language), Cell::Empty),
                Err(why) => (
                    text(language.of("không có", "N/A")),
                    text(no_points(material, why, language)),
                ),
            };
            rows.push(vec![
                text(rules.id()),
                text(&component.id),
                text(&component.name),
                text(group.map_or("", |it| it.name.as_str())),
                text(status(component, language)),
                points(component.points, language),
                worth,
                why,
            ]);
        }
    }
    let heading = language.of("Các thành phần", "The components");
    section("components", heading, columns, rows)
}

fn figures(material: &Material<'_>, language: Language, known: &Known<'_>) -> Section {
    let columns = vec![
        column("figure", ColumnKind::Code, language, "Mã số liệu", "Code"),
        column("name", ColumnKind::Prose, language, "Số liệu", "Figure"),
        column("count", ColumnKind::Number, language, "Số lượng", "Count"),
        column("origin", ColumnKind::Prose, language, "Nguồn", "From"),
    ];
    let components = material.index.iter().flat_map(IndexRules::components);
    let names: BTreeSet<&str> = components.flat_map(Component::figures).collect();
    let rows = names.into_iter().map(|name| {
        let (count, origin) = match known.ids.get(name) {
            Some((id, Origin::Gateway)) => (
                known.counts.count(*id),
                language
                    .of("cổng kết nối quan sát", "seen by the gateway")
                    .to_owned(),
            ),
            Some((id, Origin::Outside(source))) => {
                let from = language.of("ngoài cổng kết nối", "from outside the gateway");
                (known.counts.count(*id), format!("{from}: {source}"))
            }
            None => (
                Cell::Empty,
                language.of("chưa có số liệu", "not known").to_owned(),
            ),
        };
        let called = named(material, name, language);
        vec![text(name), text(called), count, text(origin)]
    });
    let heading = language.of("Số liệu đã dùng", "The figures");
    let mut section = section("figures", heading, columns, rows.collect());
    section.remarks.extend(material.small_remark(language));
    section
}

/// Points to two decimals.
fn points(points: f64, language: Language) -> Cell {
    let rounded = (points * 100.0).round() / 100.0;
    Cell::Value(rounded, language.of("điểm", "points").to_owned())
}

fn bands(estimate: &Estimate<'_>, language: Language) -> String {
    let Some((least, most)) = estimate.bands() else {
        return String::new();
    };
    let (low, high) = (band(least, language), band(most, language));
    match language {
        _ if least == most => low.to_owned(),
        Language::Vietnamese => format!("từ {low} đến {high}"),
        Language::English => format!("{low} to {high}"),
    }
}

fn band(band: &Band, language: Language) -> &str {
    match language {
        Language::Vietnamese => &band.name_vi,
        Language::English => &band.name_en,
    }
}

/// How well the limits of the bands are known, where they were not read.
fn bands_remark(material: &Material<'_>, language: Language) -> Option<&'static str> {
    let mut certainties = material.index.iter().map(IndexRules::bands_certainty);
    let were_read = certainties.all(|it| match it {
        SourceCertainty::Seen => true,
        SourceCertainty::Inferred | SourceCertainty::Unverified => false,
    });
    (!were_read).then_some(language.of(
        "Ngưỡng xếp loại chưa được kiểm chứng bằng văn bản.",
        "The limits of the bands are not verified.",
    ))
}

/// What a count is called.
fn named(material: &Material<'_>, figure: &str, language: Language) -> String {
    let mut names = material.index.iter();
    let name = names.find_map(|rules| rules.figure_name(figure));
    name.map_or(figure, |(vi, en)| match language {
        Language::Vietnamese => vi,
        Language::English => en,
    })
    .to_owned()
}

fn status(component: &Component, language: Language) -> &'static str {
    let vietnamese = match component.status {
        RuleStatus::Official => "chính thức",
        RuleStatus::Reported => "theo nguồn thuật lại",
        RuleStatus::Reconstructed => "dựng lại từ số liệu",
        RuleStatus::Unknown => "chưa biết",
    };
    language.of(vietnamese, component.status.name())
}

fn no_points(material: &Material<'_>, why: &NoPoints, language: Language) -> String {
    let listed = |figures: &[String]| -> String {
        let names = figures.iter().map(|it| named(material, it, language));
        names.collect::<Vec<_>>().join("; ")
    };
    match (why, language) {
        (NoPoints::RuleUnknown, _) => language
            .of("chưa biết cách tính", "its rule is not known")
            .to_owned(),
        (NoPoints::FiguresMissing(names), Language::Vietnamese) => {
            format!("thiếu số liệu: {}", listed(names))
        }
        (NoPoints::FiguresMissing(names), Language::English) => {
            format!("not known: {}", listed(names))
        }
        (NoPoints::FiguresContradict(names), Language::Vietnamese) => {
            format!("số liệu mâu thuẫn, tỷ lệ vượt 100%: {}", listed(names))
        }
        (NoPoints::FiguresContradict(names), Language::English) => {
            format!(
                "the counts contradict each other, above 100%: {}",
                listed(names)
            )
        }
        (NoPoints::Empty, _) => language
            .of("không có gì để đếm", "there was nothing to count")
            .to_owned(),
        (NoPoints::EmptyUnknown, _) => language
            .of(
                "không có gì để đếm, và các nguồn nói khác nhau",
                "there was nothing to count, and the sources differ",
            )
            .to_owned(),
    }
}
