//! The portal: one arm for each family of profiles.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use lienthong_adapters::http::{Limits, SetupError};
use lienthong_adapters::portal::{
    FileSettings, P1Paths, P1Portal, P1Settings, P3Form, P3Portal, P3Settings, P4Portal, P4Settings,
};
use lienthong_core::clock::Clock;
use lienthong_core::ports::catalogue::CatalogueSource;
use lienthong_core::ports::portal::Portal;

use super::{UpstreamError, base_url, ca_bundle};
use crate::config::{
    self, NoiHoSoRoute, PortalRoute, Procedures, SessionRoute, WrapperForm, WrapperRoute,
};

const UPSTREAM: &str = "portal";

/// The portal from both sides that are worked on; over one session, where it has one.
pub(crate) struct PortalSides {
    /// Dossiers.
    pub(crate) portal: Arc<dyn Portal>,
    /// The procedure catalogue, where one is wanted and the profile offers it.
    pub(crate) catalogue: Option<Arc<dyn CatalogueSource>>,
}

/// The portal of `settings`.
pub(crate) fn portal(
    settings: &config::Portal,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Portal>, UpstreamError> {
    Ok(sides(settings, None, clock)?.portal)
}

/// The portal of `settings`, and the catalogue that `procedures` wants of it.
pub(crate) fn sides(
    settings: &config::Portal,
    procedures: Option<&Procedures>,
    clock: Arc<dyn Clock>,
) -> Result<PortalSides, UpstreamError> {
    let only = |portal| PortalSides {
        portal,
        catalogue: None,
    };
    match &settings.route {
        PortalRoute::Session(route) => {
            let share_path = procedures.and_then(|it| it.share_path.clone());
            let usual = session(settings, route)?;
            let settings = P1Settings {
                share_path,
                list_limits: procedures.map_or(usual.list_limits, |it| of_lists(it, usual.limits)),
                ..usual
            };
            let portal = Arc::new(P1Portal::new(settings, clock).map_err(setup)?);
            Ok(PortalSides {
                catalogue: procedures.map(|_| Arc::clone(&portal) as Arc<dyn CatalogueSource>),
                portal,
            })
        }
        PortalRoute::Wrapper(route) => {
            let portal = P3Portal::new(wrapper(settings, route)?, clock);
            Ok(only(Arc::new(portal.map_err(setup)?)))
        }
        PortalRoute::NoiHoSo(route) => {
            let portal = P4Portal::new(noi_ho_so(settings, route)?, clock);
            Ok(only(Arc::new(portal.map_err(setup)?)))
        }
    }
}

/// Limits of the lists of the catalogue: nothing is heard while the portal makes them.
fn of_lists(procedures: &Procedures, limits: Limits) -> Limits {
    Limits {
        connect_timeout: limits.connect_timeout,
        read_timeout: procedures.list_time,
        total: procedures.list_time,
        max_body: procedures.answer_size,
    }
}

fn setup(source: SetupError) -> UpstreamError {
    UpstreamError::Setup {
        upstream: UPSTREAM,
        source,
    }
}

fn session(settings: &config::Portal, route: &SessionRoute) -> Result<P1Settings, UpstreamError> {
    let paths = P1Paths {
        login: route.login_path.clone(),
        integration: route.integration_path.clone(),
    };
    Ok(P1Settings {
        ca_bundle: ca_bundle(UPSTREAM, settings.ca_file.as_ref())?,
        limits: settings.limits,
        dstcode: route.dstcode.clone(),
        fields: route.fields,
        session_lifetime: route.session_lifetime,
        mapping: Arc::clone(&settings.mapping),
        ..P1Settings::new(
            base_url(UPSTREAM, settings.base_url.as_str())?,
            paths,
            route.username.clone(),
            route.password.clone(),
            route.agency_code.as_str().to_owned(),
        )
    })
}

fn wrapper(settings: &config::Portal, route: &WrapperRoute) -> Result<P3Settings, UpstreamError> {
    let form = match &route.form {
        WrapperForm::IsUpdating {
            dossier_path,
            agency_code,
        } => P3Form::IsUpdating {
            dossier_path: dossier_path.clone(),
            agency_code: agency_code.clone(),
        },
        WrapperForm::ThreeUrls {
            create_path,
            update_path,
        } => P3Form::ThreeUrls {
            create_path: create_path.clone(),
            update_path: update_path.clone(),
        },
    };
    let base_url = base_url(UPSTREAM, settings.base_url.as_str())?;
    Ok(P3Settings {
        find_path: route.find_path.clone(),
        ca_bundle: ca_bundle(UPSTREAM, settings.ca_file.as_ref())?,
        limits: settings.limits,
        headers: route
            .headers
            .iter()
            .map(|header| (header.name.clone(), header.value.clone()))
            .collect(),
        fields: route.fields,
        mapping: Arc::clone(&settings.mapping),
        ..P3Settings::new(base_url, form, route.steps_path.clone())
    })
}

fn noi_ho_so(settings: &config::Portal, route: &NoiHoSoRoute) -> Result<P4Settings, UpstreamError> {
    let source = |url: &reqwest::Url| base_url("portal.files", url.as_str());
    let sources = route.files.sources.iter().map(source);
    let usual = FileSettings::new(sources.collect::<Result<_, _>>()?);
    let files = FileSettings {
        ca_bundle: ca_bundle("portal.files", route.files.ca_file.as_ref())?,
        limits: Limits {
            total: route.files.time,
            max_body: route.files.size,
            ..usual.limits
        },
        ..usual
    };
    Ok(P4Settings {
        ca_bundle: ca_bundle(UPSTREAM, settings.ca_file.as_ref())?,
        limits: settings.limits,
        number_by: route.number_by,
        mapping: Arc::clone(&settings.mapping),
        ..P4Settings::new(
            base_url(UPSTREAM, settings.base_url.as_str())?,
            route.paths.clone(),
            route.client_id.clone(),
            route.client_secret.clone(),
            files,
        )
    })
}
