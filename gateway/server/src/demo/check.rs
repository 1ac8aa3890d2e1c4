//! The demonstration as a proof: the main job done once from end to end, each promise
//! checked at the other side.
//!
//! A promise holds only if the government side shows it: what the gateway says of
//! itself is compared with the portal's own memory.

mod citizens;
mod differences;
mod dossiers;
mod lookups;
mod offices;
mod operators;
mod outage;
mod presence;
mod record;
mod services;
mod watched;

use std::collections::HashMap;
use std::time::Duration;

use lienthong_mocks::{Fault, SampleCitizen};
use thiserror::Error;
use tokio::time::Instant;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt as _;

use super::messages;
use super::world::{World, WorldError};
use crate::lang::Lang;

/// One promise and whether it held.
#[derive(Debug)]
pub struct Proof {
    /// The promise, in the language asked for.
    pub promise: String,
    /// What was seen; the reason when it did not hold.
    pub result: Result<String, Broken>,
}

/// Why a promise did not hold. Holds no personal data.
#[derive(Debug, Error)]
pub enum Broken {
    /// The gateway refused or failed.
    #[error("the gateway answered {:?}: {}", .0.code(), .0.message())]
    Status(#[from] tonic::Status),
    /// A part of the demonstration failed.
    #[error(transparent)]
    World(#[from] WorldError),
    /// Something else was seen than promised.
    #[error("expected {expected}, saw {seen}")]
    Otherwise {
        /// What was promised.
        expected: String,
        /// What was seen.
        seen: String,
    },
    /// Something did not happen in time.
    #[error("not within {seconds} s: {what}")]
    TooLate {
        /// What was waited for.
        what: &'static str,
        /// For how long.
        seconds: u64,
    },
}

/// Runs every proof in order and tells `report` of each; whether all of them held.
/// Later ones run even if an earlier one breaks.
pub async fn run(world: &mut World, lang: Lang, report: impl FnMut(&Proof)) -> bool {
    let mut session = Session {
        lang,
        report,
        all_held: true,
    };
    session.about_citizens(world).await;
    session.about_lookups(world).await;
    session.about_dossiers(world).await;
    session.about_services(world).await;
    session.about_operators(world).await;
    session.all_held
}

struct Session<R> {
    lang: Lang,
    report: R,
    all_held: bool,
}

impl<R: FnMut(&Proof)> Session<R> {
    fn tell(&mut self, vi: &str, en: &str, result: Result<String, Broken>) {
        self.all_held &= result.is_ok();
        (self.report)(&Proof {
            promise: self.lang.pick(vi, en).to_owned(),
            result,
        });
    }

    async fn about_citizens(&mut self, world: &World) {
        let result = citizens::a_match(world).await;
        self.tell("Công dân khớp", "A citizen matches", result);
        let result = citizens::a_no_match(world).await;
        self.tell(
            "Không khớp là câu trả lời, không phải lỗi",
            "A no-match is an answer, not an error",
            result,
        );
        let result = citizens::a_year_only(world).await;
        self.tell("Chỉ biết năm sinh", "Only the birth year is known", result);
        let result = citizens::an_nfd_name(world).await;
        self.tell("Tên gõ dạng NFD", "A name typed in NFD", result);
        let result = citizens::withheld_fields(world).await;
        self.tell(
            "Dân tộc, tôn giáo bị giữ lại",
            "Ethnic group and religion are withheld",
            result,
        );
        let result = citizens::bad_input(world).await;
        self.tell(
            "Dữ liệu sai bị từ chối, nêu đủ mọi lỗi",
            "Bad input is refused with every violation",
            result,
        );
    }

    async fn about_lookups(&mut self, world: &World) {
        let result = lookups::a_kept_answer(world).await;
        self.tell(
            "Hỏi lại trong cùng hồ sơ: trả lời đã giữ, kèm tuổi, không gọi CSDL lần hai",
            "Asked again for the same dossier: the kept answer with its age, no second request",
            result,
        );
        let result = lookups::equal_calls(world).await;
        self.tell(
            "Nhiều câu hỏi giống nhau cùng lúc: CSDL chỉ nhận một yêu cầu",
            "Many equal questions at once: the database gets one request",
            result,
        );
        let result = lookups::a_household(world).await;
        self.tell(
            "Hộ gia đình: chủ hộ, thành viên, và những gì bị giữ lại",
            "A household: head, members, and what is withheld",
            result,
        );
        let result = lookups::a_stream(world).await;
        self.tell(
            "Luồng xác thực: một mục sai không làm hỏng các mục khác",
            "A stream of verifications: one bad item spoils no other",
            result,
        );
        let result = lookups::a_refusal(world).await;
        self.tell(
            "Mục đích không được phép: từ chối, không gọi CSDL",
            "A purpose that is not permitted: refused, the database is not asked",
            result,
        );
        let result = outage::an_outage(world).await;
        self.tell(
            "CSDL dân cư ngừng: báo ngay cách thay thế, tự phục hồi",
            "The population database is out: the fallback is told at once, it heals by itself",
            result,
        );
        let result = record::of_every_look_up(world).await;
        self.tell(
            "Mỗi lượt tra cứu đều có trong nhật ký, kể cả lượt bị từ chối, không có dữ liệu cá nhân",
            "Every look-up is on record, the refused one too, without personal data",
            result,
        );
    }

    async fn about_dossiers(&mut self, world: &mut World) {
        let result = dossiers::a_whole_life(world).await;
        self.tell(
            "Hồ sơ đi 2 → 4 → 9 → 10, đủ bước, đúng thứ tự",
            "A dossier moves 2 → 4 → 9 → 10 with its steps in order",
            result,
        );
        let result = watched::a_life_with_results(world).await;
        self.tell(
            "Theo dõi một hồ sơ: thấy nó đi tới cổng, kèm giấy tờ kết quả",
            "A dossier is watched on its way: it arrives, with its result papers",
            result,
        );
        let result = dossiers::an_outage(world).await;
        self.tell(
            "Cổng ngừng rồi khởi động lại: thấy rõ hàng chờ và lý do, mọi thứ vẫn đến, đúng một lần",
            "The portal is out and restarts: backlog and reason are seen, everything still arrives once",
            result,
        );
        let result = dossiers::a_web_page(world).await;
        self.tell(
            "Cổng trả về một trang web: không bao giờ coi là đã nhận",
            "The portal answers with a web page: never taken for success",
            result,
        );
        let result = dossiers::a_lost_answer(world).await;
        self.tell(
            "Câu trả lời bị mất: hỏi lại trước khi gửi lại",
            "A lost answer: the portal is asked before the next send",
            result,
        );
        let result = dossiers::a_restart(world).await;
        self.tell(
            "Cổng kết nối khởi động lại khi còn việc trong outbox",
            "The gateway restarts with work in the outbox",
            result,
        );
    }

    async fn about_services(&mut self, world: &World) {
        let result = services::a_year(world).await;
        self.tell(
            "25 dịch vụ thiết yếu, một năm giả lập: mọi mâu thuẫn đã cài đều được tìm ra, không thừa",
            "25 essential services, an invented year: every planted contradiction is found, no other",
            result,
        );
        let result = services::a_report(world).await;
        self.tell(
            "Báo cáo HTML, XLSX, CSV, JSON: làm hai lần giống nhau từng byte",
            "The report as HTML, XLSX, CSV, JSON: made twice, the same to the byte",
            result,
        );
        let result = services::a_preview(world).await;
        self.tell(
            "Xem trước minh chứng: nêu đủ mọi lỗi, không ghi gì",
            "Evidence is previewed: every fault is told, nothing is recorded",
            result,
        );
        let result = offices::two_roles(world).await;
        self.tell(
            "Danh sách trễ hạn hằng tháng: nơi lập không tự duyệt, văn phòng duyệt",
            "The monthly list of late units: who makes it does not approve it, the office does",
            result,
        );
    }

    async fn about_operators(&mut self, world: &World) {
        let result = operators::a_refusal(world).await;
        self.tell(
            "Cổng từ chối một hồ sơ: chỉ hồ sơ đó dừng lại, và nói rõ vì sao",
            "The portal refuses a dossier: it alone is held up, and it says why",
            result,
        );
        let result = operators::causes(world, self.lang).await;
        self.tell(
            "Lỗi gom theo nguyên nhân, kèm cách xử lý bằng tiếng Việt và tiếng Anh",
            "Failures are grouped by cause, with advice in Vietnamese and English",
            result,
        );
        let result = operators::a_retry(world).await;
        self.tell(
            "Gửi lại hàng loạt: xem trước, bắt đầu, kết quả từng hồ sơ, đúng thứ tự",
            "A bulk retry: previewed, started, a result for each dossier, in order",
            result,
        );
        let result = operators::a_correction(world).await;
        self.tell(
            "Nội dung bị từ chối được sửa: cổng chỉ nhận nội dung đã sửa",
            "Refused content is corrected: the portal receives only the corrected one",
            result,
        );
        let result = presence::a_step_that_cannot_be_asked_about(world).await;
        self.tell(
            "Cổng chỉ cho biết có hay không: bước chưa rõ do người kiểm tra quyết định, không gửi hai lần",
            "The portal tells presence alone: a person settles a step of unknown effect, none is sent twice",
            result,
        );
        let result = differences::a_lost_dossier(world).await;
        self.tell(
            "Đối soát tìm ra hồ sơ cổng đã mất và sửa lại",
            "A reconciliation finds a dossier that the portal lost and repairs it",
            result,
        );
        let result = dossiers::healthy(world).await;
        self.tell(
            "Đồng bộ khoẻ mạnh trở lại",
            "The sync is healthy again",
            result,
        );
    }
}

/// Time that one event may take; generous, because the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// Pause between two looks.
const GLANCE: Duration = Duration::from_millis(50);

/// Looks again and again until there is something to see.
async fn until<T>(
    what: &'static str,
    mut look: impl AsyncFnMut() -> Result<Option<T>, Broken>,
) -> Result<T, Broken> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        tokio::time::sleep(GLANCE).await;
    }
    Err(Broken::TooLate {
        what,
        seconds: PATIENCE.as_secs(),
    })
}

