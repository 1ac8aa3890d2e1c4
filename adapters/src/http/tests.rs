mod tls;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lienthong_core::clock::{Clock, ManualClock};
use reqwest::header::HeaderMap;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::rough_server::{Behaviour, RoughServer, nobody, say};
use super::{Answer, BaseUrl, ExchangeError, Limits, SetupError, Upstream};

const LIMITS: Limits = Limits {
    connect_timeout: Duration::from_secs(5),
    read_timeout: Duration::from_secs(5),
    total: Duration::from_secs(10),
    max_body: 64 * 1024,
};

const PLENTY: Duration = Duration::from_mins(1);

fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::starting_at(Timestamp::UNIX_EPOCH))
}

async fn post(url: &str, limits: Limits, budget: Duration) -> Result<Answer, ExchangeError> {
    let base = BaseUrl::parse(url).unwrap();
    let upstream = Upstream::new(&base, None, limits, clock()).unwrap();
    let endpoint = base.endpoint("/x", "path").unwrap();
    upstream
        .post(&endpoint, HeaderMap::new(), b"hello".to_vec(), budget)
        .await
}

async fn post_to(behaviour: Behaviour, limits: Limits) -> Result<Answer, ExchangeError> {
    let server = RoughServer::start(vec![behaviour]).await;
    post(&server.url, limits, PLENTY).await
}

#[tokio::test]
async fn nobody_listening_means_that_nothing_was_sent() {
    let error = post(&nobody().await, LIMITS, PLENTY).await.unwrap_err();
    assert_eq!(error, ExchangeError::Unreachable);
}

#[tokio::test]
async fn a_name_that_does_not_resolve_means_that_nothing_was_sent() {
    let error = post("http://nowhere.invalid", LIMITS, PLENTY)
        .await
        .unwrap_err();
    assert_eq!(error, ExchangeError::Unreachable);
}

