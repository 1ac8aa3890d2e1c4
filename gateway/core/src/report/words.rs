//! Names of states, verdicts, outcomes and bounds in the texts of reports.

use super::Language;
use crate::check::Verdict;
use crate::evidence::DocumentedState;
use crate::lateness::{LateReading, RateKind};
use crate::places::SourceCertainty;
use crate::share::Percent;
use crate::target::{Bound, Operator, Outcome, Scope, Target};

/// A documented state.
pub(super) fn state(state: DocumentedState, language: Language) -> String {
    match language {
        Language::Vietnamese => state.name_vi().to_owned(),
        Language::English => state.name().to_lowercase().replace('_', " "),
    }
}

/// What a verdict means (administration.md 3.5).
pub(super) fn meaning(verdict: Verdict, language: Language) -> &'static str {
    let (vi, en) = match verdict {
        Verdict::Consistent => (
            "Tài liệu và hồ sơ thực tế khớp nhau.",
            "Document and traffic agree.",
        ),
        Verdict::Contradicted => (
            "Hồ sơ thực tế không khớp với tài liệu còn hiệu lực, hoặc với quy tắc được áp dụng \
             trực tiếp.",
            "Traffic disagrees with a valid document, or with a rule that is applied directly.",
        ),
        Verdict::Undocumented => (
            "Thực tế tốt nhưng chưa có tài liệu ghi nhận.",
            "The behaviour is good, and no document says so.",
        ),
        Verdict::Unproven => (
            "Số hồ sơ hoặc độ bao phủ chưa đủ để kết luận.",
            "Sample or coverage is too small.",
        ),
        Verdict::EvidenceExpired => (
            "Minh chứng duy nhất đã hết hiệu lực.",
            "The only evidence is expired.",
        ),
        Verdict::NotApplicable => (
            "Tiêu chí không áp dụng cho dịch vụ này.",
            "The criterion does not apply to the service.",
        ),
        Verdict::CannotObserve => (
            "Không thể nhận biết qua hồ sơ đi qua cổng kết nối.",
            "The traffic cannot show it.",
        ),
    };
    language.of(vi, en)
}

/// A percentage.
pub(super) fn percent(percent: Percent, language: Language) -> String {
    match language {
        Language::Vietnamese => percent.text_vi(),
        Language::English => format!("{percent}%"),
    }
}

/// Name of a late rate.
pub(super) fn rate_name(rate: RateKind, language: Language) -> &'static str {
    let english = match rate {
        RateKind::Finished => "Late among the finished",
        RateKind::Portal => "Not in time, as the portal counts",
        RateKind::Exposure => "Late or overdue among the finished and open",
    };
    language.of(rate.name_vi(), english)
}

/// Formula of a late rate (administration.md 5.6).
pub(super) fn rate_formula(rate: RateKind, language: Language) -> &'static str {
    let (vi, en) = match rate {
        RateKind::Finished => (
            "hồ sơ đã giải quyết trễ hạn / hồ sơ đã giải quyết",
            "finished late / finished",
        ),
        RateKind::Portal => (
            "1 − (hồ sơ giải quyết đúng hạn + hồ sơ đang giải quyết còn trong hạn) / hồ sơ đã và \
             đang giải quyết",
            "1 - (finished in time + open in time) / finished and open",
        ),
        RateKind::Exposure => (
            "(hồ sơ đã giải quyết trễ hạn + hồ sơ đang giải quyết quá hạn) / hồ sơ đã và đang \
             giải quyết",
            "(finished late + open and overdue) / finished and open",
        ),
    };
    language.of(vi, en)
}

/// What a reading of the late rule says of a second request for supplements, in the words of
/// the reports.
#[must_use]
pub(super) fn reading_text(reading: LateReading, language: Language) -> &'static str {
    let (vi, en) = reading.texts();
    language.of(vi, en)
}

