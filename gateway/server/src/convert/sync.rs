//! Sync states and health in the words of the contract.

use jiff::{SignedDuration, Timestamp};
use lienthong_core::guard::status::{BreakerState, GuardReason, GuardStatus, assess};
use lienthong_core::ports::operations::OperationId;
use lienthong_core::sync::cause::Cause;
use lienthong_core::sync::health::{Condition, HealthReason, SyncHealth};
use lienthong_core::sync::operation_failure::OperationFailure;
use lienthong_core::sync::state::SyncState;
use lienthong_core::wire_time::viet_nam;
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
        Cause::AccessDenied => v1::Cause::AccessDenied,
        Cause::FileUnreachable => v1::Cause::FileUnreachable,
        Cause::CannotBeAsked => v1::Cause::CannotBeAsked,
        Cause::Interrupted => v1::Cause::Interrupted,
        Cause::StoredUnreadable => v1::Cause::StoredContentUnreadable,
    }
}

/// The health of `upstreams` as a whole: the worst of theirs.
pub(crate) fn health(
    observed_at: Timestamp,
    upstreams: Vec<(Condition, v1::UpstreamHealth)>,
) -> v1::SyncHealth {
    let worst = upstreams.iter().map(|(condition, _)| *condition).max();
    v1::SyncHealth {
        condition: condition(worst.unwrap_or(Condition::Healthy)).into(),
        observed_at: Some(to_timestamp(observed_at)),
        upstreams: upstreams.into_iter().map(|(_, health)| health).collect(),
    }
}

/// The health of the portal.
pub(crate) fn portal(health: &SyncHealth, profile: &str) -> (Condition, v1::UpstreamHealth) {
    let portal = v1::UpstreamHealth {
        name: "portal".to_owned(),
        profile: profile.to_owned(),
        condition: condition(health.condition).into(),
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
        rate_per_minute: health.pace.per_minute(),
        time_to_drain: health.time_to_drain().map(to_duration),
        breaker: health.breaker.map_or(0, |state| breaker(state).into()),
        last_reconciliation: health.comparison.finished_at.map(to_timestamp),
        ..v1::UpstreamHealth::default()
    };
    (health.condition, portal)
}

/// The health of the population database, as the guard in front of it judges.
pub(crate) fn population(status: &GuardStatus, profile: &str) -> (Condition, v1::UpstreamHealth) {
    let (judged, reasons) = assess(status);
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let population = v1::UpstreamHealth {
        name: "population".to_owned(),
        profile: profile.to_owned(),
        condition: condition(judged).into(),
        reasons: reasons.iter().map(guard_reason).collect(),
        last_success: status.last_success.map(to_timestamp),
        breaker: breaker(status.breaker).into(),
        quota_limit: status.quota.map_or(0, |quota| whole(quota.limit)),
        quota_used: status.quota.map_or(0, |quota| whole(quota.used)),
        quota_resets_at: status.quota.map(|quota| to_timestamp(quota.resets_at)),
        ..v1::UpstreamHealth::default()
    };
    (judged, population)
}

fn breaker(state: BreakerState) -> v1::BreakerState {
    match state {
        BreakerState::Closed => v1::BreakerState::Closed,
        BreakerState::Open { .. } => v1::BreakerState::Open,
        BreakerState::HalfOpen => v1::BreakerState::HalfOpen,
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
            format!("Cổng DVCQG không nhận hồ sơ nào từ {}.", local(*since)),
            format!("The portal has accepted nothing since {}.", local(*since)),
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
        HealthReason::BreakerOpen { until } => (
            format!("Cổng DVCQG vừa lỗi liên tiếp; tạm ngừng gửi đến {}, hồ sơ chờ và không mất lượt gửi.", local(*until)),
            format!("The portal failed repeatedly and is left alone until {}; dossiers wait and lose no attempt.", local(*until)),
        ),
        HealthReason::BreakerHalfOpen => (
            "Cổng DVCQG vừa lỗi liên tiếp; đang gửi thử lại.".to_owned(),
            "The portal failed repeatedly and is being tried again.".to_owned(),
        ),
        HealthReason::ReconciliationFailed { failure } => unfinished(failure),
        HealthReason::DifferencesLeft {
            dossiers,
            reconciliation,
        } => differing(*dossiers, reconciliation.as_ref()),
    };
    v1::HealthReason {
        code: reason.code().to_owned(),
        message_vi,
        message_en,
    }
}

