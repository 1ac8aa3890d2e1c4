//! One set of cases for every profile: whatever the route, the same thing that happens
//! must mean the same.
//!
//! A case never names a profile. Where profiles differ, the difference is a property of
//! the ground (does its access renew?) and the case says what follows from it.

mod answers;
mod failures;
mod grounds;

use std::sync::Arc;

use lienthong_core::ports::population::{CitizenAnswer, Observed, PopulationRegistry, Unanswered};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use self::grounds::{GROUNDS, Ground};
use super::samples::{call, clock, port, query};
use crate::http::rough_server::{Behaviour, RoughServer, say};

type LookedUp = Result<Observed<CitizenAnswer>, Unanswered>;

/// An upstream of `ground` whose token call answers well.
async fn upstream(ground: &Ground) -> MockServer {
    let server = MockServer::start().await;
    if let Some(token) = &ground.token {
        let answer = ResponseTemplate::new(200).set_body_raw(token.answer, "application/json");
        Mock::given(path(token.path))
            .respond_with(answer)
            .mount(&server)
            .await;
    }
    server
}

/// The ground's registry for an address.
fn registry(ground: &Ground, url: &str) -> Arc<dyn PopulationRegistry> {
    (ground.registry)(url, port(&clock())).unwrap()
}

/// An answer with status 200 as the ground gives them.
fn said(ground: &Ground, body: String) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body, ground.media_type)
}

/// Looks up once, where every look-up is answered so. The second value tells how many
/// look-ups arrived.
async fn look_up_against(ground: &Ground, template: ResponseTemplate) -> (LookedUp, u32) {
    let server = upstream(ground).await;
    let look_ups = Mock::given(path("/tracuu")).respond_with(template);
    look_ups.mount(&server).await;
    let looked_up = registry(ground, &server.uri())
        .look_up(&query(), &call())
        .await;
    (looked_up, arrived(&server).await)
}

async fn arrived(server: &MockServer) -> u32 {
    let requests = server.received_requests().await.unwrap();
    let look_ups = requests.iter().filter(|it| it.url.path() == "/tracuu");
    u32::try_from(look_ups.count()).unwrap()
}

/// A server that does this to the look-up, after a good token call where there is one.
async fn rough(ground: &Ground, behaviour: Behaviour) -> RoughServer {
    let token = ground.token.as_ref();
    let token = token.map(|token| say("application/json", token.answer));
    RoughServer::start(token.into_iter().chain([behaviour]).collect()).await
}
