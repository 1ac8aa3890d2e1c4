use lienthong_core::catalogue::{CatalogueChange, ChangeKind, Level};
use lienthong_core::essential::ServiceList;
use lienthong_core::procedure::ProcedureCode;
use lienthong_proto::v1;

use super::{ChangePage, DirectoryPage, ProcedurePage, read_code, read_order};
use crate::status::{ServerError, Violation};

fn violations<T: std::fmt::Debug>(read: Result<T, ServerError>) -> Vec<(String, &'static str)> {
    let Err(ServerError::Invalid(violations)) = read else {
        unreachable!("{read:?}");
    };
    let pair = |it: Violation| (it.field, it.reason);
    violations.into_iter().map(pair).collect()
}

#[test]
fn conditions_are_read_and_every_wrong_one_is_told_at_once() {
    let request = v1::ListProceduresRequest {
        query: " thường trú ".to_owned(),
        field_code: "G01-CA05".to_owned(),
        level: v1::ImplementationLevel::Commune.into(),
        include_withdrawn: true,
        page_size: 10,
        page_token: String::new(),
    };
    let page = ProcedurePage::read(&request).unwrap();
    assert_eq!(page.search.query, "thường trú");
    assert_eq!(page.search.level, Some(Level::Commune));
    assert!(page.search.withdrawn);
    let wrong = v1::ListProceduresRequest {
        query: "x".repeat(201),
        field_code: "cư trú".to_owned(),
        level: 9,
        include_withdrawn: false,
        page_size: 501,
        page_token: "?".to_owned(),
    };
    let told = violations(ProcedurePage::read(&wrong));
    let fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        ["query", "field_code", "level", "page_size", "page_token"]
    );
}

#[test]
fn a_code_and_an_operator_are_required() {
    let nothing = v1::GetProcedureRequest::default();
    assert_eq!(
        violations(read_code(&nothing)),
        [("procedure_code".to_owned(), "REQUIRED")]
    );
    let internal = v1::GetProcedureRequest {
        procedure_code: "C08_XPHCDB".to_owned(),
    };
    assert_eq!(
        violations(read_code(&internal)),
        [("procedure_code".to_owned(), "CODE")]
    );
    let nobody = v1::RefreshCatalogueRequest {
        accept_shrink: true,
        ..v1::RefreshCatalogueRequest::default()
    };
    assert_eq!(
        violations(read_order(&nobody)),
        [("operator_id".to_owned(), "REQUIRED")]
    );
}

#[test]
fn a_token_goes_on_under_the_same_conditions_only() {
    let request = |code: &str, token: String| v1::ListCatalogueChangesRequest {
        procedure_code: code.to_owned(),
        page_size: 1,
        page_token: token,
        since: None,
    };
    let change = |number: u64| {
        let change = CatalogueChange {
            code: ProcedureCode::parse("1.004222").unwrap(),
            name: String::new(),
            kind: ChangeKind::Changed,
            fields: Vec::new(),
            seen_at: jiff::Timestamp::UNIX_EPOCH,
            version: "v".to_owned(),
        };
        (number, change)
    };
    let first = ChangePage::read(&request("1.004222", String::new())).unwrap();
    let services = ServiceList::shipped().unwrap();
    let answer = first.answer(vec![change(9), change(7)], &services);
    assert_eq!(answer.changes.len(), 1);
    let token = answer.next_page_token;
    let second = ChangePage::read(&request("1.004222", token.clone())).unwrap();
    assert_eq!(second.before, Some(9));
    let last = second.answer(vec![change(7)], &services);
    assert!(last.next_page_token.is_empty());
    let told = violations(ChangePage::read(&request("", token)));
    assert_eq!(told, [("page_token".to_owned(), "PAGE_TOKEN")]);
}

#[test]
fn a_withdrawn_code_tells_its_services_and_what_took_its_place() {
    let services = ServiceList::shipped().unwrap();
    let told = |kind: ChangeKind, code: &str| {
        let change = CatalogueChange {
            code: ProcedureCode::parse(code).unwrap(),
            name: String::new(),
            kind,
            fields: Vec::new(),
            seen_at: jiff::Timestamp::UNIX_EPOCH,
            version: "v".to_owned(),
        };
        let page = ChangePage::read(&v1::ListCatalogueChangesRequest::default()).unwrap();
        let mut answer = page.answer(vec![(1, change)], &services);
        answer.changes.remove(0)
    };
    let of = |change: &v1::CatalogueChange| -> Vec<(i32, String)> {
        let services = change.services.iter();
        services.map(|it| (it.number, it.role.clone())).collect()
    };
    let residence = told(ChangeKind::Withdrawn, "1.004222.000.00.00.H60");
    assert_eq!(
        of(&residence),
        [(3, "main".to_owned()), (15, "linked".to_owned())]
    );
    assert!(residence.services[0].name.contains("thường trú"));
    let older = told(ChangeKind::Withdrawn, "2.002622");
    assert_eq!(older.replaced_by, "2.002913");
    let listed = told(ChangeKind::Added, "2.002622");
    assert_eq!((of(&listed), listed.replaced_by.as_str()), (of(&older), ""));
    assert!(told(ChangeKind::Withdrawn, "1.999999").services.is_empty());
}

#[test]
fn conditions_of_a_directory_are_checked_all_at_once() {
    let wrong = v1::ListCatalogueUnitsRequest {
        query: "x".repeat(201),
        level_code: "1".repeat(51),
        page_size: -1,
        page_token: "?".to_owned(),
    };
    let told = violations(DirectoryPage::of_units(&wrong));
    let fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["query", "level_code", "page_size", "page_token"]);
    let wrong = v1::ListCatalogueFieldsRequest {
        sector_code: "G".repeat(51),
        ..v1::ListCatalogueFieldsRequest::default()
    };
    let told = violations(DirectoryPage::of_fields(&wrong));
    assert_eq!(told, [("sector_code".to_owned(), "TOO_LONG")]);
}
