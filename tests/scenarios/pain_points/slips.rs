//! Case 10: the security slips of code that is in use, each as a test.
//!
//! What a reader would get wrong: whole records in a store and fixed passwords are not
//! here. The gateway has no store of citizens and no users; that its record of look-ups
//! holds no value of a citizen is shown in `audit.rs`.

use std::collections::BTreeSet;
use std::path::Path;

use futures_util::future::join_all;
use lienthong::clock::SystemClock;
use lienthong::demo::messages;
use lienthong::pki::{PkiNames, write_development_pki};
use lienthong_core::clock::Clock as _;
use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1;
use lienthong_tests::desk::failure;
use lienthong_tests::process::{Processes, run};
use lienthong_tests::profile::Profile;
use lienthong_tests::settings::{FILE, Settings};
use lienthong_tests::stage::Stage;
use tonic::Code;

use super::{Overheard, named, somebody};
use crate::discretion;

/// What `lienthong check` says to these settings in `dir`, where there are keys already.
async fn checked(dir: &Path, settings: &Settings) -> (Option<i32>, String) {
    let said = run(dir, &["check", "--offline", "--config", FILE], settings)
        .await
        .unwrap();
    (said.code, said.err)
}

#[tokio::test]
async fn case_10_tls_cannot_be_switched_off() {
    let dir = tempfile::tempdir().unwrap();
    let nothing = Settings::default().without("listen.plain_client");
    let made = run(dir.path(), &["pki", "dev", "pki"], &nothing)
        .await
        .unwrap();
    assert_eq!(made.code, Some(0), "{}", made.err);
    Settings::write_file(dir.path()).unwrap();
    for profile in Profile::ALL {
        let row = profile.name();
        let good = Settings::for_profile(profile)
            .with("portal.base_url", "https://portal.h99.example")
            .with("population.base_url", "https://lgsp.h99.example");
        let (code, said) = checked(dir.path(), &good).await;
        assert_eq!(code, Some(0), "{row}: {said}");
        let plain = good
            .clone()
            .with("population.base_url", "http://lgsp.h99.example");
        let (code, said) = checked(dir.path(), &plain).await;
        assert_eq!(code, Some(64), "{row}");
        assert!(said.contains("population.base_url"), "{row}: {said}");
        for key in [
            "verify_tls",
            "insecure",
            "accept_invalid_certs",
            "ca_file_optional",
        ] {
            let setting = format!("population.{key}");
            let (code, said) = checked(dir.path(), &good.clone().with(&setting, "true")).await;
            assert_eq!(code, Some(64), "{row}: {key}");
            assert!(said.contains(key), "{row}: {said}");
        }
    }
}

#[tokio::test]
async fn case_10_a_certificate_of_another_authority_is_not_spoken_to() {
    let elsewhere = tempfile::tempdir().unwrap();
    let other = elsewhere.path().join("pki");
    let other = write_development_pki(&other, &PkiNames::default(), SystemClock.now()).unwrap();
    for profile in Profile::ALL {
        let row = profile.name();
        let settings = Settings::for_profile(profile)
            .with("population.ca_file", other.ca.display().to_string());
        let stage = Stage::with(settings).await.unwrap();
        let refused = stage.desk(1).await.unwrap().verify(&somebody()).await;
        let expected = (Code::Unavailable, "UPSTREAM_CERTIFICATE".to_owned());
        assert_eq!(failure(&refused), Some(expected), "{row}");
        assert_eq!(stage.asked(), [], "{row}: not even a token call");
    }
}

