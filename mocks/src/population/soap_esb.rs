//! Profile soap-esb: raw SOAP at the ministry's own bus, signed call by call (population.md 9.4).
//!
//! What a reader would get wrong: the hash is over the `sv_url` that was agreed, not over the path
//! that is called, and every fault of the clock, the unit or the hash is the same plain 401.

use std::fmt::Write as _;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};

use super::access::{Unauthenticated, basic, header};
use super::desk::{Desk, Profile, Voice, Writing, counter};
use super::question::{Operation, Question, WrongRequest};
use super::registry::Found;
use super::request::SoapRules;
use super::soap;
use crate::answer::{Answer, XML};
use crate::config::{EsbService, EsbSettings, TimestampUnit};
use crate::fault::ErrorCode;

/// The profile's state.
pub(super) struct SoapEsb {
    settings: EsbSettings,
}

impl SoapEsb {
    pub(super) const fn new(settings: EsbSettings) -> Self {
        Self { settings }
    }

    /// The profile's addresses.
    pub(super) fn router(self: &Arc<Self>, desk: &Arc<Desk>) -> Router {
        [
            Operation::Lookup,
            Operation::Verify,
            Operation::Household,
            Operation::Relatives,
        ]
        .into_iter()
        .fold(Router::new(), |router, operation| {
            let path = &self.service(operation).path;
            router.route(path, counter(desk, self, operation))
        })
    }

    const fn service(&self, operation: Operation) -> &EsbService {
        match operation {
            Operation::Lookup => &self.settings.lookup,
            Operation::Verify => &self.settings.verify,
            Operation::Household => &self.settings.household,
            Operation::Relatives => &self.settings.relatives,
        }
    }

    fn check_clock(&self, timestamp: &str, now: Timestamp) -> Result<(), Unauthenticated> {
        let number: i64 = timestamp
            .parse()
            .map_err(|_| Unauthenticated::NoTimestamp)?;
        let at = match self.settings.timestamp_unit {
            TimestampUnit::Milliseconds => Timestamp::from_millisecond(number),
            TimestampUnit::Seconds => Timestamp::from_second(number),
        };
        let at = at.map_err(|_| Unauthenticated::Skew)?;
        let allowed =
            SignedDuration::try_from(self.settings.allowed_skew).unwrap_or(SignedDuration::MAX);
        if now.duration_since(at).abs() > allowed {
            return Err(Unauthenticated::Skew);
        }
        Ok(())
    }
}

/// `H`: lower-case hex of SHA-256 over the four texts, joined without anything between.
fn signature(sv_url: &str, user_name: &str, timestamp: &str, secret_key: &str) -> String {
    let text = [sv_url, user_name, timestamp, secret_key].concat();
    let mut hex = String::new();
    for byte in digest(&SHA256, text.as_bytes()).as_ref() {
        // Writing into a String does not fail.
        let _written = write!(hex, "{byte:02x}");
    }
    hex
}

fn agrees(agreed: Option<&String>, given: Option<&str>) -> bool {
    agreed.is_none_or(|agreed| given == Some(agreed.as_str()))
}

impl Voice for SoapEsb {
    fn name(&self) -> &'static str {
        "soap-esb"
    }

    fn error_text(&self, code: &ErrorCode, message: &str) -> Answer {
        soap::error_text(code, message)
    }
}

impl Profile for SoapEsb {
    const MEDIA_TYPE: &'static str = soap::MEDIA_TYPE;

    fn admit(
        &self,
        operation: Operation,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<(), Unauthenticated> {
        let settings = &self.settings;
        let timestamp = header(headers, "timestamp").ok_or(Unauthenticated::NoTimestamp)?;
        self.check_clock(timestamp, now)?;
        let right = signature(
            &self.service(operation).sv_url,
            &settings.user_name,
            timestamp,
            &settings.secret_key,
        );
        if basic(headers) != Some((settings.user_name.clone(), right)) {
            return Err(Unauthenticated::Signature);
        }
        let road_client = header(headers, "x-road-client");
        if !agrees(settings.x_road_client.as_ref(), road_client) {
            return Err(Unauthenticated::RoadClient);
        }
        if !agrees(settings.api_key.as_ref(), header(headers, "apikey")) {
            return Err(Unauthenticated::ApiKey);
        }
        Ok(())
    }

    /// Every call is signed anew: there is no session to end.
    fn end_session(&self, _headers: &HeaderMap) {}

    fn read(
        &self,
        operation: Operation,
        body: &[u8],
    ) -> (Option<String>, Result<Question, WrongRequest>) {
        let rules = SoapRules {
            date_format: self.settings.date_format,
            unit: self.settings.unit,
            account_fields: true,
        };
        soap::read(operation, body, rules)
    }

    fn answer(&self, found: &Found<'_>, writing: &Writing<'_>) -> Answer {
        soap::answer(found, writing)
    }

    fn refuse(&self, wrong: &WrongRequest) -> Answer {
        soap::refuse(wrong)
    }

    fn unauthenticated(&self, _reason: Unauthenticated) -> Answer {
        Answer::new(StatusCode::UNAUTHORIZED, XML, "")
    }
}

#[cfg(test)]
mod tests {
    use super::signature;

    #[test]
    fn the_test_vector_of_the_domain_document_holds() {
        assert_eq!(
            signature("/dancu/tracuu", "demo_user", "1760000000000", "demo_secret"),
            "9d583fc1d9658d9986cbdc033d453ccf49228507b82186a4f7bc791a3ac215ce"
        );
    }
}
