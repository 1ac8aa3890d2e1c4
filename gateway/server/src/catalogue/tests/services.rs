//! Codes of the essential services that the catalogue lists no longer.

use lienthong_core::catalogue::Procedure;
use lienthong_core::essential::ServiceList;
use lienthong_core::procedure::ProcedureCode;

use super::{Bench, Trouble, code, operator, procedure};

#[tokio::test]
async fn a_code_that_vanishes_is_told_with_its_service() {
    let bench = Bench::new().await;
    // Đăng ký khai sinh, beside forty codes of no service.
    bench
        .source
        .tell(|told| told.procedures.extend([procedure(1193)]));
    let refreshed = bench.keeper.refresh(operator(false)).await.unwrap();
    assert_eq!(refreshed.vanished, []);
    bench.source.tell(|told| {
        told.procedures.remove(&code(1193));
        told.procedures.remove(&code(1));
    });
    let refreshed = bench.keeper.refresh(operator(false)).await.unwrap();
    let [gone] = refreshed.vanished.as_slice() else {
        panic!("{:?}", refreshed.vanished);
    };
    assert_eq!(gone.code, code(1193));
    assert!(gone.services.iter().any(|(number, _)| number.get() == 9));
    let again = bench.keeper.refresh(operator(false)).await.unwrap();
    assert_eq!(again.vanished, [], "told once");
}

#[tokio::test]
async fn codes_of_services_that_are_not_listed_are_a_trouble() {
    let bench = Bench::new().await;
    bench.keeper.run_due().await;
    let services = ServiceList::shipped().unwrap();
    let all = services.services().iter().flat_map(|it| it.codes.iter());
    let all = all.map(|it| {
        let named = Procedure::named(it.code.clone(), "Thủ tục".to_owned());
        (it.code.clone(), named)
    });
    bench.source.tell(|told| told.procedures.extend(all));
    let not_listed = |it: &Trouble| matches!(it, Trouble::NotListed(_));
    assert!(bench.keeper.troubles().iter().any(not_listed));
    bench.keeper.refresh(operator(false)).await.unwrap();
    assert!(bench.keeper.troubles().is_empty());
    let gone = ProcedureCode::parse("1.003677").unwrap();
    bench
        .source
        .tell(|told| drop(told.procedures.remove(&gone)));
    bench.keeper.refresh(operator(false)).await.unwrap();
    let troubles = bench.keeper.troubles();
    let [Trouble::NotListed(codes)] = &troubles[..] else {
        unreachable!("{troubles:?}");
    };
    assert_eq!((codes.len(), &codes[0].code), (1, &gone));
}