#[tokio::test]
async fn case_10_nothing_personal_stands_in_an_address_or_a_header() {
    for profile in Profile::ALL {
        let row = profile.name();
        let overheard = Overheard::of(profile).await;
        overheard.asks(0, &somebody()).await;
        let found = overheard.desk(1).look_up(&somebody(), &[]).await.unwrap();
        assert!(found.citizen.is_none());
        let heard = overheard.ear.heard();
        assert!(heard.len() >= 2, "{row}");
        for request in heard {
            assert_eq!(request.uri.query(), None, "{row}");
            let shown = format!("{} {:?}", request.uri, request.headers);
            for value in [
                "000191234567",
                "QUACH",
                "Qu%C3%A1ch",
                "VODANH",
                "19910723",
                "1991-07-23",
            ] {
                assert!(!shown.contains(value), "{row}: {shown}");
            }
            if !request.is_token_call() {
                assert!(
                    request.body.contains("000191234567"),
                    "{row}: the search sees nothing"
                );
            }
        }
    }
}

async fn log_shows_nothing_personal(profile: Profile) {
    let usual = Settings::for_profile(profile);
    let settings = usual.impatient().with("log.filter", "trace");
    let processes = Processes::start(settings).await.unwrap();
    let control = processes.control().unwrap();
    let mut gateway = processes.serve().await.unwrap();
    discretion::look_everybody_up(&control, &gateway).await;
    gateway.terminate().await.unwrap();
    assert!(gateway.ended().await.unwrap().success());
    let log = gateway.log().unwrap();
    let lines = log.lines().count();
    assert!(
        lines >= 500,
        "{}: hardly anything was logged",
        profile.name()
    );
    let mut found = discretion::search("log", &log);
    for secret in ["demo_secret", "demo-auth", "VPUB_H99"] {
        found.extend(log.contains(secret).then(|| secret.to_owned()));
    }
    assert!(found.is_empty(), "{}: {found:#?}", profile.name());
}

#[tokio::test]
async fn case_10_the_log_of_soap_esb_shows_nothing_personal_with_everything_in_it() {
    log_shows_nothing_personal(Profile::SoapEsb).await;
}

#[tokio::test]
async fn case_10_the_log_of_json_wrap_xml_shows_nothing_personal_with_everything_in_it() {
    log_shows_nothing_personal(Profile::JsonWrapXml).await;
}

#[tokio::test]
async fn case_10_the_log_of_json_flat_shows_nothing_personal_with_everything_in_it() {
    log_shows_nothing_personal(Profile::JsonFlat).await;
}

#[tokio::test]
async fn case_10_an_answer_that_cannot_be_read_is_no_answer_and_no_sample() {
    for profile in Profile::ALL {
        let row = profile.name();
        let settings = Settings::for_profile(profile).with_short_look_ups();
        let stage = Stage::with(settings).await.unwrap();
        let desk = stage.desk(1).await.unwrap();
        let plain = stage.citizen("plain").unwrap();
        for effect in [
            FaultEffect::Garbage,
            FaultEffect::Html,
            FaultEffect::WrongNamespace,
            FaultEffect::TruncatedDocument { bytes: 400 },
        ] {
            // Twice, because what is made up might be kept.
            let fault = Fault::new(effect).on("037").times(2);
            stage.mocks().population().script(fault).unwrap();
            for _ in 0..2 {
                let refused = desk.look_up(&plain, &[]).await;
                let expected = (Code::Unavailable, "UPSTREAM_NONSENSE".to_owned());
                assert_eq!(failure(&refused), Some(expected), "{row}");
            }
        }
    }
}

#[tokio::test]
async fn case_10_no_two_look_ups_share_a_request_number() {
    for profile in Profile::ALL {
        let row = profile.name();
        let stage = Stage::with(Settings::for_profile(profile)).await.unwrap();
        let desk = stage.desk(1).await.unwrap();
        let plain = stage.citizen("plain").unwrap();
        // More within a second than a number made of the second's digits could tell apart.
        let asked = (1..=100).map(|sequence| {
            let (desk, plain) = (desk.at(stage.dossier_code(sequence)), &plain);
            async move { desk.verify(plain).await }
        });
        let answers = join_all(asked).await;
        let told: BTreeSet<_> = answers
            .into_iter()
            .map(|answer| answer.expect(row).provenance.unwrap().request_id)
            .collect();
        let sent: BTreeSet<_> = stage.asked_under("037").into_iter().collect();
        assert_eq!((told.len(), &told), (100, &sent), "{row}");
        for number in &sent {
            assert!((1..=40).contains(&number.len()), "{row}: {number}");
        }
    }
}

