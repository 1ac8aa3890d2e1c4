//! Look-ups as the configuration describes them: the route, the record, the rules.
//!
//! What a reader would get wrong: the rules can be given anew while the gateway runs, the
//! route and the record cannot. What changes of those needs a restart.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use lienthong_adapters::cache::NoRandomness;
use lienthong_adapters::keyed_hash::{KeyedHash, WeakKey};
use lienthong_adapters::population::Guarded;
use lienthong_adapters::store::{OpenError, SqliteAudit};
use lienthong_core::access::AccessPolicy;
use lienthong_core::clock::Clock;
use lienthong_core::lookup::keeping::Keeping;
use lienthong_core::places::PlaceCatalogue;
use lienthong_core::ports::audit::{AuditError, AuditLog as _};
use lienthong_core::ports::population::PopulationRegistry as _;
use secrecy::ExposeSecret as _;
use thiserror::Error;
use tokio::task::JoinError;

use super::upstreams::{self, UpstreamError};
use crate::config::{AuditSettings, Config};
use crate::lookup::{LookupParts, LookupRules, Lookups};

/// Why citizens cannot be looked up.
#[derive(Debug, Error)]
pub enum LookupStartError {
    /// The population database cannot be set up.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// The record of look-ups cannot be opened.
    #[error("the record of look-ups {path} cannot be opened")]
    Audit {
        /// Its file.
        path: String,
        /// Why.
        #[source]
        source: OpenError,
    },
    /// The requests of this day cannot be counted.
    #[error("the requests of this day cannot be read from the record of look-ups")]
    Quota(#[source] AuditError),
    /// The key of the hashes that stand for people cannot be used.
    #[error("[audit] hash_key cannot be used")]
    HashKey(#[from] WeakKey),
    /// The cache has no key.
    #[error("the cache of answers cannot be set up")]
    Cache(#[from] NoRandomness),
}

/// Why a running gateway keeps to its old configuration.
#[derive(Debug, Error)]
pub enum ReloadError {
    /// The key of the hashes that stand for people cannot be used.
    #[error("[audit] hash_key cannot be used")]
    HashKey(#[from] WeakKey),
    /// The key is another one under the same name: one person would be two in the record,
    /// and nobody could tell.
    #[error("[audit] hash_key is another one under the same hash_key_id; a new key needs a new id")]
    KeyUnderOldName,
    /// It broke down on the way.
    #[error("the new configuration could not be taken over")]
    BrokeDown(#[from] JoinError),
}

/// Everything that looks citizens up.
pub(super) struct LookupSide {
    pub(super) lookups: Arc<Lookups>,
    pub(super) route: Arc<Guarded>,
    pub(super) audit: Arc<SqliteAudit>,
    pub(super) standing: Arc<StandingRules>,
}

/// The rules that were given last.
pub(super) struct StandingRules {
    lookups: Arc<Lookups>,
    given: Mutex<Given>,
}

struct Given {
    policy: AccessPolicy,
    keeping: Keeping,
    audit: AuditSettings,
}

/// What a new configuration changed in a running gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reloaded {
    /// Who may see what, or the key of the hashes that stand for people.
    pub rules: bool,
    /// What may be kept, for how long and for whom.
    pub keeping: bool,
}

impl LookupSide {
    /// Opens the record and sets up the route.
    pub(super) async fn start(
        config: &Config,
        places: PlaceCatalogue,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, LookupStartError> {
        let route = upstreams::population(&config.population, Arc::clone(&clock))?;
        let path = &config.audit.database;
        let audit = SqliteAudit::open(path).map_err(|source| LookupStartError::Audit {
            path: path.display().to_string(),
            source,
        })?;
        let audit = Arc::new(audit);
        count_today(&route, &audit).await?;
        let parts = LookupParts {
            registry: Arc::clone(&route) as _,
            audit: Arc::clone(&audit) as _,
            clock,
            places,
            rules: rules(config)?,
            name_key: config.population.form.name_key,
            keeping: config.cache.clone(),
            most: config.listen.limits.calls,
            reserve: config.population.protection.reserve,
        };
        let lookups = Arc::new(Lookups::new(parts)?);
        let standing = Arc::new(StandingRules {
            lookups: Arc::clone(&lookups),
            given: Mutex::new(Given::of(config)),
        });
        Ok(Self {
            lookups,
            route,
            audit,
            standing,
        })
    }
}

impl StandingRules {
    /// Goes by the rules of `config`; what was kept under others is forgotten, and that
    /// takes a second or two where much is kept.
    ///
    /// # Errors
    /// [`ReloadError`]; nothing is changed then.
    pub(super) fn replace(&self, config: &Config) -> Result<Reloaded, ReloadError> {
        let new_rules = rules(config)?;
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if given.audit.hash_key_id == config.audit.hash_key_id
            && !same_key(&given.audit, &config.audit)
        {
            return Err(ReloadError::KeyUnderOldName);
        }
        let reloaded = Reloaded {
            rules: given.policy != config.access || !same_key(&given.audit, &config.audit),
            keeping: given.keeping != config.cache,
        };
        if reloaded.rules {
            self.lookups.replace_rules(new_rules);
        }
        if reloaded.keeping {
            self.lookups.replace_keeping(config.cache.clone());
        }
        *given = Given::of(config);
        Ok(reloaded)
    }
}

impl Given {
    fn of(config: &Config) -> Self {
        Self {
            policy: config.access.clone(),
            keeping: config.cache.clone(),
            audit: config.audit.clone(),
        }
    }
}

fn rules(config: &Config) -> Result<LookupRules, WeakKey> {
    let AuditSettings {
        hash_key,
        hash_key_id,
        ..
    } = &config.audit;
    Ok(LookupRules {
        policy: config.access.clone(),
        hash: KeyedHash::new(hash_key_id.clone(), hash_key)?,
    })
}

fn same_key(one: &AuditSettings, other: &AuditSettings) -> bool {
    one.hash_key_id == other.hash_key_id
        && one.hash_key.expose_secret() == other.hash_key.expose_secret()
}

/// Counts what was sent today before this start against the day's quota.
async fn count_today(route: &Guarded, audit: &SqliteAudit) -> Result<(), LookupStartError> {
    let Some(quota) = route.status().quota else {
        return Ok(());
    };
    // A day of Viet Nam has always 24 hours.
    let day = SignedDuration::from_hours(24);
    let today = quota
        .resets_at
        .saturating_sub(day)
        .unwrap_or(quota.resets_at);
    let sent = audit
        .attempts_since(route.profile(), today)
        .await
        .map_err(LookupStartError::Quota)?;
    route.seed_quota(sent);
    Ok(())
}

#[cfg(test)]
mod tests;
