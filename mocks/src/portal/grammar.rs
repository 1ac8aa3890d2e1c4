//! Grammars of the codes and dates in a dossier (portal.md 5 and 12).
//!
//! What a reader would get wrong: a number's date is checked against the calendar but not against
//! today, because the sender's clock and this one need not agree in a test.

use jiff::civil::{Date, DateTime};

/// Longest agency code (QĐ 20/2020/QĐ-TTg).
const LONGEST_AGENCY: usize = 35;
/// Longest dossier number (portal.md 12.3).
const LONGEST_NUMBER: usize = 50;

fn digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A letter and two digits: ministry (G) or province (H).
fn level_one(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 3 && bytes[0].is_ascii_uppercase() && digits(&text[1..], 2..=2)
}

fn agency(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    let old = |parts: &[&str]| {
        matches!(parts, [four, three, two, one] if digits(four, 3..=3)
            && digits(three, 2..=2) && digits(two, 2..=2) && level_one(one))
    };
    let unit = |part: &&str| {
        (1..=4).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    };
    let new = |parts: &[&str]| {
        matches!(parts, [one, units @ ..] if level_one(one) && units.len() <= 7
            && units.iter().all(unit))
    };
    text.len() <= LONGEST_AGENCY && (old(&parts) || new(&parts))
}

/// Number parsed from digits that were checked before.
fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    digits.parse().ok()
}

fn calendar_day(text: &str) -> bool {
    let long = match text.len() {
        6 => format!("20{text}"),
        _ => text.to_owned(),
    };
    digits(&long, 8..=8) && civil_date(&long).is_some()
}

fn civil_date(eight: &str) -> Option<Date> {
    Date::new(
        number(&eight[..4])?,
        number(&eight[4..6])?,
        number(&eight[6..8])?,
    )
    .ok()
}

/// Mã hồ sơ: agency, date, order (portal.md 12.2).
pub(super) fn dossier_number(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    text.len() <= LONGEST_NUMBER
        && matches!(parts.as_slice(), [unit, day, order]
            if agency(unit) && calendar_day(day) && digits(order, 4..=7))
}

/// Mã thủ tục hành chính (portal.md 12.4), with the one seven-digit anomaly of the national list.
pub(super) fn procedure_code(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    match parts.as_slice() {
        [kind, order, rest @ ..] => {
            digits(kind, 1..=1)
                && digits(order, 6..=7)
                && match rest {
                    [] => true,
                    [owner] => level_one(owner),
                    [four, three, two, owner] => {
                        (*four, *three, *two) == ("000", "00", "00") && level_one(owner)
                    }
                    _ => false,
                }
        }
        _ => false,
    }
}

/// Mã lĩnh vực, `Gnn-XXnn`.
pub(super) fn field_code(text: &str) -> bool {
    text.split_once('-').is_some_and(|(owner, field)| {
        owner.starts_with('G')
            && level_one(owner)
            && field.len() == 4
            && field.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
            && field.bytes().skip(2).all(|byte| byte.is_ascii_digit())
    })
}

/// Mã thành phần hồ sơ, `000.00.00.Gnn-KQnnnnnn`.
pub(super) fn component_code(text: &str) -> bool {
    text.strip_prefix("000.00.00.")
        .and_then(|rest| rest.split_once("-KQ"))
        .is_some_and(|(owner, order)| {
            owner.starts_with('G') && level_one(owner) && digits(order, 6..=6)
        })
}

/// A date of P1: `yyyyMMddHHmmss`, a real moment of the calendar.
pub(super) fn moment(text: &str) -> bool {
    fn parse(text: &str) -> Option<DateTime> {
        let day = civil_date(&text[..8])?;
        let (hour, minute, second) = (
            number(&text[8..10])?,
            number(&text[10..12])?,
            number(&text[12..14])?,
        );
        let time = jiff::civil::Time::new(hour, minute, second, 0).ok()?;
        Some(day.to_datetime(time))
    }
    digits(text, 14..=14) && parse(text).is_some()
}

/// A pattern of separators and digits (`0`), the digits being a real moment.
fn separated(text: &str, pattern: &str) -> bool {
    let fits = |(byte, form): (u8, u8)| match form {
        b'0' => byte.is_ascii_digit(),
        separator => byte == separator,
    };
    let only_digits = || text.chars().filter(char::is_ascii_digit).take(14);
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(fits)
        && moment(&only_digits().collect::<String>())
}

/// A date of P4's B4: `yyyy-MM-dd HH:mm:ss` (portal.md 9).
pub(super) fn spaced_moment(text: &str) -> bool {
    separated(text, "0000-00-00 00:00:00")
}