/// Has the portal play a fault.
fn script(world: &World, fault: Fault) -> Result<(), Broken> {
    let scripted = world.mocks().portal().script(fault);
    scripted.map_err(|problems| Broken::Otherwise {
        expected: "a scripted fault".to_owned(),
        seen: format!("{problems:?}"),
    })
}

/// Number of one of the proofs' dossiers.
fn code(world: &World, sequence: u32) -> String {
    messages::dossier_code(world.clock().now(), sequence)
}

/// The first of the invented people of a kind.
fn citizen(world: &World, kind: &str) -> Result<SampleCitizen, Broken> {
    world
        .citizens()
        .into_iter()
        .find(|citizen| citizen.kind == kind)
        .ok_or_else(|| Broken::Otherwise {
            expected: format!("a citizen of kind {kind}"),
            seen: "none".to_owned(),
        })
}

/// How many requests of an operation the population database has received.
fn asked(world: &World, operation: &str) -> usize {
    let journal = world.mocks().population().journal();
    let of_it = journal.iter().filter(|entry| entry.operation == operation);
    of_it.count()
}

/// What a call that had to fail told its caller.
struct Told {
    code: Code,
    reason: String,
    metadata: HashMap<String, String>,
    may_retry: bool,
}

impl Told {
    fn of<T>(ended: Result<Response<T>, Status>) -> Result<Self, Broken> {
        let Err(status) = ended else {
            return Err(Broken::Otherwise {
                expected: "a refusal".to_owned(),
                seen: "an answer".to_owned(),
            });
        };
        let info = status.get_details_error_info();
        let (reason, metadata) = info
            .map(|info| (info.reason, info.metadata))
            .unwrap_or_default();
        let retry = status.get_details_retry_info();
        Ok(Self {
            code: status.code(),
            reason,
            metadata,
            may_retry: retry.is_some_and(|retry| retry.retry_delay.is_some()),
        })
    }

    fn metadata(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).map(String::as_str)
    }
}

/// Compares what was seen with what was promised.
fn expect<T: PartialEq + std::fmt::Debug>(expected: &T, seen: &T) -> Result<(), Broken> {
    if expected == seen {
        return Ok(());
    }
    Err(Broken::Otherwise {
        expected: format!("{expected:?}"),
        seen: format!("{seen:?}"),
    })
}
