//! What a failure of the HTTP client means for the request.
//!
//! The client hides its reasons in a chain of sources, and an `io::Error` skips
//! the error that it wraps when asked for its source; looking at `source` alone
//! misses every TLS failure.

use std::error::Error;
use std::io;

use super::{AnswerHead, ExchangeError};

/// Before the head of the answer was there.
pub(super) fn of_sending(error: &reqwest::Error) -> ExchangeError {
    if is_certificate(error) {
        ExchangeError::CertificateRejected
    } else if error.is_connect() {
        // Before the question of time: a connection that did not come about in
        // time has carried nothing.
        ExchangeError::Unreachable
    } else if error.is_timeout() {
        ExchangeError::TimedOut
    } else {
        ExchangeError::Interrupted
    }
}

/// While the body was read.
pub(super) fn of_reading(error: &reqwest::Error, head: AnswerHead) -> ExchangeError {
    // The client calls every failure here one of decoding; only a decoder's own
    // complaint is.
    let garbled = |kind| {
        matches!(
            kind,
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
        )
    };
    if error.is_timeout() {
        ExchangeError::TimedOut
    } else if chain(error)
        .filter_map(io_error)
        .any(|io| garbled(io.kind()))
    {
        ExchangeError::Unreadable(head)
    } else {
        ExchangeError::Interrupted
    }
}

fn is_certificate(error: &reqwest::Error) -> bool {
    chain(error)
        .filter_map(|error| error.downcast_ref())
        .any(about_certificate)
}

fn about_certificate(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(_)
            | rustls::Error::InvalidCertRevocationList(_)
            | rustls::Error::NoCertificatesPresented
            | rustls::Error::UnsupportedNameType
    )
}

/// The error and everything that it wraps, from the outside in.
fn chain<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let first: &'a (dyn Error + 'static) = error;
    std::iter::successors(Some(first), |&error| {
        let wrapped = io_error(error).and_then(io::Error::get_ref);
        wrapped
            .map(|wrapped| wrapped as &(dyn Error + 'static))
            .or_else(|| error.source())
    })
}

fn io_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    error.downcast_ref()
}
