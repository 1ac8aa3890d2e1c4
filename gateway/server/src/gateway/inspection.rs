//! Looks at what a configuration describes without serving anything.

mod database;
mod outbox;
mod reach;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use lienthong_core::clock::Clock;
use reqwest::Url;

use super::{entrance, upstreams};
use crate::config::{Config, PortalRoute};
use database::writable;
pub(crate) use outbox::advice as postgres_advice;
use reach::reach;

/// One thing that was looked at.
pub(crate) enum Finding {
    /// It is in order.
    Good {
        /// What was looked at.
        what: String,
    },
    /// Something on this machine is wrong.
    Local(Trouble),
    /// An upstream cannot be reached.
    Upstream(Trouble),
}

/// What is wrong, and what to do about it.
pub(crate) struct Trouble {
    pub(crate) what: String,
    pub(crate) error: Box<dyn Error + Send + Sync>,
    /// In Vietnamese.
    pub(crate) advice_vi: &'static str,
    /// In English.
    pub(crate) advice_en: &'static str,
}

/// Looks at the certificate, the folders of the databases and the upstreams; connects to these
/// unless `offline`. Nothing is made and no request is sent.
pub(crate) async fn inspect(config: &Config, clock: Arc<dyn Clock>, offline: bool) -> Vec<Finding> {
    let mut findings = vec![
        local(
            "[listen.certificate]",
            entrance::certificate(&config.listen),
            "Kiểm tra chain_file, key_file và client_ca_file.",
            "Check chain_file, key_file and client_ca_file.",
        ),
        local(
            "[audit] database",
            writable(&config.audit.database),
            "Tạo thư mục chứa database và cấp quyền ghi cho tài khoản chạy lienthong: không ghi \
             được nhật ký khai thác thì không tra cứu được.",
            "Make the folder of database and let the account that runs lienthong write there: \
             without the record of look-ups there are no look-ups.",
        ),
        local(
            "[population]",
            upstreams::population(&config.population, Arc::clone(&clock)),
            "Kiểm tra base_url, ca_file và tài khoản trong [population].",
            "Check base_url, ca_file and the credentials of [population].",
        ),
        local(
            "[portal]",
            upstreams::portal(&config.portal, clock),
            "Kiểm tra base_url, ca_file và tài khoản trong [portal].",
            "Check base_url, ca_file and the credentials of [portal].",
        ),
    ];
    findings.extend(outbox::inspect(&config.sync.store, offline).await);
    if !offline {
        let (population, portal) = (&config.population, &config.portal);
        findings.push(
            upstream(
                "[population] base_url",
                &population.base_url,
                population.ca_file.as_ref(),
            )
            .await,
        );
        findings.push(
            upstream(
                "[portal] base_url",
                &portal.base_url,
                portal.ca_file.as_ref(),
            )
            .await,
        );
        if let PortalRoute::NoiHoSo(route) = &portal.route {
            let files = &route.files;
            for (index, source) in files.sources.iter().enumerate() {
                let what = format!("[portal.files] sources[{index}]");
                findings.push(upstream(&what, source, files.ca_file.as_ref()).await);
            }
        }
    }
    findings
}

fn local<T, E: Error + Send + Sync + 'static>(
    what: &str,
    result: Result<T, E>,
    advice_vi: &'static str,
    advice_en: &'static str,
) -> Finding {
    let what = what.to_owned();
    match result {
        Ok(_) => Finding::Good { what },
        Err(error) => Finding::Local(Trouble {
            what,
            error: Box::new(error),
            advice_vi,
            advice_en,
        }),
    }
}

async fn upstream(what: &str, url: &Url, ca_file: Option<&PathBuf>) -> Finding {
    let what = what.to_owned();
    match reach(url, ca_file.map(PathBuf::as_path)).await {
        Ok(()) => Finding::Good { what },
        Err(error) => {
            let (advice_vi, advice_en) = error.advice();
            Finding::Upstream(Trouble {
                what,
                error: Box::new(error),
                advice_vi,
                advice_en,
            })
        }
    }
}