/// That dossiers differ, and where they are listed.
fn differing(dossiers: u64, reconciliation: Option<&OperationId>) -> (String, String) {
    // The newest one may be about something else.
    let id = reconciliation.map_or("newest", OperationId::as_str);
    (
        format!(
            "{dossiers} hồ sơ lệch với cổng sau đối soát, cần người xử lý (lienthong sync reconcile --id {id})."
        ),
        format!(
            "{dossiers} dossier(s) differ from the portal after the reconciliation and need a person (lienthong sync reconcile --id {id})."
        ),
    )
}

/// That a reconciliation did not come to its end, and what to do about it.
fn unfinished(failure: &str) -> (String, String) {
    let known = OperationFailure::from_name(failure);
    let advice_vi = known.map_or("", OperationFailure::advice_vi);
    let advice_en = known.map_or("", OperationFailure::advice_en);
    (
        format!("Lần đối soát gần nhất không chạy hết ({failure}). {advice_vi}"),
        format!("The last reconciliation did not come to its end ({failure}). {advice_en}"),
    )
}

fn guard_reason(reason: &GuardReason) -> v1::HealthReason {
    let failed = |failure: Option<&'static str>| failure.unwrap_or("-");
    let (message_vi, message_en) = match *reason {
        GuardReason::Maintenance { until } => (
            format!("CSDL dân cư bảo trì theo thông báo đến {}; không tra cứu được.", local(until)),
            format!("The population database is under announced maintenance until {}.", local(until)),
        ),
        GuardReason::BreakerOpen { until, failure } => (
            format!(
                "CSDL dân cư vừa lỗi liên tiếp ({}); tạm ngừng gọi đến {}. Dùng giấy tờ, VNeID hoặc mã QR.",
                failed(failure),
                local(until)
            ),
            format!(
                "The population database failed repeatedly ({}) and is not asked until {}. Use papers, VNeID or the QR code.",
                failed(failure),
                local(until)
            ),
        ),
        GuardReason::BreakerHalfOpen { failure } => (
            format!("CSDL dân cư vừa lỗi ({}); đang gọi thử lại.", failed(failure)),
            format!(
                "The population database failed ({}) and is being tried again.",
                failed(failure)
            ),
        ),
        GuardReason::QuotaSpent { limit, resets_at } => (
            format!("Đã dùng hết hạn mức {limit} lượt trong ngày; tiếp tục lúc {}.", local(resets_at)),
            format!("The day's quota of {limit} requests is spent; it begins anew at {}.", local(resets_at)),
        ),
        GuardReason::QuotaNearlySpent {
            used,
            limit,
            resets_at,
        } => (
            format!("Đã dùng {used} trong {limit} lượt của ngày; hạn mức mới từ {}.", local(resets_at)),
            format!("{used} of the day's {limit} requests are used; anew at {}.", local(resets_at)),
        ),
        GuardReason::AddressRefused => (
            "CSDL dân cư không chấp nhận địa chỉ hoặc tài khoản của cổng (IP_DISALLOWED?); đề nghị đơn vị quản lý trục mở quyền.".to_owned(),
            "The population database does not admit this gateway's address or account (IP_DISALLOWED?): have it admitted.".to_owned(),
        ),
        GuardReason::CredentialsRefused => (
            "CSDL dân cư từ chối khóa truy cập của cổng hoặc của một cán bộ; đề nghị kiểm tra khóa, hàm băm và đồng hồ.".to_owned(),
            "The population database refuses credentials of the gateway or of an officer: check keys, hash recipe and clock.".to_owned(),
        ),
        GuardReason::CertificateRejected => (
            "Chứng thư của CSDL dân cư không hợp lệ; đề nghị kiểm tra ca_file và chứng thư máy chủ.".to_owned(),
            "The certificate of the population database does not hold: check ca_file and the server's certificate.".to_owned(),
        ),
    };
    v1::HealthReason {
        code: reason.code().to_owned(),
        message_vi,
        message_en,
    }
}

