//! The profiles of the population database, set up against the mock's own paths.
//!
//! What a reader would get wrong: a profile takes the place of the whole section
//! `[population]` of the file, so it has to be laid over it before any single setting.

use crate::settings::Settings;

/// How the population database is spoken to (population.md 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Raw SOAP through a provincial platform.
    SoapLgsp,
    /// Raw SOAP at the ministry's bus.
    SoapEsb,
    /// JSON with the whole SOAP text in it.
    JsonWrapXml,
    /// The record as JSON.
    JsonFlat,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 4] = [
        Self::SoapLgsp,
        Self::SoapEsb,
        Self::JsonWrapXml,
        Self::JsonFlat,
    ];

    /// Name in the configuration, in answers and in the mock's journal.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SoapLgsp => "soap-lgsp",
            Self::SoapEsb => "soap-esb",
            Self::JsonWrapXml => "json-wrap-xml",
            Self::JsonFlat => "json-flat",
        }
    }

    /// Whether 033, household and relatives have been seen on it besides the look-up.
    #[must_use]
    pub fn is_soap(self) -> bool {
        match self {
            Self::SoapLgsp | Self::SoapEsb => true,
            Self::JsonWrapXml | Self::JsonFlat => false,
        }
    }

    /// Whether a token is fetched before the first look-up.
    #[must_use]
    pub fn has_token_call(self) -> bool {
        match self {
            Self::SoapLgsp | Self::JsonFlat => true,
            Self::SoapEsb | Self::JsonWrapXml => false,
        }
    }

    /// `[population]` as one TOML value. The upstream's address goes over it.
    fn section(self) -> &'static str {
        match self {
            Self::SoapLgsp => {
                "{ profile = 'soap-lgsp', ca_file = 'pki/ca.pem', token_path = '/token', \
                 operations = ['look-up', 'confirm', 'household', 'relatives'], \
                 lookup_path = '/tracuu', confirm_path = '/xacthuc', \
                 household_path = '/hogiadinh', household_code = '999', \
                 relatives_path = '/nhanthan', relatives_code = '999', \
                 credential = { access_key = 'demoAK', secret_key = 'demoSK', \
                 app_name = 'demoApp', partner_code = '000.00.00.H99', \
                 partner_code_cus = '000.00.00.H99' }, \
                 shared_officer = { key_name = 'canbo_demo', key_pass = 'demo-only' } }"
            }
            Self::SoapEsb => {
                "{ profile = 'soap-esb', ca_file = 'pki/ca.pem', \
                 operations = ['look-up', 'confirm', 'household', 'relatives'], \
                 lookup_path = '/esb/dancu/tracuu', confirm_path = '/esb/dancu/xacthuc', \
                 household_path = '/esb/dancu/hogiadinh', household_code = '999', \
                 relatives_path = '/esb/dancu/nhanthan', relatives_code = '999', \
                 esb = { user_name = 'demo_user', secret_key = 'demo_secret', \
                 service_url = '/dancu/tracuu', confirm_service_url = '/dancu/xacthuc', \
                 household_service_url = '/dancu/hogiadinh', \
                 relatives_service_url = '/dancu/nhanthan' } }"
            }
            Self::JsonWrapXml => {
                "{ profile = 'json-wrap-xml', ca_file = 'pki/ca.pem', \
                 operations = ['look-up'], \
                 lookup_path = '/apiCSDLDanCu/ChiaSeThongTinCongDan', \
                 shared_officer = { code = 'VPUB_H99' } }"
            }
            Self::JsonFlat => {
                "{ profile = 'json-flat', ca_file = 'pki/ca.pem', operations = ['look-up'], \
                 lookup_path = '/api/v1/dancu/tracuu', \
                 token_path = '/api/v1/Authentication/Token', service_user = 'STTTT_H99', \
                 auth_header = { auth = 'demo-auth' } }"
            }
        }
    }
}

impl Settings {
    /// The usual settings with this profile of the population database.
    #[must_use]
    pub fn for_profile(profile: Profile) -> Self {
        Self::default().with("population", profile.section())
    }

    /// Limits under which a failure of the population database is over within seconds and
    /// leaves nothing behind: the breaker stays closed, or closes again at once.
    #[must_use]
    pub fn with_short_look_ups(self) -> Self {
        self.with("population.limits.connect", "1s")
            .with("population.limits.read", "1s")
            .with("population.limits.total", "1500ms")
            .with("population.breaker.failures", "1000")
            .with("population.breaker.pause", "50ms")
            .with("population.breaker.refused_pause", "50ms")
            .with("population.breaker.longest_pause", "50ms")
    }
}
