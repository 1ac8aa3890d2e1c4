//! What holds for any dossier.

use proptest::prelude::*;

use super::{at, document, facts, folded, lookup, result, state, stepped, with_status};
use crate::dossier::Dossier;
use crate::identity::PersonalNumber;
use crate::masked::Masked;
use crate::observation::ObservationRules;
use crate::portal_status::PortalStatus;
use crate::ports::audit::AccessOutcome;
use crate::ports::observations::Observation;
use crate::text::Text;

fn status() -> impl Strategy<Value = PortalStatus> {
    proptest::sample::select(PortalStatus::ALL.to_vec())
}

#[derive(Debug, Clone)]
enum Told {
    State(PortalStatus, Option<i64>),
    Step(PortalStatus, i64),
}

/// A dossier's events with rising moments, the first one a state.
fn events() -> impl Strategy<Value = Vec<Observation>> {
    let one = prop_oneof![
        (status(), proptest::option::of(0i64..200)).prop_map(|(s, due)| Told::State(s, due)),
        (status(), 0i64..12).prop_map(|(s, before)| Told::Step(s, before)),
    ];
    (status(), proptest::collection::vec((one, 0i64..9), 0..14)).prop_map(|(first, told)| {
        let mut events = vec![state(1, 0, with_status(first))];
        let mut hour = 0;
        for (revision, (told, later)) in (2..).zip(told) {
            hour += later;
            events.push(match told {
                Told::State(status, due) => {
                    let mut dossier = with_status(status);
                    dossier.dates.due = due.map(at);
                    state(revision, hour, dossier)
                }
                Told::Step(status, before) => {
                    stepped(revision, (hour - before).max(0), hour, |step| {
                        step.status = status;
                    })
                }
            });
        }
        events
    })
}

proptest! {
    #[test]
    fn events_told_again_and_again_change_nothing(
        events in events(),
        repeats in proptest::collection::vec(0usize..15, 0..10),
    ) {
        let rules = ObservationRules::shipped().unwrap();
        let once = folded(&events);
        let mut kept = super::DossierKept::default();
        for (place, event) in events.iter().enumerate() {
            kept.observe(event, &rules);
            for &earlier in repeats.iter().filter(|&&earlier| earlier <= place) {
                prop_assert!(!kept.observe(&events[earlier], &rules));
            }
        }
        prop_assert_eq!(kept, once);
    }

    #[test]
    fn lookups_count_the_same_wherever_they_come_between_the_events(
        events in events(),
        places in proptest::collection::vec((0usize..15, 0i64..99, 0usize..4), 0..8),
    ) {
        let seen = |&(_, hour, outcome): &(usize, i64, usize)| {
            lookup(hour, AccessOutcome::ALL[outcome], &["birth"])
        };
        let mut before: Vec<Observation> = places.iter().map(seen).collect();
        before.extend(events.clone());
        let mut mixed = events;
        for place in &places {
            mixed.insert(place.0.min(mixed.len()), seen(place));
        }
        prop_assert_eq!(folded(&before), folded(&mixed));
    }

    #[test]
    fn waits_follow_each_other_and_only_the_last_is_open(events in events()) {
        let facts = facts(&events);
        for pair in facts.pauses.windows(2) {
            prop_assert!(pair[0].until.is_some_and(|until| until <= pair[1].from));
        }
        for pause in &facts.pauses {
            prop_assert!(pause.until.is_none_or(|until| pause.from <= until));
        }
        let open = facts.pauses.last().is_some_and(|pause| pause.until.is_none());
        let waits = matches!(
            facts.status,
            PortalStatus::SupplementRequired | PortalStatus::PaymentRequired | PortalStatus::Stopped
        );
        prop_assert_eq!(open, waits);
    }

    #[test]
    fn working_it_out_again_changes_nothing(events in events()) {
        let kept = folded(&events);
        let mut again = kept.clone();
        again.derive();
        prop_assert_eq!(again, kept);
    }
}

/// A dossier in which everything that a person could be known by bears a mark.
fn marked() -> Dossier {
    let mut dossier = with_status(PortalStatus::Received);
    dossier.owner.name = text("MARKED NAME");
    dossier.owner.identities = vec![PersonalNumber::parse("000185000001").unwrap().into()];
    dossier.owner.tech_id = Some(text("MARKED-TECH"));
    dossier.owner.email = Some(Masked::new("MARKED@xa.example".to_owned()));
    dossier.owner.phone = Some(Masked::new("MARKED0900".to_owned()));
    dossier.owner.fax = Some(Masked::new("MARKEDFAX".to_owned()));
    dossier.summary = text("MARKED summary");
    dossier.note = Some(text("MARKED note"));
    dossier.other_information = Some(text("MARKED other"));
    dossier.return_information = Some(text("MARKED address"));
    dossier.receipt_number = Some(text("MARKED receipt"));
    dossier.documents = vec![document("MARKED-file")];
    dossier.documents[0].name = text("MARKED paper");
    dossier.results = vec![result(Some("https://kho.example/MARKED.pdf"))];
    dossier.results[0].name = text("MARKED result");
    dossier
}

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::parse(text).unwrap()
}

#[test]
fn nothing_of_a_person_is_in_the_facts() {
    let kept = folded(&[
        state(1, 0, marked()),
        stepped(2, 1, 1, |step| {
            step.handler_name = text("MARKED handler");
            step.handler_title = Some(text("MARKED title"));
            step.content = text("MARKED content, văn bản xin lỗi");
        }),
    ]);
    assert!(kept.facts.as_ref().unwrap().apologised_at.is_some());
    let shown = format!("{kept:?}");
    assert!(
        !shown.contains("MARKED") && !shown.contains("000185000001"),
        "{shown}"
    );
}
