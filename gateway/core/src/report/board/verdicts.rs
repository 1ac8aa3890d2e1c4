//! The verdicts on the board: those that ask for something one by one, all of them by
//! criterion, and what criteria and verdicts mean.
//!
//! What a reader would get wrong: the table of findings alone has full counts and numbers of
//! dossiers; the other tables may go out of the house.

use crate::check::{Criterion, Finding, ServiceCheck, Verdict};
use crate::dossier_number::DossierNumber;
use crate::essential::EssentialService;
use crate::report::material::{column, listed, section, text};
use crate::report::{Cell, ColumnKind, Language, Material, Section, words};

/// Ids of the criteria, in the order of [`Criterion::all`], as names of columns.
const CRITERIA: [&str; 24] = [
    "K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "C1", "C2", "C3", "C4", "C5", "C6", "C7",
    "C8", "C9", "C10", "C11", "C12", "C13", "C14", "C15",
];

/// Whether a finding asks for something to be mended.
pub(in crate::report) fn is_open(finding: &Finding) -> bool {
    match finding.verdict {
        Verdict::Contradicted | Verdict::EvidenceExpired => true,
        Verdict::Consistent
        | Verdict::Undocumented
        | Verdict::Unproven
        | Verdict::NotApplicable
        | Verdict::CannotObserve => false,
    }
}

/// What asks for something to be mended, service by service, with its dossiers.
pub(super) fn findings(
    language: Language,
    checked: &[(&ServiceCheck, &EssentialService)],
) -> Section {
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

/// The verdict of each service by each criterion.
pub(super) fn criteria(
    language: Language,
    checked: &[(&ServiceCheck, &EssentialService)],
) -> Section {
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

/// What the criteria are about, and where their bounds come from.
pub(super) fn criterion_names(
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

/// What the verdicts mean.
pub(super) fn legend(language: Language) -> Section {
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
