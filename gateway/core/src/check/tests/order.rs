//! What is found does not depend on the order of the dossiers.

use proptest::prelude::*;

use super::samples::{PAPER, World, at, dossier, outage, piece, result, unit, with_paper};
use crate::check::{Checker, ServiceCheck};
use crate::dossier::{Channel, OnlinePayment, Reuse};
use crate::evidence::EvidenceClass;
use crate::observation::{DossierFacts, LookupFacts};

fn spoil(dossier: &mut DossierFacts, kind: u8) {
    match kind {
        0 => with_paper(dossier),
        1 => dossier.channel = Channel::Direct,
        2 => dossier.lookups = LookupFacts::default(),
        3 => dossier.lookups = outage(dossier.received),
        4 => dossier.processed = None,
        5 => dossier.payment = OnlinePayment::None,
        6 => dossier.vneid = false,
        7 => dossier.papers[1].file = 0,
        8 => dossier.papers[0].reuse = Reuse::Result,
        9 => dossier.unit = unit("H60.202"),
        10 => dossier.first_due = Some(at("2026-09-21T17:00:00")),
        11 => dossier.steps.truncate(2),
        12 => dossier.papers[0].replaced_by = Some(result("KQ.G01.000001")),
        13 => dossier.received = at("2026-10-05T09:00:00"),
        14 => dossier.steps[1].department = Some("Tổ công tác số 3".to_owned()),
        15 => {
            dossier.procedure = crate::procedure::ProcedureCode::parse("9.999999").unwrap();
            dossier.papers[0].replaced_by = Some(result("KQ.G01.000001"));
        }
        _ => {}
    }
}

fn world() -> World {
    let stated = [
        ("papers_replaced", PAPER),
        ("time_limit", "2 ngày làm việc"),
        ("steps", "Một cửa > Cảnh sát khu vực > Lãnh đạo > Một cửa"),
        ("full_online", "có"),
        ("result_reuse", "có"),
    ];
    let mut decision = piece("MC-1", EvidenceClass::OptionDecision, &stated);
    decision.units = [unit("H60.201")].into();
    let stated = [
        ("fields_from_population", "full_name"),
        ("lookup_target", "60%"),
    ];
    let mut other = piece("MC-2", EvidenceClass::DataMapping, &stated);
    other.units = [unit("H60.202")].into();
    World::new(vec![decision, other])
}

fn dossiers(kinds: &[(u8, u8)]) -> Vec<DossierFacts> {
    (1..)
        .zip(kinds)
        .map(|(sequence, (one, other))| {
            let mut dossier = dossier(sequence);
            spoil(&mut dossier, *one);
            spoil(&mut dossier, *other);
            dossier
        })
        .collect()
}

fn shown<'d>(
    mut checker: Checker<'_>,
    dossiers: impl Iterator<Item = &'d DossierFacts>,
) -> Vec<ServiceCheck> {
    dossiers.for_each(|it| checker.look(it));
    checker.conclude()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_order_of_the_dossiers_does_not_matter(kinds in prop::collection::vec((0u8..20, 0u8..20), 0..60)) {
        let (world, dossiers) = (world(), dossiers(&kinds));
        let forward = world.with(&[], |checker| shown(checker, dossiers.iter()));
        let backward = world.with(&[], |checker| shown(checker, dossiers.iter().rev()));
        prop_assert_eq!(forward, backward);
    }
}
