//! The board of the services: what is documented, what the traffic shows, and where the two
//! disagree.
//!
//! What a reader would get wrong: one table names dossiers with full counts, so that somebody
//! can mend them. With it the whole board is for the house; the one for publication leaves
//! that table out.

mod verdicts;

use self::verdicts::{criteria, criterion_names, findings, legend};
use super::material::{column, listed, period, section, tell_coverage, text};
use super::other_targets::{self, OtherTarget};
use super::rates::{self, Rates};
use super::small::{Id, Settled, Unsettled};
use super::words;
use super::{Cell, Column, ColumnKind, Language, Material, Report, ReportKind, Section};
use crate::check::{Figure, ServiceCheck, Verdict};
use crate::essential::EssentialService;
use crate::share::Share;

pub(super) use self::verdicts::is_open;

/// The counts of a row. Each pair is a part and its whole.
pub(super) struct Row {
    pub(super) seen: Id,
    pub(super) online: Option<(Id, Id)>,
    pub(super) looked_up: Option<(Id, Id)>,
    pub(super) rates: Rates,
}

/// Everything that the board counts, before it is settled which counts are shown.
pub(super) struct Counted<'a> {
    pub(super) counts: Unsettled,
    /// One for each service that was checked, in the order of the list.
    pub(super) rows: Vec<Row>,
    /// The dossiers of all of them.
    pub(super) all: Id,
    others: Vec<OtherTarget<'a>>,
}

impl<'a> Counted<'a> {
    pub(super) fn of(material: &Material<'a>) -> Self {
        let checked = material.checked();
        let mut counts = Unsettled::new(material.rules.limit);
        let rows: Vec<Row> = checked
            .iter()
            .map(|(check, _)| Row::count(check, material, &mut counts))
            .collect();
        let all = checked.iter().map(|(check, _)| check.dossiers_seen).sum();
        let all = counts.printed(all);
        counts.sum(all, rows.iter().map(|row| row.seen).collect());
        let digitised: Vec<Id> = rows
            .iter()
            .map(|row| row.rates.digitised_dossiers())
            .collect();
        let others = OtherTarget::all(material, &mut counts, all, &digitised);
        Self {
            counts,
            rows,
            all,
            others,
        }
    }
}

/// Makes the board.
pub(super) fn build(material: &Material<'_>, language: Language) -> Report {
    let checked = material.checked();
    let Counted {
        counts,
        rows,
        all,
        others,
    } = Counted::of(material);
    let counts = counts.settle();

    let mut title = match language {
        Language::Vietnamese => format!(
            "Bảng theo dõi tái cấu trúc quy trình: {}, {}",
            material.services.name(),
            period(material.window, language)
        ),
        Language::English => format!(
            "Re-engineering of the essential services ({}), {}",
            material.services.name(),
            period(material.window, language)
        ),
    };
    if material.public {
        title.push_str(language.of(" (bản công khai)", " (for publication)"));
    }
    let mut report = material.report(ReportKind::Board, language, title);
    report.dossiers_seen = counts.count(all);
    report.coverage = coverage_of_all(&checked, counts.tells(all));
    tell_coverage(&mut report);
    report.sections = vec![services(material, language, &checked, &rows, &counts)];
    if !material.public {
        report.sections.push(findings(language, &checked));
    }
    report.sections.extend([
        rates::table(
            checked
                .iter()
                .zip(&rows)
                .map(|((_, service), row)| (*service, &row.rates)),
            &counts,
            language,
        ),
        criteria(language, &checked),
        criterion_names(material, language, &checked),
        other_targets::table(material, &others, &counts, language),
        legend(language),
    ]);
    if let Some(first) = report.sections.first_mut() {
        first.remarks.extend(material.small_remark(language));
    }
    report
}

impl Row {
    fn count(check: &ServiceCheck, material: &Material<'_>, counts: &mut Unsettled) -> Self {
        let seen = counts.printed(check.dossiers_seen);
        let mut share = |code| {
            let figure: &Figure = check.figures.iter().find(|it| it.code == code)?;
            figure.share()?;
            let whole = if figure.denominator == check.dossiers_seen {
                seen
            } else {
                counts.part_of(seen, figure.denominator)
            };
            Some((counts.part_of(whole, figure.numerator), whole))
        };
        let online = share("ONLINE_SHARE");
        let looked_up = share("LOOKUP_SHARE");
        let nothing = super::Counts::default();
        let gathered = material.gathering.service(check.service);
        let gathered = gathered.unwrap_or(&nothing);
        let of_all = online.filter(|(_, whole)| *whole == seen);
        let rates = Rates::count(gathered, seen, of_all.map(|(part, _)| part), counts);
        Self {
            seen,
            online,
            looked_up,
            rates,
        }
    }
}

