//! What every evidence register promises, and every archive of reports.

pub(crate) mod archive;
pub(crate) mod boards;
pub(crate) mod recording;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use jiff::civil::date;
use lienthong_core::access::{ClientName, OfficerId};
use lienthong_core::agency::AgencyCode;
use lienthong_core::document::DocumentSymbol;
use lienthong_core::dossier::event::EventId;
use lienthong_core::essential::ServiceNumber;
use lienthong_core::evidence::{Comparison, Evidence, EvidenceClass, EvidenceId, FileHash};
use lienthong_core::ports::evidence::{EvidenceRegister, NewEvidence};
use lienthong_core::ports::reports::ReportArchive;
use lienthong_core::procedure::ProcedureCode;

use super::outbox::at;

/// Both roles of one store.
pub(crate) trait Store: EvidenceRegister + ReportArchive {}

impl<T: EvidenceRegister + ReportArchive> Store for T {}

/// A fresh place for one store.
#[async_trait]
pub(crate) trait Ground: Send + Sync {
    /// Opens the store there; opened again, it finds what was kept.
    async fn open(&self) -> Arc<dyn Store>;

    /// Runs a statement as another program would; whether the store's own rules let it.
    async fn run(&self, sql: &str) -> bool;
}

/// Makes a test of each promise; `$ground` is an expression for a fresh ground. Brackets
/// before it hold one more attribute for each test.
macro_rules! register_conformance {
    ($ground:expr) => {
        crate::store::conformance::register::register_conformance!([cfg(test)] $ground);
    };
    ([$($attribute:tt)+] $ground:expr) => {
        crate::store::conformance::promises! { register, [$($attribute)+] $ground =>
            recording {
                a_piece_comes_back_whole_and_one_with_little_too,
                ids_follow_the_order_of_recording_without_gaps,
                the_same_event_records_once_and_another_content_is_refused,
                another_system_may_use_the_same_event_id,
                all_pieces_of_a_call_are_recorded_or_none,
                of_two_who_examined_the_same_register_one_records,
                a_piece_may_name_an_earlier_one_of_its_call,
                nothing_takes_the_place_of_what_is_not_there,
                what_was_recorded_survives_a_restart_and_nothing_changes_it,
                many_at_once_leave_no_gap,
            }
            archive {
                a_report_comes_back_with_its_content,
                the_same_report_is_kept_once_until_it_is_withdrawn,
                the_largest_number_comes_first_and_each_condition_selects,
                every_deed_comes_back_as_it_was_done,
                a_deed_is_recorded_once_and_an_event_id_serves_one_report,
                two_lists_of_the_same_days_are_not_both_approved,
                nobody_changes_what_was_kept,
            }
            boards {
                the_last_report_before_a_moment_is_found,
                what_turned_is_told_once_and_stays_told,
                old_boards_lose_their_content_and_the_last_of_each_month_keeps_it,
                nobody_empties_another_report,
                the_archive_is_measured,
            }
        }
    };
}
pub(crate) use register_conformance;

/// A decision about service 3 with every field filled.
pub(crate) fn piece(index: u8) -> Evidence {
    let code = |text: &str| ProcedureCode::parse(text).unwrap();
    let unit = |text: &str| AgencyCode::parse(text).unwrap();
    Evidence {
        id: EvidenceId::parse(&format!("row-{index}")).unwrap(),
        class: EvidenceClass::ProcessDecision,
        services: BTreeSet::from([3, 4].map(|it| ServiceNumber::new(it).unwrap())),
        codes: BTreeSet::from([code("1.004222"), code("1.004194.H60")]),
        units: BTreeSet::from([unit("H60.12")]),
        symbol: Some(DocumentSymbol::parse(&format!("{index}/QĐ-TTPVHCC")).unwrap()),
        title: "Phê duyệt quy trình nội bộ, quy trình điện tử".to_owned(),
        issuer: "UBND tỉnh thử nghiệm".to_owned(),
        issuer_code: Some(unit("H60")),
        signer: Some("Nguyễn Văn Thử".to_owned()),
        issued_on: date(2026, 5, 13),
        valid_from: date(2026, 6, 1),
        valid_to: Some(date(2026, 12, 31)),
        supersedes: BTreeSet::new(),
        repeals: BTreeSet::from([code("2.001023")]),
        sha256: FileHash::new([index; 32]),
        address: Some("https://vanban.example/663".to_owned()),
        compared: Some(Comparison {
            on: date(2026, 6, 2),
            by: "CB-01".to_owned(),
        }),
        statements: BTreeMap::from([("time_limit".to_owned(), "16 giờ làm việc".to_owned())]),
    }
}

/// A sheet with nothing that may be left out.
pub(crate) fn sheet(index: u8) -> Evidence {
    Evidence {
        class: EvidenceClass::PapersSheet,
        codes: BTreeSet::new(),
        units: BTreeSet::new(),
        symbol: None,
        issuer_code: None,
        signer: None,
        valid_to: None,
        repeals: BTreeSet::new(),
        address: None,
        compared: None,
        statements: BTreeMap::new(),
        ..piece(index)
    }
}

/// `evidence` as `client` records it at `second` under the event id `event`.
pub(crate) fn new(evidence: Evidence, client: &str, event: &str, second: i64) -> NewEvidence {
    NewEvidence {
        evidence,
        event: EventId::parse(event).unwrap(),
        client: ClientName::parse(client).unwrap(),
        operator: OfficerId::parse("CB-07").unwrap(),
        at: at(second),
    }
}
