//! The targets of authorities that are not about late units, and what becomes of each.
//!
//! What a reader would get wrong: most of them cannot be held against dossiers at all. Those
//! stand here with the reason, so that nobody takes a target that is not mentioned for one
//! that is met.

use super::material::{column, section, text};
use super::small::{Id, Settled, Unsettled};
use super::words;
use super::{Cell, ColumnKind, Language, Material, Section};
use crate::share::Share;
use crate::target::{Measured, Metric, Scope, Target};

/// A target that holds, and the counts that it is held against.
pub(super) struct OtherTarget<'a> {
    target: &'a Target,
    digitised: Option<Digitised>,
}

/// Dossiers of the units below an agency, and those with a digitised paper.
struct Digitised {
    part: Id,
    whole: Id,
    share: Share,
}

impl<'a> OtherTarget<'a> {
    /// The targets that hold on the day for an agency of the report. `seen` are the dossiers
    /// of all services, `digitised` those of each that are digitised.
    pub(super) fn all(
        material: &Material<'a>,
        counts: &mut Unsettled,
        seen: Id,
        digitised: &[Id],
    ) -> Vec<Self> {
        let targets = material.targets.targets().iter();
        let mut found = Vec::new();
        for target in targets.filter(|it| is_other(it) && holds(material, it)) {
            let is_counted = target.metric == Metric::DigitisedDossiers;
            let share = is_counted.then(|| digitised_below(material, target));
            let digitised = share.flatten().map(|share| {
                let whole = counts.printed(share.whole());
                counts.nested(whole, seen);
                let part = counts.part_of(whole, share.part());
                counts.sum(part, digitised.to_vec());
                Digitised { part, whole, share }
            });
            found.push(Self { target, digitised });
        }
        found
    }

    fn row(&self, counts: &Settled, language: Language) -> Vec<Cell> {
        let target = self.target;
        let (figure, result) = match &self.digitised {
            Some(found) if counts.tells(found.part) && counts.tells(found.whole) => {
                let outcome = target.evaluate(&Measured::Share(found.share));
                let share = counts.share(found.part, found.whole);
                (share, words::outcome(outcome, language))
            }
            Some(_) => (
                Cell::Withheld,
                language.of(
                    "không nêu vì số hồ sơ quá nhỏ",
                    "not told, because the dossiers are too few",
                ),
            ),
            None => (Cell::Empty, why_not(target.metric, language)),
        };
        vec![
            text(&target.id),
            text(words::bound(target, language)),
            text(words::scope(target.scope, language)),
            text(&target.consequence),
            text(&target.authority),
            text(&target.document),
            figure,
            text(result),
        ]
    }
}

/// Whether the list of late units does not hold it against its units.
fn is_other(target: &Target) -> bool {
    let is_of_units = match target.scope {
        Scope::Unit | Scope::OneStop | Scope::Province | Scope::District | Scope::Commune => true,
        Scope::Officer | Scope::Head | Scope::Collective => false,
    };
    target.metric != Metric::LateDossiers || !is_of_units
}

/// Whether a target counts on the day, for an agency of the report or one above it.
fn holds(material: &Material<'_>, target: &Target) -> bool {
    why_left_out(material, target).is_none()
}

/// Why a target does not hold for the report. One that names no agency holds for nobody known.
fn why_left_out(material: &Material<'_>, target: &Target) -> Option<LeftOut> {
    let Some(above) = &target.unit else {
        return Some(LeftOut::NoAgency);
    };
    let is_concerned = match material.unit {
        Some(unit) => above.includes(unit) || unit.includes(above),
        None => material
            .gathering
            .units()
            .any(|(unit, _)| above.includes(unit)),
    };
    if !is_concerned {
        return Some(LeftOut::OtherAgency);
    }
    (!target.counts_on(material.day())).then_some(LeftOut::OtherDays)
}

/// Why a target of the file does not stand in the table.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LeftOut {
    OtherAgency,
    OtherDays,
    NoAgency,
}

impl LeftOut {
    const ALL: [Self; 3] = [Self::OtherAgency, Self::OtherDays, Self::NoAgency];

    fn words(self, language: Language) -> &'static str {
        match self {
            Self::OtherAgency => language.of(
                "của cơ quan ngoài phạm vi báo cáo",
                "of an authority that the report is not about",
            ),
            Self::OtherDays => language.of(
                "không áp dụng vào ngày cuối kỳ",
                "not in force on the last day",
            ),
            Self::NoAgency => language.of(
                "chưa rõ cơ quan phải thực hiện",
                "it is not known for which agency",
            ),
        }
    }
}

