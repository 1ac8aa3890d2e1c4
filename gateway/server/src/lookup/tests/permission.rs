//! Who may see what.

use lienthong_core::access::{AccessDenied, AccessPolicy, Purpose};
use lienthong_core::citizen::CitizenField;
use lienthong_core::household::HouseholdField;
use lienthong_core::ports::audit::AccessOutcome;

use super::fakes::{AMPLE, Desk, asked, client};
use crate::lookup::{Asked, LookupRules};
use crate::status::ServerError;

fn of(name: &str) -> Asked {
    let mut asked = asked();
    asked.context.client = client(name);
    asked
}

#[tokio::test]
async fn a_refusal_is_recorded_and_nothing_is_asked() {
    let desk = Desk::new();
    let mut cleaning = asked();
    cleaning.context.purpose = Purpose::DataCleaning;
    for (asked, denied, reason) in [
        (of("stranger"), AccessDenied::Client, "NOT_PERMITTED_CLIENT"),
        (cleaning, AccessDenied::Purpose, "NOT_PERMITTED_PURPOSE"),
    ] {
        let error = desk.lookups.look_up(asked, None, AMPLE).await.unwrap_err();
        assert_eq!(error, ServerError::Denied(denied));
        let record = desk.log.last();
        assert_eq!(record.outcome, AccessOutcome::Denied);
        assert_eq!(record.reason, reason);
        assert_eq!(record.requested.len(), CitizenField::ALL.len());
        assert!(record.operation.is_none() && record.returned.is_empty());
    }
    assert_eq!(desk.source.calls(), 0);
}

#[tokio::test]
async fn a_system_without_fields_may_verify_and_is_shown_nothing() {
    let desk = Desk::new();
    assert!(desk.lookups.verify(of("archive"), AMPLE).await.is_ok());
    let found = desk
        .lookups
        .look_up(of("archive"), None, AMPLE)
        .await
        .unwrap();
    assert!(found.answer.citizen.unwrap().filled().is_empty());
    assert_eq!(found.answer.withheld.len(), CitizenField::ALL.len());
}

#[tokio::test]
async fn a_household_needs_a_permission_of_its_own() {
    let desk = Desk::new();
    let error = desk
        .lookups
        .household(of("archive"), AMPLE)
        .await
        .unwrap_err();
    assert_eq!(error, ServerError::Denied(AccessDenied::Household));
    assert_eq!(desk.source.calls(), 0);
    for _ in 0..2 {
        let found = desk.lookups.household(asked(), AMPLE).await.unwrap();
        let household = found.answer.household.unwrap();
        let names = [HouseholdField::HeadFullName, HouseholdField::MemberFullName];
        assert_eq!(household.filled(), names.into());
        assert!(found.answer.withheld.contains(&"members.personal_number"));
    }
    assert_eq!(desk.source.calls(), 1, "the second was kept");
}

#[tokio::test]
async fn another_policy_holds_at_once() {
    let desk = Desk::new();
    desk.lookups.verify(asked(), AMPLE).await.unwrap();
    let hash = desk.lookups.rules().hash.clone();
    let policy = AccessPolicy::default();
    desk.lookups.replace_rules(LookupRules { policy, hash });
    let error = desk.lookups.verify(asked(), AMPLE).await.unwrap_err();
    assert_eq!(error, ServerError::Denied(AccessDenied::Client));
}
