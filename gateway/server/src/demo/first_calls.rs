//! Calls for somebody who sees the demonstration for the first time.
//!
//! What a reader would get wrong: each is one line for a shell and works as it stands and
//! more than once. Those that stop a part of the demonstration are followed by one that lets
//! it run again.

use std::path::Path;

use serde_json::{Value, json};

use super::day;
use super::messages;
use super::samples::Samples;
use super::world::{World, WorldError};

/// Where plain text is taken by default (contract.md 4); commands need not name it.
const PLAIN: &str = "127.0.0.1:50051";

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

/// Where the calls go.
struct Shell<'a> {
    plain: &'a str,
    control: &'a str,
    program: String,
}

impl Shell<'_> {
    fn post(&self, method: &str, body: &Value) -> String {
        self.post_data(method, &format!("'{body}'"))
    }

    /// Sends a file as the body.
    fn post_file(&self, method: &str, path: &Path) -> String {
        self.post_data(method, &format!("@{}", path.display()))
    }

    fn post_data(&self, method: &str, data: &str) -> String {
        let Self { plain, .. } = self;
        format!(
            "curl -s http://{plain}/lienthong.v1.{method} -H 'Content-Type: application/json' -d {data}"
        )
    }

    fn control(&self, what: &str) -> String {
        format!("curl -s -X POST http://{}/{what}", self.control)
    }

    fn run(&self, arguments: &str) -> String {
        let Self { plain, program, .. } = self;
        match *plain {
            PLAIN => format!("{program} {arguments}"),
            plain => format!("{program} {arguments} --server {plain}"),
        }
    }
}

/// Calls that work as they stand, about invented people, at the gateway's address `plain`
/// and that of the mocks' `control`. `program` is how this program was called.
///
/// # Errors
/// [`WorldError`] when the messages that they send cannot be written to files.
pub fn first_calls(
    world: &World,
    plain: &str,
    control: &str,
    program: &str,
) -> Result<Vec<FirstCall>, WorldError> {
    let samples = Samples::write(world)?;
    let shell = Shell {
        plain,
        control,
        program: program.to_owned(),
    };
    let mut calls = about_citizens(world, &shell);
    calls.extend(about_dossiers(world, &shell, &samples));
    calls.extend(about_services(world, &shell)?);
    Ok(calls)
}

fn about_citizens(world: &World, shell: &Shell<'_>) -> Vec<FirstCall> {
    let question = question(world);
    let dossier = question["context"]["dossier_code"].clone();
    let accesses = json!({
        "reader": {"operator_id": messages::OFFICER, "reason": "Xem thử nhật ký tra cứu"},
        "dossier_code": dossier,
    });
    let mut anew = question.clone();
    anew["freshness"] = json!({"refresh": true});
    vec![
        call(
            "Xác thực công dân; gọi lần hai thì trả lời đã giữ (CACHE) kèm tuổi",
            "verify a citizen; the second time it is the kept answer (CACHE) with its age",
            shell.post("PopulationService/VerifyCitizen", &question),
        ),
        call(
            "Tra cứu: các trường được phép xem, và tên các trường bị giữ lại",
            "look up: the fields that may be seen, and the names of those withheld",
            shell.post("PopulationService/LookupCitizen", &question),
        ),
        call(
            "Hộ gia đình",
            "the household",
            shell.post("PopulationService/LookupHousehold", &question),
        ),
        call(
            "Nhật ký: ai đã tra cứu cho hồ sơ này, kết quả gì, từ đâu",
            "the record: who looked up for this dossier, with which result, from where",
            shell.post("AuditService/ListAccesses", &accesses),
        ),
        call(
            "Cho CSDL dân cư ngừng, rồi hỏi lại từ nguồn: UNAVAILABLE kèm cách thay thế",
            "stop the population database, then ask it anew: UNAVAILABLE with the fallback",
            format!(
                "{}; {}",
                shell.control("population/pause"),
                shell.post("PopulationService/VerifyCitizen", &anew)
            ),
        ),
        call(
            "Cho chạy lại",
            "let it run again",
            shell.control("population/resume"),
        ),
    ]
}

