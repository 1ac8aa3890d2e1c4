//! One citizen, one officer, one clock: what the tests of this room share.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::access::{OfficerAccount, OfficerId};
use lienthong_core::agency::AgencyCode;
use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::CitizenQuery;
use lienthong_core::clock::{Clock, ManualClock};
use lienthong_core::identity::PersonalNumber;
use lienthong_core::name::FullName;
use lienthong_core::ports::population::{
    LookupCall, Operation, RequestNumber, SentCount, TimeLeft,
};
use lienthong_core::procedure::ProcedureCode;

use super::dialect::Question;
use super::settings::{OfferedOperation, RouteSettings};
use super::{AccessRecipe, LgspAccess, LgspCredential, OfficerCredential};
use crate::http::{BaseUrl, Limits};

/// The officer who asks.
pub(super) const OFFICER: &str = "000180000009";
/// The number of the look-up.
pub(super) const REQUEST_NUMBER: &str = "H99-20261007-01J9ZK4Q3T";

/// The citizen of population.md 2.2.
pub(super) fn query() -> CitizenQuery {
    CitizenQuery {
        identity: PersonalNumber::parse("000185000001").unwrap().into(),
        name: FullName::parse("Trần Thị Mẫu Thử").unwrap(),
        birth: BirthDate::parse("1985-02-13").unwrap(),
    }
}

/// The same with another name.
pub(super) fn query_named(name: &str) -> CitizenQuery {
    CitizenQuery {
        name: FullName::parse(name).unwrap(),
        ..query()
    }
}

/// The call of population.md 2.2, with ten seconds to go.
pub(super) fn call() -> LookupCall {
    LookupCall {
        request_number: RequestNumber::new(REQUEST_NUMBER).unwrap(),
        officer: officer(OFFICER),
        officer_account: Some(OfficerAccount::parse("canbo.mau").unwrap()),
        unit: AgencyCode::parse("H99.1").unwrap(),
        procedure: ProcedureCode::parse("1.001193").unwrap(),
        budget: TimeLeft::fixed(Duration::from_secs(10)),
        sent: SentCount::default(),
    }
}

/// An officer by their code.
pub(super) fn officer(code: &str) -> OfficerId {
    OfficerId::parse(code).unwrap()
}

/// The question of both.
pub(super) fn question<'a>(
    operation: Operation,
    query: &'a CitizenQuery,
    call: &'a LookupCall,
) -> Question<'a> {
    let service_code = match operation {
        Operation::LookUp => "037",
        Operation::Confirm => "033",
        Operation::Household => "000",
        Operation::Relatives => "999",
    };
    Question {
        operation,
        service_code,
        officer_code: &call.officer,
        query,
        call,
    }
}

/// A clock that stands at the moment of the vector in population.md 9.4.
pub(super) fn clock() -> Arc<ManualClock> {
    let at = Timestamp::from_millisecond(1_760_000_000_000).unwrap();
    Arc::new(ManualClock::starting_at(at))
}

/// The same as a port.
pub(super) fn port(clock: &Arc<ManualClock>) -> Arc<dyn Clock> {
    Arc::clone(clock) as Arc<dyn Clock>
}

/// A route with limits for tests that offers the look-up at `/tracuu`.
pub(super) fn route(url: &str, access: AccessRecipe) -> RouteSettings {
    let mut route = RouteSettings::new(BaseUrl::parse(url).unwrap(), access);
    route.limits = Limits {
        connect_timeout: Duration::from_secs(5),
        read_timeout: Duration::from_secs(5),
        total: Duration::from_secs(10),
        max_body: 64 * 1024,
    };
    let look_up = OfferedOperation::look_up("/tracuu");
    route.operations.insert(Operation::LookUp, look_up);
    route
}

/// The access of population.md 9.3, with the one officer mapped.
pub(super) fn lgsp_access() -> LgspAccess {
    let credential = LgspCredential {
        access_key: "demoAK".into(),
        secret_key: "demoSK".into(),
        app_name: "demoApp".to_owned(),
        partner_code: "000.00.00.H99".to_owned(),
        partner_code_cus: "000.00.00.H99".to_owned(),
    };
    let key = OfficerCredential {
        key_name: "khoa".into(),
        key_pass: "mat-khau".into(),
    };
    let mut access = LgspAccess::new("/token", credential);
    access.officers.insert(officer(OFFICER), key);
    access
}
