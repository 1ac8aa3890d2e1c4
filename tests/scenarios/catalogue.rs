//! The procedure catalogue is fetched from the portal, kept, and never lost to a bad answer.

mod ground;
mod lists;
mod size;

use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1;
use lienthong_proto::v1::catalogue_change::Kind;
use serde_json::json;
use tonic::Code;

use ground::{Ground, reason};

#[tokio::test]
async fn procedures_are_found_by_words_without_accents_by_code_field_and_level() {
    let ground = Ground::start().await;
    let all = ground.list(v1::ListProceduresRequest::default()).await;
    let state = all.catalogue.unwrap();
    assert_eq!((state.procedures, state.profile.as_str()), (120, "p2"));
    assert!(!state.stale && state.version.len() == 32, "{state:?}");
    let codes = async |request: v1::ListProceduresRequest| -> Vec<String> {
        let found = ground.list(request).await.procedures.into_iter();
        found.map(|it| it.procedure_code).collect()
    };
    let words = v1::ListProceduresRequest {
        query: "DANG KY thuong tru".to_owned(),
        level: v1::ImplementationLevel::Commune.into(),
        field_code: "G01-CA05".to_owned(),
        ..v1::ListProceduresRequest::default()
    };
    assert_eq!(codes(words).await, ["1.003197", "1.004222"]);
    let prefix = v1::ListProceduresRequest {
        query: "1.01336".to_owned(),
        ..v1::ListProceduresRequest::default()
    };
    assert_eq!(codes(prefix).await, ["1.0133611"]);
}

#[tokio::test]
async fn pages_go_through_the_whole_list_once_and_in_order() {
    let ground = Ground::start().await;
    let mut seen = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListProceduresRequest {
            page_size: 50,
            page_token,
            ..v1::ListProceduresRequest::default()
        };
        let page = ground.list(request).await;
        seen.extend(page.procedures.into_iter().map(|it| it.procedure_code));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen.len(), 120);
    assert!(seen.is_sorted());
}

#[tokio::test]
async fn a_procedure_is_given_as_the_source_wrote_it() {
    let ground = Ground::start().await;
    let procedure = ground.get("1.004222").await;
    let summary = procedure.summary.clone().unwrap();
    assert_eq!(summary.name, "Đăng ký thường trú");
    assert_eq!(
        summary.levels,
        [i32::from(v1::ImplementationLevel::Commune)]
    );
    assert!(!procedure.details_stale);
    let papers = procedure.components.iter();
    let papers: Vec<_> = papers
        .map(|it| (it.case_name.as_str(), it.files.len()))
        .collect();
    // The form comes twice, once for each file; the proof is asked for in two cases.
    assert_eq!(papers[0], ("", 2));
    assert_eq!(papers[1].0, "Người nộp là cá nhân");
    assert_eq!(procedure.online_services[0].service_code, "1.004222.01");
    let fees = async |code: &str| ground.get(code).await.methods[0].fees.clone();
    assert!(
        fees("1.002755").await.is_empty(),
        "no fee is told, which is not free"
    );
    assert_eq!(fees("1.004194").await[0].amount, "");
}

#[tokio::test]
async fn a_procedure_that_was_never_listed_is_not_found() {
    let ground = Ground::start().await;
    let refused = ground.try_get("9.999999").await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    assert_eq!(reason(&refused), "PROCEDURE_NOT_FOUND");
}

#[tokio::test]
async fn what_changed_at_the_portal_is_told_after_a_fetch() {
    let ground = Ground::start().await;
    let portal = ground.stage.mocks().portal();
    let members = json!({"YEUCAU": "Có chỗ ở hợp pháp"});
    portal.put_procedure("1.004222", members.as_object().unwrap().clone());
    let members = json!({"TENTTHC": "Thủ tục mới"});
    portal.put_procedure("2.999999", members.as_object().unwrap().clone());
    assert!(portal.withdraw_procedure("1.003677"));
    let brought = ground.refresh(false).await.unwrap();
    assert_eq!(
        (brought.added, brought.changed, brought.withdrawn),
        (1, 1, 1)
    );
    assert_eq!((brought.rows_left_out, brought.rows_repeated), (1, 1));
    let changes = ground.changes().await;
    let told: Vec<_> = changes
        .iter()
        .map(|it| (it.kind(), it.procedure_code.as_str()))
        .collect();
    assert_eq!(told.len(), 3, "{told:?}");
    for expected in [
        (Kind::Added, "2.999999"),
        (Kind::Changed, "1.004222"),
        (Kind::Withdrawn, "1.003677"),
    ] {
        assert!(told.contains(&expected), "{told:?}");
    }
    let residence = changes
        .iter()
        .find(|it| it.kind() == Kind::Changed)
        .unwrap();
    assert_eq!(residence.changed_fields, ["requirements"]);
    let gone = ground.get("1.003677").await.summary.unwrap();
    assert!(gone.withdrawn && gone.withdrawn_at.is_some());
    // It is the code of an essential service, so somebody must look.
    let reasons = ground.state().await.reasons;
    assert!(
        reasons.iter().any(|it| {
            it.code == "SERVICE_CODE_NOT_LISTED" && it.message_vi.contains("1.003677")
        })
    );
    portal.reset_catalogue();
    let back = ground.refresh(false).await.unwrap();
    assert_eq!((back.restored, back.withdrawn), (1, 1));
    assert!(ground.state().await.reasons.is_empty());
}

