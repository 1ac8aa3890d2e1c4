//! Time stamp and hash, as the ESB of the ministry and VDXP want them (population.md 9.4).
//!
//! The hash holds the time, so it is made for each request: one that is kept goes stale,
//! and the server says only 401. Where the clock is wrong, or the unit of the time stamp,
//! or the hashed path, that 401 is all there is too (population.md, part D 12).

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use lienthong_core::clock::Clock;
use lienthong_core::ports::population::Operation;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::http::{SetupError, secret_header};

const TIMESTAMP: HeaderName = HeaderName::from_static("timestamp");
const X_ROAD_CLIENT: HeaderName = HeaderName::from_static("x-road-client");
const API_KEY: HeaderName = HeaderName::from_static("apikey");
const SOAP_ACTION: HeaderName = HeaderName::from_static("soapaction");
const SOURCE_TYPE: HeaderName = HeaderName::from_static("esb_source_type");
const SOURCE_USER_NAME: HeaderName = HeaderName::from_static("esb_source_username");

/// What the recipe needs.
#[derive(Debug, Clone)]
pub struct EsbAccess {
    /// `userName`.
    pub user_name: String,
    /// `secretKey`.
    pub secret_key: SecretString,
    /// `sv_url`: the text agreed for hashing, which need not be the path that is called.
    pub service_url: String,
    /// Operations that have a text of their own.
    pub service_urls: BTreeMap<Operation, String>,
    /// Unit of the time stamp; milliseconds unless configured.
    pub timestamp_unit: TimestampUnit,
    /// `X-Road-Client`: `instance/class/code/subsystem`.
    pub x_road_client: Option<String>,
    /// `ApiKey`.
    pub api_key: Option<SecretString>,
    /// `ESB_SOURCE_TYPE`.
    pub source_type: Option<String>,
    /// `ESB_SOURCE_USERNAME`.
    pub source_user_name: Option<String>,
    /// Whether `SOAPAction: ""` is sent; it is unless configured.
    pub soap_action: bool,
}

impl EsbAccess {
    /// The hash alone, with a time stamp in milliseconds.
    #[must_use]
    pub fn new(
        user_name: impl Into<String>,
        secret_key: SecretString,
        service_url: impl Into<String>,
    ) -> Self {
        Self {
            user_name: user_name.into(),
            secret_key,
            service_url: service_url.into(),
            service_urls: BTreeMap::new(),
            timestamp_unit: TimestampUnit::Milliseconds,
            x_road_client: None,
            api_key: None,
            source_type: None,
            source_user_name: None,
            soap_action: true,
        }
    }
}

/// Unit of the time stamp (population.md 9.4: both are in use).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimestampUnit {
    /// As in the court system and the vaccination sync service.
    Milliseconds,
    /// As in the ministry PHP portal.
    Seconds,
}

/// The recipe, set up.
pub(super) struct Esb {
    access: EsbAccess,
    /// Headers that are the same each time.
    fixed: Vec<(HeaderName, HeaderValue)>,
    clock: Arc<dyn Clock>,
}

impl Esb {
    pub(super) fn new(access: &EsbAccess, clock: &Arc<dyn Clock>) -> Result<Self, SetupError> {
        let api_key = access.api_key.as_ref();
        let texts = [
            (
                X_ROAD_CLIENT,
                access.x_road_client.as_deref(),
                "X-Road-Client",
            ),
            (API_KEY, api_key.map(ExposeSecret::expose_secret), "ApiKey"),
            (
                SOURCE_TYPE,
                access.source_type.as_deref(),
                "ESB_SOURCE_TYPE",
            ),
            (
                SOURCE_USER_NAME,
                access.source_user_name.as_deref(),
                "ESB_SOURCE_USERNAME",
            ),
            (
                SOAP_ACTION,
                access.soap_action.then_some("\"\""),
                "SOAPAction",
            ),
        ];
        let mut fixed = Vec::with_capacity(texts.len());
        for (header, text, name) in texts {
            if let Some(text) = text {
                let value = secret_header(text).ok_or(SetupError::HeaderValue { name })?;
                fixed.push((header, value));
            }
        }
        Ok(Self {
            access: access.clone(),
            fixed,
            clock: Arc::clone(clock),
        })
    }

    /// Writes the headers of a request that is sent now.
    pub(super) fn write(&self, to: &mut HeaderMap, operation: Operation) -> Option<()> {
        let timestamp = self.access.timestamp(self.clock.now());
        let hash = self.access.hash(operation, &timestamp);
        let pair = Zeroizing::new([self.access.user_name.as_str(), hash.as_str()].join(":"));
        let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        let basic = Zeroizing::new(["Basic ", encoded.as_str()].concat());
        to.insert(AUTHORIZATION, secret_header(&basic)?);
        to.insert(TIMESTAMP, HeaderValue::from_str(&timestamp).ok()?);
        to.extend(self.fixed.iter().cloned());
        Some(())
    }
}

