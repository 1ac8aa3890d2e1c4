//! Which percentages of the check's figures may be told beside the board.
//!
//! What a reader would get wrong: a percentage that is harmless alone may complete another.
//! The figures of a service are about the same dossiers, and the board prints how many those
//! are; so all of them are settled together with what the board prints.

use std::collections::{BTreeMap, BTreeSet};

use super::Material;
use super::board::{Counted, Row};
use super::small::{Id, Unsettled};
use crate::check::{Figure, ServiceCheck};
use crate::essential::ServiceNumber;
use crate::share::Percent;

/// Codes of figures that may be parts of each other, or together make up a third. A figure
/// that is in none is taken to be related to all.
const RELATED: [&[&str]; 7] = [
    &[
        "ONLINE_SHARE",
        "DIRECT_SHARE",
        "POSTAL_SHARE",
        "DIRECT_UNEXPLAINED_SHARE",
        "NOT_ONLINE_SHARE",
        "FULL_ONLINE_SHARE",
        "ELECTRONIC_RESULT_SHARE",
        "VNEID_SHARE",
        "UNVERIFIED_ACCOUNT_SHARE",
    ],
    &[
        "LOOKUP_SHARE",
        "LOOKUP_AT_INTAKE_SHARE",
        "LOOKUP_FAILED_SHARE",
        "PAPERS_STILL_ASKED_SHARE",
        "PAPERLESS_SHARE",
    ],
    &["UNPAID_ONLINE_SHARE", "ONLINE_PAYMENT_SHARE"],
    &[
        "DIGITISED_SHARE",
        "UNIFORM_FILES_SHARE",
        "UNFOUNDED_REUSE_SHARE",
    ],
    &["LATE_SHARE", "UNAPOLOGISED_SHARE"],
    &[
        "OTHER_PROCESS_SHARE",
        "UNTRUE_STATUS_SHARE",
        "SUPPLEMENTED_AGAIN_SHARE",
    ],
    &["REPEALED_CODE_SHARE", "CLOSED_UNIT_SHARE"],
];

/// The channels, of which each dossier has one.
const CHANNELS: [&str; 3] = ["ONLINE_SHARE", "DIRECT_SHARE", "POSTAL_SHARE"];

/// The percentages that may be told.
pub(super) struct Told(BTreeSet<(ServiceNumber, &'static str)>);

/// The counts of a figure.
#[derive(Clone, Copy)]
struct Ids {
    code: &'static str,
    part: Id,
    whole: Id,
}

impl Told {
    /// Settles all figures of the checks.
    pub(super) fn of(material: &Material<'_>) -> Self {
        let Counted {
            mut counts, rows, ..
        } = Counted::of(material);
        let board = counts.clone().settle();
        let printed = counts.len();
        let checked = material.checked();
        let mut all = Vec::new();
        for ((check, _), row) in checked.iter().zip(&rows) {
            let figures = count(check, row, &mut counts);
            relate(&figures, row, &mut counts);
            all.extend(figures.into_iter().map(|ids| (check.service, ids)));
        }
        let settled = counts.settle();
        // What the board hides stays hidden, whatever else is hidden here.
        let tells = |id: Id| settled.tells(id) && (!id.is_before(printed) || board.tells(id));
        let told = all.into_iter();
        let told = told.filter(|(_, ids)| tells(ids.part) && tells(ids.whole));
        Self(told.map(|(service, ids)| (service, ids.code)).collect())
    }

    /// The percentage of a figure, where it may be told.
    pub(super) fn percent(&self, service: ServiceNumber, figure: &Figure) -> Option<Percent> {
        let is_told = self.0.contains(&(service, figure.code));
        figure.share().filter(|_| is_told)?.percent()
    }
}

/// Counts the figures of a service that are shares of something.
fn count(check: &ServiceCheck, row: &Row, counts: &mut Unsettled) -> Vec<Ids> {
    let mut wholes = BTreeMap::from([(check.dossiers_seen, row.seen)]);
    let mut all = Vec::new();
    for figure in &check.figures {
        let Some(share) = figure.share().filter(|it| it.whole() > 0) else {
            continue;
        };
        let whole = *wholes
            .entry(share.whole())
            .or_insert_with(|| counts.part_of(row.seen, share.whole()));
        let printed = match figure.code {
            "ONLINE_SHARE" => row.online,
            "LOOKUP_SHARE" => row.looked_up,
            _ => None,
        };
        let (part, whole) = printed.unwrap_or_else(|| (counts.part_of(whole, share.part()), whole));
        all.push(Ids {
            code: figure.code,
            part,
            whole,
        });
    }
    // Any whole may hold the dossiers of any other, such as those of citizens.
    let wholes: Vec<Id> = wholes.into_values().collect();
    for (index, one) in wholes.iter().enumerate() {
        for other in wholes.iter().skip(index + 1) {
            counts.nested(*one, *other);
        }
    }
    all
}

/// Tells what may follow from what.
fn relate(figures: &[Ids], row: &Row, counts: &mut Unsettled) {
    let channels = CHANNELS.map(|code| figures.iter().find(|it| it.code == code));
    if let [Some(online), Some(direct), Some(postal)] = channels {
        counts.sum(row.seen, vec![online.part, direct.part, postal.part]);
        let elsewhere = counts.total(&[direct.part, postal.part]);
        counts.sum(elsewhere, vec![direct.part, postal.part]);
        counts.sum(row.seen, vec![online.part, elsewhere]);
        if let Some(other) = figures.iter().find(|it| it.code == "NOT_ONLINE_SHARE") {
            counts.nested(elsewhere, other.part);
        }
    }
    for (index, one) in figures.iter().enumerate() {
        let others = figures.iter().skip(index + 1);
        for other in others.filter(|it| are_related(one.code, it.code)) {
            counts.nested(one.part, other.part);
            for whole in [one.whole, other.whole] {
                counts.sum(whole, vec![one.part, other.part]);
            }
        }
        for (code, part) in row.rates.beside() {
            if are_related(one.code, code) {
                counts.nested(one.part, part);
            }
        }
    }
}

fn are_related(one: &str, other: &str) -> bool {
    let group = |code: &str| RELATED.iter().position(|codes| codes.contains(&code));
    match (group(one), group(other)) {
        (Some(one), Some(other)) => one == other,
        (None, _) | (_, None) => true,
    }
}
