//! `lienthong mocks`: the government side alone.

use std::path::Path;

use lienthong_mocks::{Mocks, MocksConfig, TlsFiles};
use serde_json::json;

use super::print::{chain, complain, say};
use super::serve::{StopSignals, write_ready_file};
use super::{DONE, FAILED, MocksArguments};
use crate::lang::Lang;

/// Serves the mocks until SIGTERM or SIGINT.
pub(super) async fn run(arguments: MocksArguments, lang: Lang) -> u8 {
    let tls = match arguments.pki.as_deref().map(tls_files).transpose() {
        Ok(tls) => tls,
        Err(error) => {
            complain(&format!("the keys cannot be read: {error}"));
            return FAILED;
        }
    };
    let config = MocksConfig {
        population: arguments.population,
        portal: arguments.portal,
        control: arguments.control,
        seed: arguments.seed,
        citizens: arguments.citizens,
        tls,
        ..MocksConfig::default()
    };
    let mut signals = match StopSignals::listen() {
        Ok(signals) => signals,
        Err(error) => {
            complain(&format!("signals cannot be heard: {error}"));
            return FAILED;
        }
    };
    let mocks = match Mocks::start(config).await {
        Ok(mocks) => mocks,
        Err(error) => {
            complain(&chain(&error));
            return FAILED;
        }
    };
    announce(&mocks, lang);
    if let Some(path) = &arguments.ready_file {
        let ready = json!({
            "mock_population": mocks.population_addr().to_string(),
            "mock_portal": mocks.portal_addr().to_string(),
            "mock_control": mocks.control_addr().to_string(),
            "pid": std::process::id(),
        });
        if let Err(error) = write_ready_file(path, &ready) {
            complain(&format!("{} cannot be written: {error}", path.display()));
            return FAILED;
        }
    }
    signals.next().await;
    mocks.shutdown().await;
    DONE
}

fn announce(mocks: &Mocks, lang: Lang) {
    say(lang.pick(
        "Phía nhà nước (giả lập):",
        "The government side (simulated):",
    ));
    say(&format!(
        "  {:<28} {}",
        lang.pick("CSDL dân cư", "population"),
        mocks.population_url()
    ));
    say(&format!(
        "  {:<28} {}",
        lang.pick("Cổng DVCQG", "portal"),
        mocks.portal_url()
    ));
    say(&format!(
        "  {:<28} {}",
        lang.pick("điều khiển", "control"),
        mocks.control_url()
    ));
}

/// Certificate and key for the mocks out of a folder of `pki dev`.
fn tls_files(dir: &Path) -> std::io::Result<TlsFiles> {
    Ok(TlsFiles {
        certificate_chain: std::fs::read_to_string(dir.join("mocks.pem"))?,
        private_key: std::fs::read_to_string(dir.join("mocks.key"))?,
    })
}