/// Names that would end their element, and one that would end a JSON text.
const INJECTIONS: &[&str] = &[
    "A</dan:HoVaTen><dan:SoDinhDanh>000185000001</dan:SoDinhDanh><dan:HoVaTen>B",
    "A]]><dan:SoDinhDanh>000185000001</dan:SoDinhDanh>",
    "A<!--",
    "A&lt;/dan:HoVaTen&gt;",
    "A&#x3c;x/>",
    "A\",\"SoDinhDanh\":\"000185000001",
    "A\\u0022,\\u0022soDinhDanh\\u0022:\\u0022000185000001",
    "A' OR '1'='1",
];

#[tokio::test]
async fn case_10_a_name_cannot_write_into_the_request() {
    for profile in Profile::ALL {
        for rule in ["letters-and-digits", "keep-apostrophe"] {
            let settings = Settings::for_profile(profile).with("population.name_key", rule);
            let overheard = Overheard::with(profile, settings).await;
            let harmless = overheard.asks(0, &named("An Lanh")).await;
            for (sequence, name) in (1..).zip(INJECTIONS) {
                let row = format!("{}: {rule}: {name}", profile.name());
                let heard = overheard.asks(sequence, &named(name)).await;
                assert_eq!(heard.elements(), harmless.elements(), "{row}");
                let keys = |body: &str| body.matches("\":").count();
                assert_eq!(keys(&heard.body), keys(&harmless.body), "{row}");
                for opened in ["\"000185000001\"", "<!--", "]]>", "<x"] {
                    assert!(!heard.body.contains(opened), "{row}: {}", heard.body);
                }
            }
        }
    }
}

#[tokio::test]
async fn case_10_no_other_text_of_the_caller_can_write_into_the_request() {
    let fields = "['MaYeuCau', 'MaDVC', 'MaTichHop', 'MaDonVi', 'MaCanBo', 'TaiKhoan', 'SoDienThoai', \
        'SoDinhDanh', 'HoVaTen', 'NgayThangNamSinh']";
    let bad = "a</dan:TaiKhoan><dan:SoDinhDanh>000185000001</dan:SoDinhDanh>";
    for profile in Profile::ALL.into_iter().filter(|it| it.is_soap()) {
        let settings = Settings::for_profile(profile).with("population.fields", fields);
        let overheard = Overheard::with(profile, settings).await;
        overheard.asks(0, &somebody()).await;
        let harmless = overheard.ear.look_ups().pop().unwrap();
        let edits: [fn(&mut v1::AccessContext, &str); 4] = [
            |context, text| text.clone_into(&mut context.officer_account),
            |context, text| text.clone_into(&mut context.officer_id),
            |context, text| text.clone_into(&mut context.unit_code),
            |context, text| text.clone_into(&mut context.procedure_code),
        ];
        let mut went_out = 0;
        for edit in edits {
            let before = overheard.ear.look_ups().len();
            let desk = overheard.desk(1);
            let mut question = messages::verify(&somebody(), desk.dossier());
            edit(question.context.as_mut().unwrap(), bad);
            if let Err(status) = desk.ask(question).await {
                assert_eq!(status.code(), Code::InvalidArgument);
                assert_eq!(overheard.ear.look_ups().len(), before);
                continue;
            }
            went_out += 1;
            let heard = overheard.ear.look_ups().pop().unwrap();
            assert_eq!(heard.elements(), harmless.elements(), "{}", heard.body);
            assert!(heard.body.contains("a&lt;/dan:TaiKhoan"), "{}", heard.body);
        }
        // A login name is free text, so it alone gets so far.
        assert_eq!(went_out, 1, "{}", profile.name());
    }
}