fn about_dossiers(world: &World, shell: &Shell<'_>, samples: &Samples) -> Vec<FirstCall> {
    let code = &samples.code;
    let mut calls = vec![
        call(
            "Ghi một hồ sơ; ghi lại thì nhận đúng biên nhận cũ",
            "record a dossier; recorded again, the first receipt comes back",
            shell.post_file("DossierService/RecordDossier", &samples.state),
        ),
        call(
            "Cho Cổng DVCQG ngừng, rồi ghi một bước xử lý: vẫn có biên nhận",
            "stop the portal, then record a processing step: there is a receipt all the same",
            format!(
                "{}; {}",
                shell.control("portal/pause"),
                shell.post_file("DossierService/RecordProgress", &samples.step)
            ),
        ),
        call(
            "Vì sao bước đó chưa có trên cổng",
            "why that step is not at the portal yet",
            shell.run(&format!("dossier show {code}")),
        ),
        call(
            "Cho cổng chạy lại, theo dõi đến khi cổng nhận",
            "let the portal run again, and watch until it has the step",
            format!(
                "{}; {}",
                shell.control("portal/resume"),
                shell.run(&format!("dossier watch {code} --until-accepted"))
            ),
        ),
    ];
    calls.extend(of_an_operator(world, shell));
    calls.push(call(
        "Hồ sơ đã đến cổng DVCQG (giả lập)",
        "dossiers that are at the portal (mock)",
        format!("curl -s http://{}/portal/dossiers", shell.control),
    ));
    calls
}

/// The 25 services over the invented year.
fn about_services(world: &World, shell: &Shell<'_>) -> Result<Vec<FirstCall>, WorldError> {
    let window = world.province()?.window();
    let days = format!("--from {} --to {}", window.first(), window.last());
    let board = world.dir().join("board.html");
    Ok(vec![
        call(
            "25 dịch vụ công thiết yếu: tài liệu đi đến đâu",
            "the 25 essential services: how far the documents go",
            shell.run("services list"),
        ),
        call(
            "Một năm giả lập 20.000 hồ sơ: tài liệu nói gì, hồ sơ cho thấy gì, mâu thuẫn ở đâu",
            "an invented year of 20,000 dossiers: what is documented, what was seen, where they differ",
            shell.run(&format!("services check {days}")),
        ),
        call(
            "Một dịch vụ: mã đã bãi bỏ mà vẫn nhận hồ sơ",
            "one service: dossiers still come in under a repealed code",
            shell.run(&format!("services show 15 {days}")),
        ),
        call(
            "Bảng 25 dịch vụ để in; mở bằng trình duyệt",
            "the board of the 25 for print; open it in a browser",
            shell.run(&format!(
                "services report --kind board --format html -o {} {days}",
                board.display()
            )),
        ),
    ])
}

fn of_an_operator(world: &World, shell: &Shell<'_>) -> Vec<FirstCall> {
    let refused = messages::dossier_code(world.clock().now(), day::REFUSED);
    let operator = messages::OFFICER;
    vec![
        call(
            "Tình hình đồng bộ, và điều gì đang chờ người xử lý",
            "how the sync does, and what waits for a person",
            shell.run("sync status"),
        ),
        call(
            "Lỗi theo nguyên nhân, kèm cách xử lý: cổng đã từ chối một hồ sơ trong ngày",
            "failures by cause, with advice: the portal refused one dossier of the day",
            shell.run("sync failures"),
        ),
        call(
            "Điều cản trở đã hết: cho gửi lại (cổng giả lập chỉ từ chối một lần)",
            "what was in the way is gone: have it tried again (the mock refuses once only)",
            shell.run(&format!(
                "sync retry --dossier {refused} --reason 'Cổng đã mở danh mục' --operator {operator} --yes"
            )),
        ),
        call(
            "Đối soát hồ sơ đó với cổng",
            "compare that dossier with the portal",
            shell.run(&format!(
                "sync reconcile --dossier {refused} --operator {operator}"
            )),
        ),
    ]
}

fn call(vi: &'static str, en: &'static str, command: String) -> FirstCall {
    FirstCall { vi, en, command }
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

#[cfg(test)]
mod tests {
    use super::{PLAIN, Shell};

    #[test]
    fn a_command_names_the_gateway_unless_it_is_where_commands_look_by_themselves() {
        let at = |plain| Shell {
            plain,
            control: "127.0.0.1:9100",
            program: "lienthong".to_owned(),
        };
        assert_eq!(at(PLAIN).run("sync status"), "lienthong sync status");
        assert_eq!(
            at("127.0.0.1:4000").run("sync status"),
            "lienthong sync status --server 127.0.0.1:4000"
        );
    }
}