#[tokio::test]
async fn a_catalogue_that_lost_half_over_night_is_refused_with_an_alarm() {
    let ground = Ground::start().await;
    let version = ground.state().await.version;
    ground.stage.mocks().portal().halve_catalogue();
    let refused = ground.refresh(false).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "CATALOGUE_SHRUNK");
    let state = ground.state().await;
    assert_eq!((state.procedures, state.version), (120, version));
    assert_eq!(state.reasons[0].code, "CATALOGUE_SHRUNK");
    let figure = async |name: &str| ground.stage.figure(name).await.unwrap();
    assert_eq!(figure("lienthong_catalogue_condition").await, 2);
    assert_eq!(figure("lienthong_catalogue_procedures").await, 120);
    let taken = ground.refresh(true).await.unwrap();
    assert_eq!(taken.withdrawn, 60);
    assert_eq!(figure("lienthong_catalogue_procedures").await, 60);
    assert_eq!(figure("lienthong_catalogue_condition").await, 0);
}

#[tokio::test]
async fn an_empty_catalogue_is_refused_even_when_it_is_forced() {
    let ground = Ground::start().await;
    ground.stage.mocks().portal().clear_catalogue();
    let refused = ground.refresh(true).await.unwrap_err();
    assert_eq!(reason(&refused), "CATALOGUE_EMPTY");
    assert_eq!(ground.state().await.procedures, 120);
}

#[tokio::test]
async fn an_answer_that_is_cut_off_never_becomes_half_a_catalogue() {
    let ground = Ground::start().await;
    for effect in [
        FaultEffect::TruncatedDocument { bytes: 400 },
        FaultEffect::Truncate { bytes: 400 },
        FaultEffect::Html,
        FaultEffect::Garbage,
    ] {
        let fault = Fault::new(effect.clone()).on("LayDanhSachTTHC");
        ground.stage.mocks().portal().script(fault).unwrap();
        let refused = ground.refresh(true).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable, "{effect:?}");
        assert_eq!(reason(&refused), "CATALOGUE_SOURCE_FAILED", "{effect:?}");
        let state = ground.state().await;
        assert_eq!(state.procedures, 120);
        assert_eq!(state.reasons[0].code, "FETCH_FAILED");
    }
    ground.refresh(false).await.unwrap();
    assert!(ground.state().await.reasons.is_empty());
}

#[tokio::test]
async fn one_procedure_that_fails_keeps_its_older_text_and_is_marked() {
    let ground = Ground::start().await;
    let garbage = Fault::new(FaultEffect::Garbage).on("LayThuTuc");
    let garbage = garbage.for_key("1.004222").times(2);
    ground.stage.mocks().portal().script(garbage).unwrap();
    let brought = ground.refresh(false).await.unwrap();
    assert_eq!((brought.details_not_fetched, brought.changed), (1, 0));
    let kept = ground.get("1.004222").await;
    assert!(kept.details_stale && !kept.components.is_empty());
    assert!(!ground.get("1.004194").await.details_stale);
}

#[tokio::test]
async fn a_restart_keeps_the_catalogue_also_while_the_portal_is_out() {
    let mut ground = Ground::start().await;
    let version = ground.state().await.version;
    ground.stage.stop_gateway().await;
    ground.stage.mocks().portal().pause();
    ground.stage.start_gateway().await.unwrap();
    let state = ground.state().await;
    assert_eq!((state.version, state.procedures), (version, 120));
    assert_eq!(ground.get("1.004222").await.steps.len(), 3);
    let refused = ground.refresh(false).await.unwrap_err();
    assert_eq!(reason(&refused), "CATALOGUE_SOURCE_FAILED");
    assert_eq!(ground.state().await.procedures, 120);
}

#[tokio::test]
async fn everybody_may_read_and_only_an_operator_may_fetch() {
    let ground = Ground::with("sync.operators", "[]").await;
    assert_eq!(ground.state().await.procedures, 120);
    let refused = ground.refresh(false).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    assert_eq!(reason(&refused), "NOT_PERMITTED_OPERATOR");
}

#[tokio::test]
async fn a_gateway_that_keeps_no_catalogue_says_so() {
    let ground = Ground::without_a_catalogue().await;
    let refused = ground.try_get("1.004222").await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(reason(&refused), "CATALOGUE_NOT_CONFIGURED");
    let asked = ground.stage.delivered();
    assert!(asked.iter().all(|it| !it.operation.starts_with("Lay")));
}