/// A moment as people here read it, with the zone that it is meant in.
fn local(at: Timestamp) -> String {
    at.to_zoned(viet_nam())
        .strftime("%Y-%m-%d %H:%M:%S%:z")
        .to_string()
}

fn spoken(age: SignedDuration, hours: &str, minutes: &str, seconds: &str) -> String {
    let total = age.as_secs().max(0);
    match (total / 3600, total / 60 % 60, total % 60) {
        (0, 0, s) => format!("{s} {seconds}"),
        (0, m, _) => format!("{m} {minutes}"),
        (h, m, _) => format!("{h} {hours} {m} {minutes}"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use lienthong_core::guard::quota::QuotaStatus;
    use lienthong_core::guard::status::{BreakerState, GuardAlert, GuardStatus};
    use lienthong_core::ports::operations::OperationId;
    use lienthong_core::sync::health::{Condition, HealthReason};
    use lienthong_proto::v1;

    use super::{health, population, reason};

    fn well() -> GuardStatus {
        GuardStatus {
            breaker: BreakerState::Closed,
            quota: None,
            maintenance_until: None,
            last_success: None,
            last_failure: None,
            alert: None,
        }
    }

    #[test]
    fn the_whole_is_as_bad_as_its_worst_part() {
        let good = population(&well(), "soap-esb");
        let until = Timestamp::UNIX_EPOCH;
        let out = GuardStatus {
            breaker: BreakerState::Open { until },
            ..well()
        };
        let bad = population(&out, "soap-esb");
        let whole = health(Timestamp::UNIX_EPOCH, vec![good, bad]);
        assert_eq!(whole.condition(), v1::Condition::Stalled);
        assert_eq!(whole.upstreams[0].condition(), v1::Condition::Healthy);
        assert_eq!(whole.upstreams[1].breaker(), v1::BreakerState::Open);
    }

    #[test]
    fn differences_are_told_with_the_reconciliation_that_lists_them() {
        let left = HealthReason::DifferencesLeft {
            dossiers: 4,
            reconciliation: OperationId::parse("daily-2026-10-07"),
        };
        let told = reason(&left);
        for message in [told.message_vi, told.message_en] {
            let list = "lienthong sync reconcile --id daily-2026-10-07)";
            assert!(message.contains(list), "{message}");
        }
    }

    #[test]
    fn every_reason_is_told_in_both_languages() {
        let at = Timestamp::UNIX_EPOCH;
        let quota = |used, warned| {
            Some(QuotaStatus {
                limit: 10,
                used,
                warned,
                resets_at: at,
            })
        };
        let alert = |alert| GuardStatus {
            alert: Some(alert),
            ..well()
        };
        let rows = [
            GuardStatus {
                maintenance_until: Some(at),
                ..well()
            },
            GuardStatus {
                breaker: BreakerState::HalfOpen,
                last_failure: Some((at, "TIMED_OUT")),
                ..well()
            },
            GuardStatus {
                quota: quota(10, true),
                ..well()
            },
            GuardStatus {
                quota: quota(9, true),
                ..well()
            },
            alert(GuardAlert::AddressRefused),
            alert(GuardAlert::CredentialsRefused),
            alert(GuardAlert::CertificateRejected),
        ];
        for status in rows {
            let (condition, upstream) = population(&status, "soap-esb");
            assert_ne!(condition, Condition::Healthy, "{status:?}");
            let [reason] = upstream.reasons.as_slice() else {
                panic!("{status:?}");
            };
            assert!(!reason.message_vi.is_empty() && !reason.message_en.is_empty());
            assert_ne!(reason.message_vi, reason.message_en);
        }
    }
}
