//! States, verdicts, figures and days of the essential services in words.

use lienthong_proto::v1;
use lienthong_proto::v1::criterion_finding::Verdict;
use lienthong_proto::v1::documented_status::State;

use super::super::words::moment;
use crate::lang::Lang;

/// How far documents go; in Vietnamese with its name in the contract.
pub(super) fn state(state: State, lang: Lang) -> String {
    let vi = match state {
        State::Unspecified => return "-".to_owned(),
        State::NotReviewed => "chưa rà soát",
        State::Reviewed => "đã rà soát",
        State::OptionDrafted => "đã xây dựng phương án",
        State::OptionApproved => "đã phê duyệt phương án",
        State::Published => "đã công bố thủ tục",
        State::ProcessApproved => "đã phê duyệt quy trình",
        State::Configured => "đã cấu hình",
        State::Tested => "đã kiểm thử",
        State::InOperation => "đang vận hành",
        State::Evaluated => "đã đánh giá",
        State::Suspended => "tạm dừng",
        State::Superseded => "được thay thế",
        State::Repealed => "bị bãi bỏ",
        State::NotApplicable => "không áp dụng",
    };
    match lang {
        Lang::Vi => vi.to_owned(),
        Lang::En => state.as_str_name().to_owned(),
    }
}

/// A verdict; in Vietnamese with its name in the contract.
pub(super) fn verdict(verdict: Verdict, lang: Lang) -> String {
    match lang {
        Lang::Vi => short_verdict(verdict, lang).to_owned(),
        Lang::En => verdict.as_str_name().to_owned(),
    }
}

/// A verdict in few words.
pub(super) fn short_verdict(verdict: Verdict, lang: Lang) -> &'static str {
    match verdict {
        Verdict::Unspecified => "-",
        Verdict::Consistent => lang.pick("phù hợp", "consistent"),
        Verdict::Contradicted => lang.pick("MÂU THUẪN", "CONTRADICTED"),
        Verdict::Undocumented => lang.pick("chưa có tài liệu", "undocumented"),
        Verdict::Unproven => lang.pick("chưa đủ dữ liệu", "unproven"),
        Verdict::EvidenceExpired => lang.pick("minh chứng hết hiệu lực", "evidence expired"),
        Verdict::NotApplicable => lang.pick("không áp dụng", "not applicable"),
        Verdict::CannotObserve => lang.pick("không quan sát được", "cannot be observed"),
    }
}

/// How well something is known.
pub(super) fn certainty(certainty: v1::Certainty, lang: Lang) -> &'static str {
    match certainty {
        v1::Certainty::Unspecified => "-",
        v1::Certainty::Seen => lang.pick("đã thấy trong nguồn", "seen in a source"),
        v1::Certainty::Inferred => lang.pick("suy ra", "inferred"),
        v1::Certainty::Unverified => lang.pick("chưa xác minh", "unverified"),
    }
}

/// What a code is to a service.
pub(in crate::cli) fn role(role: &str, lang: Lang) -> String {
    match role {
        "main" => lang.pick("mã chính", "main").to_owned(),
        "linked" => lang.pick("thủ tục con", "linked").to_owned(),
        "predecessor" => lang.pick("mã cũ", "predecessor").to_owned(),
        "related" => lang
            .pick("mã liên quan, không tính", "related, not counted")
            .to_owned(),
        other => other.to_owned(),
    }
}

/// "dd/MM/yyyy" for a day that the contract writes "yyyy-MM-dd"; as it is in English.
pub(super) fn day(raw: &str, lang: Lang) -> String {
    let parts: Vec<&str> = raw.split('-').collect();
    match (parts.as_slice(), lang) {
        ([year, month, day], Lang::Vi) => format!("{day}/{month}/{year}"),
        (_, Lang::Vi | Lang::En) => raw.to_owned(),
    }
}

/// A moment in Viet Nam's time, to the minute; `-` where there is none.
pub(in crate::cli) fn time(raw: Option<&prost_types::Timestamp>, lang: Lang) -> String {
    let told = moment(raw);
    let Some((date, clock)) = told.split_once(' ') else {
        return told;
    };
    let clock = clock.get(..5).unwrap_or(clock);
    match lang {
        Lang::Vi => format!("{clock} ngày {}", day(date, lang)),
        Lang::En => format!("{date} {clock}"),
    }
}

