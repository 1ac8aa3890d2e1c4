//! What an operator does to what is held.

use http::Method;
use lienthong_tests::desk::plain;
use lienthong_tests::process::{Processes, run};
use lienthong_tests::settings::FILE;

use super::*;

#[tokio::test]
async fn an_operator_empties_the_memory_by_a_command() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    let console = stage.addresses().unwrap().console.to_string();
    let arguments = [
        "cache",
        "clear",
        "--console",
        &console,
        "--operator",
        "000180000021",
        "--reason",
        "Lich hanh chinh thay doi",
    ];
    let nothing = Settings::default().without("listen.plain_client");
    let said = run(stage.dir(), &arguments, &nothing).await.unwrap();
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
    assert_eq!(stage.figure("lienthong_cache_entries").await.unwrap(), 0);
    assert_eq!(source(&desk.verify(&plain).await.unwrap()), Source::Live);
}

#[tokio::test]
async fn whoever_does_not_say_who_and_why_empties_nothing() {
    let stage = Stage::start().await.unwrap();
    let desk = stage.desk(1).await.unwrap();
    let plain = stage.citizen("plain").unwrap();
    desk.verify(&plain).await.unwrap();
    let console = stage.addresses().unwrap().console;
    let (operator, reason) = (
        ("x-lienthong-operator", "cb21"),
        ("x-lienthong-reason", "test"),
    );
    let rows = [
        (Method::POST, vec![], 403),
        (Method::POST, vec![operator], 403),
        (Method::POST, vec![reason], 403),
        (
            Method::POST,
            vec![operator, ("x-lienthong-reason", " ")],
            403,
        ),
        (Method::GET, vec![operator, reason], 405),
    ];
    for (method, headers, expected) in rows {
        let answer = http1(console, method, "/cache/clear", &headers, "")
            .await
            .unwrap();
        assert_eq!(answer.http.as_u16(), expected, "{headers:?}");
    }
    assert_eq!(source(&desk.verify(&plain).await.unwrap()), Source::Cache);
    let both = [operator, reason];
    let answer = http1(console, Method::POST, "/cache/clear", &both, "")
        .await
        .unwrap();
    assert_eq!(answer.http.as_u16(), 200);
    assert_eq!(source(&desk.verify(&plain).await.unwrap()), Source::Live);
}

/// Writes the configuration anew with `old` replaced by `new`.
fn rewrite(processes: &Processes, old: &str, new: &str) {
    let path = processes.dir().join(FILE);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(old));
    std::fs::write(path, text.replacen(old, new, 1)).unwrap();
}

#[tokio::test]
async fn another_policy_in_the_file_counts_after_a_signal_and_empties_the_memory() {
    let processes = Processes::start(Settings::default().with("log.filter", "info"))
        .await
        .unwrap();
    let gateway = processes.serve().await.unwrap();
    let desk = Desk::of(&gateway, "H99.12-260101-0001").await.unwrap();
    let plain = plain();
    let wide = desk.look_up(&plain, &[]).await.unwrap().citizen.unwrap();
    assert!(!wide.nationality.is_empty());

    // A file that cannot be read changes nothing.
    rewrite(
        &processes,
        "\"current_address\", \"nationality\"]",
        "\"no_such_field\"]",
    );
    gateway.signal("HUP").await.unwrap();
    eventually("the problem in the log", async || {
        Ok(gateway.log()?.contains("no_such_field").then_some(()))
    })
    .await
    .unwrap();
    let still = desk.look_up(&plain, &[]).await.unwrap();
    assert_eq!(record_source(&still), Source::Cache);
    assert!(still.citizen.unwrap() == wide, "the policy changed");

    rewrite(&processes, "\"no_such_field\"]", "\"current_address\"]");
    gateway.signal("HUP").await.unwrap();
    let narrow = eventually("the other policy", async || {
        let answer = desk.look_up(&plain, &[]).await?;
        Ok((answer.withheld.iter().any(|field| field == "nationality")).then_some(answer))
    })
    .await
    .unwrap();
    assert_eq!(
        record_source(&narrow),
        Source::Live,
        "the memory was not emptied"
    );
    assert!(narrow.citizen.unwrap().nationality.is_empty());
}
