//! `lienthong sync status` and `sync watch`.
//!
//! What a reader would get wrong: both end with 0 when the gateway told how the sync does,
//! however it does; a script reads the condition from the JSON.

use std::fmt::Write as _;

use lienthong_proto::v1;

use super::super::DONE;
use super::super::failure::Failure;
use super::super::print::{say, say_json, try_say, try_say_json};
use super::super::reopened::Reopened;
use super::super::table::Table;
use super::super::target::{Output, Target};
use super::super::words::{clean, length, moment, or_dash, state};
use crate::client::{Client, call};
use crate::lang::Lang;

/// Shows the health once.
pub(super) async fn show(target: &Target, lang: Lang) -> Result<u8, Failure> {
    let client = target.connect(lang).await?;
    let request = call(v1::GetSyncHealthRequest {});
    let answer = client.sync().get_sync_health(request).await?.into_inner();
    match target.output {
        Output::Json => say_json("GetSyncHealthResponse", &answer)?,
        Output::Table => say(&sheet(&answer.health.unwrap_or_default(), lang)),
    }
    Ok(DONE)
}

/// Shows it until the user or the reader of our output ends it, or the gateway stays away.
pub(super) async fn watch(
    target: &Target,
    interval: Option<prost_types::Duration>,
    lang: Lang,
) -> Result<u8, Failure> {
    let open = |client: Client| async move {
        let request = v1::WatchSyncHealthRequest { interval };
        client.sync().watch_sync_health(request).await
    };
    let mut healths = Reopened::begin(target, lang, open).await?;
    loop {
        let answer = tokio::select! {
            next = healths.next() => next?,
            _ = tokio::signal::ctrl_c() => return Ok(DONE),
        };
        let is_read = match target.output {
            Output::Json => try_say_json("WatchSyncHealthResponse", &answer)?,
            Output::Table => try_say(&lines(&answer.health.unwrap_or_default(), lang)),
        };
        if !is_read {
            return Ok(DONE);
        }
    }
}

fn condition(condition: v1::Condition, lang: Lang) -> &'static str {
    match condition {
        v1::Condition::Unspecified => "-",
        v1::Condition::Healthy => lang.pick("bình thường", "healthy"),
        v1::Condition::Lagging => lang.pick("chậm", "lagging"),
        v1::Condition::Stalled => lang.pick("dừng", "stalled"),
    }
}

fn breaker(state: v1::BreakerState, lang: Lang) -> &'static str {
    match state {
        v1::BreakerState::Unspecified => "-",
        v1::BreakerState::Closed => lang.pick("đóng: gọi bình thường", "closed: calls go through"),
        v1::BreakerState::Open => lang.pick("mở: tạm ngừng gọi", "open: nothing is called"),
        v1::BreakerState::HalfOpen => lang.pick("đang gọi thử", "half open: being tried"),
    }
}

/// All that is known, one block for each upstream.
fn sheet(health: &v1::SyncHealth, lang: Lang) -> String {
    let mut text = format!(
        "{}: {} ({})",
        lang.pick("Đồng bộ", "Sync"),
        condition(health.condition(), lang),
        moment(health.observed_at.as_ref())
    );
    for upstream in &health.upstreams {
        text.push_str("\n\n");
        text.push_str(&block(upstream, lang));
    }
    text
}

fn block(upstream: &v1::UpstreamHealth, lang: Lang) -> String {
    let mut lines = vec![format!(
        "{} [{}]: {}",
        clean(&upstream.name),
        clean(&upstream.profile),
        condition(upstream.condition(), lang)
    )];
    for reason in &upstream.reasons {
        let message = lang.pick(&reason.message_vi, &reason.message_en);
        lines.push(format!("  ! {} ({})", clean(message), clean(&reason.code)));
    }
    let mut line = |vi, en, what: String| {
        if what != "-" {
            lines.push(format!("  {:<24}{what}", lang.pick(vi, en)));
        }
    };
    line(
        "cầu dao",
        "breaker",
        breaker(upstream.breaker(), lang).to_owned(),
    );
    line(
        "thành công lần cuối",
        "last success",
        moment(upstream.last_success.as_ref()),
    );
    line("chờ lâu nhất", "oldest unsent", oldest(upstream, lang));
    line("tốc độ", "rate", rate(upstream, lang));
    line(
        "gửi hết trong",
        "drained in",
        length(upstream.time_to_drain.as_ref(), lang),
    );
    line("hạn mức", "quota", quota(upstream, lang));
    line(
        "đối soát lần cuối",
        "last reconciliation",
        moment(upstream.last_reconciliation.as_ref()),
    );
    let mut counts = Table::new([
        lang.pick("trạng thái", "state"),
        lang.pick("sự kiện", "events"),
    ]);
    for count in upstream.counts.iter().filter(|count| count.count > 0) {
        counts.row(&[state(count.state(), lang), count.count.to_string()]);
    }
    if !counts.is_empty() {
        lines.extend(counts.to_string().lines().map(|row| format!("  {row}")));
    }
    lines.join("\n")
}

