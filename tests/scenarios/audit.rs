//! Every look-up leaves one record, whatever came of it, before its answer leaves.
//!
//! What a reader would get wrong: the record names fields and holds no value of them, and
//! the person stands in it as a keyed hash. Who looked up, for what, stands in plain words.

use lienthong::demo::messages;
use lienthong_mocks::{Fault, FaultEffect, SampleCitizen};
use lienthong_proto::v1;
use lienthong_proto::v1::access::Outcome;
use lienthong_proto::v1::provenance::Source;
use lienthong_tests::auditor::{Auditor, question};
use lienthong_tests::desk::{Desk, failure};
use lienthong_tests::patience::eventually;
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::Stage;
use lienthong_tests::wire::violated;
use tonic::{Code, Request};

mod durable;
mod reading;

/// Look-ups come over TLS from `igate`; plain text is the reader `archive`.
async fn stage() -> Stage {
    Stage::with(Settings::default().with("listen.plain_client", "archive"))
        .await
        .unwrap()
}

fn script(stage: &Stage, effect: FaultEffect) {
    let fault = Fault::new(effect).on("037");
    stage.mocks().population().script(fault).unwrap();
}

fn nobody(stage: &Stage) -> SampleCitizen {
    SampleCitizen {
        full_name: "Lê Thị Khác".to_owned(),
        ..stage.citizen("plain").unwrap()
    }
}

/// The only access that a dossier has.
async fn the_access(stage: &Stage, code: &str) -> v1::Access {
    let mut accesses = stage
        .auditor()
        .await
        .unwrap()
        .of_dossier(code)
        .await
        .unwrap();
    assert_eq!(accesses.len(), 1, "{accesses:#?}");
    accesses.remove(0)
}

fn origin(access: &v1::Access) -> v1::Provenance {
    access.provenance.clone().unwrap_or_default()
}

#[tokio::test]
async fn a_match_is_recorded_with_who_for_what_and_how() {
    let stage = stage().await;
    let desk = stage.desk(1).await.unwrap();
    let before = stage.now();
    let answer = desk.verify(&stage.citizen("plain").unwrap()).await.unwrap();
    let access = the_access(&stage, desk.dossier()).await;
    assert_eq!(access.sequence, 1);
    let at = access.recorded_at.unwrap().seconds;
    assert!((before.as_second()..=stage.now().as_second()).contains(&at));
    assert_eq!(access.client, "igate");
    assert_eq!(access.context, Some(messages::context(desk.dossier())));
    assert_eq!(
        access.method,
        "lienthong.v1.PopulationService/VerifyCitizen"
    );
    assert_eq!(
        (access.outcome(), access.reason.as_str()),
        (Outcome::Matched, "")
    );
    assert_eq!(
        access.returned_fields, [""; 0],
        "a verdict hands no field on"
    );
    assert_eq!(access.withheld_fields, [""; 0]);
    let (told, kept) = (answer.provenance.unwrap(), origin(&access));
    assert_eq!(kept.request_id, told.request_id);
    assert_eq!(
        (kept.source(), kept.profile.as_str()),
        (Source::Live, "soap-lgsp")
    );
    assert_eq!(
        kept.observed_at.unwrap().seconds,
        told.observed_at.unwrap().seconds
    );
    assert_eq!((kept.attempts, access.attempt), (1, 1));
    let latency = access.latency.unwrap();
    assert!((0..60).contains(&latency.seconds) && latency.seconds + i64::from(latency.nanos) > 0);
    let (key, digest) = access.person_digest.split_once(':').unwrap();
    assert_eq!((key, digest.len()), ("k1", 64));
    assert!(digest.bytes().all(|byte| byte.is_ascii_hexdigit()));
}

#[tokio::test]
async fn a_look_up_is_recorded_with_the_names_of_its_fields() {
    let stage = stage().await;
    let desk = stage.desk(1).await.unwrap();
    let child = stage.citizen("child").unwrap();
    desk.look_up(&child, &["sex", "religion", "full_name", "spouse"])
        .await
        .unwrap();
    let access = the_access(&stage, desk.dossier()).await;
    assert_eq!(
        access.method,
        "lienthong.v1.PopulationService/LookupCitizen"
    );
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    let asked = sorted(access.requested_fields.clone());
    assert_eq!(asked, ["full_name", "religion", "sex", "spouse"]);
    assert_eq!(sorted(access.returned_fields.clone()), ["full_name", "sex"]);
    assert_eq!(
        sorted(access.withheld_fields.clone()),
        ["religion", "spouse"]
    );
}

