use std::time::Duration;

use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use super::*;

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        head: AnswerHead {
            status,
            media_type: String::new(),
            retry_after: Some(Duration::from_secs(7)),
            length: body.len(),
        },
        x_road_error: None,
        body: Zeroizing::new(body.as_bytes().to_vec()),
    }
}

fn meant(status: u16, body: &str) -> PopulationError {
    of_answer(answer(status, body))
}

const THROTTLED: PopulationError = PopulationError::Throttled {
    retry_after: Some(Duration::from_secs(7)),
};

#[test]
fn a_code_of_the_one_stop_product_says_what_is_not_licensed() {
    let body = |code: &str| format!(r#"{{"message":"Error","errorCode":"{code}"}}"#);
    for code in ["001", "002", "003"] {
        let rejected = PopulationError::Rejected { status: 400 };
        assert_eq!(meant(400, &body(code)), rejected);
    }
    assert_eq!(
        meant(400, &body("004")),
        PopulationError::ProcedureNotLicensed
    );
    assert_eq!(
        meant(403, &body("005")),
        PopulationError::OfficerNotLicensed
    );
}

/// A SOAP fault that holds `content`.
fn fault(content: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>\
         <e:Fault>{content}</e:Fault></e:Body></e:Envelope>"
    )
}

#[test]
fn a_soap_fault_says_by_the_same_code_what_is_not_licensed() {
    for (code, error) in [
        ("004", PopulationError::ProcedureNotLicensed),
        ("005", PopulationError::OfficerNotLicensed),
    ] {
        for content in [
            format!("<faultcode>{code}</faultcode><faultstring>m</faultstring>"),
            format!("<faultcode> e:{code}\n</faultcode>"),
            format!("<faultcode xmlns:soapenv='urn:x'>soapenv:{code}</faultcode>"),
            format!(
                "<faultcode>e:Server</faultcode><faultstring>m</faultstring>\
                 <detail><n:errorCode xmlns:n='urn:n'>{code}</n:errorCode></detail>"
            ),
            format!("<detail><message>m</message><errorCode>e:{code}</errorCode></detail>"),
        ] {
            let body = fault(&content);
            assert_eq!(meant(500, &body), error, "{body}");
            let said = spoken(&answer(200, &body));
            assert_eq!(said.as_ref(), Some(&error), "{body}");
        }
    }
}

#[test]
fn free_text_in_a_soap_fault_is_not_believed() {
    for body in [
        fault("<faultcode>e:Server</faultcode><faultstring>004</faultstring>"),
        fault("<faultcode>e:Server</faultcode><faultstring>errorCode: 005</faultstring>"),
        fault("<faultcode>NullPointerException:004</faultcode>"),
        fault("<faultcode>e:x:004</faultcode>"),
        fault("<faultcode>0045</faultcode>"),
        fault("<faultcode>4</faultcode>"),
        fault("<faultcode>0<!-- -->04</faultcode>"),
        fault("<faultcode>&#48;04</faultcode>"),
        fault("<faultcode>004<a/></faultcode>"),
        fault("<detail>005</detail>"),
        fault("<detail><message>005</message></detail>"),
        fault("<detail><trace><errorCode>005</errorCode></trace></detail>"),
        fault("<faultstring><errorCode>005</errorCode></faultstring>"),
        "<faultcode>004</faultcode>".to_owned(),
        "<e:Envelope><e:Body><e:Fault><faultcode>004".to_owned(),
        "<errorCode>005</errorCode>".to_owned(),
    ] {
        let failed = PopulationError::Failed { status: 500 };
        assert_eq!(meant(500, &body), failed, "{body}");
        assert!(spoken(&answer(200, &body)).is_none(), "{body}");
    }
}