#[tokio::test]
async fn a_connection_lost_after_the_request_leaves_its_effect_open_and_is_not_tried_again() {
    for behaviour in [Behaviour::HangUp, Behaviour::Reset] {
        let server = RoughServer::start(vec![behaviour]).await;
        let error = post(&server.url, LIMITS, PLENTY).await.unwrap_err();
        assert_eq!(error, ExchangeError::Interrupted);
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn a_connection_lost_on_its_second_use_is_not_replaced_by_another_try() {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok".to_vec();
    let server = RoughServer::start(vec![Behaviour::SayOnce(answer)]).await;
    let base = BaseUrl::parse(&server.url).unwrap();
    let upstream = Upstream::new(&base, None, LIMITS, clock()).unwrap();
    let endpoint = base.endpoint("/x", "path").unwrap();
    let post = || upstream.post(&endpoint, HeaderMap::new(), b"hello".to_vec(), PLENTY);
    assert!(post().await.is_ok());
    assert_eq!(post().await.unwrap_err(), ExchangeError::Interrupted);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn an_answer_cut_off_in_its_body_leaves_the_effect_open() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n0123456789".to_vec();
    let error = post_to(Behaviour::Say(cut), LIMITS).await.unwrap_err();
    assert_eq!(error, ExchangeError::Interrupted);
}

#[tokio::test]
async fn what_is_not_http_leaves_the_effect_open() {
    let error = post_to(Behaviour::Say(b"\x15\x03\x01 hello".to_vec()), LIMITS)
        .await
        .unwrap_err();
    assert_eq!(error, ExchangeError::Interrupted);
}

#[tokio::test]
async fn silence_ends_with_the_read_timeout() {
    let limits = Limits {
        read_timeout: Duration::from_millis(100),
        ..LIMITS
    };
    let error = post_to(Behaviour::FallSilent, limits).await.unwrap_err();
    assert_eq!(error, ExchangeError::TimedOut);
}

#[tokio::test]
async fn a_drip_that_never_pauses_ends_with_the_total_time() {
    let limits = Limits {
        total: Duration::from_millis(300),
        ..LIMITS
    };
    let error = post_to(Behaviour::Drip, limits).await.unwrap_err();
    assert_eq!(error, ExchangeError::TimedOut);
}

#[tokio::test]
async fn the_callers_budget_comes_before_the_total_time() {
    let server = RoughServer::start(vec![Behaviour::FallSilent]).await;
    let error = post(&server.url, LIMITS, Duration::from_millis(100))
        .await
        .unwrap_err();
    assert_eq!(error, ExchangeError::TimedOut);
}

#[tokio::test]
async fn without_time_nothing_is_sent() {
    let server = RoughServer::start(vec![Behaviour::HangUp]).await;
    let error = post(&server.url, LIMITS, Duration::ZERO).await.unwrap_err();
    assert_eq!(error, ExchangeError::NoTimeLeft);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_flood_is_cut_at_the_limit() {
    const WHOLE: usize = 100 << 20;
    let server = RoughServer::start(vec![Behaviour::Flood(WHOLE)]).await;
    let error = post(&server.url, LIMITS, PLENTY).await.unwrap_err();
    let ExchangeError::BodyTooLarge(head) = error else {
        panic!("{error:?}")
    };
    assert!(
        head.length <= 2 * LIMITS.max_body + 256 * 1024,
        "{}",
        head.length
    );
    // What was taken beyond the limit lay in the buffers of two sockets.
    assert!(server.flooded() < WHOLE / 2, "{}", server.flooded());
}

#[tokio::test]
async fn a_body_announced_as_too_long_is_not_read_at_all() {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\nx",
        LIMITS.max_body + 1
    );
    let error = post_to(Behaviour::Say(head.into_bytes()), LIMITS)
        .await
        .unwrap_err();
    let ExchangeError::BodyTooLarge(head) = error else {
        panic!("{error:?}")
    };
    assert_eq!(head.length, 0);
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_read() {
    let body = "x".repeat(LIMITS.max_body);
    let answer = post_to(say("text/plain", &body), LIMITS).await.unwrap();
    assert_eq!(answer.body.as_slice(), body.as_bytes());
}

/// A gzip member that unpacks to about `2064 * rounds` zeros.
fn gzip_of_zeros(rounds: usize) -> Vec<u8> {
    let mut bits = Vec::new();
    let mut push = |value: u32, count: u32, from_high: bool| {
        for i in 0..count {
            let shift = if from_high { count - 1 - i } else { i };
            bits.push(value >> shift & 1 == 1);
        }
    };
    push(0b011, 3, false); // last block, fixed codes
    push(0b0011_0000, 8, true); // a zero
    for _ in 0..rounds * 8 {
        push(0b1100_0101, 8, true); // 258 more
        push(0, 5, true); // of the byte before
    }
    push(0, 7, true); // end of block
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    packed.extend(bits.chunks(8).map(|byte| {
        byte.iter()
            .enumerate()
            .fold(0, |sum, (i, &bit)| sum | u8::from(bit) << i)
    }));
    packed
}

fn gzipped(body: &[u8]) -> Behaviour {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend_from_slice(body);
    Behaviour::Say(answer)
}

#[tokio::test]
async fn the_limit_counts_what_a_compressed_body_unpacks_to() {
    let bomb = gzip_of_zeros(4000);
    assert!(bomb.len() < LIMITS.max_body);
    let error = post_to(gzipped(&bomb), LIMITS).await.unwrap_err();
    assert!(matches!(error, ExchangeError::BodyTooLarge(_)), "{error:?}");
}

#[tokio::test]
async fn a_broken_content_coding_is_told_apart() {
    let error = post_to(gzipped(b"this is no gzip at all"), LIMITS)
        .await
        .unwrap_err();
    assert!(matches!(error, ExchangeError::Unreadable(_)), "{error:?}");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let server = MockServer::start().await;
    let there = ResponseTemplate::new(307).insert_header("location", "/elsewhere");
    Mock::given(path("/x"))
        .respond_with(there)
        .expect(1)
        .mount(&server)
        .await;
    let elsewhere = ResponseTemplate::new(200);
    Mock::given(path("/elsewhere"))
        .respond_with(elsewhere)
        .expect(0)
        .mount(&server)
        .await;
    let answer = post(&server.uri(), LIMITS, PLENTY).await.unwrap();
    assert_eq!(answer.head.status, 307);
}

#[tokio::test]
async fn the_head_tells_media_type_and_wait() {
    let server = MockServer::start().await;
    let template = ResponseTemplate::new(429)
        .insert_header("retry-after", "Thu, 01 Jan 1970 00:01:30 GMT")
        .insert_header("content-type", "Text/XML; charset=utf-8");
    Mock::given(path("/x"))
        .respond_with(template)
        .mount(&server)
        .await;
    let head = post(&server.uri(), LIMITS, PLENTY).await.unwrap().head;
    assert_eq!(head.retry_after, Some(Duration::from_secs(90)));
    assert_eq!(head.media_type, "text/xml");
}

#[tokio::test]
async fn an_https_address_needs_a_ca_bundle() {
    let base = BaseUrl::parse("https://lgsp.example").unwrap();
    let error = Upstream::new(&base, None, LIMITS, clock()).unwrap_err();
    assert!(matches!(error, SetupError::MissingCaBundle));
}

#[tokio::test]
async fn debug_shows_no_body() {
    let answer = post_to(say("text/plain", "000185000001"), LIMITS)
        .await
        .unwrap();
    assert!(!format!("{answer:?}").contains("000185000001"));
}

fn refusal(head: &str, body: &str) -> Behaviour {
    let answer = format!("HTTP/1.1 400 Bad Request\r\n{head}connection: close\r\n\r\n{body}");
    Behaviour::Say(answer.into_bytes())
}

#[tokio::test]
async fn of_a_refusal_a_small_body_and_the_x_road_header_are_kept() {
    let server = refusal(
        "x-road-error: Client.InvalidRequest\r\n",
        "{\"message\":\"00\"}",
    );
    let answer = post_to(server, LIMITS).await.unwrap();
    assert_eq!(answer.head.status, 400);
    assert_eq!(answer.body.as_slice(), b"{\"message\":\"00\"}");
    assert_eq!(answer.x_road_error.unwrap(), "Client.InvalidRequest");
}

#[tokio::test]
async fn of_a_refusal_that_is_long_or_cut_off_the_status_is_kept() {
    let long = "x".repeat(16 * 1024 + 1);
    for server in [
        refusal("", &long),
        refusal("content-length: 20000\r\n", "{\"message\":\"00\"}"),
        refusal("content-length: 100\r\n", "{\"message\":\"00\"}"),
    ] {
        let answer = post_to(server, LIMITS).await.unwrap();
        assert_eq!(answer.head.status, 400);
        assert!(answer.body.is_empty() && answer.x_road_error.is_none());
    }
}