/// A source with how well it is known.
pub(super) fn sourced(told: &str, certainty: SourceCertainty, language: Language) -> String {
    let how = match certainty {
        SourceCertainty::Seen => return told.to_owned(),
        SourceCertainty::Inferred => language.of("suy ra", "inferred"),
        SourceCertainty::Unverified => language.of("chưa kiểm chứng văn bản", "text not verified"),
    };
    format!("{told} ({how})")
}

/// A version as readers see it: the reading of the late rule has words of its own.
pub(super) fn version(id: &str, version: &str, language: Language) -> String {
    let readings = [LateReading::WhileWaiting, LateReading::ForGood];
    let known = readings.into_iter().find(|it| it.version() == version);
    match known.filter(|_| id == "late") {
        Some(reading) => {
            let rule = language.of("chỉ số 2.1 của Cổng DVCQG", "indicator 2.1 of the portal");
            format!("{rule}: {}", reading_text(reading, language))
        }
        None => version.to_owned(),
    }
}

/// The bound of a target, as its text says it.
pub(super) fn bound(target: &Target, language: Language) -> String {
    let bound = match target.bound {
        Bound::Percent(bound) => percent(bound, language),
        Bound::PointsAYear(points) => match language {
            Language::Vietnamese => format!("{} mỗi năm", points.text_vi()),
            Language::English => format!("{points} points a year"),
        },
        Bound::Rank { rank, years } => match language {
            Language::Vietnamese => format!("xếp hạng {} trong {years} năm", rank.name()),
            Language::English => format!("rank {} in {years} years", rank.name()),
        },
    };
    match (target.operator, language) {
        (Operator::AtLeast, Language::Vietnamese) => format!("từ {bound} trở lên"),
        (Operator::AtLeast, Language::English) => format!("at least {bound}"),
        (Operator::MoreThan, Language::Vietnamese) => format!("trên {bound}"),
        (Operator::MoreThan, Language::English) => format!("more than {bound}"),
        (Operator::AtMost, Language::Vietnamese) => format!("không quá {bound}"),
        (Operator::AtMost, Language::English) => format!("at most {bound}"),
        (Operator::LessThan, Language::Vietnamese) => format!("dưới {bound}"),
        (Operator::LessThan, Language::English) => format!("less than {bound}"),
        (Operator::Exactly, Language::Vietnamese) => format!("đúng {bound}"),
        (Operator::Exactly, Language::English) => format!("exactly {bound}"),
    }
}

/// To whom a target applies.
pub(super) fn scope(scope: Scope, language: Language) -> &'static str {
    let (vi, en) = match scope {
        Scope::Unit => ("cơ quan, đơn vị, địa phương", "agencies and localities"),
        Scope::Officer => ("cán bộ, công chức, viên chức", "officials"),
        Scope::Head => ("người đứng đầu", "heads"),
        Scope::Collective => (
            "tổ chức cơ sở đảng, tập thể lãnh đạo",
            "party organisations and leaderships",
        ),
        Scope::OneStop => (
            "Bộ phận một cửa và UBND cấp xã",
            "one-stop offices and communes",
        ),
        Scope::Province => ("cấp tỉnh", "the provincial level"),
        Scope::District => ("cấp huyện", "the district level"),
        Scope::Commune => ("cấp xã", "the commune level"),
    };
    language.of(vi, en)
}

/// What follows under a target.
pub(super) fn outcome(outcome: Outcome, language: Language) -> &'static str {
    let (vi, en) = match outcome {
        Outcome::ConsequenceFollows => (
            "thuộc trường hợp nêu trong chỉ tiêu",
            "the bound is reached",
        ),
        Outcome::NoConsequence => ("chưa tới ngưỡng", "the bound is not reached"),
        Outcome::Met => ("đạt chỉ tiêu", "target met"),
        Outcome::Missed => ("không đạt chỉ tiêu", "target missed"),
        Outcome::NothingDemanded => ("văn bản chỉ nêu hiện trạng", "the text demands nothing"),
        Outcome::NoData => ("không có số liệu", "no data"),
        Outcome::OtherFigure => (
            "chỉ tiêu không so với tỷ lệ này",
            "the target bounds another figure",
        ),
    };
    language.of(vi, en)
}
