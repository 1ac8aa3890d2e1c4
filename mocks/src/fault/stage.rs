//! What an upstream can play, and why it cannot play something else.
//!
//! What a reader would get wrong: a fault is checked when it is scripted, all problems at once, and
//! never again when it plays.

use axum::http::{HeaderName, HeaderValue, StatusCode};
use thiserror::Error;

use super::{Fault, FaultEffect};

/// Why a fault cannot be scripted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ScriptProblem {
    /// `times` is 0, so the fault would never play.
    #[error("times: at least 1")]
    Never,
    /// The status is not one that a server answers with.
    #[error("effect.code: 200 to 599")]
    Status,
    /// A header name or value cannot be sent.
    #[error("effect.headers: {0} is not a header that can be sent")]
    Header(String),
    /// The effect needs the other upstream.
    #[error("effect.kind: {kind} is not for the {upstream} mock")]
    OtherUpstream {
        /// Kind of the effect.
        kind: &'static str,
        /// The upstream that it was given to.
        upstream: &'static str,
    },
    /// The upstream has no such operation.
    #[error("operation: the {upstream} mock has no operation of that name")]
    UnknownOperation {
        /// The upstream that it was given to.
        upstream: &'static str,
    },
    /// The upstream has no such profile.
    #[error("profile: the {upstream} mock has no profile of that name")]
    UnknownProfile {
        /// The upstream that it was given to.
        upstream: &'static str,
    },
    /// A share of requests that is not above 0 and at most 1.
    #[error("share: above 0 and at most 1")]
    Share,
    /// A drip of no bytes would never end.
    #[error("effect.bytes: at least 1")]
    EmptyDrip,
}

/// What one upstream can play.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stage {
    pub(crate) upstream: &'static str,
    pub(crate) operations: &'static [&'static str],
    pub(crate) profiles: &'static [&'static str],
    pub(crate) forbidden: &'static [&'static str],
}

impl Stage {
    /// Every reason why this fault cannot be played here.
    pub(crate) fn problems(&self, fault: &Fault) -> Vec<ScriptProblem> {
        let mut problems = Vec::new();
        if fault.times == 0 {
            problems.push(ScriptProblem::Never);
        }
        let upstream = self.upstream;
        if fault
            .operation
            .as_deref()
            .is_some_and(|name| !self.operations.contains(&name))
        {
            problems.push(ScriptProblem::UnknownOperation { upstream });
        }
        if fault
            .profile
            .as_deref()
            .is_some_and(|name| !self.profiles.contains(&name))
        {
            problems.push(ScriptProblem::UnknownProfile { upstream });
        }
        let kind = fault.effect.kind();
        if self.forbidden.contains(&kind) {
            problems.push(ScriptProblem::OtherUpstream { kind, upstream });
        }
        if let FaultEffect::Status { code, headers, .. } = &fault.effect {
            if !(200..600).contains(code) || StatusCode::from_u16(*code).is_err() {
                problems.push(ScriptProblem::Status);
            }
            let unsendable = |(name, value): &(&String, &String)| {
                HeaderName::try_from(name.as_str()).is_err()
                    || HeaderValue::try_from(value.as_str()).is_err()
            };
            problems.extend(
                headers
                    .iter()
                    .filter(unsendable)
                    .map(|(name, _)| ScriptProblem::Header(name.clone())),
            );
        }
        if matches!(fault.effect, FaultEffect::SlowDrip { bytes: 0, .. }) {
            problems.push(ScriptProblem::EmptyDrip);
        }
        problems
    }
}
