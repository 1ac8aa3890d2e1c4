//! Numbers, days and moments as a person reads them, and the small signs of good print.
//!
//! What a reader would get wrong: this is for pages only. A table for a program (CSV, JSON)
//! has the same values in one form, whatever the language.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use lienthong_core::report::Language;
use lienthong_core::wire_time::viet_nam;

use super::content::{Cell, verdict_text};

/// A space at which no line is broken.
const FIXED: char = '\u{a0}';

/// Words before a number that belong to it.
const BEFORE: [&str; 12] = [
    "Điều", "Khoản", "Mẫu", "mẫu", "số", "ngày", "tháng", "năm", "quý", "lần", "Article", "Form",
];

/// Words behind a number that belong to it.
const BEHIND: [&str; 12] = [
    "%", "ngày", "giờ", "phút", "tháng", "năm", "điểm", "đồng", "hồ", "days", "hours", "points",
];

/// A whole number with its thousands marked.
pub(super) fn count(number: u64, language: Language) -> String {
    grouped(&number.to_string(), language)
}

fn grouped(digits: &str, language: Language) -> String {
    let mark = language.of(".", ",");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push_str(mark);
        }
        text.push(digit);
    }
    text
}

/// A number with at most two decimals.
pub(super) fn decimal(number: f64, language: Language) -> String {
    let text = format!("{:.2}", number.abs());
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
    let decimals = decimals.trim_end_matches('0');
    let sign = if number < 0.0 && (whole != "0" || !decimals.is_empty()) {
        "\u{2212}"
    } else {
        ""
    };
    let whole = grouped(whole, language);
    if decimals.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}{}{decimals}", language.of(",", "."))
    }
}

/// A day: `31/10/2026`, in English `2026-10-31`.
pub(super) fn day(day: Date, language: Language) -> String {
    match language {
        Language::Vietnamese => day.strftime("%d/%m/%Y").to_string(),
        Language::English => day.to_string(),
    }
}

/// A moment in Việt Nam to the minute, the day first.
pub(super) fn moment(moment: Timestamp, language: Language) -> String {
    let local = moment.to_zoned(viet_nam());
    let clock = local.strftime("%H:%M");
    format!("{}{FIXED}{clock}", day(local.date(), language))
}

/// Until when something was judged: the end of a day is told as such.
pub(super) fn until(moment_: Timestamp, language: Language) -> String {
    let local = moment_.to_zoned(viet_nam());
    let yesterday = local.date().yesterday();
    match yesterday {
        Ok(yesterday) if local.time() == Time::midnight() => format!(
            "{} {}",
            language.of("hết ngày", "the end of"),
            day(yesterday, language)
        ),
        Ok(_) | Err(_) => moment(moment_, language),
    }
}

/// A cell in the words of a language, in plain type.
pub(super) fn cell(cell: &Cell, language: Language) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.clone(),
        Cell::Count(number) => count(*number, language),
        Cell::FewerThan { fewer_than } => format!("<{FIXED}{}", count(*fewer_than, language)),
        Cell::Withheld { .. } => "\u{2013}".to_owned(),
        Cell::Share { .. } => percent(cell, language),
        Cell::Value { value, unit } if unit == "%" => format!("{}%", decimal(*value, language)),
        Cell::Value { value, unit } => format!("{}{FIXED}{unit}", decimal(*value, language))
            .trim_end()
            .to_owned(),
        Cell::Day { day: it } => day(*it, language),
        Cell::Moment { moment: it } => moment(*it, language),
        Cell::Verdict { verdict } => verdict_text(verdict, language),
    }
}

fn percent(cell: &Cell, language: Language) -> String {
    let percent = cell.share().and_then(lienthong_core::share::Share::percent);
    match (percent, language) {
        (None, Language::Vietnamese | Language::English) => String::new(),
        (Some(percent), Language::Vietnamese) => percent.text_vi(),
        (Some(percent), Language::English) => format!("{percent}%"),
    }
}

/// `text` with the quotation marks, dots and fixed spaces of good print.
pub(super) fn polish(text: &str) -> String {
    let text = text.replace("...", "\u{2026}").replace(" - ", " \u{2013} ");
    fixed(&quoted(&text))
}

/// Straight quotation marks as curved ones, which tell where a quotation begins.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        out.push(match c {
            '"' if before.is_whitespace() || matches!(before, '(' | '[' | '/' | '\u{201c}') => {
                '\u{201c}'
            }
            '"' => '\u{201d}',
            _ => c,
        });
        before = c;
    }
    out
}

/// Binds a number to the word that it belongs to.
fn fixed(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut out = String::with_capacity(text.len());
    for (index, word) in words.iter().enumerate() {
        out.push_str(word);
        if let Some(next) = words.get(index + 1) {
            out.push(if belongs(word, next) { FIXED } else { ' ' });
        }
    }
    out
}

fn belongs(word: &str, next: &str) -> bool {
    let number = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let bare = |text: &str| {
        let text = text.trim_end_matches([',', '.', ';', ':', ')']);
        text.trim_start_matches('(').to_owned()
    };
    let whole_number = number(word) && word.ends_with(|c: char| c.is_ascii_digit());
    (whole_number && BEHIND.contains(&bare(next).as_str()))
        || (number(next) && BEFORE.contains(&bare(word).as_str()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use lienthong_core::report::Language::{English, Vietnamese};

    use super::*;

    #[test]
    fn numbers_are_written_as_each_language_writes_them() {
        for (number, vi, en) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1.000", "1,000"),
            (1_234_567, "1.234.567", "1,234,567"),
        ] {
            assert_eq!(count(number, Vietnamese), vi);
            assert_eq!(count(number, English), en);
        }
        for (number, vi, en) in [
            (16.5, "16,5", "16.5"),
            (16.0, "16", "16"),
            (1234.567, "1.234,57", "1,234.57"),
            (-0.25, "\u{2212}0,25", "\u{2212}0.25"),
            (-0.001, "0", "0"),
        ] {
            assert_eq!(decimal(number, Vietnamese), vi);
            assert_eq!(decimal(number, English), en);
        }
    }

    #[test]
    fn days_and_moments_are_those_of_viet_nam() {
        let at: Timestamp = "2026-10-31T17:30:00Z".parse().unwrap();
        assert_eq!(moment(at, Vietnamese), "01/11/2026\u{a0}00:30");
        assert_eq!(moment(at, English), "2026-11-01\u{a0}00:30");
        assert_eq!(day(date(2026, 2, 3), Vietnamese), "03/02/2026");
    }

    #[test]
    fn the_end_of_a_day_is_told_as_such() {
        let midnight: Timestamp = "2026-10-31T17:00:00Z".parse().unwrap();
        assert_eq!(until(midnight, Vietnamese), "hết ngày 31/10/2026");
        assert_eq!(until(midnight, English), "the end of 2026-10-31");
        let noon: Timestamp = "2026-10-31T05:00:00Z".parse().unwrap();
        assert_eq!(until(noon, Vietnamese), "31/10/2026\u{a0}12:00");
    }

    #[test]
    fn print_has_curved_quotes_and_bound_numbers() {
        assert_eq!(
            polish(r#"Trạng thái "đã xử lý" (theo Điều 19) sau 16 giờ, 3.5 % - hết..."#),
            "Trạng thái “đã xử lý” (theo Điều\u{a0}19) sau 16\u{a0}giờ, 3.5\u{a0}% – hết…"
        );
        assert_eq!(polish("1.004222"), "1.004222");
        assert_eq!(polish(r#"("a")"#), "(“a”)");
    }
}
