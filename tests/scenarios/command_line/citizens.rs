//! `lienthong citizen`: a look-up from the shell is one like any other.

use lienthong::demo::messages;
use lienthong_tests::wire::json_of;
use serde_json::Value;

use super::caller::{json, said, stage, write};

#[tokio::test]
async fn a_citizen_is_verified_and_looked_up_from_a_file() {
    let stage = stage().await;
    let (citizen, code) = (stage.citizen("plain").unwrap(), stage.dossier_code(1));
    let verify = messages::verify(&citizen, &code);
    let look_up = messages::look_up(&citizen, &code);
    let verify = json_of("lienthong.v1.VerifyCitizenRequest", &verify).unwrap();
    let look_up = json_of("lienthong.v1.LookupCitizenRequest", &look_up).unwrap();
    write(&stage, "verify.json", &verify.to_string());
    write(&stage, "look-up.json", &look_up.to_string());
    let shown = said(&stage, &["citizen", "verify", "verify.json"]).await;
    assert_eq!(shown.code, Some(0), "{}{}", shown.out, shown.err);
    assert!(shown.out.starts_with("✔ MATCH"), "{}", shown.out);
    assert!(shown.out.contains("NUMBER, NAME, BIRTH"), "{}", shown.out);
    assert!(!shown.out.contains(&citizen.full_name), "{}", shown.out);
    let answer = json(&stage, &["citizen", "lookup", "look-up.json"]).await;
    assert_eq!(answer["verdict"], "MATCH");
    let number = answer["citizen"]["personalNumber"].as_str();
    assert_eq!(number, citizen.personal_number.as_deref());
    assert!(!stage.asked().is_empty(), "the database was not asked");
}

#[tokio::test]
async fn a_question_that_is_wrong_or_cannot_be_asked_ends_with_its_own_code() {
    let stage = stage().await;
    let (citizen, code) = (stage.citizen("plain").unwrap(), stage.dossier_code(1));
    let request = messages::verify(&citizen, &code);
    let mut question = json_of("lienthong.v1.VerifyCitizenRequest", &request).unwrap();
    write(&stage, "good.json", &question.to_string());
    question["context"]["purpose"] = Value::Null;
    write(&stage, "no-purpose.json", &question.to_string());
    write(&stage, "not.json", "{\"fullName\": SECRET}");
    let mut told = Vec::new();
    for (file, code, word) in [
        ("no-purpose.json", 2, "context.purpose"),
        ("not.json", 1, "not.json:1:"),
        ("missing.json", 1, "missing.json"),
    ] {
        let said = said(&stage, &["citizen", "verify", file]).await;
        assert_eq!(said.code, Some(code), "{file}: {}{}", said.out, said.err);
        assert!(said.err.contains(word), "{file}: {}", said.err);
        told.push(said.err);
    }
    stage.mocks().population().pause();
    let out = said(&stage, &["citizen", "verify", "good.json"]).await;
    assert_eq!(out.code, Some(69), "{}{}", out.out, out.err);
    assert!(out.err.contains("paper,vneid,qr"), "{}", out.err);
    told.push(out.err);
    for secret in [citizen.full_name.as_str(), "SECRET"] {
        assert!(!told.concat().contains(secret), "{told:?}");
    }
}
