//! XML that is made to harm its reader, as the answer itself and inside a wrapper.

use lienthong_tests::profile::Profile;
use serde_json::json;

use super::ground::{Ground, NONSENSE, body, check};

/// Bodies that an XML reader must survive.
fn hostile_bodies() -> Vec<(&'static str, String)> {
    let entities = "<!DOCTYPE a [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">\
        <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">]><a>&d;</a>";
    let file = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>";
    let envelope = "http://schemas.xmlsoap.org/soap/envelope/";
    let empty = format!("<s:Envelope xmlns:s=\"{envelope}\"><s:Body/></s:Envelope>");
    vec![
        ("nothing", String::new()),
        ("white space", " \n ".to_owned()),
        ("a sentence", "Không có dữ liệu".to_owned()),
        ("JSON", "{\"error\": \"timeout\"}".to_owned()),
        ("an envelope of nothing", empty),
        ("entities in entities", entities.to_owned()),
        ("a file by entity", file.to_owned()),
        ("100,000 levels", "<a>".repeat(100_000)),
        (
            "100,000 levels that end",
            "<a>".repeat(100_000) + &"</a>".repeat(100_000),
        ),
        ("elements crossed", "<a><b></a></b>".to_owned()),
        ("an endless name", format!("<{}/>", "a".repeat(500_000))),
        (
            "an endless attribute",
            format!("<a b=\"{}\"/>", "c".repeat(500_000)),
        ),
        (
            "100,000 attributes",
            format!("<a {}/>", "b='' ".repeat(100_000)),
        ),
        ("an unknown entity", "<a>&nbsp;</a>".to_owned()),
        ("a NUL by number", "<a>&#0;</a>".to_owned()),
        ("a comment without end", "<!-- ".to_owned()),
        ("a CDATA without end", "<a><![CDATA[".to_owned()),
    ]
}

#[tokio::test]
async fn hostile_xml_is_nonsense_and_nothing_worse() {
    let media_types = ["text/xml; charset=utf-8", "application/soap+xml"];
    for (profile, media_type) in [Profile::SoapLgsp, Profile::SoapEsb]
        .into_iter()
        .zip(media_types)
    {
        let ground = Ground::of(profile).await;
        for (row, text) in hostile_bodies() {
            ground.script("037", 1, body(media_type, &text));
            check(row, &ground.fails_once(row).await.status, NONSENSE);
        }
    }
}

#[tokio::test]
async fn hostile_xml_in_a_wrapper_is_nonsense_and_nothing_worse() {
    let ground = Ground::of(Profile::JsonWrapXml).await;
    for (row, text) in hostile_bodies() {
        let wrapped = json!({ "error_code": "0", "message": text }).to_string();
        ground.script("037", 1, body("application/json", &wrapped));
        check(row, &ground.fails_once(row).await.status, NONSENSE);
    }
}

#[tokio::test]
async fn hostile_json_is_nonsense_and_nothing_worse() {
    let deep = |open: &str, close: &str| open.repeat(50_000) + &close.repeat(50_000);
    let rows = [
        ("lists in lists", deep("[", "]")),
        ("objects in objects", deep("{\"CongdanCollection\":", "}")),
        ("an endless number", "1".repeat(500_000)),
        ("an endless text", format!("\"{}\"", "a".repeat(500_000))),
        (
            "an endless key",
            format!("{{\"{}\":1}}", "a".repeat(500_000)),
        ),
        (
            "100,000 keys",
            format!("{{{}\"z\":1}}", "\"a\":1,".repeat(100_000)),
        ),
    ];
    let ground = Ground::of(Profile::JsonFlat).await;
    for (row, text) in rows {
        ground.script("037", 1, body("application/json", &text));
        check(row, &ground.fails_once(row).await.status, NONSENSE);
    }
}
