//! A population database that knows nobody and writes down every byte it is sent.
//!
//! What a reader would get wrong: unlike the mock it holds what it hears, personal data
//! included. It is for tests that must see a request as it is on the wire.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::profile::Profile;

/// One request.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Path and query.
    pub uri: Uri,
    /// Headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub body: String,
}

impl Heard {
    /// Whether it asks for a token.
    #[must_use]
    pub fn is_token_call(&self) -> bool {
        self.uri.path().to_lowercase().ends_with("/token")
    }

    /// The text of the element or JSON key `name`, as it stands; `None` without one.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<String> {
        if self.body.starts_with('{') {
            let body: serde_json::Value = serde_json::from_str(&self.body).ok()?;
            return body.get(name)?.as_str().map(str::to_owned);
        }
        // Elements of the question have a prefix, and one name may end like another.
        let rest = self.body.split_once(&format!(":{name}>"))?.1;
        Some(rest.split_once('<')?.0.to_owned())
    }

    /// The names of the elements below the operation's, in order, without prefixes.
    #[must_use]
    pub fn elements(&self) -> Vec<String> {
        let opened = self.body.split('<').skip(1);
        opened
            .filter(|tag| !tag.starts_with(['/', '?']))
            .filter_map(|tag| tag.split(['>', '/', ' ']).next())
            .map(|tag| tag.rsplit(':').next().unwrap_or(tag).to_owned())
            .skip_while(|tag| tag != "MaYeuCau")
            .collect()
    }
}

/// The database.
#[derive(Debug)]
pub struct Eavesdropper {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<Heard>>>,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Ear {
    profile: Profile,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Eavesdropper {
    /// Listens, in plain text, and answers as `profile` does.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn start(profile: Profile) -> Result<Self> {
        let heard = Arc::default();
        let ear = Ear {
            profile,
            heard: Arc::clone(&heard),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let router = Router::new().fallback(listen).with_state(ear);
        let serving = tokio::spawn(async move {
            // It ends with the test, and the test sees what it did not answer.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            heard,
            serving,
        })
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that it heard, in order.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.clone()
    }

    /// The look-ups among it.
    #[must_use]
    pub fn look_ups(&self) -> Vec<Heard> {
        let mut heard = self.heard();
        heard.retain(|heard| !heard.is_token_call());
        heard
    }
}

impl Drop for Eavesdropper {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn listen(State(ear): State<Ear>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body = String::from_utf8_lossy(&body).into_owned();
    let heard = Heard { uri, headers, body };
    let (media_type, answer) = if heard.is_token_call() {
        ("application/json", token())
    } else {
        nobody(ear.profile)
    };
    let mut all = ear.heard.lock().unwrap_or_else(PoisonError::into_inner);
    all.push(heard);
    ([(CONTENT_TYPE, media_type)], answer).into_response()
}

fn token() -> String {
    json!({
        "access_token": "the-thu", "token": "the-thu", "token_type": "Bearer",
        "expires_in": 3600, "expiryDate": "2099-01-01T00:00:00Z",
    })
    .to_string()
}

fn nobody(profile: Profile) -> (&'static str, String) {
    let soap = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
        <c:CongdanCollection xmlns:c=\"http://www.mic.gov.vn/dancu/1.0\"/></s:Body></s:Envelope>";
    match profile {
        Profile::SoapLgsp | Profile::SoapEsb => ("application/xml", soap.to_owned()),
        Profile::JsonWrapXml => {
            let answer = json!({ "error_code": "0", "message": soap });
            ("application/json", answer.to_string())
        }
        Profile::JsonFlat => {
            let answer = json!({ "CongdanCollection": {} });
            ("application/json", answer.to_string())
        }
    }
}
