//! A dossier's files: fetched from where the province keeps them, and packed for B3.
//!
//! The portal of P4 does not fetch files itself, as that of P1 does. An address is fetched
//! only below a configured one; see [`FileSettings`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::clock::Clock;
use lienthong_core::ports::portal::PortalError;
use moka::sync::Cache;
use reqwest::header::HeaderValue;
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::settings::FileSettings;
use crate::http::{BaseUrl, ExchangeError, SetupError, Upstream};

/// Name of the documents in our own words, for what cannot be brought.
pub(super) const DOCUMENTS: &str = "TaiLieuNop";

/// For how long what was uploaded counts as being there: a dossier with many files comes
/// through in several attempts, and a file that was replaced is seen soon.
const KEPT: SignedDuration = SignedDuration::from_hours(1);

/// Most files that are remembered.
const MOST_KEPT: u64 = 10_000;

/// Longest id or hash that is taken, in bytes.
const LONGEST_ID: usize = 200;

/// A file at the portal (`IdTepTin`, `HashTepTin`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Uploaded {
    /// `IdTepTin`.
    pub(super) id_tep_tin: String,
    /// `HashTepTin`.
    pub(super) hash_tep_tin: String,
}

/// Where files come from, and which are at the portal.
pub(super) struct Files {
    sources: Vec<(BaseUrl, Upstream)>,
    /// By the dossier's number and the file's address, with the moment of the upload.
    uploaded: Cache<(String, String), (Uploaded, Timestamp)>,
    clock: Arc<dyn Clock>,
}

impl Files {
    pub(super) fn new(settings: &FileSettings, clock: &Arc<dyn Clock>) -> Result<Self, SetupError> {
        let source = |base: &BaseUrl| {
            let (ca, limits) = (settings.ca_bundle.as_ref(), settings.limits);
            Upstream::new(base, ca, limits, Arc::clone(clock)).map(|it| (base.clone(), it))
        };
        Ok(Self {
            sources: settings
                .sources
                .iter()
                .map(source)
                .collect::<Result<_, _>>()?,
            uploaded: Cache::new(MOST_KEPT),
            clock: Arc::clone(clock),
        })
    }

    /// The file of the dossier `number` that came from `url`, if it was uploaded lately.
    pub(super) fn at_portal(&self, number: &str, url: &str) -> Option<Uploaded> {
        let key = (number.to_owned(), url.to_owned());
        let (uploaded, at) = self.uploaded.get(&key)?;
        (self.clock.now().duration_since(at) < KEPT).then_some(uploaded)
    }

    /// Remembers an upload.
    pub(super) fn remember(&self, number: &str, url: &str, uploaded: Uploaded) {
        let key = (number.to_owned(), url.to_owned());
        self.uploaded.insert(key, (uploaded, self.clock.now()));
    }

    /// Forgets an upload.
    pub(super) fn forget(&self, number: &str, url: &str) {
        let key = (number.to_owned(), url.to_owned());
        self.uploaded.invalidate(&key);
    }

    /// Fetches a file within `left`.
    ///
    /// # Errors
    /// [`PortalError::FieldNotCarried`] for an address that may not be fetched,
    /// [`PortalError::FileUnreachable`] for one that does not bring a file.
    pub(super) async fn fetch(
        &self,
        url: &str,
        left: Duration,
    ) -> Result<Zeroizing<Vec<u8>>, PortalError> {
        let below = self.sources.iter().find_map(|(base, upstream)| {
            let endpoint = base.below(url)?;
            Some((endpoint, upstream))
        });
        let Some((endpoint, upstream)) = below else {
            return Err(PortalError::FieldNotCarried {
                field: DOCUMENTS,
                problem: "a file lies outside the addresses that files may be fetched from",
            });
        };
        let answer = upstream.get(&endpoint, left).await;
        let answer = answer.map_err(|error| unreachable(problem(&error)))?;
        match answer.head.status {
            200 if answer.body.is_empty() => Err(unreachable("the file is empty")),
            200 => Ok(answer.body),
            _ => Err(unreachable("its address does not answer with status 200")),
        }
    }
}

