use serde_json::json;

use super::{ROOM, RequestFields, body};

fn fields() -> RequestFields<'static> {
    RequestFields {
        name_key: "TRANTHIMAUTHU",
        personal_number: "000185000001",
        old_id_card_number: "",
        date: "19850213",
        year: "",
        service_code: "037",
        procedure: "VPCP",
        officer: "VPUB_H99",
        request_number: "H99-20261007-01J9ZK4Q3T",
    }
}

#[test]
fn every_key_is_sent_and_what_is_not_used_is_empty() {
    let sent = body(&fields()).unwrap();
    assert_eq!(
        String::from_utf8(sent).unwrap(),
        "{\"HoVaTen\":\"TRANTHIMAUTHU\",\"SoDinhDanh\":\"000185000001\",\"SoCMND\":\"\",\
         \"NgayThangNam\":\"19850213\",\"Nam\":\"\",\"MaTichHop\":\"037\",\"MaDVC\":\"VPCP\",\
         \"MaCanBo\":\"VPUB_H99\",\"MaYeuCau\":\"H99-20261007-01J9ZK4Q3T\"}"
    );
}

#[test]
fn an_old_number_and_a_year_have_keys_of_their_own() {
    let asked = RequestFields {
        personal_number: "",
        old_id_card_number: "000185001",
        date: "",
        year: "1940",
        ..fields()
    };
    let sent: serde_json::Value = serde_json::from_slice(&body(&asked).unwrap()).unwrap();
    for (key, value) in [
        ("SoDinhDanh", ""),
        ("SoCMND", "000185001"),
        ("NgayThangNam", ""),
        ("Nam", "1940"),
    ] {
        assert_eq!(sent[key], json!(value), "{key}");
    }
}

#[test]
fn a_name_cannot_add_a_key() {
    let name_key = "A\",\"MaCanBo\":\"khác\\";
    let asked = RequestFields {
        name_key,
        ..fields()
    };
    let sent: serde_json::Value = serde_json::from_slice(&body(&asked).unwrap()).unwrap();
    assert_eq!(sent["HoVaTen"], json!(name_key));
    assert_eq!(sent["MaCanBo"], json!("VPUB_H99"));
}

#[test]
fn the_longest_request_does_not_outgrow_its_room() {
    let [name_key, code] = [100, 40].map(|length| "A".repeat(length));
    let longest = RequestFields {
        name_key: &name_key,
        service_code: &code[..20],
        procedure: &code[..20],
        officer: &code[..20],
        request_number: &code,
        ..fields()
    };
    let sent = body(&longest).unwrap();
    assert_eq!(sent.capacity(), ROOM);
}
