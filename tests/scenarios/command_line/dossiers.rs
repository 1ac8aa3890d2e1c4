//! `lienthong dossier`: from a file to the portal, and what is shown of it.

use lienthong::demo::messages;
use lienthong_mocks::{Fault, FaultEffect};
use lienthong_proto::v1::PortalStatus;
use serde_json::{Value, json};

use super::caller::{Going, json, lines, said, stage, state, step, write};

#[tokio::test]
async fn the_events_of_a_file_reach_the_portal_and_their_dossier_is_shown_without_its_owner() {
    let stage = stage().await;
    let code = stage.dossier_code(1);
    let events = [
        state(&stage, &code, PortalStatus::Received),
        step(&stage, &code, "Thẩm định hồ sơ"),
    ];
    write(&stage, "events.jsonl", &lines(&events));
    let recorded = said(&stage, &["dossier", "record", "events.jsonl"]).await;
    assert_eq!(recorded.code, Some(0), "{}{}", recorded.out, recorded.err);
    assert_eq!(recorded.out, "2 recorded\n");
    assert_eq!(recorded.err, "", "a pipe shows no progress");

    let watched = said(&stage, &["dossier", "watch", &code, "--until-accepted"]).await;
    assert_eq!(watched.code, Some(0), "{}{}", watched.out, watched.err);
    assert!(watched.out.contains("ACCEPTED  2/2"), "{}", watched.out);

    let shown = said(&stage, &["dossier", "show", &code]).await;
    assert_eq!(shown.code, Some(0), "{}", shown.err);
    for word in [&code, "ACCEPTED", messages::PROCEDURE, "2 received"] {
        assert!(shown.out.contains(word), "no {word}:\n{}", shown.out);
    }
    let owner = stage.citizen("plain").unwrap();
    for secret in [owner.full_name.as_str(), "0900000001", "thu.nghiem"] {
        assert!(!shown.out.contains(secret), "{secret}:\n{}", shown.out);
    }
    let whole = json(&stage, &["dossier", "show", &code]).await;
    assert_eq!(whole["sync"]["state"], "ACCEPTED");
    assert_eq!(whole["sync"]["timeline"].as_array().unwrap().len(), 2);
    assert_eq!(whole["dossier"]["dossierCode"], code);
}

#[tokio::test]
async fn a_file_that_is_recorded_again_gives_the_same_receipts_in_every_form() {
    let stage = stage().await;
    let code = stage.dossier_code(1);
    let first = state(&stage, &code, PortalStatus::Received);
    let second = step(&stage, &code, "Thẩm định hồ sơ");
    let wrapped = json!([{"dossier": &first}, {"progress": &second}]);
    write(&stage, "array.json", &format!("{wrapped:#}"));
    write(&stage, "lines.jsonl", &lines(&[first.clone(), second]));
    write(&stage, "one.json", &format!("{first:#}"));
    let mut told = Vec::new();
    for file in ["array.json", "lines.jsonl", "one.json"] {
        let said = said(&stage, &["dossier", "record", file]).await;
        assert_eq!(said.code, Some(0), "{file}: {}{}", said.out, said.err);
        told.push(said.out);
    }
    assert_eq!(
        told,
        [
            "2 recorded\n",
            "0 recorded, 2 recorded before\n",
            "0 recorded, 1 recorded before\n"
        ]
    );
    let again = said(
        &stage,
        &["dossier", "record", "lines.jsonl", "--output", "json"],
    )
    .await;
    let receipts: Vec<Value> = again
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(receipts.len(), 2);
    assert_eq!(receipts[1]["receipt"]["duplicate"], true);
    assert_eq!(receipts[1]["receipt"]["revision"], "2");
}

