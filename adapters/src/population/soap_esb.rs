//! The profile `soap-esb`: raw SOAP at the ESB of the ministry or over VDXP, with a time
//! stamp and a hash in each request (population.md 8, 9.4).
//!
//! It speaks as `soap-lgsp` does but writes dates without hyphens. A 401 there is a clock
//! or a hashed path that is wrong, so it is never tried again.

use super::settings::{RouteSettings, WireDateFormat};
use super::soap::SoapSettings;

impl SoapSettings {
    /// The settings of the profile `soap-esb` (population.md 8). The route's access is
    /// normally [`AccessRecipe::Esb`](super::AccessRecipe::Esb).
    #[must_use]
    pub fn esb(route: RouteSettings) -> Self {
        Self::new("soap-esb", route, WireDateFormat::Compact)
    }
}
