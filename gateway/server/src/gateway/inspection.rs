//! Looks at what a configuration describes without serving anything.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use lienthong_core::clock::Clock;
use thiserror::Error as ThisError;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::{entrance, upstreams};
use crate::config::Config;

/// Time for one connection.
const CONNECT: Duration = Duration::from_secs(3);

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

#[derive(Debug, ThisError)]
enum Unreachable {
    #[error("no answer within {} s", CONNECT.as_secs())]
    TimedOut,
    #[error("no connection")]
    Refused(#[from] std::io::Error),
}

/// Looks at the certificate and the upstreams; at connections only unless `offline`.
pub(crate) async fn inspect(config: &Config, clock: Arc<dyn Clock>, offline: bool) -> Vec<Finding> {
    let mut findings = vec![
        local(
            "[listen.certificate]",
            entrance::certificate(&config.listen),
            "Kiểm tra chain_file, key_file và client_ca_file.",
            "Check chain_file, key_file and client_ca_file.",
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
    if !offline {
        findings.push(reach("[population] base_url", &config.population.base_url).await);
        findings.push(reach("[portal] base_url", &config.portal.base_url).await);
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

async fn reach(what: &str, url: &reqwest::Url) -> Finding {
    let what = what.to_owned();
    let host = url
        .host_str()
        .unwrap_or_default()
        .trim_matches(['[', ']'])
        .to_owned();
    let port = url.port_or_known_default().unwrap_or(443);
    let result = match timeout(CONNECT, TcpStream::connect((host, port))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(Unreachable::Refused(error)),
        Err(_) => Err(Unreachable::TimedOut),
    };
    match result {
        Ok(()) => Finding::Good { what },
        Err(error) => Finding::Upstream(Trouble {
            what,
            error: Box::new(error),
            advice_vi: "Kiểm tra địa chỉ, tường lửa và danh sách IP được phép của trục kết nối.",
            advice_en: "Check the address, the firewall and the bus's list of allowed addresses.",
        }),
    }
}
