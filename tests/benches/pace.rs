//! Calls at a fixed rate, whether the ones before have been answered or not.
//!
//! What a reader would get wrong: a call's time counts from the moment at which it was due.
//! A server that stalls therefore pays for everybody whom it kept waiting.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::figures::Sample;

/// The timer of the runtime counts in milliseconds; the rest is waited for by a thread.
const SPIN: Duration = Duration::from_micros(150);

/// Makes `count` calls, `rate` a second.
///
/// # Errors
/// The first call that failed.
pub(crate) async fn open_loop<F, Fut>(rate: u32, count: u32, call: F) -> Result<Sample>
where
    F: Fn(u32) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<()>> + Send + 'static,
{
    let call = Arc::new(call);
    let (due, mut ticks) = mpsc::channel::<Instant>(1024);
    let pacing = std::thread::spawn(move || {
        let start = Instant::now() + Duration::from_millis(20);
        for number in 0..count {
            let moment = start + Duration::from_secs(1) * number / rate;
            let left = moment.saturating_duration_since(Instant::now());
            std::thread::sleep(left.saturating_sub(SPIN));
            while Instant::now() < moment {
                std::hint::spin_loop();
            }
            if due.blocking_send(moment).is_err() {
                return;
            }
        }
    });
    let mut calls = JoinSet::new();
    let mut number = 0;
    while let Some(moment) = ticks.recv().await {
        let call = Arc::clone(&call);
        calls.spawn(async move {
            call(number).await?;
            anyhow::Ok(moment.elapsed())
        });
        number += 1;
    }
    let mut durations = Vec::with_capacity(count as usize);
    while let Some(done) = calls.join_next().await {
        durations.push(done??);
    }
    pacing.join().ok().context("the pace was lost")?;
    Ok(Sample::of(durations))
}

/// Makes calls for `time`, `in_flight` at once, and tells how many a second were answered.
///
/// # Errors
/// The first call that failed.
pub(crate) async fn closed_loop<F, Fut>(in_flight: u32, time: Duration, call: F) -> Result<f64>
where
    F: Fn(u32) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<()>> + Send + 'static,
{
    let call = Arc::new(call);
    let start = Instant::now();
    let end = start + time;
    let mut callers = JoinSet::new();
    for caller in 0..in_flight {
        let call = Arc::clone(&call);
        callers.spawn(async move {
            let mut answered = 0_u32;
            while Instant::now() < end {
                call(caller).await?;
                answered += 1;
            }
            anyhow::Ok(answered)
        });
    }
    let mut answered = 0.0;
    while let Some(done) = callers.join_next().await {
        answered += f64::from(done??);
    }
    Ok(answered / start.elapsed().as_secs_f64())
}
