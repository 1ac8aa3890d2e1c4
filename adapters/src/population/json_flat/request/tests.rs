use serde_json::json;

use super::{ROOM, RequestFields, body};

fn fields() -> RequestFields<'static> {
    RequestFields {
        request_number: "H99-20261007-01J9ZK4Q3T",
        procedure: "1.001193",
        officer: "000180000009",
        personal_number: "000185000001",
        old_id_card_number: "",
        name_key: "TRANTHIMAUTHU",
        birth: "1985-02-13",
        user_name_service: "STTTT_H99",
    }
}

#[test]
fn every_key_is_sent_and_what_is_not_used_is_empty() {
    let sent = body(&fields()).unwrap();
    assert_eq!(
        String::from_utf8(sent).unwrap(),
        "{\"maYeuCau\":\"H99-20261007-01J9ZK4Q3T\",\"maDVC\":\"1.001193\",\
         \"maCanBo\":\"000180000009\",\"soDinhDanh\":\"000185000001\",\"soCMND\":\"\",\
         \"hoVaTen\":\"TRANTHIMAUTHU\",\"ngayThangNam\":\"1985-02-13\",\
         \"userNameService\":\"STTTT_H99\"}"
    );
}

#[test]
fn an_old_number_and_a_year_can_be_asked_about() {
    let asked = RequestFields {
        personal_number: "",
        old_id_card_number: "000185001",
        birth: "1940",
        ..fields()
    };
    let sent: serde_json::Value = serde_json::from_slice(&body(&asked).unwrap()).unwrap();
    for (key, value) in [
        ("soDinhDanh", ""),
        ("soCMND", "000185001"),
        ("ngayThangNam", "1940"),
    ] {
        assert_eq!(sent[key], json!(value), "{key}");
    }
}

#[test]
fn a_name_cannot_add_a_key() {
    let name_key = "A\",\"maCanBo\":\"khác\\";
    let asked = RequestFields {
        name_key,
        ..fields()
    };
    let sent: serde_json::Value = serde_json::from_slice(&body(&asked).unwrap()).unwrap();
    assert_eq!(sent["hoVaTen"], json!(name_key));
    assert_eq!(sent["maCanBo"], json!("000180000009"));
}

#[test]
fn the_longest_request_does_not_outgrow_its_room() {
    let [name_key, code] = [100, 40].map(|length| "A".repeat(length));
    let longest = RequestFields {
        request_number: &code,
        procedure: &code[..20],
        officer: &code[..20],
        name_key: &name_key,
        user_name_service: &code,
        ..fields()
    };
    let sent = body(&longest).unwrap();
    assert_eq!(sent.capacity(), ROOM);
}