/// Which targets of the file do not stand in the table, and why; `None` where all do.
fn left_out(material: &Material<'_>, language: Language) -> Option<String> {
    let targets = material.targets.targets().iter();
    let out: Vec<(&Target, LeftOut)> = targets
        .filter(|target| is_other(target))
        .filter_map(|target| Some((target, why_left_out(material, target)?)))
        .collect();
    let groups = LeftOut::ALL.into_iter().filter_map(|why| {
        let ids = out.iter().filter(|(_, it)| *it == why);
        let ids: Vec<&str> = ids.map(|(target, _)| target.id.as_str()).collect();
        (!ids.is_empty()).then(|| format!("{} ({})", ids.join(", "), why.words(language)))
    });
    let groups: Vec<String> = groups.collect();
    let begins = language.of("Chỉ tiêu không nêu", "Targets that are left out");
    (!groups.is_empty()).then(|| format!("{begins}: {}.", groups.join("; ")))
}

/// The digitised dossiers of the units for which a target's authority speaks.
fn digitised_below(material: &Material<'_>, target: &Target) -> Option<Share> {
    let above = target.unit.as_ref()?;
    let units = material.gathering.units();
    let mut sum = (0u64, 0u64);
    for (_, counted) in units.filter(|(unit, _)| above.includes(unit)) {
        sum.0 = sum.0.saturating_add(counted.digitised_dossiers);
        sum.1 = sum.1.saturating_add(counted.received);
    }
    Share::new(sum.0, sum.1).filter(|share| share.whole() > 0)
}

/// Why a target is not held against anything.
fn why_not(metric: Metric, language: Language) -> &'static str {
    let (vi, en) = match metric {
        Metric::LateDossiers => (
            "chưa đánh giá: hồ sơ không cho biết ai để trễ hạn",
            "not evaluated: dossiers do not tell whose lateness it was",
        ),
        Metric::Satisfaction => (
            "chưa đánh giá: mức độ hài lòng lấy từ khảo sát",
            "not evaluated: satisfaction comes from surveys",
        ),
        Metric::ReformRank => (
            "chưa đánh giá: xếp hạng do cơ quan có thẩm quyền công bố",
            "not evaluated: ranks are published by the authority",
        ),
        Metric::DigitisedDossiers => (
            "chưa đánh giá: không có hồ sơ tiếp nhận trong kỳ",
            "not evaluated: no dossiers were received",
        ),
        Metric::DigitisedResults | Metric::DigitisedResultsGrowth => (
            "chưa đánh giá: việc số hóa kết quả cũ còn hiệu lực không nhận biết được qua hồ sơ",
            "not evaluated: dossiers do not show which older results were digitised",
        ),
        Metric::PlanCompletion | Metric::PlanProgress => (
            "chưa đánh giá: tiến độ kế hoạch không có trong hồ sơ",
            "not evaluated: dossiers say nothing of plans",
        ),
        Metric::DecentralisedProcedures => (
            "chưa đánh giá: việc phân cấp không có trong hồ sơ",
            "not evaluated: dossiers say nothing of decentralisation",
        ),
    };
    language.of(vi, en)
}

/// The table.
pub(super) fn table(
    material: &Material<'_>,
    targets: &[OtherTarget<'_>],
    counts: &Settled,
    language: Language,
) -> Section {
    use ColumnKind::{Code, Number, Prose, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    let columns = vec![
        of("target", Code, "Chỉ tiêu", "Target"),
        of("bound", Text, "Ngưỡng", "Bound"),
        of("scope", Text, "Phạm vi", "Scope"),
        of("consequence", Prose, "Nội dung", "Consequence"),
        of("authority", Text, "Cơ quan ban hành", "Authority"),
        of("document", Text, "Văn bản", "Document"),
        of("figure", Number, "Quan sát được", "Observed"),
        of("result", Prose, "Kết quả", "Result"),
    ];
    let rows = targets.iter().map(|it| it.row(counts, language));
    let heading = language.of("Chỉ tiêu khác", "Other targets");
    let mut section = section("other-targets", heading, columns, rows.collect());
    section.remarks.push(
        language
            .of(
                "Các chỉ tiêu đang áp dụng, ngoài tỷ lệ trễ hạn của đơn vị (nêu trong danh sách \
                 đơn vị trễ hạn). Tỷ lệ số hóa hồ sơ tính chung cho mọi đơn vị thuộc cơ quan ban \
                 hành, trên hồ sơ tiếp nhận trong kỳ.",
                "The targets that hold, besides those for the late rate of units, which stand in \
                 the list of late units. The rate of digitised dossiers is that of all units \
                 below the authority together, of the dossiers that were received.",
            )
            .to_owned(),
    );
    section.remarks.extend(left_out(material, language));
    section
}
