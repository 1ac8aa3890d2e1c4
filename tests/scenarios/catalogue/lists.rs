//! The catalogues of units and fields are read with their own age, and a code that goes is told
//! with the services that it belongs to.

use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1;
use lienthong_proto::v1::catalogue_change::Kind;
use lienthong_proto::v1::catalogue_list_state::List;

use super::ground::Ground;

async fn units(ground: &Ground, query: &str, page_token: &str) -> v1::ListCatalogueUnitsResponse {
    let request = v1::ListCatalogueUnitsRequest {
        query: query.to_owned(),
        level_code: String::new(),
        page_size: 2,
        page_token: page_token.to_owned(),
    };
    let answer = ground.client().await.list_catalogue_units(request).await;
    answer.unwrap().into_inner()
}

#[tokio::test]
async fn units_and_fields_are_found_by_words_and_codes_page_by_page() {
    let ground = Ground::start().await;
    let first = units(&ground, "h99", "").await;
    let codes = |page: &v1::ListCatalogueUnitsResponse| -> Vec<String> {
        page.units.iter().map(|it| it.unit_code.clone()).collect()
    };
    assert_eq!(codes(&first), ["000.00.00.H99", "000.00.01.H99"]);
    assert_eq!(first.list.unwrap().entries, 39);
    let second = units(&ground, "h99", &first.next_page_token).await;
    assert_eq!(codes(&second), ["000.01.12.H99"]);
    assert_eq!(second.next_page_token, "");
    assert_eq!(codes(&units(&ground, "BO TU PHAP", "").await), ["G15"]);
    let request = v1::ListCatalogueFieldsRequest {
        query: "ho tich".to_owned(),
        sector_code: "G15".to_owned(),
        ..v1::ListCatalogueFieldsRequest::default()
    };
    let answer = ground.client().await.list_catalogue_fields(request).await;
    let fields = answer.unwrap().into_inner().fields;
    let [field] = fields.as_slice() else {
        panic!("{fields:?}");
    };
    assert_eq!(
        (field.field_code.as_str(), field.name.as_str()),
        ("G15-TP07", "Hộ tịch")
    );
}

#[tokio::test]
async fn units_that_do_not_come_keep_their_age_while_the_rest_goes_on() {
    let ground = Ground::start().await;
    let before = ground.state().await;
    assert_eq!(before.lists.len(), 3);
    assert!(
        before
            .lists
            .iter()
            .all(|it| it.fetched_at == before.fetched_at)
    );
    let fault = Fault::new(FaultEffect::Html).on("LayDanhMucCoQuan");
    ground.stage.mocks().portal().script(fault).unwrap();
    ground.refresh(false).await.unwrap();
    let after = ground.state().await;
    assert_ne!(after.fetched_at, before.fetched_at);
    for list in &after.lists {
        let (at, reasons) = match list.list() {
            List::Units => (before.fetched_at, 1),
            List::OnlineServices | List::Fields => (after.fetched_at, 0),
            List::Unspecified => unreachable!(),
        };
        assert_eq!((list.fetched_at, list.reasons.len()), (at, reasons));
    }
    assert_eq!(after.reasons[0].code, "CATALOGUE_PART_KEPT");
    let told = units(&ground, "", "").await.list.unwrap();
    assert_eq!(told.reasons, after.reasons);
    ground.refresh(false).await.unwrap();
    assert!(ground.state().await.reasons.is_empty());
}

#[tokio::test]
async fn a_code_that_goes_is_told_with_its_services() {
    let ground = Ground::start().await;
    let portal = ground.stage.mocks().portal();
    assert!(portal.withdraw_procedure("1.004222") && portal.withdraw_procedure("1.900001"));
    ground.refresh(false).await.unwrap();
    let changes = ground.changes().await;
    let of = |code: &str| {
        let change = changes.iter().find(|it| it.procedure_code == code);
        let change = change.unwrap();
        assert_eq!(change.kind(), Kind::Withdrawn);
        let services = change.services.iter();
        let services = services.map(|it| (it.number, it.role.as_str()));
        services.collect::<Vec<_>>()
    };
    assert_eq!(of("1.004222"), [(3, "main"), (15, "linked")]);
    assert_eq!(of("1.900001"), []);
}