pub(super) fn unreachable(problem: &'static str) -> PortalError {
    PortalError::FileUnreachable {
        field: DOCUMENTS,
        problem,
    }
}

fn problem(error: &ExchangeError) -> &'static str {
    match error {
        ExchangeError::NoTimeLeft | ExchangeError::TimedOut => "it did not come in time",
        ExchangeError::Unreachable => "its address cannot be reached",
        ExchangeError::CertificateRejected => "the certificate of its address does not hold",
        ExchangeError::Interrupted => "the connection was lost",
        ExchangeError::BodyTooLarge(_) => "it is larger than allowed",
        ExchangeError::Unreadable(_) => "it has a broken content coding",
    }
}

/// What one upload told; in the answer of the proxy that has been seen it lies deeper
/// (portal.md 9, B3).
pub(super) fn uploaded_of(data: &Value) -> Option<Uploaded> {
    ["/0/response/data/0", "/response/data/0", "/0", ""]
        .iter()
        .filter_map(|place| data.pointer(place))
        .find_map(|entry| serde_json::from_value::<Uploaded>(entry.clone()).ok())
        .filter(|it| {
            [&it.id_tep_tin, &it.hash_tep_tin]
                .iter()
                .all(|text| (1..=LONGEST_ID).contains(&text.len()))
        })
}

/// A form with one file, and its media type.
pub(super) fn form(name: &str, content: &[u8]) -> Option<(HeaderValue, Bytes)> {
    // 128 random bits stand in no file but by design, and nobody knows them before.
    let boundary = format!("lienthong-{:032x}", rand::random::<u128>());
    // As browsers write a name, which would end the header otherwise.
    let name: String = name
        .chars()
        .map(|c| match c {
            '"' => "%22".to_owned(),
            '\r' => "%0D".to_owned(),
            '\n' => "%0A".to_owned(),
            other => other.to_string(),
        })
        .collect();
    let head = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
         content-type: application/octet-stream\r\n\r\n"
    );
    let tail = format!("\r\n--{boundary}--\r\n");
    let body = [head.as_bytes(), content, tail.as_bytes()].concat();
    let media_type = format!("multipart/form-data; boundary={boundary}");
    Some((HeaderValue::from_str(&media_type).ok()?, Bytes::from(body)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_upload_is_found_in_each_shape_that_was_seen() {
        let entry = json!({"IdTepTin": "f-001", "HashTepTin": "ab12"});
        let expected = Uploaded {
            id_tep_tin: "f-001".to_owned(),
            hash_tep_tin: "ab12".to_owned(),
        };
        for data in [
            entry.clone(),
            json!([entry]),
            json!([{"response": {"data": [entry]}}]),
            json!({"response": {"data": [entry]}}),
        ] {
            assert_eq!(uploaded_of(&data), Some(expected.clone()), "{data}");
        }
        for data in [
            json!(null),
            json!([]),
            json!({"IdTepTin": "f-001"}),
            json!({"IdTepTin": "", "HashTepTin": "ab12"}),
            json!({"IdTepTin": "x".repeat(201), "HashTepTin": "ab12"}),
        ] {
            assert_eq!(uploaded_of(&data), None, "{data}");
        }
    }

    #[test]
    fn a_name_cannot_end_the_header_that_it_stands_in() {
        let (media_type, body) = form("a\"\r\nx: y\r\n\r\n.pdf", b"\x00PDF").unwrap();
        let boundary = media_type
            .to_str()
            .unwrap()
            .split_once("boundary=")
            .unwrap()
            .1;
        let expected = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"files\"; \
             filename=\"a%22%0D%0Ax: y%0D%0A%0D%0A.pdf\"\r\n\
             content-type: application/octet-stream\r\n\r\n\0PDF\r\n--{boundary}--\r\n"
        );
        assert_eq!(body, expected.as_bytes());
    }
}