#[tokio::test]
async fn the_same_person_has_the_same_digest_and_nobody_else_has() {
    let stage = stage().await;
    let desk = stage.desk(1).await.unwrap();
    let people = stage.mocks().population().citizens();
    let (one, other) = (&people[0], &people[2]);
    let no_match = SampleCitizen {
        full_name: "Lê Thị Khác".to_owned(),
        ..one.clone()
    };
    for citizen in [one, one, &no_match, other] {
        desk.verify(citizen).await.unwrap();
    }
    let mut auditor = stage.auditor().await.unwrap();
    let accesses = auditor.of_dossier(desk.dossier()).await.unwrap();
    let digests: Vec<_> = accesses
        .iter()
        .map(|access| &access.person_digest)
        .collect();
    assert_eq!(digests[0], digests[1]);
    assert_eq!(
        digests[0], digests[2],
        "of the number, whatever name was given"
    );
    assert_ne!(digests[0], digests[3]);
}

/// What a look-up at its own dossier does, and what its record must say: outcome, reason,
/// whether it has a number at the database, and requests sent.
type Row = (
    &'static str,
    Option<FaultEffect>,
    Ask,
    (Outcome, &'static str, bool, i32),
);

/// The code in JSON that some routes put before the SOAP (population.md 11).
fn not_licensed() -> FaultEffect {
    FaultEffect::Status {
        code: 200,
        body: r#"{"errorCode":"005","message":"Tài khoản cán bộ không có quyền thao tác"}"#
            .to_owned(),
        headers: [("Content-Type".to_owned(), "application/json".to_owned())].into(),
    }
}

/// Which question is asked.
enum Ask {
    Plain,
    Nobody,
    Inspection,
    OtherOfficer,
    WithinMillis(u64),
}

fn endings() -> Vec<Row> {
    use Outcome::{Denied, Matched, NotAnswered, NotMatched};
    let status = |code| Some(FaultEffect::status(code));
    vec![
        ("match", None, Ask::Plain, (Matched, "", true, 1)),
        ("no match", None, Ask::Nobody, (NotMatched, "", true, 1)),
        (
            "purpose",
            None,
            Ask::Inspection,
            (Denied, "NOT_PERMITTED_PURPOSE", false, 0),
        ),
        (
            "officer",
            None,
            Ask::OtherOfficer,
            (Denied, "OFFICER_NOT_MAPPED", false, 0),
        ),
        (
            "500",
            status(500),
            Ask::Plain,
            (NotAnswered, "UPSTREAM_UNAVAILABLE", true, 1),
        ),
        (
            "page",
            Some(FaultEffect::Html),
            Ask::Plain,
            (NotAnswered, "UPSTREAM_NONSENSE", true, 1),
        ),
        (
            "licence",
            Some(not_licensed()),
            Ask::Plain,
            (NotAnswered, "OFFICER_NOT_LICENSED", true, 1),
        ),
        (
            "cut",
            Some(FaultEffect::DropAfterEffect),
            Ask::Plain,
            (NotAnswered, "UPSTREAM_UNAVAILABLE", true, 1),
        ),
        (
            "no time",
            None,
            Ask::WithinMillis(45),
            (NotAnswered, "DEADLINE_EXCEEDED", false, 0),
        ),
        (
            "late",
            Some(FaultEffect::Hang),
            Ask::WithinMillis(700),
            (NotAnswered, "DEADLINE_EXCEEDED", true, 1),
        ),
        (
            "expired",
            Some(FaultEffect::ExpireSession),
            Ask::Plain,
            (Matched, "", true, 2),
        ),
    ]
}

#[tokio::test]
async fn each_ending_leaves_exactly_one_record() {
    let stage = stage().await;
    let desk = stage.desk(1).await.unwrap();
    for (sequence, (row, effect, ask, expected)) in (1..).zip(endings()) {
        let code = stage.dossier_code(sequence);
        if let Some(effect) = effect {
            script(&stage, effect);
        }
        let arrived = stage.asked_under("037").len();
        let (answered, limit) = put(&stage, &desk.at(code.as_str()), ask).await;
        let access = eventually(row, async || {
            let found = stage.auditor().await?.of_dossier(&code).await?;
            Ok(found.first().cloned())
        })
        .await
        .unwrap();
        assert_eq!(the_access(&stage, &code).await, access, "{row}");
        let (outcome, reason, sent, attempts) = expected;
        assert_eq!(
            (access.outcome(), access.reason.as_str()),
            (outcome, reason),
            "{row}"
        );
        assert_eq!(
            answered,
            matches!(outcome, Outcome::Matched | Outcome::NotMatched),
            "{row}"
        );
        let under: Vec<_> = stage.asked_under("037").split_off(arrived);
        assert_eq!(origin(&access).request_id.is_empty(), !sent, "{row}");
        if !limit {
            assert_eq!(under.len(), usize::try_from(attempts).unwrap(), "{row}");
        }
        assert!(
            under
                .iter()
                .all(|number| *number == origin(&access).request_id),
            "{row}"
        );
        assert_eq!(origin(&access).attempts, attempts, "{row}");
    }
}

/// Puts the question; says whether it was answered, and whether it had a time limit.
async fn put(stage: &Stage, desk: &Desk, ask: Ask) -> (bool, bool) {
    let plain = messages::verify(&stage.citizen("plain").unwrap(), desk.dossier());
    let mut request = Request::new(plain);
    let mut limited = false;
    match ask {
        Ask::Plain => {}
        Ask::Nobody => {
            "Lê Thị Khác".clone_into(&mut request.get_mut().full_name);
        }
        Ask::Inspection => {
            let context = request.get_mut().context.as_mut().unwrap();
            context.purpose = v1::Purpose::Inspection.into();
        }
        Ask::OtherOfficer => {
            let context = request.get_mut().context.as_mut().unwrap();
            "000180000077".clone_into(&mut context.officer_id);
        }
        Ask::WithinMillis(millis) => {
            request.set_timeout(std::time::Duration::from_millis(millis));
            limited = true;
        }
    }
    (desk.client().verify_citizen(request).await.is_ok(), limited)
}

#[tokio::test]
async fn an_answer_from_memory_is_an_access_of_its_own() {
    let stage = stage().await;
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    desk.verify(&plain).await.unwrap();
    let mut auditor = stage.auditor().await.unwrap();
    let accesses = auditor.of_dossier(desk.dossier()).await.unwrap();
    let [live, kept] = accesses.as_slice() else {
        panic!("{accesses:#?}")
    };
    assert_eq!(
        (origin(live).source(), origin(kept).source()),
        (Source::Live, Source::Cache)
    );
    assert_eq!((origin(live).attempts, origin(kept).attempts), (1, 0));
    assert_eq!(origin(kept).request_id, origin(live).request_id);
    assert_eq!(origin(kept).observed_at, origin(live).observed_at);
    assert_eq!((live.sequence, kept.sequence), (1, 2));
}

#[tokio::test]
async fn who_hangs_up_is_recorded_like_everybody_else() {
    let stage = stage().await;
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    script(
        &stage,
        FaultEffect::Delay {
            ms: 500,
            before_effect: false,
        },
    );
    let caller = {
        let (desk, plain) = (desk.clone(), plain.clone());
        tokio::spawn(async move { desk.verify(&plain).await })
    };
    eventually("a question at the database", async || {
        Ok((stage.asked_under("037").len() == 1).then_some(()))
    })
    .await
    .unwrap();
    caller.abort();
    let access = eventually("the record", async || {
        let found = stage.auditor().await?.of_dossier(desk.dossier()).await?;
        Ok(found.first().cloned())
    })
    .await
    .unwrap();
    assert_eq!(access.outcome(), Outcome::Matched);
    assert_eq!([origin(&access).request_id], stage.asked_under("037")[..]);
}

#[tokio::test]
async fn a_question_that_breaks_the_rules_is_no_access() {
    let stage = stage().await;
    let desk = stage.desk(1).await.unwrap();
    let mut request = messages::verify(&stage.citizen("plain").unwrap(), desk.dossier());
    request.full_name = String::new();
    let refused = desk.ask(request).await;
    assert_eq!(refused.unwrap_err().code(), Code::InvalidArgument);
    let mut auditor = stage.auditor().await.unwrap();
    assert_eq!(auditor.all(question()).await.unwrap(), []);
}
