//! The profile `soap-lgsp`: raw SOAP through a provincial bus (LGSP) with the headers
//! `lgspaccesstoken` and `AuthHash` (population.md 8, 9.3).
//!
//! An officer needs a credential of their own there, and a look-up for one without is
//! refused before anything is sent.

use super::settings::{RouteSettings, WireDateFormat};
use super::soap::SoapSettings;

impl SoapSettings {
    /// The settings of the profile `soap-lgsp` as OpenCPS v2 uses it (population.md 8).
    /// The route's access is normally [`AccessRecipe::Lgsp`](super::AccessRecipe::Lgsp).
    #[must_use]
    pub fn lgsp(route: RouteSettings) -> Self {
        Self::new("soap-lgsp", route, WireDateFormat::Hyphens)
    }
}
