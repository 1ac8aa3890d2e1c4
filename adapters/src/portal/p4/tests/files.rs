//! A dossier's files: which are fetched, how often, and what it means when one does not come.

use std::sync::atomic::{AtomicUsize, Ordering};

use lienthong_core::dossier::FileUrl;

use super::*;
use crate::http::rough_server::nobody;

fn refused(message: &str) -> ResponseTemplate {
    let body = json!({"code": 400, "message": message, "data": null});
    ResponseTemplate::new(400).set_body_json(body)
}

#[tokio::test]
async fn only_a_file_below_a_configured_address_is_fetched() {
    let server = server(0).await;
    let portal = portal(&server);
    for url in [
        "http://169.254.169.254/latest".to_owned(),
        format!("{}/g/0d0d", server.uri()),
        format!("{}/f/../secret", server.uri()),
    ] {
        let mut dossier = dossier();
        dossier.documents[0].url = FileUrl::parse(&url).unwrap();
        let error = create(&portal, &dossier).await.unwrap_err();
        assert!(
            matches!(
                error,
                PortalError::FieldNotCarried {
                    field: "TaiLieuNop",
                    ..
                }
            ),
            "{url}: {error:?}"
        );
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_file_that_does_not_come_leaves_the_dossier_unsent() {
    let large = ResponseTemplate::new(200).set_body_bytes(vec![0; 65 * 1024]);
    for template in [
        ResponseTemplate::new(404),
        ResponseTemplate::new(302).insert_header("location", "/f/other"),
        ResponseTemplate::new(200),
        large,
    ] {
        let server = MockServer::start().await;
        Mock::given(path("/f/0d0d"))
            .respond_with(template)
            .expect(1)
            .mount(&server)
            .await;
        let error = create(&portal(&server), &dossier_on(&server)).await;
        let error = error.unwrap_err();
        assert!(
            matches!(error, PortalError::FileUnreachable { .. }),
            "{error:?}"
        );
    }
    let server = MockServer::start().await;
    let files = nobody().await;
    let (portal, _) = portal_with(settings(&server.uri(), &files));
    let mut dossier = dossier();
    dossier.documents[0].url = FileUrl::parse(&format!("{files}/f/0d0d")).unwrap();
    let error = create(&portal, &dossier).await.unwrap_err();
    let problem = "its address cannot be reached";
    let field = "TaiLieuNop";
    assert_eq!(error, PortalError::FileUnreachable { field, problem });
}

#[tokio::test]
async fn a_file_that_the_portal_does_not_take_leaves_the_dossier_unsent() {
    for (template, error) in [
        (refused("Tệp không hợp lệ"), None),
        (ResponseTemplate::new(413), None),
        (done(), None),
        (ResponseTemplate::new(500), Some(PortalError::Unreachable)),
    ] {
        let server = server(1).await;
        mount(&server, "upload", template, 1).await;
        mount(&server, "noihoso", done(), 0).await;
        let sent = create(&portal(&server), &dossier_on(&server)).await;
        let not_taken = PortalError::FileUnreachable {
            field: "TaiLieuNop",
            problem: "the portal did not take it",
        };
        assert_eq!(sent, Err(error.unwrap_or(not_taken)));
    }
}

#[tokio::test]
async fn a_file_is_not_moved_twice_for_two_attempts() {
    let server = server(1).await;
    mount(&server, "upload", uploaded(), 1).await;
    mount(&server, "noihoso", ResponseTemplate::new(500), 2).await;
    let (portal, dossier) = (portal(&server), dossier_on(&server));
    for _ in 0..2 {
        let sent = create(&portal, &dossier).await;
        assert_eq!(sent, Err(PortalError::Failed { status: 500 }));
    }
}

#[tokio::test]
async fn a_file_is_moved_again_once_it_was_long_ago() {
    let server = server(2).await;
    mount(&server, "upload", uploaded(), 2).await;
    mount(&server, "noihoso", ResponseTemplate::new(500), 3).await;
    let (portal, clock) = portal_with(settings(&server.uri(), &server.uri()));
    let dossier = dossier_on(&server);
    for minutes in [59, 2, 0] {
        let sent = create(&portal, &dossier).await;
        assert_eq!(sent, Err(PortalError::Failed { status: 500 }));
        clock.advance(SignedDuration::from_mins(minutes));
    }
}

#[tokio::test]
async fn a_dossier_refused_with_remembered_files_goes_once_more_with_new_ones() {
    let server = server(1).await;
    mount(&server, "upload", uploaded(), 2).await;
    let calls = AtomicUsize::new(0);
    let noi_ho_so = move |_: &Request| match calls.fetch_add(1, Ordering::SeqCst) {
        0 => ResponseTemplate::new(500),
        1 => refused("Trường IdGiayTo không hợp lệ"),
        _ => typed(
            200,
            "Thành công",
            &json!({"idHoSo": "77", "maHoSo": NUMBER}),
        ),
    };
    Mock::given(path("/dvcsync/noihoso"))
        .respond_with(noi_ho_so)
        .expect(3)
        .mount(&server)
        .await;
    mount(&server, "trangthai", done(), 1).await;
    let (portal, dossier) = (portal(&server), dossier_on(&server));
    let lost = create(&portal, &dossier).await;
    assert_eq!(lost, Err(PortalError::Failed { status: 500 }));
    let answer = create(&portal, &dossier).await.unwrap();
    assert_eq!(answer.reading, Reading::Accepted);
}

#[tokio::test]
async fn more_files_than_one_call_has_time_for_are_no_failure_of_the_dossier() {
    let server = server(1).await;
    mount(&server, "upload", uploaded(), 1).await;
    mount(&server, "noihoso", done(), 0).await;
    let slow = ResponseTemplate::new(200)
        .set_body_bytes(b"PDF")
        .set_delay(BUDGET);
    Mock::given(path("/f/slow"))
        .respond_with(slow)
        .expect(2)
        .mount(&server)
        .await;
    let mut dossier = dossier_on(&server);
    let mut second = dossier.documents[0].clone();
    second.url = FileUrl::parse(&format!("{}/f/slow", server.uri())).unwrap();
    dossier.documents.push(second);
    let portal = portal(&server);
    let sent = async || {
        let (mode, known) = (SubmissionMode::Create, reference(None));
        let brief = Duration::from_millis(900);
        portal.submit(&dossier, mode, Some(&known), brief).await
    };
    assert_eq!(sent().await, Err(PortalError::Busy));
    // The first is there by now, so nothing was moved.
    let stuck = sent().await.unwrap_err();
    assert!(
        matches!(stuck, PortalError::FileUnreachable { .. }),
        "{stuck:?}"
    );
}
