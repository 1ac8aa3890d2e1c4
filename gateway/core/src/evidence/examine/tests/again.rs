//! Pieces that are recorded already.

use std::collections::BTreeSet;

use super::{decision, examine, examine_of, pair, recorded, texts, told};
use crate::evidence::{Evidence, EvidenceDraft, EvidenceId, NewDraft, Weight};

#[test]
fn what_is_recorded_already_is_not_held_against_itself() {
    let first = decision("a", "663/QĐ-TTPVHCC", "13/5/2026");
    let mut second = decision("b", "664/QĐ-TTPVHCC", "13/5/2026");
    second.supersedes = texts(&["663/QĐ-TTPVHCC"]);
    let mut kept = recorded(&first, 1);
    let mut newer = recorded(
        &EvidenceDraft {
            supersedes: Vec::new(),
            ..second.clone()
        },
        2,
    );
    newer.supersedes = BTreeSet::from([EvidenceId::given(1)]);
    let again = |kept: &Evidence, newer: &Evidence| {
        let register = [kept.clone(), newer.clone()];
        let drafts = [(&first, kept), (&second, newer)].map(|(draft, recorded)| NewDraft {
            draft: draft.clone(),
            recorded: Some(recorded),
        });
        examine(&register, &drafts)
    };
    let examined = again(&kept, &newer);
    for (examined, id) in examined.iter().zip([1, 2]) {
        assert_eq!(told(examined), []);
        assert_eq!(examined.recorded, Some(EvidenceId::given(id)));
    }
    kept.title = "Khác".to_owned();
    let examined = again(&kept, &newer);
    let text = "the event id was used for MC-000001 with another content";
    assert_eq!(told(&examined[0]), pair(Weight::Refuses, text));
}

#[test]
fn what_the_same_caller_recorded_counts_as_recorded_under_every_event_id() {
    let first = decision("row-2", "663/QĐ-TTPVHCC", "13/5/2026");
    let mut second = decision("row-3", "664/QĐ-TTPVHCC", "13/5/2026");
    second.supersedes = texts(&["row-2"]);
    let alone = EvidenceDraft {
        supersedes: Vec::new(),
        ..second.clone()
    };
    let kept = recorded(&first, 1);
    let newer = Evidence {
        supersedes: BTreeSet::from([EvidenceId::given(1)]),
        ..recorded(&alone, 2)
    };
    let known = [kept.clone(), newer.clone()];
    let new = |drafts: &[&EvidenceDraft], own: &[&Evidence]| {
        let drafts = drafts.iter().map(|draft| NewDraft {
            draft: (*draft).clone(),
            recorded: None,
        });
        let drafts: Vec<_> = drafts.collect();
        let examined = examine_of(&known, own, &drafts);
        let ids = examined.iter().map(|it| it.recorded.clone());
        ids.collect::<Vec<_>>()
    };
    let own = [&kept, &newer];
    let both = [Some(EvidenceId::given(1)), Some(EvidenceId::given(2))];
    assert_eq!(new(&[&first, &second], &own), both);
    let by_symbol = EvidenceDraft {
        supersedes: texts(&["663/QĐ-TTPVHCC"]),
        ..second.clone()
    };
    assert_eq!(new(&[&first, &by_symbol], &own), both);
    assert_eq!(new(&[&first, &second], &[]), [None, None], "of others");
    let retitled = EvidenceDraft {
        title: "Khác".to_owned(),
        ..first.clone()
    };
    // That it takes no place any more is another content too.
    assert_eq!(new(&[&retitled, &alone], &own), [None, None]);
}
