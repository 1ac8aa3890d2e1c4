//! What the simulated government side is told before it starts.
//!
//! What a reader would get wrong: the defaults are documented demo credentials, the same in every
//! copy of this program. They open nothing but these mocks.

mod population;
mod portal;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use thiserror::Error;

pub use population::{
    EsbService, EsbSettings, JsonFlatSettings, JsonWrapSettings, LgspAccess, LgspApplication,
    NgspSettings, OfficerKey, PopulationSettings, TimestampUnit, UnitElement, WrapAccess,
};
pub use portal::{
    LookupAnswer, NoiHoSoSettings, PortalGeneration, PortalSettings, WrapperSettings,
};

/// Most citizens that can be generated: the last six digits of their numbers must stay unique.
const MOST_CITIZENS: usize = 400_000;

/// Everything that [`crate::Mocks::start`] needs.
#[derive(Debug, Clone)]
pub struct MocksConfig {
    /// Where the population database listens. Port 0 takes a free one.
    pub population: SocketAddr,
    /// Where the portal listens. Port 0 takes a free one.
    pub portal: SocketAddr,
    /// Where the control API listens, always plain HTTP. Port 0 takes a free one.
    pub control: SocketAddr,
    /// Serves population and portal over TLS when given; plain HTTP otherwise.
    pub tls: Option<TlsFiles>,
    /// Seed of the generated citizens: the same seed gives the same people.
    pub seed: u64,
    /// Citizens generated beyond the fixed awkward ones. At most 400 000.
    pub citizens: usize,
    /// The population database's side of the agreement.
    pub population_settings: PopulationSettings,
    /// The portal's side of the agreement.
    pub portal_settings: PortalSettings,
}

impl Default for MocksConfig {
    /// Loopback ports 9101 (population), 9102 (portal), 9100 (control), no TLS, seed 1,
    /// 40 generated citizens, demo credentials.
    fn default() -> Self {
        let loopback = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        Self {
            population: loopback(9101),
            portal: loopback(9102),
            control: loopback(9100),
            tls: None,
            seed: 1,
            citizens: 40,
            population_settings: PopulationSettings::default(),
            portal_settings: PortalSettings::default(),
        }
    }
}

impl MocksConfig {
    /// The defaults on free loopback ports, so that several can run side by side.
    #[must_use]
    pub fn on_free_ports() -> Self {
        let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            population: free,
            portal: free,
            control: free,
            ..Self::default()
        }
    }

    /// Every problem at once, in words.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.citizens > MOST_CITIZENS {
            problems.push(format!("citizens: at most {MOST_CITIZENS}"));
        }
        let portal = &self.portal_settings;
        problems.extend(path_problems(
            "population",
            &self.population_settings.paths(),
        ));
        problems.extend(path_problems(
            "portal",
            &[
                ("login_path", &portal.login_path),
                ("call_path", &portal.call_path),
            ],
        ));
        let taken = ["/api/SynsTTHCC/", "/motcua/", "/dvcsync/"];
        for (name, path) in [
            ("login_path", &portal.login_path),
            ("call_path", &portal.call_path),
        ] {
            if taken.iter().any(|prefix| path.starts_with(prefix)) {
                problems.push(format!("portal {name}: is an address of P3 or P4"));
            }
        }
        if let Err(problem) = self.population_settings.answer_shape.check() {
            problems.push(format!("population answer_shape: {problem}"));
        }
        if portal.most_steps_per_call == 0 {
            problems.push("portal most_steps_per_call: at least 1".to_owned());
        }
        problems
    }
}

/// Paths of one server that are not literal or that stand twice.
fn path_problems(server: &str, paths: &[(&str, &String)]) -> Vec<String> {
    let mut problems = Vec::new();
    for (index, (name, path)) in paths.iter().enumerate() {
        if !path.starts_with('/') || path.contains(['{', '}', '*', '?', '#', ':']) {
            problems.push(format!(
                "{server} {name}: must start with / and be a literal path"
            ));
        }
        let mut later = paths.iter().skip(index + 1);
        if later.any(|(_, other)| other == path) {
            problems.push(format!("{server} {name}: is used twice"));
        }
    }
    problems
}

/// Certificate and key of the two government servers, as PEM text.
#[derive(Clone)]
pub struct TlsFiles {
    /// PEM of the server certificate, followed by its intermediates.
    pub certificate_chain: String,
    /// PEM of the private key.
    pub private_key: String,
}

impl fmt::Debug for TlsFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsFiles").finish_non_exhaustive()
    }
}

/// Why the government side could not start.
#[derive(Debug, Error)]
pub enum MocksError {
    /// The configuration contradicts itself; every problem is listed.
    #[error("the mocks' configuration is wrong: {}", problems.join("; "))]
    Config {
        /// One sentence a problem.
        problems: Vec<String>,
    },
    /// An address could not be listened on.
    #[error("the {server} mock cannot listen on {address}")]
    Listen {
        /// `population`, `portal` or `control`.
        server: &'static str,
        /// The address asked for.
        address: SocketAddr,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The certificate chain or the key is not readable as PEM.
    #[error("the mocks' {part} is not valid PEM")]
    Pem {
        /// `certificate chain` or `private key`.
        part: &'static str,
    },
    /// Certificate and key do not make a TLS server.
    #[error("the mocks' certificate and key do not fit")]
    Tls(#[source] rustls::Error),
}
