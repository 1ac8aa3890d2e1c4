//! The board of the services: what is documented, what the traffic shows, and where the two
//! disagree.
//!
//! What a reader would get wrong: one table names dossiers with full counts, so that somebody
//! can mend them. With it the whole board is for the house; the one for publication leaves
//! that table out.

use super::material::{column, listed, period, section, tell_coverage, text};
use super::other_targets::{self, OtherTarget};
use super::rates::{self, Rates};
use super::small::{Counts, Id, Settled};
use super::words;
use super::{Cell, Column, ColumnKind, Language, Material, Report, ReportKind, Section};
use crate::check::{Criterion, Figure, Finding, ServiceCheck, Verdict};
use crate::dossier_number::DossierNumber;
use crate::essential::EssentialService;
use crate::share::Share;

/// Ids of the criteria, in the order of [`Criterion::all`], as names of columns.
const CRITERIA: [&str; 24] = [
    "K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "C1", "C2", "C3", "C4", "C5", "C6", "C7",
    "C8", "C9", "C10", "C11", "C12", "C13", "C14", "C15",
];

/// The counts of a row. Each pair is a part and its whole.
pub(super) struct Row {
    pub(super) seen: Id,
    pub(super) online: Option<(Id, Id)>,
    pub(super) looked_up: Option<(Id, Id)>,
    pub(super) rates: Rates,
}

/// Everything that the board counts, before it is settled which counts are shown.
pub(super) struct Counted<'a> {
    pub(super) counts: Counts,
    /// One for each service that was checked, in the order of the list.
    pub(super) rows: Vec<Row>,
    /// The dossiers of all of them.
    pub(super) all: Id,
    others: Vec<OtherTarget<'a>>,
}

impl<'a> Counted<'a> {
    pub(super) fn of(material: &Material<'a>) -> Self {
        let checked = material.checked();
        let mut counts = Counts::new(material.rules.limit);
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
        other_targets::table(&others, &counts, language),
        legend(language),
    ]);
    if let Some(first) = report.sections.first_mut() {
        first.remarks.extend(material.small_remark(language));
    }
    report
}