impl EsbAccess {
    fn timestamp(&self, now: Timestamp) -> String {
        match self.timestamp_unit {
            TimestampUnit::Milliseconds => now.as_millisecond(),
            TimestampUnit::Seconds => now.as_second(),
        }
        .to_string()
    }

    /// Lower-case hex of SHA-256 over `sv_url`, `userName`, time stamp and `secretKey`,
    /// one after the other.
    fn hash(&self, operation: Operation, timestamp: &str) -> Zeroizing<String> {
        let service_url = self.service_urls.get(&operation);
        let mut context = Context::new(&SHA256);
        for part in [
            service_url.unwrap_or(&self.service_url),
            &self.user_name,
            timestamp,
            self.secret_key.expose_secret(),
        ] {
            context.update(part.as_bytes());
        }
        let digest = context.finish();
        let nibbles = digest
            .as_ref()
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15]);
        let digits = nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16));
        Zeroizing::new(digits.collect())
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use lienthong_core::clock::ManualClock;

    use super::*;

    /// The vector of population.md 9.4.
    const HASH: &str = "9d583fc1d9658d9986cbdc033d453ccf49228507b82186a4f7bc791a3ac215ce";

    fn access() -> EsbAccess {
        EsbAccess::new("demo_user", "demo_secret".into(), "/dancu/tracuu")
    }

    fn headers(access: &EsbAccess, clock: &Arc<ManualClock>, operation: Operation) -> HeaderMap {
        let clock = Arc::clone(clock) as Arc<dyn Clock>;
        let esb = Esb::new(access, &clock).unwrap();
        let mut headers = HeaderMap::new();
        esb.write(&mut headers, operation).unwrap();
        headers
    }

    fn clock() -> Arc<ManualClock> {
        let at = Timestamp::from_millisecond(1_760_000_000_000).unwrap();
        Arc::new(ManualClock::starting_at(at))
    }

    #[test]
    fn the_hash_is_the_published_vector() {
        let headers = headers(&access(), &clock(), Operation::LookUp);
        assert_eq!(headers[TIMESTAMP], "1760000000000");
        let pair = STANDARD.encode(format!("demo_user:{HASH}"));
        assert_eq!(headers[AUTHORIZATION], format!("Basic {pair}"));
        assert_eq!(headers[SOAP_ACTION], "\"\"");
        assert_eq!(headers.len(), 3);
    }

    #[test]
    fn every_request_has_a_hash_of_its_own_time() {
        let clock = clock();
        let before = headers(&access(), &clock, Operation::LookUp);
        clock.advance(SignedDuration::from_millis(1));
        let after = headers(&access(), &clock, Operation::LookUp);
        assert_eq!(after[TIMESTAMP], "1760000000001");
        assert_ne!(before[AUTHORIZATION], after[AUTHORIZATION]);
    }

    #[test]
    fn the_time_stamp_is_in_the_unit_of_the_route() {
        let seconds = EsbAccess {
            timestamp_unit: TimestampUnit::Seconds,
            ..access()
        };
        let headers = headers(&seconds, &clock(), Operation::LookUp);
        assert_eq!(headers[TIMESTAMP], "1760000000");
    }

    #[test]
    fn an_operation_may_have_a_hashed_path_of_its_own() {
        let own = EsbAccess {
            service_url: "/khac".to_owned(),
            service_urls: BTreeMap::from([(Operation::LookUp, "/dancu/tracuu".to_owned())]),
            ..access()
        };
        let plain = headers(&access(), &clock(), Operation::LookUp);
        let one = headers(&own, &clock(), Operation::LookUp);
        let other = headers(&own, &clock(), Operation::Confirm);
        assert_eq!(plain[AUTHORIZATION], one[AUTHORIZATION]);
        assert_ne!(one[AUTHORIZATION], other[AUTHORIZATION]);
    }

    #[test]
    fn the_other_headers_are_sent_where_they_are_configured() {
        let full = EsbAccess {
            x_road_client: Some("VN/GOV/H99/dancu".to_owned()),
            api_key: Some("khoa-api".into()),
            source_type: Some("mot-cua".to_owned()),
            source_user_name: Some("nguon".to_owned()),
            soap_action: false,
            ..access()
        };
        let headers = headers(&full, &clock(), Operation::LookUp);
        assert_eq!(headers[X_ROAD_CLIENT], "VN/GOV/H99/dancu");
        assert_eq!(headers[API_KEY], "khoa-api");
        assert_eq!(headers[SOURCE_TYPE], "mot-cua");
        assert_eq!(headers[SOURCE_USER_NAME], "nguon");
        assert!(!headers.contains_key(SOAP_ACTION));
        let shown = format!("{full:?} {headers:?}");
        assert!(
            !shown.contains("demo_secret") && !shown.contains("khoa-api"),
            "{shown}"
        );
    }
}
