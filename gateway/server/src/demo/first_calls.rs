//! Calls for somebody who sees the demonstration for the first time.
//!
//! What a reader would get wrong: each is one line for a shell and works as it stands and
//! more than once. The last but one stops a part of the demonstration; the last lets it
//! run again.

use serde_json::{Value, json};

use super::messages;
use super::world::World;

/// One call and what it shows.
#[derive(Debug)]
pub struct FirstCall {
    /// What it shows, in Vietnamese.
    pub vi: &'static str,
    /// What it shows, in English.
    pub en: &'static str,
    /// A line for a shell.
    pub command: String,
}

/// Calls that work as they stand, about a citizen who does not exist, at the gateway's
/// address `plain` and that of the mocks' `control`.
#[must_use]
pub fn first_calls(world: &World, plain: &str, control: &str) -> Vec<FirstCall> {
    let question = question(world);
    let dossier = question["context"]["dossier_code"].clone();
    let accesses = json!({
        "reader": {"operator_id": messages::OFFICER, "reason": "Xem thử nhật ký tra cứu"},
        "dossier_code": dossier,
    });
    let mut anew = question.clone();
    anew["freshness"] = json!({"refresh": true});
    let post = |method: &str, body: &Value| {
        format!(
            "curl -s http://{plain}/lienthong.v1.{method} -H 'Content-Type: application/json' -d '{body}'"
        )
    };
    let call = |vi, en, command| FirstCall { vi, en, command };
    vec![
        call(
            "Xác thực công dân; gọi lần hai thì trả lời đã giữ (CACHE) kèm tuổi",
            "verify a citizen; the second time it is the kept answer (CACHE) with its age",
            post("PopulationService/VerifyCitizen", &question),
        ),
        call(
            "Tra cứu: các trường được phép xem, và tên các trường bị giữ lại",
            "look up: the fields that may be seen, and the names of those withheld",
            post("PopulationService/LookupCitizen", &question),
        ),
        call(
            "Hộ gia đình",
            "the household",
            post("PopulationService/LookupHousehold", &question),
        ),
        call(
            "Nhật ký: ai đã tra cứu cho hồ sơ này, kết quả gì, từ đâu",
            "the record: who looked up for this dossier, with which result, from where",
            post("AuditService/ListAccesses", &accesses),
        ),
        call(
            "Sức khoẻ của hai phía",
            "the health of both sides",
            post("SyncService/GetSyncHealth", &json!({})),
        ),
        call(
            "Hồ sơ đã đến cổng DVCQG (giả lập)",
            "dossiers that are at the portal (mock)",
            format!("curl -s http://{control}/portal/dossiers"),
        ),
        call(
            "Cho CSDL dân cư ngừng, rồi hỏi lại từ nguồn: UNAVAILABLE kèm cách thay thế",
            "stop the population database, then ask it anew: UNAVAILABLE with the fallback",
            format!(
                "curl -s -X POST http://{control}/population/pause; {}",
                post("PopulationService/VerifyCitizen", &anew)
            ),
        ),
        call(
            "Cho chạy lại",
            "let it run again",
            format!("curl -s -X POST http://{control}/population/resume"),
        ),
    ]
}

/// A question about the head of a household of four.
fn question(world: &World) -> Value {
    let people = world.citizens();
    let person = people.iter().find(|citizen| citizen.kind == "plain");
    json!({
        "context": messages::context_json(world.clock().now()),
        "identity": {"personal_number": person.and_then(|citizen| citizen.personal_number.clone())},
        "full_name": person.map(|citizen| citizen.full_name.clone()),
        "birth": {"date": person.and_then(|citizen| citizen.birth_date.clone())},
    })
}
