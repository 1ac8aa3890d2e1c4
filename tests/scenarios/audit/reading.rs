//! Who may read the record, and what they find.

use lienthong_core::clock::Clock as _;

use super::*;

fn reader(operator_id: &str, reason: &str) -> v1::ListAccessesRequest {
    v1::ListAccessesRequest {
        reader: Some(v1::AuditReader {
            operator_id: operator_id.to_owned(),
            reason: reason.to_owned(),
        }),
        ..v1::ListAccessesRequest::default()
    }
}

#[tokio::test]
async fn only_a_configured_system_reads() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    desk.verify(&stage.citizen("plain").unwrap()).await.unwrap();
    // Plain text is `igate` here, which may look up and not read.
    let refused = stage.auditor().await.unwrap().page(question()).await;
    let expected = (Code::PermissionDenied, "NOT_PERMITTED_AUDIT".to_owned());
    assert_eq!(failure(&refused), Some(expected));
}

#[tokio::test]
async fn a_reader_says_who_reads_and_why() {
    let stage = stage().await;
    let mut auditor = stage.auditor().await.unwrap();
    let nobody = v1::ListAccessesRequest::default();
    let rows = [
        (nobody, vec!["reader"]),
        (reader("", "Kiểm tra định kỳ"), vec!["reader.operator_id"]),
        (reader("000180000021", "vì"), vec!["reader.reason"]),
        (reader("", ""), vec!["reader.operator_id", "reader.reason"]),
        (
            v1::ListAccessesRequest {
                page_size: 501,
                dossier_code: "x x".to_owned(),
                ..question()
            },
            vec!["dossier_code", "page_size"],
        ),
        (
            v1::ListAccessesRequest {
                page_token: "made up".to_owned(),
                ..question()
            },
            vec!["page_token"],
        ),
    ];
    for (request, expected) in rows {
        let status = auditor.page(request).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{expected:?}");
        let mut fields = violated(&status);
        fields.sort();
        assert_eq!(fields, expected);
    }
}

#[tokio::test]
async fn reading_is_recorded_too() {
    let stage = stage().await;
    let mut auditor = stage.auditor().await.unwrap();
    auditor
        .page(reader("000180000021", "Thanh tra theo QĐ 77"))
        .await
        .unwrap();
    let bytes = durable::record_bytes(stage.dir());
    assert!(durable::contains(&bytes, "Thanh tra theo QĐ 77"));
    assert!(durable::contains(&bytes, "000180000021"));
    assert!(durable::contains(&bytes, "archive"));
}

/// Twelve accesses: three dossiers, alternately a match and none.
async fn twelve(stage: &Stage) -> Vec<String> {
    let codes: Vec<_> = (1..=3)
        .map(|sequence| stage.dossier_code(sequence))
        .collect();
    let desk = stage.desk(1).await.unwrap();
    for index in 0..12 {
        let citizen = if index % 2 == 0 {
            stage.citizen("plain").unwrap()
        } else {
            nobody(stage)
        };
        desk.at(codes[index % 3].as_str())
            .verify(&citizen)
            .await
            .unwrap();
    }
    codes
}

fn sequences(accesses: &[v1::Access]) -> Vec<i64> {
    accesses.iter().map(|access| access.sequence).collect()
}

#[tokio::test]
async fn accesses_are_found_by_dossier_outcome_and_context() {
    let stage = stage().await;
    let codes = twelve(&stage).await;
    let mut auditor = stage.auditor().await.unwrap();
    let all = |request| v1::ListAccessesRequest { ..request };
    let of_first = v1::ListAccessesRequest {
        dossier_code: codes[0].clone(),
        ..question()
    };
    assert_eq!(
        sequences(&auditor.all(all(of_first.clone())).await.unwrap()),
        [10, 7, 4, 1]
    );
    let missed = v1::ListAccessesRequest {
        outcome: Outcome::NotMatched.into(),
        ..of_first
    };
    assert_eq!(sequences(&auditor.all(missed).await.unwrap()), [10, 4]);
    let context = messages::context(&codes[0]);
    let everything = v1::ListAccessesRequest {
        officer_id: context.officer_id,
        unit_code: context.unit_code,
        procedure_code: context.procedure_code,
        purpose: context.purpose,
        client: "igate".to_owned(),
        ..question()
    };
    assert_eq!(auditor.all(everything.clone()).await.unwrap().len(), 12);
    let others = [
        v1::ListAccessesRequest {
            officer_id: "000180000010".to_owned(),
            ..everything.clone()
        },
        v1::ListAccessesRequest {
            unit_code: "H99.13".to_owned(),
            ..everything.clone()
        },
        v1::ListAccessesRequest {
            procedure_code: "1.001193".to_owned(),
            ..everything.clone()
        },
        v1::ListAccessesRequest {
            purpose: v1::Purpose::ResultDelivery.into(),
            ..everything.clone()
        },
        v1::ListAccessesRequest {
            client: "clinic".to_owned(),
            ..everything
        },
    ];
    for (index, other) in others.into_iter().enumerate() {
        assert_eq!(auditor.all(other).await.unwrap(), [], "{index}");
    }
}

#[tokio::test]
async fn accesses_are_found_by_time() {
    let stage = stage().await;
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    let now = || messages::timestamp(lienthong::clock::SystemClock.now());
    let start = now();
    desk.verify(&plain).await.unwrap();
    let between = now();
    desk.verify(&plain).await.unwrap();
    let end = now();
    let mut auditor = stage.auditor().await.unwrap();
    let rows = [
        (None, None, vec![2, 1]),
        (Some(start), Some(end), vec![2, 1]),
        (Some(start), Some(between), vec![1]),
        (Some(between), None, vec![2]),
        (Some(end), None, vec![]),
        (None, Some(start), vec![]),
    ];
    for (from, until, expected) in rows {
        let request = v1::ListAccessesRequest {
            from,
            until,
            ..question()
        };
        assert_eq!(
            sequences(&auditor.all(request).await.unwrap()),
            expected,
            "{from:?} {until:?}"
        );
    }
}

#[tokio::test]
async fn pages_hold_what_was_asked_for_each_once_newest_first() {
    let stage = stage().await;
    twelve(&stage).await;
    let mut auditor = stage.auditor().await.unwrap();
    let five = v1::ListAccessesRequest {
        page_size: 5,
        ..question()
    };
    let first = auditor.page(five.clone()).await.unwrap();
    assert_eq!(sequences(&first.accesses), [12, 11, 10, 9, 8]);
    // What comes in between moves no page.
    let desk = stage.desk(9).await.unwrap();
    desk.verify(&stage.citizen("plain").unwrap()).await.unwrap();
    let second = v1::ListAccessesRequest {
        page_token: first.next_page_token,
        ..five.clone()
    };
    let second = auditor.page(second).await.unwrap();
    assert_eq!(sequences(&second.accesses), [7, 6, 5, 4, 3]);
    let third = v1::ListAccessesRequest {
        page_token: second.next_page_token,
        ..five
    };
    let third = auditor.page(third).await.unwrap();
    assert_eq!(
        (sequences(&third.accesses), third.next_page_token.as_str()),
        (vec![2, 1], "")
    );
    let one_by_one = v1::ListAccessesRequest {
        page_size: 1,
        ..question()
    };
    let all = auditor.all(one_by_one).await.unwrap();
    assert_eq!(sequences(&all), (1..=13).rev().collect::<Vec<_>>());
}
