//! What may be asked of the register.

use lienthong_proto::v1;

use super::{Office, list_evidence};
use crate::status::ServerError;

#[tokio::test]
async fn a_service_that_is_not_in_the_list_has_no_empty_list_of_evidence() {
    let office = Office::open();
    let list = async |service_number| {
        let asked = v1::ListEvidenceRequest {
            service_number,
            ..v1::ListEvidenceRequest::default()
        };
        list_evidence(&office.desk, &asked).await
    };
    assert!(list(25).await.is_ok());
    for number in [-1, 26, 70_000] {
        let ServerError::Invalid(told) = list(number).await.unwrap_err() else {
            panic!("{number}");
        };
        let [violation] = told.as_slice() else {
            panic!("{told:?}");
        };
        assert_eq!(violation.field, "service_number");
        assert!(
            violation.message.contains("between 1 and 25"),
            "{}",
            violation.message
        );
    }
}