#[tokio::test]
async fn a_wrong_event_is_told_with_its_place_and_does_not_stop_the_others() {
    let stage = stage().await;
    let codes = [stage.dossier_code(1), stage.dossier_code(2)];
    let mut wrong = state(&stage, &stage.dossier_code(3), PortalStatus::Received);
    wrong["dossier"]["summary"] = Value::Null;
    wrong["dossier"]["procedureCode"] = Value::Null;
    let mut unknown = state(&stage, &stage.dossier_code(4), PortalStatus::Received);
    unknown["dossier"]["colour"] = "SECRET-COLOUR".into();
    let events = [
        state(&stage, &codes[0], PortalStatus::Received),
        wrong,
        unknown,
        state(&stage, &codes[1], PortalStatus::Received),
    ];
    write(&stage, "events.jsonl", &lines(&events));
    let said = said(&stage, &["dossier", "record", "events.jsonl"]).await;
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    let told = "2 recorded, 1 refused, 1 unreadable\n";
    assert!(said.out.ends_with(told), "{}", said.out);
    for word in [
        "Line 2, ",
        "INVALID_FIELD",
        "dossier.summary",
        "dossier.procedure_code",
    ] {
        assert!(said.out.contains(word), "no {word}:\n{}", said.out);
    }
    assert!(said.err.contains("Line 3:"), "{}", said.err);
    let all = format!("{}{}", said.out, said.err);
    let owner = stage.citizen("plain").unwrap();
    for secret in ["SECRET-COLOUR", owner.full_name.as_str()] {
        assert!(!all.contains(secret), "{all}");
    }
    for code in &codes {
        json(&stage, &["dossier", "show", code]).await;
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_ends_with_1_and_names_it() {
    let stage = stage().await;
    let code = stage.dossier_code(1);
    let good = state(&stage, &code, PortalStatus::Received);
    write(&stage, "cut.json", &format!("[{good}, {{\"event_id\":"));
    write(&stage, "text.json", "none of this is JSON");
    write(&stage, "empty.json", "");
    for (file, word) in [
        ("missing.json", "missing.json"),
        (".", "folder"),
        ("text.json", "line 1"),
    ] {
        let said = said(&stage, &["dossier", "record", file]).await;
        assert_eq!(said.code, Some(1), "{file}: {}{}", said.out, said.err);
        assert!(said.err.contains(word), "{file}: {}", said.err);
    }
    let cut = said(&stage, &["dossier", "record", "cut.json"]).await;
    assert_eq!(cut.code, Some(1));
    assert_eq!(cut.out, "1 recorded, 1 unreadable\n", "{}", cut.err);
    let empty = said(&stage, &["dossier", "record", "empty.json"]).await;
    assert_eq!(empty.code, Some(0), "{}", empty.err);
    assert_eq!(empty.out, "0 recorded\n");
}

#[tokio::test]
async fn an_event_that_is_too_large_does_not_end_the_recording_of_the_others() {
    let stage = stage().await;
    let mut large = state(&stage, &stage.dossier_code(1), PortalStatus::Received);
    large["dossier"]["note"] = "x".repeat(2 << 20).into();
    let code = stage.dossier_code(2);
    let good = state(&stage, &code, PortalStatus::Received);
    write(&stage, "events.jsonl", &lines(&[large, good]));
    let said = said(&stage, &["dossier", "record", "events.jsonl"]).await;
    assert_eq!(said.code, Some(1), "{}{}", said.out, said.err);
    assert_eq!(said.out, "1 recorded, 1 unreadable\n");
    assert!(said.err.starts_with("✘ Line 1: "), "{}", said.err);
    json(&stage, &["dossier", "show", &code]).await;
}

#[tokio::test]
async fn many_events_are_recorded_in_one_go() {
    let stage = stage().await;
    let mut text = String::new();
    for sequence in 1..=600 {
        let code = stage.dossier_code(sequence);
        let event = state(&stage, &code, PortalStatus::Received);
        text.push_str(&lines(&[event]));
    }
    write(&stage, "many.jsonl", &text);
    let recorded = said(&stage, &["dossier", "record", "many.jsonl"]).await;
    assert_eq!(recorded.code, Some(0), "{}", recorded.err);
    assert_eq!(recorded.out, "600 recorded\n");
}

#[tokio::test]
async fn a_dossier_that_nobody_recorded_and_a_number_that_is_none_are_told_apart() {
    let stage = stage().await;
    let unknown = said(&stage, &["dossier", "show", &stage.dossier_code(9)]).await;
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.err.contains("DOSSIER_NOT_FOUND"), "{}", unknown.err);
    for verb in ["show", "watch"] {
        let wrong = said(&stage, &["dossier", verb, "not a number"]).await;
        assert_eq!(wrong.code, Some(2), "{verb}: {}", wrong.err);
        assert!(wrong.err.contains("dossier_code"), "{}", wrong.err);
        assert!(!wrong.err.contains("not a number"), "{}", wrong.err);
    }
}

#[tokio::test]
async fn a_watch_that_begins_before_the_first_event_ends_with_1_at_the_portals_no() {
    let stage = stage().await;
    let code = stage.dossier_code(1);
    let refusal = FaultEffect::ErrorText {
        code: "-1".into(),
        message: "Dữ liệu không hợp lệ: thiếu trường bắt buộc TrichYeuHoSo".to_owned(),
    };
    let fault = Fault::new(refusal).on("DongBoHoSoMC").for_key(&code);
    stage.mocks().portal().script(fault).unwrap();
    let mut watching = Going::start(&stage, &["dossier", "watch", &code, "--until-accepted"]);
    write(
        &stage,
        "event.json",
        &state(&stage, &code, PortalStatus::Received).to_string(),
    );
    let recorded = said(&stage, &["dossier", "record", "event.json"]).await;
    assert_eq!(recorded.code, Some(0), "{}", recorded.err);
    let mut last = watching.line().await;
    while !last.contains("REFUSED") {
        last = watching.line().await;
    }
    assert!(last.contains("FIELD_REJECTED"), "{last}");
    assert_eq!(watching.code().await, Some(1));
    let shown = said(&stage, &["dossier", "show", &code]).await;
    assert!(shown.out.contains("REFUSED_BY_PORTAL"), "{}", shown.out);
    assert!(shown.out.contains("→ Correct"), "{}", shown.out);
}
