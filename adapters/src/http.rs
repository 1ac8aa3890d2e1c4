//! One exchange with an upstream over HTTP, with every limit set.
//!
//! Nothing is tried twice here: not after a redirect, not after a lost
//! connection, not after a refused stream. Whether a second try is safe is known
//! only to the caller, who learns from `ExchangeError` whether the request may
//! have arrived.

mod address;
mod failure;
mod retry_after;
mod trust;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lienthong_core::clock::Clock;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use thiserror::Error;
use zeroize::Zeroizing;

pub(crate) use address::Endpoint;
pub use address::{BaseUrl, InvalidBaseUrl};
pub(crate) use trust::client_config;
pub use trust::{CaBundle, InvalidCaBundle};

/// Longest media type that is kept of an answer, in bytes.
const MEDIA_TYPE_LIMIT: usize = 100;

/// Most that is kept of the body of an answer other than 200, in bytes: enough for an
/// error code, and nobody is made to read a page of HTML.
const REFUSAL_LIMIT: usize = 16 * 1024;

/// Time for reading such a body; the status alone says enough.
const REFUSAL_TIME: Duration = Duration::from_secs(1);

/// Says where on an X-Road path a call failed (population.md 11).
const X_ROAD_ERROR: HeaderName = HeaderName::from_static("x-road-error");

/// Idle connections are given up before a gateway on the way would cut them: one
/// that is cut while a request is being written leaves its effect unknown.
const IDLE_LIMIT: Duration = Duration::from_secs(15);

/// Limits of one exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time for name resolution, connection and TLS handshake together.
    pub connect_timeout: Duration,
    /// Longest silence while waiting for the answer or for more of it. Should be
    /// longer than `connect_timeout`, because it runs from the start.
    pub read_timeout: Duration,
    /// Time for the whole exchange; a caller's shorter budget comes first.
    pub total: Duration,
    /// Largest body that is read, in bytes after decompression.
    pub max_body: usize,
}

impl Limits {
    /// For the population database: 3 s, 10 s, 15 s and 1 MiB. Clients in use
    /// read for 10 to 30 s (population.md 9.5).
    #[must_use]
    pub const fn population() -> Self {
        Self {
            connect_timeout: Duration::from_secs(3),
            read_timeout: Duration::from_secs(10),
            total: Duration::from_secs(15),
            max_body: 1 << 20,
        }
    }

    /// For the portal: 3 s, 20 s, 30 s and 4 MiB. Clients in use read for 6 to
    /// 60 s (portal.md 2).
    #[must_use]
    pub const fn portal() -> Self {
        Self {
            connect_timeout: Duration::from_secs(3),
            read_timeout: Duration::from_secs(20),
            total: Duration::from_secs(30),
            max_body: 4 << 20,
        }
    }

    /// For the lists of the portal's procedure catalogue: 3 s, 2 min, 2 min and 32 MiB. With
    /// an offer by each of the 34 provinces, 5,000 online services take about 12 MiB
    /// (estimated).
    #[must_use]
    pub const fn portal_lists() -> Self {
        Self {
            connect_timeout: Duration::from_secs(3),
            read_timeout: Duration::from_mins(2),
            total: Duration::from_mins(2),
            max_body: 32 << 20,
        }
    }
}

/// Why an adapter cannot be set up.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The address is `https`, and no certificate authority is configured. The
    /// platform's own list is never used.
    #[error("an https address needs a CA bundle")]
    MissingCaBundle,
    /// A path does not make an address together with the base address.
    #[error("{name} does not make an address together with the base address")]
    Path {
        /// Which setting.
        name: &'static str,
    },
    /// A value that has to go into a header holds characters that cannot.
    #[error("{name} holds characters that cannot stand in a header")]
    HeaderValue {
        /// Which setting.
        name: &'static str,
    },
    /// The profile does not know an operation that is to be offered.
    #[error("the profile does not know the operation {name}")]
    Operation {
        /// Name of the operation.
        name: &'static str,
    },
    /// A service code is not 1 to 20 digits (population.md 2.1).
    #[error("the service code of the operation {name} is not 1 to 20 digits")]
    ServiceCode {
        /// Name of the operation.
        name: &'static str,
    },
    /// The general procedure code is not 1 to 20 letters, digits, `.`, `-` or `_`.
    #[error("the general procedure code is not 1 to 20 letters, digits, '.', '-' or '_'")]
    Procedure,
    /// TLS could not be set up.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    /// The HTTP client could not be set up.
    #[error("the HTTP client cannot be set up")]
    Client,
}

/// Why an exchange brought no answer. Holds neither an address nor a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExchangeError {
    /// There was no time left; nothing was sent.
    NoTimeLeft,
    /// No connection came about; nothing was sent.
    Unreachable,
    /// The upstream's certificate does not hold; nothing was sent.
    CertificateRejected,
    /// The time ran out; the request may have arrived.
    TimedOut,
    /// The connection was lost; the request may have arrived.
    Interrupted,
    /// The answer was longer than allowed; the rest was not read.
    BodyTooLarge(AnswerHead),
    /// The answer's content coding is broken.
    Unreadable(AnswerHead),
}

/// What is known of an answer without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AnswerHead {
    /// HTTP status.
    pub(crate) status: u16,
    /// Media type without parameters, lower case; empty when there is none.
    pub(crate) media_type: String,
    /// Time that the upstream asks to wait.
    pub(crate) retry_after: Option<Duration>,
    /// Bytes of the body that were read.
    pub(crate) length: usize,
}

