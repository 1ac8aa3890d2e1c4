//! Figures that a gateway shows to machines.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use http::Method;

use crate::wire::http1;

/// The sum of the samples whose series begins with `series`
/// (`lienthong_lookups_total{question="VERIFY"`); zero when there is none.
///
/// # Errors
/// When the console does not answer, or the sample is no whole number.
pub async fn figure(console: SocketAddr, series: &str) -> Result<u64> {
    let answer = http1(console, Method::GET, "/metrics", &[], "").await?;
    ensure!(answer.http.is_success(), "HTTP {}", answer.http);
    let text = String::from_utf8(answer.body.to_vec())?;
    let mut sum = 0;
    for line in text.lines().filter(|line| line.starts_with(series)) {
        if let Some((_, value)) = line.rsplit_once(' ') {
            sum += value.parse::<u64>()?;
        }
    }
    Ok(sum)
}
