//! The population database: one arm for each profile, and the guard around all of them.
//!
//! What a profile does not offer has been refused by the configuration already; the
//! adapter refuses it once more.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use lienthong_adapters::http::SetupError;
use lienthong_adapters::population::{
    AccessRecipe, GuardSettings, Guarded, JsonFlatSettings, JsonWrapXmlSettings, LgspAccess,
    OfficerCodes, OfficerCredential, OtherOfficers, RetryRule, RouteSettings, SoapSettings,
};
use lienthong_core::clock::Clock;
use lienthong_core::guard::maintenance::{OneOff, Weekly, Window};
use lienthong_core::guard::quota::QuotaRule;
use lienthong_core::ports::population::PopulationRegistry;

use super::{UpstreamError, base_url, ca_bundle};
use crate::config::{self, Maintenance, OfficerKey, PopulationProfile};

const UPSTREAM: &str = "population";

/// The population database of `settings`, guarded as they say.
pub(crate) fn population(
    settings: &config::Population,
    clock: Arc<dyn Clock>,
) -> Result<Arc<Guarded>, UpstreamError> {
    let route = route(settings)?;
    let registry =
        registry(settings, route, Arc::clone(&clock)).map_err(|source| UpstreamError::Setup {
            upstream: UPSTREAM,
            source,
        })?;
    Ok(Arc::new(Guarded::new(registry, clock, guard(settings))))
}

fn registry(
    settings: &config::Population,
    route: RouteSettings,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn PopulationRegistry>, SetupError> {
    let form = &settings.form;
    match settings.profile {
        PopulationProfile::SoapLgsp => soap(SoapSettings::lgsp(route), form).registry(clock),
        PopulationProfile::SoapEsb => soap(SoapSettings::esb(route), form).registry(clock),
        PopulationProfile::JsonWrapXml => {
            let mut wrap = JsonWrapXmlSettings::new(route);
            wrap.date_format = form.date_format;
            wrap.name_key_rule = form.name_key;
            wrap.general_procedure.clone_from(&form.general_procedure);
            wrap.registry(clock)
        }
        PopulationProfile::JsonFlat => {
            let account = form.service_user.clone().unwrap_or_default();
            let mut flat = JsonFlatSettings::new(route, account);
            flat.date_format = form.date_format;
            flat.name_key_rule = form.name_key;
            flat.general_procedure.clone_from(&form.general_procedure);
            flat.registry(clock)
        }
    }
}

fn soap(mut soap: SoapSettings, form: &config::RequestForm) -> SoapSettings {
    soap.date_format = form.date_format;
    soap.name_key_rule = form.name_key;
    soap.general_procedure.clone_from(&form.general_procedure);
    if let Some(order) = &form.soap {
        soap.fields = order.fields.clone();
        soap.household_fields = order.household_fields.clone();
    }
    soap
}

fn route(settings: &config::Population) -> Result<RouteSettings, UpstreamError> {
    let base_url = base_url(UPSTREAM, settings.base_url.as_str())?;
    let access = match &settings.access {
        AccessRecipe::Lgsp(lgsp) => AccessRecipe::Lgsp(with_officers(lgsp, settings)),
        other @ (AccessRecipe::None
        | AccessRecipe::StaticBearer(_)
        | AccessRecipe::Esb(_)
        | AccessRecipe::OAuth(_)
        | AccessRecipe::AuthHeader(_)) => other.clone(),
    };
    let mut route = RouteSettings::new(base_url, access);
    route.ca_bundle = ca_bundle(UPSTREAM, settings.ca_file.as_ref())?;
    route.limits = settings.limits;
    route.officers = codes(settings);
    route.operations.clone_from(&settings.operations);
    Ok(route)
}

fn with_officers(lgsp: &LgspAccess, settings: &config::Population) -> LgspAccess {
    let mut lgsp = lgsp.clone();
    for named in &settings.officers {
        if let Some(key) = &named.key {
            lgsp.officers.insert(named.officer.clone(), credential(key));
        }
    }
    let shared = settings.shared_officer.as_ref();
    lgsp.shared_officer = shared
        .and_then(|shared| shared.key.as_ref())
        .map(credential);
    lgsp
}

fn credential(key: &OfficerKey) -> OfficerCredential {
    OfficerCredential {
        key_name: key.key_name.clone(),
        key_pass: key.key_pass.clone(),
    }
}

/// Which code goes out for whom. As soon as one officer is named, the others are refused
/// unless something is said about them.
fn codes(settings: &config::Population) -> OfficerCodes {
    let mapped: HashMap<_, _> = settings
        .officers
        .iter()
        .map(|named| {
            let code = named.code.as_ref().unwrap_or(&named.officer);
            (named.officer.clone(), code.clone())
        })
        .collect();
    let others = match &settings.shared_officer {
        Some(shared) => shared
            .code
            .clone()
            .map_or(OtherOfficers::OwnCode, OtherOfficers::SharedCode),
        None if mapped.is_empty() => OtherOfficers::OwnCode,
        None => OtherOfficers::Refused,
    };
    OfficerCodes { mapped, others }
}

fn guard(settings: &config::Population) -> GuardSettings {
    let protection = &settings.protection;
    let retry = RetryRule::default();
    GuardSettings {
        parallel: protection.parallel,
        wait: protection.wait,
        rate: protection.rate,
        quota: protection.daily_quota.map(|limit| QuotaRule {
            limit,
            warn_at: protection.quota_warning,
        }),
        breaker: settings.breaker,
        maintenance: settings.maintenance.iter().filter_map(window).collect(),
        retry: RetryRule {
            percent: protection.retry,
            floor: if protection.retry.get() == 0 {
                0
            } else {
                retry.floor
            },
        },
    }
}

fn window(announced: &Maintenance) -> Option<Window> {
    match *announced {
        Maintenance::Once { from, until } => OneOff::new(from, until).map(Window::Once),
        Maintenance::Weekly {
            weekday,
            from,
            until,
        } => Weekly::new(weekday, from, until).map(Window::Weekly),
    }
}