/// The coverage of all services together, where it is known of each that has dossiers.
pub(super) fn coverage_of_all(checked: &[(&ServiceCheck, &EssentialService)], told: bool) -> Cell {
    let mut sum = (0u64, 0u64);
    for (check, _) in checked {
        match check.coverage {
            Some(share) => {
                sum.0 = sum.0.saturating_add(share.part());
                sum.1 = sum.1.saturating_add(share.whole());
            }
            None if check.dossiers_seen == 0 => {}
            None => return Cell::Empty,
        }
    }
    match Share::new(sum.0, sum.1).filter(|share| share.whole() > 0) {
        Some(share) if told => Cell::Share(share),
        Some(_) => Cell::Withheld,
        None => Cell::Empty,
    }
}

/// The coverage of one service.
pub(super) fn coverage(check: &ServiceCheck, told: bool) -> Cell {
    match check.coverage.filter(|share| share.whole() > 0) {
        Some(share) if told => Cell::Share(share),
        Some(_) => Cell::Withheld,
        None => Cell::Empty,
    }
}

/// The procedure codes of a service on a day.
fn codes(material: &Material<'_>, service: &EssentialService, language: Language) -> Cell {
    let codes: Vec<&str> = service
        .codes_on(material.day())
        .map(|it| it.code.as_str())
        .collect();
    if !codes.is_empty() {
        return text(codes.join(", "));
    }
    if service.outside_procedure_law {
        return text(language.of(
            "không phải thủ tục hành chính",
            "not an administrative procedure",
        ));
    }
    text(language.of("chưa biết", "not known"))
}

fn services(
    material: &Material<'_>,
    language: Language,
    checked: &[(&ServiceCheck, &EssentialService)],
    rows: &[Row],
    counts: &Settled,
) -> Section {
    let rows = checked.iter().zip(rows).map(|((check, service), row)| {
        let owner = service.owner(material.day());
        let lacks = check.documented.lacks.iter();
        let lacks: Vec<String> = lacks
            .map(|lack| lack.text(language, material.register))
            .collect();
        let share = |of: Option<(Id, Id)>| {
            of.map_or(Cell::Empty, |(part, whole)| counts.share(part, whole))
        };
        let mut cells = vec![
            Cell::Count(u64::from(service.number.get())),
            text(&service.name),
            text(owner.map_or("", |it| it.name.as_str())),
            codes(material, service, language),
            text(words::state(check.documented.state, language)),
            text(lacks.join("; ")),
            counts.count(row.seen),
            share(row.online),
            share(row.looked_up),
            coverage(check, counts.tells(row.seen)),
        ];
        cells.extend(Verdict::ALL.map(|verdict| {
            let with = check.findings.iter().filter(|it| it.verdict == verdict);
            Cell::Count(with.count() as u64)
        }));
        let contradicted = check.findings.iter();
        let contradicted = contradicted.filter(|it| it.verdict == Verdict::Contradicted);
        cells.push(listed(contradicted.map(|it| it.criterion.id())));
        cells
    });
    let heading = language.of("Các dịch vụ", "The services");
    section(
        "services",
        heading,
        service_columns(language),
        rows.collect(),
    )
}

fn service_columns(language: Language) -> Vec<Column> {
    use ColumnKind::{Code, Number, Prose, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    let mut columns = vec![
        of("number", Code, "STT", "No."),
        of("service", Prose, "Dịch vụ", "Service"),
        of("owner", Text, "Cơ quan chủ quản", "Owner"),
        of("codes", Text, "Mã thủ tục", "Procedure codes"),
        of("documented", Text, "Tài liệu ghi nhận", "Documented"),
        of(
            "lacks",
            Prose,
            "Vì sao chưa đạt mức cao hơn",
            "Why not further",
        ),
        of("received", Number, "Hồ sơ tiếp nhận", "Received"),
        of("online", Number, "Trực tuyến", "Online"),
        of("looked_up", Number, "Có tra cứu dân cư", "With look-up"),
        of("coverage", Number, "Độ bao phủ", "Coverage"),
    ];
    let names = [
        "consistent",
        "contradicted",
        "undocumented",
        "unproven",
        "evidence_expired",
        "not_applicable",
        "cannot_observe",
    ];
    columns.extend(names.into_iter().zip(Verdict::ALL).map(|(name, verdict)| {
        let (vi, en) = (verdict.name_vi(), verdict.name_en());
        column(name, Number, language, &capitalised(vi), &capitalised(en))
    }));
    columns.push(of(
        "contradicted_criteria",
        Text,
        "Tiêu chí mâu thuẫn",
        "Contradicted criteria",
    ));
    columns
}

/// The text with a capital first letter, for a heading.
pub(super) fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
