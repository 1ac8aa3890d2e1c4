//! The table of what each failure may have done at the portal.

use super::*;

/// One of each that the call, or the way to it, is at fault for. A new variant has to be added by hand; the matches in the port make
/// sure that it is decided.
fn every_failed_call() -> [PortalError; 15] {
    [
        PortalError::Unreachable,
        PortalError::Interrupted,
        PortalError::TimedOut,
        PortalError::CertificateRejected,
        PortalError::SessionRefused { said: None },
        PortalError::Throttled {
            retry_after: None,
            said: None,
        },
        PortalError::Throttled {
            retry_after: Some(Duration::from_secs(30)),
            said: None,
        },
        PortalError::OutOfService { said: None },
        PortalError::AccessDenied { said: None },
        PortalError::FileUnreachable {
            field: "TaiLieuNop",
            problem: "status 404",
        },
        PortalError::BreakerOpen,
        PortalError::Busy,
        PortalError::Rejected { status: 422 },
        PortalError::Failed { status: 503 },
        PortalError::Nonsense {
            problem: "no JSON",
            said: None,
        },
    ]
}

#[test]
fn the_table_says_what_each_failure_may_have_done() {
    let table: Vec<String> = every_failed_call()
        .iter()
        .map(|error| format!("{:?}, {}: {error}", error.certainty(), error.cause().name()))
        .collect();
    insta::assert_snapshot!(table.join("\n"), @r"
    NotApplied, UPSTREAM_UNAVAILABLE: the portal cannot be reached
    Unknown, UPSTREAM_UNAVAILABLE: the connection to the portal was lost before the answer
    Unknown, UPSTREAM_TIMEOUT: the portal did not answer in time
    NotApplied, CERTIFICATE: the portal's certificate was not accepted
    NotApplied, SESSION: the portal gave no valid session
    NotApplied, UPSTREAM_THROTTLED: the portal asks to slow down
    NotApplied, UPSTREAM_THROTTLED: the portal asks to slow down
    Unknown, UPSTREAM_UNAVAILABLE: the portal says that it is out of service
    NotApplied, ACCESS_DENIED: the portal does not allow this system
    NotApplied, FILE_UNREACHABLE: a file of TaiLieuNop could not be brought to the portal: status 404
    NotApplied, UPSTREAM_UNAVAILABLE: the portal is left alone until it is seen to be back
    NotApplied, UPSTREAM_UNAVAILABLE: there is no room in time for the call to the portal
    NotApplied, FIELD_REJECTED: the portal rejected the call with HTTP status 422
    Unknown, UPSTREAM_UNAVAILABLE: the portal failed with HTTP status 503
    Unknown, UPSTREAM_NONSENSE: the portal gave an answer that cannot be understood: no JSON
    ");
}

#[test]
fn no_failure_of_a_call_is_a_final_no() {
    for error in every_failed_call() {
        assert_ne!(error.certainty(), Certainty::Refused, "{error}");
    }
}

#[test]
fn what_may_have_arrived_is_never_called_without_effect() {
    for error in [
        PortalError::Interrupted,
        PortalError::TimedOut,
        PortalError::Failed { status: 500 },
        PortalError::Failed { status: 404 },
        PortalError::OutOfService { said: None },
        PortalError::Nonsense {
            problem: "",
            said: None,
        },
    ] {
        assert_eq!(error.certainty(), Certainty::Unknown, "{error}");
    }
}

#[test]
fn only_what_the_call_itself_is_at_fault_for_ends_patience() {
    for error in every_failed_call() {
        let rejected = matches!(
            error,
            PortalError::Rejected { .. } | PortalError::FileUnreachable { .. }
        );
        assert_eq!(error.cause().is_outage(), !rejected, "{error}");
    }
}

#[test]
fn words_are_masked_before_they_are_cut() {
    let name = "Lý Thị Thử Nghiệm";
    let filling = "ồ".repeat(PortalAnswer::TEXT_LIMIT - 5);
    let said = Said::new(
        "000199000001",
        &format!("{filling} LÝ THỊ THỬ NGHIỆM"),
        &[name],
    );
    assert_eq!(said.code(), "***");
    assert_eq!(said.text(), format!("{filling} ***"));
    let long = Said::new(&"x".repeat(1000), &"ồ".repeat(1_000_000), &[]);
    for text in [long.code(), long.text()] {
        assert_eq!(text.chars().count(), PortalAnswer::TEXT_LIMIT);
    }
}

#[test]
fn debug_shows_no_word_of_the_portal() {
    let said = Some(Said::new("-1", "Hồ sơ của Lý Thị Thử", &[]));
    let error = PortalError::OutOfService { said };
    assert_eq!(
        format!("{error:?} {error}"),
        "OutOfService { said: Some(Said(2 and 20 characters)) } the portal says that it is out of service"
    );
}

#[test]
fn an_error_tells_the_words_that_it_carries() {
    let words = Said::new("-1", "Lỗi", &[]);
    let said = Some(words.clone());
    for error in [
        PortalError::SessionRefused { said: said.clone() },
        PortalError::Throttled {
            retry_after: None,
            said: said.clone(),
        },
        PortalError::OutOfService { said: said.clone() },
        PortalError::Nonsense { problem: "", said },
    ] {
        assert_eq!(error.said(), Some(&words), "{error}");
    }
    assert!(
        every_failed_call()
            .iter()
            .all(|error| error.said().is_none())
    );
}

/// One of each that ends before anything is sent.
fn every_refusal_of_ours() -> [PortalError; 3] {
    [
        PortalError::MappingMissing {
            kind: CodeKind::Procedure,
            code: "1.004222".to_owned(),
        },
        PortalError::FieldNotCarried {
            field: "LoaiDoiTuong",
            problem: "no code for a state agency",
        },
        PortalError::NotOffered {
            operation: "question",
        },
    ]
}

#[test]
fn what_we_refuse_to_send_is_a_final_no_and_names_what_to_change() {
    let table: Vec<String> = every_refusal_of_ours()
        .iter()
        .map(|error| {
            let (cause, code, text) = (error.cause(), error.upstream_code(), error.upstream_text());
            format!("{:?}, {}: {code} | {text}", error.certainty(), cause.name())
        })
        .collect();
    insta::assert_snapshot!(table.join("\n"), @r"
    Refused, MAPPING_MISSING: procedure 1.004222 | the procedure code 1.004222 has no counterpart at the portal
    Refused, FIELD_REJECTED: LoaiDoiTuong | the profile cannot carry LoaiDoiTuong: no code for a state agency
    Refused, CANNOT_BE_ASKED: question | the profile offers no question
    ");
}

#[test]
fn an_attempt_keeps_the_words_of_the_portal_or_a_status() {
    let said = Some(Said::new("-9", "Lỗi hệ thống", &[]));
    let error = PortalError::OutOfService { said };
    assert_eq!(error.upstream_code(), "-9");
    assert_eq!(error.upstream_text(), "Lỗi hệ thống");
    let rejected = PortalError::Rejected { status: 422 };
    assert_eq!(rejected.upstream_code(), "HTTP 422");
    assert_eq!(rejected.upstream_text(), "");
    assert_eq!(PortalError::TimedOut.upstream_code(), "");
}

#[test]
fn what_a_call_could_not_carry_is_told_whole_and_the_portals_words_are_cut() {
    let said = |text: &str| PortalAnswer::new(Reading::Accepted, Said::new("0", text, &[]));
    let nothing = said("Thành công").not_carrying(&[]);
    assert_eq!(nothing.text, "Thành công");
    let two = said("Thành công").not_carrying(&["NgayHenTra", "DanhSachGiayToKetQua"]);
    assert_eq!(
        two.text,
        "Thành công [không chuyển: NgayHenTra, DanhSachGiayToKetQua]"
    );
    let wordless = said("").not_carrying(&["NgayHenTra"]);
    assert_eq!(wordless.text, "[không chuyển: NgayHenTra]");
    let long = said(&"ồ".repeat(1_000)).not_carrying(&["NgayHenTra"]);
    assert_eq!(long.text.chars().count(), PortalAnswer::TEXT_LIMIT);
    assert!(long.text.ends_with("ồ [không chuyển: NgayHenTra]"));
}