/// A date of P4's B5: `yyyy-MM-ddTHH:mm:ss.SSS`, without a zone (portal.md 9).
pub(super) fn iso_moment(text: &str) -> bool {
    separated(text, "0000-00-00T00:00:00.000")
}

/// A number of the form in which P4 issues them: day of eight digits, order of seven (portal.md
/// 12.1).
pub(super) fn issued_number(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let (order, day) = (parts.next(), parts.next());
    dossier_number(text)
        && order.is_some_and(|order| order.len() == 7)
        && day.is_some_and(|day| day.len() == 8)
}

/// Mã định danh cơ quan, old or new form (portal.md 12.1).
pub(super) fn agency_code(text: &str) -> bool {
    agency(text)
}

/// Mã dịch vụ công: a procedure, with or without two more digits (portal.md 12.4).
pub(super) fn service_code(text: &str) -> bool {
    let shortened = text
        .rsplit_once('.')
        .filter(|(_, order)| digits(order, 2..=2))
        .is_some_and(|(procedure, _)| procedure_code(procedure));
    shortened || procedure_code(text)
}

/// Mã kết quả, `KQ.Gnn.nnnnnn` (portal.md 12.4).
pub(super) fn result_code(text: &str) -> bool {
    matches!(text.split('.').collect::<Vec<_>>().as_slice(), ["KQ", owner, order]
        if owner.starts_with('G') && level_one(owner) && digits(order, 6..=6))
}

/// `TechID`: a GUID in its usual form.
pub(super) fn tech_id(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// An address that the portal could fetch from.
pub(super) fn web_address(text: &str) -> bool {
    text.parse::<axum::http::Uri>()
        .is_ok_and(|uri| uri.host().is_some() && matches!(uri.scheme_str(), Some("http" | "https")))
}

/// An amount of đồng.
pub(super) fn amount(text: &str) -> bool {
    digits(text, 1..=15)
}

#[cfg(test)]
mod tests {
    use super::{
        component_code, dossier_number, field_code, iso_moment, issued_number, moment,
        procedure_code, result_code, service_code, spaced_moment,
    };

    #[test]
    fn the_dossier_numbers_of_the_domain_document_are_judged_as_it_says() {
        for good in [
            "H22.12-250714-0007",
            "000.00.06.H56-231027-0361",
            "000.17.22.H56-210531-0001",
            "G09.20-20260609-0092637",
            "H22.1.2-250714-0001",
        ] {
            assert!(dossier_number(good), "{good}");
        }
        for bad in [
            "H22.12-250714-007",
            "h22-250714-0007",
            "H22.12-250231-0007",
            "H22.12345-250714-0007",
            "H22-250714-00070007",
            "H22.1.2.3.4.5.6.7.8-250714-0001",
            "Hồ sơ-250714-0001",
            "",
        ] {
            assert!(!dossier_number(bad), "{bad}");
        }
    }

    #[test]
    fn the_related_codes_of_the_domain_document_are_accepted() {
        for good in [
            "1.001193",
            "3.000181.000.00.00.H22",
            "1.001193.H22",
            "1.0133611",
        ] {
            assert!(procedure_code(good), "{good}");
        }
        assert!(!procedure_code("1.00119") && !procedure_code("1.001193.00.H22"));
        assert!(field_code("G03-GD10") && field_code("G15-TP07") && !field_code("H03-GD10"));
        assert!(component_code("000.00.00.G15-KQ004389") && !component_code("G15-KQ004389"));
    }

    #[test]
    fn a_moment_has_fourteen_digits_and_exists() {
        assert!(moment("20250714093000"));
        assert!(!moment("20250714"));
        assert!(!moment("20250230093000"));
        assert!(!moment("20250714250000"));
        assert!(!moment("2025071409300é"));
    }

    #[test]
    fn the_three_date_forms_of_p4_are_told_apart() {
        assert!(spaced_moment("2026-06-09 08:00:00") && iso_moment("2026-06-09T08:00:00.000"));
        for wrong in [
            "2026-06-09T08:00:00",
            "20260609080000",
            "2026-06-31 08:00:00",
            "",
        ] {
            assert!(!spaced_moment(wrong) && !iso_moment(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_codes_of_p4_are_those_of_the_manual() {
        assert!(issued_number("G09.20-20260609-0092637"));
        assert!(!issued_number("H22.12-250714-0007"));
        assert!(service_code("1.005129") && service_code("1.013229.01"));
        assert!(service_code("2.000815.000.00.00.H55.02") && !service_code("1.013229.1"));
        assert!(result_code("KQ.G07.000122") && !result_code("KQ.G07.00122"));
    }
}