fn oldest(upstream: &v1::UpstreamHealth, lang: Lang) -> String {
    match &upstream.oldest_unsent_age {
        None => "-".to_owned(),
        age => format!(
            "{} ({})",
            length(age.as_ref(), lang),
            or_dash(&clean(&upstream.oldest_unsent_dossier))
        ),
    }
}

fn rate(upstream: &v1::UpstreamHealth, lang: Lang) -> String {
    if upstream.rate_per_minute > 0.0 {
        let unit = lang.pick("sự kiện/phút", "events/min");
        format!("{:.1} {unit}", upstream.rate_per_minute)
    } else {
        "-".to_owned()
    }
}

fn quota(upstream: &v1::UpstreamHealth, lang: Lang) -> String {
    if upstream.quota_limit == 0 {
        return "-".to_owned();
    }
    format!(
        "{}/{}, {} {}",
        upstream.quota_used,
        upstream.quota_limit,
        lang.pick("tính lại lúc", "anew at"),
        moment(upstream.quota_resets_at.as_ref())
    )
}

/// The health on one line for each upstream.
fn lines(health: &v1::SyncHealth, lang: Lang) -> String {
    let line = |upstream: &v1::UpstreamHealth| {
        let unsent: i64 = upstream
            .counts
            .iter()
            .filter(|count| count.state() != v1::SyncState::Accepted)
            .map(|count| count.count)
            .sum();
        let reasons: Vec<String> = upstream
            .reasons
            .iter()
            .map(|reason| clean(&reason.code))
            .collect();
        let mut text = format!(
            "{}  {}  {}",
            moment(health.observed_at.as_ref()),
            clean(&upstream.name),
            condition(upstream.condition(), lang),
        );
        if !upstream.counts.is_empty() {
            let _ = write!(
                text,
                "  {unsent} {}",
                lang.pick("sự kiện chưa gửi", "events unsent")
            );
        }
        if upstream.oldest_unsent_age.is_some() {
            let _ = write!(
                text,
                "  {} {}",
                lang.pick("lâu nhất", "oldest"),
                length(upstream.oldest_unsent_age.as_ref(), lang)
            );
        }
        if !reasons.is_empty() {
            text.push_str("  ");
            text.push_str(&reasons.join(", "));
        }
        text
    };
    let all: Vec<String> = health.upstreams.iter().map(line).collect();
    all.join("\n")
}

#[cfg(test)]
mod tests {
    use lienthong_proto::v1;

    use super::{lines, sheet};
    use crate::lang::Lang;

    fn count(state: v1::SyncState, count: i64) -> v1::StateCount {
        v1::StateCount {
            state: state.into(),
            count,
        }
    }

    fn stalled() -> v1::SyncHealth {
        let moment = |seconds: i64| {
            Some(prost_types::Timestamp {
                seconds: 1_782_864_000 + seconds,
                nanos: 0,
            })
        };
        let portal = v1::UpstreamHealth {
            name: "portal".to_owned(),
            profile: "p2".to_owned(),
            condition: v1::Condition::Stalled.into(),
            reasons: vec![v1::HealthReason {
                code: "NO_SUCCESS".to_owned(),
                message_vi: "Cổng DVCQG không nhận hồ sơ nào.".to_owned(),
                message_en: "The portal has accepted nothing.".to_owned(),
            }],
            counts: vec![
                count(v1::SyncState::Pending, 12),
                count(v1::SyncState::Accepted, 4000),
                count(v1::SyncState::Dead, 0),
            ],
            oldest_unsent_age: Some(prost_types::Duration {
                seconds: 7265,
                nanos: 0,
            }),
            oldest_unsent_dossier: "000.00.00.H00-260701-0001".to_owned(),
            last_success: moment(-7300),
            rate_per_minute: 12.34,
            breaker: v1::BreakerState::Open.into(),
            ..v1::UpstreamHealth::default()
        };
        let population = v1::UpstreamHealth {
            name: "population".to_owned(),
            profile: "soap-lgsp".to_owned(),
            condition: v1::Condition::Healthy.into(),
            quota_limit: 1000,
            quota_used: 7,
            quota_resets_at: moment(3600),
            ..v1::UpstreamHealth::default()
        };
        v1::SyncHealth {
            condition: v1::Condition::Stalled.into(),
            observed_at: moment(0),
            upstreams: vec![portal, population],
        }
    }

    #[test]
    fn a_stalled_sync_shows_why_for_each_upstream() {
        insta::assert_snapshot!(sheet(&stalled(), Lang::Vi));
    }

    #[test]
    fn a_watched_sync_takes_one_line_for_each_upstream() {
        insta::assert_snapshot!(lines(&stalled(), Lang::En));
    }
}