#[test]
fn the_text_of_an_exception_in_the_place_of_a_code_is_not_believed() {
    for text in [
        "java.lang.NullPointerException: 004",
        "0045",
        "4",
        "TRẦN THỊ MẪU THỬ 000185000001",
    ] {
        let body = format!(r#"{{"message":"Error","errorCode":"{text}"}}"#);
        assert_eq!(meant(400, &body), PopulationError::Rejected { status: 400 });
        assert_eq!(meant(500, &body), PopulationError::Failed { status: 500 });
        assert!(spoken(&answer(200, &body)).is_none());
    }
}

#[test]
fn a_one_time_password_is_asked_for_by_two_messages_under_their_status_only() {
    for (status, body) in [
        (400, r#"{"message":"00"}"#),
        (403, r#"{"message":"01"}"#),
        (400, r#""00""#),
        (400, "00"),
        (403, "01"),
    ] {
        assert_eq!(
            meant(status, body),
            PopulationError::StepUpRequired,
            "{body}"
        );
    }
    for (status, body, error) in [
        (400, "01", PopulationError::Rejected { status: 400 }),
        (403, "00", PopulationError::Forbidden),
        (500, "00", PopulationError::Failed { status: 500 }),
    ] {
        assert_eq!(meant(status, body), error, "{body}");
    }
}

#[test]
fn an_address_that_is_not_admitted_is_known_under_any_status() {
    for body in [
        r#"{"status":0,"errorCode":101,"message":"IP khong hop le"}"#,
        r#"{"status":"0","code":"101"}"#,
        r#"{"status":0,"errorCode":"IP_DISALLOWED"}"#,
        r#"{"message":"IP_DISALLOWED"}"#,
    ] {
        for status in [400, 401, 403, 500] {
            assert_eq!(
                meant(status, body),
                PopulationError::AddressRefused,
                "{body}"
            );
        }
        let said = spoken(&answer(200, body));
        assert_eq!(said, Some(PopulationError::AddressRefused), "{body}");
    }
    let other_status = r#"{"status":1,"errorCode":101}"#;
    assert!(spoken(&answer(200, other_status)).is_none());
    let authentication = spoken(&answer(200, r#"{"status":0,"errorCode":100}"#));
    assert_eq!(authentication, Some(PopulationError::CredentialsRefused));
}

#[test]
fn the_gateway_product_is_understood_in_json_and_in_xml() {
    let json = |code: &str| format!(r#"{{"code":"{code}","message":"m","description":"d"}}"#);
    let nested = |code: &str| format!(r#"{{"fault":{{"code":{code},"message":"m"}}}}"#);
    let xml = |code: &str| {
        format!(
            "<?xml version=\"1.0\"?><ams:fault xmlns:ams=\"http://wso2.org/apimanager/security\">\
             <ams:code> {code} </ams:code><ams:message>m</ams:message></ams:fault>"
        )
    };
    for (code, error) in [
        ("900901", PopulationError::CredentialsRefused),
        ("900902", PopulationError::CredentialsRefused),
        ("900908", PopulationError::CredentialsRefused),
        ("900803", THROTTLED),
        ("101504", PopulationError::Failed { status: 403 }),
        ("303001", PopulationError::Failed { status: 403 }),
    ] {
        for body in [json(code), nested(code), xml(code)] {
            assert_eq!(meant(403, &body), error, "{body}");
        }
    }
}

#[test]
fn an_x_road_server_tells_whose_fault_it_was() {
    let json = |kind: &str| format!(r#"{{"type":"{kind}","message":"m","detail":"d"}}"#);
    let fault = |kind: &str| {
        fault(&format!(
            "<faultcode>{kind}</faultcode><faultstring>m</faultstring>"
        ))
    };
    for (kind, error) in [
        (
            "Client.InvalidRequest",
            PopulationError::Rejected { status: 500 },
        ),
        (
            "Server.ServerProxy.ServiceFailed.HttpError",
            PopulationError::Failed { status: 500 },
        ),
        (
            "Server.ClientProxy.NetworkError",
            PopulationError::Failed { status: 500 },
        ),
        (
            "Server.ServerProxy.AccessDenied",
            PopulationError::AddressRefused,
        ),
        ("Khac.Gi", PopulationError::Failed { status: 500 }),
    ] {
        for body in [json(kind), fault(kind)] {
            assert_eq!(meant(500, &body), error, "{body}");
        }
        let mut by_header = answer(500, "");
        by_header.x_road_error = HeaderValue::from_str(kind).ok();
        assert_eq!(of_answer(by_header), error, "{kind}");
    }
}

#[test]
fn without_a_known_code_the_status_speaks() {
    for body in [
        "",
        "<html><h1>Bảo trì</h1></html>",
        "[]",
        "{\"code\":null}",
        "<a",
    ] {
        for (status, error) in [
            (400, PopulationError::Rejected { status: 400 }),
            (401, PopulationError::CredentialsRefused),
            (403, PopulationError::Forbidden),
            (404, PopulationError::Rejected { status: 404 }),
            (429, THROTTLED),
            (500, PopulationError::Failed { status: 500 }),
            (503, PopulationError::Failed { status: 503 }),
        ] {
            assert_eq!(meant(status, body), error, "{body}");
        }
        assert!(matches!(meant(302, body), PopulationError::Nonsense(_)));
        assert!(spoken(&answer(200, body)).is_none());
    }
}

#[test]
fn a_body_longer_than_any_refusal_is_not_looked_into() {
    let padded = format!(r#"{{"errorCode":"004","x":"{}"}}"#, "x".repeat(16 * 1024));
    assert_eq!(
        meant(400, &padded),
        PopulationError::Rejected { status: 400 }
    );
}
