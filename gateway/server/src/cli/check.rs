//! `lienthong check`: what is wrong with a configuration, and what to do about it.

use std::path::Path;

use lienthong_core::clock::Clock;

use super::print::{chain, complain, say};
use super::{BAD_CONFIG, DONE, FAILED, UPSTREAM_UNAVAILABLE};
use crate::clock::SystemClock;
use crate::gateway::{Finding, Trouble, inspect};
use crate::lang::Lang;

/// Checks `config`; without `offline` also the connections to the upstreams.
pub(super) async fn run(
    config: &Path,
    offline: bool,
    environment: Vec<(String, String)>,
    lang: Lang,
) -> u8 {
    let config = match crate::config::load(config, environment) {
        Ok(config) => config,
        Err(problems) => {
            complain(&problems.to_string());
            return BAD_CONFIG;
        }
    };
    say(&config.describe().to_string());
    let clock: std::sync::Arc<dyn Clock> = std::sync::Arc::new(SystemClock);
    let mut code = DONE;
    for finding in inspect(&config, clock, offline).await {
        match finding {
            Finding::Good { what } => say(&format!("✔ {what}")),
            Finding::Local(trouble) => {
                tell(&trouble, lang);
                code = code.max(FAILED);
            }
            Finding::Upstream(trouble) => {
                tell(&trouble, lang);
                code = code.max(UPSTREAM_UNAVAILABLE);
            }
        }
    }
    code
}

fn tell(trouble: &Trouble, lang: Lang) {
    let advice = lang.pick(trouble.advice_vi, trouble.advice_en);
    say(&format!(
        "✘ {}: {}\n    → {advice}",
        trouble.what,
        chain(trouble.error.as_ref())
    ));
}
