//! The demonstration as a proof: the main job done once from end to end, each promise
//! checked at the other side.
//!
//! A promise holds only if the government side shows it: what the gateway says of
//! itself is compared with the portal's own memory.

mod citizens;
mod dossiers;

use std::time::Duration;

use thiserror::Error;

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
    session.about_dossiers(world).await;
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

    async fn about_dossiers(&mut self, world: &mut World) {
        let result = dossiers::a_whole_life(world).await;
        self.tell(
            "Hồ sơ đi 2 → 4 → 9 → 10, đủ bước, đúng thứ tự",
            "A dossier moves 2 → 4 → 9 → 10 with its steps in order",
            result,
        );
        let result = dossiers::an_outage(world).await;
        self.tell(
            "Cổng ngừng giữa chừng: mọi thứ vẫn đến, đúng một lần",
            "An outage in the middle: everything still arrives once",
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
            "Gateway khởi động lại khi còn việc trong outbox",
            "The gateway restarts with work in the outbox",
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