/// An answer. `Debug` shows the length of its body only; the body is wiped on drop.
pub(crate) struct Answer {
    /// All but the body.
    pub(crate) head: AnswerHead,
    /// What `X-Road-Error` says.
    pub(crate) x_road_error: Option<HeaderValue>,
    /// The body. With another status than 200 it is empty unless it came whole, soon
    /// and within 16 KiB.
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("head", &self.head)
            .finish_non_exhaustive()
    }
}

/// An upstream and the limits under which it is called.
#[derive(Debug)]
pub(crate) struct Upstream {
    client: Client,
    limits: Limits,
    clock: Arc<dyn Clock>,
}

impl Upstream {
    /// Sets up the client. No connection is made.
    pub(crate) fn new(
        base: &BaseUrl,
        ca: Option<&CaBundle>,
        limits: Limits,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        if base.is_https() && ca.is_none() {
            return Err(SetupError::MissingCaBundle);
        }
        // A configuration of our own also for plain http: the client would look for
        // a process-wide crypto provider otherwise.
        let tls = trust::client_config(ca).map_err(SetupError::Tls)?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .https_only(base.is_https())
            // One request, one answer, one connection: whether a request was sent
            // stays decidable.
            .http1_only()
            .retry(reqwest::retry::never())
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(limits.connect_timeout)
            .read_timeout(limits.read_timeout)
            .pool_idle_timeout(IDLE_LIMIT)
            .tcp_nodelay(true)
            .user_agent(concat!("lienthong/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| SetupError::Client)?;
        Ok(Self {
            client,
            limits,
            clock,
        })
    }

    /// Time for one exchange when the caller sets none.
    pub(crate) fn total(&self) -> Duration {
        self.limits.total
    }

    /// Posts `body` and reads the answer within `budget`.
    pub(crate) async fn post(
        &self,
        endpoint: &Endpoint,
        headers: HeaderMap,
        body: impl Into<Bytes>,
        budget: Duration,
    ) -> Result<Answer, ExchangeError> {
        let request = self.client.post(endpoint.url().clone());
        self.exchange(request.headers(headers).body(body.into()), budget)
            .await
    }

    /// Fetches what stands at `endpoint` within `budget`.
    pub(crate) async fn get(
        &self,
        endpoint: &Endpoint,
        budget: Duration,
    ) -> Result<Answer, ExchangeError> {
        self.exchange(self.client.get(endpoint.url().clone()), budget)
            .await
    }

    async fn exchange(
        &self,
        request: RequestBuilder,
        budget: Duration,
    ) -> Result<Answer, ExchangeError> {
        let limit = budget.min(self.limits.total);
        if limit.is_zero() {
            return Err(ExchangeError::NoTimeLeft);
        }
        let exchange = async {
            let response = request
                .send()
                .await
                .map_err(|error| failure::of_sending(&error))?;
            self.read(response).await
        };
        tokio::time::timeout(limit, exchange)
            .await
            .unwrap_or(Err(ExchangeError::TimedOut))
    }

    async fn read(&self, mut response: Response) -> Result<Answer, ExchangeError> {
        let mut head = self.head(&response);
        let x_road_error = response.headers().get(X_ROAD_ERROR).cloned();
        let body = if response.status() == StatusCode::OK {
            body(&mut response, &mut head, self.limits.max_body).await?
        } else {
            let body = body(&mut response, &mut head, REFUSAL_LIMIT);
            let body = tokio::time::timeout(REFUSAL_TIME, body).await;
            body.ok().and_then(Result::ok).unwrap_or_default()
        };
        Ok(Answer {
            head,
            x_road_error,
            body,
        })
    }

    fn head(&self, response: &Response) -> AnswerHead {
        let headers = response.headers();
        AnswerHead {
            status: response.status().as_u16(),
            media_type: headers
                .get(CONTENT_TYPE)
                .map(media_type)
                .unwrap_or_default(),
            retry_after: headers
                .get(RETRY_AFTER)
                .and_then(|value| value.to_str().ok())
                .and_then(|text| retry_after::parse(text, self.clock.now())),
            length: 0,
        }
    }
}

/// Reads at most `cap` bytes and counts them in `head`.
async fn body(
    response: &mut Response,
    head: &mut AnswerHead,
    cap: usize,
) -> Result<Zeroizing<Vec<u8>>, ExchangeError> {
    let announced = response.content_length().unwrap_or(0);
    if announced > cap as u64 {
        return Err(ExchangeError::BodyTooLarge(head.clone()));
    }
    // What is announced fits into memory, for it is at most `cap`.
    let mut body = Zeroizing::new(Vec::with_capacity(usize::try_from(announced).unwrap_or(0)));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                head.length += chunk.len();
                if head.length > cap {
                    return Err(ExchangeError::BodyTooLarge(head.clone()));
                }
                body.extend_from_slice(&chunk);
            }
            Ok(None) => return Ok(body),
            Err(error) => return Err(failure::of_reading(&error, head.clone())),
        }
    }
}

/// A header value that stays out of every log; `None` when a header cannot hold it.
pub(crate) fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The media type without parameters. What is not shaped like one is dropped: the
/// value goes into errors, and an upstream could write anything there.
fn media_type(value: &HeaderValue) -> String {
    let text = value.to_str().unwrap_or_default();
    let name = text.split(';').next().unwrap_or_default().trim();
    let fits = name.len() <= MEDIA_TYPE_LIMIT
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"/+-.".contains(&b));
    if fits {
        name.to_ascii_lowercase()
    } else {
        String::new()
    }
}

#[cfg(test)]
pub(crate) mod rough_server;
#[cfg(test)]
mod tests;
