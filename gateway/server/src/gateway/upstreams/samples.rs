//! Configurations for tests, with upstreams on this machine that nobody listens at.

use std::path::Path;

use crate::config::{self, Config};

const REST: &str = r#"
[listen]
plain = "127.0.0.1:0"
plain_client = "igate"
console = "127.0.0.1:0"

[[clients]]
name = "igate"

[audit]
hash_key = "for-tests-only-for-tests-only-for-tests-only"
"#;

const SESSION_PORTAL: &str = r#"
profile = "p2"
login_path = "/login"
integration_path = "/g"
username = "h99"
password = "demo-only"
agency_code = "000.00.00.H99"
"#;

/// The profile `soap-lgsp` with two operations.
pub(crate) const SOAP_LGSP: &str = r#"
profile = "soap-lgsp"
operations = ["look-up", "household"]
lookup_path = "/tracuu"
household_path = "/hogiadinh"
household_code = "999"
token_path = "/token"
[population.credential]
access_key = "demoAK"
secret_key = "demoSK"
app_name = "demoApp"
partner_code = "000.00.00.H99"
partner_code_cus = "000.00.00.H99"
[[population.officers]]
officer = "CB01"
key_name = "canbo_demo"
key_pass = "demo-only"
"#;

/// A configuration with this `[population]`, and its files in `folder`.
pub(crate) fn config(folder: &Path, population: &str) -> Config {
    config_at(folder, "http://127.0.0.1:9", population)
}

/// The same with the database at `base_url`.
pub(crate) fn config_at(folder: &Path, base_url: &str, population: &str) -> Config {
    let portal = format!("base_url = \"http://127.0.0.1:9\"\n{SESSION_PORTAL}");
    let population = format!("base_url = \"{base_url}\"\n{population}");
    load(folder, &portal, &population)
}

/// The same with the usual database and this `[portal]` at `base_url`.
pub(crate) fn config_with_portal(folder: &Path, base_url: &str, portal: &str) -> Config {
    let portal = format!("base_url = \"{base_url}\"\n{portal}");
    let population = format!("base_url = \"http://127.0.0.1:9\"\n{SOAP_LGSP}");
    load(folder, &portal, &population)
}

fn load(folder: &Path, portal: &str, population: &str) -> Config {
    let path = folder.join("lienthong.toml");
    let text = format!("{REST}\n[portal]\n{portal}\n[population]\n{population}");
    std::fs::write(&path, text).unwrap();
    config::load(&path, []).unwrap_or_else(|problems| panic!("{problems}"))
}
