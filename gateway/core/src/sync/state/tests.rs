//! The states are those of the contract.

use super::SyncState;

#[test]
fn the_names_are_those_of_the_contract() {
    let names = SyncState::ALL.map(SyncState::name);
    assert_eq!(
        names,
        [
            "PENDING", "SENDING", "ACCEPTED", "UNKNOWN", "WAITING", "REFUSED", "DEAD", "BLOCKED"
        ]
    );
}

#[test]
fn every_state_is_found_by_its_name_and_by_no_other() {
    for state in SyncState::ALL {
        assert_eq!(SyncState::from_name(state.name()), Some(state));
        assert_eq!(SyncState::from_name(&state.name().to_lowercase()), None);
    }
    assert_eq!(SyncState::from_name(""), None);
    assert_eq!(SyncState::from_name("DONE"), None);
}
