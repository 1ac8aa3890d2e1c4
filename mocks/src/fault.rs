//! Scripted faults: what shall go wrong, as data, so that a test and the control API say it in
//! the same words.
//!
//! What a reader would get wrong: a request plays at most one fault, the oldest that fits and has
//! times left; and each effect says on which side of the *effect* (the dossier stored, the person
//! looked up) it falls, because that is what makes a time-out ambiguous.

mod effect;
mod ready_made;
mod stage;
mod storm;

use serde::{Deserialize, Serialize};

use crate::guarded::Guarded;
use crate::journal::Received;

pub use effect::{ErrorCode, FaultEffect};
pub use stage::ScriptProblem;
pub(crate) use stage::Stage;
pub(crate) use storm::Weather;
pub use storm::{Storm, StormRule};

/// One fault of one upstream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Only requests that come through this profile. Population: `soap-lgsp`, `soap-esb`,
    /// `json-wrap-xml`, `json-flat`, or `ngsp` for its token call. Portal: `p1`, `p2`,
    /// `p3_is_updating`, `p3_three_urls`, `p4`. Any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Only requests of this operation: `token`, `037`, `033`, `household`, `relatives`, `login`,
    /// a portal `service`, or an operation of P4 (`number`, `upload`, `NoiHoSo`,
    /// `CapNhatTienTrinh`, `CapNhatTrangThai`). At the portal also a role that is the same in
    /// every profile: `credential`, `create`, `update`, `steps`, `find`. Any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Only requests about this `MaHoSo` or `MaYeuCau`. Any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// How many requests shall suffer it; at least 1. Default 1.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens.
    pub effect: FaultEffect,
}

const fn once() -> u32 {
    1
}

impl Fault {
    /// A fault that the next request suffers, whatever it is.
    #[must_use]
    pub const fn new(effect: FaultEffect) -> Self {
        Self {
            profile: None,
            operation: None,
            key: None,
            times: 1,
            effect,
        }
    }

    /// The same for one operation only.
    #[must_use]
    pub fn on(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }

    /// The same for one profile only.
    #[must_use]
    pub fn through(mut self, profile: impl Into<String>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// The same for one `MaHoSo` or `MaYeuCau` only.
    #[must_use]
    pub fn for_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// The same, this many times.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    fn fits(&self, received: &Received) -> bool {
        self.operation
            .as_ref()
            .is_none_or(|name| *name == received.operation || *name == received.role)
            && self
                .profile
                .as_deref()
                .is_none_or(|profile| received.profile == Some(profile))
            && self
                .key
                .as_ref()
                .is_none_or(|key| received.keys.contains(key))
    }
}

/// The faults of one upstream that still wait.
#[derive(Debug, Default)]
pub(crate) struct Script {
    waiting: Guarded<Vec<Fault>>,
}

impl Script {
    /// Adds a fault behind those that wait.
    pub(crate) fn add(&self, fault: Fault) {
        self.waiting.lock().push(fault);
    }

    /// Forgets all that wait.
    pub(crate) fn clear(&self) {
        self.waiting.lock().clear();
    }

    /// Those that wait, with the times that are left.
    pub(crate) fn waiting(&self) -> Vec<Fault> {
        self.waiting.lock().clone()
    }

    /// Takes the oldest fault that fits, once.
    pub(crate) fn take(&self, received: &Received) -> Option<FaultEffect> {
        let mut waiting = self.waiting.lock();
        let at = waiting.iter().position(|fault| fault.fits(received))?;
        let fault = waiting.get_mut(at)?;
        fault.times = fault.times.saturating_sub(1);
        let effect = fault.effect.clone();
        if fault.times == 0 {
            waiting.remove(at);
        }
        Some(effect)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultEffect, Script};
    use crate::journal::Received;

    fn received(operation: &str, key: &str) -> Received {
        Received {
            operation: operation.to_owned(),
            keys: vec![key.to_owned()],
            ..Received::default()
        }
    }

    #[test]
    fn a_fault_plays_only_for_its_operation_and_key_and_only_its_times() {
        let script = Script::default();
        script.add(
            Fault::new(FaultEffect::Html)
                .on("037")
                .for_key("A")
                .times(2),
        );
        assert_eq!(script.take(&received("033", "A")), None);
        assert_eq!(script.take(&received("037", "B")), None);
        assert_eq!(script.take(&received("037", "A")), Some(FaultEffect::Html));
        assert_eq!(script.take(&received("037", "A")), Some(FaultEffect::Html));
        assert_eq!(script.take(&received("037", "A")), None);
    }

    #[test]
    fn a_fault_is_the_same_in_json_and_in_rust() {
        let json = r#"{"operation":"login","times":2,"effect":{"kind":"status","code":503,"headers":{"Retry-After":"7"}}}"#;
        let fault: Fault = serde_json::from_str(json).unwrap();
        let FaultEffect::Status {
            code,
            headers,
            body,
        } = &fault.effect
        else {
            panic!("{fault:?}")
        };
        assert_eq!(
            (*code, headers["Retry-After"].as_str(), body.as_str()),
            (503, "7", "")
        );
        let again: Fault = serde_json::from_str(&serde_json::to_string(&fault).unwrap()).unwrap();
        assert_eq!(again, fault);
        assert!(serde_json::from_str::<Fault>(r#"{"effect":{"kind":"html"},"tims":2}"#).is_err());
    }
}
