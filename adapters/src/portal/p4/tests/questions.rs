//! What the portal is asked, and what of its answer counts.

use lienthong_core::ports::portal::{PortalDetails, StepMark, StepsThere};

use super::*;

#[tokio::test]
async fn an_id_that_was_lost_with_an_answer_is_asked_for() {
    let server = server(1).await;
    let there = json!({"IdHoSo": "77", "MaHoSo": NUMBER});
    Mock::given(path("/dvcsync/tracuu"))
        .and(body_json(json!({"MaHoSo": NUMBER})))
        .respond_with(typed(200, "Thành công", &there))
        .expect(2)
        .mount(&server)
        .await;
    let with_id = body_partial_json(json!([{"IdHoSo": "77"}]));
    Mock::given(path("/dvcsync/trangthai"))
        .and(with_id)
        .respond_with(done())
        .expect(1)
        .mount(&server)
        .await;
    mount(&server, "tientrinh", done(), 1).await;
    let portal = portal(&server);
    let answer = update(&portal, &reference(None)).await.unwrap();
    assert_eq!(answer.reading, Reading::Accepted);
    assert_eq!(answer.reference, Some(reference(Some("77"))));
    let steps = portal
        .append_steps(&dossier().number, &[step()], Some(&reference(None)), BUDGET)
        .await;
    assert_eq!(steps.unwrap().reading, Reading::Accepted);
}

#[tokio::test]
async fn no_id_is_taken_from_an_entry_about_another_dossier() {
    for found in [
        json!({"IdHoSo": "78", "MaHoSo": OTHER}),
        json!([{"IdHoSo": "78", "MaHoSo": OTHER}]),
        json!([{"IdHoSo": "78"}, {"IdHoSo": "79"}]),
    ] {
        let server = server(1).await;
        mount(&server, "tracuu", typed(200, "Thành công", &found), 2).await;
        mount(&server, "trangthai", done(), 0).await;
        mount(&server, "tientrinh", done(), 0).await;
        let (portal, known) = (portal(&server), reference(None));
        let sent = update(&portal, &known).await;
        assert_eq!(sent, Err(PortalError::Unreachable), "{found}");
        let steps = portal
            .append_steps(&dossier().number, &[step()], Some(&known), BUDGET)
            .await;
        assert_eq!(steps, Err(PortalError::Unreachable), "{found}");
    }
}

#[tokio::test]
async fn a_question_that_fails_before_an_update_has_changed_nothing() {
    let server = server(1).await;
    mount(&server, "tracuu", ResponseTemplate::new(500), 1).await;
    mount(&server, "trangthai", done(), 0).await;
    let sent = update(&portal(&server), &reference(None)).await;
    assert_eq!(sent, Err(PortalError::Unreachable));
}

#[tokio::test]
async fn an_update_of_what_the_portal_lost_finds_it_missing() {
    let server = server(1).await;
    mount(&server, "tracuu", typed(200, "Thành công", &Value::Null), 1).await;
    mount(&server, "trangthai", done(), 0).await;
    let sent = update(&portal(&server), &reference(None)).await;
    assert_eq!(sent.unwrap().reading, Reading::NotThere);
}

async fn asked(data: &Value) -> Result<PortalView, PortalError> {
    let server = server(1).await;
    mount(&server, "tracuu", typed(200, "Thành công", data), 1).await;
    let (number, known) = (dossier().number, reference(Some("77")));
    portal(&server).find(&number, Some(&known), BUDGET).await
}

#[tokio::test]
async fn a_question_is_answered_by_what_the_portal_tells() {
    let entry = json!({
        "IdHoSo": "77", "MaHoSo": NUMBER, "TrangThai": 4,
        "NgayTiepNhan": "2025-07-14 09:30:00", "NgayHenTra": null,
        "DanhSachTienDo": [{
            "ThoiDiemXuLy": "2025-07-15T10:15:00.000", "TrangThai": 4,
            "NoiDungXuLy": "Thẩm định hồ sơ",
        }],
    });
    let step = StepMark {
        handled_at: "2025-07-15T03:15:00Z".parse().unwrap(),
        status: PortalStatus::Processing.into(),
        content: "Thẩm định hồ sơ".to_owned(),
    };
    let expected = PortalView::Present {
        status: Some(PortalStatus::Processing),
        steps: StepsThere::Listed(vec![step]),
        details: Box::new(PortalDetails {
            received: Some(Some("2025-07-14T02:30:00Z".parse().unwrap())),
            ..PortalDetails::default()
        }),
    };
    assert_eq!(asked(&entry).await, Ok(expected));
    let present = PortalView::Present {
        status: None,
        steps: StepsThere::NotCarried,
        details: Box::default(),
    };
    for there in [
        json!({"MaHoSo": NUMBER}),
        json!([{"maHoSo": NUMBER}]),
        json!([{"MaHoSo": OTHER}, {"MaHoSo": NUMBER}]),
    ] {
        assert_eq!(asked(&there).await, Ok(present.clone()), "{there}");
    }
    assert_eq!(asked(&Value::Null).await, Ok(PortalView::Absent));
    for other in [json!({"MaHoSo": OTHER}), json!([1])] {
        let error = asked(&other).await.unwrap_err();
        assert!(matches!(error, PortalError::Nonsense { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn what_was_never_numbered_can_be_neither_asked_for_nor_sent() {
    let server = server(0).await;
    let portal = portal(&server);
    let number = dossier().number;
    let not_offered = PortalError::NotOffered {
        operation: "question without a number",
    };
    let asked = portal.find(&number, None, BUDGET).await;
    assert_eq!(asked, Err(not_offered));
    let steps = portal.append_steps(&number, &[step()], None, BUDGET).await;
    assert_eq!(steps, Err(NO_NUMBER));
    for mode in [SubmissionMode::Create, SubmissionMode::Update] {
        let sent = portal.submit(&dossier(), mode, None, BUDGET).await;
        assert_eq!(sent, Err(NO_NUMBER));
    }
}

#[tokio::test]
async fn a_portal_that_cannot_be_asked_is_not_asked() {
    let server = server(1).await;
    mount(&server, "trangthai", done(), 1).await;
    let mut settings = settings(&server.uri(), &server.uri());
    settings.paths.find = None;
    let (portal, _) = portal_with(settings);
    let known = reference(None);
    let not_offered = PortalError::NotOffered {
        operation: "question",
    };
    let asked = portal.find(&dossier().number, Some(&known), BUDGET).await;
    assert_eq!(asked, Err(not_offered));
    // The number alone has to do.
    let answer = update(&portal, &known).await.unwrap();
    assert_eq!(answer.reading, Reading::Accepted);
}
