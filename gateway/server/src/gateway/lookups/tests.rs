use std::sync::Arc;

use lienthong_core::lookup::AnswerSource;

use super::{Config, Given, Mutex, ReloadError, Reloaded, StandingRules};
use crate::gateway::upstreams::samples::{SOAP_LGSP, config};
use crate::lookup::tests::fakes::{AMPLE, Desk, asked, policy};

const OTHER_KEY: &str = "another-one-another-one-another-one-another-one";

fn configured() -> Config {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path(), SOAP_LGSP);
    config.access = policy();
    config
}

fn standing(desk: &Desk, config: &Config) -> StandingRules {
    StandingRules {
        lookups: Arc::clone(&desk.lookups),
        given: Mutex::new(Given::of(config)),
    }
}

async fn source(desk: &Desk) -> AnswerSource {
    let answer = desk.lookups.verify(asked(), AMPLE).await.unwrap();
    answer.origin.source
}

#[tokio::test]
async fn another_hash_key_under_the_old_name_is_refused_and_nothing_changes() {
    let (desk, mut config) = (Desk::new(), configured());
    let standing = standing(&desk, &config);
    assert_eq!(source(&desk).await, AnswerSource::Live);
    config.audit.hash_key = OTHER_KEY.into();
    config.access.grants.clear();
    let refused = standing.replace(&config).unwrap_err();
    assert!(matches!(refused, ReloadError::KeyUnderOldName), "{refused}");
    assert_eq!(source(&desk).await, AnswerSource::Cache);
}

#[tokio::test]
async fn a_new_hash_key_under_a_new_name_forgets_what_was_kept() {
    let (desk, mut config) = (Desk::new(), configured());
    let standing = standing(&desk, &config);
    assert_eq!(source(&desk).await, AnswerSource::Live);
    let before = desk.log.last().person;
    config.audit.hash_key = OTHER_KEY.into();
    config.audit.hash_key_id = lienthong_core::ports::audit::KeyId::parse("k2").unwrap();
    let reloaded = standing.replace(&config).unwrap();
    let rules_only = Reloaded {
        rules: true,
        keeping: false,
    };
    assert_eq!(reloaded, rules_only);
    assert_eq!(source(&desk).await, AnswerSource::Live);
    let after = desk.log.last().person;
    assert_eq!(after.key_id.as_str(), "k2");
    assert_ne!(after.hash, before.hash);
}

#[tokio::test]
async fn the_same_configuration_changes_nothing() {
    let (desk, config) = (Desk::new(), configured());
    let standing = standing(&desk, &config);
    assert_eq!(source(&desk).await, AnswerSource::Live);
    let nothing = Reloaded {
        rules: false,
        keeping: false,
    };
    assert_eq!(standing.replace(&config).unwrap(), nothing);
    assert_eq!(source(&desk).await, AnswerSource::Cache);
}
