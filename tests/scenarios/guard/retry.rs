//! A question is sent a second time only where the first certainly did not arrive.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lienthong_tests::profile::Profile;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// A line to the database on which the first connections do not come about.
struct Line {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Line {
    async fn to(database: SocketAddr, broken: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut caller, _)) = listener.accept().await {
                if counted.fetch_add(1, Ordering::SeqCst) < broken {
                    continue;
                }
                tokio::spawn(async move {
                    let mut onward = TcpStream::connect(database).await?;
                    copy_bidirectional(&mut caller, &mut onward).await
                });
            }
        });
        Self {
            address,
            connections,
        }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// A gateway whose line to the database fails `broken` times, from now on. Its profile asks
/// for no token, so that the first connection is that of the question.
async fn over_a_broken_line(broken: usize) -> (Stage, Line) {
    let settings = Settings::for_profile(Profile::SoapEsb)
        .with("cache.verdict.cached", "false")
        .with("population.breaker.failures", "1000");
    let mut stage = Stage::with(settings).await.unwrap();
    let line = Line::to(stage.mocks().population_addr(), broken).await;
    stage.stop_gateway().await;
    stage.set("population.base_url", &format!("https://{}", line.address));
    stage.start_gateway().await.unwrap();
    (stage, line)
}

#[tokio::test]
async fn a_connection_that_does_not_come_about_is_tried_once_more() {
    let (stage, line) = over_a_broken_line(1).await;
    let plain = stage.citizen("plain").unwrap();
    let answer = stage.desk(1).await.unwrap().verify(&plain).await.unwrap();
    assert_eq!(answer.verdict(), Verdict::Match);
    let provenance = answer.provenance.unwrap();
    assert_eq!(provenance.attempts, 1, "only one request arrived");
    assert_eq!(stage.asked_under("037"), [provenance.request_id]);
    assert_eq!(line.connections(), 2);
}

#[tokio::test]
async fn a_second_try_is_the_last() {
    let (stage, line) = over_a_broken_line(usize::MAX).await;
    let plain = stage.citizen("plain").unwrap();
    let status = stage
        .desk(1)
        .await
        .unwrap()
        .verify(&plain)
        .await
        .unwrap_err();
    check(&status, (Code::Unavailable, "UPSTREAM_UNAVAILABLE"));
    assert_eq!(line.connections(), 2);
    assert_eq!(stage.asked(), []);
}

#[tokio::test]
async fn many_callers_of_a_dead_line_do_not_all_try_twice() {
    let (stage, line) = over_a_broken_line(usize::MAX).await;
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    for _ in 0..100 {
        desk.verify(&plain).await.unwrap_err();
    }
    // A tenth of the look-ups, and a few that are always allowed.
    assert!(
        (100..160).contains(&line.connections()),
        "{}",
        line.connections()
    );
}

#[tokio::test]
async fn what_may_have_arrived_is_not_sent_again() {
    let settings = forgetful()
        .population_within("1s")
        .with("population.breaker.failures", "1000")
        .with("population.breaker.refused_pause", "1ms")
        .with("population.breaker.pause", "1ms")
        .with("population.breaker.longest_pause", "1ms");
    let stage = Stage::with(settings).await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    let rows = [
        ("500", FaultEffect::status(500)),
        ("503", FaultEffect::status(503)),
        ("no answer, done", FaultEffect::DropAfterEffect),
        ("no answer, not done", FaultEffect::DropBeforeEffect),
        ("reset in the middle", FaultEffect::Reset { bytes: 100 }),
        ("half an answer", FaultEffect::Truncate { bytes: 100 }),
        (
            "half a document",
            FaultEffect::TruncatedDocument { bytes: 100 },
        ),
        ("a page", FaultEffect::Html),
        ("another namespace", FaultEffect::WrongNamespace),
        ("silence", FaultEffect::Hang),
        ("no licence", not_licensed()),
    ];
    for (row, effect) in rows {
        let before = asked(&stage);
        script(&stage, effect, 1);
        desk.verify(&plain).await.expect_err(row);
        assert_eq!(asked(&stage), before + 1, "{row}");
        assert_eq!(
            desk.verify(&plain).await.unwrap().verdict(),
            Verdict::Match,
            "after {row}"
        );
    }
}

#[tokio::test]
async fn a_token_that_ended_is_renewed_and_the_same_question_sent_again() {
    let stage = Stage::with(forgetful()).await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    stage.mocks().population().forget_tokens();
    let answer = desk.verify(&plain).await.unwrap();
    let provenance = answer.provenance.unwrap();
    assert_eq!(provenance.attempts, 2, "both are logged there");
    let under = stage.asked_under("037");
    assert_eq!(
        under[1..],
        [provenance.request_id.clone(), provenance.request_id]
    );
}