/// Numbers in their order, neighbours as a range: "1–3, 5".
pub(super) fn numbers(all: &[i32]) -> String {
    let mut sorted = all.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let runs = sorted.chunk_by(|one, next| one + 1 == *next);
    let told = runs.map(|run| match run {
        [] => String::new(),
        [one] => one.to_string(),
        [one, two] => format!("{one}, {two}"),
        [first, .., last] => format!("{first}–{last}"),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// The days that were looked at.
pub(super) fn days(window: Option<&v1::ObservationWindow>, lang: Lang) -> String {
    window.map_or_else(
        || "-".to_owned(),
        |window| {
            format!(
                "{} – {}",
                day(&window.first_day, lang),
                day(&window.last_day, lang)
            )
        },
    )
}

/// A percentage with one decimal, in the writing of the language.
pub(super) fn percent(part: i64, whole: i64, lang: Lang) -> String {
    let (Ok(part), Ok(whole)) = (u64::try_from(part), u64::try_from(whole)) else {
        return "-".to_owned();
    };
    let (part, whole) = (u128::from(part), u128::from(whole));
    let Some(tenths) = (part * 2_000 + whole).checked_div(whole * 2) else {
        return "-".to_owned();
    };
    let comma = lang.pick(",", ".");
    format!("{}{comma}{}%", tenths / 10, tenths % 10)
}

/// A share between 0 and 1.
pub(super) fn ratio(share: Option<f64>, lang: Lang) -> String {
    let Some(share) = share.filter(|share| share.is_finite()) else {
        return lang.pick("chưa biết", "unknown").to_owned();
    };
    let text = format!("{:.1}%", share * 100.0);
    match lang {
        Lang::Vi => text.replace('.', ","),
        Lang::En => text,
    }
}

/// Unit of a figure that is no share.
fn unit(unit: &str, lang: Lang) -> &str {
    match unit {
        "working_hours" => lang.pick("giờ làm việc", "working hours"),
        "working_days" => lang.pick("ngày làm việc", "working days"),
        "hours" => lang.pick("giờ", "hours"),
        "days" => lang.pick("ngày", "days"),
        "months" => lang.pick("tháng", "months"),
        "steps" => lang.pick("bước", "steps"),
        "dossiers" => lang.pick("hồ sơ", "dossiers"),
        "uses" => lang.pick("lần dùng lại", "uses"),
        other => other,
    }
}

/// What a figure says.
pub(super) fn figure(figure: &v1::ObservedFigure, lang: Lang) -> String {
    match figure.value {
        Some(value) => {
            let text = format!("{value:.1}");
            let text = text.strip_suffix(".0").unwrap_or(&text);
            let text = match lang {
                Lang::Vi => text.replace('.', ","),
                Lang::En => text.to_owned(),
            };
            format!("{text} {}", unit(&figure.unit, lang))
        }
        None if !figure.unit.is_empty() => "-".to_owned(),
        None => percent(figure.numerator, figure.denominator, lang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_rounded_half_up_and_nothing_of_nothing_is_told() {
        assert_eq!(percent(687, 1000, Lang::Vi), "68,7%");
        assert_eq!(percent(1, 3, Lang::En), "33.3%");
        assert_eq!(percent(1, 16, Lang::En), "6.3%");
        assert_eq!(percent(0, 0, Lang::Vi), "-");
        assert_eq!(ratio(None, Lang::Vi), "chưa biết");
        assert_eq!(ratio(Some(0.687), Lang::Vi), "68,7%");
    }

    #[test]
    fn a_moment_is_written_as_the_language_writes_it() {
        let raw = prost_types::Timestamp {
            seconds: 1_782_864_030,
            nanos: 0,
        };
        assert_eq!(time(Some(&raw), Lang::Vi), "07:00 ngày 01/07/2026");
        assert_eq!(time(Some(&raw), Lang::En), "2026-07-01 07:00");
        assert_eq!(time(None, Lang::Vi), "-");
    }

    #[test]
    fn neighbours_are_told_as_a_range() {
        assert_eq!(numbers(&[5, 1, 2, 3]), "1–3, 5");
        assert_eq!(numbers(&[1, 2, 9]), "1, 2, 9");
        assert_eq!(numbers(&[]), "");
    }

    #[test]
    fn a_day_is_written_as_the_language_writes_it() {
        assert_eq!(day("2026-11-02", Lang::Vi), "02/11/2026");
        assert_eq!(day("2026-11-02", Lang::En), "2026-11-02");
        assert_eq!(day("", Lang::Vi), "");
    }

    #[test]
    fn a_value_carries_its_unit_and_an_empty_sample_has_none() {
        let told = v1::ObservedFigure {
            value: Some(16.0),
            unit: "working_hours".to_owned(),
            ..v1::ObservedFigure::default()
        };
        assert_eq!(figure(&told, Lang::Vi), "16 giờ làm việc");
        assert_eq!(figure(&v1::ObservedFigure::default(), Lang::Vi), "-");
    }
}
