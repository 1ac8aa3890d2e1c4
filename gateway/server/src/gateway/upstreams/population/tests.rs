//! What the configuration says arrives at the adapter and at the guard.

use std::time::Duration;

use lienthong_core::access::OfficerId;
use lienthong_core::agency::AgencyCode;
use lienthong_core::birth::BirthDate;
use lienthong_core::citizen::CitizenQuery;
use lienthong_core::identity::{Identity, PersonalNumber};
use lienthong_core::name::FullName;
use lienthong_core::ports::population::{
    CitizenAnswer, LookupCall, Operation, PopulationError, RequestNumber, SentCount, TimeLeft,
};
use lienthong_core::procedure::ProcedureCode;
use lienthong_mocks::{Mocks, MocksConfig};

use super::super::samples::{SOAP_LGSP, config, config_at};
use super::*;
use crate::clock::SystemClock;

const SOAP_ESB: &str = r#"
profile = "soap-esb"
operations = ["look-up", "confirm", "relatives"]
lookup_path = "/esb/dancu/tracuu"
confirm_path = "/esb/dancu/xacthuc"
relatives_path = "/esb/dancu/nhanthan"
relatives_code = "999"
[population.esb]
user_name = "demo_user"
secret_key = "demo_secret"
service_url = "/dancu/tracuu"
"#;

const JSON_WRAP_XML: &str = r#"
profile = "json-wrap-xml"
operations = ["look-up"]
lookup_path = "/apiCSDLDanCu/ChiaSeThongTinCongDan"
[population.shared_officer]
code = "VPUB_H99"
"#;

const JSON_FLAT: &str = r#"
profile = "json-flat"
operations = ["look-up"]
lookup_path = "/api/v1/dancu/tracuu"
token_path = "/api/v1/Authentication/Token"
service_user = "STTTT_H99"
[population.auth_header]
auth = "demo-auth"
"#;

fn settings(population: &str) -> config::Population {
    let folder = tempfile::tempdir().unwrap();
    config(folder.path(), population).population
}

fn registry_of(population: &str) -> Arc<Guarded> {
    super::population(&settings(population), Arc::new(SystemClock)).unwrap()
}

fn call(officer: &str) -> LookupCall {
    LookupCall {
        request_number: RequestNumber::new("LT-1").unwrap(),
        officer: OfficerId::parse(officer).unwrap(),
        officer_account: None,
        unit: AgencyCode::parse("H99.12").unwrap(),
        procedure: ProcedureCode::parse("1.004222").unwrap(),
        budget: TimeLeft::fixed(Duration::from_secs(1)),
        sent: SentCount::default(),
    }
}

#[test]
fn each_profile_is_built_under_its_name_with_its_operations() {
    for (text, name, offered) in [
        (
            SOAP_LGSP,
            "soap-lgsp",
            &[Operation::LookUp, Operation::Household][..],
        ),
        (
            SOAP_ESB,
            "soap-esb",
            &[Operation::LookUp, Operation::Confirm, Operation::Relatives],
        ),
        (JSON_WRAP_XML, "json-wrap-xml", &[Operation::LookUp]),
        (JSON_FLAT, "json-flat", &[Operation::LookUp]),
    ] {
        let registry = registry_of(text);
        assert_eq!(registry.profile(), name);
        for operation in Operation::ALL {
            let offers = offered.contains(operation);
            assert_eq!(registry.offers(*operation), offers, "{name} {operation:?}");
        }
    }
}

#[test]
fn an_officer_who_is_not_named_is_refused_as_soon_as_one_is() {
    let admit = |population: &str, officer: &str| {
        registry_of(population).admit(Operation::LookUp, &call(officer))
    };
    assert_eq!(admit(SOAP_LGSP, "CB01"), Ok(()));
    assert_eq!(
        admit(SOAP_LGSP, "CB02"),
        Err(PopulationError::OfficerNotMapped)
    );
    assert_eq!(admit(SOAP_ESB, "CB02"), Ok(()), "each by their own code");
    let named = format!("{SOAP_ESB}[[population.officers]]\nofficer = \"CB01\"\n");
    assert_eq!(admit(&named, "CB01"), Ok(()));
    assert_eq!(
        admit(&named, "CB02"),
        Err(PopulationError::OfficerNotMapped)
    );
    let shared = format!("{named}[population.shared_officer]\ncode = \"VPUB_H99\"\n");
    assert_eq!(admit(&shared, "CB02"), Ok(()));
}

#[test]
fn an_officers_code_goes_out_as_it_is_mapped() {
    let named = format!("{SOAP_ESB}[[population.officers]]\nofficer = \"CB01\"\n");
    let mapped = codes(&settings(&format!("{named}code = \"VPUB_01\"\n"))).mapped;
    let sent: Vec<_> = mapped.values().map(OfficerId::expose).collect();
    assert_eq!(sent, ["VPUB_01"]);
    let own = codes(&settings(&named)).mapped;
    let sent: Vec<_> = own.values().map(OfficerId::expose).collect();
    assert_eq!(sent, ["CB01"]);
    let everyone = codes(&settings(JSON_WRAP_XML));
    let account = OfficerId::parse("VPUB_H99").unwrap();
    assert!(everyone.mapped.is_empty());
    assert_eq!(everyone.others, OtherOfficers::SharedCode(account));
}

#[test]
fn what_protects_the_database_is_as_configured() {
    assert_eq!(guard(&settings(JSON_FLAT)), GuardSettings::default());
    let text = "[population.protection]\nparallel = 8\nrate = 20\nburst = 5\n\
                daily_quota = 1000\nquota_warning = 90\nretry = 0\n\
                [population.breaker]\nfailures = 3\n\
                [[population.maintenance]]\nweekday = \"sunday\"\nfrom = \"23:00\"\n\
                until = \"01:00\"\n";
    let guard = guard(&settings(&format!("{JSON_FLAT}{text}")));
    assert_eq!(guard.parallel.get(), 8);
    let rate = guard.rate.unwrap();
    assert_eq!((rate.per_second.get(), rate.burst.get()), (20, 5));
    let quota = guard.quota.unwrap();
    assert_eq!((quota.limit.get(), quota.warn_at.get()), (1000, 90));
    assert_eq!((guard.retry.percent.get(), guard.retry.floor), (0, 0));
    assert_eq!(guard.breaker.failures.get(), 3);
    assert_eq!(guard.maintenance.len(), 1);
}

#[tokio::test]
async fn each_profile_finds_a_citizen_at_the_government_side() {
    let mocks = Mocks::start(MocksConfig::on_free_ports()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let query = CitizenQuery {
        identity: Identity::PersonalNumber(PersonalNumber::parse("000185000001").unwrap()),
        name: FullName::parse("Trần Thị Mẫu Thử").unwrap(),
        birth: BirthDate::parse("1985-02-13").unwrap(),
    };
    for text in [SOAP_LGSP, SOAP_ESB, JSON_WRAP_XML, JSON_FLAT] {
        let settings = config_at(folder.path(), &mocks.population_url(), text).population;
        let registry = super::population(&settings, Arc::new(SystemClock)).unwrap();
        let found = registry.look_up(&query, &call("CB01")).await.unwrap();
        let CitizenAnswer::One(citizen) = found.answer else {
            panic!("{text}: {:?}", found.answer);
        };
        assert!(citizen.full_name.is_some(), "{text}");
        assert_eq!(found.attempts, 1, "{text}");
    }
    mocks.shutdown().await;
}
