//! A token for the static header `Auth`, as at the bus of Đồng Tháp (population.md 9.2).
//!
//! The answer says when the token ends, not for how long it holds, and perhaps without a
//! zone: a gateway that reads such a time as UTC would use the token seven hours too long.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use lienthong_core::clock::Clock;
use lienthong_core::wire_time::viet_nam;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::bearer;
use super::token::{Token, TokenCall, UNTOLD_LIFETIME};
use crate::access::Fresh;
use crate::http::{BaseUrl, SetupError, Upstream, secret_header};

const AUTH: HeaderName = HeaderName::from_static("auth");

/// The token is renewed when less than this remains (population.md 9.2).
const MARGIN: Duration = Duration::from_mins(5);

/// What the recipe needs.
#[derive(Debug, Clone)]
pub struct AuthHeaderAccess {
    /// Where the token is fetched, below the address of the route.
    pub token_path: String,
    /// Value of the header `Auth`.
    pub auth: SecretString,
}

/// The token of `access`.
pub(super) fn token(
    access: &AuthHeaderAccess,
    base: &BaseUrl,
    upstream: &Arc<Upstream>,
    clock: &Arc<dyn Clock>,
) -> Result<Token, SetupError> {
    let auth = secret_header(access.auth.expose_secret()).ok_or(SetupError::HeaderValue {
        name: "the header Auth",
    })?;
    let call = TokenCall {
        endpoint: base.endpoint(&access.token_path, "token_path")?,
        headers: HeaderMap::from_iter([(AUTH, auth)]),
        form: String::new(),
        read,
        margin: MARGIN,
    };
    Ok(Token::new(call, upstream, clock))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenAnswer {
    token: String,
    expiry_date: Option<Moment>,
}

/// A time as text, or milliseconds since 1970.
#[derive(Deserialize)]
#[serde(untagged)]
enum Moment {
    Milliseconds(i64),
    Text(String),
}

fn read(body: &[u8], now: Timestamp) -> Option<Fresh<HeaderValue>> {
    let answer: TokenAnswer = serde_json::from_slice(body).ok()?;
    let token = Zeroizing::new(answer.token);
    // An end that has passed already tells of two clocks that disagree, not of a token
    // that was dead when it was given.
    let lifetime = answer
        .expiry_date
        .and_then(Moment::instant)
        .map(|end| end.duration_since(now))
        .filter(SignedDuration::is_positive)
        .map_or(UNTOLD_LIFETIME, SignedDuration::unsigned_abs);
    Some(Fresh {
        value: bearer(&token)?,
        lifetime,
    })
}

impl Moment {
    fn instant(self) -> Option<Timestamp> {
        let text = match self {
            Self::Milliseconds(milliseconds) => {
                return Timestamp::from_millisecond(milliseconds).ok();
            }
            Self::Text(text) => text,
        };
        let text = text.trim();
        if let Ok(milliseconds) = text.parse() {
            return Timestamp::from_millisecond(milliseconds).ok();
        }
        text.parse().ok().or_else(|| {
            let local: DateTime = text.parse().ok()?;
            local.to_zoned(viet_nam()).ok().map(|at| at.timestamp())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lifetime(expiry_date: &str) -> Duration {
        let now = "2026-10-07T03:00:00Z".parse().unwrap();
        let body = format!(r#"{{"token":"t","refreshToken":"r","expiryDate":{expiry_date}}}"#);
        let fresh = read(body.as_bytes(), now).unwrap();
        assert_eq!(fresh.value, "Bearer t");
        fresh.lifetime
    }

    #[test]
    fn the_end_of_a_token_is_read_in_every_form() {
        let hour = Duration::from_hours(1);
        for text in [
            r#""2026-10-07T04:00:00Z""#,
            r#""2026-10-07T11:00:00.0000000+07:00""#,
            r#""2026-10-07T11:00:00""#,
            r#""2026-10-07 11:00:00""#,
            "1791345600000",
            r#""1791345600000""#,
        ] {
            assert_eq!(lifetime(text), hour, "{text}");
        }
    }

    #[test]
    fn an_end_that_says_nothing_means_ten_minutes() {
        for text in [
            "null",
            r#""mai""#,
            r#""""#,
            r#""2026-10-06T11:00:00Z""#,
            "0",
        ] {
            assert_eq!(lifetime(text), UNTOLD_LIFETIME, "{text}");
        }
        assert!(read(br#"{"token":""}"#, Timestamp::UNIX_EPOCH).is_none());
        assert!(read(b"{}", Timestamp::UNIX_EPOCH).is_none());
    }
}
