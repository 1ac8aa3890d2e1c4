//! Sync states and health in the words of the contract.

use jiff::SignedDuration;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::health::{Condition, HealthReason, SyncHealth};
use lienthong_core::sync::state::SyncState;
use lienthong_proto::v1;

use super::{to_duration, to_timestamp};

pub(crate) fn state(state: SyncState) -> v1::SyncState {
    match state {
        SyncState::Pending => v1::SyncState::Pending,
        SyncState::Sending => v1::SyncState::Sending,
        SyncState::Accepted => v1::SyncState::Accepted,
        SyncState::Unknown => v1::SyncState::Unknown,
        SyncState::Waiting => v1::SyncState::Waiting,
        SyncState::Refused => v1::SyncState::Refused,
        SyncState::Dead => v1::SyncState::Dead,
        SyncState::Blocked => v1::SyncState::Blocked,
    }
}

pub(crate) fn cause(cause: Cause) -> v1::Cause {
    match cause {
        Cause::Session => v1::Cause::Session,
        Cause::MappingMissing => v1::Cause::MappingMissing,
        Cause::FieldRejected => v1::Cause::FieldRejected,
        Cause::DuplicateNumber => v1::Cause::DuplicateNumber,
        Cause::DossierNotFound => v1::Cause::DossierNotFound,
        Cause::UpstreamTimeout => v1::Cause::UpstreamTimeout,
        Cause::UpstreamUnavailable => v1::Cause::UpstreamUnavailable,
        Cause::UpstreamThrottled => v1::Cause::UpstreamThrottled,
        Cause::UpstreamNonsense => v1::Cause::UpstreamNonsense,
        Cause::Certificate => v1::Cause::Certificate,
        Cause::UnknownText => v1::Cause::UnknownText,
        Cause::Interrupted => v1::Cause::Interrupted,
    }
}

/// The health of the one portal, as the list of upstreams that the contract has.
pub(crate) fn health(health: &SyncHealth, profile: &str) -> v1::SyncHealth {
    let condition = condition(health.condition).into();
    let portal = v1::UpstreamHealth {
        name: "portal".to_owned(),
        profile: profile.to_owned(),
        condition,
        reasons: health.reasons.iter().map(reason).collect(),
        counts: SyncState::ALL
            .into_iter()
            .map(|each| v1::StateCount {
                state: state(each).into(),
                count: health
                    .facts
                    .counts
                    .get(&each)
                    .map_or(0, |count| i64::try_from(*count).unwrap_or(i64::MAX)),
            })
            .collect(),
        oldest_unsent_age: health.oldest_unsent_age.map(to_duration),
        oldest_unsent_dossier: health
            .facts
            .oldest_unsent
            .as_ref()
            .map(|oldest| oldest.dossier.as_str().to_owned())
            .unwrap_or_default(),
        last_success: health.facts.last_success.map(to_timestamp),
        ..v1::UpstreamHealth::default()
    };
    v1::SyncHealth {
        condition,
        observed_at: Some(to_timestamp(health.observed_at)),
        upstreams: vec![portal],
    }
}

fn condition(condition: Condition) -> v1::Condition {
    match condition {
        Condition::Healthy => v1::Condition::Healthy,
        Condition::Lagging => v1::Condition::Lagging,
        Condition::Stalled => v1::Condition::Stalled,
    }
}

fn reason(reason: &HealthReason) -> v1::HealthReason {
    let (message_vi, message_en) = match reason {
        HealthReason::Store => (
            "Outbox không ghi được (hết dung lượng hoặc không có quyền ghi?); không nhận hồ sơ mới."
                .to_owned(),
            "The outbox cannot be written (disk full or not permitted?); nothing new is taken."
                .to_owned(),
        ),
        HealthReason::OldestUnsent { age, dossier } => (
            format!(
                "Hồ sơ {dossier} chờ đồng bộ đã {}.",
                spoken(*age, "giờ", "phút", "giây")
            ),
            format!(
                "Dossier {dossier} has waited for {}.",
                spoken(*age, "h", "min", "s")
            ),
        ),
        HealthReason::NoSuccess { since: Some(since) } => (
            format!("Cổng DVCQG không nhận hồ sơ nào từ {since}."),
            format!("The portal has accepted nothing since {since}."),
        ),
        HealthReason::NoSuccess { since: None } => (
            "Cổng DVCQG chưa từng nhận hồ sơ nào.".to_owned(),
            "The portal has never accepted anything.".to_owned(),
        ),
        HealthReason::Failing { cause } => {
            (cause.advice_vi().to_owned(), cause.advice_en().to_owned())
        }
        HealthReason::Refused { events } => (
            format!("{events} sự kiện bị cổng từ chối, cần người xử lý."),
            format!("{events} event(s) refused by the portal need a person."),
        ),
        HealthReason::Dead { events } => (
            format!("{events} sự kiện đã hết lịch gửi lại, cần người xử lý."),
            format!("{events} event(s) ran out of attempts and need a person."),
        ),
    };
    v1::HealthReason {
        code: reason.code().to_owned(),
        message_vi,
        message_en,
    }
}

fn spoken(age: SignedDuration, hours: &str, minutes: &str, seconds: &str) -> String {
    let total = age.as_secs().max(0);
    match (total / 3600, total / 60 % 60, total % 60) {
        (0, 0, s) => format!("{s} {seconds}"),
        (0, m, _) => format!("{m} {minutes}"),
        (h, m, _) => format!("{h} {hours} {m} {minutes}"),
    }
}
