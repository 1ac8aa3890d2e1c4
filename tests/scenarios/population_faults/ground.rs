//! What the fault tests have in common: a stage, a fault, and what a caller must be told.

use std::collections::BTreeMap;
use std::time::Duration;

use lienthong::demo::messages;
use lienthong_mocks::{Fault, FaultEffect, PopulationSettings};
use lienthong_proto::v1;
use lienthong_proto::v1::Verdict;
use lienthong_tests::desk::Desk;
use lienthong_tests::patience::eventually;
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::{metadata, reason};
use tokio::time::Instant;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// Code and reason.
pub(super) type Told = (Code, &'static str);

pub(super) const UNAVAILABLE: Told = (Code::Unavailable, "UPSTREAM_UNAVAILABLE");
pub(super) const NONSENSE: Told = (Code::Unavailable, "UPSTREAM_NONSENSE");
pub(super) const TIMEOUT: Told = (Code::Unavailable, "UPSTREAM_TIMEOUT");
pub(super) const REFUSED: Told = (Code::Unavailable, "UPSTREAM_REFUSED_CREDENTIALS");
pub(super) const NOT_ADMITTED: Told = (Code::FailedPrecondition, "UPSTREAM_REFUSED_ADDRESS");
pub(super) const REJECTED: Told = (Code::FailedPrecondition, "UPSTREAM_REJECTED");
pub(super) const THROTTLED: Told = (Code::ResourceExhausted, "UPSTREAM_THROTTLED");

/// The limit of one exchange is 1.5 s here. The rest is for a busy machine; it is still
/// far below the 30 seconds that an officer would have waited.
const AT_ONCE: Duration = Duration::from_secs(5);

/// One profile under fault.
pub(super) struct Ground {
    pub(super) profile: Profile,
    pub(super) stage: Stage,
    pub(super) desk: Desk,
}

/// What a failed look-up was told, and what it had sent.
pub(super) struct Failure {
    pub(super) status: Status,
    /// Requests for a citizen's data that arrived.
    pub(super) sent: usize,
}

impl Ground {
    pub(super) async fn of(profile: Profile) -> Self {
        Self::against(PopulationSettings::default(), profile).await
    }

    pub(super) async fn against(agreed: PopulationSettings, profile: Profile) -> Self {
        Self::with(agreed, profile, Settings::for_profile(profile)).await
    }

    pub(super) async fn with(
        agreed: PopulationSettings,
        profile: Profile,
        settings: Settings,
    ) -> Self {
        let settings = settings.with_short_look_ups();
        let stage = Stage::against(agreed, settings).await.unwrap();
        let desk = stage.desk(1).await.unwrap();
        Self {
            profile,
            stage,
            desk,
        }
    }

    /// A question that no kept answer serves.
    pub(super) fn question(&self) -> v1::VerifyCitizenRequest {
        let plain = self.stage.citizen("plain").unwrap();
        v1::VerifyCitizenRequest {
            freshness: Some(v1::Freshness {
                refresh: true,
                ..v1::Freshness::default()
            }),
            ..messages::verify(&plain, self.desk.dossier())
        }
    }

    pub(super) fn script(&self, operation: &str, times: u32, effect: FaultEffect) {
        let fault = Fault::new(effect).on(operation).times(times);
        let fault = fault.through(self.profile.name());
        self.stage.mocks().population().script(fault).unwrap();
    }

    /// Requests for a citizen's data so far.
    pub(super) fn sent(&self) -> usize {
        self.stage.asked_under("037").len()
    }

    /// Token calls so far.
    pub(super) fn token_calls(&self) -> usize {
        let asked = self.stage.asked();
        let tokens = asked.iter().filter(|entry| entry.operation == "token");
        tokens.count()
    }

    /// The failure of one look-up, which must come in time.
    pub(super) async fn fails(&self, row: &str) -> Failure {
        let (before, began) = (self.sent(), Instant::now());
        let refused = self.desk.ask(self.question()).await;
        let took = began.elapsed();
        assert!(took < AT_ONCE, "{row}: after {took:?}");
        Failure {
            status: refused.map(|answer| answer.verdict()).expect_err(row),
            sent: self.sent() - before,
        }
    }

    /// Waits until look-ups work again, as they must without anybody's help.
    pub(super) async fn serves_again(&self, row: &str) {
        let answer = eventually("a look-up that works", async || {
            Ok(self.desk.ask(self.question()).await.ok())
        })
        .await;
        let answer = answer.unwrap_or_else(|error| panic!("after {row}: {error}"));
        assert_eq!(answer.verdict(), Verdict::Match, "after {row}");
    }

    /// The failure of a look-up that meets the scripted faults; look-ups work after it.
    pub(super) async fn fails_once(&self, row: &str) -> Failure {
        let failure = self.fails(row).await;
        let left = self.stage.mocks().population().waiting_faults();
        assert_eq!(left, [], "{row}: not played");
        self.serves_again(row).await;
        failure
    }
}

/// HTTP 200 with this body.
pub(super) fn body(content_type: &str, body: &str) -> FaultEffect {
    answer(200, content_type, body)
}

/// This status with this body.
pub(super) fn answer(code: u16, content_type: &str, body: &str) -> FaultEffect {
    FaultEffect::Status {
        code,
        body: body.to_owned(),
        headers: BTreeMap::from([("content-type".to_owned(), content_type.to_owned())]),
    }
}

/// Whether a status says what it must, with what the law leaves, and nothing of the
/// upstream's own words.
pub(super) fn check(row: &str, status: &Status, expected: Told) {
    let told = (status.code(), reason(status));
    assert_eq!(
        told,
        (expected.0, expected.1.to_owned()),
        "{row}: {}",
        status.message()
    );
    let upstream = metadata(status, "upstream");
    assert_eq!(upstream.as_deref(), Some("population"), "{row}");
    let licence = matches!(
        expected.1,
        "PROCEDURE_NOT_LICENSED" | "OFFICER_NOT_LICENSED" | "OFFICER_NOT_MAPPED"
    );
    let fallback = metadata(status, "fallback");
    let lawful = (!licence).then_some("paper,vneid,qr");
    assert_eq!(fallback.as_deref(), lawful, "{row}");
    let can_try_again = matches!(expected.0, Code::Unavailable | Code::ResourceExhausted);
    let retry = status.get_details_retry_info();
    assert_eq!(retry.is_some(), can_try_again, "{row}");
    let shown = format!("{status:?}");
    for theirs in [
        "Request Rejected",
        "máy chủ",
        "Thử",
        "000185000001",
        "html",
        "java.",
    ] {
        assert!(!shown.contains(theirs), "{row}: the upstream's own words");
    }
}
