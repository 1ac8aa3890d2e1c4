//! How rules, hashes and names are read and written.

use super::super::{DocumentedState, EvidenceClass, EvidenceId, EvidenceRules, FileHash};

#[test]
fn everything_that_is_wrong_with_rules_is_told_at_once() {
    let wrong = r#"
        version = "1"
        [[class]]
        id = "E10"
        source = "x"
        certainty = "seen"
        [[class]]
        id = "E1"
        valid_months = 0
        source = "x"
        certainty = "seen"
        [[class]]
        id = "E1"
        source = "x"
        certainty = "seen"
        [[state]]
        name = "TESTED"
        needs = ["E7"]
        [[state]]
        name = "PUBLISHED"
        needs = ["E0"]
        [[state]]
        name = "REPEALED"
        needs = []
        [cap]
        state = "DONE"
        needs = []
    "#;
    let told: Vec<String> = EvidenceRules::parse(wrong)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
    class 1: "E10" is no class of evidence; known are E1 to E9
    class 2: `valid_months` is not 1 to 600 months
    class 3: E1 stands there already
    state 2: "E0" is no class of evidence; known are E1 to E9
    state 2: PUBLISHED comes before the state above it
    state 3: "REPEALED" is no state from REVIEWED to EVALUATED
    cap: "DONE" is no state from REVIEWED to EVALUATED
    "#);
}

#[test]
fn a_hash_is_read_and_written() {
    let text = "00ff".repeat(16);
    assert_eq!(FileHash::parse(&text).unwrap().to_string(), text);
    let upper = FileHash::parse(&text.to_uppercase()).unwrap();
    assert_eq!(upper.to_string(), text);
    for wrong in ["", "00ff", &"0g".repeat(32), &"é".repeat(32)] {
        assert!(FileHash::parse(wrong).is_err());
    }
}

#[test]
fn every_name_leads_back() {
    for class in EvidenceClass::ALL {
        assert_eq!(EvidenceClass::from_id(class.id()), Some(class));
    }
    for state in DocumentedState::ALL {
        assert_eq!(DocumentedState::from_name(state.name()), Some(state));
    }
    assert!(EvidenceId::parse("").is_err());
    assert!(EvidenceId::parse("E 1").is_err());
}
