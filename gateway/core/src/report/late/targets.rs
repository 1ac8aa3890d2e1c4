//! What the targets of authorities say of a unit's late rate.
//!
//! What a reader would get wrong: saying on which side of a bound a rate lies tells something
//! of its count. Where that would leave one small count only, nothing is said.

use super::super::material::{column, section, text};
use super::super::words;
use super::super::{Cell, ColumnKind, Language, Material, Section};
use crate::agency::AgencyCode;
use crate::share::Share;
use crate::target::{Measured, Metric, Outcome, Scope, Target};

/// The targets that hold for a unit, and what follows under each.
pub(super) struct UnitTargets<'a> {
    unit: &'a AgencyCode,
    held: Vec<(&'a Target, Outcome)>,
    /// Whether what follows may be told.
    told: bool,
}

impl<'a> UnitTargets<'a> {
    /// Holds the late rate of a unit against its targets.
    pub(super) fn of(material: &Material<'a>, unit: &'a AgencyCode, rate: Share) -> Self {
        let targets = holding(material, unit);
        let outcomes = |rate: Share| -> Vec<Outcome> {
            let measured = Measured::Share(rate);
            targets.iter().map(|it| it.evaluate(&measured)).collect()
        };
        let found = outcomes(rate);
        let limit = material.rules.limit;
        let told = !(1..limit).contains(&rate.part()) || {
            let others = (1..limit).filter_map(|part| Share::new(part, rate.whole()));
            others.filter(|other| outcomes(*other) == found).count() > 1
        };
        Self {
            unit,
            told,
            held: targets.iter().copied().zip(found).collect(),
        }
    }

    /// 0 where a target is missed or its consequence follows, and that may be told.
    pub(super) fn rank(&self) -> u8 {
        let outcomes = self.held.iter().map(|(_, outcome)| match outcome {
            Outcome::ConsequenceFollows | Outcome::Missed if self.told => 0,
            Outcome::ConsequenceFollows
            | Outcome::Missed
            | Outcome::NoConsequence
            | Outcome::Met
            | Outcome::NothingDemanded
            | Outcome::NoData
            | Outcome::OtherFigure => 1,
        });
        outcomes.min().unwrap_or(1)
    }

    /// What the targets say.
    pub(super) fn cell(&self, language: Language) -> Cell {
        if self.held.is_empty() {
            return text(language.of(
                "không có chỉ tiêu áp dụng; chỉ nêu tỷ lệ",
                "no target applies; the rate alone is told",
            ));
        }
        if !self.told {
            return text(language.of(
                "không nêu vì số hồ sơ trễ hạn quá nhỏ",
                "not told, because the late dossiers are too few",
            ));
        }
        let said = self.held.iter();
        let said: Vec<String> = said
            .map(|(target, outcome)| self.says(target, *outcome, language))
            .collect();
        text(said.join("; "))
    }

    fn says(&self, target: &Target, outcome: Outcome, language: Language) -> String {
        let (id, bound) = (&target.id, words::bound(target, language));
        let tier = words::scope(target.scope, language);
        let what = words::outcome(outcome, language);
        let told = match (self.is_certain(target), language) {
            (true, _) => format!("{id} ({bound}): {what}"),
            (false, Language::Vietnamese) => {
                format!("{id} ({bound}): nếu đơn vị thuộc {tier} thì {what}")
            }
            (false, Language::English) => format!("{id} ({bound}): if it is of {tier}, {what}"),
        };
        match outcome {
            Outcome::ConsequenceFollows => format!("{told}: {}", target.consequence),
            Outcome::NoConsequence
            | Outcome::Met
            | Outcome::Missed
            | Outcome::NothingDemanded
            | Outcome::NoData
            | Outcome::OtherFigure => told,
        }
    }

    /// Whether a target holds without a condition: it is for agencies of any tier, or names
    /// this very unit.
    fn is_certain(&self, target: &Target) -> bool {
        target.scope == Scope::Unit || target.unit.as_ref() == Some(self.unit)
    }
}

/// The targets of a late rate that hold for a unit on the day. One that names no agency holds
/// for nobody known; one for a tier holds on condition, because the tier of a unit is not
/// known.
fn holding<'a>(material: &Material<'a>, unit: &AgencyCode) -> Vec<&'a Target> {
    let day = material.day();
    let targets = material.targets.targets().iter();
    targets
        .filter(|it| it.metric == Metric::LateDossiers && it.counts_on(day))
        .filter(|it| is_of_units(it.scope))
        .filter(|it| it.unit.as_ref().is_some_and(|above| above.includes(unit)))
        .collect()
}

/// Whether targets of this scope are about agencies, and not about people.
fn is_of_units(scope: Scope) -> bool {
    match scope {
        Scope::Unit | Scope::OneStop | Scope::Province | Scope::District | Scope::Commune => true,
        Scope::Officer | Scope::Head | Scope::Collective => false,
    }
}

/// The targets that hold for one of the units.
pub(super) fn table<'a>(
    material: &Material<'a>,
    units: &[&UnitTargets<'a>],
    language: Language,
) -> Section {
    use ColumnKind::{Code, Moment, Prose, Text};
    let of = |name, kind, vi, en| column(name, kind, language, vi, en);
    let columns = vec![
        of("target", Code, "Chỉ tiêu", "Target"),
        of("bound", Text, "Ngưỡng", "Bound"),
        of("scope", Text, "Phạm vi", "Scope"),
        of("consequence", Prose, "Nội dung", "Consequence"),
        of("authority", Text, "Cơ quan ban hành", "Authority"),
        of("document", Text, "Văn bản", "Document"),
        of("valid_from", Moment, "Từ ngày", "From"),
    ];
    let holds = |target: &&Target| {
        let mut held = units.iter().flat_map(|unit| &unit.held);
        held.any(|(held, _)| held.id == target.id)
    };
    let rows = material.targets.targets().iter().filter(holds).map(|it| {
        vec![
            text(&it.id),
            text(words::bound(it, language)),
            text(words::scope(it.scope, language)),
            text(&it.consequence),
            text(&it.authority),
            text(&it.document),
            Cell::Day(it.valid_from),
        ]
    });
    let heading = language.of("Chỉ tiêu được áp dụng", "Targets that apply");
    section("targets", heading, columns, rows.collect())
}
