//! Which names a caller may give to an event, and which dossier an event is about.

use proptest::prelude::*;

use super::{EventBody, EventId};
use crate::dossier::samples;

#[test]
fn an_event_id_is_visible_ascii() {
    for id in [
        "1",
        "igate:2025/07/14#0007",
        "5f1d7c3a-0000-4000-8000-000000000001",
        "!~",
    ] {
        assert_eq!(EventId::parse(id).unwrap().as_str(), id);
    }
    for text in [
        "",
        " ",
        "a b",
        "a\n",
        "\0",
        "a\u{7f}",
        "hồ-sơ-1",
        "１",
        " a",
        "a ",
    ] {
        assert_eq!(EventId::parse(text), None, "{text:?}");
    }
}

#[test]
fn sixty_four_characters_are_the_limit() {
    let longest = "a".repeat(EventId::MAX_LENGTH);
    assert!(EventId::parse(&longest).is_some());
    assert_eq!(EventId::parse(&format!("{longest}a")), None);
}

#[test]
fn a_state_and_a_step_both_know_their_dossier() {
    let state = EventBody::State(Box::new(samples::dossier("Khai sinh")));
    let step = EventBody::Step {
        dossier: samples::number(),
        step: Box::new(samples::step(0, "Thẩm định hồ sơ")),
    };
    assert_eq!(state.dossier(), &samples::number());
    assert_eq!(step.dossier(), &samples::number());
}

proptest! {
    #[test]
    fn every_visible_name_is_kept(id in "[!-~]{1,64}") {
        let read = EventId::parse(&id).unwrap();
        prop_assert_eq!(read.as_str(), id);
    }

    #[test]
    fn any_text_is_answered_without_panic(text in any::<String>()) {
        let fits = (1..=64).contains(&text.chars().count())
            && text.chars().all(|c| ('!'..='~').contains(&c));
        prop_assert_eq!(EventId::parse(&text).is_some(), fits);
    }
}