impl Row {
    fn count(check: &ServiceCheck, material: &Material<'_>, counts: &mut Counts) -> Self {
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
        of("lacks", Prose, "Vì sao chưa cao hơn", "Why not further"),
        of("received", Number, "Hồ sơ tiếp nhận", "Received"),
        of("online", Number, "Trực tuyến", "Online"),
        of("looked_up", Number, "Có tra cứu dân cư", "With look-up"),
        of("coverage", Number, "Độ phủ", "Coverage"),
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

/// Whether a finding asks for something to be mended.
pub(super) fn is_open(finding: &Finding) -> bool {
    match finding.verdict {
        Verdict::Contradicted | Verdict::EvidenceExpired => true,
        Verdict::Consistent
        | Verdict::Undocumented
        | Verdict::Unproven
        | Verdict::NotApplicable
        | Verdict::CannotObserve => false,
    }
}

fn findings(language: Language, checked: &[(&ServiceCheck, &EssentialService)]) -> Section {
    use ColumnKind::{Code, Prose, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    let columns = vec![
        of("number", Code, "STT", "No."),
        of("service", Prose, "Dịch vụ", "Service"),
        of("criterion", Code, "Tiêu chí", "Criterion"),
        of("name", Text, "Nội dung", "About"),
        of("verdict", Text, "Kết luận", "Verdict"),
        of("documented", Prose, "Tài liệu ghi nhận", "Documented"),
        of("evidence", Text, "Minh chứng", "Evidence"),
        of("reason", Prose, "Lý do", "Reason"),
        of("examples", Text, "Hồ sơ ví dụ", "Example dossiers"),
    ];
    let mut rows = Vec::new();
    for (check, service) in checked {
        for finding in check.findings.iter().filter(|it| is_open(it)) {
            rows.push(vec![
                Cell::Count(u64::from(service.number.get())),
                text(&service.name),
                text(finding.criterion.id()),
                text(language.of(&finding.name_vi, &finding.name_en)),
                Cell::Verdict(finding.verdict),
                text(&finding.documented),
                listed(&finding.evidence),
                text(language.of(&finding.reason_vi, &finding.reason_en)),
                listed(finding.examples.iter().map(DossierNumber::as_str)),
            ]);
        }
    }
    let heading = language.of(
        "Mâu thuẫn và minh chứng hết hiệu lực",
        "Contradictions and expired evidence",
    );
    let mut section = section("findings", heading, columns, rows);
    section.remarks.push(
        language
            .of(
                "Bảng này nêu mã hồ sơ và số lượng đầy đủ để xử lý trong cơ quan; không công khai.",
                "This table names dossiers and full counts, to be mended inside the agency; it is \
                 not for publication.",
            )
            .to_owned(),
    );
    if language == Language::English {
        let quoted = "What is documented is quoted in Vietnamese.";
        section.remarks.push(quoted.to_owned());
    }
    section
}

fn criteria(language: Language, checked: &[(&ServiceCheck, &EssentialService)]) -> Section {
    let mut columns = vec![column("number", ColumnKind::Code, language, "STT", "No.")];
    columns.extend(CRITERIA.map(|id| column(id, ColumnKind::Code, language, id, id)));
    let rows = checked.iter().map(|(check, service)| {
        let verdict = |criterion| {
            let found = check.findings.iter().find(|it| it.criterion == criterion);
            found.map_or(Cell::Empty, |it| Cell::Verdict(it.verdict))
        };
        let mut cells = vec![Cell::Count(u64::from(service.number.get()))];
        cells.extend(Criterion::all().map(verdict));
        cells
    });
    let heading = language.of("Kết luận theo tiêu chí", "Verdicts by criterion");
    section("criteria", heading, columns, rows.collect())
}

fn criterion_names(
    material: &Material<'_>,
    language: Language,
    checked: &[(&ServiceCheck, &EssentialService)],
) -> Section {
    let columns = vec![
        column(
            "criterion",
            ColumnKind::Code,
            language,
            "Tiêu chí",
            "Criterion",
        ),
        column("name", ColumnKind::Text, language, "Nội dung", "About"),
        column(
            "source",
            ColumnKind::Prose,
            language,
            "Nguồn của ngưỡng",
            "Source of the bound",
        ),
        column(
            "law",
            ColumnKind::Prose,
            language,
            "Căn cứ áp dụng trực tiếp",
            "Applied directly",
        ),
    ];
    let names = Criterion::all().filter_map(|criterion| {
        let mut findings = checked.iter().flat_map(|(check, _)| &check.findings);
        let finding = findings.find(|it| it.criterion == criterion)?;
        let name = language.of(&finding.name_vi, &finding.name_en);
        let rule = material.check_rules.rule(criterion);
        let known = |told: &str, certainty| words::sourced(told, certainty, language);
        let source = rule.map(|it| known(&it.source, it.certainty));
        let law = rule.and_then(|it| it.law.as_ref());
        let law = law.map(|it| known(&it.document, it.certainty));
        Some(vec![
            text(criterion.id()),
            text(name),
            text(source.unwrap_or_default()),
            text(law.unwrap_or_default()),
        ])
    });
    let heading = language.of("Các tiêu chí", "The criteria");
    section("criterion-names", heading, columns, names.collect())
}

fn legend(language: Language) -> Section {
    let columns = vec![
        column("verdict", ColumnKind::Text, language, "Kết luận", "Verdict"),
        column("meaning", ColumnKind::Prose, language, "Ý nghĩa", "Meaning"),
    ];
    let rows = Verdict::ALL.map(|verdict| {
        let meaning = text(words::meaning(verdict, language));
        vec![Cell::Verdict(verdict), meaning]
    });
    let heading = language.of("Ý nghĩa các kết luận", "What the verdicts mean");
    section("legend", heading, columns, rows.into())
}
