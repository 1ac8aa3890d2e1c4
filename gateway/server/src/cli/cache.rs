//! `lienthong cache clear`: makes a running gateway forget what it keeps.
//!
//! It speaks to the console, which listens on loopback unless somebody decided
//! otherwise, and says who wants it and why; both stand in the gateway's log.

use std::net::SocketAddr;
use std::time::Duration;

use http::header::HOST;
use http::{HeaderValue, Request, StatusCode};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::print::{chain, complain, say};
use super::{DONE, FAILED};
use crate::console::{CLEAR_CACHE, OPERATOR, REASON};
use crate::lang::Lang;

/// Time for the whole exchange with the console.
const PATIENCE: Duration = Duration::from_secs(5);

/// Arguments of `cache clear`.
#[derive(Debug, clap::Args)]
pub(super) struct ClearArguments {
    /// Address of the gateway's console.
    #[arg(long, default_value = "127.0.0.1:8080")]
    console: SocketAddr,
    /// Who wants it.
    #[arg(long)]
    operator: String,
    /// Why.
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Error)]
enum ClearError {
    #[error("the console at {console} cannot be reached")]
    Unreachable {
        console: SocketAddr,
        #[source]
        source: std::io::Error,
    },
    #[error("the console did not answer in time")]
    TimedOut,
    #[error("the console's answer cannot be read")]
    Http(#[from] hyper::Error),
    #[error("--operator and --reason must each be one line of text")]
    Text,
    #[error("the console refused: {status}: {answer}")]
    Refused { status: StatusCode, answer: String },
}

/// Clears the cache.
pub(super) async fn clear(arguments: ClearArguments, lang: Lang) -> u8 {
    let ended = timeout(PATIENCE, ask(&arguments)).await;
    match ended.unwrap_or(Err(ClearError::TimedOut)) {
        Ok(()) => {
            say(lang.pick(
                "Đã xoá mọi kết quả tra cứu đang giữ trong bộ nhớ.",
                "Every answer that was kept in memory is forgotten.",
            ));
            DONE
        }
        Err(error) => {
            complain(&chain(&error));
            FAILED
        }
    }
}

async fn ask(arguments: &ClearArguments) -> Result<(), ClearError> {
    let console = arguments.console;
    let header =
        |text: &str| HeaderValue::from_bytes(text.as_bytes()).map_err(|_| ClearError::Text);
    let mut request = Request::post(CLEAR_CACHE)
        .body(Empty::<Bytes>::new())
        .map_err(|_| ClearError::Text)?;
    let headers = request.headers_mut();
    headers.insert(HOST, header(&console.to_string())?);
    headers.insert(OPERATOR, header(&arguments.operator)?);
    headers.insert(REASON, header(&arguments.reason)?);
    let stream = TcpStream::connect(console)
        .await
        .map_err(|source| ClearError::Unreachable { console, source })?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let serving = tokio::spawn(connection);
    let answer = sender.send_request(request).await?;
    let status = answer.status();
    let text = answer.into_body().collect().await?.to_bytes();
    serving.abort();
    if status == StatusCode::OK {
        return Ok(());
    }
    let answer = String::from_utf8_lossy(&text).trim().to_owned();
    Err(ClearError::Refused { status, answer })
}
