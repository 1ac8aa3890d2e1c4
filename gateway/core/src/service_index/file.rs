//! The rule file of a reading of the index.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use thiserror::Error;

use super::component::{Component, RuleStatus, Share, Term, WhenEmpty};
use super::{Band, FigureName, Group, IndexRules};
use crate::places::SourceCertainty;

/// How far sums of points may differ: the points of the files have at most two decimals.
const SAME: f64 = 0.001;

/// One thing that is wrong with a rule file; entries are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IndexProblem {
    /// Not TOML, or not with the expected keys.
    #[error("is no rule file of an index: {0}")]
    Syntax(String),
    /// A group or component that stands twice.
    #[error("{table} {entry}: {id} stands there already")]
    Again {
        /// `group` or `component`.
        table: &'static str,
        /// Which entry.
        entry: usize,
        /// Its id.
        id: String,
    },
    /// A component of a group that does not exist.
    #[error("component {entry}: there is no group {group}")]
    Group {
        /// Which entry.
        entry: usize,
        /// Which group.
        group: String,
    },
    /// A value that is not one of those known.
    #[error("component {entry}: `{key}` is \"{found}\"; known are {known}")]
    Unknown {
        /// Which entry.
        entry: usize,
        /// Which key.
        key: &'static str,
        /// What stands there.
        found: String,
        /// What may stand there.
        known: &'static str,
    },
    /// A key that the rule needs is missing, or one that it does not know is given.
    #[error("component {entry}: rule \"{rule}\" {complaint}")]
    Rule {
        /// Which entry.
        entry: usize,
        /// Which rule.
        rule: String,
        /// What is wrong.
        complaint: &'static str,
    },
    /// Bands that do not fall from at most 100 to 0.
    #[error("bands: `from` falls from at most 100 to 0")]
    Bands,
    /// Points that are not above 0 and at most 100.
    #[error("{table} {entry}: points are above 0 and at most 100")]
    Points {
        /// `group` or `component`.
        table: &'static str,
        /// Which entry.
        entry: usize,
    },
    /// The components of a group do not make up its points.
    #[error("group {group} has {wanted} points, its components {found}")]
    Sum {
        /// Which group.
        group: String,
        /// Its points.
        wanted: String,
        /// Those of its components.
        found: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    name: String,
    source: String,
    bands: Option<RawBands>,
    #[serde(default)]
    figures: BTreeMap<String, RawFigureName>,
    #[serde(default)]
    group: Vec<RawGroup>,
    #[serde(default)]
    component: Vec<RawComponent>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBands {
    #[serde(rename = "source")]
    _source: String,
    certainty: SourceCertainty,
    steps: Vec<RawBand>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBand {
    from: f64,
    name_vi: String,
    name_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFigureName {
    vi: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    id: String,
    name: String,
    points: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawComponent {
    id: String,
    code: Option<String>,
    group: String,
    name: String,
    status: String,
    points: f64,
    rule: Option<String>,
    share: Option<f64>,
    of: Option<String>,
    #[serde(default)]
    minus: Vec<String>,
    over: Option<Vec<String>>,
    #[serde(default)]
    terms: Vec<RawTerm>,
    zero: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerm {
    weight: f64,
    most: Option<f64>,
    of: String,
    #[serde(default)]
    minus: Vec<String>,
    over: Vec<String>,
}

impl IndexRules {
    /// Reads a rule file. `rule` is `linear` (points × share), `full_at` (all points from
    /// `share` on, less below it in proportion) or `sum` (of `terms`: weight × share, at most
    /// `most`); a component without a rule has the status "unknown". `zero` tells what it is
    /// worth with nothing to count: "na" where it is not given, "full", "none" or "unknown".
    /// A reading without `bands` gives none, a count without a name is told by its id.
    ///
    /// # Errors
    /// Everything that is wrong, table by table in the order of the file.
    pub fn parse(text: &str) -> Result<Self, Vec<IndexProblem>> {
        let file: File = toml::from_str(text)
            .map_err(|error| vec![IndexProblem::Syntax(error.message().to_owned())])?;
        let mut problems = Vec::new();
        let (bands, bands_certainty) = read_bands(file.bands, &mut problems);
        let groups = read_groups(file.group, &mut problems);
        let mut components: Vec<Component> = Vec::new();
        let mut ids = BTreeSet::new();
        for (entry, raw) in (1..).zip(file.component) {
            if !ids.insert(raw.id.clone()) {
                problems.push(IndexProblem::Again {
                    table: "component",
                    entry,
                    id: raw.id.clone(),
                });
            }
            if groups.iter().all(|group| group.id != raw.group) {
                let group = raw.group.clone();
                problems.push(IndexProblem::Group { entry, group });
            }
            components.extend(component(entry, raw, &mut problems));
        }
        if problems.is_empty() {
            sums(&groups, &components, &mut problems);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            id: file.id,
            name: file.name,
            source: file.source,
            bands,
            bands_certainty,
            figure_names: file
                .figures
                .into_iter()
                .map(|(id, RawFigureName { vi, en })| (id, FigureName { vi, en }))
                .collect(),
            groups,
            components,
        })
    }
}

fn read_bands(
    raw: Option<RawBands>,
    problems: &mut Vec<IndexProblem>,
) -> (Vec<Band>, SourceCertainty) {
    let Some(raw) = raw else {
        return (Vec::new(), SourceCertainty::Unverified);
    };
    let bands: Vec<Band> = raw
        .steps
        .into_iter()
        .map(
            |RawBand {
                 from,
                 name_vi,
                 name_en,
             }| Band {
                from,
                name_vi,
                name_en,
            },
        )
        .collect();
    let begins = bands.first().is_some_and(|it| it.from <= 100.0);
    let ends = bands.last().is_some_and(|it| it.from.abs() < SAME);
    if !begins || !ends || !bands.is_sorted_by(|one, next| one.from > next.from) {
        problems.push(IndexProblem::Bands);
    }
    (bands, raw.certainty)
}

fn read_groups(raw: Vec<RawGroup>, problems: &mut Vec<IndexProblem>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (entry, RawGroup { id, name, points }) in (1..).zip(raw) {
        let table = "group";
        if groups.iter().any(|group| group.id == id) {
            let id = id.clone();
            problems.push(IndexProblem::Again { table, entry, id });
        }
        if !are_points(points) {
            problems.push(IndexProblem::Points { table, entry });
        }
        groups.push(Group { id, name, points });
    }
    groups
}

fn are_points(points: f64) -> bool {
    points > 0.0 && points <= 100.0
}

fn component(
    entry: usize,
    raw: RawComponent,
    problems: &mut Vec<IndexProblem>,
) -> Option<Component> {
    let before = problems.len();
    if !are_points(raw.points) {
        let table = "component";
        problems.push(IndexProblem::Points { table, entry });
    }
    let status = RuleStatus::from_name(&raw.status);
    if status.is_none() {
        problems.push(IndexProblem::Unknown {
            entry,
            key: "status",
            found: raw.status.clone(),
            known: "official, reported, reconstructed, unknown",
        });
    }
    let when_empty = match raw.zero.as_deref() {
        None | Some("na") => WhenEmpty::NotAvailable,
        Some("full") => WhenEmpty::Full,
        Some("none") => WhenEmpty::None,
        Some("unknown") => WhenEmpty::Unknown,
        Some(found) => {
            problems.push(IndexProblem::Unknown {
                entry,
                key: "zero",
                found: found.to_owned(),
                known: "na, full, none, unknown",
            });
            WhenEmpty::NotAvailable
        }
    };
    let terms = terms(entry, &raw, problems);
    if status.is_some() && (status == Some(RuleStatus::Unknown)) != terms.is_empty() {
        problems.push(IndexProblem::Rule {
            entry,
            rule: raw.rule.clone().unwrap_or_default(),
            complaint: "goes with every status but \"unknown\"",
        });
    }
    if problems.len() > before {
        return None;
    }
    Some(Component {
        id: raw.id,
        code: raw.code,
        group: raw.group,
        name: raw.name,
        status: status?,
        points: raw.points,
        terms,
        when_empty,
    })
}

/// The terms of a component's rule; none for a rule that is not known.
fn terms(entry: usize, raw: &RawComponent, problems: &mut Vec<IndexProblem>) -> Vec<Term> {
    let complain = |problems: &mut Vec<IndexProblem>, complaint| {
        problems.push(IndexProblem::Rule {
            entry,
            rule: raw.rule.clone().unwrap_or_default(),
            complaint,
        });
        Vec::new()
    };
    let single = raw
        .of
        .clone()
        .zip(raw.over.clone())
        .map(|(of, over)| Share {
            of,
            minus: raw.minus.clone(),
            over,
        });
    match (raw.rule.as_deref(), single, raw.share) {
        (None, None, None) => Vec::new(),
        (None, _, _) => complain(problems, "is missing"),
        (Some("linear"), Some(share), None) => vec![Term {
            share,
            weight: raw.points,
            most: raw.points,
        }],
        (Some("full_at"), Some(share), Some(full)) if full > 0.0 && full <= 1.0 => vec![Term {
            share,
            weight: raw.points / full,
            most: raw.points,
        }],
        (Some("sum"), None, None) if !raw.terms.is_empty() => {
            raw.terms.iter().map(summand).collect()
        }
        (Some("linear"), _, _) => complain(problems, "needs `of` and `over`, and no `share`"),
        (Some("full_at"), _, _) => complain(
            problems,
            "needs `of`, `over` and a `share` above 0, at most 1",
        ),
        (Some("sum"), _, _) => complain(problems, "needs `terms`, and nothing else"),
        (Some(found), _, _) => {
            problems.push(IndexProblem::Unknown {
                entry,
                key: "rule",
                found: found.to_owned(),
                known: "linear, full_at, sum",
            });
            Vec::new()
        }
    }
}

fn summand(term: &RawTerm) -> Term {
    Term {
        share: Share {
            of: term.of.clone(),
            minus: term.minus.clone(),
            over: term.over.clone(),
        },
        weight: term.weight,
        most: term.most.unwrap_or(term.weight),
    }
}

fn sums(groups: &[Group], components: &[Component], problems: &mut Vec<IndexProblem>) {
    for group in groups {
        let of_group = components.iter().filter(|it| it.group == group.id);
        let found: f64 = of_group.map(|it| it.points).sum();
        if (found - group.points).abs() > SAME {
            problems.push(IndexProblem::Sum {
                group: group.id.clone(),
                wanted: group.points.to_string(),
                found: found.to_string(),
            });
        }
    }
}
