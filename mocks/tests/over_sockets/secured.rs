//! The same over TLS, with HTTP/2 and HTTP/1.1.

use std::time::Duration;

use lienthong_mocks::{Fault, FaultEffect, Mocks, MocksConfig, MocksError, TlsFiles};
use reqwest::{Certificate, Client, Version};
use serde_json::{Value, json};

fn files() -> TlsFiles {
    let signed = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    TlsFiles {
        certificate_chain: signed.cert.pem(),
        private_key: signed.signing_key.serialize_pem(),
    }
}

fn client(files: &TlsFiles, http1_only: bool) -> Client {
    let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let root = Certificate::from_pem(files.certificate_chain.as_bytes()).unwrap();
    let mut builder = Client::builder()
        .no_proxy()
        .tls_certs_only([root])
        .timeout(Duration::from_secs(20));
    if http1_only {
        builder = builder.http1_only();
    }
    builder.build().unwrap()
}

#[tokio::test]
async fn both_versions_of_http_are_served_over_tls_and_both_can_be_cut() {
    let files = files();
    let config = MocksConfig {
        tls: Some(files.clone()),
        ..MocksConfig::on_free_ports()
    };
    let mocks = Mocks::start(config).await.unwrap();
    let url = format!("{}/mapi/login", mocks.portal_url());
    assert!(url.starts_with("https://"));
    let body = json!({"username": "h99_motcua", "password": "demo-only"});
    for (http1_only, version) in [(false, Version::HTTP_2), (true, Version::HTTP_11)] {
        let client = client(&files, http1_only);
        let answer = client.post(&url).json(&body).send().await.unwrap();
        assert_eq!(answer.version(), version);
        assert_eq!(
            answer.json::<Value>().await.unwrap()["error_code"],
            json!("0")
        );
        mocks
            .portal()
            .script(Fault::new(FaultEffect::DropAfterEffect))
            .unwrap();
        assert!(client.post(&url).json(&body).send().await.is_err());
        assert!(client.post(&url).json(&body).send().await.is_ok());
    }
    assert_eq!(mocks.portal().sessions_issued(), 6);
    mocks.shutdown().await;
}

#[tokio::test]
async fn a_key_that_is_no_key_is_told_before_any_socket_opens() {
    let wrong = TlsFiles {
        private_key: "no key".to_owned(),
        ..files()
    };
    let config = MocksConfig {
        tls: Some(wrong),
        ..MocksConfig::on_free_ports()
    };
    let error = Mocks::start(config).await.unwrap_err();
    assert!(
        matches!(
            error,
            MocksError::Pem {
                part: "private key"
            }
        ),
        "{error}"
    );
}
