//! Evidence that runs out in the next weeks, and what has run out already.
//!
//! What a reader would get wrong: the last day is asked of the register and not computed
//! here, so that months of validity, a stated end, a review that is due and a decision that
//! takes effect on a known day are all found by the one rule that judges evidence.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::material::{column, listed, section, text};
use super::{Cell, Column, ColumnKind, Language, Material, Report, ReportKind, Section};
use crate::evidence::{Evidence, EvidenceRules, OutOfDate, Register, Standing};

/// Names of the three tables.
const NAMES: [&str; 3] = ["first", "second", "third"];

/// A piece that runs out.
struct Ending<'a> {
    piece: &'a Evidence,
    /// The first day on which it does not count.
    on: Date,
    /// Days that are left.
    left: u16,
    reasons: Vec<OutOfDate>,
}

/// How many pieces count on `today` and not any more `days` later.
#[must_use]
pub fn expiring(register: &Register, rules: &EvidenceRules, today: Date, days: u16) -> usize {
    let then = today
        .checked_add(i32::from(days).days())
        .unwrap_or(Date::MAX);
    let ends = |piece: &&Evidence| {
        piece.standing(today, register, rules) == Standing::Valid
            && piece.standing(then, register, rules) != Standing::Valid
    };
    register.pieces().iter().filter(ends).count()
}

/// Makes the report.
pub(super) fn build(material: &Material<'_>, language: Language) -> Report {
    let day = material.day();
    let title = match language {
        Language::Vietnamese => format!(
            "Minh chứng sắp hết hiệu lực, tính từ ngày {:02}/{:02}/{}",
            day.day(),
            day.month(),
            day.year()
        ),
        Language::English => format!("Evidence about to run out, from {day} on"),
    };
    let mut report = material.report(ReportKind::ExpiringEvidence, language, title);
    let mut endings: Vec<Ending<'_>> = about(material)
        .filter_map(|piece| ending(material, piece))
        .collect();
    endings.sort_by(|one, next| (one.on, &one.piece.id).cmp(&(next.on, &next.piece.id)));
    let horizons = material.rules.horizons;
    let mut before = 0;
    for (name, horizon) in NAMES.into_iter().zip(horizons) {
        let within = endings
            .iter()
            .filter(|it| before < it.left && it.left <= horizon);
        let heading = match language {
            Language::Vietnamese => format!("Còn {} đến {horizon} ngày", before + 1),
            Language::English => format!("{} to {horizon} days left", before + 1),
        };
        let rows = within.map(|it| {
            let mut cells = piece_cells(it.piece, language);
            cells.extend([
                Cell::Day(it.on.yesterday().unwrap_or(it.on)),
                Cell::Count(u64::from(it.left)),
                reasons(&it.reasons, language),
            ]);
            cells
        });
        let columns = columns(language, true);
        report
            .sections
            .push(section(name, &heading, columns, rows.collect()));
        before = horizon;
    }
    report.sections.push(out_of_date(material, language));
    report
}

/// Pieces about the agency of the report.
fn about<'a>(material: &Material<'a>) -> impl Iterator<Item = &'a Evidence> {
    let unit = material.unit;
    let concerns = move |piece: &&Evidence| match unit {
        None => true,
        Some(unit) => {
            let units = &piece.units;
            units.is_empty()
                || units
                    .iter()
                    .any(|it| it.includes(unit) || unit.includes(it))
        }
    };
    material.register.pieces().iter().filter(concerns)
}

/// When a piece that counts today stops to count, within the last horizon. Once it does not
/// count it never counts again, so the day is found by halving.
fn ending<'a>(material: &Material<'a>, piece: &'a Evidence) -> Option<Ending<'a>> {
    let today = material.day();
    let standing = |on: Date| piece.standing(on, material.register, material.evidence_rules);
    let after = |days: u16| {
        today
            .checked_add(i32::from(days).days())
            .unwrap_or(Date::MAX)
    };
    if standing(today) != Standing::Valid {
        return None;
    }
    let [.., last] = material.rules.horizons;
    let (mut counts, mut ended) = (0, last);
    let Standing::OutOfDate(_) = standing(after(last)) else {
        return None;
    };
    while ended - counts > 1 {
        let middle = counts.midpoint(ended);
        match standing(after(middle)) {
            Standing::Valid | Standing::NotYet { .. } => counts = middle,
            Standing::OutOfDate(_) => ended = middle,
        }
    }
    let on = after(ended);
    match standing(on) {
        Standing::OutOfDate(reasons) => Some(Ending {
            piece,
            on,
            left: ended,
            reasons,
        }),
        Standing::Valid | Standing::NotYet { .. } => None,
    }
}

/// Pieces that do not count any more and that no other piece replaced.
fn out_of_date(material: &Material<'_>, language: Language) -> Section {
    let today = material.day();
    let rows = about(material).filter_map(|piece| {
        let standing = piece.standing(today, material.register, material.evidence_rules);
        let Standing::OutOfDate(found) = standing else {
            return None;
        };
        let replaced = found
            .iter()
            .any(|it| matches!(it, OutOfDate::Superseded { .. }));
        if replaced {
            return None;
        }
        let mut cells = piece_cells(piece, language);
        cells.push(reasons(&found, language));
        Some(cells)
    });
    let heading = language.of(
        "Đã hết hiệu lực, chưa có minh chứng thay thế",
        "Out of date, and nothing takes their place",
    );
    section(
        "out-of-date",
        heading,
        columns(language, false),
        rows.collect(),
    )
}

fn columns(language: Language, ending: bool) -> Vec<Column> {
    use ColumnKind::{Code, Moment, Number, Prose, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    let mut columns = vec![
        of("evidence", Code, "Minh chứng", "Evidence"),
        of("class", Text, "Loại", "Class"),
        of("symbol", Text, "Số, ký hiệu", "Symbol"),
        of("title", Prose, "Trích yếu", "Title"),
        of("issuer", Text, "Cơ quan ban hành", "Issuer"),
        of("issued_on", Moment, "Ngày ban hành", "Issued on"),
        of("services", Text, "Dịch vụ", "Services"),
        of("units", Text, "Đơn vị", "Units"),
    ];
    if ending {
        columns.push(of("last_day", Moment, "Ngày cuối", "Last day"));
        columns.push(of("days_left", Number, "Còn (ngày)", "Days left"));
    }
    columns.push(of("reason", Prose, "Lý do", "Reason"));
    columns
}

fn piece_cells(piece: &Evidence, language: Language) -> Vec<Cell> {
    let class = language.of(piece.class.name_vi(), piece.class.name_en());
    let symbol = piece.symbol.as_ref();
    vec![
        text(piece.id.as_str()),
        text(format!("{} {class}", piece.class.id())),
        text(symbol.map(ToString::to_string).unwrap_or_default()),
        text(&piece.title),
        text(&piece.issuer),
        Cell::Day(piece.issued_on),
        listed(&piece.services),
        listed(&piece.units),
    ]
}

fn reasons(found: &[OutOfDate], language: Language) -> Cell {
    let found: Vec<String> = found.iter().map(|it| it.text(language)).collect();
    text(found.join("; "))
}
